# SPDX-License-Identifier: Apache-2.0
"""Which station of the ledger stands behind each figure, and what else its rows need to add up."""

from __future__ import annotations

from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.planning.programmes.money.rules import rates
from shanhai.planning.programmes.values import FundTotals
from shanhai.registers.ledger.values import AccountKind

AMOUNTS: dict[str, AccountKind] = {
    "plan_issued": AccountKind.ISSUED,
    "reserve": AccountKind.RESERVE,
    "funds_arrived": AccountKind.ARRIVED,
    "funds_allotted": AccountKind.ALLOTTED,
    "funds_paid": AccountKind.PAID,
    "surplus": AccountKind.SURPLUS,
}
# By base; the five-year plan stands in no ledger.
RATE_STATIONS: dict[str, AccountKind] = {
    rates.ISSUED.key: AccountKind.ISSUED,
    rates.ISSUED_WITHOUT_RESERVE.key: AccountKind.ISSUED,
    rates.ARRIVED.key: AccountKind.ARRIVED,
    rates.ALLOTTED.key: AccountKind.ALLOTTED,
}

RELEASED = message(gettext_noop("减：已动用的预备费，它已计在原下达数内"))
SPENT_RESERVE = message(gettext_noop("减：已动用的预备费"))
HELD_BACK = message(gettext_noop("减：还在预备费里的"))
FIVE_YEAR_PLAN = message(gettext_noop("五年规划登记的总额"))

Line = tuple[Message, Money]


def lines_beside(base: str, totals: FundTotals) -> tuple[Line, ...]:
    """What stands beside the postings of a station so that all rows add up to the figure; only what is not zero.

    ``base`` is the key of a base of ``rates``, or "reserve".
    """
    lines: dict[str, tuple[Line, ...]] = {
        rates.ISSUED.key: ((RELEASED, -totals.released),),
        rates.ISSUED_WITHOUT_RESERVE.key: ((RELEASED, -totals.released), (HELD_BACK, -totals.reserve)),
        "reserve": ((SPENT_RESERVE, -totals.released),),
        rates.FIVE_YEAR_PLAN.key: ((FIVE_YEAR_PLAN, totals.five_year_plan),) if totals.five_year_plan else (),
    }
    return tuple(line for line in lines.get(base, ()) if line[1])
