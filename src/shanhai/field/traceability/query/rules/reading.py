# SPDX-License-Identifier: Apache-2.0
"""The value of a parameter, from an address (text, with | between several) or from the JSON of a named query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from shanhai.field.traceability.events.rules.structure import is_time
from shanhai.field.traceability.events.rules.vocabulary import FULL, full
from shanhai.field.traceability.query.values import Operand, QueryParameter, QueryTooComplex
from shanhai.field.traceability.store.values import instant_of
from shanhai.kernel.messages import gettext_noop

# Values in one parameter.
MOST_VALUES = 500
_NUMBER = re.compile(r"[+-]?(?:\d{1,300}(?:\.\d{0,300})?|\.\d{1,300})(?:[eE][+-]?\d{1,3})?", re.ASCII)
# A plus sign that nobody escaped comes as a space.
_LOST_PLUS = re.compile(r" (?=\d\d:\d\d$)")
_SHOWN = 60


def texts(parameter: str, value: Any, *, plain: bool) -> list[str]:
    """At least one text. ``plain`` is a value from an address. Raises QueryParameter and QueryTooComplex."""
    found = value.split("|") if plain else value
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        text = gettext_noop('参数 %(parameter)s 的值应是一组文字，写成 JSON 数组，例如 ["…"]。')
        raise QueryParameter(text, field=parameter, parameter=parameter)
    if not found or not all(one.strip() for one in found):
        text = gettext_noop(
            "参数 %(parameter)s 没有值，或者有一个是空的。请给出值，几个之间用 | 分开；不需要时去掉它。"
        )
        raise QueryParameter(text, field=parameter, parameter=parameter)
    if len(found) > MOST_VALUES:
        text = gettext_noop("参数 %(parameter)s 有 %(count)s 个值，最多 %(most)s 个。请分几次查。")
        raise QueryTooComplex(text, field=parameter, parameter=parameter, count=len(found), most=MOST_VALUES)
    return [one.strip() for one in found]


def words(parameter: str, value: Any, kind: str, names: Mapping[str, str], *, plain: bool) -> tuple[str, ...]:
    """Words of a vocabulary of the standard in full, or of another as they are. Raises QueryParameter."""
    found = []
    for one in texts(parameter, value, plain=plain):
        spelt = full(kind, one, names)
        if ":" not in spelt and spelt not in FULL[kind]:
            text = gettext_noop("参数 %(parameter)s：标准里没有“%(value)s”这个词。请核对拼写；自己的词请写完整的 URI。")
            raise QueryParameter(text, field=parameter, parameter=parameter, value=one[:_SHOWN])
        found.append(spelt)
    return tuple(found)


def number(parameter: str, value: Any, *, plain: bool) -> float:
    """A number. Raises QueryParameter."""
    given = value.strip() if plain else value
    fits = _NUMBER.fullmatch(given) if plain else isinstance(given, int | float | Decimal)
    if not fits or isinstance(given, bool) or abs(Decimal(str(given))) > Decimal("1e300"):
        text = gettext_noop("参数 %(parameter)s 的值应是一个数，这里是“%(value)s”。")
        raise QueryParameter(text, field=parameter, parameter=parameter, value=str(value)[:_SHOWN])
    return float(given)


def numbers(parameter: str, value: Any, *, plain: bool) -> tuple[float, ...]:
    """One number or several. Raises QueryParameter and QueryTooComplex."""
    if plain:
        return tuple(number(parameter, one, plain=True) for one in texts(parameter, value, plain=True))
    listed = value if isinstance(value, list) and value else [value]
    if len(listed) > MOST_VALUES:
        text = gettext_noop("参数 %(parameter)s 有 %(count)s 个值，最多 %(most)s 个。请分几次查。")
        raise QueryTooComplex(text, field=parameter, parameter=parameter, count=len(listed), most=MOST_VALUES)
    return tuple(number(parameter, one, plain=False) for one in listed)


def whole(parameter: str, value: Any, *, least: int, plain: bool) -> int:
    """A whole number, at least ``least``. Raises QueryParameter."""
    given = value.strip() if plain else value
    if plain and given.isascii() and given.isdecimal() and len(given) < 12:
        given = int(given)
    if not isinstance(given, int) or isinstance(given, bool) or given < least:
        text = gettext_noop("参数 %(parameter)s 的值应是不小于 %(least)s 的整数，这里是“%(value)s”。")
        raise QueryParameter(text, field=parameter, parameter=parameter, least=least, value=str(value)[:_SHOWN])
    return given


def instant(parameter: str, value: Any, *, plain: bool) -> int:
    """An instant in microseconds. Raises QueryParameter."""
    found = _instant(value, plain=plain)
    if found is None:
        text = gettext_noop(
            "参数 %(parameter)s 的值应是带时差的时间，例如 2026-05-01T08:00:00+08:00，这里是“%(value)s”。"
        )
        raise QueryParameter(text, field=parameter, parameter=parameter, value=str(value)[:_SHOWN])
    return found


def measure(parameter: str, value: Any, *, plain: bool) -> Operand:
    """What can be more or less: a number, or an instant. Raises QueryParameter."""
    moment = _instant(value, plain=plain)
    if moment is not None:
        return moment
    if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
        text = gettext_noop("参数 %(parameter)s 比大小：值应是一个数，或者带时差的时间，这里是“%(value)s”。")
        raise QueryParameter(text, field=parameter, parameter=parameter, value=value[:_SHOWN])
    return number(parameter, value, plain=plain)


def mixed(parameter: str, value: Any, *, plain: bool) -> tuple[Operand, ...]:
    """Texts; from JSON also one number or instant. Raises QueryParameter and QueryTooComplex."""
    if plain or isinstance(value, list):
        return tuple(texts(parameter, value, plain=plain))
    return (measure(parameter, value, plain=False),)


def flag(parameter: str, value: Any, *, plain: bool) -> bool:
    """Whether it is asked for: 1, true, and null or nothing at all (as EPCIS 1.2 had it). Raises QueryParameter."""
    given = value.strip().lower() if plain else value
    if given in (True, None, "", "true", "1") and not isinstance(given, float):
        return True
    if given in (False, "false", "0") and not isinstance(given, float):
        return False
    text = gettext_noop("参数 %(parameter)s 的值应是 true 或 false，这里是“%(value)s”。")
    raise QueryParameter(text, field=parameter, parameter=parameter, value=str(value)[:_SHOWN])


def as_number(text: str) -> float | None:
    """The number that a text is; None for another."""
    return float(text) if _NUMBER.fullmatch(text) and abs(float(text)) <= 1e300 else None


def as_instant(text: str) -> int | None:
    """The instant that a text is, in microseconds; None for another."""
    return instant_of(datetime.fromisoformat(text)) if is_time(text) else None


def _instant(value: Any, *, plain: bool) -> int | None:
    if not isinstance(value, str):
        return None
    return as_instant(_LOST_PLUS.sub("+", value.strip()) if plain else value.strip())
