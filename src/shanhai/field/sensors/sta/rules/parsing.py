# SPDX-License-Identifier: Apache-2.0
"""JSON from outside, strictly: UTF-8, each name once in an object, finite numbers, not nested without end."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import orjson

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

MOST_NESTED = 40
_NUL = "\x00"


def parse_json(body: bytes) -> Any:
    """The value that a body holds. Raises BadInput with the place of what is wrong."""
    value = parse_quickly(body)
    require_storable(value)
    # The quick parser takes the last of several; this one is asked about names alone.
    json.loads(body, object_pairs_hook=_once, parse_int=len, parse_float=len)
    return value


def parse_quickly(body: bytes) -> Any:
    """The same without a look at names that come twice, nesting below 1,024 and signs that cannot be stored."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        text = gettext_noop("读不懂这段 JSON：第 %(line)s 行 %(column)s 列起不对。须为 UTF-8，没有 NaN 和无穷大。")
        raise BadInput(text, "sta.json", line=error.lineno, column=error.colno) from None


def to_json(value: Any) -> bytes:
    """The text of what was stored. PostgreSQL gives 1e20 back with all its digits, which orjson has no room for."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return orjson.dumps(_roomy(value))


def _roomy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _roomy(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_roomy(one) for one in value]
    return float(value) if type(value) is int and not -(2**63) <= value < 2**64 else value


def _once(pairs: list[tuple[str, Any]]) -> None:
    names = [name for name, _value in pairs]
    if len(set(names)) < len(names):
        # Not name by name: there may be as many as a body has room for.
        twice = Counter(names).most_common(1)[0][0]
        raise BadInput(gettext_noop("同一个对象里有两个 %(name)s。"), "sta.name_twice", field=twice, name=twice[:80])


def require_storable(value: Any) -> None:
    """Raise BadInput for what is nested too deeply, or holds the sign that PostgreSQL cannot store."""
    level = [value]
    for _depth in range(MOST_NESTED):
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                below += one
                below += one.values()
            elif isinstance(one, list):
                below += one
            elif isinstance(one, str) and _NUL in one:
                raise BadInput(gettext_noop("文字里有看不见的空字符（\\u0000），存不下。请去掉。"), "sta.nul")
        level = below
        if not level:
            return
    raise BadInput(gettext_noop("嵌套超过 %(most)s 层。请拆开。"), "sta.nested", most=MOST_NESTED)


def parse_array(body: bytes) -> Any:
    """The value of a body of many rows, whose names are few: they are looked at only where they come too often."""
    value = parse_quickly(body)
    blocks = len(value) if isinstance(value, list) else 0
    if b"\\u0000" in body or any(body.count(name) > blocks for name in _ONCE):
        return parse_json(body)
    return value


# Of each block of rows, one.
_ONCE = (b'"dataArray"', b'"components"', b'"Datastream"', b'"MultiDatastream"')
