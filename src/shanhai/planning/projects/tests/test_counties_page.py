# SPDX-License-Identifier: Apache-2.0
"""The table of counties: what it counts and adds up, where its figures lead, and who sees which rows."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from shanhai.kernel.errors import NotVisible
from shanhai.kernel.money import Money
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, list_projects
from shanhai.planning.projects.lists.selectors.overviews import county_lines
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.shares.selectors.portfolio import county_table
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.tests.builders import a_line, a_plan, a_programme, a_project, some_money
from shanhai.planning.projects.values import Dates
from shanhai.registers.tables.tests.builders import rows_in
from tests.cast import AUDITOR, KANGDING, STRANGER, a_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
ON = date(2026, 11, 22)
ADDRESS = "/projects/counties/"


def a_client(role, **kw):
    client = Client()
    user = a_user(role, username=f"user-{role}", **kw)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def lines(viewer=AUDITOR, **kw):
    return county_lines(viewer=viewer, programme="zj-ganzi", as_of=ON, **kw)


def text_of(client, address=ADDRESS):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def some():
    a_programme()
    a_plan(year=2025)
    line = a_project(code="A", yuan=400, stage="under_way").lines.get()
    some_money("arrive", line, 300)
    some_money("allot", line, 200)
    some_money("pay", line, 150)
    a_project(code="B", stage="suspended", dates=Dates())
    a_project(code="C", stage="handed_over", dates=Dates())
    a_project(code="D", stage="cancelled", dates=Dates())
    luding = a_project(code="E", place="513322", yuan=100)
    a_line(project=luding, yuan=70, year=2025)


def test_each_county_has_its_counts_its_money_and_its_rates(some):
    own, kangding, luding = lines().lines

    assert (own.row.place, own.own, own.row.counts.total) == ("513300", True, 0)
    assert (kangding.row.place, kangding.own, kangding.row.counts.total) == ("513301", False, 3)
    assert [kangding.count(group) for group in ("before", "on_site", "finished", "handed_over")] == [0, 2, 0, 1]
    assert (kangding.row.counts.late, kangding.stages[Stage.SUSPENDED], kangding.stages[Stage.CANCELLED]) == (1, 1, 1)
    amounts = [kangding.row.amount(key) for key in ("plan", "arrived", "allotted", "paid")]
    assert amounts == [Money.from_yuan(yuan) for yuan in (400, 300, 200, 150)]
    assert (kangding.arrival_rate.percent(), kangding.arrival_rate.base.key) == (75, "plan")
    assert (kangding.payment_rate.percent(), kangding.payment_rate.base.key) == (50, "arrived")
    assert (luding.row.counts.total, luding.row.counts.late, luding.payment_rate.ratio) == (1, 1, None)


def test_the_sums_are_those_of_the_rows_and_of_the_other_pages(some):
    found = lines()

    assert found.total.row == county_table(viewer=AUDITOR, programme="zj-ganzi", as_of=ON).total
    assert found.total.row.amount("plan") == Money.from_yuan(570)
    assert (found.total.row.counts.total, found.total.row.counts.late, found.total.stages[Stage.CANCELLED]) == (4, 2, 1)


def test_it_asks_the_database_eight_times_however_many_there_are(some, django_assert_num_queries):
    with django_assert_num_queries(8):
        lines()


def test_a_year_keeps_what_its_plan_pays_for(some):
    found = lines(year=2025)

    assert [(line.row.place, line.row.counts.total) for line in found.lines] == [
        ("513300", 0), ("513301", 0), ("513322", 1),
    ]  # fmt: skip
    assert found.total.row.amount("plan") == Money.from_yuan(70)


def test_projects_of_the_prefecture_itself_have_a_row_of_their_own():
    a_programme()
    a_project(code="P", place="513300", yuan=10)

    own = lines().lines[0]

    assert (own.own, own.row.counts.total, own.row.counts.late) == (True, 1, 1)
    assert "甘孜藏族自治州本级" in text_of(a_client("auditor"))


def test_each_number_leads_to_as_many_projects(some):
    page = text_of(a_client("auditor"))

    assert f'href="{reverse("projects:list")}?programme=zj-ganzi&amp;county=513301&amp;late=on">1</a>' in page
    assert "?programme=zj-ganzi&amp;county=513301&amp;stage=suspended" in page
    assert 'href="/projects/board/?programme=zj-ganzi&amp;county=513301#under_way">2</a>' in page
    late = list_projects(
        viewer=AUDITOR, programme="zj-ganzi", on=ON, filters=ProjectFilters(county="513301", late=True)
    )
    assert late.count == 1
    assert "county=513300" not in page.split("</form>")[-1]
    assert "另有 1 个取消的项目不计在内" in page


def test_the_county_user_sees_one_row_and_no_sums_of_others(some):
    assert [line.row.place for line in lines(KANGDING).lines] == ["513301"]
    assert lines(KANGDING, place="513322").lines == ()
    assert lines(KANGDING).total.row.amount("plan") == Money.from_yuan(400)

    client = a_client("county_user", programme="zj-ganzi", place="513301")
    body = text_of(client).split("<tbody>")[1]

    assert body.count('<th scope="row">') == 1
    assert "泸定县" not in body.split("</tbody>")[0]
    assert "没有您能看到的县" in text_of(client, ADDRESS + "?county=513322")


def test_a_stranger_sees_nothing(some):
    client = a_client(None)

    assert "还没有您能看到的对口支援" in text_of(client)
    assert client.get("/projects/counties.xlsx").status_code == 404
    with pytest.raises(NotVisible):
        lines(STRANGER)


@pytest.mark.parametrize("address", [ADDRESS, "/projects/counties.xlsx"])
def test_who_has_not_signed_in_is_sent_to_do_so(some, address):
    answer = Client().get(address)

    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))


def test_the_page_takes_few_queries_however_many_projects(some, django_assert_max_num_queries):
    for number in range(20):
        a_project(code=f"X{number}", yuan=1, place="513322")
    client = a_client("auditor")
    client.get(ADDRESS)

    with django_assert_max_num_queries(15):
        text_of(client)


def test_the_workbook_holds_the_same_table(some, tmp_path):
    answer = a_client("auditor").get("/projects/counties.xlsx?year=2026")

    path = tmp_path / "out.xlsx"
    path.write_bytes(b"".join(answer.streaming_content))
    rows = rows_in(path)
    assert answer["Content-Disposition"] == 'attachment; filename="zj-ganzi-counties-2026-11-22.xlsx"'
    assert rows[2][0] == "县（市）"
    assert rows[2][-2:] == ("到位率（占计划安排）", "支付率（占到位）")
    assert [row[0] for row in rows[3:]] == ["甘孜藏族自治州本级", "康定市", "泸定县", "合计"]
    kangding = dict(zip(rows[2], rows[4], strict=False))
    assert (kangding["项目"], kangding["在建"], kangding["援助安排"], kangding["到位率（占计划安排）"]) == (
        1,
        1,
        0.04,
        0.75,
    )
    assert rows[-1][1] == 2


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("county=999999", 200),
        ("county=%00&stage=x&late=maybe", 200),
        ("county=%3Cscript%3Ealert(1)%3C/script%3E", 200),
        ("place=513322", 200),
        ("place=5133", 400),
        ("year=1", 400),
        ("as_of=tomorrow", 400),
        ("as_of=2026-06-01", 200),
        ("programme=nowhere", 404),
    ],
)
def test_odd_questions_are_answered_in_peace(some, asked, status):
    client = a_client("auditor")

    answer = client.get(f"{ADDRESS}?{asked}")

    assert answer.status_code == status
    assert b"<script>alert" not in answer.content
    assert client.get(f"/projects/counties.xlsx?{asked}").status_code == status


def test_an_earlier_day_has_its_own_money_and_its_own_lateness(some):
    Project.objects.update(since=date(2026, 3, 1))

    then = county_lines(viewer=AUDITOR, programme="zj-ganzi", as_of=date(2026, 5, 1))

    assert then.total.row.amount("arrived") == Money(0)
    assert then.total.row.counts.late == 1
