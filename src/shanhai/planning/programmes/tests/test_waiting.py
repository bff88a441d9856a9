# SPDX-License-Identifier: Apache-2.0
"""What of programmes waits for whom: after each move of a plan or a task, who acts next sees it, and nobody else."""

from datetime import date
from decimal import Decimal

import pytest

from shanhai.kernel.money import Money
from shanhai.planning.programmes.campaigns.services import campaigns, tasks
from shanhai.planning.programmes.models import Task, YearlyPlan
from shanhai.planning.programmes.money import services as chain
from shanhai.planning.programmes.plans.services import plans, targets
from shanhai.planning.programmes.states import PLAN_MOVES, TASK_MOVES, PlanState, TaskState
from shanhai.planning.programmes.tests.builders import (
    a_campaign,
    a_group,
    a_programme,
    a_target,
    a_task,
    a_yearly_plan,
    an_action,
)
from shanhai.planning.programmes.values import Step, StepKind
from shanhai.registers.ledger.values import Source
from tests.cast import AT, AUDITOR, FINANCE, KANGDING, LEAD, OFFICE, STRANGER, actor, waiting_for

pytestmark = pytest.mark.django_db

# Colleagues of the same offices elsewhere, and one who reports for no group here.
ELSEWHERE = tuple(actor(role, programme="zj-aksu", ref=ref) for role, ref in (
    ("office", "user:office-of-aksu"), ("finance", "user:finance-of-aksu"), ("work_group_lead", LEAD.ref)
))  # fmt: skip
OUTSIDER = actor("work_group_lead", ref="user:of-another-group")
PEOPLE = {"office": OFFICE, "finance": FINANCE, "lead": LEAD}


@pytest.fixture(autouse=True)
def programme():
    return a_programme(ends_on=date(2030, 12, 31))


def waits() -> dict[str, list[str]]:
    """The addresses by who sees them; whoever has nothing to do with it sees nothing."""
    for nobody in (AUDITOR, KANGDING, STRANGER, OUTSIDER, *ELSEWHERE):
        assert waiting_for(nobody, "programmes.waiting") == [], nobody
    found = {name: waiting_for(person, "programmes.waiting") for name, person in PEOPLE.items()}
    return {name: urls for name, urls in found.items() if urls}


def a_plan(year: int, *, issued: bool) -> YearlyPlan:
    return a_yearly_plan(year=year, yuan=100, issued_on=date(year, 3, 1) if issued else None)


def address_of(plan: YearlyPlan) -> str:
    return f"/programmes/zj-ganzi/plans/{plan.year}/"


def test_a_draft_waits_for_the_office():
    plan = a_plan(2026, issued=False)

    assert waits() == {"office": [address_of(plan)]}


def issued() -> dict[str, list[str]]:
    plan = a_plan(2026, issued=False)
    plans.issue_yearly_plan(by=OFFICE, at=AT, plan=plan.uuid, issued_on=date(2026, 3, 1))
    return {"finance": ["/funds/?programme=zj-ganzi"]}


def closed() -> dict[str, list[str]]:
    plan = a_plan(2025, issued=True)
    assert waits() == {"office": [address_of(plan)]}
    plans.close_yearly_plan(by=OFFICE, at=AT, plan=plan.uuid)
    return {}


AFTER_PLAN_MOVES = {(PlanState.DRAFT, PlanState.ISSUED): issued, (PlanState.ISSUED, PlanState.CLOSED): closed}


@pytest.mark.parametrize("move", list(AFTER_PLAN_MOVES), ids=lambda move: f"{move[0]} to {move[1]}")
def test_after_each_move_of_a_plan_who_acts_next_sees_it(move):
    assert AFTER_PLAN_MOVES[move]() == waits()


def test_the_money_of_a_plan_waits_no_longer_once_some_has_arrived():
    issued()
    some = Step(StepKind.ARRIVE, "zj-ganzi", "province", Money(100), date(2026, 4, 1), Source("test", "1"))
    chain.take_step(by=FINANCE, at=AT, step=some)

    assert waits() == {}


@pytest.fixture
def task() -> Task:
    return a_task(action=an_action(campaign=a_campaign(year=2026).uuid).uuid)


def report(task: Task, percent: int) -> None:
    tasks.report_progress(by=LEAD, at=AT, task=task.uuid, progress_percent=percent)


def drop(task: Task) -> None:
    tasks.drop_task(by=OFFICE, at=AT, task=task.uuid, because="并项")


def of_the_group(task: Task) -> dict[str, list[str]]:
    return {"lead": [f"/programmes/tasks/{task.uuid}/"]}


def done(task: Task) -> dict[str, list[str]]:
    report(task, 100)
    return {}


def done_and_opened(task: Task) -> dict[str, list[str]]:
    report(task, 100)
    report(task, 80)
    return of_the_group(task)


def dropped(task: Task) -> dict[str, list[str]]:
    drop(task)
    return {}


def dropped_and_taken_up(task: Task) -> dict[str, list[str]]:
    drop(task)
    report(task, 10)
    return of_the_group(task)


def carried(task: Task) -> dict[str, list[str]]:
    campaigns.carry_over(by=OFFICE, at=AT, campaign=task.action.campaign.uuid, year=2027, name="破冰前行")
    return {"office": [f"/programmes/tasks/{Task.objects.get(carried_from=task).uuid}/"]}


AFTER_TASK_MOVES = {
    (TaskState.OPEN, TaskState.DONE): done,
    (TaskState.DONE, TaskState.OPEN): done_and_opened,
    (TaskState.OPEN, TaskState.DROPPED): dropped,
    (TaskState.DROPPED, TaskState.OPEN): dropped_and_taken_up,
    (TaskState.OPEN, TaskState.CARRIED): carried,
}


def test_a_new_task_waits_for_its_group(task):
    assert waits() == of_the_group(task)


@pytest.mark.parametrize("move", list(AFTER_TASK_MOVES), ids=lambda move: f"{move[0]} to {move[1]}")
def test_after_each_move_of_a_task_who_acts_next_sees_it(task, move):
    assert AFTER_TASK_MOVES[move](task) == waits()


def test_every_move_of_the_tables_is_looked_at():
    for table, seen in ((PLAN_MOVES, AFTER_PLAN_MOVES), (TASK_MOVES, AFTER_TASK_MOVES)):
        assert {(old, new) for old, following in table.items() for new in following} == set(seen)


def test_what_is_late_comes_first_and_is_called_late(task):
    late = a_task(action=task.action.uuid, name="逾期的", due_on=date(2026, 6, 30))

    assert waits() == {"lead": [f"/programmes/tasks/{one.uuid}/" for one in (late, task)]}


def test_a_campaign_that_is_over_with_open_tasks_waits_to_be_carried_over():
    campaign = a_campaign(year=2025)
    task = a_task(action=an_action(campaign=campaign.uuid).uuid)

    assert waits() == {"office": [f"/programmes/campaigns/{campaign.uuid}/edit/"], **of_the_group(task)}


def test_a_year_of_a_target_that_is_over_waits_to_be_reported():
    target = a_target(by_year={2025: Decimal(200), 2026: Decimal(300)})
    assert waits() == {"office": ["/programmes/zj-ganzi/targets/"]}

    targets.report_target(by=OFFICE, at=AT, target=target.uuid, year=2025, reached=Decimal(0), on=date(2026, 1, 5))

    assert waits() == {}


def test_it_takes_as_many_questions_for_much_as_for_little(task, django_assert_max_num_queries):
    a_group(name="综合组")
    for number in range(12):
        a_task(action=task.action.uuid, name=f"任务{number}")
        a_target(name=f"目标{number}", by_year={2025: Decimal(1)})
    for year in (2021, 2022, 2023, 2024):
        a_plan(year, issued=True)
        a_task(action=an_action(campaign=a_campaign(year=year).uuid).uuid)
    a_plan(2026, issued=True)

    for person, most in ((OFFICE, 4), (FINANCE, 3), (LEAD, 1), (STRANGER, 0)):
        with django_assert_max_num_queries(most):
            waiting_for(person, "programmes.waiting")
    assert len(waiting_for(LEAD, "programmes.waiting")) == 17
