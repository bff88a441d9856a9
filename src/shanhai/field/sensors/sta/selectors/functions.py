# SPDX-License-Identifier: Apache-2.0
"""Functions and arithmetic of a filter (18-088, clause 9.3.3.5.2), as expressions of the ORM.

Years, months, days and hours are those of UTC. Division is never of whole numbers alone; by nothing it gives null.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, FloatField, Func, IntegerField, Q, TextField, Value
from django.db.models.functions import (
    Cast,
    Greatest,
    Length,
    Lower,
    NullIf,
    StrIndex,
    Substr,
    Trim,
    Upper,
)
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual

from shanhai.field.sensors.sta.selectors.comparing import TEMPORAL, temporal
from shanhai.field.sensors.sta.selectors.operands import (
    Operand,
    Sort,
    as_number,
    as_text,
    count,
    guarded,
    guards_of,
    need,
    not_a,
    truth,
)
from shanhai.field.sensors.sta.selectors.sql import SECOND, Plain, rounded, time_part
from shanhai.field.sensors.values import instant_of
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

# The first and the last instant that can be written: of the years 1 and 9999.
FIRST, LAST = -62_135_596_800_000_000, 253_402_300_799_999_999
_NUMERIC = (Sort.NUMBER, Sort.JSON, Sort.RESULT)
_MOVED = (Sort.TIME, Sort.PERIOD)
Made = Callable[..., Operand]


def _text(expression: Any, *given: Operand) -> Operand:
    return Operand(Sort.TEXT, (expression,), guards=guards_of(*given))


def _number(expression: Any, *given: Operand) -> Operand:
    return Operand(Sort.NUMBER, (expression,), guards=guards_of(*given))


def _texts(given: Sequence[Operand]) -> list[Any]:
    return [as_text(one) for one in given]


def _starts(whole: Any, part: Any) -> Q:
    return Q(Exact(Substr(whole, 1, Length(part)), part))


def _ends(whole: Any, part: Any) -> Q:
    begin = ExpressionWrapper(Length(whole) - Length(part) + 1, IntegerField())
    return Q(GreaterThanOrEqual(Length(whole), Length(part))) & Q(Exact(Substr(whole, Greatest(begin, 1)), part))


def _holds(whole: Any, part: Any) -> Q:
    return Q(GreaterThan(StrIndex(whole, part), Value(0)))


def _of_texts(condition: Callable[[Any, Any], Q]) -> Made:
    return lambda a, b: truth(guarded(condition(as_text(a), as_text(b)), a, b))


def _concat(*given: Operand) -> Operand:
    return _text(Plain("(({}) || ({}))", *_texts(given), output_field=TextField()), *given)


def _substring(whole: Operand, begin: Operand, length: Operand | None = None) -> Operand:
    """From a place that counts from 0; what is before the beginning is the beginning."""
    at = Cast(Greatest(_whole(begin), 0) + 1, IntegerField())
    if length is None:
        return _text(Substr(as_text(whole), at), whole, begin)
    size = Cast(Greatest(_whole(length), 0), IntegerField())
    return _text(Substr(as_text(whole), at, size), whole, begin, length)


def _whole(one: Operand) -> Any:
    """A number for what counts characters, of which no text has as many as the greatest."""
    bounded = Plain(
        "(CASE WHEN ({}) > 1000000 THEN 1000000 WHEN ({}) < 0 THEN 0 ELSE ({}) END)",
        *(as_number(one),) * 3,
        output_field=FloatField(),
    )
    return Cast(bounded, IntegerField())


def _of_time(part: str, sort: Sort = Sort.NUMBER) -> Made:
    def made(one: Operand) -> Operand:
        if one.sort not in _MOVED:
            need([one], Sort.TIME)
        return Operand(sort, (time_part(one.part, part),), guards=one.guards)

    return made


def _offset(one: Operand) -> Operand:
    """Times are kept and answered in UTC: nothing, wherever there is one."""
    if one.sort not in _MOVED:
        need([one], Sort.TIME)
    return _number(Plain("(({}) * 0)", one.part, output_field=IntegerField()), one)


def _seconds(one: Operand) -> Operand:
    need([one], Sort.DURATION)
    return _number(Plain(f"(({{}}) / {SECOND}.0)", one.part, output_field=FloatField()), one)


def _by_text(function: type[Func]) -> Made:
    return lambda one: _text(function(as_text(one)), one)


def _rounding(how: str) -> Made:
    return lambda one: _number(rounded(as_number(one), how), one)


def _related(name: str) -> Made:
    return lambda a, b: truth(guarded(temporal(name, a, b), a, b))


# By name: how many arguments at least and at most, and what is made of them.
_FUNCTIONS: dict[str, tuple[int, int, Made]] = {
    "substringof": (2, 2, lambda part, whole: _of_texts(_holds)(whole, part)),
    "contains": (2, 2, _of_texts(_holds)),
    "startswith": (2, 2, _of_texts(_starts)),
    "endswith": (2, 2, _of_texts(_ends)),
    "length": (1, 1, lambda one: _number(Length(as_text(one)), one)),
    "indexof": (2, 2, lambda a, b: _number(ExpressionWrapper(StrIndex(*_texts([a, b])) - 1, IntegerField()), a, b)),
    "substring": (2, 3, _substring),
    "tolower": (1, 1, _by_text(Lower)),
    "toupper": (1, 1, _by_text(Upper)),
    "trim": (1, 1, _by_text(Trim)),
    "concat": (2, 2, _concat),
    "date": (1, 1, _of_time("date", Sort.DATE)),
    "time": (1, 1, _of_time("time", Sort.CLOCK)),
    "totaloffsetminutes": (1, 1, _offset),
    "totalseconds": (1, 1, _seconds),
    "mindatetime": (0, 0, lambda: count(Sort.TIME, FIRST)),
    "maxdatetime": (0, 0, lambda: count(Sort.TIME, LAST)),
    **{name: (1, 1, _of_time(name)) for name in ("year", "month", "day", "hour", "minute", "second")},
    "fractionalseconds": (1, 1, _of_time("fractionalseconds")),
    **{name: (1, 1, _rounding(name)) for name in ("round", "floor", "ceiling")},
    **{name: (2, 2, _related(name)) for name in TEMPORAL},
}


def call(name: str, given: Sequence[Operand], at: Any) -> Operand:
    """What a function makes of its arguments; ``at`` is now. Raises BadInput for one that there is not."""
    if name == "now" and not given:
        return count(Sort.TIME, instant_of(at))
    found = _FUNCTIONS.get(name)
    if found is None:
        text = gettext_noop("没有函数 %(name)s。")
        raise BadInput(text, "sta.function_unknown", name=name[:40])
    least, most, made = found
    check_count(name, given, least, most)
    return made(*given)


def check_count(name: str, given: Sequence[object], least: int, most: int) -> None:
    """Raise BadInput unless a function was given as many arguments as it takes."""
    if not least <= len(given) <= most:
        text = gettext_noop("函数 %(name)s 要 %(least)s 到 %(most)s 个参数，给了 %(count)s 个。")
        raise BadInput(text, "sta.argument_count", name=name, least=least, most=most, count=len(given))


def arithmetic(sign: str, left: Operand, right: Operand) -> Operand:
    """add, sub, mul, div, mod of numbers; times and durations move by durations. Raises BadInput for others."""
    if left.sort in _NUMERIC and right.sort in _NUMERIC:
        return _number(_counted(sign, as_number(left), as_number(right)), left, right)
    shift = {"add": "({}) + ({})", "sub": "({}) - ({})"}.get(sign)
    guards = guards_of(left, right)
    if shift and right.sort is Sort.DURATION and left.sort in (*_MOVED, Sort.DURATION):
        moved = tuple(Plain(f"({shift})", one, right.part, output_field=BigIntegerField()) for one in left.parts)
        return Operand(left.sort, moved, guards=guards)
    if sign == "add" and left.sort is Sort.DURATION and right.sort in _MOVED:
        return arithmetic(sign, right, left)
    if sign == "sub" and left.sort in _MOVED and right.sort in _MOVED:
        between = Plain("(({}) - ({}))", left.part, right.part, output_field=BigIntegerField())
        return Operand(Sort.DURATION, (between,), guards=guards)
    if sign in ("mul", "div") and left.sort is Sort.DURATION and right.sort is Sort.NUMBER:
        # Whole microseconds, as all durations are: PostgreSQL has no remainder of others.
        whole = Cast(rounded(_counted(sign, left.part, right.part), "round"), BigIntegerField())
        return Operand(Sort.DURATION, (whole,), guards=guards)
    raise not_a(Sort.NUMBER, left if left.sort not in _NUMERIC else right)


def minus(one: Operand) -> Operand:
    """Its opposite. Raises BadInput for what has none."""
    if one.sort is Sort.DURATION:
        return Operand(one.sort, (Plain("(-({}))", one.part, output_field=BigIntegerField()),), guards=one.guards)
    return _number(Plain("(-({}))", as_number(one), output_field=FloatField()), one)


def _counted(sign: str, a: Any, b: Any) -> Any:
    a, b = (Cast(one, FloatField()) for one in (a, b))
    if sign in ("div", "mod"):
        b = NullIf(b, Value(0.0, FloatField()))
    if sign == "mod":
        # What is left has the sign of what is divided.
        whole = "(CASE WHEN ({}) / ({}) < 0 THEN CEILING(({}) / ({})) ELSE FLOOR(({}) / ({})) END)"
        return Plain(f"(({{}}) - ({{}}) * {whole})", a, b, a, b, a, b, a, b, output_field=FloatField())
    written = {"add": "+", "sub": "-", "mul": "*", "div": "/"}[sign]
    return Plain(f"(({{}}) {written} ({{}}))", a, b, output_field=FloatField())
