# SPDX-License-Identifier: Apache-2.0
"""The sheet on which everything is drawn: a quiet ground with degrees, counties and their names, or a map of others."""

from __future__ import annotations

from typing import Any

from shanhai.insight.map.desk.rules.base import Base
from shanhai.insight.map.ogc.rules.styling import EDGE, FONTS, INK, PAPER

GROUND, _DEGREES = "#eef2f1", "#dbe2df"
# Counties over a map of others: the nearer one looks, the more of it is seen.
_THIN = ["interpolate", ["linear"], ["zoom"], 6, 0.6, 11, 0.15]
# Where degrees are drawn: west, south, east, north.
_WEST, _SOUTH, _EAST, _NORTH = 70, 14, 138, 54


def sheet(*, counties: str, english: bool, base: Base | None = None) -> dict[str, Any]:
    """The style of the map: ``counties`` is the address of their outlines, ``base`` a map of others beneath. Ours
    draws no boundary of a country."""
    base = base or Base()
    sources: dict[str, dict[str, Any]] = {
        "degrees": {"type": "geojson", "data": _graticule()},
        "counties": {"type": "geojson", "data": counties},
        **base.sources,
    }
    name = ["coalesce", ["get", "name_en"], ["get", "name"]] if english else ["get", "name"]
    areas, points = ["==", ["geometry-type"], "Polygon"], ["==", ["geometry-type"], "Point"]
    shown = ["any", areas, ["==", ["geometry-type"], "MultiPolygon"]]
    shape = [
        {"id": "ground", "type": "background", "paint": {"background-color": GROUND}},
        *base.below,
        {"id": "degrees", "type": "line", "source": "degrees", "paint": {"line-color": _DEGREES, "line-width": 0.7}},
        {"id": "counties", "type": "fill", "source": "counties", "filter": shown,
         "paint": {"fill-color": PAPER, "fill-opacity": _THIN if base.sources else 1}},
        {"id": "county-lines", "type": "line", "source": "counties", "filter": shown,
         "paint": {"line-color": EDGE, "line-width": 0.8}},
    ]  # fmt: skip
    names = {
        "id": "county-names", "type": "symbol", "source": "counties", "filter": points,
        "layout": {"text-field": name, "text-font": FONTS, "text-size": 12, "text-padding": 2,
                   # Beside what stands at the same place.
                   "text-variable-anchor": ["center", "top", "bottom", "left", "right"], "text-radial-offset": 0.9},
        "paint": {"text-color": INK, "text-halo-color": PAPER, "text-halo-width": 1.2},
    }  # fmt: skip
    return {"version": 8, "name": "shanhai", "sources": sources, "layers": [*shape, *base.above, names]}


def _graticule() -> dict[str, Any]:
    lines = [[[lon, _SOUTH], [lon, _NORTH]] for lon in range(_WEST, _EAST + 1, 2)]
    lines += [[[_WEST, lat], [_EAST, lat]] for lat in range(_SOUTH, _NORTH + 1, 2)]
    return {"type": "Feature", "properties": {}, "geometry": {"type": "MultiLineString", "coordinates": lines}}
