# SPDX-License-Identifier: Apache-2.0
"""Outlines as files bring them: GeoJSON polygons, read strictly, turned into WGS 84, mended where that is harmless."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import shapely

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.places.rules.coordinates import to_wgs84
from shanhai.registers.places.values import Crs

# Mending a crossing may move this share of the area; what moves more is not a slip of the pen but another shape.
MENDABLE = 0.01


class OutlineNotUsable(BadInput):
    """A geometry that is no polygon, or one whose line crosses itself so much that its area is not certain."""

    code = "places.outline_not_usable"


@dataclass(frozen=True, slots=True)
class DrawnOutline:
    """An outline fit to be stored: WKB in WGS 84, its bounds, a point inside, and whether it had to be mended."""

    wkb: bytes
    bounds: tuple[float, float, float, float]
    inside: tuple[float, float]
    mended: bool = False


def outline_of(geometry: object, crs: Crs) -> DrawnOutline:
    """Read a GeoJSON Polygon or MultiPolygon of ``crs`` (RFC 7946, 3.1.6 and 3.1.7; a third number is dropped).

    Raises OutlineNotUsable, or CoordinatesNotUsable for a position that is not in China.
    """
    area = shapely.MultiPolygon([_polygon(rings, crs) for rings in _polygons(geometry)])
    mended = not area.is_valid
    if mended:
        area = _mended(area)
    if area.is_empty or not area.area > 0:
        raise OutlineNotUsable(gettext_noop("轮廓没有面积。请检查这个要素的坐标。"))
    inside = area.representative_point()
    return DrawnOutline(shapely.to_wkb(area), area.bounds, (inside.x, inside.y), mended)


def point_of(value: object, crs: Crs) -> tuple[float, float]:
    """Read a position [lon, lat] of ``crs``. Raises OutlineNotUsable or CoordinatesNotUsable."""
    return _position(value, crs)


def _polygons(geometry: object) -> Iterator[list[Any]]:
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise OutlineNotUsable(gettext_noop("轮廓不是面。请使用类型为 Polygon 或 MultiPolygon 的要素。"))
    coordinates = _list(geometry.get("coordinates"))
    for rings in [coordinates] if geometry["type"] == "Polygon" else coordinates:
        yield _list(rings)


def _polygon(rings: list[Any], crs: Crs) -> shapely.Polygon:
    lines = [[_position(position, crs) for position in _list(ring)] for ring in rings]
    if any(len(line) < 4 or line[0] != line[-1] for line in lines):
        raise OutlineNotUsable(gettext_noop("轮廓线没有闭合。每圈至少四个点，最后一点与第一点相同。"))
    return shapely.Polygon(lines[0], lines[1:])


def _list(value: object) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise OutlineNotUsable(gettext_noop("轮廓的坐标缺失或层次不对。请按 GeoJSON（RFC 7946）重新导出。"))
    return value


def _position(value: object, crs: Crs) -> tuple[float, float]:
    numbers = _list(value)[:2]
    if len(numbers) < 2 or any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        raise OutlineNotUsable(gettext_noop("轮廓中有一处坐标不是一对数字。请按 GeoJSON（RFC 7946）重新导出。"))
    try:
        return to_wgs84(float(numbers[0]), float(numbers[1]), crs)
    except OverflowError:
        raise OutlineNotUsable(gettext_noop("轮廓中有一处坐标大得不可能。请检查这个要素的坐标。")) from None


def _mended(area: shapely.MultiPolygon) -> shapely.MultiPolygon:
    parts = [part for part in shapely.get_parts(shapely.make_valid(area)) if part.area > 0]
    mended = shapely.MultiPolygon(list(shapely.get_parts(shapely.union_all(parts))))
    if abs(mended.area - area.area) > MENDABLE * mended.area:
        raise OutlineNotUsable(gettext_noop("轮廓线自相交，面积不能确定。请在制图软件中修复这个要素的拓扑，再导入。"))
    return mended
