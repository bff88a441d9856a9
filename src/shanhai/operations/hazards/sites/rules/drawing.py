# SPDX-License-Identifier: Apache-2.0
"""Outlines and routes as they are typed, pasted and stored."""

from __future__ import annotations

import json
import re
from math import cos, hypot, radians
from typing import Any

import shapely

from shanhai.kernel.errors import BadInput, Faults
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.places.rules.geometry import declared_crs, outline_of, point_of
from shanhai.registers.places.values import Crs

Lines = list[list[float]]
# More corners are a survey, not an outline; and each alert bears them.
MOST_CORNERS = 2000
# As alerts bear them: what is drawn once more with fewer could cross itself there. A decimetre; no fix is better.
_DECIMALS = 6
# Less is no outline, but corners in a line.
_LEAST_M2 = 1.0
_METRES = 111_320.0
_CLOSED, _DEEPEST = 4, 4
_PARTS, _NUMBERS = re.compile(r"[;；\r\n]+"), re.compile(r"[,，\s]+")


def outline_from(text: str, crs: str, *, most_km: float) -> dict[str, Any]:
    """A GeoJSON Polygon of one ring in WGS 84, from GeoJSON or from lines "lon,lat" (which close by themselves).

    Raises BadInput for what is no area, crosses itself, has holes or several parts, is larger across than ``most_km``,
    or lies beyond China.
    """
    system = declared_crs(crs)
    given = _pasted(text, "Polygon")
    if given is None:
        corners = _typed(text)
        closed = corners if corners[0] == corners[-1] else [*corners, corners[0]]
        if len(closed) < _CLOSED:
            raise BadInput(gettext_noop("范围至少要三个角点，一行一个“经度,纬度”。"), "hazards.outline_too_short")
        given = {"type": "Polygon", "coordinates": [closed]}
    drawn = outline_of(given, system)
    area = shapely.from_wkb(drawn.wkb)
    if drawn.mended:
        raise BadInput(gettext_noop("范围的边线自己相交。请按顺序重新写角点，绕一圈。"), "hazards.outline_crosses")
    ring = shapely.get_parts(area)[0]
    if len(shapely.get_parts(area)) > 1 or ring.interiors:
        text = gettext_noop("一个隐患点的范围只能是一整块，中间没有洞。请分成几个隐患点，或者只留外圈。")
        raise BadInput(text, "hazards.outline_in_parts")
    west, south, east, north = drawn.bounds
    across = _metres((west, south), (east, north)) / 1000
    if across > most_km:
        text = gettext_noop("范围有 %(km)s 公里宽，最多 %(most)s 公里。请检查是不是有一个角点写错了。")
        raise BadInput(text, "hazards.outline_too_large", km=f"{across:.1f}", most=f"{most_km:g}")
    corners = _rounded(ring.exterior.coords)
    square = shapely.Polygon(corners) if len(corners) >= _CLOSED else shapely.Polygon()
    if not square.is_valid or square.area * _METRES**2 * cos(radians(south)) < _LEAST_M2:
        raise BadInput(
            gettext_noop("范围太小，角点分不开，或者都在一条线上。请检查坐标。"), "hazards.outline_too_small"
        )
    return {"type": "Polygon", "coordinates": [corners]}


def route_from(text: str, crs: str) -> dict[str, Any] | None:
    """A GeoJSON LineString in WGS 84; None for "". Raises BadInput."""
    if not text.strip():
        return None
    system = declared_crs(crs)
    given = _pasted(text, "LineString")
    corners = _typed(text) if given is None else given.get("coordinates")
    if not isinstance(corners, list) or len(corners) < 2:
        raise BadInput(gettext_noop("路线至少要两个点，一行一个“经度,纬度”。"), "hazards.route_too_short")
    line = _rounded([point_of(one, system) for one in corners])
    if len(line) < 2:
        raise BadInput(gettext_noop("路线的点都是同一个。请检查坐标。"), "hazards.route_too_short")
    return {"type": "LineString", "coordinates": line}


def shelter_from(lon: str, lat: str, crs: str) -> tuple[float, float] | None:
    """Where the shelter is, in WGS 84; None where neither is told. Raises BadInput."""
    if not (lon.strip() or lat.strip()):
        return None
    faults, numbers, system = Faults(), [0.0, 0.0], Crs.WGS84
    if not (lon.strip() and lat.strip()):
        text, missing = (
            gettext_noop("经度和纬度要一起填，或者都空着。"),
            "shelter_lat" if lon.strip() else "shelter_lon",
        )
        raise BadInput(text, "hazards.point_incomplete", field=missing)
    for place, (field, written) in enumerate((("shelter_lon", lon), ("shelter_lat", lat))):
        with faults.of(field):
            numbers[place] = _degrees(written)
    with faults.of("crs"):
        system = declared_crs(crs)
    faults.tell()
    found = point_of(numbers, system)
    return round(found[0], _DECIMALS), round(found[1], _DECIMALS)


def as_lines(geometry: dict[str, Any] | None) -> str:
    """A stored outline or route as a person types it, a corner a line."""
    if not geometry:
        return ""
    corners = geometry["coordinates"][0][:-1] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return "\n".join(f"{lon:.10g},{lat:.10g}" for lon, lat in corners)


def middle_of(outline: dict[str, Any]) -> tuple[float, float]:
    """A point within a stored outline."""
    inside = shapely.Polygon(outline["coordinates"][0]).representative_point()
    return inside.x, inside.y


def metres_from(outline: dict[str, Any], geometry: dict[str, Any]) -> float:
    """How far a GeoJSON point or line is from a stored outline, to some per cent; 0 within it."""
    lon, lat = outline["coordinates"][0][0]
    squeeze = cos(radians(lat))

    def flat(one: Any) -> Any:
        return shapely.transform(one, lambda pairs: (pairs - (lon, lat)) * (_METRES * squeeze, _METRES))

    return float(shapely.distance(flat(shapely.geometry.shape(outline)), flat(shapely.geometry.shape(geometry))))


def _pasted(text: str, wanted: str) -> dict[str, Any] | None:
    """The geometry of pasted GeoJSON, also of a feature and of a collection of one; None for what is no JSON."""
    if not text.strip().startswith(("{", "[")):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict) and found.get("type") == "FeatureCollection":
        features = found.get("features")
        found = features[0] if isinstance(features, list) and len(features) == 1 else None
    if isinstance(found, dict) and found.get("type") == "Feature":
        found = found.get("geometry")
    kinds = ("Polygon", "MultiPolygon") if wanted == "Polygon" else (wanted,)
    if not isinstance(found, dict) or found.get("type") not in kinds:
        text = gettext_noop("读不懂这段 GeoJSON：这里要一个类型为 %(kind)s 的要素。也可以一行一个“经度,纬度”。")
        raise BadInput(text, "hazards.geojson_unreadable", kind=wanted)
    # Each corner of the deepest list has two numbers or more.
    if _count(found.get("coordinates")) > 3 * MOST_CORNERS:
        raise _too_many()
    return found


def _typed(text: str) -> Lines:
    lines = [one for part in _PARTS.split(text) if (one := part.strip())]
    if not lines:
        raise BadInput(
            gettext_noop("请写范围的角点，一行一个“经度,纬度”，或者粘贴 GeoJSON。"), "hazards.outline_missing"
        )
    if len(lines) > MOST_CORNERS:
        raise _too_many()
    found = []
    for number, line in enumerate(lines, start=1):
        parts = _NUMBERS.split(line.strip(",，"))
        if len(parts) != 2:
            text = gettext_noop("第 %(line)s 个点“%(text)s”不是一对数。请写成“经度,纬度”，例如 101.9600,30.0500。")
            raise BadInput(text, "hazards.corner_unreadable", line=number, text=line[:40])
        found.append([_degrees(one) for one in parts])
    return found


def _degrees(text: str) -> float:
    try:
        found = float(text.strip())
    except ValueError:
        found = float("nan")
    if found != found or found in (float("inf"), float("-inf")):
        wrong = gettext_noop("“%(text)s”不是十进制度数。请填小数，例如 101.9572。")
        raise BadInput(wrong, "hazards.degrees_not_usable", text=text.strip()[:40])
    return found


def _rounded(corners: Any) -> Lines:
    """To the decimetre, none twice in a row."""
    found: Lines = []
    for lon, lat in corners:
        corner = [round(lon, _DECIMALS), round(lat, _DECIMALS)]
        if not found or corner != found[-1]:
            found.append(corner)
    return found


def _count(value: object, depth: int = _DEEPEST) -> int:
    if not isinstance(value, list):
        return 1
    nested = depth and value and isinstance(value[0], list)
    return sum(_count(one, depth - 1) for one in value) if nested else len(value)


def _too_many() -> BadInput:
    text = gettext_noop("角点太多，最多 %(most)s 个。请在制图软件里简化边线。")
    return BadInput(text, "hazards.too_many_corners", most=MOST_CORNERS)


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    squeeze = cos(radians((one[1] + other[1]) / 2))
    return _METRES * hypot((other[0] - one[0]) * squeeze, other[1] - one[1])
