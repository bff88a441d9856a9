# SPDX-License-Identifier: Apache-2.0
"""Where GeoJSON lies: bounding boxes, and the area that grows with what is observed."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any

from shapely.errors import ShapelyError
from shapely.geometry import GeometryCollection, shape
from shapely.geometry.base import BaseGeometry

# West, south, east, north, in degrees of WGS 84.
Box = tuple[float, float, float, float]
_GEOJSON = frozenset({"application/geo+json", "application/vnd.geo+json"})
_WORLD: Box = (-180.0, -90.0, 180.0, 90.0)


def is_geojson(encoding: object) -> bool:
    """Whether what is encoded so is GeoJSON."""
    return isinstance(encoding, str) and encoding.partition(";")[0].strip().lower() in _GEOJSON


def box_of(value: Any) -> Box | None:
    """The box around a geometry or feature of GeoJSON; None for what is none, is empty or lies off the world."""
    boxes = [one.bounds for one in _shapes(value)]
    if not boxes or not all(map(isfinite, (edge for box in boxes for edge in box))):
        return None
    box = boxes[0]
    for other in boxes[1:]:
        box = around(box, other)
    return box if around(box, _WORLD) == _WORLD else None


def geometry_of(value: Any) -> BaseGeometry | None:
    """The geometry of GeoJSON, of several a collection; None for what is none or is empty."""
    found = [one for one in _shapes(value) if not one.is_empty]
    return found[0] if len(found) == 1 else GeometryCollection(found) if found else None


def around(one: Box, other: Box) -> Box:
    """The least box that holds both."""
    return (min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3]))


def area_of(box: Box) -> dict[str, Any]:
    """The box as a geometry: a point where it has no extent."""
    west, south, east, north = box
    if west == east and south == north:
        return {"type": "Point", "coordinates": [west, south]}
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _shapes(value: Any) -> list[BaseGeometry]:
    try:
        return [shape(one) for one in _geometries(value)]
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, ShapelyError):
        return []


def _geometries(value: Any) -> Iterator[Any]:
    kind = value["type"]
    if kind == "FeatureCollection":
        for one in value["features"]:
            yield from _geometries(one)
    else:
        yield value["geometry"] if kind == "Feature" else value
