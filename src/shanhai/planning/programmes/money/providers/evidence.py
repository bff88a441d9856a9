# SPDX-License-Identifier: Apache-2.0
"""The rows behind the figures of the money: postings, each with the way to its entry, and what they need to add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import EvidencePage, EvidenceRow, FigureScope, Source, Strength
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.planning.programmes.core.selectors.programmes import list_fund_sources
from shanhai.planning.programmes.money.rules.rates import RATES, rate, whole_of
from shanhai.planning.programmes.money.rules.stations import (
    AMOUNTS,
    RATE_STATIONS,
    Line,
    lines_beside,
)
from shanhai.planning.programmes.money.selectors import funds
from shanhai.planning.programmes.values import FundTotals
from shanhai.registers.ledger.values import AccountKind, PostingRow
from shanhai.registers.places.selectors import find_divisions

AMOUNT = message(gettext_noop("计入的各笔账"))
PART = message(gettext_noop("分子：计入的各笔账"))
WHOLE = message(gettext_noop("分母：计入的各笔账"))


@dataclass(frozen=True, slots=True)
class _Behind:
    """What one part of a figure is made of: the postings of a station, and lines beside them."""

    title: Message
    station: AccountKind | None
    lines: tuple[Line, ...]
    amount: Money | None


def list_evidence(*, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int) -> EvidencePage:
    """A page of what the "part" or the "whole" of a figure is made of, newest first; all rows add up to the total.

    Raises NotVisible.
    """
    if key == "plan_completion_rate":
        scope = replace(scope, year=None)
    totals = funds.plan_totals(
        viewer=viewer, programme=scope.programme, as_of=scope.as_of, year=scope.year, place=scope.place
    )
    behind = _behind(key, part, totals, scope.base)
    count, rows = _postings(viewer, scope, behind.station, offset, limit)
    lines = behind.lines[max(offset - count, 0) :][: limit - len(rows)]
    shown = (*_posted(viewer, scope.programme, rows), *(_beside(label, amount) for label, amount in lines))
    return EvidencePage(behind.title, shown, count + len(behind.lines), behind.amount)


def _behind(key: str, part: str, totals: FundTotals, base: str | None) -> _Behind:
    if key in AMOUNTS:
        station = AMOUNTS[key]
        return _Behind(AMOUNT, station, lines_beside(station.value, totals), getattr(totals, station.value))
    if key not in RATES:
        raise NotVisible(gettext_noop("没有这个数。它可能已经改名，请从页面上的“依据”进入。"))
    if part == "part":
        numerator = RATES[key].numerator
        return _Behind(PART, AccountKind(numerator), (), getattr(totals, numerator))
    used = rate(key, totals, base).base
    return _Behind(WHOLE, RATE_STATIONS.get(used.key), lines_beside(used.key, totals), whole_of(used, totals))


def _postings(
    viewer: Actor, scope: FigureScope, station: AccountKind | None, offset: int, limit: int
) -> tuple[int, tuple[PostingRow, ...]]:
    if station is None:
        return 0, ()
    return funds.list_rows(
        viewer=viewer,
        programme=scope.programme,
        kind=station,
        as_of=scope.as_of,
        year=scope.year,
        place=scope.place,
        offset=offset,
        limit=limit,
    )


def _posted(viewer: Actor, programme: str, rows: Sequence[PostingRow]) -> tuple[EvidenceRow, ...]:
    """Each posting by fund source, place and memo, in the words that were entered."""
    sources = {source.code: source.name for source in list_fund_sources(viewer=viewer, programme=programme)}
    places = find_divisions({row.place for row in rows if row.place})
    return tuple(
        EvidenceRow(
            label=" · ".join(
                part
                for part in (
                    sources.get(row.fund_source, row.fund_source),
                    places[row.place].name if row.place in places else row.place,
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
