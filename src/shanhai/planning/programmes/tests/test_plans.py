# SPDX-License-Identifier: Apache-2.0
"""A year's plan: written, changed while a draft, issued into the ledger, closed."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.money import Money
from shanhai.kernel.states import IllegalMove
from shanhai.planning.programmes.campaigns.services import campaigns
from shanhai.planning.programmes.models import PlanMove, YearlyPlan
from shanhai.planning.programmes.plans.selectors import get_yearly_plan, list_yearly_plans
from shanhai.planning.programmes.plans.services import plans, targets
from shanhai.planning.programmes.states import PLAN_MOVES, PlanState
from shanhai.planning.programmes.tests.builders import a_fund_source, a_group, a_programme, a_target, a_yearly_plan
from shanhai.planning.programmes.values import SourceAmount
from shanhai.registers.ledger.selectors.balances import balance
from shanhai.registers.ledger.selectors.postings import list_postings
from shanhai.registers.ledger.values import AccountKind
from tests.cast import AT, AUDITOR, DEPUTY, FINANCE, KANGDING, OFFICE, STRANGER
from tests.refusals import refused

pytestmark = pytest.mark.django_db

DAY = date(2023, 3, 1)


def amounts(*lines: tuple[str, int, int]) -> list[SourceAmount]:
    return [SourceAmount(code, Money.from_yuan(yuan), Money.from_yuan(kept)) for code, yuan, kept in lines]


def stands(kind: AccountKind, **kw) -> Money:
    return balance(viewer=AUDITOR, programme="zj-ganzi", kind=kind, as_of=date(2026, 1, 1), **kw)


def test_a_draft_holds_its_amounts_and_posts_nothing():
    a_programme()
    a_fund_source(code="city", name="市级财政")

    plans.make_yearly_plan(
        by=OFFICE, at=AT, programme="zj-ganzi", year=2023, amounts=amounts(("province", 100, 10), ("city", 50, 5))
    )

    plan = get_yearly_plan(viewer=AUDITOR, programme="zj-ganzi", year=2023)
    assert [(line.fund_source.code, line.amount_fen, line.reserve_fen) for line in plan.amounts.all()] == [
        ("city", 5000, 500),
        ("province", 10000, 1000),
    ]
    assert (plan.state, plan.reserve_fen, plan.issued_on) == ("draft", 1500, None)
    assert stands(AccountKind.ISSUED) == Money(0)


def test_issuing_puts_each_fund_source_and_its_reserve_into_the_ledger():
    a_programme()
    a_fund_source(code="city", name="市级财政")
    plan = plans.make_yearly_plan(
        by=OFFICE, at=AT, programme="zj-ganzi", year=2023, amounts=amounts(("province", 100, 10), ("city", 50, 0))
    )

    issued = plans.issue_yearly_plan(by=DEPUTY, at=AT, plan=plan.uuid, issued_on=DAY, because="党委会议定")

    count, rows = list_postings(viewer=AUDITOR, programme="zj-ganzi", offset=0, limit=10)
    move = PlanMove.objects.get()
    assert (issued.state, issued.issued_on) == ("issued", DAY)
    assert stands(AccountKind.ISSUED, fund_source="province") == Money.from_yuan(90)
    assert stands(AccountKind.ISSUED, fund_source="city") == Money.from_yuan(50)
    assert stands(AccountKind.RESERVE) == Money.from_yuan(10)
    assert stands(AccountKind.COMMITMENT) == Money.from_yuan(-150)
    assert count == 3
    assert {row.source.id for row in rows} == {f"{plan.uuid}:province", f"{plan.uuid}:city"}
    assert (move.old, move.new, move.by, move.because) == ("draft", "issued", "user:commander", "党委会议定")
    assert AuditRow.objects.get(action="programmes.plan.issued").changes == {"state": ["draft", "issued"]}


def test_a_plan_without_amounts_is_issued_without_a_posting():
    a_programme()
    plan = a_yearly_plan(yuan=0)

    plans.issue_yearly_plan(by=DEPUTY, at=AT, plan=plan.uuid, issued_on=DAY)

    assert list_postings(viewer=AUDITOR, programme="zj-ganzi", offset=0, limit=1) == (0, ())


def moved_to(plan: YearlyPlan, state: PlanState) -> None:
    if state == PlanState.ISSUED:
        plans.issue_yearly_plan(by=OFFICE, at=AT, plan=plan.uuid, issued_on=DAY)
    else:
        plans.close_yearly_plan(by=OFFICE, at=AT, plan=plan.uuid)


@pytest.mark.parametrize("to", [PlanState.ISSUED, PlanState.CLOSED])
@pytest.mark.parametrize("state", list(PlanState))
def test_every_move_that_the_table_lists_works_and_no_other(state, to):
    a_programme()
    plan = a_yearly_plan()
    for step in list(PlanState)[1 : list(PlanState).index(state) + 1]:
        moved_to(plan, step)

    if to in PLAN_MOVES[state]:
        moved_to(plan, to)
    else:
        with pytest.raises(IllegalMove):
            moved_to(plan, to)

    plan.refresh_from_db()
    assert plan.state == (to if to in PLAN_MOVES[state] else state)
    assert PlanMove.objects.count() == list(PlanState).index(PlanState(plan.state))


def test_a_refused_issue_leaves_no_trace():
    a_programme()
    plan = a_yearly_plan()
    trail = AuditRow.objects.count()

    with refused(BadInput, "programmes.text_not_accepted"):
        plans.issue_yearly_plan(by=OFFICE, at=AT, plan=plan.uuid, issued_on=DAY, because="长" * 2001)

    plan.refresh_from_db()
    assert plan.state == "draft"
    assert stands(AccountKind.ISSUED) == Money(0)
    assert AuditRow.objects.count() == trail


def test_the_amounts_of_a_draft_are_replaced_and_of_an_issued_plan_are_not():
    a_programme()
    plan = a_yearly_plan(yuan=100, reserve=10)

    plans.change_plan_amounts(by=OFFICE, at=AT, plan=plan.uuid, amounts=amounts(("province", 80, 0)))
    changed = get_yearly_plan(viewer=AUDITOR, programme="zj-ganzi", year=2023)
    plans.issue_yearly_plan(by=OFFICE, at=AT, plan=plan.uuid, issued_on=DAY)

    with refused(Refused, "programmes.plan_not_a_draft", match="2023"):
        plans.change_plan_amounts(by=OFFICE, at=AT, plan=plan.uuid, amounts=())
    assert [line.amount_fen for line in changed.amounts.all()] == [8000]
    assert changed.reserve_fen == 0
    assert AuditRow.objects.get(action="programmes.plan.amounts_changed").changes == {
        "amounts": [{"province": 10000}, {"province": 8000}]
    }


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        (amounts(("nowhere", 10, 0)), (BadInput, "programmes.fund_source_unknown")),
        (amounts(("province", 10, 0), ("province", 5, 0)), (Conflict, "programmes.fund_source_named_twice")),
        (amounts(("province", 0, 0)), (BadInput, "programmes.amount_not_accepted")),
        (amounts(("province", -1, 0)), (BadInput, "programmes.amount_not_accepted")),
        (amounts(("province", 10, -1)), (BadInput, "programmes.amount_not_accepted")),
        (amounts(("province", 10, 11)), (BadInput, "programmes.reserve_over_amount")),
        ([SourceAmount("province", Money(100, "USD"), Money(0, "USD"))], (BadInput, "programmes.amount_not_accepted")),
    ],
)
def test_bad_amounts_are_refused_and_leave_nothing(lines, error):
    a_programme()

    with refused(error):
        plans.make_yearly_plan(by=OFFICE, at=AT, programme="zj-ganzi", year=2023, amounts=lines)

    assert not YearlyPlan.objects.exists()


def test_a_year_is_planned_once_and_within_the_programme():
    a_programme()
    a_yearly_plan(year=2023)

    with refused(Conflict, "programmes.year_already_planned", match="2023"):
        a_yearly_plan(year=2023)
    with refused(BadInput, "programmes.year_outside", match="2021 至 2025"):
        a_yearly_plan(year=2026)


@pytest.mark.parametrize("by", [FINANCE, AUDITOR, KANGDING], ids=lambda actor: actor.name)
def test_those_who_see_plans_may_not_make_issue_or_close_them(by):
    a_programme()
    plan = a_yearly_plan()

    for act in (
        lambda: plans.make_yearly_plan(by=by, at=AT, programme="zj-ganzi", year=2024),
        lambda: plans.change_plan_amounts(by=by, at=AT, plan=plan.uuid, amounts=()),
        lambda: plans.issue_yearly_plan(by=by, at=AT, plan=plan.uuid, issued_on=DAY),
        lambda: plans.close_yearly_plan(by=by, at=AT, plan=plan.uuid),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_to_a_stranger_a_plan_looks_like_a_missing_one():
    a_programme()
    plan = a_yearly_plan()

    for by, uuid in ((STRANGER, plan.uuid), (OFFICE, uuid4())):
        with pytest.raises(NotVisible, match="没有找到这份年度计划"):
            plans.issue_yearly_plan(by=by, at=AT, plan=uuid, issued_on=DAY)


def test_the_plans_of_a_programme_come_with_their_amounts_in_two_queries(django_assert_num_queries):
    a_programme()
    for year in (2021, 2022, 2023):
        a_yearly_plan(year=year)

    with django_assert_num_queries(2):
        found = list_yearly_plans(viewer=AUDITOR, programme="zj-ganzi", amounts=True)
        seen = [(plan.year, [line.fund_source.code for line in plan.amounts.all()]) for plan in found]

    assert seen == [(2023, ["province"]), (2022, ["province"]), (2021, ["province"])]


@pytest.mark.parametrize(
    "change", [{"state": "lost"}, {"state": "issued"}, {"issued_on": DAY}, {"year": 1977}, {"reserve_fen": -1}], ids=str
)
def test_the_database_refuses_what_must_not_be_true(change):
    a_programme()
    plan = a_yearly_plan()

    with pytest.raises(IntegrityError), transaction.atomic():
        YearlyPlan.objects.filter(pk=plan.pk).update(**change)


def released(plan: YearlyPlan, yuan: int, on: date) -> None:
    plans.release_plan_reserve(
        by=OFFICE,
        at=AT,
        plan=plan.uuid,
        fund_source="province",
        amount=Money.from_yuan(yuan),
        on_date=on,
        because="雪灾",
    )


def test_a_past_day_shows_the_amounts_and_the_reserve_of_that_day():
    a_programme()
    a_fund_source(code="city", name="市级财政")
    plan = a_yearly_plan(yuan=100, reserve=30, issued_on=DAY)
    released(plan, 10, date(2023, 5, 1))
    released(plan, 5, date(2023, 6, 1))
    raised = {"province": (Money.from_yuan(100), Money.from_yuan(120)), "city": (Money(0), Money.from_yuan(7))}
    plans.adjust_issued_plan(
        by=OFFICE, at=AT, plan=plan.uuid, amounts=raised, on_date=date(2023, 7, 1), ground="1", because="增补"
    )

    def then(*day: int) -> tuple[int, list[tuple[str, int, int]]]:
        as_of = date(*day) if day else None
        found = get_yearly_plan(viewer=AUDITOR, programme="zj-ganzi", year=2023, as_of=as_of)
        lines = [(line.fund_source.code, line.amount_fen, line.reserve_fen) for line in found.amounts.all()]
        return found.reserve_fen, lines

    assert then(2023, 4, 30) == (3000, [("province", 10000, 3000)])
    assert then(2023, 5, 1) == (2000, [("province", 10000, 2000)])
    assert then(2023, 6, 30) == (1500, [("province", 10000, 1500)])
    assert then(2023, 7, 1) == then() == (1500, [("city", 700, 0), ("province", 12000, 1500)])


@pytest.mark.parametrize("day", [date(2020, 12, 31), date(2026, 11, 23)], ids=str)
def test_no_way_in_takes_a_day_before_the_programme_or_still_to_come(day):
    a_programme()
    draft, plan = a_yearly_plan(year=2024), a_yearly_plan(reserve=30, issued_on=DAY)
    raised = {"province": (Money.from_yuan(100), Money.from_yuan(120))}

    for act in (
        lambda: plans.issue_yearly_plan(by=OFFICE, at=AT, plan=draft.uuid, issued_on=day),
        lambda: released(plan, 10, day),
        lambda: plans.adjust_issued_plan(
            by=OFFICE, at=AT, plan=plan.uuid, amounts=raised, on_date=day, ground="1", because="增补"
        ),
        lambda: targets.report_target(by=OFFICE, at=AT, target=a_target().uuid, year=2023, reached=Decimal(1), on=day),
        lambda: campaigns.retire_group(by=OFFICE, at=AT, group=a_group().uuid, on=day),
    ):
        with refused(BadInput, "programmes.day_not_possible", match="2021-01-01 至 2026-11-22"):
            act()
