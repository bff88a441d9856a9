# SPDX-License-Identifier: Apache-2.0
"""The board of projects: what stands in which column, what may go where, and moving a card."""

from datetime import date
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from shanhai.kernel.errors import NotAllowed, NotVisible
from shanhai.kernel.money import Money
from shanhai.kernel.states import IllegalMove
from shanhai.planning.projects.dossier.services.stages import move
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters
from shanhai.planning.projects.lists.selectors.overviews import onward, project_board
from shanhai.planning.projects.models import StageMove
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.tests.builders import a_programme, a_project, without_gates
from shanhai.planning.projects.values import Dates
from tests.cast import AT, AUDITOR, KANGDING, OFFICE, a_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
ON = date(2026, 11, 22)
ADDRESS = "/projects/board/"


def a_client(role, **kw):
    client = Client()
    user = a_user(role, username=f"user-{role}", **kw)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def columns(viewer=OFFICE, **kw):
    found = project_board(viewer=viewer, programme="zj-ganzi", on=ON, filters=ProjectFilters(**kw))
    return {column.stage: column for column in found}


def codes(column):
    return [card.project.code for card in column.cards]


def text_of(client, address=ADDRESS):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def address_of(project):
    return reverse("projects:board-move", args=[project.uuid])


@pytest.fixture
def some():
    a_programme()
    a_project(code="A", name="康定市人民医院", stage="under_way", dates=Dates(planned_finish_on=date(2027, 1, 1)))
    a_project(code="B", name="康定市中学", stage="under_way", dates=Dates(planned_finish_on=date(2026, 10, 1)))
    a_project(code="C", name="泸定县饮水管网", place="513322", dates=Dates())


def test_every_stage_is_a_column_with_its_count_its_sum_and_the_next_to_be_finished_first(some):
    found = columns()

    assert list(found) == list(Stage)
    under_way = found[Stage.UNDER_WAY]
    assert (codes(under_way), under_way.count, under_way.total_investment) == (["B", "A"], 2, Money.from_yuan(2000))
    assert [card.late for card in under_way.cards] == [True, False]
    assert (found[Stage.SETTLED].count, found[Stage.SETTLED].total_investment) == (0, Money(0))


def test_a_card_goes_only_where_the_table_of_moves_and_the_post_allow(some):
    card = columns()[Stage.PREPARATION].cards[0]

    assert card.onward == (Stage.TENDERING,)
    assert columns(AUDITOR)[Stage.PREPARATION].cards[0].onward == ()


def test_filters_are_those_of_the_list_but_the_columns_are_the_stages(some):
    assert codes(columns(late=True)[Stage.UNDER_WAY]) == ["B"]
    assert columns(county="513322")[Stage.UNDER_WAY].count == 0
    assert columns(stage=Stage.PREPARATION)[Stage.UNDER_WAY].count == 2


def test_a_column_shows_thirty_and_leads_to_the_rest(django_assert_num_queries):
    a_programme()
    for number in range(53):
        a_project(code=f"D{number:02}", dates=Dates())

    with django_assert_num_queries(3):
        column = columns()[Stage.PREPARATION]

    assert (len(column.cards), column.count, column.more) == (30, 53, 23)
    assert codes(column)[::29] == ["D00", "D29"]
    page = text_of(a_client("office"))
    assert "/projects/?programme=zj-ganzi&amp;stage=preparation" in page
    assert "还有 23 个" in page


def test_the_page_takes_few_queries(some, django_assert_max_num_queries):
    client = a_client("office")
    client.get(ADDRESS)

    with django_assert_max_num_queries(15):
        text_of(client)


def test_the_county_user_sees_the_county_and_a_stranger_nothing(some):
    found = columns(KANGDING)

    assert (found[Stage.PREPARATION].count, found[Stage.UNDER_WAY].count) == (0, 2)
    page = text_of(a_client("county_user", programme="zj-ganzi", place="513301"))
    assert "康定市中学" in page
    assert "泸定县饮水管网" not in page
    assert "还没有您能看到的对口支援" in text_of(a_client(None))


def test_who_has_not_signed_in_is_sent_to_do_so(some):
    for address in (ADDRESS, f"{ADDRESS}{UUID(int=7)}/"):
        answer = Client().get(address)

        assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))


def test_who_may_only_look_is_offered_no_move(some):
    page = text_of(a_client("auditor"))

    assert "康定市中学" in page
    assert 'name="to"' not in page
    assert "board.js" not in page


def test_the_way_back_keeps_to_the_programme(some):
    assert 'href="/projects/?programme=zj-ganzi"' in text_of(a_client("office")).split("<h1")[0]


def test_a_card_says_to_the_script_where_it_may_go(some):
    page = text_of(a_client("office"))
    card = page.split('data-column="preparation"')[1].split("</li>")[0]

    assert [stage.value for stage in Stage if f'<option value="{stage.value}">' in card] == ["tendering"]
    assert all(f'data-column="{stage.value}"' in page for stage in Stage)
    assert "board.js" in page


def test_a_shut_gate_says_what_is_missing_and_offers_no_move():
    a_programme()
    project = a_project()

    page = text_of(a_client("office"), f"{address_of(project)}?to=tendering")

    assert "立项（或可研）批复" in page
    assert "还缺 1 项" in page
    assert reverse("projects:dossier", args=[project.uuid]) in page
    assert 'name="seen_stage"' not in page


def test_a_move_is_confirmed_with_its_day_and_comes_back_to_the_same_board():
    a_programme()
    project = without_gates(a_project())
    client = a_client("office")
    page = text_of(client, f"{address_of(project)}?to=tendering&back=county%3D513301%26page%3D9")
    assert 'value="county=513301"' in page

    answer = client.post(
        address_of(project),
        {"to": "tendering", "on": "2026-11-20", "because": "", "seen_stage": "preparation", "back": "county=513301"},
    )

    assert (answer.status_code, answer.url) == (302, "/projects/board/?county=513301")
    project.refresh_from_db()
    assert project.stage == "tendering"
    assert StageMove.objects.filter(project=project).latest("pk").on_date == date(2026, 11, 20)


def test_a_stop_needs_its_reason():
    a_programme()
    project = a_project(stage="under_way", dates=Dates())
    client = a_client("office")
    given = {"to": "suspended", "on": "2026-11-20", "seen_stage": "under_way", "stop": "winter"}

    for because in ("", "   "):
        answer = client.post(address_of(project), {**given, "because": because})
        assert answer.status_code == 422

    assert client.post(address_of(project), {**given, "because": "入冬停工"}).status_code == 302
    assert project.suspensions.get().reason == "winter"


@pytest.mark.parametrize("day", ["2026-11-23", "1026-01-01", "tomorrow", "", "2026-02-30"])
def test_a_day_that_cannot_be_is_refused_and_the_form_stays(day):
    a_programme()
    project = without_gates(a_project(stage="under_way", dates=Dates(started_on=date(2026, 5, 1))))
    given = {"to": "completed", "on": day, "because": "写好的话", "seen_stage": "under_way"}

    answer = a_client("office").post(address_of(project), given)

    assert answer.status_code == 422
    assert "写好的话" in answer.content.decode()
    project.refresh_from_db()
    assert project.stage == "under_way"


def test_papers_that_went_missing_meanwhile_keep_the_gate_shut():
    a_programme()
    project = a_project()
    given = {"to": "tendering", "on": "2026-11-20", "because": "", "seen_stage": "preparation"}

    answer = a_client("office").post(address_of(project), given)

    assert answer.status_code == 422
    assert "立项（或可研）批复" in answer.content.decode()
    project.refresh_from_db()
    assert project.stage == "preparation"


def test_whoever_was_faster_wins():
    a_programme()
    project = without_gates(a_project(stage="under_way", dates=Dates()))
    move(by=OFFICE, at=AT, project=project.uuid, to=Stage.SUSPENDED, because="入冬", on=date(2026, 11, 1))
    given = {"to": "completed", "on": "2026-11-20", "because": "", "seen_stage": "under_way"}

    answer = a_client("office").post(address_of(project), given)

    assert answer.status_code == 409
    project.refresh_from_db()
    assert project.stage == "suspended"


@pytest.mark.parametrize(
    ("to", "status"), [("", 400), ("nonsense", 400), ("handed_over", 409), ("preparation", 409), ("%00", 400)]
)
def test_a_move_that_is_none_is_refused_at_once(to, status):
    a_programme()
    project = a_project()
    client = a_client("office")

    assert client.get(f"{address_of(project)}?to={to}").status_code == status
    assert client.post(address_of(project), {"to": to, "seen_stage": "preparation"}).status_code == status


def test_nobody_moves_what_he_may_not_move_or_not_see():
    a_programme()
    luding = a_project(place="513322")

    with pytest.raises(NotVisible):
        onward(viewer=KANGDING, uuid=luding.uuid, to=Stage.TENDERING)
    with pytest.raises(NotAllowed):
        onward(viewer=AUDITOR, uuid=luding.uuid, to=Stage.TENDERING)
    with pytest.raises(IllegalMove):
        onward(viewer=OFFICE, uuid=luding.uuid, to=Stage.ACCEPTED)
    assert a_client("auditor").post(address_of(luding), {"to": "tendering"}).status_code == 403
    assert a_client(None).get(f"{address_of(luding)}?to=tendering").status_code == 404


def test_the_way_back_never_leaves_the_board():
    a_programme()
    project = without_gates(a_project())
    given = {"to": "tendering", "on": "2026-11-20", "because": "", "seen_stage": "preparation"}

    answer = a_client("office").post(address_of(project), {**given, "back": "//evil.example/?x=\r\nSet-Cookie:a"})

    assert answer.status_code == 302
    assert answer.url.startswith("/projects/board/?")
    assert "\n" not in answer.url


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("county=999999&stage=x&delivery=%00", 200),
        ("text=%3Cscript%3Ealert(1)%3C/script%3E", 200),
        ("year=abc", 400),
        ("as_of=2026-02-30", 400),
        ("programme=nowhere", 404),
    ],
)
def test_odd_questions_are_answered_in_peace(some, asked, status):
    answer = a_client("auditor").get(f"{ADDRESS}?{asked}")

    assert answer.status_code == status
    assert b"<script>alert" not in answer.content
