# SPDX-License-Identifier: Apache-2.0
"""Issue 7, "Readable": the pages of the demo hold no words of another language than the reader's, but names."""

from __future__ import annotations

import io
import re
from html import unescape
from urllib.parse import urljoin

import pytest
from django.apps import apps
from django.db import models, transaction
from django.urls import reverse
from python_calamine import CalamineWorkbook

from shanhai.base.accounts.models import User
from shanhai.kernel import clock
from shanhai.kernel.registry import registries
from shanhai.operate.demo.load import load_demo
from shanhai.planning.projects.models import Project

pytestmark = pytest.mark.django_db

# What people call things and write about them. Where a thing has a name in English, only that is a name there.
GIVEN = (
    "name", "label", "code", "number", "memo", "title", "username", "display_name", "version", "contractor", "outlet",
    "position", "note", "because", "summary", "next_steps", "needs", "content", "duty", "short_name", "measure",
    "basis", "keeper", "asset", "key", "name_en", "figure_key", "metric",
    "source", "shelter", "route_words", "attendees", "headline",
)  # fmt: skip
UNITS = ("ppm", "hPa")
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
ENGLISH = re.compile(r"[A-Za-z]{3,}")
PAGES = (
    "/", "/projects/?view=all", "/projects/board/", "/projects/timeline/", "/projects/counties/", "/projects/new/",
    "/funds/", "/funds/flow/", "/funds/flow/?by=county", "/funds/what-if/", "/funds/entries/", "/programmes/",
    "/programmes/zj-ganzi/", "/programmes/zj-ganzi/targets/", "/warnings/", "/adjustments/", "/rounds/", "/returns/",
    "/organisations/", "/people/", "/inbox/", "/inbox/today", "/handovers/", "/seasons/", "/import/", "/audit/",
    "/accounts/", "/proof/?key=livelihood_share", "/proof/?key=funds_paid", "/search/?q=kd",
)  # fmt: skip
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        load_demo(at=clock.now(), progress=lambda _step: None)
        yield
        transaction.set_rollback(True)


def words_of(page):
    """What a reader meets: the text, and what is read out or shown beside it."""
    page = re.sub(r"<(script|style|svg)\b.*?</\1>", "", page, flags=re.DOTALL)
    # Each language is called by its own name.
    page = re.sub(r'<(\w+)[^>]* lang="[^"]*"[^>]*>[^<]*</\1>', "", page)
    found = re.findall(r'>([^<]+)<|(?:title|aria-label|placeholder|alt|data-label)="([^"]*)"', page)
    return [text for one in found if (text := unescape(one[0] or one[1]).strip())]


def given_names(pattern, *, but=()):
    """Every name and note of the database in which the pattern is found, the longest first."""
    names = set()
    for model in apps.get_models():
        texts = (one for one in model._meta.fields if isinstance(one, models.CharField | models.TextField))
        columns = [one.name for one in texts if one.name in GIVEN]
        if columns and model._meta.label not in but:
            found = (text for row in model.objects.values_list(*columns) for text in row if text)
            names |= {text for text in found if pattern.search(text)}
    return sorted(names, key=len, reverse=True)


def strange(texts, pattern, names):
    found = set()
    for text in texts:
        rest = text
        if pattern.search(rest):
            for name in names:
                rest = rest.replace(name, "")
        if pattern.search(rest):
            found.add(text)
    return sorted(found)


def reader(client, username):
    client.force_login(
        User.objects.get(username=username), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def test_the_trail_in_chinese_has_no_english_words_and_links_what_it_is_about(demo, client):
    """The audit trail's 261 English words; sentences with linked objects, who, why, before → after."""
    page, texts = "/audit/", []
    for _ in range(8):
        answer = reader(client, "auditor").get(page)
        texts += words_of(answer.content.decode().partition('<ol class="trail"')[2])
        page = f"/audit/?{answer.context['older']}"

    assert len(texts) > 1000
    assert strange(texts, ENGLISH, [*given_names(ENGLISH), "PDF", "TXT", "WGS", *UNITS]) == []


def test_the_trail_is_narrowed_by_person_and_thing_and_kept_as_a_table(demo, client):
    """Filter by person, object, act, day, export."""
    project = Project.objects.order_by("code")[0]
    asked = {"who": "系统", "about": project.code, "area": "projects.project.created"}
    page = reader(client, "auditor").get("/audit/", asked)
    table = client.get("/audit/export.xlsx", asked)

    assert [line.about.label for line in page.context["lines"]] == [f"{project.code} {project.name}"]
    assert f'<a href="/projects/{project.uuid}/">{project.code} {project.name}</a>' in page.content.decode()
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(table.streaming_content)))
    rows = book.get_sheet_by_index(0).to_python()[4:]
    assert [(row[2], row[3], row[4]) for row in rows] == [("系统", "新建项目", f"{project.code} {project.name}")]
    assert client.get("/audit/", {**asked, "who": "没有这个人"}).context["lines"] == []
    assert reader(client, "finance").get("/audit/export.xlsx").status_code == 404


# What has a name in English too: in English it goes by that.
IN_ENGLISH = (
    "programmes.Programme", "programmes.FundSource", "programmes.ClassificationItem", "places.Division",
    "places.DivisionChange",
)  # fmt: skip
# How amounts may be typed, which forms show by example; and the seasons, which are a law's own words.
EXAMPLES = ("312.5万元", "3125000元", "万元")


def test_the_pages_in_english_have_no_chinese_but_names_that_people_gave(demo, client):
    """English: counties, categories and programme names everywhere (600 leftovers), no full-width marks."""
    names = [*given_names(CHINESE, but=IN_ENGLISH), *EXAMPLES]
    found = {}
    for page in PAGES:
        answer = reader(client, "deputy").get(page, follow=True, headers={"accept-language": "en"})
        assert answer.status_code == 200, page
        if left := strange(words_of(answer.content.decode()), CHINESE, names):
            found[page] = left
    assert found == {}


def test_a_proof_is_a_table_of_all_its_rows_in_exact_yuan_with_their_weights(demo, client):
    """Proof: all rows, exact yuan, as Excel; the weight of half-livelihood rows shown."""
    asked = {"key": "livelihood_share", "programme": "zj-ganzi"}
    page = reader(client, "deputy").get("/proof/", {**asked, "rows": "all"}, headers={"accept-language": "zh-hans"})
    table = client.get("/proof.xlsx", asked, headers={"accept-language": "zh-hans"})

    part, whole = page.context["proof"].evidence
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(table.streaming_content)))
    rows = book.get_sheet_by_index(0).to_python()[4:]
    assert len(part.page.rows) == part.page.count > 10
    assert len(rows) == part.page.count + whole.page.count
    assert round(sum(row[5] for row in rows[: part.page.count]) * 100) == part.found.total.fen
    halves = [row for row in rows if row[4] == 50]
    assert halves
    assert all(row[5] == row[3] / 2 for row in halves)
    assert "50% × " in page.content.decode()


def test_the_scope_of_a_role_is_called_by_its_names(demo, client):
    """Role scopes show division names, not codes."""
    page = (
        reader(client, "kangding")
        .get(reverse("accounts:mine"), headers={"accept-language": "zh-hans"})
        .content.decode()
    )

    assert "浙江 → 甘孜州 · 康定市" in page
    assert "513301" not in page


def test_a_voucher_without_a_number_is_called_by_what_it_was_made_from(demo, client):
    """Vouchers: project, total, back link, document number: no remark stands where the number should."""
    asked = {"programme": "zj-ganzi", "kind": "paid"}
    page = reader(client, "finance").get("/funds/entries/", asked, headers={"accept-language": "zh-hans"})

    called = re.findall(r'<a href="/funds/entries/[^"]+">([^<]+)</a>', page.content.decode())
    assert len(called) > 10
    assert not {one for one in called if "次付款" in one}


# Over all programmes, or of none: what waits, what is kept by registers.
OF_NO_PROGRAMME = ("/programmes/new/", "/inbox/", "/import/done/", "/audit/", "/organisations/", "/people/", "/places/")
ONE_OF_A_KIND = re.compile(r"[0-9a-f-]{36}|\d{4}")


def test_every_page_of_another_programme_carries_that_programme(demo, client):
    """The programme chosen is remembered; pages of another programme carry that programme."""
    reader(client, "deputy")
    menu = {reverse(item.url_name) for item in registries.menu} - {*OF_NO_PROGRAMME}
    seen, astray, waiting = set(), set(), ["/?programme=zj-ganzi"]
    while waiting:
        page = waiting.pop(0)
        client.get("/programmes/?programme=zj-nagqu")
        answer = client.get(page)
        if answer.streaming or answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        head, _, body = answer.content.decode().partition("<main")
        if '<option value="zj-ganzi" selected>' not in head:
            astray.add(page)
        for link in re.findall(r'<a\b[^>]*href="([^"#][^"]*)"', head.partition('class="crumbs"')[2] + body):
            to = urljoin(page, unescape(link))
            path, _, asked = to.partition("?")
            if path in menu and "programme=" not in asked:
                astray.add(f"{page} → {path}")
            elsewhere = re.search(r"/programmes/(?!zj-ganzi)\w+-\w+/|\.[a-z]+$|^/documents/[^/]+/?$", path)
            if elsewhere or path.startswith(("/accounts", "/i18n", *OF_NO_PROGRAMME)) or not path.startswith("/"):
                continue
            kind = ONE_OF_A_KIND.sub("…", path)
            if kind not in seen:
                seen.add(kind)
                waiting.append(to)

    assert len(seen) > 40
    assert astray == set()
