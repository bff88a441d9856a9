# SPDX-License-Identifier: Apache-2.0
"""Raising, telling anew and closing: what the rules find in stored things, and that looking twice changes nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shanhai.base.accounts.tests.builders import acts
from shanhai.base.formats import say
from shanhai.kernel.errors import NotAllowed, NotVisible, Refused
from shanhai.kernel.money import Money
from shanhai.planning.programmes.models import PlanAmount
from shanhai.planning.programmes.tests.builders import a_campaign, a_task, a_yearly_plan, an_action
from shanhai.planning.projects.dossier.services.stages import approve_settlement, return_surplus
from shanhai.planning.projects.models import AllocationLine, Project, Settlement, Suspension
from shanhai.planning.projects.states import Level
from shanhai.planning.projects.tests.builders import a_line, a_plan, a_programme, some_money
from shanhai.planning.projects.values import Dates
from shanhai.planning.warnings.models import EarlyWarning, WarningMove
from shanhai.planning.warnings.services import Evaluated, act, evaluate_programme, evaluate_project
from shanhai.planning.warnings.states import Action
from shanhai.planning.warnings.tests.builders import (
    a_late_project,
    a_quiet_programme,
    a_quiet_project,
    a_warning,
    evaluated,
)
from tests.cast import AT, AUDITOR, DEPUTY, FINANCE, KANGDING, LEAD, OFFICE, STRANGER
from tests.refusals import refused

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)


def rules(**kw):
    return sorted(EarlyWarning.objects.filter(**kw).exclude(state="closed").values_list("rule", flat=True))


def at_noon(*day):
    return datetime(*day, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def programme():
    a_quiet_programme()


def test_a_project_in_time_raises_nothing():
    a_quiet_project()

    assert evaluated() == Evaluated(0, 0, 0)
    assert not EarlyWarning.objects.exists()
    assert "warnings.evaluated" not in acts()


def test_a_late_project_is_warned_of_with_why_and_since_when():
    project = a_late_project()

    assert evaluated() == Evaluated(1, 0, 0)
    warning = EarlyWarning.objects.get()
    assert (warning.rule, warning.subject, warning.state) == ("start_passed", project.uuid, "open")
    assert (warning.place, warning.label) == ("513301", "GZ-1 康定市中心小学教学楼")
    assert (warning.since_on, warning.raised_on) == (date(2026, 4, 2), date(2026, 11, 22))
    assert warning.why == {"planned": {"day": "2026-04-01"}, "due": {"day": "2026-04-01"}}
    line = WarningMove.objects.get()
    assert (line.happened, line.old, line.new, line.by, line.why) == ("raised", "", "open", OFFICE.ref, warning.why)
    assert acts()[-1] == "warnings.evaluated"


def test_the_same_evaluation_twice_changes_nothing():
    a_warning()
    before = list(EarlyWarning.objects.values()), list(WarningMove.objects.values()), acts()

    assert evaluated() == Evaluated(0, 0, 0)
    assert evaluated(LATER) == Evaluated(0, 0, 0)
    assert (list(EarlyWarning.objects.values()), list(WarningMove.objects.values()), acts()) == before


@pytest.mark.parametrize("acted", [False, True])
def test_a_warning_closes_when_its_fact_is_gone_and_says_so(acted):
    warning = a_warning()
    if acted:
        act(by=OFFICE, at=AT, warning=warning.uuid, action=Action.PLANNED, words="五月开工")
    Project.objects.update(planned_start_on=date(2027, 4, 1))

    assert evaluated(LATER) == Evaluated(0, 0, 1)
    warning.refresh_from_db()
    assert (warning.state, warning.ending, warning.standing, warning.closed_at) == ("closed", "fact_gone", False, LATER)
    assert warning.words == ("五月开工" if acted else "")
    line = WarningMove.objects.order_by("pk").last()
    assert (line.happened, line.old, line.new, line.at) == ("closed", "acted" if acted else "open", "closed", LATER)
    assert evaluated(LATER) == Evaluated(0, 0, 0)


def test_a_fact_that_comes_back_is_a_warning_of_its_own():
    first = a_warning()
    Project.objects.update(planned_start_on=date(2027, 4, 1))
    evaluated(LATER)
    Project.objects.update(planned_start_on=date(2026, 4, 1))

    assert evaluated(LATER) == Evaluated(1, 0, 0)
    assert EarlyWarning.objects.exclude(pk=first.pk).get().raised_on == date(2026, 11, 23)


def test_what_was_dismissed_is_not_raised_again_until_it_has_gone_and_come_back():
    a_quiet_project(code="GZ-1")
    twin = a_quiet_project(code="GZ-2")
    evaluated()
    for warning in EarlyWarning.objects.filter(rule="duplicate_name"):
        act(by=OFFICE, at=AT, warning=warning.uuid, action=Action.DISMISSED, words="分两期建设")

    assert evaluated(LATER) == Evaluated(0, 0, 0)
    assert EarlyWarning.objects.filter(standing=True, state="closed").count() == 2

    Project.objects.filter(pk=twin.pk).update(name="康定市中心小学食堂")
    assert evaluated(LATER) == Evaluated(0, 0, 0)
    assert not EarlyWarning.objects.filter(standing=True).exists()
    assert WarningMove.objects.filter(happened="fact_gone", old="closed", new="closed").count() == 2

    Project.objects.filter(pk=twin.pk).update(name="康定市中心小学教学楼")
    assert evaluated(LATER) == Evaluated(2, 0, 0)


def test_other_numbers_are_told_in_the_same_warning():
    a_quiet_project(stage="under_way", invested=1200)
    evaluated()
    assert rules() == ["investment_above_total"]
    Project.objects.update(completed_investment_fen=130_000)

    assert evaluated(LATER) == Evaluated(0, 1, 0)
    warning = EarlyWarning.objects.get(rule="investment_above_total")
    assert warning.why["completed"] == {"fen": 130_000, "currency": "CNY"}
    line = warning.moves.order_by("pk").last()
    assert (line.happened, line.old, line.new, line.why) == ("retold", "open", "open", warning.why)


def test_one_project_alone_can_be_asked_about():
    project, other = a_late_project(), a_late_project(code="GZ-2", name="康定市医院")

    assert evaluate_project(by=OFFICE, at=AT, programme="zj-ganzi", project=project.uuid) == Evaluated(1, 0, 0)
    assert not EarlyWarning.objects.filter(subject=other.uuid).exists()
    assert evaluated() == Evaluated(1, 0, 0)


def test_asking_about_one_project_finds_what_asking_about_all_finds():
    a_programme(code="fj-changdu", supporter="350000", recipient="540300", yuan=0)
    project, twin = a_late_project(), a_quiet_project(code="GZ-2")
    a_plan()
    line = a_line(project=project, yuan=500)
    some_money("arrive", line, 100)

    evaluate_project(by=OFFICE, at=AT, programme="zj-ganzi", project=project.uuid)
    alone = list(EarlyWarning.objects.filter(subject=project.uuid).order_by("rule").values_list("rule", "why"))
    counted = evaluated()

    assert [rule for rule, _ in alone] == ["duplicate_name", "funds_unallotted", "start_passed", "tender_late"]
    assert list(EarlyWarning.objects.filter(subject=project.uuid).order_by("rule").values_list("rule", "why")) == alone
    assert counted.retold == counted.closed == 0
    assert rules(subject=twin.uuid) == ["duplicate_name"]


def test_the_warnings_of_a_project_that_is_gone_are_closed():
    warning = a_warning()
    project = Project.objects.get()
    project.moves.all().delete()
    project.delete()

    assert evaluate_project(by=OFFICE, at=AT, programme="zj-ganzi", project=warning.subject) == Evaluated(0, 0, 1)


@pytest.mark.parametrize(("arrived", "raised"), [(date(2026, 9, 23), True), (date(2026, 9, 24), False)])
def test_money_is_idle_from_the_sixtieth_day_on(arrived, raised):
    a_plan()
    line = a_line(project=a_quiet_project(), yuan=500)
    some_money("arrive", line, 300, on=arrived)
    some_money("arrive", line, 100, on=date(2026, 11, 20))
    some_money("allot", line, 120, on=date(2026, 11, 21))

    evaluated()

    found = EarlyWarning.objects.filter(rule="funds_unallotted").first()
    assert (found is not None) is raised
    assert not raised or found.why == {"amount": {"fen": 18_000, "currency": "CNY"}}


@pytest.mark.parametrize(("allotted", "raised"), [(date(2026, 8, 24), True), (date(2026, 8, 25), False)])
def test_allotted_money_is_idle_from_the_ninetieth_day_on(allotted, raised):
    a_plan()
    line = a_line(project=a_quiet_project(), yuan=500)
    some_money("arrive", line, 300, on=date(2026, 8, 1))
    some_money("allot", line, 300, on=allotted)
    some_money("pay", line, 120, on=date(2026, 11, 21))

    evaluated()

    found = EarlyWarning.objects.filter(rule="funds_unpaid").first()
    assert (found is not None) is raised
    assert not raised or found.why == {"amount": {"fen": 18_000, "currency": "CNY"}}


def test_a_surplus_that_went_back_is_not_taken_for_money_that_is_not_paid():
    a_plan()
    project = a_quiet_project(stage="accepted", dates=Dates(None, None, None, date(2026, 7, 1), date(2026, 7, 20)))
    line = a_line(project=project, yuan=500)
    some_money("arrive", line, 300)
    some_money("allot", line, 300)
    some_money("pay", line, 280, on=date(2026, 6, 2))
    approved = {"approved": Money.from_yuan(280), "surplus": Money.from_yuan(20), "on": date(2026, 8, 1)}
    approve_settlement(by=OFFICE, at=AT, project=project.uuid, **approved)
    evaluated()
    assert {"funds_unpaid", "surplus_not_returned"} <= set(rules())

    return_surplus(by=FINANCE, at=AT, line=line.uuid, on=date(2026, 11, 1), number="交-1")
    evaluated()

    assert not {"funds_unpaid", "surplus_not_returned"} & set(rules())


@pytest.mark.parametrize(("day", "late"), [((2027, 5, 20), False), ((2027, 5, 21), True)])
def test_a_high_site_is_late_only_after_its_season_has_opened(day, late):
    a_quiet_project(altitude_m=4500)

    evaluated(at_noon(*day))

    assert ("start_passed" in rules()) is late


@pytest.mark.parametrize(("altitude", "raised"), [(4500, False), (2600, True)])
def test_winter_is_not_counted_as_lost_time(altitude, raised):
    project = a_quiet_project(stage="suspended", altitude_m=altitude)
    Suspension.objects.create(project=project, reason="winter", since_on=date(2026, 10, 20))

    evaluated(at_noon(2027, 2, 1))

    assert ("suspended_in_season" in rules()) is raised


@pytest.mark.parametrize(
    ("extended", "day", "overdue"),
    [
        (None, (2026, 10, 1), False),
        (None, (2026, 10, 2), True),
        (date(2026, 12, 1), (2026, 12, 1), False),
        (date(2026, 12, 1), (2026, 12, 2), True),
    ],
)
def test_final_accounts_are_due_three_months_after_completion_or_when_they_were_put_off_to(extended, day, overdue):
    project = a_quiet_project(stage="completed", dates=Dates(None, None, None, date(2026, 7, 1)))
    if extended:
        Settlement.objects.create(
            project=project, due_on=date(2026, 10, 1), extended_to=extended, extended_because="审计未结束"
        )

    evaluated(at_noon(*day))

    assert ("settlement_overdue" in rules()) is overdue


def test_the_money_of_the_year_is_watched():
    a_plan(yuan=1000)
    a_line(project=a_quiet_project(), yuan=700, livelihood_percent=100)
    a_line(
        project=a_quiet_project(code="GZ-2", name="康定市道路"),
        yuan=300,
        livelihood_percent=0,
        beneficiary_level=Level.PREFECTURE,
    )

    evaluated()

    found = {warning.rule: warning for warning in EarlyWarning.objects.filter(subject_kind="year")}
    assert sorted(found) == ["arrival_behind", "first_quarter_spending", "grassroots_below", "livelihood_below"]
    assert found["livelihood_below"].why == {"percent": "70.00", "missing": {"fen": 10_000, "currency": "CNY"}}
    assert (found["livelihood_below"].label, found["livelihood_below"].place) == ("浙江省对口支援甘孜州 2026", "")
    assert found["arrival_behind"].why == {"rate": "0.00", "months": 10}


@pytest.mark.parametrize("name", ["康定市小学(一期)", "康定市小学 （一期） ", "康定市小学（一期\u3000）"])
def test_names_that_differ_in_blanks_and_width_only_are_one_name(name):
    a_quiet_project(name="康定市小学（一期）")
    twin = a_quiet_project(code="GZ-2", name="康定市小学（二期）")
    evaluated()
    assert "duplicate_name" not in rules()

    Project.objects.filter(pk=twin.pk).update(name=name)
    evaluate_project(by=OFFICE, at=AT, programme="zj-ganzi", project=twin.uuid)
    assert rules(subject=twin.uuid) == ["duplicate_name"]
    evaluated()
    assert EarlyWarning.objects.filter(rule="duplicate_name").count() == 2


@pytest.mark.parametrize("year", [2025, 2026])
def test_lines_beyond_a_plan_are_warned_of_from_where_on_the_service_refuses_them(year):
    plan = a_yearly_plan(year=year, yuan=1000, reserve=300, issued_on=date(year, 1, 10))
    line = a_line(project=a_quiet_project(), yuan=700, year=year)
    evaluated()
    assert "lines_beyond_plan" not in rules()
    with refused(Refused, "projects.plan_overdrawn"):
        a_line(project=a_quiet_project(code="GZ-2", name="康定市道路"), yuan=1, year=year)

    AllocationLine.objects.filter(pk=line.pk).update(amount_fen=70_100)
    evaluated()
    warned = EarlyWarning.objects.get(rule="lines_beyond_plan")
    assert say(warned.sentence) == "年度计划扣除预备费以后不够安排，共超 1 元，按资金来源：省级财政超 1 元。"

    PlanAmount.objects.filter(plan=plan).update(reserve_fen=29_900)
    evaluated()
    assert "lines_beyond_plan" not in rules()


def test_overdue_tasks_are_watched():
    action = an_action(campaign=a_campaign(year=2026).uuid)
    a_task(action=action.uuid, due_on=date(2026, 11, 21))
    a_task(action=action.uuid, name="还没有到期", due_on=date(2026, 11, 22))

    evaluated()

    warning = EarlyWarning.objects.get()
    assert (warning.rule, warning.subject_kind, warning.label) == (
        "task_overdue", "task", "2026 融冰化雪 · 牦牛产业集群立项",
    )  # fmt: skip


def test_each_history_begins_with_the_numbers_of_its_own_warning():
    for number in range(1, 8):
        due = date(2026, 4, number)
        a_quiet_project(code=f"GZ-{number}", name=f"学校 {number}", dates=Dates(due, date(2027, 10, 1)))

    evaluated()

    lines = WarningMove.objects.select_related("warning").order_by("pk")
    assert [(line.warning.label, line.why["due"]["day"]) for line in lines if line.warning.rule == "start_passed"] == [
        (f"GZ-{number} 学校 {number}", f"2026-04-0{number}") for number in range(1, 8)
    ]


def test_another_programme_is_left_alone():
    a_programme(code="fj-changdu", supporter="350000", recipient="540300", yuan=0)
    a_warning()

    assert evaluated(programme="fj-changdu") == Evaluated(0, 0, 0)
    assert EarlyWarning.objects.get().state == "open"


@pytest.mark.parametrize("by", [FINANCE, LEAD, KANGDING, AUDITOR, STRANGER], ids=lambda by: by.name)
def test_who_does_not_manage_the_programme_asks_no_rules(by):
    project = a_late_project()

    with pytest.raises(NotAllowed):
        evaluate_programme(by=by, at=AT, programme="zj-ganzi")
    with pytest.raises(NotAllowed):
        evaluate_project(by=by, at=AT, programme="zj-ganzi", project=project.uuid)
    assert not EarlyWarning.objects.exists()


def test_a_programme_that_is_not_there_is_not_evaluated():
    with pytest.raises(NotVisible):
        evaluate_programme(by=DEPUTY, at=AT, programme="nowhere\x00")


def test_an_evaluation_asks_as_often_for_many_projects_as_for_few():
    a_plan()
    a_line(project=a_late_project(), yuan=10)
    with CaptureQueriesContext(connection) as few:
        evaluated()
    for number in range(2, 12):
        a_line(project=a_late_project(code=f"GZ-{number}", name=f"学校 {number}"), yuan=10)

    with CaptureQueriesContext(connection) as many:
        evaluated()

    assert len(many) <= len(few)
    assert len(few) <= 50


def test_one_rule_stands_once_for_one_thing():
    warning = a_warning()
    twin = EarlyWarning(
        programme=warning.programme,
        rule=warning.rule,
        subject_kind="project",
        subject=warning.subject,
        label="x",
        since_on=date(2026, 1, 1),
        raised_on=date(2026, 1, 1),
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
