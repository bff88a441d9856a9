# SPDX-License-Identifier: Apache-2.0
"""A small map of a site: outline, points, route and shelter in a box of pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from shanhai.registers.places.rules.geometry import projection

Pixel = tuple[float, float]
# Around what is drawn, in degrees, so that one point alone has a map, too.
_ROOM = 0.0003


@dataclass(frozen=True, slots=True)
class SiteMap:
    """Paths and points in pixels; ``points`` in the order in which they were given, None for one without a place."""

    outline: str
    route: str
    shelter: Pixel | None
    points: tuple[Pixel | None, ...]
    width: int
    height: int
    metres: float


def drawn_site(
    outline: dict[str, Any],
    *,
    route: dict[str, Any] | None,
    shelter: tuple[float, float] | None,
    points: Sequence[tuple[float, float] | None],
    width: int,
    height: int,
) -> SiteMap:
    """The map, north up; ``metres`` is what its width measures."""
    ring = outline["coordinates"][0]
    line = route["coordinates"] if route else []
    every = [*ring, *line, *([shelter] if shelter else []), *(one for one in points if one)]
    west, south, east, north = shapely.MultiPoint(every).bounds
    onto = projection((west - _ROOM, south - _ROOM, east + _ROOM, north + _ROOM), width, height)

    def path(corners: Sequence[Sequence[float]]) -> str:
        return "M" + "L".join("{:.1f} {:.1f}".format(*onto.point(lon, lat)) for lon, lat in corners)

    def pixel(one: tuple[float, float] | None) -> Pixel | None:
        return None if one is None else onto.point(*one)

    return SiteMap(
        f"{path(ring)}Z",
        path(line) if line else "",
        pixel(shelter),
        tuple(pixel(one) for one in points),
        width,
        height,
        width / onto.y_scale * 111_320,
    )
