# SPDX-License-Identifier: Apache-2.0
"""Printed numbers, and every check that a stated table allows, each on intervals: rounding alone never fails one.

A check that lacks a number is not made. Rows may state a rate and leave out its part: the part is then implied, for
counts as the whole numbers that give the printed rate.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import Message, gettext_noop
from shanhai.kernel.money import Money, rounded
from shanhai.kernel.numerals import read_number
from shanhai.planning.returns.values import (
    HUNDRED,
    At,
    Check,
    CheckKey,
    CheckKind,
    Identity,
    Interval,
    Measure,
    MeasureKind,
    Order,
    Rate,
    Row,
    Scheme,
    Severity,
    Stated,
    Table,
    fits,
)

_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?")
_SEPARATORS = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]")


def printed(number: Decimal, decimals: int, kind: MeasureKind, interval: Interval | None = None) -> Stated:
    """``number`` as it would be printed with ``decimals``; ``interval`` where it is known better than by rounding."""
    to_digit = rounded(number, decimals)
    if interval is None:
        half = Decimal(0) if kind == MeasureKind.COUNT else Decimal(5).scaleb(-decimals - 1)
        interval = Interval(max(to_digit - half, Decimal(0)), to_digit + half)
    return Stated(f"{to_digit:f}" + ("%" if kind == MeasureKind.RATE else ""), to_digit, decimals, interval)


def read_stated(text: str, kind: MeasureKind, *, in_percent: bool = False) -> Stated:
    """Read a printed number: 1,234.5 or 89.71%.

    A count is exact; an amount and a rate may be off by half of the last printed digit. A rate without its sign is a
    fraction up to 1 ("0.9071" is 90.71%), unless the column says that it is ``in_percent``. Raises BadInput
    for anything else, for a negative, and for a count that is not whole.
    """
    bare = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text[:60]))
    if "," in bare:
        # A comma is a mark of thousands, or it is refused.
        read_number(bare.removesuffix("%"))
        bare = bare.replace(",", "")
    signed = kind == MeasureKind.RATE and bare.endswith("%")
    bare = bare[:-1] if signed else bare
    if not _NUMBER.fullmatch(bare):
        raise BadInput(
            gettext_noop("“%(text)s”不是可以核对的数。请只填数字，例如 68、17.44 或 89.71%%。"),
            "returns.number_not_understood",
            text=text[:40],
        )
    number, decimals = Decimal(bare), len(bare.partition(".")[2])
    if kind == MeasureKind.COUNT:
        if number != number.to_integral_value():
            raise BadInput(
                gettext_noop("“%(text)s”不是整数。个数请填整数。"), "returns.number_not_understood", text=text[:40]
            )
        decimals = 0
    if kind == MeasureKind.RATE and not signed and not in_percent and number <= 1:
        number, decimals = number * HUNDRED, max(decimals - 2, 0)
    return printed(number, decimals, kind)


Checks = dict[CheckKey, Check]


def check_table(table: Table, *, touching: At | None = None) -> Checks:
    """All checks by name; with ``touching``, only those of its row and of the columns that follow from it."""
    found: list[Check] = []
    for row in table.lines:
        if touching is None or row.label == touching.label:
            found.extend(_check_row(table, row))
    if table.total:
        for measure in table.scheme.additive:
            if touching is None or _follows(table.scheme, measure.key, touching.measure):
                found.extend(_check_sum(table, table.total, measure))
    return {check.key: check for check in found}


def _follows(scheme: Scheme, key: str, other: str) -> bool:
    """Whether a change of ``other`` can change what a row states or implies of ``key``."""
    return key == other or any(
        rate.part == key and (rate.key == other or _follows(scheme, rate.bases[0], other)) for rate in scheme.rates
    )


def value_in(scheme: Scheme, row: Row, key: str) -> Interval | None:
    """What the row states of ``key``, or else what one of its rates implies; None when neither."""
    stated = row.cells.get(key)
    return stated.interval if stated else _implied(scheme, row, key)


def implying_rate(scheme: Scheme, row: Row, key: str) -> Rate | None:
    """The printed rate from which ``key`` follows where the row does not state it."""
    return next((rate for rate in scheme.rates if rate.part == key and rate.key in row.cells), None)


def _implied(scheme: Scheme, row: Row, key: str) -> Interval | None:
    rate = implying_rate(scheme, row, key)
    base = value_in(scheme, row, rate.bases[0]) if rate else None
    if rate is None or base is None:
        return None
    percent = row.cells[rate.key].interval
    if scheme.measure(key).kind == MeasureKind.COUNT:
        return whole_numbers(percent, base)
    return Interval(percent.low * base.low / HUNDRED, percent.high * base.high / HUNDRED)


def whole_numbers(percent: Interval, base: Interval) -> Interval | None:
    """The whole numbers up to ``base`` whose share of it is ``percent``; None when there is none."""
    low = (percent.low * base.low / HUNDRED).to_integral_value(ROUND_CEILING)
    high = min((percent.high * base.high / HUNDRED).to_integral_value(ROUND_FLOOR), base.high)
    return Interval(low, high) if low <= high else None


def sum_of_rows(table: Table, key: str) -> Interval | None:
    """The rows of one column added up; None when a row neither states nor implies it."""
    values = [value_in(table.scheme, row, key) for row in table.rows]
    known = [value for value in values if value is not None]
    if not values or len(known) < len(values):
        return None
    return Interval(sum((value.low for value in known), Decimal(0)), sum((value.high for value in known), Decimal(0)))


def column_decimals(table: Table, key: str) -> int:
    """The finest decimals printed in a column."""
    return max((line.cells[key].decimals for line in table.lines if key in line.cells), default=2)


def shown(table: Table, key: str, number: Decimal) -> str:
    """``number`` of a column with its unit, as the column prints it: 68, 17.44亿元, 89.71%."""
    kind = table.scheme.measure(key).kind
    text = f"{rounded(number, 0 if kind == MeasureKind.COUNT else column_decimals(table, key)):f}"
    return text + {MeasureKind.COUNT: "", MeasureKind.AMOUNT: table.unit.symbol, MeasureKind.RATE: "%"}[kind]


def share_text(part: Interval, base: Interval, decimals: int) -> str:
    """``part`` of ``base`` in percent, printed with ``decimals``; a dash when there is no base."""
    return f"{rounded(part.middle * HUNDRED / base.middle, decimals):f}%" if base.middle else "—"


def _label(table: Table, key: str) -> Message:
    return table.scheme.measure(key).label


def _check(
    kind: CheckKind,
    at: At,
    severity: Severity,
    passed: bool,
    said: tuple[str, str],
    params: Mapping[str, object],
    *,
    against: str = "",
    base: str = "",
) -> Check:
    """A check that says the first sentence where it passed, the second where not."""
    return Check(CheckKey(kind, at, against), passed, severity, Message(said[not passed], params), base)


def _check_sum(table: Table, total: Row, measure: Measure) -> Iterator[Check]:
    stated, added = value_in(table.scheme, total, measure.key), sum_of_rows(table, measure.key)
    if stated is None or added is None:
        return
    if all(measure.key in line.cells for line in table.lines):
        kind, severity = CheckKind.SUM, Severity.ERROR
        said = (
            gettext_noop("“%(measure)s”各行相加为 %(sum)s，与合计 %(stated)s 相符。"),
            gettext_noop("“%(measure)s”各行相加为 %(sum)s，合计写的是 %(stated)s，对不上。"),
        )
    else:
        kind = CheckKind.IMPLIED_SUM
        severity = Severity.WARNING if measure.kind == MeasureKind.COUNT else Severity.NOTE
        said = (
            gettext_noop("按各行写的比率推算，“%(measure)s”相加为 %(sum)s，与合计 %(stated)s 相符。"),
            gettext_noop("按各行写的比率推算，“%(measure)s”相加为 %(sum)s，合计写的是 %(stated)s，对不上。"),
        )
    params = {
        "measure": measure.label,
        "sum": shown(table, measure.key, added.middle),
        "stated": shown(table, measure.key, stated.middle),
    }
    yield _check(kind, At(total.label, measure.key), severity, added.meets(stated), said, params)


def _check_row(table: Table, row: Row) -> Iterator[Check]:
    for rate in table.scheme.rates:
        yield from _check_rate(table, row, rate)
    for order in table.scheme.orders:
        yield from _check_order(table, row, order)
    for identity in table.scheme.identities:
        yield from _check_identity(table, row, identity)


def _check_rate(table: Table, row: Row, rate: Rate) -> Iterator[Check]:
    """A printed rate against its part; where a count is silent, against the whole numbers that may stand there."""
    percent, part = row.cells.get(rate.key), row.cells.get(rate.part)
    if percent is None or (part is None and table.scheme.measure(rate.part).kind != MeasureKind.COUNT):
        return
    bases = {key: value for key in rate.bases if (value := value_in(table.scheme, row, key)) is not None}
    parts = {key: part.interval if part else whole_numbers(percent.interval, base) for key, base in bases.items()}
    fitting = next((key for key, one in parts.items() if one and fits(one, bases[key], percent.interval)), "")
    base = fitting or rate.bases[0]
    if base not in bases:
        return
    found = parts[base]
    params: dict[str, object] = {
        "label": row.label,
        "rate": _label(table, rate.key),
        "stated": percent.text,
        "part": shown(table, rate.part, found.middle) if found else "",
        "base": shown(table, base, bases[base].middle),
    }
    if part is None:
        kind = CheckKind.WHOLE
        said = (
            gettext_noop("%(label)s的“%(rate)s”%(stated)s 即 %(base)s 中的 %(part)s。"),
            gettext_noop("%(label)s的“%(rate)s”写的是 %(stated)s，但在 %(base)s 中没有哪个整数占这个比例。"),
        )
    else:
        kind = CheckKind.RATE
        said = (
            gettext_noop("%(label)s的“%(rate)s”%(stated)s 与 %(part)s ÷ %(base)s（%(base_name)s）相符。"),
            gettext_noop(
                "%(label)s的“%(rate)s”写的是 %(stated)s，而 %(part)s ÷ %(base)s（%(base_name)s）= %(share)s。"
            ),
        )
        params |= {"base_name": _label(table, base), "share": share_text(part.interval, bases[base], percent.decimals)}
        added = sum_of_rows(table, base) if row is table.total and not fitting else None
        if added is not None and fits(part.interval, added, percent.interval):
            text = gettext_noop(
                "%(label)s的“%(rate)s”写的是 %(stated)s，而 %(part)s ÷ %(base)s（%(base_name)s）= %(share)s；"
                "除以各行相加的 %(sum)s 则相符。"
            )
            said, params["sum"] = (said[0], text), shown(table, base, added.middle)
    yield _check(kind, At(row.label, rate.key), Severity.WARNING, bool(fitting), said, params, base=fitting)


def _check_order(table: Table, row: Row, order: Order) -> Iterator[Check]:
    lesser, greater = row.cells.get(order.lesser), row.cells.get(order.greater)
    if lesser is None or greater is None:
        return
    yield _check(
        CheckKind.ORDER,
        At(row.label, order.lesser),
        Severity.ERROR if order.strict else Severity.WARNING,
        lesser.interval.low <= greater.interval.high,
        (
            gettext_noop("%(label)s的“%(lesser)s”%(less)s 不超过“%(greater)s”%(more)s。"),
            gettext_noop("%(label)s的“%(lesser)s”%(less)s 超过了“%(greater)s”%(more)s。"),
        ),
        {
            "label": row.label,
            "lesser": _label(table, order.lesser),
            "less": shown(table, order.lesser, lesser.number),
            "greater": _label(table, order.greater),
            "more": shown(table, order.greater, greater.number),
        },
        against=order.greater,
    )


def _check_identity(table: Table, row: Row, identity: Identity) -> Iterator[Check]:
    parts = [row.cells[key] for key in identity.parts if key in row.cells]
    whole = row.cells.get(identity.whole)
    if whole is None or len(parts) < len(identity.parts):
        return
    added = sum((part.interval for part in parts), Interval.exact(0))
    yield _check(
        CheckKind.IDENTITY,
        At(row.label, identity.whole),
        Severity.ERROR,
        added.meets(whole.interval),
        (
            gettext_noop("%(label)s的“%(whole)s”%(stated)s 等于各项之和 %(sum)s。"),
            gettext_noop("%(label)s的“%(whole)s”写的是 %(stated)s，而各项之和是 %(sum)s。"),
        ),
        {
            "label": row.label,
            "whole": _label(table, identity.whole),
            "stated": shown(table, identity.whole, whole.number),
            "sum": shown(table, identity.whole, added.middle),
        },
    )


FACTOR = 100


def in_wrong_unit(stated: Money, plan: Money, *, whole: bool) -> bool:
    """Whether ``stated`` is a hundred times the plan or, when it speaks for the ``whole``, a hundredth of it.

    Nothing stated, or no plan, is no question.
    """
    if not stated or not plan:
        return False
    return stated.fen >= FACTOR * plan.fen or (whole and stated.fen * FACTOR <= plan.fen)
