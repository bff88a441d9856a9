# SPDX-License-Identifier: Apache-2.0
"""What a filter compares: values with their sort, as expressions of the ORM. Times and durations are microseconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import BigIntegerField, BooleanField, ExpressionWrapper, FloatField, Q, TextField, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull

from shanhai.field.sensors.sta.selectors.sql import JsonAny, JsonNumber, JsonText, JsonTruth
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import Message, gettext_noop, message


class Sort(StrEnum):
    """What a value is, which says with what it can be compared."""

    NUMBER = "number"
    TEXT = "text"
    TRUTH = "truth"
    TIME = "time"
    # Begin and end; the end is null for an instant.
    PERIOD = "period"
    DURATION = "duration"
    # Days since 1970, and microseconds of a day.
    DATE = "date"
    CLOCK = "clock"
    NULL = "null"
    # A JSON column and a path within; what it is shows only in each row.
    JSON = "json"
    # The number, and the JSON of all other results.
    RESULT = "result"
    # A column of GeoJSON, or a constant geometry.
    GEOMETRY = "geometry"


@dataclass(frozen=True, slots=True)
class Operand:
    """``parts`` are expressions, as many as the sort has; ``constant`` is the value of a literal.

    ``guards`` must hold for the value to be there at all: what they do not let through counts as null.
    """

    sort: Sort
    parts: tuple[Any, ...] = ()
    constant: Any = None
    path: tuple[str, ...] = ()
    guards: tuple[Q, ...] = ()
    # Of a geometry that is stored: the type that has it, and the expression of the row's id.
    owner: str = ""
    # Whether every row has a value.
    sure: bool = False

    @property
    def part(self) -> Any:
        """The expression of a value that is one; of a period its begin."""
        return self.parts[0]


FALSE = Q(ExpressionWrapper(Value(False), BooleanField()))
TRUE = Q(ExpressionWrapper(Value(True), BooleanField()))
# SQLite and PostgreSQL hold whole numbers up to here.
MOST = 2**63


def number(value: float) -> Operand:
    """A literal number."""
    whole = isinstance(value, int) and -MOST <= value < MOST
    expression = Value(value, BigIntegerField()) if whole else Value(float(value), FloatField())
    return Operand(Sort.NUMBER, (expression,), value)


def text(value: str) -> Operand:
    """A literal text."""
    return Operand(Sort.TEXT, (Value(value, TextField()),), value)


def count(sort: Sort, value: int) -> Operand:
    """A literal time, duration, date or time of day."""
    return Operand(sort, (Value(value, BigIntegerField()),), value)


def truth(condition: Q, *guards: Q) -> Operand:
    """Whether a condition holds."""
    return Operand(Sort.TRUTH, (Coalesce(ExpressionWrapper(condition, BooleanField()), Value(False)),), guards=guards)


def negated(condition: Q) -> Q:
    """True where the condition is false or cannot be told."""
    return ~Q(truth(condition).part)


def guards_of(*given: Operand) -> tuple[Q, ...]:
    """All that must hold for all of them to be there."""
    return tuple(dict.fromkeys(guard for one in given for guard in one.guards))


def guarded(condition: Q, *given: Operand) -> Q:
    """The condition, where all of them are there."""
    for guard in guards_of(*given):
        condition &= guard
    return condition


def as_number(one: Operand) -> Any:
    """Its number, null where it is none. Raises BadInput for a sort that never is."""
    match one.sort:
        case Sort.NUMBER | Sort.RESULT:
            return one.part
        case Sort.JSON:
            return JsonNumber(one.part, one.path)
    raise not_a(Sort.NUMBER, one)


def as_text(one: Operand) -> Any:
    """Its text, null where it is none. Raises BadInput for a sort that never is."""
    match one.sort:
        case Sort.TEXT:
            return one.part
        case Sort.JSON:
            return JsonText(one.part, one.path)
        case Sort.RESULT:
            return JsonText(one.parts[1], ())
    raise not_a(Sort.TEXT, one)


def as_truth(one: Operand) -> Any:
    """Whether it is true, null where it is neither. Raises BadInput for a sort that never is."""
    match one.sort:
        case Sort.TRUTH:
            return one.part
        case Sort.JSON:
            return JsonTruth(one.part, one.path)
        case Sort.RESULT:
            return JsonTruth(one.parts[1], ())
    raise not_a(Sort.TRUTH, one)


def absent(one: Operand) -> Q:
    """Where there is no value, or none that may be seen."""
    match one.sort:
        case Sort.NULL:
            missing = TRUE
        case Sort.JSON:
            missing = Q(IsNull(JsonAny(one.part, one.path), True))
        case Sort.RESULT:
            missing = Q(IsNull(one.part, True)) & Q(IsNull(JsonAny(one.parts[1], ()), True))
        case _ if one.constant is not None:
            missing = FALSE
        case _:
            missing = Q(IsNull(one.part, True))
    for guard in one.guards:
        missing |= negated(guard)
    return missing


_WORDS = {
    Sort.NUMBER: gettext_noop("数"),
    Sort.TEXT: gettext_noop("文字"),
    Sort.TRUTH: gettext_noop("是非"),
    Sort.TIME: gettext_noop("时间"),
    Sort.PERIOD: gettext_noop("时间段"),
    Sort.DURATION: gettext_noop("时长"),
    Sort.DATE: gettext_noop("日期"),
    Sort.CLOCK: gettext_noop("钟点"),
    Sort.NULL: gettext_noop("空值"),
    Sort.JSON: gettext_noop("其他值"),
    Sort.RESULT: gettext_noop("观测结果"),
    Sort.GEOMETRY: gettext_noop("几何图形"),
}


def word(one: Operand) -> Message:
    """What it is, for a person."""
    return message(_WORDS[one.sort])


def not_a(wanted: Sort, one: Operand) -> BadInput:
    """It is of another sort than is needed."""
    text = gettext_noop("条件的这个地方要有%(wanted)s，现在是%(given)s。时间要写时区，文字要写在单引号里。")
    return BadInput(text, "sta.wrong_sort", wanted=message(_WORDS[wanted]), given=word(one))


def need(given: Iterable[Operand], sort: Sort) -> None:
    """Raise BadInput unless all are of the sort."""
    for one in given:
        if one.sort is not sort:
            raise not_a(sort, one)
