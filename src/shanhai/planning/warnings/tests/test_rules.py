# SPDX-License-Identifier: Apache-2.0
"""Every rule on both sides of its boundary."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from shanhai.kernel.messages import message
from shanhai.kernel.money import Money
from shanhai.planning.projects.states import Stage, StopReason
from shanhai.planning.warnings.rules.catalogue import CATALOGUE
from shanhai.planning.warnings.values import ProjectCase, ShareFact, Subject, SubjectKind, TaskCase, YearCase

ON = date(2026, 11, 22)
ONE = UUID(int=1)
PROJECT = ProjectCase(Subject(SubjectKind.PROJECT, ONE, "GZ-1 学校", "513301"), Stage.UNDER_WAY)
YEAR = YearCase(Subject(SubjectKind.YEAR, ONE, "浙江省对口支援甘孜州 2026"), 2026)
TASK = TaskCase(Subject(SubjectKind.TASK, ONE, "2026 融冰化雪 · 立项"), "产业组", ON)


def project(stage=Stage.UNDER_WAY, **kw):
    return replace(PROJECT, stage=stage, **kw)


def year(**kw):
    return replace(YEAR, **kw)


def share(percent, room):
    return ShareFact(Decimal(percent), Money(room))


def ago(days):
    return ON - timedelta(days=days)


TODAY, YESTERDAY = ON, ago(1)

# The rule, a case in which it holds just so, one in which it just does not.
AT_THE_BOUNDARY = [
    (
        "tender_late",
        project(Stage.TENDERING, first_year=2026),
        project(Stage.READY, first_year=2026),
    ),
    (
        "tender_late",
        project(Stage.PREPARATION, first_year=2026),
        project(Stage.PREPARATION, first_year=2027),
    ),
    (
        "start_passed",
        project(Stage.READY, planned_start_on=date(2026, 3, 1), start_due_on=YESTERDAY),
        project(Stage.READY, planned_start_on=date(2026, 3, 1), start_due_on=TODAY),
    ),
    (
        "start_passed",
        project(Stage.PREPARATION, planned_start_on=YESTERDAY, start_due_on=YESTERDAY),
        project(Stage.UNDER_WAY, planned_start_on=YESTERDAY, start_due_on=YESTERDAY),
    ),
    ("finish_passed", project(planned_finish_on=YESTERDAY), project(planned_finish_on=TODAY)),
    (
        "finish_passed",
        project(Stage.TENDERING, planned_finish_on=YESTERDAY),
        project(Stage.SUSPENDED, planned_finish_on=YESTERDAY),
    ),
    ("no_update", project(updated_on=ago(91)), project(updated_on=ago(90))),
    ("no_update", project(Stage.READY, updated_on=ago(91)), project(Stage.SUSPENDED, updated_on=ago(91))),
    (
        "suspended_without_restart",
        project(Stage.SUSPENDED, stopped_on=ON, stop_reason=StopReason.LAND),
        project(Stage.SUSPENDED, stopped_on=ON, stop_reason=StopReason.LAND, restart_expected_on=ON),
    ),
    (
        "suspended_without_restart",
        project(Stage.SUSPENDED, stopped_on=ON),
        project(Stage.SUSPENDED, stopped_on=ON, stop_reason=StopReason.WINTER),
    ),
    (
        "restart_overdue",
        project(Stage.SUSPENDED, restart_expected_on=YESTERDAY),
        project(Stage.SUSPENDED, restart_expected_on=TODAY),
    ),
    (
        "restart_overdue",
        project(Stage.SUSPENDED, restart_expected_on=YESTERDAY),
        project(Stage.UNDER_WAY, restart_expected_on=YESTERDAY),
    ),
    (
        "suspended_in_season",
        project(Stage.SUSPENDED, stopped_on=ago(31), lost_days=31),
        project(Stage.SUSPENDED, stopped_on=ago(31), lost_days=30),
    ),
    (
        "acceptance_overdue",
        project(Stage.COMPLETED, finished_on=ago(91)),
        project(Stage.COMPLETED, finished_on=ago(90)),
    ),
    (
        "acceptance_overdue",
        project(Stage.COMPLETED, finished_on=ago(91)),
        project(Stage.ACCEPTED, finished_on=ago(91)),
    ),
    (
        "settlement_overdue",
        project(Stage.ACCEPTED, settlement_due_on=YESTERDAY),
        project(Stage.ACCEPTED, settlement_due_on=TODAY),
    ),
    (
        "settlement_overdue",
        project(Stage.COMPLETED, settlement_due_on=YESTERDAY),
        project(Stage.COMPLETED, settlement_due_on=YESTERDAY, settled_on=TODAY),
    ),
    (
        "surplus_not_returned",
        project(Stage.SETTLED, settled_on=ago(91), surplus_fen=1),
        project(Stage.SETTLED, settled_on=ago(90), surplus_fen=1),
    ),
    (
        "surplus_not_returned",
        project(Stage.HANDED_OVER, settled_on=ago(91), surplus_fen=1),
        project(Stage.HANDED_OVER, settled_on=ago(91), surplus_fen=1, surplus_returned=True),
    ),
    (
        "handover_overdue",
        project(Stage.SETTLED, transfer_due_on=YESTERDAY),
        project(Stage.SETTLED, transfer_due_on=TODAY),
    ),
    (
        "handover_overdue",
        project(Stage.SETTLED, transfer_due_on=YESTERDAY),
        project(Stage.HANDED_OVER, transfer_due_on=YESTERDAY),
    ),
    ("funds_unallotted", project(idle_unallotted_fen=1), project(idle_unallotted_fen=0)),
    ("funds_unpaid", project(idle_unpaid_fen=1), project(idle_unpaid_fen=0)),
    ("paid_before_start", project(Stage.READY, paid_fen=1), project(Stage.READY, paid_fen=0)),
    ("paid_before_start", project(Stage.READY, paid_fen=1), project(Stage.UNDER_WAY, paid_fen=1)),
    ("allotted_above_plan", project(above_plan_fen=1), project(above_plan_fen=0)),
    ("allotted_above_arrived", project(above_arrived_fen=1), project(above_arrived_fen=0)),
    ("allotted_above_total", project(total_fen=100, allotted_fen=101), project(total_fen=100, allotted_fen=100)),
    ("started_without_funds", project(plan_fen=100, arrived_fen=0), project(plan_fen=100, arrived_fen=1)),
    ("started_without_funds", project(plan_fen=1), project(plan_fen=0)),
    (
        "paid_ahead",
        project(plan_fen=1000, paid_fen=801, progress_percent=50),
        project(plan_fen=1000, paid_fen=800, progress_percent=50),
    ),
    ("paid_ahead", project(plan_fen=1000, paid_fen=301), project(Stage.COMPLETED, plan_fen=1000, paid_fen=301)),
    ("paid_above_contracts", project(contracts_fen=100, paid_fen=101), project(contracts_fen=100, paid_fen=100)),
    ("paid_above_contracts", project(contracts_fen=1, paid_fen=101), project(contracts_fen=0, paid_fen=101)),
    ("contracts_above_total", project(contracts_fen=101, total_fen=100), project(contracts_fen=100, total_fen=100)),
    ("money_beyond", project(beyond=(message("合同超过总投资"),)), project()),
    ("contracts_above_total", project(contracts_fen=101, total_fen=1), project(contracts_fen=101, total_fen=0)),
    ("investment_above_total", project(completed_fen=101, total_fen=100), project(completed_fen=100, total_fen=100)),
    (
        "lines_above_aid",
        project(plan_fen=61, total_fen=100, other_fen=40),
        project(plan_fen=60, total_fen=100, other_fen=40),
    ),
    (
        "lines_above_aid",
        project(plan_fen=1, total_fen=100, other_fen=140),
        project(Stage.CANCELLED, plan_fen=1, total_fen=100, other_fen=140),
    ),
    ("altitude_missing", project(has_altitude=False), project(has_altitude=True)),
    ("altitude_missing", project(has_altitude=False), project(Stage.COMPLETED, has_altitude=False)),
    ("owner_missing", project(Stage.COMPLETED, has_owner=False), project(Stage.COMPLETED, has_owner=True)),
    ("owner_missing", project(Stage.SETTLED, has_owner=False), project(Stage.HANDED_OVER, has_owner=False)),
    ("owner_missing", project(Stage.ACCEPTED, has_owner=False), project(Stage.UNDER_WAY, has_owner=False)),
    ("duplicate_name", project(namesakes=1), project(namesakes=0)),
    ("duplicate_name", project(namesakes=1), project(Stage.CANCELLED, namesakes=1)),
    ("livelihood_below", year(livelihood=share("79.99", -1)), year(livelihood=share("80", 0))),
    ("livelihood_below", year(livelihood=share("79.99", -1)), year(livelihood=None)),
    ("livelihood_near", year(livelihood=share("81.99", 1)), year(livelihood=share("82", 1))),
    ("livelihood_near", year(livelihood=share("80", 0)), year(livelihood=share("79.99", -1))),
    ("grassroots_below", year(grassroots=share("79.99", -1)), year(grassroots=share("80", 0))),
    # Ten months of twelve less ten points: 73⅓ of a hundred.
    ("arrival_behind", year(issued_fen=300, arrived_fen=219), year(issued_fen=300, arrived_fen=220)),
    ("arrival_behind", year(issued_fen=1), year(issued_fen=0)),
    ("first_quarter_spending", year(issued_fen=1000, paid_fen=299), year(issued_fen=1000, paid_fen=300)),
    ("lines_beyond_plan", year(beyond_fen={"省级财政": 1}), year()),
    ("reserve_unused", year(reserve_fen=1), year(reserve_fen=0)),
    ("task_overdue", replace(TASK, due_on=YESTERDAY), replace(TASK, due_on=TODAY)),
    ("task_overdue", replace(TASK, due_on=YESTERDAY), replace(TASK, due_on=YESTERDAY, is_open=False)),
]


def found(key, case, on=ON):
    rule = CATALOGUE[key]
    return rule.check(case, on, rule.limit)


@pytest.mark.parametrize(("key", "holds", "does_not"), AT_THE_BOUNDARY)
def test_a_rule_holds_on_one_side_of_its_boundary_only(key, holds, does_not):
    assert found(key, holds) is not None
    assert found(key, does_not) is None


def test_every_rule_stands_in_the_table_above():
    assert {key for key, *_ in AT_THE_BOUNDARY} == set(CATALOGUE)
    assert len(CATALOGUE) == 35


@pytest.mark.parametrize(("key", "case"), [(key, holds) for key, holds, _ in AT_THE_BOUNDARY])
def test_every_sentence_can_be_said_with_its_numbers(key, case):
    rule, finding = CATALOGUE[key], found(key, case)

    said = [str(rule.say(rule.why, dict(finding.params)))]
    said += [str(rule.say(text)) for text in (rule.title, rule.next_step, rule.closes, rule.source)]

    assert all(said)
    assert not [text for text in said if "%(" in text or "%%" in text or "None" in text]


@pytest.mark.parametrize(
    ("key", "case", "since"),
    [
        ("start_passed", project(Stage.READY, planned_start_on=ago(99), start_due_on=date(2026, 5, 20)), (5, 21)),
        ("no_update", project(updated_on=date(2026, 8, 1)), (10, 31)),
        ("tender_late", project(Stage.TENDERING, first_year=2026), (3, 2)),
        ("suspended_without_restart", project(Stage.SUSPENDED, stopped_on=date(2026, 6, 1)), (6, 1)),
        ("first_quarter_spending", year(issued_fen=100), (4, 1)),
        ("reserve_unused", year(reserve_fen=1), (11, 1)),
    ],
)
def test_a_rule_says_since_which_day_it_holds(key, case, since):
    assert found(key, case).since == date(2026, *since)


@pytest.mark.parametrize("days", [1, 30, 400])
def test_the_numbers_of_a_rule_stay_the_same_as_days_pass(days):
    case = project(Stage.READY, planned_start_on=YESTERDAY, start_due_on=YESTERDAY)

    assert found("start_passed", case) == found("start_passed", case, ON + timedelta(days=days))


@pytest.mark.parametrize(
    ("day", "holds"), [(date(2026, 3, 31), False), (date(2026, 4, 1), True), (date(2026, 12, 31), True)]
)
def test_spending_of_the_first_quarter_is_judged_once_it_is_over(day, holds):
    assert (found("first_quarter_spending", year(issued_fen=100), day) is not None) is holds


@pytest.mark.parametrize(("day", "holds"), [(date(2026, 10, 31), False), (date(2026, 11, 1), True)])
def test_a_reserve_is_late_from_november(day, holds):
    assert (found("reserve_unused", year(reserve_fen=1), day) is not None) is holds


@pytest.mark.parametrize(
    ("day", "holds"), [(date(2026, 1, 31), False), (date(2026, 2, 28), False), (date(2026, 3, 1), True)]
)
def test_nothing_has_to_arrive_in_the_first_weeks_of_the_year(day, holds):
    assert (found("arrival_behind", year(issued_fen=100), day) is not None) is holds
