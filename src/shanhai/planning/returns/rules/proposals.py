# SPDX-License-Identifier: Apache-2.0
"""For a failed check, the single numbers that would satisfy it; and what a wrong number and the right one share."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from shanhai.kernel.messages import gettext_noop, message
from shanhai.planning.returns.rules.checks import (
    column_decimals,
    implying_rate,
    sum_of_rows,
    value_in,
)
from shanhai.planning.returns.rules.reading import printed
from shanhai.planning.returns.values.findings import Check, CheckKey, CheckKind, Severity
from shanhai.planning.returns.values.tables import HUNDRED, At, Interval, MeasureKind, Rate, Row, Stated, Table

Proposal = tuple[At, Stated]
# With more projects than this, one digit changed gives too many whole numbers to tell anything.
_LARGEST_BASE = 2000
_SHIFTS = (-4, -3, -2, -1, 1, 2, 3, 4)


def proposals(table: Table, failed: Check) -> Iterator[Proposal]:
    """The replacements of one cell that satisfy ``failed``; none for an order that is broken."""
    kind, at = failed.key.kind, failed.key.at
    row = next(line for line in table.lines if line.label == at.label)
    if kind in (CheckKind.SUM, CheckKind.IMPLIED_SUM):
        for line in table.lines:
            yield from _balancing(table, line, at.measure)
    elif kind == CheckKind.RATE:
        yield from _computed_rate(table, row, _rate(table, at.measure))
    elif kind == CheckKind.WHOLE:
        yield from _whole_rates(table, row, _rate(table, at.measure))
    elif kind == CheckKind.IDENTITY:
        yield from _identity_numbers(table, row, at.measure)


def clues(table: Table, at: At, suggested: Stated) -> Iterator[Check]:
    """How the printed number may have come about: copied from a neighbour, a digit mistyped, the point moved."""
    row = next(line for line in table.lines if line.label == at.label)
    stated, label = row.cells[at.measure], table.scheme.measure(at.measure).label
    twin = copied_from(table, row, at.measure)
    if twin:
        text = gettext_noop("%(label)s的“%(measure)s”与“%(other)s”是同一个数 %(stated)s。")
        params = {"other": table.scheme.measure(twin).label}
        yield _clue(CheckKind.COPY, at, twin, text, label=at.label, measure=label, stated=stated.text, **params)
    if slipped(stated, suggested):
        text = gettext_noop("%(label)s的“%(measure)s”%(stated)s 与 %(suggested)s 只差一处笔误。")
        yield _clue(
            CheckKind.SLIP, at, "", text, label=at.label, measure=label, stated=stated.text, suggested=suggested.text
        )


def copied_from(table: Table, row: Row, key: str) -> str:
    """Another column of the same kind with the very same number in this row; empty when there is none."""
    kinds, stated = table.scheme.by_key(), row.cells[key]
    return next(
        (
            other
            for other, cell in row.cells.items()
            if other != key and kinds[other].kind == kinds[key].kind and cell.text == stated.text and cell.number
        ),
        "",
    )


def slipped(stated: Stated, suggested: Stated) -> bool:
    """Whether one digit differs, two neighbouring digits changed places, or the decimal point moved."""
    left, right = stated.text.strip("%"), suggested.text.strip("%")
    if len(left) == len(right) and len(left.replace(".", "")) >= 3:
        unlike = [index for index in range(len(left)) if left[index] != right[index]]
        if len(unlike) == 1 and "." not in (left[unlike[0]], right[unlike[0]]):
            return True
        if len(unlike) == 2 and left[unlike[0]] == right[unlike[1]] and left[unlike[1]] == right[unlike[0]]:
            return unlike[1] - unlike[0] == 1
    low, high = suggested.interval.low, suggested.interval.high
    return stated.number > 0 and any(
        Interval(low.scaleb(shift), high.scaleb(shift)).meets(stated.interval) for shift in _SHIFTS
    )


def _clue(kind: CheckKind, at: At, against: str, text: str, **params: object) -> Check:
    return Check(CheckKey(kind, at, against), False, Severity.NOTE, message(text, **params))


def _rate(table: Table, key: str) -> Rate:
    return next(rate for rate in table.scheme.rates if rate.key == key)


def _balancing(table: Table, line: Row, key: str) -> Iterator[Proposal]:
    """The number in ``line`` with which the column adds up; where the line only implies it, the rate that does so."""
    value = balancing_value(table, line, key)
    if value is None:
        return
    measure = table.scheme.measure(key)
    if key in line.cells:
        decimals = column_decimals(table, key)
        yield At(line.label, key), printed(value.middle, decimals, measure.kind, value)
        return
    rate = implying_rate(table.scheme, line, key)
    base = value_in(table.scheme, line, rate.bases[0]) if rate else None
    if rate and base and base.low > 0:
        decimals = line.cells[rate.key].decimals
        yield At(line.label, rate.key), printed(value.middle * HUNDRED / base.middle, decimals, MeasureKind.RATE)


def balancing_value(table: Table, line: Row, key: str) -> Interval | None:
    """What ``key`` must be in ``line`` for rows and total to agree; None when unknown or below zero."""
    if table.total is None:
        return None
    if line is table.total:
        return sum_of_rows(table, key)
    value = value_in(table.scheme, table.total, key)
    for other in table.rows:
        part = None if other is line else value_in(table.scheme, other, key)
        if other is not line:
            value = value - part if value is not None and part is not None else None
    if value is None or value.high < 0:
        return None
    return Interval(max(value.low, Decimal(0)), value.high)


def _computed_rate(table: Table, row: Row, rate: Rate) -> Iterator[Proposal]:
    base = value_in(table.scheme, row, rate.bases[0])
    if base and base.low > 0:
        percent = row.cells[rate.part].interval.middle * HUNDRED / base.middle
        yield At(row.label, rate.key), printed(percent, row.cells[rate.key].decimals, MeasureKind.RATE)


def _whole_rates(table: Table, row: Row, rate: Rate) -> Iterator[Proposal]:
    """Rates of whole numbers: the number that the total leaves for this row, and those one slip away from the print."""
    base, stated = value_in(table.scheme, row, rate.bases[0]), row.cells[rate.key]
    if base is None or not base.is_exact or not 0 < base.low <= _LARGEST_BASE:
        return
    left = balancing_value(table, row, rate.part)
    for number in range(int(base.low) + 1):
        share = printed(number * HUNDRED / base.low, stated.decimals, MeasureKind.RATE)
        if slipped(stated, share) or (left and left.is_exact and left.low == number):
            yield At(row.label, rate.key), share


def _identity_numbers(table: Table, row: Row, whole: str) -> Iterator[Proposal]:
    identity = next(item for item in table.scheme.identities if item.whole == whole)
    cells = {key: row.cells[key].interval for key in (whole, *identity.parts)}
    for key in cells:
        value = Interval.exact(0) if key == whole else cells[whole]
        for other in identity.parts:
            if other != key:
                value = value + cells[other] if key == whole else value - cells[other]
        if value.low >= 0:
            kind = table.scheme.measure(key).kind
            yield At(row.label, key), printed(value.middle, column_decimals(table, key), kind, value)
