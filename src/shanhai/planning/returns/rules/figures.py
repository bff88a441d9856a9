# SPDX-License-Identifier: Apache-2.0
"""What the newest returns answer for a programme, and what a county's cumulative amounts mean for the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.money import total as total_of
from shanhai.kernel.shares import Base, Measure, Share
from shanhai.kernel.units import PERCENT, PROJECT, YUAN, Quantity, Unit, money_in
from shanhai.planning.returns.rules.checks import value_in
from shanhai.planning.returns.values import COUNTY, Line, MeasureKind, Row

AnyLine = TypeVar("AnyLine", bound=Line)


@dataclass(frozen=True, slots=True)
class FigureRule:
    """The figure ``returned:<key>``: an amount or count (``part``), or its rate on ``bases``, the usual one first."""

    key: str
    label: Message
    formula: Message
    part: str
    bases: tuple[str, ...] = ()

    @property
    def unit(self) -> Unit:
        """What the value is in."""
        if self.bases:
            return PERCENT
        return PROJECT if COUNTY.measure(self.part).kind == MeasureKind.COUNT else YUAN


def _figure(key: str, column: str = "") -> FigureRule:
    """The figure of a column: a rate of its parts, as the table has it; else the sum over the counties."""
    label = COUNTY.measure(column or key).label
    named = message(gettext_noop("%(measure)s（县级报表）"), measure=label)
    rate = next((rate for rate in COUNTY.rates if rate.key == key), None)
    if rate is None:
        text = gettext_noop("%(measure)s = 各县市上报的“%(measure)s”之和")
        return FigureRule(key, named, message(text, measure=label), column or key)
    part, base = COUNTY.measure(rate.part).label, COUNTY.measure(rate.bases[0]).label
    formula = message(gettext_noop("%(rate)s = “%(part)s” ÷ “%(base)s”"), rate=label, part=part, base=base)
    return FigureRule(key, named, formula, rate.part, rate.bases)


FIGURES = (
    _figure("project_count"),
    _figure("start_rate"),
    _figure("completion_rate"),
    _figure("acceptance_rate"),
    _figure("investment_completion_rate"),
    _figure("plan_issued", "planned"),
    _figure("funds_arrived", "arrived"),
    _figure("funds_allotted", "allotted"),
    _figure("funds_paid", "paid"),
    _figure("allotment_rate"),
    _figure("payment_rate"),
)


def measured(line: Line, key: str) -> Measure | None:
    """What a line answers for ``key``: as stated, or for a count as its rate implies when that leaves one number."""
    if COUNTY.measure(key).kind == MeasureKind.AMOUNT:
        stated = line.numbers.cells.get(key)
        return money_in(stated.number, line.unit) if stated else None
    value = value_in(COUNTY, line.numbers, key)
    return Quantity(value.low, PROJECT) if value is not None and value.is_exact else None


def lines_behind(counties: tuple[AnyLine, ...], total: AnyLine | None, keys: tuple[str, ...]) -> tuple[AnyLine, ...]:
    """The lines that answer for all of ``keys``: every county; or else the stated total alone; or none."""
    for lines in (counties, (total,) if total else ()):
        if lines and all(measured(line, key) is not None for line in lines for key in keys):
            return lines
    return ()


def summed(lines: Sequence[Line], key: str) -> Measure:
    """What ``lines``, which all answer for ``key``, come to."""
    found = [measured(line, key) for line in lines]
    if COUNTY.measure(key).kind == MeasureKind.AMOUNT:
        return total_of(measure for measure in found if isinstance(measure, Money))
    return Quantity(sum((measure.number for measure in found if isinstance(measure, Quantity)), Decimal(0)), PROJECT)


def share_of(lines: Sequence[Line], part: str, base: str) -> Share:
    """The share of ``part`` in ``base`` over ``lines``."""
    return Share(summed(lines, part), summed(lines, base), Base(base, COUNTY.measure(base).label))


# The amounts that are posted, in the order in which money moves.
POSTED = ("planned", "arrived", "allotted", "paid")


@dataclass(frozen=True, slots=True)
class Alignment:
    """How the ledger is brought to what a return states of one county.

    ``take_back`` means that every entry so far is reversed first; ``post`` holds what is then posted, by measure.
    """

    take_back: bool
    post: Mapping[str, Money]


def amounts_of(row: Row, unit: Unit) -> dict[str, Money]:
    """The amounts of a row that belong into the ledger. Raises Refused, AmountNotUnderstood below one fen."""
    amounts = {key: money_in(row.cells[key].number, unit) for key in POSTED if key in row.cells}
    for lesser, greater in (("paid", "allotted"), ("allotted", "arrived")):
        if lesser in amounts and amounts[lesser] > amounts.get(greater, Money(0)):
            raise Refused(
                gettext_noop("%(label)s的核拨不能多于到位，支付不能多于核拨，所以没有记账。请核对后重报。"),
                "returns.amounts_out_of_order",
                label=row.label,
            )
    return amounts


def alignment(stands: Mapping[str, Money], stated: Mapping[str, Money]) -> Alignment:
    """How to get from what ``stands`` in the ledger to what is ``stated``; an amount that is not stated is zero.

    An amount that shrank cannot be posted as a negative: then all is taken back, from the last station to the first,
    and posted anew, so that no account is overdrawn on the way.
    """
    zero = Money(0)
    growth = {key: stated.get(key, zero) - stands.get(key, zero) for key in POSTED}
    if any(change.fen < 0 for change in growth.values()):
        return Alignment(True, {key: amount for key, amount in stated.items() if amount})
    return Alignment(False, {key: change for key, change in growth.items() if change})


def subject_of(place: str, cut_off_on: date) -> str:
    """The subject under which a county's returns of one year stand in the ledger; each year begins anew."""
    return f"returns:{cut_off_on.year}:{place}"
