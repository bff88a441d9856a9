# SPDX-License-Identifier: Apache-2.0
"""$filter as one condition of the ORM, and $orderby as its expressions.

A path over a link to many asks whether there is one: ``Datastreams/name eq 'a'`` holds where a datastream has that
name. Terms joined by ``and`` that begin with the same such link speak of the same row; ``not`` stands before all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import reduce
from math import isfinite
from operator import or_
from typing import Any

from django.db.models import Case, Exists, Q, When
from django.db.models.expressions import OrderBy
from django.db.models.lookups import Exact
from odata_query import ast

from shanhai.field.sensors.sta.rules import language
from shanhai.field.sensors.sta.selectors import functions, geometry
from shanhai.field.sensors.sta.selectors.bounds import check_asked_within
from shanhai.field.sensors.sta.selectors.comparing import compare, period
from shanhai.field.sensors.sta.selectors.operands import (
    FALSE,
    TRUE,
    Operand,
    Sort,
    as_number,
    as_text,
    as_truth,
    count,
    guarded,
    negated,
    number,
    text,
    truth,
)
from shanhai.field.sensors.sta.selectors.sql import ByCodepoint
from shanhai.field.sensors.sta.selectors.ways import Scope, Way, rows_at, value_at, way
from shanhai.field.sensors.sta.values import EntityType
from shanhai.field.sensors.store.rules.times import parse_period
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

MOST_SETS, MOST_DEPTH = 40, 5
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DIGITS = 40
_SIGNS = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Mod: "mod",
}
_MIRRORED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
_DURATION = re.compile(r"([+-]?)P(?:(\d{1,7})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d{1,12}))?S)?)?")


@dataclass(frozen=True, slots=True)
class Compiler:
    """Who asks, and when: ``now()`` is the instant of the request."""

    viewer: Actor
    at: datetime
    # The sets that have been asked for: each is a query within.
    sets: list[Way] = field(default_factory=list)

    def condition(self, node: Any, scope: Scope) -> Q:
        """Where the tree holds. Raises BadInput."""
        if isinstance(node, ast.BoolOp):
            parts = language.operands(node)
            if isinstance(node.op, ast.And):
                return self._all(parts, scope)
            return reduce(or_, (self.condition(one, scope) for one in parts))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return negated(self.condition(node.operand, scope))
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.UnaryOp) and isinstance(node.left.op, ast.Not):
            # The grammar binds ``not`` to what stands next to it: of truths that is the same, of others what is meant.
            return negated(self.condition(ast.Compare(node.comparator, node.left.operand, node.right), scope))
        set_of = self._set(node, scope)
        return self._term(node, scope) if set_of is None else self._some([node], set_of, scope)

    def _all(self, nodes: list[Any], scope: Scope) -> Q:
        groups: dict[tuple[str, ...], list[Any]] = {}
        sets: dict[tuple[str, ...], Way] = {}
        together = Q()
        for node in nodes:
            set_of = None if isinstance(node, (ast.BoolOp, ast.UnaryOp)) else self._set(node, scope)
            if set_of is None:
                together &= self.condition(node, scope)
            else:
                sets[set_of.names] = set_of
                groups.setdefault(set_of.names, []).append(node)
        for names, group in groups.items():
            together &= self._some(group, sets[names], scope)
        return together

    def _some(self, nodes: list[Any], set_of: Way, scope: Scope) -> Q:
        """Where a row of the set has all."""
        inner = self._within(set_of, set_of.names, scope)
        if set_of.kind.key == "Observation":
            check_asked_within(nodes, inner.names, self.viewer)
        found = Q(Exists(rows_at(set_of, self.viewer).filter(self._all(nodes, inner))))
        return guarded(found, Operand(Sort.TRUTH, guards=set_of.guards))

    def _within(self, set_of: Way, names: tuple[str, ...], scope: Scope) -> Scope:
        """The scope of a set's rows. Raises BadInput for more sets, or deeper ones, than a database takes well."""
        self.sets.append(set_of)
        if len(self.sets) > MOST_SETS or scope.depth >= MOST_DEPTH:
            many = gettext_noop("条件里查的集合太多：一共最多 %(most)s 个，一个套一个最多 %(deep)s 层。请分几次查询。")
            raise BadInput(many, "sta.too_many_sets", most=MOST_SETS, deep=MOST_DEPTH)
        return Scope(set_of.kind, names, scope)

    def _set(self, node: Any, scope: Scope) -> Way | None:
        """The first set that a term leads into."""
        waiting = [node]
        while waiting:
            one = waiting.pop()
            path: tuple[str, ...] = ()
            if isinstance(one, ast.Identifier):
                path = language.path_of(one)
            elif isinstance(one, ast.CollectionLambda):
                # The last is the set that is asked itself.
                path = language.path_of(one.owner)
            found = way(path, scope, self.viewer) if path else None
            itself = isinstance(one, ast.CollectionLambda) and found is not None and not found.rest
            if found is not None and found.many is not None and not itself:
                return found
            waiting += reversed(language.children(one))
        return None

    def _term(self, node: Any, scope: Scope) -> Q:
        match node:
            case ast.Compare():
                return self._comparison(node, scope)
            case ast.CollectionLambda():
                return self._lambda(node, scope)
            case ast.Boolean():
                return TRUE if node.py_val else FALSE
            case ast.Call() if node.func.name in geometry.PREDICATES:
                three = 2 + (node.func.name == "st_relate")
                functions.check_count(node.func.name, node.args, three, three)
                given = [self.operand(one, scope) for one in node.args]
                return geometry.relation(node.func.name, given, self.viewer)
            case ast.Call() | ast.Identifier():
                found = self.operand(node, scope)
                return guarded(Q(Exact(as_truth(found), truth(TRUE).part)), found)
        wrong = gettext_noop("条件要能说是或者不是，例如 result gt 20。")
        raise BadInput(wrong, "sta.not_a_condition")

    def _comparison(self, node: Any, scope: Scope) -> Q:
        if isinstance(node.comparator, ast.In):
            left = self.operand(node.left, scope)
            return reduce(or_, (compare("eq", left, self.operand(one, scope)) for one in node.right.val))
        sign, left, right = _SIGNS[type(node.comparator)], node.left, node.right
        if _measure(right):
            left, right, sign = right, left, _MIRRORED.get(sign, sign)
        if not _measure(left):
            return compare(sign, self.operand(left, scope), self.operand(right, scope))
        sides = 1 + (left.func.name == "geo.distance")
        functions.check_count(left.func.name, left.args, sides, sides)
        limit = self.operand(right, scope).constant
        if not isinstance(limit, (int, float)):
            wrong = gettext_noop("距离和长度只能和写明的数比较，例如 geo.distance(Locations/location, …) lt 0.1。")
            raise BadInput(wrong, "sta.measure_limit")
        given = [self.operand(one, scope) for one in left.args]
        return geometry.measured(left.func.name, given, sign, limit, self.viewer)

    def _lambda(self, node: Any, scope: Scope) -> Q:
        set_of = way(language.path_of(node.owner), scope, self.viewer)
        if set_of.many is None:
            wrong = gettext_noop("any 和 all 前面要写一个集合，例如 Datastreams/any(d:d/name eq '气温')。")
            raise BadInput(wrong, "sta.not_a_set")
        rows, every = rows_at(set_of, self.viewer), isinstance(node.operator, ast.All)
        if node.lambda_ is not None:
            inner = self._within(set_of, language.path_of(node.lambda_.identifier), scope)
            if set_of.kind.key == "Observation":
                check_asked_within([node.lambda_.expression], inner.names, self.viewer)
            held = self.condition(node.lambda_.expression, inner)
            rows = rows.filter(negated(held) if every else held)
        found = Q(Exists(rows))
        owner = Operand(Sort.TRUTH, guards=set_of.guards)
        return guarded(~found if every else found, owner)

    def operand(self, node: Any, scope: Scope) -> Operand:
        """The value of the tree. Raises BadInput."""
        match node:
            case ast.Identifier():
                return value_at(way(language.path_of(node), scope, self.viewer))
            case ast.Call():
                if node.func.name in geometry.PREDICATES:
                    return truth(self._term(node, scope))
                given = [self.operand(one, scope) for one in node.args]
                return functions.call(node.func.name, given, self.at)
            case ast.BinOp():
                left, right = self.operand(node.left, scope), self.operand(node.right, scope)
                return functions.arithmetic(_SIGNS[type(node.op)], left, right)
            case ast.UnaryOp() if isinstance(node.op, ast.USub):
                return functions.minus(self.operand(node.operand, scope))
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp() | ast.CollectionLambda() | ast.Boolean():
                return truth(self.condition(node, scope))
        return _literal(node)

    def order(self, written: str, kind: EntityType, *, last_first: bool) -> list[Any]:
        """Expressions that put rows in an order; what has no value is the least. Raises BadInput."""
        node, scope = language.parse(written), Scope(kind)
        if self._set(node, scope) is not None:
            wrong = gettext_noop("不能按 %(given)s 排序：一行有几个值。")
            raise BadInput(wrong, "sta.order_of_many", given=written[:80])
        # PostgreSQL takes a number for the place of a column.
        if not any(isinstance(one, ast.Identifier) for one in language.walk(node)):
            wrong = gettext_noop("不能按 %(given)s 排序：它对每一行都一样。")
            raise BadInput(wrong, "sta.order_of_none", given=written[:80])
        one = self.operand(node, scope)
        return [_ordered(part, one, last_first=last_first) for part in _order_parts(one)]


def _order_parts(one: Operand) -> list[Any]:
    match one.sort:
        case Sort.GEOMETRY | Sort.NULL:
            wrong = gettext_noop("不能按图形或者空值排序。")
            raise BadInput(wrong, "sta.no_order")
        case Sort.TEXT:
            return [ByCodepoint(one.part)]
        case Sort.JSON | Sort.RESULT:
            return [as_number(one), ByCodepoint(as_text(one))]
    return [one.part]


def _ordered(part: Any, one: Operand, *, last_first: bool) -> OrderBy:
    if one.guards:
        part = Case(When(guarded(TRUE, one), then=part))
    # Where nothing can be missing, databases read an index in its own order.
    first = None if one.sure or last_first else True
    last = True if last_first and not one.sure else None
    return OrderBy(part, descending=last_first, nulls_first=first, nulls_last=last)


def _measure(node: Any) -> bool:
    return isinstance(node, ast.Call) and node.func.name in geometry.MEASURES


def _literal(node: Any) -> Operand:
    try:
        match node:
            case ast.Null():
                return Operand(Sort.NULL)
            case ast.Integer() | ast.Float():
                return _number(node.val)
            case ast.String() | ast.GUID():
                return text(node.val)
            case ast.DateTime():
                return period(*parse_period(node.val))
            case ast.Date():
                return count(Sort.DATE, date.fromisoformat(node.val).toordinal() - _EPOCH_DAY)
            case ast.Time():
                return count(Sort.CLOCK, _clock(node.val))
            case ast.Duration():
                return count(Sort.DURATION, _duration(node.val))
            case ast.Geography():
                return geometry.literal(node.val)
    except ValueError:
        pass
    wrong = gettext_noop("看不懂 %(given)s。时间写成 2026-03-01T08:00:00+08:00，时长写成 duration'PT1H'，没有年和月。")
    raise BadInput(wrong, "sta.literal_unreadable", given=str(getattr(node, "val", ""))[:80])


def _number(written: str) -> Operand:
    value = float(written) if not written.lstrip("+-").isdecimal() or len(written) > _DIGITS else int(written)
    if not isfinite(value):
        raise ValueError
    return number(value)


def _clock(written: str) -> int:
    one = time.fromisoformat(written[:15])
    return ((one.hour * 60 + one.minute) * 60 + one.second) * 1_000_000 + one.microsecond


def _duration(written: str) -> int:
    match = _DURATION.fullmatch(written)
    if match is None or not any(match.groups()[1:]):
        raise ValueError
    days, hours, minutes, seconds = (int(one or 0) for one in match.groups()[1:5])
    micro = int((match[6] or "").ljust(6, "0")[:6])
    whole = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000_000 + micro
    return -whole if match[1] == "-" else whole
