# SPDX-License-Identifier: Apache-2.0
"""What is found in kept texts, by whom, and that both databases find the same."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shanhai.base.passages.models import Passage
from shanhai.base.passages.rules import LONGEST, passages
from shanhai.base.passages.selectors import find_passages
from shanhai.base.passages.services import forget_text, keep_text
from shanhai.kernel.subjects import Subject
from tests.cast import AT, AUDITOR, KANGDING, OFFICE, STRANGER, a_user

pytestmark = pytest.mark.django_db


def keep(id_, title, text, *, programme="zj-ganzi", place="", shared=False):
    return keep_text(
        by=OFFICE,
        at=AT,
        of=Subject("tests.text", id_, programme, place),
        title=title,
        url=f"/texts/{id_}/",
        permission="document.view",
        text=text,
        shared=shared,
    )


def found(text, viewer=AUDITOR):
    return [one.passage.url for one in find_passages(viewer=viewer, text=text, limit=20)]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("牦牛", ["/texts/2/", "/texts/1/"]),
        ("牦牛集群", ["/texts/1/"]),
        ("對口支援", ["/texts/1/"]),
        ("产业园区", ["/texts/2/"]),
        ("牦牛 园区", ["/texts/2/"]),
        ("YK-2023-07", ["/texts/2/"]),
        ("1598", ["/texts/1/"]),
        ("159", []),
        ("gzzjb", ["/texts/1/"]),
        ("集群牦牛", []),
        ("牛", []),
        ('"牦牛" OR *', []),
        ("", []),
    ],
)
def test_a_word_is_found_as_it_stands_in_either_script_or_by_initials(text, hits):
    keep(1, "甘孜州简报", "浙江省安排对口支援资金1.8亿元，打造牦牛集群，1598人报考。")
    keep(2, "園區建設", "牦牛產業園區已開工，編號YK-2023-07。")

    assert found(text) == hits


def test_what_one_may_not_see_is_not_found():
    keep(1, "全州", "牦牛集群")
    keep(2, "康定", "牦牛集群", place="513301")
    keep(3, "泸定", "牦牛集群", place="513322")
    keep(4, "简报", "牦牛集群", shared=True)
    keep(5, "别的项目", "牦牛集群", programme="js-kezhou")

    assert found("牦牛", KANGDING) == ["/texts/4/", "/texts/2/"]
    assert found("牦牛", STRANGER) == []
    assert len(found("牦牛")) == 5


def test_a_text_replaces_what_was_kept_of_the_thing_and_is_forgotten_whole():
    keep(1, "简报", "牦牛集群。" * 900)
    assert Passage.objects.count() > 1
    keep(1, "简报", "青稞加工")

    assert found("牦牛") == []
    assert found("青稞") == ["/texts/1/"]
    forget_text(by=OFFICE, at=AT, of=Subject("tests.text", 1))
    assert found("青稞") == []


def test_the_excerpt_is_the_text_as_it_was_written():
    keep(1, "園區", "前面的話" * 20 + "牦牛產業園區已開工" + "後面的話" * 20)

    (one,) = find_passages(viewer=AUDITOR, text="牦牛产业", limit=20)

    assert "牦牛產業園區已開工" in one.excerpt
    assert one.excerpt.startswith("…")
    assert one.excerpt.endswith("…")


def test_passages_end_with_a_sentence_and_lose_nothing():
    text = "一句话说完了。" * 700 + "没有句号" * 1200

    parts = list(passages(text))

    assert "".join(parts) == text
    assert all(len(part) <= LONGEST for part in parts)
    assert parts[0].endswith("。")


def test_looking_for_words_asks_once():
    for id_ in range(30):
        keep(id_, "简报", "牦牛集群")

    with CaptureQueriesContext(
        connection,
    ) as asked:
        find_passages(viewer=AUDITOR, text="牦牛 集群", limit=20)

    assert len(asked) == 1


def test_the_search_page_finds_what_was_typed_in_traditional(client):
    client.force_login(a_user("auditor"))
    keep(1, "简报", "打造牦牛产业集群")

    page = client.get("/search/", {"q": "產業集群"}).content.decode()

    assert "打造牦牛产业集群" in page
    assert page.count("/texts/1/") == 1
