# SPDX-License-Identifier: Apache-2.0
"""Coordinates, outlines and the drawing of small maps.

Which coordinate system a file is in must be declared, and everything is turned into WGS 84 (``shifts`` has those of
web maps). Outlines are GeoJSON polygons, read strictly, mended where that is harmless.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, isfinite, radians
from typing import Any

import shapely

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.places.rules.shifts import all_into_wgs84, into_wgs84
from shanhai.registers.places.values import Crs, MapShape

# The land and the waters that division outlines and sites may lie in: west, south, east, north.
CHINA = (73.0, 3.0, 136.0, 54.0)


def declared_crs(text: str | None) -> Crs:
    """The coordinate system named by ``text``. Raises BadInput unless it is one of the four."""
    try:
        return Crs((text or "").strip().lower().replace("-", "").replace("_", "").replace(" ", ""))
    except ValueError:
        undeclared = gettext_noop(
            "没有说明坐标系，不能导入：坐标系弄错，位置会偏几百米。请选择 wgs84（GPS、北斗设备）、"
            "cgcs2000（国家大地坐标系，测绘成果）、gcj02（高德、腾讯等网络地图）或 bd09（百度地图）。"
        )
        raise BadInput(undeclared, "places.undeclared_coordinates") from None


def to_wgs84(lon: float, lat: float, crs: Crs) -> tuple[float, float]:
    """A point of ``crs`` in WGS 84 degrees. Raises BadInput unless it lies in the box round China."""
    _require_china(lon, lat)
    return into_wgs84(lon, lat, crs)


def in_china(lon: float, lat: float) -> bool:
    """Whether the point lies in the box round China."""
    west, south, east, north = CHINA
    return west <= lon <= east and south <= lat <= north


def _require_china(lon: float, lat: float) -> None:
    if not (isfinite(lon) and isfinite(lat)):
        wrong = gettext_noop("坐标（%(lon)s，%(lat)s）不是数字。请填十进制度数。")
    elif in_china(lon, lat):
        return
    elif in_china(lat, lon):
        wrong = gettext_noop("坐标（%(lon)s，%(lat)s）像是经度和纬度填反了。请先写经度，后写纬度。")
    elif abs(lon) > 360 or abs(lat) > 360:
        wrong = gettext_noop("坐标（%(lon)s，%(lat)s）像是以米为单位的投影坐标。请先换算成经纬度，再导入。")
    else:
        wrong = gettext_noop("坐标（%(lon)s，%(lat)s）不在中国范围内。请检查经度和纬度。")
    raise BadInput(wrong, "places.coordinates_not_usable", lon=f"{lon:.10g}", lat=f"{lat:.10g}")


# Mending a crossing may move this share of the area; what moves more is not a slip of the pen but another shape.
MENDABLE = 0.01
UNUSABLE = "places.outline_not_usable"


@dataclass(frozen=True, slots=True)
class DrawnOutline:
    """An outline fit to be stored: WKB in WGS 84, its bounds, a point inside, and whether it had to be mended."""

    wkb: bytes
    bounds: tuple[float, float, float, float]
    inside: tuple[float, float]
    mended: bool = False


def outline_of(geometry: object, crs: Crs) -> DrawnOutline:
    """Read a GeoJSON Polygon or MultiPolygon of ``crs`` (RFC 7946, 3.1.6 and 3.1.7; a third number is dropped).

    Raises BadInput, also for a position that is not in China.
    """
    area = shapely.MultiPolygon([_polygon(rings, crs) for rings in _polygons(geometry)])
    mended = not area.is_valid
    if mended:
        area = _mended(area)
    if area.is_empty or not area.area > 0:
        raise BadInput(gettext_noop("轮廓没有面积。请检查这个要素的坐标。"), UNUSABLE)
    inside = area.representative_point()
    return DrawnOutline(shapely.to_wkb(area), area.bounds, (inside.x, inside.y), mended)


def point_of(value: object, crs: Crs) -> tuple[float, float]:
    """Read a position [lon, lat] of ``crs``. Raises BadInput."""
    return into_wgs84(*_position(value), crs)


def _polygons(geometry: object) -> Iterator[list[Any]]:
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise BadInput(gettext_noop("轮廓不是面。请使用类型为 Polygon 或 MultiPolygon 的要素。"), UNUSABLE)
    coordinates = _list(geometry.get("coordinates"))
    for rings in [coordinates] if geometry["type"] == "Polygon" else coordinates:
        yield _list(rings)


def _polygon(rings: list[Any], crs: Crs) -> shapely.Polygon:
    lines = [[_position(position) for position in _list(ring)] for ring in rings]
    if any(len(line) < 4 or line[0] != line[-1] for line in lines):
        raise BadInput(gettext_noop("轮廓线没有闭合。每圈至少四个点，最后一点与第一点相同。"), UNUSABLE)
    return shapely.transform(shapely.Polygon(lines[0], lines[1:]), lambda pairs: all_into_wgs84(pairs, crs))


def _list(value: object) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise BadInput(gettext_noop("轮廓的坐标缺失或层次不对。请按 GeoJSON（RFC 7946）重新导出。"), UNUSABLE)
    return value


def _position(value: object) -> tuple[float, float]:
    """A pair as it is written, which lies in China."""
    numbers = _list(value)[:2]
    if len(numbers) < 2 or any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        raise BadInput(gettext_noop("轮廓中有一处坐标不是一对数字。请按 GeoJSON（RFC 7946）重新导出。"), UNUSABLE)
    try:
        lon, lat = float(numbers[0]), float(numbers[1])
    except OverflowError:
        raise BadInput(gettext_noop("轮廓中有一处坐标大得不可能。请检查这个要素的坐标。"), UNUSABLE) from None
    _require_china(lon, lat)
    return lon, lat


def _mended(area: shapely.MultiPolygon) -> shapely.MultiPolygon:
    parts = [part for part in shapely.get_parts(shapely.make_valid(area)) if part.area > 0]
    mended = shapely.MultiPolygon(list(shapely.get_parts(shapely.union_all(parts))))
    if abs(mended.area - area.area) > MENDABLE * mended.area:
        raise BadInput(
            gettext_noop("轮廓线自相交，面积不能确定。请按顺序绕一圈写角点，或在制图软件中修复后再来。"), UNUSABLE
        )
    return mended


MARGIN = 4.0
# Detail below this many pixels is left out.
DETAIL = 1.2


@dataclass(frozen=True, slots=True)
class Area:
    """A division with its geometry in WGS 84 and the point its label stands at."""

    code: str
    name: str
    name_en: str
    geometry: Any
    label: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Projection:
    """Degrees to pixels: equirectangular, true to scale at the middle latitude, north up, y downwards."""

    west: float
    north: float
    x_scale: float
    y_scale: float
    left: float
    top: float

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a point falls, in pixels."""
        return self.left + (lon - self.west) * self.x_scale, self.top + (self.north - lat) * self.y_scale


def projection(bounds: tuple[float, float, float, float], width: int, height: int) -> Projection:
    """The projection that fits ``bounds`` (west, south, east, north) centred into the box, with a margin."""
    west, south, east, north = bounds
    squeeze = cos(radians((south + north) / 2))
    x_room, y_room = max(width - 2 * MARGIN, 1.0), max(height - 2 * MARGIN, 1.0)
    scale = min(x_room / ((east - west) * squeeze), y_room / (north - south))
    left = (width - (east - west) * squeeze * scale) / 2
    top = (height - (north - south) * scale) / 2
    return Projection(west, north, squeeze * scale, scale, left, top)


def drawn(areas: Sequence[Area], width: int, height: int) -> tuple[MapShape, ...]:
    """Draw ``areas`` into a box of ``width`` by ``height`` pixels; neighbours keep their common line."""
    if not areas:
        return ()
    geometries = [area.geometry for area in areas]
    onto = projection(tuple(shapely.total_bounds(geometries)), width, height)
    # Simplified together and not one by one, so that no gaps open along common borders.
    simple = shapely.coverage_simplify(geometries, DETAIL / onto.y_scale)
    return tuple(_shape(area, geometry, onto) for area, geometry in zip(areas, simple, strict=True))


def _shape(area: Area, geometry: Any, onto: Projection) -> MapShape:
    rings = [ring for part in shapely.get_parts(geometry) for ring in (part.exterior, *part.interiors)]
    # A lake or an island smaller than a pixel is not drawn, but the largest ring always is.
    rings.sort(key=lambda ring: -shapely.Polygon(ring).area)
    least = 1.0 / (onto.x_scale * onto.y_scale)
    shown = rings[:1] + [ring for ring in rings[1:] if shapely.Polygon(ring).area >= least]
    x, y = onto.point(*area.label)
    path = "".join(_line(ring, onto) for ring in shown)
    return MapShape(area.code, area.name, area.name_en, path, round(x, 1), round(y, 1))


def _line(ring: Any, onto: Projection) -> str:
    """A closed line: its first point, then the steps in tenths of a pixel, which are half as long to write."""
    points = [onto.point(lon, lat) for lon, lat in ring.coords[:-1]]
    tenths = [(round(x * 10), round(y * 10)) for x, y in points]
    steps = [(x - last_x, y - last_y) for (last_x, last_y), (x, y) in pairwise(tenths)]
    first = f"M{tenths[0][0] / 10:g} {tenths[0][1] / 10:g}"
    return first + "".join(f"l{dx / 10:g} {dy / 10:g}" for dx, dy in steps if dx or dy) + "Z"
