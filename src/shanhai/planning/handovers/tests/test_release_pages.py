# SPDX-License-Identifier: Apache-2.0
"""Releasing a batch on its page: what holds it back is shown there again, and what has left stays as it is."""

import pytest
from django.urls import reverse

from shanhai.planning.handovers.services import waive
from shanhai.planning.handovers.tests.builders import a_cause, a_handover, a_place_to_leave, only, the_item
from shanhai.planning.handovers.values import ItemKind, Responsible, ResponsibleKind
from tests.cast import AT, DEPUTY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
GROUP = Responsible(ResponsibleKind.GROUP, "产业组")


@pytest.fixture
def handover(monkeypatch):
    """Five things that somebody owes, one a month's report."""
    a_place_to_leave()
    only(
        monkeypatch,
        a_cause(label="验收报告"),
        a_cause(kind=ItemKind.OPEN_TASK, label="立项", responsible=GROUP),
        a_cause(kind=ItemKind.OPEN_REPORT, label="六月月报", responsible=GROUP),
        a_cause(kind=ItemKind.OPEN_SETTLEMENT, label="康定小学", responsible=GROUP),
        a_cause(kind=ItemKind.OPEN_WARNING, label="泸定路", place="513322"),
    )
    return a_handover()


def text_of(answer):
    return answer.content.decode()


def detail(handover, name="detail"):
    return reverse(f"handovers:{name}", args=[handover.uuid])


def test_a_refused_release_says_how_many_of_what(handover, sign_in):
    answer = sign_in("office").post(detail(handover, "release"))

    html = text_of(answer)
    assert answer.status_code == 422
    assert "没有准予离任" in html
    assert "有 5 项未办" in html
    assert "月报未通过 1 项" in html


def test_a_refused_release_shows_the_page_again_with_what_blocks(handover, sign_in):
    waive(by=DEPUTY, at=AT, item=the_item(label="立项").uuid, because="转下一批")

    answer = sign_in("office").post(detail(handover, "release"))

    html = text_of(answer)
    assert answer.templates[0].name == "handovers/detail.html"
    assert html.count('data-label="下一步"') == 4
    assert "转下一批" not in html
    assert f'action="{detail(handover)}"' in html
    assert "准予离任</button>" in html


def test_a_refused_release_of_a_long_list_leads_to_the_rest(monkeypatch, sign_in):
    a_place_to_leave()
    who = Responsible(ResponsibleKind.GROUP, "产业组")
    only(monkeypatch, *(a_cause(label=f"材料 {number}", responsible=who) for number in range(51)))
    handover = a_handover()
    client = sign_in("office")

    html = text_of(client.post(detail(handover, "release")))

    assert html.count('data-label="下一步"') == 50
    assert f'href="{detail(handover)}?state=open"' in html
    assert "/release?page" not in html
    assert client.get(f"{detail(handover)}?state=open&page=2").status_code == 200


def test_a_batch_that_has_left_is_not_released_again(handover, sign_in, monkeypatch):
    only(monkeypatch)
    client = sign_in("office")
    client.post(detail(handover, "release"))

    again = client.post(detail(handover, "release"))

    assert again.status_code == 409
    assert "这一批已经准予离任" in text_of(again)


def test_a_release_closes_the_list(handover, sign_in, monkeypatch):
    only(monkeypatch)

    html = text_of(sign_in("office").post(detail(handover, "release"), follow=True))

    assert "已准予离任" in html
    assert "更新清单</button>" not in html
    assert "原因已消除，自动办结。" in html
