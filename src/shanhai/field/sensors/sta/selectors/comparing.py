# SPDX-License-Identifier: Apache-2.0
"""Comparisons of a filter as conditions. A condition is true or not: where a value is missing it is not.

Only ``eq`` and ``ne`` know null: it equals itself and nothing else (OData 4.01, 5.1.1.1). Periods compare as in ISO
19108: before and after leave nothing in common, an instant is a period that ends where it begins.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from math import isfinite
from typing import Any

from django.db.models import BigIntegerField, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual

from shanhai.field.sensors.sta.selectors.operands import (
    FALSE,
    Operand,
    Sort,
    absent,
    as_number,
    as_text,
    as_truth,
    guarded,
    need,
    negated,
    not_a,
    number,
    word,
)
from shanhai.field.sensors.sta.selectors.sql import ByCodepoint
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

LOOKUPS: dict[str, Any] = {
    "eq": Exact,
    "lt": LessThan,
    "le": LessThanOrEqual,
    "gt": GreaterThan,
    "ge": GreaterThanOrEqual,
}
_LOOSE = (Sort.JSON, Sort.RESULT)
_TEMPORAL = (Sort.TIME, Sort.PERIOD)
_MIRRORED = {"eq": "eq", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


def compare(sign: str, left: Operand, right: Operand) -> Q:
    """The condition of a comparison. Raises BadInput for what cannot be compared."""
    if sign == "ne":
        return negated(compare("eq", left, right))
    if Sort.NULL in (left.sort, right.sort):
        other = right if left.sort is Sort.NULL else left
        return absent(other) if sign == "eq" else FALSE
    condition = guarded(_compared(sign, left, right), left, right)
    if sign == "eq" and left.constant is None and right.constant is None:
        condition |= absent(left) & absent(right)
    return condition


def _compared(sign: str, left: Operand, right: Operand) -> Q:
    if left.sort in _LOOSE and right.sort not in _LOOSE:
        return _loose(sign, left, right)
    if right.sort in _LOOSE and left.sort not in _LOOSE:
        return _loose(_MIRRORED[sign], right, left)
    if left.sort in _LOOSE:
        either = _asked(sign, as_number(left), as_number(right)) | _texts(sign, as_text(left), as_text(right))
        return either | _truths(sign, as_truth(left), as_truth(right)) if sign == "eq" else either
    if left.sort in _TEMPORAL and right.sort in _TEMPORAL:
        return temporal(sign, left, right)
    if {left.sort, right.sort} == {Sort.NUMBER, Sort.TEXT}:
        left, right = _as_numbers(left), _as_numbers(right)
    if left.sort is not right.sort or left.sort is Sort.GEOMETRY:
        text = gettext_noop("%(left)s不能和%(right)s比较。时间要写时区，文字要写在单引号里，图形请用几何函数。")
        raise BadInput(text, "sta.cannot_compare", left=word(left), right=word(right))
    if left.sort is Sort.TEXT:
        return _texts(sign, left.part, right.part)
    return _truths(sign, left.part, right.part) if left.sort is Sort.TRUTH else _asked(sign, left.part, right.part)


def _loose(sign: str, loose: Operand, other: Operand) -> Q:
    """What is stored as JSON, or a result, beside a value of one sort.

    A number in quotes is compared with numbers, too: the tests of OGC ask ``result gt '3'``.
    """
    match other.sort:
        case Sort.NUMBER:
            return _asked(sign, as_number(loose), other.part)
        case Sort.TRUTH:
            return _truths(sign, as_truth(loose), other.part)
        case Sort.TEXT:
            condition = _texts(sign, as_text(loose), other.part)
            meant = _number_in(other.constant) if loose.sort is Sort.RESULT else None
            return condition if meant is None else condition | _asked(sign, as_number(loose), number(meant).part)
    raise not_a(Sort.NUMBER, other)


def _number_in(value: Any) -> float | None:
    with suppress(ValueError, TypeError):
        found = float(value)
        return found if isfinite(found) else None
    return None


def _as_numbers(one: Operand) -> Operand:
    meant = _number_in(one.constant) if one.sort is Sort.TEXT else None
    if meant is None:
        return one
    return number(int(meant) if meant.is_integer() else meant)


def _asked(sign: str, left: Any, right: Any) -> Q:
    return Q(LOOKUPS[sign](left, right))


def _texts(sign: str, left: Any, right: Any) -> Q:
    return _asked(sign, left, right) if sign == "eq" else _asked(sign, ByCodepoint(left), ByCodepoint(right))


def _truths(sign: str, left: Any, right: Any) -> Q:
    if sign != "eq":
        text = gettext_noop("是非只能比较相等或者不相等。")
        raise BadInput(text, "sta.truth_has_no_order")
    return _asked(sign, left, right)


# Conditions over begin and end of both: of several that must hold, those of begins find their rows in the index.
_Ends = tuple[Any, Any]


def _end(one: Operand) -> Any:
    if one.sort is Sort.TIME:
        return one.part
    begin, end = one.parts
    return end if one.constant is not None else Coalesce(end, begin)


def _equal(a: _Ends, b: _Ends) -> Q:
    return _asked("eq", a[0], b[0]) & _asked("eq", a[1], b[1])


def _before(a: _Ends, b: _Ends) -> Q:
    return _asked("lt", a[0], b[0]) & _asked("lt", a[1], b[0])


def _after(a: _Ends, b: _Ends) -> Q:
    return _asked("gt", a[0], b[1])


_PERIODS: dict[str, Callable[[_Ends, _Ends], Q]] = {
    "eq": _equal,
    "lt": _before,
    "gt": _after,
    "before": _before,
    "after": _after,
    "meets": lambda a, b: _asked("eq", a[1], b[0]) | _asked("eq", a[0], b[1]),
    "during": lambda a, b: _asked("ge", a[0], b[0]) & _asked("le", a[0], b[1]) & _asked("le", a[1], b[1]),
    "overlaps": lambda a, b: _asked("le", a[0], b[1]) & _asked("ge", a[1], b[0]),
    "starts": lambda a, b: _asked("eq", a[0], b[0]),
    "finishes": lambda a, b: _asked("eq", a[1], b[1]),
}
TEMPORAL = tuple(one for one in _PERIODS if one not in LOOKUPS)


def temporal(name: str, left: Operand, right: Operand) -> Q:
    """A temporal relation of two times or periods. Raises BadInput for others."""
    for one in (left, right):
        if one.sort not in _TEMPORAL:
            need([one], Sort.TIME)
    a, b = (left.part, _end(left)), (right.part, _end(right))
    match name:
        case "le" if _instant(right):
            return _asked("le", a[0], b[0]) & _asked("le", a[1], b[0])
        case "ge" if _instant(right):
            return _asked("ge", a[0], b[0])
        case "le":
            return (_asked("le", a[0], b[0]) & _asked("le", a[1], b[0])) | _equal(a, b)
        case "ge":
            return _asked("ge", a[0], b[1]) | _equal(a, b)
    return _PERIODS[name](a, b)


def _instant(one: Operand) -> bool:
    return one.sort is Sort.TIME


def period(begin: int, end: int | None) -> Operand:
    """A literal time, or a period."""
    first = Value(begin, BigIntegerField())
    if end is None:
        return Operand(Sort.TIME, (first,), begin)
    return Operand(Sort.PERIOD, (first, Value(end, BigIntegerField())), (begin, end))
