# SPDX-License-Identifier: Apache-2.0
"""A filter in CQL2 Text (OGC 21-065r2, requirements class "Basic CQL2" and basic spatial functions) as a condition of
SQLite over an edition. Names are those of the layer's fields; every value is a parameter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import cql2
import shapely

from shanhai.insight.map.editions.rules.packing import ID, NEAR, SHAPE, column
from shanhai.kernel.errors import BadInput
from shanhai.kernel.maps import Kind, MapLayer
from shanhai.kernel.messages import gettext_noop

LONGEST = 4000
# The parser goes as deep as the text does.
DEEPEST = 40
# The parser makes a float of every number (cql2 0.6): from here on it is another than was written.
EXACT = 2**53
_COMPARED = {"=": "=", "<>": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(slots=True)
class Condition:
    """A condition over the columns of an edition with its parameters. ``shapes`` are those that a feature must meet: in
    the condition the function ``meets(number, geometry)`` asks for one by its place."""

    sql: str = ""
    parameters: list[Any] = field(default_factory=list)
    shapes: list[Any] = field(default_factory=list)


def condition_of(text: str, layer: MapLayer) -> Condition:
    """Read a filter. Raises BadInput with what is wrong and what would do."""
    if len(text) > LONGEST or _depth(text) > DEEPEST:
        said = gettext_noop("filter 太长或者括号太深：最多 %(most)s 个字符、%(deep)s 层括号。")
        raise BadInput(said, "map.filter_too_long", field="filter", most=str(LONGEST), deep=str(DEEPEST))
    try:
        tree = cql2.parse_text(text).to_json()
    except Exception as error:  # the parser raises no other class for a shape that is empty
        where = re.search(r"--> (\d+):(\d+)", str(error))
        said = gettext_noop(
            "filter 读不懂：第 %(column)s 个字符附近不合 CQL2 Text。例如：name LIKE '那%%' AND level >= 3。"
        )
        raise BadInput(said, "map.filter_unread", field="filter", column=where[2] if where else "1") from None
    reading = _Reading(layer)
    try:
        reading.found.sql = reading.truth(tree)
    except RecursionError:
        # A row of sums is as deep as it is long.
        reading.refuse("+ - * / ^ =")
    return reading.found


def _depth(text: str) -> int:
    """How deep its brackets go; a word that turns what follows counts, too, and a sign before another."""
    deep = most = 0
    for sign in text:
        deep += (sign == "(") - (sign == ")")
        most = max(most, deep)
    return most + len(re.findall(r"\bnot\b|-(?=\s*[-(])", text, re.IGNORECASE))


class _Reading:
    """One filter of one layer."""

    def __init__(self, layer: MapLayer) -> None:
        self.kinds: Mapping[str, Kind] = {ID: "text", **{one.name: one.kind for one in layer.fields}}
        self.found = Condition()

    def truth(self, tree: Any) -> str:
        if not isinstance(tree, dict) or "op" not in tree:
            self.refuse(tree)
        op, args = tree["op"], tree["args"]
        if op in ("and", "or"):
            return "(" + f" {op.upper()} ".join(self.truth(one) for one in args) + ")"
        if op == "not":
            return f"(NOT {self.truth(args[0])})"
        if op == "isNull":
            return f"({self._column(args[0])} IS NULL)"
        if op in _COMPARED:
            return self._compared(op, *args)
        if op == "between":
            name = self._name(args[0])
            values = [self._value(one, name) for one in args[1:]]
            return f"({column(name)} BETWEEN {values[0]} AND {values[1]})"
        if op == "in":
            name = self._name(args[0])
            return f"({column(name)} IN ({', '.join(self._value(one, name) for one in args[1])}))"
        if op == "like":
            name = self._name(args[0])
            if self.kinds[name] != "text":
                self._misfit(args[1], name)
            return f"({column(name)} LIKE {self._value(args[1], name)} ESCAPE '\\')"
        if op == "s_intersects":
            return self._meets(args)
        return self.refuse(op)

    def _compared(self, op: str, left: Any, right: Any) -> str:
        if not _is_name(left):
            if isinstance(left, dict) and "op" in left:
                self.refuse(left)
            left, right, op = right, left, _TURNED.get(op, op)
        name = self._name(left)
        other = self._column(right) if _is_name(right) else self._value(right, name)
        return f"({column(name)} {_COMPARED[op]} {other})"

    def _meets(self, args: list[Any]) -> str:
        names = [one["property"] for one in args if _is_name(one)]
        given = [one for one in args if not _is_name(one)]
        if names not in ([SHAPE], ["geom"]) or len(given) != 1:
            self.refuse("s_intersects")
        try:
            one = given[0]
            shape = shapely.box(*one["bbox"]) if "bbox" in one else shapely.geometry.shape(one)
        except (TypeError, ValueError, KeyError, AttributeError, shapely.errors.ShapelyError):
            self.refuse("s_intersects")
        if not shape.is_valid or shape.is_empty:
            said = gettext_noop("filter 里的图形自相交或者是空的。请改好以后再试。")
            raise BadInput(said, "map.filter_shape", field="filter")
        self.found.shapes.append(shape)
        west, south, east, north = shape.bounds
        self.found.parameters += [west, east, south, north]
        near = f"SELECT id FROM {NEAR} WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?"  # noqa: S608 - names of ours
        return f"(fid IN ({near}) AND meets({len(self.found.shapes) - 1}, {column(SHAPE)}))"

    def _column(self, tree: Any) -> str:
        return column(self._name(tree))

    def _name(self, tree: Any) -> str:
        if not _is_name(tree):
            self.refuse(tree)
        if tree["property"] not in self.kinds:
            said = gettext_noop("filter 里的“%(name)s”不是这个图层的字段。可以用的有：%(names)s。")
            raise BadInput(
                said, "map.filter_name", field="filter", name=str(tree["property"])[:60], names=tuple(self.kinds)
            )
        name: str = tree["property"]
        return name

    def _value(self, tree: Any, name: str) -> str:
        kind = self.kinds[name]
        value = tree.get("date", tree) if isinstance(tree, dict) else tree
        fits = {
            "text": isinstance(value, str),
            "date": isinstance(value, str) and _DATE.fullmatch(value) is not None,
            "boolean": isinstance(value, bool),
        }.get(kind, isinstance(value, int | float) and not isinstance(value, bool))
        if not fits or (isinstance(tree, dict) and kind != "date"):
            self._misfit(value, name)
        if isinstance(value, int | float) and abs(value) >= EXACT:
            said = gettext_noop("filter 里的数“%(value)s”太大，读不准。请用绝对值小于 2 的 53 次方的数。")
            raise BadInput(said, "map.filter_value", field="filter", value=f"{value:.0f}")
        self.found.parameters.append(value)
        return "?"

    def _misfit(self, value: Any, name: str) -> NoReturn:
        said = gettext_noop("filter 里的“%(value)s”和字段“%(name)s”的类型（%(kind)s）不合。")
        raise BadInput(
            said, "map.filter_value", field="filter", value=str(value)[:60], name=name, kind=self.kinds[name]
        )

    def refuse(self, what: Any) -> NoReturn:
        told = what["op"] if isinstance(what, dict) and "op" in what else what
        said = gettext_noop(
            "filter 里不能用“%(what)s”。可以用比较、AND、OR、NOT、BETWEEN、IN、LIKE、IS NULL 和 S_INTERSECTS。"
        )
        raise BadInput(said, "map.filter_operator", field="filter", what=str(told)[:60])


def _is_name(tree: Any) -> bool:
    return isinstance(tree, dict) and "property" in tree
