# SPDX-License-Identifier: Apache-2.0
"""Distances on the sphere: exact to half a percent, which is less than a site's own extent."""

from __future__ import annotations

from math import asin, cos, degrees, pi, radians, sin, sqrt

# The mean radius of the Earth in metres (IUGG).
EARTH_RADIUS_M = 6_371_008.8


def great_circle_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Metres along the great circle between two points in degrees (haversine)."""
    half_lat, half_lon = radians(other_lat - lat) / 2, radians(other_lon - lon) / 2
    root = sin(half_lat) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(root)))


def box_around(lon: float, lat: float, radius_m: float) -> tuple[float, float, float, float] | None:
    """West, south, east, north of a box that holds every point within ``radius_m``.

    None when the circle touches a pole or the 180° meridian: no plain box holds it, so all points must be looked at.
    """
    angle = radius_m / EARTH_RADIUS_M
    south, north = lat - degrees(angle), lat + degrees(angle)
    if south <= -90 or north >= 90 or angle >= pi / 2:
        return None
    half = degrees(asin(min(1.0, sin(angle) / cos(radians(lat)))))
    west, east = lon - half, lon + half
    return None if west <= -180 or east >= 180 else (west, south, east, north)
