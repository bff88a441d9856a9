# SPDX-License-Identifier: Apache-2.0
"""Lowering a yearly plan that was issued too high, down to what is really used of it."""

from datetime import date

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import Refused
from shanhai.kernel.money import Money
from shanhai.planning.adjustments.services import apply_adjustment
from shanhai.planning.adjustments.states import State
from shanhai.planning.adjustments.tests.builders import (
    ORIGINAL,
    a_plan_in_use,
    a_raise,
    approve_adjustment,
    issued,
    planned,
)
from shanhai.planning.programmes.money.selectors import plan_totals
from shanhai.planning.programmes.plans.selectors import get_yearly_plan
from shanhai.planning.programmes.plans.services.plans import release_plan_reserve
from shanhai.planning.programmes.tests.builders import a_yearly_plan
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.tests.builders import some_money
from shanhai.registers.ledger.selectors.integrity import verify as verify_ledger
from tests.cast import AT, OFFICE
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def programme():
    a_plan_in_use()


def test_a_plan_issued_too_high_is_lowered_by_an_approved_correction_and_the_ledger_with_it():
    a_raise(10_500, state=State.APPLIED)
    lowered = a_raise(9_000, state=State.SUBMITTED, reason="多下达了")
    assert (lowered.rule, issued()) == ("plan.large", 10_500)

    approve_adjustment(by=ORIGINAL, at=AT, adjustment=lowered.uuid)
    apply_adjustment(by=OFFICE, at=AT, adjustment=lowered.uuid)

    assert (planned(), issued()) == ({"province": 9_000}, 9_000)
    row = AuditRow.objects.get(action="programmes.plan.lowered")
    assert (row.changes["amounts"], row.because) == ({"province": [1_050_000, 900_000]}, "多下达了")
    assert verify_ledger() == ()
    a_raise(6_500, state=State.APPLIED)
    assert (planned(), issued()) == ({"province": 6_500}, 6_500)
    stood = get_yearly_plan(viewer=OFFICE, programme="zj-ganzi", year=2026, as_of=date(2026, 11, 21))
    assert [one.amount_fen for one in stood.amounts.all()] == [1_000_000]
    then = plan_totals(viewer=OFFICE, programme="zj-ganzi", as_of=date(2026, 11, 21)).issued
    assert then == Money.from_yuan(10_000)


def test_it_is_not_lowered_below_its_reserve_or_what_has_arrived():
    plan = a_yearly_plan(year=2025, yuan=1_000, reserve=100, issued_on=date(2025, 1, 10))
    assert plan.amounts.get().reserve_fen == 10_000
    with refused(Refused, "programmes.below_reserve", match="还留有预备费 100.00 CNY.*先动用预备费"):
        a_raise(99, year=2025)
    a_raise(200, year=2025, state=State.APPLIED)
    assert plan_totals(viewer=OFFICE, programme="zj-ganzi", as_of=date(2026, 11, 22), year=2025).issued.yuan == 200
    assert plan_totals(viewer=OFFICE, programme="zj-ganzi", as_of=date(2026, 11, 22)).reserve.yuan == 100

    some_money("arrive", AllocationLine.objects.get(), 5_900)
    with refused(Refused, "programmes.issued_has_arrived", match="最多减到 9,800"):
        a_raise(6_000)


def stood(day, year=2025):
    """The amounts and reserves of a plan on a day, and what the ledger says was issued and lay in reserve then."""
    plan = get_yearly_plan(viewer=OFFICE, programme="zj-ganzi", year=year, as_of=day)
    money = plan_totals(viewer=OFFICE, programme="zj-ganzi", as_of=day, year=year)
    rows = [(one.amount_fen // 100, one.reserve_fen // 100) for one in plan.amounts.all()]
    return rows, int(money.issued.yuan), int(money.reserve.yuan)


def test_it_is_lowered_below_the_reserve_that_it_had_once_that_was_released():
    plan = a_yearly_plan(year=2025, yuan=1_000, reserve=100, issued_on=date(2025, 1, 10))
    release_plan_reserve(
        by=OFFICE, at=AT, plan=plan.uuid, fund_source="province", amount=Money.from_yuan(80), on_date=date(2025, 6, 1),
        because="抢险",
    )  # fmt: skip
    days = [date(2025, 5, 31), date(2025, 6, 1), date(2025, 12, 30)]
    before = [stood(day) for day in days]

    a_raise(50, year=2025, state=State.APPLIED)

    assert stood(date(2026, 11, 22)) == ([(50, 20)], 50, 20)
    assert [stood(day) for day in days] == before == [([(1000, 100)], 1000, 100), *[([(1000, 20)], 1000, 20)] * 2]
    with refused(Refused, "programmes.below_reserve", match="还留有预备费 20.00 CNY"):
        a_raise(19, year=2025)
    a_raise(20, year=2025, state=State.APPLIED)
    assert stood(date(2026, 11, 22)) == ([(20, 20)], 20, 20)
    assert verify_ledger() == ()


def test_what_nothing_uses_is_lowered_to_nothing_and_may_be_raised_again():
    plan = a_yearly_plan(year=2025, yuan=1_000, reserve=100, issued_on=date(2025, 1, 10))
    release_plan_reserve(
        by=OFFICE, at=AT, plan=plan.uuid, fund_source="province", amount=Money.from_yuan(100), on_date=date(2025, 6, 1),
        because="抢险",
    )  # fmt: skip

    a_raise(0, year=2025, state=State.APPLIED)

    assert stood(date(2026, 11, 22)) == ([], 0, 0)
    assert stood(date(2025, 5, 31)) == ([(1000, 100)], 1000, 100)
    a_raise(300, year=2025, state=State.APPLIED)
    a_raise(0, year=2025, state=State.APPLIED)
    a_raise(200, year=2025, state=State.APPLIED)
    assert planned(2025) == {"province": 200}
    assert verify_ledger() == ()
