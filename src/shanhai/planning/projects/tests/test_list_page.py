# SPDX-License-Identifier: Apache-2.0
"""The page of the list: the views a person keeps of it, and what it is asked."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.cache import cache

from shanhai.base.accounts.tests.builders import signed_in
from shanhai.base.saved_views.services import save_view
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.states import Novelty
from shanhai.planning.projects.tests.builders import a_programme, a_project
from shanhai.registers.places.models import Division
from tests.cast import AT, a_user, actor_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]


@pytest.fixture(autouse=True)
def no_rate_limits():
    """The limits on signing in count in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def office():
    return a_user("office", username="office-one")


@pytest.fixture
def client(office):
    a_programme()
    a_project(code="A-1", stage="under_way", yuan=300)
    a_project(code="B-2", place="513322")
    return signed_in("office-one")


def shown(client, query=""):
    return client.get(f"/projects/?{query}").content.decode()


def a_view(office, **kw):
    values = {"name": "开工的", "query": "stage=under_way", **kw}
    return save_view(by=actor_of(office), at=AT, page="projects:list", **values)


def test_the_list_opens_with_the_default_view_where_it_is_asked_nothing(client, office):
    a_view(office, default=True)

    assert client.get("/projects/")["Location"] == "/projects/?stage=under_way&programme=zj-ganzi"
    assert client.get("/projects/?programme=zj-ganzi")["Location"] == "/projects/?stage=under_way&programme=zj-ganzi"
    assert client.get("/projects/?view=all").status_code == 200
    assert client.get("/projects/?text=A").status_code == 200


def test_a_view_that_is_not_the_default_opens_nothing_by_itself(client, office):
    a_view(office)

    assert client.get("/projects/").status_code == 200


def test_the_views_stand_above_the_list_and_the_one_that_is_shown_is_marked(client, office):
    view = a_view(office)

    page = shown(client, "stage=under_way&programme=zj-ganzi")

    assert '<a href="/projects/?stage=under_way&amp;programme=zj-ganzi" aria-current="true">开工的' in page
    assert f'action="/views/{view.uuid}/forget"' in page
    assert '<input type="hidden" name="query" value="stage=under_way">' in page
    assert 'aria-current="true">全部' in shown(client, "view=all")


def test_views_of_others_are_not_on_the_page(client):
    a_view(a_user("office", username="office-two"), default=True)

    answer = client.get("/projects/")

    assert answer.status_code == 200
    assert "开工的" not in answer.content.decode()


def test_clearing_the_filter_does_not_lead_back_to_the_default_view(client, office):
    a_view(office, default=True)

    assert 'href="?view=all&amp;programme=zj-ganzi">清除' in shown(client, "stage=under_way")


def test_the_page_asks_the_database_at_most_fifteen_times(client, django_assert_max_num_queries):
    # The first page of another programme keeps in the session that it was chosen.
    shown(client, "programme=zj-ganzi")

    with django_assert_max_num_queries(15):
        shown(client, "programme=zj-ganzi&text=")


def test_the_category_the_novelty_and_the_kind_of_investment_narrow_the_list(client):
    a_project(code="C-3", category="health", novelty=Novelty.CONTINUING, cross_year=True, capital=False)

    for query in ("category=health", "novelty=continuing", "novelty=cross_year", "capital=no"):
        page = shown(client, query)
        assert "C-3" in page
        assert "A-1" not in page
    assert "A-1" in shown(client, "category=none&novelty=x&capital=maybe")


def test_only_categories_that_projects_have_are_offered(client):
    page = shown(client, "view=all")

    assert '<option value="education">' in page
    assert '<option value="health">' not in page


def test_further_filters_are_folded_until_one_is_set(client):
    assert '<details class="filters-further"><summary>' in shown(client, "stage=under_way")
    assert '<details class="filters-further" open><summary>' in shown(client, "capital=yes")


@pytest.mark.parametrize(("asked", "rows"), [("", 20), ("50", 22), ("100", 22), ("7", 20), ("-1", 20), ("9" * 400, 20)])
def test_a_page_has_as_many_rows_as_are_asked_for(client, asked, rows):
    for number in range(20):
        a_project(code=f"N{number}")

    assert shown(client, f"rows={asked}").count('name="chosen"') == rows


def test_the_workbook_follows_every_filter(client):
    a_project(code="C-3", category="health", capital=False)

    answer = client.get("/projects/export.xlsx?category=health&capital=no&rows=50")

    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "C-3" in sheet
    assert "A-1" not in sheet
    assert "固定资产投资：非固投" in sheet


def headers(page):
    return re.findall(r'<th scope="col".*?>(?:<a.*?>)?([^<]+)', page)


def test_the_usual_columns_are_shown_where_none_is_asked_for(client):
    usual = ["项目", "编号", "县（市）", "阶段", "总投资", "援助资金", "到位", "支付", "计划完工"]

    assert headers(shown(client, "view=all")) == usual
    assert headers(shown(client, "columns=uuid&columns=__class__&columns=")) == usual


def test_the_columns_asked_for_are_shown_and_the_sums_follow_them(client):
    page = shown(
        client, "columns=planned_start_on&columns=category&columns=completed_investment&columns=progress_percent"
    )

    assert headers(page) == ["项目", "类别", "形象进度", "完成投资", "计划开工"]
    assert '<td data-label="类别">教育</td>' in page
    assert '<td data-label="形象进度" class="num">0%</td>' in page
    foot = page.split("<tfoot>")[1].split("</tfoot>")[0]
    assert re.findall(r"<td[^>]*data-label=.([^\"]*)|<td>(</td>)", foot) == [
        ("", "</td>"), ("", "</td>"), ("完成投资", ""), ("", "</td>"),
    ]  # fmt: skip


def test_choosing_columns_and_filtering_leave_each_other_as_they_are(client):
    page = shown(client, "stage=under_way&order=name&columns=novelty&page=1")

    choice, filters = page.split('<form class="filters"')
    assert '<input type="hidden" name="stage" value="under_way">' in choice
    assert '<input type="hidden" name="order" value="name">' in choice
    assert '<input type="checkbox" id="column-novelty" name="columns" value="novelty" checked>' in choice
    assert '<input type="hidden" name="columns" value="novelty">' in filters
    assert 'name="page" value="1"' not in page


def test_the_columns_are_kept_in_a_view(client):
    page = shown(client, "columns=novelty&columns=stage")

    assert '<input type="hidden" name="query" value="columns=novelty&amp;columns=stage">' in page


@pytest.fixture
def english(client):
    # As who corrects a division does: what was drawn before is drawn anew.
    changed_at = AT + timedelta(seconds=1)
    Division.objects.filter(code="513301").update(name_en="Kangding City", changed_at=changed_at)
    Project.objects.update(name="中心小学")


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("page", ["", "board/", "timeline/", "counties/", "new/", "A-1"])
def test_places_stand_under_their_english_names_for_who_reads_english(client, page):
    address = f"{Project.objects.get(code=page).uuid}/" if page == "A-1" else page

    for language, read, unread in (("en", "Kangding City", "康定市"), ("zh-hans", "康定市", "Kangding")):
        text = client.get(f"/projects/{address}", headers={"Accept-Language": language}).content.decode()
        assert (read in text, unread in text) == (True, False)


@pytest.mark.usefixtures("english")
def test_the_table_of_counties_is_in_one_language(client):
    answer = client.get("/projects/counties.xlsx", headers={"Accept-Language": "en"})

    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert ("Kangding City" in sheet, "康定市" in sheet) == (True, False)
