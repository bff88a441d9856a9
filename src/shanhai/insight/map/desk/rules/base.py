# SPDX-License-Identifier: Apache-2.0
"""A map of others beneath ours, as sources and layers of a style: pictures as they come, vector tiles quietly.

Vector tiles are those of a base map of Protomaps (layers earth, landcover, landuse, water, roads, places, with names
in ``name`` and ``name:…``). What they know of boundaries is not drawn, nor the names of countries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shanhai.insight.map.ogc.rules.styling import FONTS, PAPER

_SOURCE = "base"
_EARTH, _WATER, _GREEN, _ROAD, _NAME, _WET = "#f6f7f5", "#c9dde5", "#e0eadb", "#b9ae97", "#5f6d72", "#5b8797"
_LINES, _AREAS = ["==", ["geometry-type"], "LineString"], ["==", ["geometry-type"], "Polygon"]
_NATURE = ["in", ["get", "kind"], ["literal", [
    "forest", "wood", "grassland", "grass", "scrub", "park", "nature_reserve", "national_park", "wetland", "glacier",
]]]  # fmt: skip
_WIDE = ["match", ["get", "kind"], ["highway", "major_road"]]


@dataclass(frozen=True, slots=True)
class Base:
    """What a style takes in: sources by their names, layers below ours, and layers of words above them."""

    sources: dict[str, Any] = field(default_factory=dict)
    below: Sequence[dict[str, Any]] = ()
    above: Sequence[dict[str, Any]] = ()


def pictures(templates: Sequence[str], *, note: str, **more: Any) -> Base:
    """Pictures of 256 pixels over one another; ``note`` must stand on the map."""
    names = [f"{_SOURCE}-{number}" if number else _SOURCE for number in range(len(templates))]
    how = {"type": "raster", "tileSize": 256, "attribution": note, **more}
    sources = {name: {**how, "tiles": [template]} for name, template in zip(names, templates, strict=True)}
    return Base(sources, [{"id": name, "type": "raster", "source": name} for name in names])


def vectors(template: str, *, note: str, english: bool, **more: Any) -> Base:
    """Vector tiles of the layers that Protomaps names; words in the reader's language where they are there."""
    source = {"type": "vector", "tiles": [template], "attribution": note, **more}
    names = ["name:en", "name"] if english else ["name:zh-Hans", "name:zh", "name:zh-Hant", "name"]
    return Base({_SOURCE: source}, _ground(), _words(["coalesce", *(["get", name] for name in names)]))


def _ground() -> list[dict[str, Any]]:
    width = [
        "interpolate",
        ["exponential", 1.6],
        ["zoom"],
        5,
        [*_WIDE, 0.4, 0],
        10,
        [*_WIDE, 1.2, 0.3],
        15,
        [*_WIDE, 6, 2.5],
    ]
    return [
        _layer("earth", "fill", {"fill-color": _EARTH}, _AREAS),
        _layer("landcover", "fill", {"fill-color": _GREEN, "fill-opacity": 0.6}, _NATURE),
        _layer("landuse", "fill", {"fill-color": _GREEN}, ["all", _AREAS, _NATURE]),
        _layer("water", "fill", {"fill-color": _WATER}, _AREAS),
        {**_layer("water", "line", {"line-color": _WATER, "line-width": 1}, _LINES), "id": f"{_SOURCE}-rivers"},
        _layer("roads", "line", {"line-color": _ROAD, "line-width": width}, ["!=", ["get", "kind"], "ferry"]),
    ]  # fmt: skip


def _words(name: Any) -> list[dict[str, Any]]:
    settlements = ["==", ["get", "kind"], "locality"]
    size = ["interpolate", ["linear"], ["zoom"], 5, 10, 12, 13]
    return [
        _layer("water", "symbol", _ink(_WET), ["==", ["geometry-type"], "Point"], _text(name, 10)),
        _layer("places", "symbol", _ink(_NAME), settlements, _text(name, size)),
    ]


def _layer(of: str, kind: str, paint: Any, which: Any, layout: Any = None) -> dict[str, Any]:
    named = f"{_SOURCE}-{of}-names" if kind == "symbol" else f"{_SOURCE}-{of}"
    drawn = {"id": named, "type": kind, "source": _SOURCE, "source-layer": of, "filter": which, "paint": paint}
    return drawn | ({"layout": layout} if layout else {})


def _text(name: Any, size: Any) -> dict[str, Any]:
    return {"text-field": name, "text-font": FONTS, "text-size": size, "text-padding": 6}


def _ink(colour: str) -> dict[str, Any]:
    return {"text-color": colour, "text-halo-color": PAPER, "text-halo-width": 1}
