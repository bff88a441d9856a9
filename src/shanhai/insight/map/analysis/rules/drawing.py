# SPDX-License-Identifier: Apache-2.0
"""A drawing of what was asked: counties, the shape, how far around it, what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from shanhai.registers.places.rules.geometry import Projection, projection

WIDTH, HEIGHT = 720, 400
# Of the extent, left free on each side; and detail in pixels that is left out.
_FREE, _DETAIL = 0.12, 0.7


@dataclass(frozen=True, slots=True)
class Drawing:
    """Path data of SVG, and dots, in pixels: counties each with its name, the zone, the shape."""

    counties: Sequence[str]
    names: Sequence[tuple[str, float, float]]
    zone: str
    shape: str
    dots: Sequence[tuple[float, float]]


def drawn(shape: Any, zone: Any, counties: Iterable[tuple[str, Any]], things: Iterable[Any]) -> Drawing:
    """Draw it to the extent of the zone; ``counties`` are names and outlines, all in WGS 84."""
    west, south, east, north = zone.bounds
    more_x, more_y = (east - west) * _FREE + 1e-4, (north - south) * _FREE + 1e-4
    box = (west - more_x, south - more_y, east + more_x, north + more_y)
    onto = projection(box, WIDTH, HEIGHT)
    # The picture is wider or higher than its extent: what is beside is drawn, too.
    room = shapely.box(onto.west - onto.left / onto.x_scale, box[1] - onto.top / onto.y_scale,
                       box[2] + onto.left / onto.x_scale, onto.north + onto.top / onto.y_scale)  # fmt: skip
    beside = [(name, shapely.clip_by_rect(outline, *room.bounds)) for name, outline in counties]
    there = [(name, part, part.representative_point()) for name, part in beside if not part.is_empty]
    dots = (one.representative_point() for one in things)
    return Drawing(
        [_path(part, onto) for _, part, _ in there],
        [(name, *_rounded(inside, onto)) for name, _, inside in there],
        _path(zone, onto),
        _path(shape, onto),
        [*dict.fromkeys(_rounded(one, onto) for one in dots if room.contains(one))],
    )


def _path(shape: Any, onto: Projection) -> str:
    """Its outlines and lines; a point is a line of no length, which a round end makes a dot."""
    said = []
    for part in shapely.get_parts(shapely.simplify(shape, _DETAIL / onto.y_scale)):
        closed = part.geom_type == "Polygon"
        for line in (part.exterior, *part.interiors) if closed else (part,):
            steps = "L".join(f"{x:.1f} {y:.1f}" for x, y in (onto.point(*at) for at in shapely.get_coordinates(line)))
            said.append(f"M{steps}{'Z' if closed else 'h0' if part.geom_type == 'Point' else ''}")
    return "".join(said)


def _rounded(point: Any, onto: Projection) -> tuple[float, float]:
    x, y = onto.point(point.x, point.y)
    return round(x, 1), round(y, 1)
