# SPDX-License-Identifier: Apache-2.0
"""The figures of the money with the postings behind them, and what has been published, never mixed into the former.

What of it stands on 今日 and 资金: how far it has come, what went where, what has been published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from shanhai.base.formats import named
from shanhai.kernel import proofs
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.families import FigureFamily, Headline
from shanhai.kernel.figures import EvidencePage, EvidenceRow, Figure, FigureScope, Source, Strength, weakest
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money, total
from shanhai.kernel.parts import Flow
from shanhai.kernel.proofs import NOT_FOUND
from shanhai.kernel.registry import Asked, Filled, Panel
from shanhai.kernel.shares import Share
from shanhai.kernel.units import PERCENT, UNITS, YUAN
from shanhai.planning.programmes.core.selectors.programmes import list_fund_sources
from shanhai.planning.programmes.models import PublicStatement
from shanhai.planning.programmes.money import selectors as funds
from shanhai.planning.programmes.money.rules import AMOUNTS, RATE_STATIONS, RATES, Line, lines_beside, rate, whole_of
from shanhai.planning.programmes.money.selectors import Standing, get_statement, list_statements
from shanhai.planning.programmes.values import FLAG_SENTENCES, FundTotals, StatementFlag, measured
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors import balances
from shanhai.registers.ledger.values import AccountKind, PostingRow
from shanhai.registers.places.selectors import find_divisions

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
AMOUNT = message(gettext_noop("计入的各笔账"))
PART = message(gettext_noop("分子：计入的各笔账"))
WHOLE = message(gettext_noop("分母：计入的各笔账"))
STATEMENT = "statement:"
AS_PRINTED = message(gettext_noop("公开发表的数字，照原文，没有计算"))
PUBLISHED = message(gettext_noop("发表的出处"))


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
    # The plan is issued to the programme as a whole.
    by_place = ("funds_arrived", "funds_allotted", "funds_paid", "allotment_rate", "payment_rate")

    def list_figures(self, *, viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
        """All figures of the money in the scope. Five queries, four more for a year. Raises NotVisible."""
        found = funds.standing(viewer=viewer, scope=scope)
        return (
            *(_amount(key, scope, found, station) for key, station in AMOUNTS.items()),
            *(_rate(key, scope, found) for key in RATES),
        )

    def list_evidence(
        self, *, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int
    ) -> EvidencePage:
        """A page of what the "part" or the "whole" of a figure is made of, newest first; all rows add up to the total.

        Raises NotVisible.
        """
        if key == "plan_completion_rate":
            scope = replace(scope, year=None)
        asked: dict[str, Any] = {name: getattr(scope, name) for name in ("programme", "as_of", "year", "place")}
        totals = funds.plan_totals(viewer=viewer, **asked)
        title, station, beside, amount = _behind(key, part, totals, scope.base)
        count, rows = (
            funds.list_rows(viewer=viewer, kind=station, offset=offset, limit=limit, **asked) if station else (0, ())
        )
        lines = beside[max(offset - count, 0) :][: limit - len(rows)]
        shown = (*_posted(viewer, scope.programme, rows), *(_beside(label, amount) for label, amount in lines))
        return EvidencePage(title, shown, count + len(beside), amount)


def _amount(key: str, scope: FigureScope, found: Standing, station: AccountKind) -> Figure:
    amount: Money = getattr(found.totals, station.value)
    strength = found.strengths[station]
    return _figure(key, scope, found, found.totals, value=amount, unit=YUAN, formula=FORMULAS[key], strength=strength)


def _rate(key: str, scope: FigureScope, found: Standing) -> Figure:
    # The five-year plan knows no single years.
    totals = found.ever if key == "plan_completion_rate" else found.totals
    one = rate(key, totals, scope.base)
    return _figure(
        key,
        scope,
        found,
        totals,
        value=one.share,
        unit=PERCENT,
        formula=one.formula,
        strength=_strength(key, one.share, found.strengths) if one.share else Strength.NONE,
        gap=one.gap,
        other_bases=one.other_bases,
    )


def _figure(key: str, scope: FigureScope, found: Standing, totals: FundTotals, **made: Any) -> Figure:
    if totals.untouched:
        made |= {"value": None, "strength": Strength.NONE, "gap": NOTHING_POSTED, "other_bases": ()}
    note, provenance = _note(scope, found), "demo" if found.provenance == "demo" else ""
    return Figure(key=key, label=LABELS[key], as_of=scope.as_of, note=note, provenance=provenance, **made)


def _strength(key: str, share: Share, strengths: dict[AccountKind, Strength]) -> Strength:
    """As weak as the weaker of part and whole; the five-year plan is what somebody has entered in a form."""
    base = RATE_STATIONS.get(share.base.key)
    # Nothing at a station is known from all the postings that did not go there.
    parts = [strengths[AccountKind(RATES[key].numerator)]] if share.part else []
    return weakest((*parts, Strength.FORM if base is None else strengths[base]))


def _note(scope: FigureScope, found: Standing) -> Message | None:
    if found.limited:
        return OWN_PLACE
    if scope.year is not None:
        return BY_DAY
    return None if found.whole else JUDGED


def _behind(
    key: str, part: str, totals: FundTotals, base: str | None
) -> tuple[Message, AccountKind | None, tuple[Line, ...], Money | None]:
    """What one part of a figure is made of: its title, the postings of a station, lines beside them, and the sum."""
    if key in AMOUNTS:
        station = AMOUNTS[key]
        return AMOUNT, station, lines_beside(station.value, totals), getattr(totals, station.value)
    if key not in RATES:
        raise NotVisible(NOT_FOUND)
    if part == "part":
        numerator = RATES[key].numerator
        return PART, AccountKind(numerator), (), getattr(totals, numerator)
    used = rate(key, totals, base).base
    return WHOLE, RATE_STATIONS.get(used.key), lines_beside(used.key, totals), whole_of(used, totals)


def _posted(viewer: Actor, programme: str, rows: Sequence[PostingRow]) -> tuple[EvidenceRow, ...]:
    """Each posting by fund source, place and memo, in the words that were entered."""
    sources = {source.code: named(source) for source in list_fund_sources(viewer=viewer, programme=programme)}
    places = find_divisions({row.place for row in rows if row.place})
    return tuple(
        EvidenceRow(
            label=" · ".join(
                part
                for part in (
                    sources.get(row.fund_source, row.fund_source),
                    named(places[row.place]) if row.place in places else row.place,
                    row.memo,
                )
                if part
            ),
            measure=row.counted,
            strength=row.strength,
            on=row.on_date,
            source=Source(
                label=gettext("记账凭证"),
                url=f"/funds/entries/{row.entry}/",
                note=gettext("冲正") if row.is_reversal else gettext("已冲正") if row.is_reversed else "",
            ),
        )
        for row in rows
    )


def _beside(label: Message, amount: Money) -> EvidenceRow:
    return EvidenceRow(label=gettext(label.text), measure=amount, strength=Strength.FORM)


class Statements(FigureFamily):
    """What has been published about a programme."""

    key = "statements"
    keys = (STATEMENT,)
    order = 60

    def list_figures(self, *, viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
        """What has been published about the programme until the day, newest first; nothing for a place within it.

        Two queries. Raises NotVisible.
        """
        statements = list_statements(viewer=viewer, programme=scope.programme, as_of=scope.as_of)
        return tuple(_printed(statement) for statement in statements) if scope.place is None else ()

    def list_evidence(
        self, *, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int
    ) -> EvidencePage:
        """The one publication behind a figure. Raises NotVisible."""
        statement = get_statement(viewer=viewer, programme=scope.programme, key=key.removeprefix(STATEMENT))
        measure = measured(statement.value, statement.unit)
        row = EvidenceRow(
            label=statement.label, measure=measure, strength=Strength.NEWS, on=statement.on, source=_source(statement)
        )
        return EvidencePage(PUBLISHED, (row,)[offset:][:limit], 1, measure)


def _printed(statement: PublicStatement) -> Figure:
    return Figure(
        key=f"{STATEMENT}{statement.key}",
        label=message(statement.label),
        value=measured(statement.value, statement.unit),
        unit=UNITS[statement.unit],
        formula=AS_PRINTED,
        as_of=statement.on,
        strength=Strength.NEWS,
        note=message(statement.note) if statement.note else None,
        flags=tuple(FLAG_SENTENCES[StatementFlag(flag)] for flag in statement.flags),
        sources=(_source(statement),),
        provenance=statement.provenance,
    )


def _source(statement: PublicStatement) -> Source:
    return Source(label=f"{statement.outlet}《{statement.title}》", url=statement.url, note=statement.position)


CHAIN = ("plan_issued", "funds_arrived", "funds_allotted", "funds_paid")
KINDS = (AccountKind.ARRIVED, AccountKind.ALLOTTED, AccountKind.PAID)
MOST_PUBLISHED = 4


def chain(asked: Asked) -> Filled:
    """How far the money has come, each stage with its proof."""
    found = proofs.some_figures(asked.viewer, asked.scope, ("funds",))
    stages = [
        Flow(figure.label, figure.value, url=f"{reverse('proof')}?{proofs.proof_address(asked.scope, figure.key)}")
        for figure in (found[key] for key in CHAIN)
        if isinstance(figure.value, Money)
    ]
    return Filled("programmes/panels/chain.html", {"stages": stages}, columns=5)


def counties(asked: Asked) -> Filled:
    """What has arrived, been allotted and been paid in each county."""
    scope = asked.scope
    amounts = balances.turnover_by_place(
        viewer=asked.viewer, programme=scope.programme, kinds=KINDS, as_of=scope.as_of, place=scope.place
    )
    places = find_divisions({place for place, _kind in amounts if place})
    rows = [(places[code], [amounts.get((code, kind), Money(0)) for kind in KINDS]) for code in sorted(places)]
    sums = [total(column) for column in zip(*(found for _place, found in rows), strict=True)] if len(rows) > 1 else []
    # Who posts has the form of arrivals beside it.
    columns = 8 if asked.viewer.may(FundPermission.POST, programme=scope.programme) else 12
    return Filled("programmes/panels/counties.html", {"counties": rows, "sums": sums}, columns)


def published(asked: Asked) -> Filled | None:
    """The first of what has been published about the programme."""
    found = [one for one in proofs.all_figures(asked.viewer, asked.scope) if one.provenance == "public"]
    context = {"figures": found[:MOST_PUBLISHED], "count": len(found)}
    return Filled("programmes/panels/published.html", context) if found else None


PANELS = (
    Panel("money.chain", "today", 30, chain, FundPermission.VIEW.value),
    Panel("money.published", "today", 90, published, FundPermission.VIEW.value),
    Panel("money.chain.funds", "funds", 10, chain),
    Panel("money.counties", "funds", 40, counties),
)
