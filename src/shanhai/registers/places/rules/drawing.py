# SPDX-License-Identifier: Apache-2.0
"""Drawing outlines into a box of pixels, for the small maps that the server draws as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians
from typing import Any

import shapely

from shanhai.registers.places.values import MapShape

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
