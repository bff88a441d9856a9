# SPDX-License-Identifier: Apache-2.0
"""The list of projects, the page of one, the search and what waits."""

from datetime import date
from uuid import UUID

import pytest

from shanhai.kernel.errors import NotVisible
from shanhai.kernel.money import Money
from shanhai.planning.projects.core import providers as desk
from shanhai.planning.projects.dossier.selectors.gates import project_detail
from shanhai.planning.projects.dossier.services.stages import move
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, list_projects
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.states import Delivery, Novelty, Stage
from shanhai.planning.projects.tests.builders import (
    a_line,
    a_plan,
    a_programme,
    a_project,
    cancelled,
    some_money,
    without_gates,
)
from shanhai.planning.projects.values import Dates
from tests.cast import ADMIN, AT, AUDITOR, FINANCE, KANGDING, OFFICE, STRANGER

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 22)


def listed(viewer=AUDITOR, **kw):
    options = {name: kw.pop(name) for name in ("order", "offset", "limit") if name in kw}
    return list_projects(viewer=viewer, programme="zj-ganzi", on=ON, filters=ProjectFilters(**kw), **options)


def codes(page):
    return [row.code for row in page.rows]


@pytest.fixture
def three():
    a_programme()
    a_plan(year=2025)
    a_project(code="A", name="康定市人民医院", yuan=300, invested=50, category="health", stage="under_way")
    b = a_project(
        code="B",
        name="泸定县饮水管网",
        place="513322",
        yuan=200,
        delivery=Delivery.CHEQUE,
        novelty=Novelty.CONTINUING,
        cross_year=True,
    )
    a_line(project=b, yuan=70, year=2025)
    a_project(
        code="C", name="康定市中学", yuan=100, stage="completed", dates=Dates(finished_on=date(2026, 9, 1)),
        total_investment=Money.from_yuan(5000), capital=False,
    )  # fmt: skip


def test_a_page_comes_with_the_count_and_the_sums_of_everything_that_matches(three):
    page = listed(limit=1)

    assert (codes(page), page.count) == (["A"], 3)
    assert page.sums.plan == Money.from_yuan(670)
    assert page.sums.total_investment == Money.from_yuan(7000)
    assert page.sums.completed_investment == Money.from_yuan(50)


def test_a_row_says_where_the_project_and_its_money_stand(three):
    row = listed(text="B").rows[0]

    assert (row.place, row.place_name, row.delivery, row.stage, row.late_since) == (
        "513322", "泸定县", Delivery.CHEQUE, Stage.PREPARATION, row.planned_finish_on,
    )  # fmt: skip
    assert (row.plan, row.arrived, row.paid) == (Money.from_yuan(270), Money(0), Money(0))


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"text": "医院"}, ["A"]),
        ({"text": "kdsrm"}, ["A"]),
        ({"text": "KDS"}, ["A", "C"]),
        ({"text": "b"}, ["B"]),
        ({"text": "不存在"}, []),
        ({"text": "%"}, []),
        ({"text": "a\x00"}, ["A"]),
        ({"text": "'; drop table"}, []),
        ({"stage": Stage.COMPLETED}, ["C"]),
        ({"county": "513322"}, ["B"]),
        ({"county": "513300"}, ["A", "B", "C"]),
        ({"category": "health"}, ["A"]),
        ({"delivery": Delivery.CHEQUE}, ["B"]),
        ({"year": 2025}, ["B"]),
        ({"year": 1999}, []),
        ({"late": True}, ["A", "B"]),
        ({"novelty": Novelty.CONTINUING}, ["B"]),
        ({"novelty": Novelty.NEW}, ["A", "C"]),
        ({"cross_year": True}, ["B"]),
        ({"capital": False}, ["C"]),
        ({"capital": True}, ["A", "B"]),
    ],
)
def test_filters_keep_what_they_say(three, filters, found):
    assert codes(listed(**filters)) == found


def test_a_year_counts_only_the_money_of_that_year(three):
    page = listed(year=2025)

    assert page.rows[0].plan == page.sums.plan == Money.from_yuan(70)


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("code", "ABC"),
        ("-code", "CBA"),
        ("county", "ACB"),
        ("total_investment", "ABC"),
        ("-total_investment", "CBA"),
        ("name", "ACB"),
        ("no such order", "ABC"),
        ("-", "CBA"),
    ],
)
def test_the_order_is_one_of_the_known_ones(three, order, found):
    assert "".join(codes(listed(order=order))) == found


@pytest.mark.parametrize(("offset", "limit", "found"), [(1, 1, "B"), (-5, 0, "A"), (99, 10, ""), (0, 10**9, "ABC")])
def test_pages_may_be_asked_for_badly(three, offset, limit, found):
    assert "".join(codes(listed(offset=offset, limit=limit))) == found


def test_a_county_user_sees_the_county_and_a_stranger_nothing(three):
    assert codes(listed(KANGDING)) == ["A", "C"]
    assert listed(KANGDING).sums.plan == Money.from_yuan(400)
    assert (listed(STRANGER).count, listed(ADMIN).count) == (0, 0)


def test_the_list_asks_the_database_four_times_however_long_it_is(three, django_assert_num_queries):
    for number in range(30):
        a_project(code=f"D{number}", yuan=1)

    with django_assert_num_queries(4):
        page = listed(limit=50)

    assert len(page.rows) == 33


def test_the_database_and_the_rule_agree_on_what_is_late():
    a_programme()
    days = (None, date(2026, 10, 1), ON, date(2027, 1, 1))
    starts_and_finishes = [(s, f) for s in days for f in days if not (s and f and f < s)]
    for stage in Stage:
        for number, (start, finish) in enumerate(starts_and_finishes):
            a_project(code=f"{stage}-{number}", stage=stage, dates=Dates(start, finish))

    late = set(Project.objects.late(ON).values_list("code", flat=True))

    assert late == {project.code for project in Project.objects.all() if project.late_since(ON)}
    assert 0 < len(late) < Project.objects.count()


def test_the_page_of_a_project_has_its_lines_its_history_and_what_the_viewer_may_do(django_assert_num_queries):
    a_programme()
    project = without_gates(a_project(stage="ready", yuan=300))
    line = project.lines.get()
    some_money("arrive", line, 100)
    move(by=OFFICE, at=AT, project=project.uuid, to=Stage.UNDER_WAY, on=date(2026, 4, 12))

    with django_assert_num_queries(3):
        page = project_detail(viewer=KANGDING, uuid=project.uuid, on=ON)

    assert [(step.old, step.new) for step in page.moves] == [(Stage.READY, Stage.UNDER_WAY), ("", Stage.READY)]
    assert (page.lines[0].amount, page.lines[0].arrived) == (Money.from_yuan(300), Money.from_yuan(100))
    assert page.sums["livelihood"] == Money.from_yuan(300)
    assert page.allowed_moves == (Stage.SUSPENDED, Stage.COMPLETED)
    assert (page.late_since is not None, page.may_manage, page.may_post) == (True, False, False)


def test_who_may_only_look_is_offered_nothing_to_do():
    a_programme()
    project = a_project()

    page = project_detail(viewer=AUDITOR, uuid=project.uuid, on=ON)

    assert (page.allowed_moves, page.may_manage, page.may_post) == ((), False, False)
    assert project_detail(viewer=FINANCE, uuid=project.uuid, on=ON).may_post


def test_a_step_is_offered_to_be_taken_back_a_cancellation_too():
    a_programme()
    project = a_project()
    assert not project_detail(viewer=OFFICE, uuid=project.uuid, on=ON).may_take_back
    move(by=OFFICE, at=AT, project=without_gates(project).uuid, to=Stage.TENDERING)
    assert project_detail(viewer=OFFICE, uuid=project.uuid, on=ON).may_take_back

    cancelled(project)

    assert project_detail(viewer=OFFICE, uuid=project.uuid, on=ON).may_take_back


def test_another_countys_project_and_a_guessed_one_look_the_same():
    a_programme()
    project = a_project(place="513322")

    messages = set()
    for uuid in (project.uuid, UUID(int=7)):
        with pytest.raises(NotVisible) as caught:
            project_detail(viewer=KANGDING, uuid=uuid, on=ON)
        messages.add(str(caught.value))

    assert len(messages) == 1


def found(viewer, text):
    return desk.Projects().find(viewer=viewer, text=text, limit=10)


def test_the_search_finds_by_name_code_and_initials_what_the_viewer_may_see(three):
    assert [hit.label for hit in found(KANGDING, "kds")] == [
        "A 康定市人民医院",
        "C 康定市中学",
    ]
    assert [hit.label for hit in found(KANGDING, "泸定")] == []
    assert [hit.label for hit in found(KANGDING, "康定 中学")] == ["C 康定市中学"]
    assert found(KANGDING, "  ") == ()
    assert len(found(AUDITOR, "")) == 0
    assert len(found(OFFICE, "县")) == 1
