# SPDX-License-Identifier: Apache-2.0
"""The field of a sheet as a drawing (SVG): areas by class, degrees, features that are no points. No words, no signs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from shanhai.insight.map.ogc.rules.styling import COLOURS, EDGE, INK, LAKE, PAPER
from shanhai.insight.map.sheets.rules.framing import Degrees, Frame
from shanhai.insight.map.sheets.values import Drawn, Sign, Thing

# --map-1 to --map-5 of static/shanhai/tokens.css on light ground: each is darker than the one before, in grey too.
CLASSES = ("#cfe1e4", "#a5c8cd", "#6fa5ae", "#357c8a", "#0e4a5a")
# On these, words are white.
DARK = 3
_HATCH, _LINE, _CHOSEN = "#8b999d", "#c3cfcc", "#8a5a00"
# Detail below this many millimetres is left out; hatching lies so far apart.
_DETAIL, _APART = 0.12, 1.6


def outlines_on(frame: Frame, outlines: Mapping[str, Any]) -> dict[str, Any]:
    """By code the outlines in millimetres, simplified together: neighbours keep their common line."""
    drawn = shapely.coverage_simplify([frame.drawn(one) for one in outlines.values()], _DETAIL)
    return dict(zip(outlines, shapely.intersection(drawn, frame.field), strict=True))


def svg_of(
    frame: Frame,
    degrees: Degrees,
    areas: Mapping[str, Any],
    classes: Mapping[str, int | None],
    chosen: str,
    layers: Sequence[Drawn],
    signs: Sequence[Sign],
) -> str:
    """The drawing; ``areas`` as ``outlines_on`` has them, ``classes`` by code: None hatches, what is not in it stays
    white."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{frame.width}mm" height="{frame.height}mm" '
        f'viewBox="0 0 {frame.width} {frame.height}" fill="none" stroke-linejoin="round">'
    ]
    for code, area in areas.items():
        number = classes.get(code)
        parts.append(_path(area, fill=PAPER if number is None else CLASSES[number]))
    bare = [area for code, area in areas.items() if code in classes and classes[code] is None]
    if bare:
        hatch = shapely.intersection(_hatching(frame), shapely.union_all(bare))
        parts.append(_path(hatch, stroke=_HATCH, width=0.12))
    parts += [_path(line, stroke=_LINE, width=0.12) for line in degrees.lines]
    parts += [_path(area, stroke=EDGE, width=0.2) for area in areas.values()]
    whole = shapely.union_all(list(areas.values())).boundary.difference(frame.field.boundary.buffer(0.01))
    parts.append(_path(whole, stroke=INK, width=0.4))
    if chosen in areas:
        parts.append(_path(areas[chosen], stroke=_CHOSEN, width=0.8))
    parts += [part for layer in layers for thing in layer.things for part in _shape(thing, filled=not classes)]
    for sign in signs:
        if sign.moved and all(one.located for one in sign.things):
            parts.append(_path(shapely.LineString([sign.at, sign.things[0].at]), stroke=EDGE, width=0.1))
    return "".join([*parts, "</svg>"])


def _shape(thing: Thing, *, filled: bool) -> Iterable[str]:
    # A ground over a class would make another class of it.
    colour = COLOURS[thing.tone] if thing.tone else LAKE
    if thing.layer.geometry == "LineString":
        yield _path(thing.shape, stroke=colour, width=0.35, dashes="1.6 0.9")
    elif thing.layer.geometry == "MultiPolygon":
        yield _path(thing.shape, fill=colour if filled else "", stroke=colour, width=0.3, opacity=0.2)


def _hatching(frame: Frame) -> Any:
    width, height = frame.width, frame.height
    starts = np.arange(-height, width, _APART)
    return shapely.MultiLineString([((at, height), (at + height, 0)) for at in starts])


def _path(
    shape: Any, *, fill: str = "", stroke: str = "", width: float = 0, opacity: float = 1, dashes: str = ""
) -> str:
    said = "".join(_line(part) for part in shapely.get_parts(shape))
    if not said:
        return ""
    ink = f' fill="{fill}" fill-opacity="{opacity}"' if fill else ""
    ink += f' stroke="{stroke}" stroke-width="{width}"' if stroke else ""
    return f'<path d="{said}"{ink}{f" stroke-dasharray={dashes!r}" if dashes else ""}/>'


def _line(part: Any) -> str:
    if part.geom_type == "Polygon":
        return "".join(f"{_points(ring.coords[:-1])}Z" for ring in (part.exterior, *part.interiors))
    return _points(part.coords) if part.geom_type in ("LineString", "LinearRing") else ""


def _points(coords: Any) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in coords)
