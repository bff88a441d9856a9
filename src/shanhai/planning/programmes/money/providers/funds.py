# SPDX-License-Identifier: Apache-2.0
"""The figures of the money: what stands at each station, and the rates between them."""

from __future__ import annotations

from shanhai.kernel.actors import Actor
from shanhai.kernel.figures import EvidencePage, Figure, FigureScope, Strength, weakest
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.registry import FigureFamily, Headline
from shanhai.kernel.shares import Share
from shanhai.kernel.units import PERCENT, YUAN
from shanhai.planning.programmes.money.providers.evidence import list_evidence
from shanhai.planning.programmes.money.rules.rates import RATES, rate
from shanhai.planning.programmes.money.rules.stations import AMOUNTS, RATE_STATIONS
from shanhai.planning.programmes.money.selectors import funds
from shanhai.planning.programmes.values import FundTotals
from shanhai.registers.ledger.values import AccountKind

LABELS: dict[str, Message] = {
    "plan_issued": message(gettext_noop("下达计划")),
    "reserve": message(gettext_noop("预备费")),
    "funds_arrived": message(gettext_noop("到位资金")),
    "funds_allotted": message(gettext_noop("核拨资金")),
    "funds_paid": message(gettext_noop("支付资金")),
    "surplus": message(gettext_noop("结余")),
    "arrival_rate": message(gettext_noop("到位率")),
    "allotment_rate": message(gettext_noop("核拨率")),
    "payment_rate": message(gettext_noop("支付率")),
    "plan_completion_rate": message(gettext_noop("规划完成率")),
}
FORMULAS: dict[str, Message] = {
    "plan_issued": message(gettext_noop("下达计划 = 各笔下达之和，扣除冲正；动用的预备费不重复计")),
    "reserve": message(gettext_noop("预备费 = 留作预备费之和 − 已动用")),
    "funds_arrived": message(gettext_noop("到位资金 = 各笔到位之和，扣除冲正")),
    "funds_allotted": message(gettext_noop("核拨资金 = 各笔核拨之和，扣除冲正")),
    "funds_paid": message(gettext_noop("支付资金 = 各笔支付之和，扣除冲正")),
    "surplus": message(gettext_noop("结余 = 各笔上缴的结余之和，扣除冲正")),
}
NOTHING_POSTED = message(gettext_noop("在所看的范围内还没有记过账。财务记账后这里就有数。"))
OWN_PLACE = message(gettext_noop("只计您能看到的地方的账。"))
BY_DAY = message(gettext_noop("按记账日期所在的年份计。"))
JUDGED = message(gettext_noop("依据的强度按最近 200 笔账判断。"))


class Funds(FigureFamily):
    """What stands at each station of the money, and the rates between them."""

    key = "funds"
    keys = tuple(LABELS)
    headlines = (
        Headline("arrival_rate", 10),
        Headline("payment_rate", 20),
        Headline("plan_completion_rate", 80),
        Headline("arrival_rate", 10, "funds"),
        Headline("allotment_rate", 20, "funds"),
        Headline("payment_rate", 30, "funds"),
        Headline("plan_completion_rate", 40, "funds"),
        Headline("reserve", 70, "funds"),
        Headline("surplus", 80, "funds"),
    )
    order = 20

    def list_figures(self, *, viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
        """All figures of the money in the scope. Five queries, four more for a year. Raises NotVisible."""
        found = funds.standing(viewer=viewer, scope=scope)
        made_up = "demo" if found.provenance == "demo" else ""
        note = _note(scope, found)
        strengths = found.strengths.by_kind
        amounts = [_amount(key, scope, found.totals, strengths[kind], note, made_up) for key, kind in AMOUNTS.items()]
        rates = []
        for key in RATES:
            # The five-year plan knows no single years.
            totals = found.ever if key == "plan_completion_rate" else found.totals
            rates.append(_rate(key, scope, totals, strengths, note, made_up))
        return (*amounts, *rates)

    def list_evidence(
        self, *, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int
    ) -> EvidencePage:
        """The postings behind it, and what they need to add up. Raises NotVisible."""
        return list_evidence(viewer=viewer, scope=scope, key=key, part=part, offset=offset, limit=limit)


def _amount(
    key: str, scope: FigureScope, totals: FundTotals, strength: Strength, note: Message | None, provenance: str
) -> Figure:
    amount: Money = getattr(totals, AMOUNTS[key].value)
    return Figure(
        key=key,
        label=LABELS[key],
        value=None if totals.untouched else amount,
        unit=YUAN,
        formula=FORMULAS[key],
        as_of=scope.as_of,
        strength=Strength.NONE if totals.untouched else strength,
        gap=NOTHING_POSTED if totals.untouched else None,
        note=note,
        provenance=provenance,
    )


def _rate(
    key: str,
    scope: FigureScope,
    totals: FundTotals,
    strengths: dict[AccountKind, Strength],
    note: Message | None,
    provenance: str,
) -> Figure:
    found = rate(key, totals, scope.base)
    share = None if totals.untouched else found.share
    return Figure(
        key=key,
        label=LABELS[key],
        value=share,
        unit=PERCENT,
        formula=found.formula,
        as_of=scope.as_of,
        strength=Strength.NONE if share is None else _strength(key, share, strengths),
        gap=NOTHING_POSTED if totals.untouched else found.gap,
        note=note,
        other_bases=() if totals.untouched else found.other_bases,
        provenance=provenance,
    )


def _strength(key: str, share: Share, strengths: dict[AccountKind, Strength]) -> Strength:
    """As weak as the weaker of part and whole; the five-year plan is what somebody has entered in a form."""
    base = RATE_STATIONS.get(share.base.key)
    numerator = strengths[AccountKind(RATES[key].numerator)]
    # Nothing at a station is known from all the postings that did not go there.
    parts = [numerator] if share.part else []
    return weakest((*parts, Strength.FORM if base is None else strengths[base]))


def _note(scope: FigureScope, found: funds.Standing) -> Message | None:
    if found.limited:
        return OWN_PLACE
    if scope.year is not None:
        return BY_DAY
    return None if found.strengths.whole else JUDGED
