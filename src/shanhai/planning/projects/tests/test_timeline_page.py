# SPDX-License-Identifier: Apache-2.0
"""The bar chart of projects: what is drawn and said, to whom, and asked for badly."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from shanhai.planning.projects.dossier.services.stages import move
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters
from shanhai.planning.projects.lists.selectors.overviews import project_timeline
from shanhai.planning.projects.states import Stage, StopReason
from shanhai.planning.projects.tests.builders import a_programme, a_project, without_gates
from shanhai.planning.projects.values import Dates
from tests.cast import AT, AUDITOR, KANGDING, OFFICE, a_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
ON = date(2026, 11, 22)
ADDRESS = "/projects/timeline/"


def a_client(role, **kw):
    client = Client()
    user = a_user(role, username=f"user-{role}", **kw)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def timed(viewer=AUDITOR, **kw):
    return project_timeline(viewer=viewer, programme="zj-ganzi", on=ON, filters=ProjectFilters(**kw))


def text_of(client, address=ADDRESS):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def three():
    a_programme()
    a_project(
        code="A", name="康定市人民医院", yuan=100, dates=Dates(date(2026, 5, 1), date(2027, 6, 30)), altitude_m=4100
    )
    a_project(code="B", name="泸定县饮水管网", place="513322", dates=Dates(date(2025, 4, 1), date(2025, 9, 30)))
    a_project(code="C", name="康定市中学", dates=Dates())


def test_rows_go_by_planned_start_and_those_without_come_last(three):
    found = timed()

    assert [project.code for project, _ in found.rows] == ["B", "A", "C"]
    assert found.count == 3
    assert found.span == (date(2025, 4, 1), None, date(2027, 6, 30), None)


def test_it_asks_the_database_five_times_however_many_there_are(three, django_assert_num_queries):
    with django_assert_num_queries(5):
        timed()


def test_a_row_says_since_when_it_is_late_and_when_winter_stops_it(three):
    (b, no_altitude), (a, season), (c, unknown) = timed().rows

    assert (b.late_since(ON), a.late_since(ON), c.late_since(ON)) == (date(2025, 9, 30), date(2026, 5, 1), None)
    assert (season.opens, season.closes) == ("05-20", "10-31")
    assert (no_altitude, unknown) == (None, None)


def test_a_stop_is_told_with_its_reason():
    a_programme()
    project = without_gates(a_project(stage="under_way", dates=Dates(date(2026, 4, 1), started_on=date(2026, 4, 2))))
    move(
        by=OFFICE, at=AT, project=project.uuid, to=Stage.SUSPENDED, because="入冬", on=date(2026, 11, 1),
        stop=StopReason.WINTER,
    )  # fmt: skip

    ((project, _),) = timed().rows

    (stop,) = project.suspensions.all()
    assert (stop.reason, stop.since_on, stop.restarted_on) == (StopReason.WINTER, date(2026, 11, 1), None)
    page = text_of(a_client("auditor"))
    assert 'class="gantt-stop"' in page.split("</tbody>")[0]
    assert "冬季停工" in page


def test_the_county_user_sees_the_county_and_a_stranger_nothing(three):
    assert [project.code for project, _ in timed(KANGDING).rows] == ["A", "C"]
    assert timed(KANGDING).span[0] == date(2026, 5, 1)
    page = text_of(a_client("county_user", programme="zj-ganzi", place="513301"))

    assert "康定市人民医院" in page
    assert "泸定县饮水管网" not in page
    assert "还没有您能看到的对口支援" in text_of(a_client(None))


def test_who_has_not_signed_in_is_sent_to_do_so(three):
    answer = Client().get(ADDRESS)

    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))


def test_lateness_is_drawn_and_said_and_every_bar_leads_to_its_project(three):
    page = text_of(a_client("auditor"))
    body = page.split("<tbody>")[1].split("</tbody>")[0]

    assert body.count("gantt-late-mark") == 2
    assert body.count("，已逾期") >= 2
    assert body.count('class="gantt-planned"') == 2
    uuid = timed().rows[0][0].uuid
    assert body.count(f'href="/projects/{uuid}/?programme=zj-ganzi"') == 2
    assert "style=" not in body


def test_a_chosen_year_is_the_axis_and_what_goes_on_beyond_it_is_marked(three):
    body = text_of(a_client("auditor"), ADDRESS + "?year=2026").split("<tbody>")[1]

    assert "康定市人民医院" in body
    assert body.count('class="gantt-on"') == 1
    assert body.count('class="gantt-winter"') == 3  # two in the row of 4,100 m, one in the legend


def test_a_page_has_fifty_rows_and_takes_few_queries(three, django_assert_max_num_queries):
    for number in range(60):
        a_project(code=f"D{number:02}", name=f"项目{number:02}", dates=Dates(date(2026, 6, 1), date(2026, 8, 1)))
    client = a_client("auditor")
    client.get(ADDRESS)

    with django_assert_max_num_queries(15):
        page = text_of(client)

    assert page.split("<tbody>")[1].split("</tbody>")[0].count("<tr>") == 50
    assert text_of(client, ADDRESS + "?page=2").split("<tbody>")[1].split("</tbody>")[0].count("<tr>") == 13


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("page=-1", 200),
        ("page=99999", 200),
        ("page=abc", 200),
        ("page=²", 200),
        ("county=999999&stage=nonsense&delivery=%00", 200),
        ("text=%3Cscript%3Ealert(1)%3C/script%3E", 200),
        ("late=on&text=%00", 200),
        ("year=abc", 400),
        ("as_of=2026-02-30", 400),
        ("programme=nowhere", 404),
    ],
)
def test_odd_questions_are_answered_in_peace(three, asked, status):
    answer = a_client("auditor").get(f"{ADDRESS}?{asked}")

    assert answer.status_code == status
    assert b"<script>alert" not in answer.content


def test_days_far_from_today_do_not_squeeze_the_others():
    a_programme()
    a_project(code="A", dates=Dates(date(1990, 1, 1), date(2046, 1, 1)), altitude_m=5000)

    page = text_of(a_client("auditor"))

    assert "2016 年到 2036 年" in page
    assert page.split("<tbody>")[1].count('gantt-on"') == 2


def test_it_can_only_be_read(three):
    assert a_client("office").post(ADDRESS).status_code == 405
