# SPDX-License-Identifier: Apache-2.0
"""Geo functions of a filter: the box in SQL, the rest by shapely on the rows that are left, of which there is a limit.

Coordinates are degrees (WGS 84), and so are distances and lengths, as peers count them: for metres ask a map.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import shapely
from django.conf import settings
from django.db.models import Q
from django.db.models.lookups import In
from shapely.geometry.base import BaseGeometry

from shanhai.field.sensors.sta.rules.geometry import geometry_of
from shanhai.field.sensors.sta.selectors.entities import TYPES, rows_of
from shanhai.field.sensors.sta.selectors.operands import FALSE, Operand, Sort, guarded, need
from shanhai.field.sensors.sta.values import Kind
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

_RELATIONS: dict[str, Callable[[BaseGeometry, BaseGeometry], Any]] = {
    "st_equals": shapely.equals,
    "st_disjoint": shapely.disjoint,
    "st_touches": shapely.touches,
    "st_within": shapely.within,
    "st_overlaps": shapely.overlaps,
    "st_crosses": shapely.crosses,
    "st_intersects": shapely.intersects,
    "st_contains": shapely.contains,
    "geo.intersects": shapely.intersects,
}
_MIRRORED = {"st_within": "st_contains", "st_contains": "st_within"}
MEASURES = ("geo.distance", "geo.length")
PREDICATES = (*_RELATIONS, "st_relate")
_SIGNS: dict[str, Callable[[float, float], bool]] = {
    one: getattr(operator, one) for one in ("eq", "ne", "lt", "le", "gt", "ge")
}
_PATTERN = frozenset("012TF*")


def literal(text: str) -> Operand:
    """A geometry as well-known text. Raises BadInput."""
    with suppress(shapely.errors.GEOSException, ValueError, TypeError):
        found = shapely.from_wkt(text.rpartition(";")[2])
        if found is not None and not found.is_empty:
            return Operand(Sort.GEOMETRY, constant=found)
    wrong = gettext_noop("看不懂图形 %(given)s。写法如 geography'POINT (101.96 30.05)'，先经度后纬度。")
    raise BadInput(wrong, "sta.geometry_unreadable", given=text[:80])


def relation(name: str, given: list[Operand], viewer: Actor) -> Q:
    """Where a stored geometry has a relation to a constant one. Raises BadInput."""
    need(given[:2], Sort.GEOMETRY)
    stored, other, turned = _sides(given[0], given[1])
    name = _MIRRORED.get(name, name) if turned else name
    if name == "st_relate":
        pattern = _pattern(given[2], turned=turned)
        return _where(stored, viewer, lambda one: bool(shapely.relate_pattern(one, other, pattern)), None)
    test = _RELATIONS[name]
    box = None if name == "st_disjoint" else other.bounds
    return _where(stored, viewer, lambda one: bool(test(one, other)), box)


def measured(name: str, given: list[Operand], sign: str, limit: float, viewer: Actor) -> Q:
    """Where a length, or a distance from a constant geometry, compares like that. Raises BadInput."""
    need(given, Sort.GEOMETRY)
    test = _SIGNS[sign]
    if name == "geo.length":
        if given[0].constant is not None:
            raise _two_sides()
        return _where(given[0], viewer, lambda one: test(one.length, limit), None)
    stored, other, _turned = _sides(given[0], given[1])
    box = None
    if sign in ("lt", "le", "eq"):
        west, south, east, north = other.bounds
        box = (west - limit, south - limit, east + limit, north + limit)
    return _where(stored, viewer, lambda one: test(one.distance(other), limit), box)


def _sides(one: Operand, other: Operand) -> tuple[Operand, BaseGeometry, bool]:
    """The stored one, the constant one, and whether they were the other way round."""
    if (one.constant is None) is (other.constant is None):
        raise _two_sides()
    return (one, other.constant, False) if one.constant is None else (other, one.constant, True)


def _two_sides() -> BadInput:
    text = gettext_noop("几何函数要一个存着的图形（如 Locations/location）和一个写明的（如 geography'POINT (…)'）。")
    return BadInput(text, "sta.geometry_sides")


def _pattern(given: Operand, *, turned: bool) -> str:
    need([given], Sort.TEXT)
    pattern = str(given.constant or "").upper()
    if len(pattern) != 9 or not _PATTERN.issuperset(pattern):
        text = gettext_noop("关系要写成九个字符，每个是 0、1、2、T、F 或 *，现在是 %(given)s。")
        raise BadInput(text, "sta.relate_pattern", given=pattern[:40])
    return "".join(pattern[i::3] for i in range(3)) if turned else pattern


def _where(
    stored: Operand,
    viewer: Actor,
    test: Callable[[BaseGeometry], bool],
    box: tuple[float, float, float, float] | None,
) -> Q:
    kind = TYPES[stored.owner]
    column = next(one.columns[0] for one in kind.properties if one.kind is Kind.GEOMETRY or one.name == "observedArea")
    rows = rows_of(kind.key, viewer=viewer).exclude(**{column: None})
    if box is not None and kind.property("observedArea") is None:
        west, south, east, north = box
        rows = rows.filter(west__lte=east, east__gte=west, south__lte=north, north__gte=south)
    most = settings.SENSORS_GEO_ROWS
    found = list(rows.order_by("pk").values_list("pk", column)[: most + 1])
    if len(found) > most:
        text = gettext_noop("要比较的图形多于 %(most)s 个。请用范围小一些的图形，例如先用 st_within 圈定一个区域。")
        raise BadInput(text, "sta.too_many_geometries", most=most)
    ids = [pk for pk, given in found if (one := geometry_of(given)) is not None and _holds(test, one)]
    return guarded(Q(In(stored.part, ids)), stored) if ids else FALSE


def _holds(test: Callable[[BaseGeometry], bool], one: BaseGeometry) -> bool:
    # What is stored may be invalid (a ring that crosses itself), and then has no relation to anything.
    with suppress(shapely.errors.GEOSException):
        return test(one)
    return False
