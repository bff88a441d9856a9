# SPDX-License-Identifier: Apache-2.0
"""The shifted systems of Chinese web maps, there and back.

GCJ-02 is WGS 84 shifted by some hundred metres; BD-09 is GCJ-02 shifted once more by about a kilometre. Neither is
published by who keeps it: these are the formulas in public use since 2012, to whose known values the tests hold them.
How near they come to the shifts that the web maps themselves apply nobody states; here it is not known, and nothing
that a metre decides is to be taken from shifted numbers. There and back again is another matter: the inverse is
repeated until it stands, to less than a centimetre in the box round China. Outside of the box nothing is shifted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from shanhai.registers.places.values import Crs

# Krasovsky 1940: the semi-major axis in metres and the square of the eccentricity that the shift is scaled by.
_AXIS = 6378245.0
_ECCENTRICITY = 0.00669342162296594323
_SHIFTED = (72.004, 0.8293, 137.8347, 55.8271)
# Of BD-09: degrees to the turns of its waves, and what is added in the end.
_WAVE, _EAST, _NORTH = math.pi * 3000.0 / 180.0, 0.0065, 0.006
_STANDS, _TURNS = 1e-9, 12
_Pair = tuple[Any, Any]


def from_wgs84(lon: float, lat: float, crs: Crs) -> tuple[float, float]:
    """A point of WGS 84 in another system, degrees."""
    return _there(lon, lat, crs, math) if crs in _STEPS and _within(lon, lat) else (lon, lat)


def into_wgs84(lon: float, lat: float, crs: Crs) -> tuple[float, float]:
    """The point of WGS 84 that is (``lon``, ``lat``) in another system, to less than a centimetre."""
    return _back(lon, lat, crs, math) if crs in _STEPS and _within(lon, lat) else (lon, lat)


def all_into_wgs84(points: Any, crs: Crs) -> Any:
    """An array of pairs as ``into_wgs84`` has each."""
    if crs not in _STEPS:
        return points
    lon, lat = points[:, 0], points[:, 1]
    inside = _within(lon, lat)
    found = np.array(points, float)
    found[inside] = np.column_stack(_back(lon[inside], lat[inside], crs, np))
    return found


def _within(lon: Any, lat: Any) -> Any:
    west, south, east, north = _SHIFTED
    return (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)


def _there(lon: Any, lat: Any, crs: Crs, by: Any) -> _Pair:
    for step in _STEPS[crs]:
        lon, lat = step(lon, lat, by)
    return lon, lat


def _back(lon: Any, lat: Any, crs: Crs, by: Any) -> _Pair:
    """The shifts have no closed inverse; they change so slowly that "guess minus error" gains two digits a turn."""
    for step in reversed(_STEPS[crs]):
        guess_lon, guess_lat = lon, lat
        for _ in range(_TURNS):
            there_lon, there_lat = step(guess_lon, guess_lat, by)
            error_lon, error_lat = there_lon - lon, there_lat - lat
            guess_lon, guess_lat = guess_lon - error_lon, guess_lat - error_lat
            if np.all(abs(error_lon) < _STANDS) and np.all(abs(error_lat) < _STANDS):
                break
        lon, lat = guess_lon, guess_lat
    return lon, lat


def _gcj(lon: Any, lat: Any, by: Any) -> _Pair:
    east_m, north_m = _shift(lon - 105.0, lat - 35.0, by)
    turned = lat * (math.pi / 180.0)
    slope = 1 - _ECCENTRICITY * by.sin(turned) ** 2
    north_radius = _AXIS * (1 - _ECCENTRICITY) / (slope * by.sqrt(slope))
    east_radius = _AXIS / by.sqrt(slope) * by.cos(turned)
    return lon + east_m * 180.0 / (east_radius * math.pi), lat + north_m * 180.0 / (north_radius * math.pi)


def _bd(lon: Any, lat: Any, by: Any) -> _Pair:
    far = by.hypot(lon, lat) + 0.00002 * by.sin(lat * _WAVE)
    turn = by.atan2(lat, lon) + 0.000003 * by.cos(lon * _WAVE)
    return far * by.cos(turn) + _EAST, far * by.sin(turn) + _NORTH


_STEPS: dict[Crs, tuple[Callable[[Any, Any, Any], _Pair], ...]] = {Crs.GCJ02: (_gcj,), Crs.BD09: (_gcj, _bd)}


def _shift(x: Any, y: Any, by: Any) -> _Pair:
    """The shift in metres east and north, of a point given relative to 105°E 35°N."""
    pi, sin = math.pi, by.sin
    common = 20.0 * sin(6.0 * pi * x) + 20.0 * sin(2.0 * pi * x)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * by.sqrt(abs(x))
    east += (common + 20.0 * sin(pi * x) + 40.0 * sin(pi / 3.0 * x)) * 2.0 / 3.0
    east += (150.0 * sin(pi / 12.0 * x) + 300.0 * sin(pi / 30.0 * x)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * by.sqrt(abs(x))
    north += (common + 20.0 * sin(pi * y) + 40.0 * sin(pi / 3.0 * y)) * 2.0 / 3.0
    north += (160.0 * sin(pi / 12.0 * y) + 320.0 * sin(pi / 30.0 * y)) * 2.0 / 3.0
    return east, north
