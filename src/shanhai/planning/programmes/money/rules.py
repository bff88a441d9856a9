# SPDX-License-Identifier: Apache-2.0
"""Which way the money goes in each step, the rates between its stations, and what stands behind each figure.

Published reports use several denominators under one name; which one is ours by default is this product's own
convention, and the others always stand beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Base, Share
from shanhai.planning.programmes.values import FundTotals, Step, StepKind
from shanhai.registers.ledger.values import AccountKind, NewEntry, NewPosting

ROUTES: dict[StepKind, tuple[AccountKind, AccountKind]] = {
    StepKind.ISSUE: (AccountKind.COMMITMENT, AccountKind.ISSUED),
    StepKind.ARRIVE: (AccountKind.ISSUED, AccountKind.ARRIVED),
    StepKind.ALLOT: (AccountKind.ARRIVED, AccountKind.ALLOTTED),
    StepKind.PAY: (AccountKind.ALLOTTED, AccountKind.PAID),
    StepKind.RETURN: (AccountKind.ALLOTTED, AccountKind.SURPLUS),
    StepKind.HAND_BACK: (AccountKind.ARRIVED, AccountKind.SURPLUS),
    StepKind.RELEASE: (AccountKind.RESERVE, AccountKind.ISSUED),
}
OVER_PLAN_MEMO = "超计划到位"


def entry_for(step: Step) -> NewEntry:
    """The one ledger entry of ``step``.

    Issuing with a reserve puts that part on into the reserve account. What arrives over the plan comes straight from
    the supporter and leaves the issued plan as it is, so that the arrival rate shows more than a hundred percent; the
    memo says so.
    """
    parts = [(*ROUTES[step.kind], step.amount)]
    memo = step.memo
    if step.reserve:
        parts.append((AccountKind.ISSUED, AccountKind.RESERVE, step.reserve))
    if step.over_plan:
        parts = [
            (AccountKind.ISSUED, AccountKind.ARRIVED, step.amount - step.over_plan),
            (AccountKind.COMMITMENT, AccountKind.ARRIVED, step.over_plan),
        ]
        memo = f"{memo} {OVER_PLAN_MEMO}".strip()
    return NewEntry(
        source=step.source,
        programme=step.programme,
        fund_source=step.fund_source,
        on_date=step.on_date,
        postings=tuple(_posting(step, *part) for part in parts if part[2]),
        memo=memo,
        strength=step.strength,
    )


def _posting(step: Step, source: AccountKind, target: AccountKind, amount: Money) -> NewPosting:
    return NewPosting(source, target, amount, subject=step.subject, place=step.place)


ISSUED = Base("issued", message(gettext_noop("下达计划")))
ISSUED_WITHOUT_RESERVE = Base("issued_without_reserve", message(gettext_noop("下达计划（不含预备费）")))
ARRIVED = Base("arrived", message(gettext_noop("到位资金")))
ALLOTTED = Base("allotted", message(gettext_noop("核拨资金")))
FIVE_YEAR_PLAN = Base("five_year_plan", message(gettext_noop("五年规划额")))

GAPS: dict[Base, Message] = {
    ISSUED: message(gettext_noop("在所看的范围内还没有下达计划，没有分母，算不出比率。")),
    ISSUED_WITHOUT_RESERVE: message(gettext_noop("除预备费外还没有下达计划，没有分母，算不出比率。")),
    ARRIVED: message(gettext_noop("在所看的范围内还没有资金到位，没有分母，算不出比率。")),
    ALLOTTED: message(gettext_noop("在所看的范围内还没有资金核拨，没有分母，算不出比率。")),
    FIVE_YEAR_PLAN: message(gettext_noop("五年规划额没有登记，或分不到所看的范围，算不出比率。")),
}


@dataclass(frozen=True, slots=True)
class RateRule:
    """``numerator`` names a field of FundTotals; ``formulas`` lists the bases, the default first."""

    numerator: str
    formulas: dict[Base, Message]


@dataclass(frozen=True, slots=True)
class Rate:
    """``share`` is None when ``base`` is nothing to divide by; then ``gap`` says so."""

    base: Base
    share: Share | None
    gap: Message | None
    formula: Message
    other_bases: tuple[Share, ...]


RATES: dict[str, RateRule] = {
    "arrival_rate": RateRule(
        "arrived",
        {
            ISSUED: message(gettext_noop("到位率 = 到位资金 ÷ 下达计划")),
            ISSUED_WITHOUT_RESERVE: message(gettext_noop("到位率 = 到位资金 ÷（下达计划 − 预备费）")),
        },
    ),
    "allotment_rate": RateRule(
        "allotted",
        {
            ARRIVED: message(gettext_noop("核拨率 = 核拨资金 ÷ 到位资金")),
            ISSUED: message(gettext_noop("核拨率 = 核拨资金 ÷ 下达计划")),
        },
    ),
    "payment_rate": RateRule(
        "paid",
        {
            ARRIVED: message(gettext_noop("支付率 = 支付资金 ÷ 到位资金")),
            ALLOTTED: message(gettext_noop("支付率 = 支付资金 ÷ 核拨资金")),
            ISSUED: message(gettext_noop("支付率 = 支付资金 ÷ 下达计划")),
        },
    ),
    "plan_completion_rate": RateRule(
        "arrived", {FIVE_YEAR_PLAN: message(gettext_noop("规划完成率 = 累计到位资金 ÷ 五年规划额"))}
    ),
}


def rate(key: str, totals: FundTotals, base: str | None = None) -> Rate:
    """The rate ``key`` on its default base, or on ``base`` where it is ever taken of that one.

    The same rate on each other base that has a value stands beside it.
    """
    rule = RATES[key]
    chosen = next((known for known in rule.formulas if known.key == base), next(iter(rule.formulas)))
    part: Money = getattr(totals, rule.numerator)
    shares = {known: _share(part, whole_of(known, totals), known) for known in rule.formulas}
    return Rate(
        base=chosen,
        share=shares[chosen],
        gap=None if shares[chosen] else GAPS[chosen],
        formula=rule.formulas[chosen],
        other_bases=tuple(share for known, share in shares.items() if known != chosen and share),
    )


def whole_of(base: Base, totals: FundTotals) -> Money | None:
    """The denominator that ``base`` stands for; None when there is none."""
    wholes = {
        ISSUED: totals.issued,
        ISSUED_WITHOUT_RESERVE: totals.issued - totals.reserve,
        ARRIVED: totals.arrived,
        ALLOTTED: totals.allotted,
        FIVE_YEAR_PLAN: totals.five_year_plan,
    }
    return wholes[base]


def _share(part: Money, whole: Money | None, base: Base) -> Share | None:
    return Share(part, whole, base) if whole else None


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
    ISSUED.key: AccountKind.ISSUED,
    ISSUED_WITHOUT_RESERVE.key: AccountKind.ISSUED,
    ARRIVED.key: AccountKind.ARRIVED,
    ALLOTTED.key: AccountKind.ALLOTTED,
}

RELEASED = message(gettext_noop("减：已动用的预备费，它已计在原下达数内"))
SPENT_RESERVE = message(gettext_noop("减：已动用的预备费"))
HELD_BACK = message(gettext_noop("减：还在预备费里的"))
PLANNED = message(gettext_noop("五年规划登记的总额"))

Line = tuple[Message, Money]


def lines_beside(base: str, totals: FundTotals) -> tuple[Line, ...]:
    """What stands beside the postings of a station so that all rows add up to the figure; only what is not zero.

    ``base`` is the key of a base, or "reserve".
    """
    lines: dict[str, tuple[Line, ...]] = {
        ISSUED.key: ((RELEASED, -totals.released),),
        ISSUED_WITHOUT_RESERVE.key: ((RELEASED, -totals.released), (HELD_BACK, -totals.reserve)),
        "reserve": ((SPENT_RESERVE, -totals.released),),
        FIVE_YEAR_PLAN.key: ((PLANNED, totals.five_year_plan),) if totals.five_year_plan else (),
    }
    return tuple(line for line in lines.get(base, ()) if line[1])
