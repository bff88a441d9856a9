# SPDX-License-Identifier: Apache-2.0
"""A tree of frozen dataclasses as JSON, there and back, each fault named by its path ("angle.red").

The metadata of a field say what it may be: ``low`` and ``high`` of a number; ``keys``, ``least`` and ``high`` of a
mapping of numbers; ``of`` (a default) of a mapping of dataclasses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, fields, is_dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

T = TypeVar("T")
_POINTS_MOST = 1000


def plain(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    return str(value) if isinstance(value, StrEnum) else value


def wrong(text: str, path: str, **params: Any) -> BadInput:
    return BadInput(text, "hazards.threshold_wrong", field=path, path=path, **params)


def an_object(given: Any, path: str) -> None:
    if not isinstance(given, Mapping):
        raise wrong(gettext_noop("%(path)s 要是一个 JSON 对象：{…}。"), path or "{}")


def read_into(default: T, given: Any, path: str) -> T:
    """``default`` with what ``given`` says otherwise."""
    an_object(given, path)
    known = {one.name: one for one in fields(default)}  # type: ignore[arg-type]
    if unknown := [name for name in given if name not in known]:
        text = gettext_noop("没有叫 %(path)s 的阈值。这里可以有：%(known)s。")
        raise wrong(text, _under(path, str(unknown[0])), known=tuple(known))
    found = {name: _one(getattr(default, name), known[name], one, _under(path, name)) for name, one in given.items()}
    return replace(default, **found)  # type: ignore[type-var]


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _one(default: Any, of: Field[Any], given: Any, path: str) -> Any:
    if "low" in of.metadata:
        if given is None and _may_be_absent(of):
            return None
        return _number(given, of.metadata["low"], of.metadata["high"], path)
    if "of" in of.metadata:
        an_object(given, path)
        if len(given) > _POINTS_MOST:
            raise wrong(gettext_noop("%(path)s 最多写 %(most)s 个监测点。"), path, most=_POINTS_MOST)
        return {str(key): read_into(of.metadata["of"], one, _under(path, str(key))) for key, one in given.items()}
    if "keys" in of.metadata:
        return _weights(default, given, of.metadata, path)
    if is_dataclass(default):
        return read_into(default, given, path)
    if not isinstance(given, type(default)):
        asked = gettext_noop("%(path)s 只能是 true 或 false。")
        raise wrong(asked if isinstance(default, bool) else gettext_noop("%(path)s 要是一段文字。"), path)
    return given


def _may_be_absent(of: Field[Any]) -> bool:
    return "None" in str(of.type)


def _number(given: Any, low: float, high: float, path: str) -> float:
    # A bool is an int, NaN is between no two numbers.
    if isinstance(given, bool) or not isinstance(given, int | float) or not low <= given <= high:
        text = gettext_noop("%(path)s 要是 %(low)s 到 %(high)s 之间的一个数，现在是 %(given)s。")
        raise wrong(text, path, low=f"{low:g}", high=f"{high:g}", given=repr(given)[:40])
    return given


def _weights(default: Mapping[str, float], given: Any, of: Mapping[str, Any], path: str) -> Mapping[str, float]:
    an_object(given, path)
    known = [str(one) for one in of["keys"]]
    for key, one in given.items():
        if key not in known:
            text = gettext_noop("没有叫 %(path)s 的阈值。这里可以有：%(known)s。")
            raise wrong(text, _under(path, str(key)), known=tuple(known))
        _number(one, of["least"], of["high"], _under(path, str(key)))
    return {**default, **given}
