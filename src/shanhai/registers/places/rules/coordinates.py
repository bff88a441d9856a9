# SPDX-License-Identifier: Apache-2.0
"""Coordinate systems: which one a file is in must be declared, and everything is turned into WGS 84.

GCJ-02 is the system of Chinese web maps: WGS 84 shifted by some hundred metres. The formula below is the one that has
been in public use since 2012; it takes WGS 84 as GCJ-02 outside a box round China, and so do we.
"""

from __future__ import annotations

from math import cos, isfinite, pi, radians, sin, sqrt

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.places.values import Crs

# Krasovsky 1940: the semi-major axis in metres and the square of the eccentricity that the shift is scaled by.
_AXIS = 6378245.0
_ECCENTRICITY = 0.00669342162296594323
_SHIFTED = (72.004, 0.8293, 137.8347, 55.8271)
# The land and the waters that division outlines and sites may lie in: west, south, east, north.
CHINA = (73.0, 3.0, 136.0, 54.0)


class UndeclaredCoordinates(BadInput):
    """Coordinates came without the name of their coordinate system, or with one that is not known."""

    code = "places.undeclared_coordinates"


class CoordinatesNotUsable(BadInput):
    """A pair of numbers that is no point in China, with the most probable reason."""

    code = "places.coordinates_not_usable"


def declared_crs(text: str | None) -> Crs:
    """The coordinate system named by ``text``. Raises UndeclaredCoordinates unless it is one of the three."""
    try:
        return Crs((text or "").strip().lower().replace("-", "").replace("_", "").replace(" ", ""))
    except ValueError:
        raise UndeclaredCoordinates(
            gettext_noop(
                "没有说明坐标系，不能导入：坐标系弄错，位置会偏几百米。请选择 wgs84（GPS、北斗设备）、"
                "cgcs2000（国家大地坐标系，测绘成果）或 gcj02（高德、腾讯等网络地图）。"
            )
        ) from None


def to_wgs84(lon: float, lat: float, crs: Crs) -> tuple[float, float]:
    """A point of ``crs`` in WGS 84 degrees. Raises CoordinatesNotUsable unless it lies in the box round China."""
    _require_china(lon, lat)
    return gcj02_to_wgs84(lon, lat) if crs is Crs.GCJ02 else (lon, lat)


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """The shifted point; outside the box that the shift is defined for, the point itself."""
    west, south, east, north = _SHIFTED
    if not (west <= lon <= east and south <= lat <= north):
        return lon, lat
    east_m, north_m = _shift(lon - 105.0, lat - 35.0)
    slope = 1 - _ECCENTRICITY * sin(radians(lat)) ** 2
    north_radius = _AXIS * (1 - _ECCENTRICITY) / (slope * sqrt(slope))
    east_radius = _AXIS / sqrt(slope) * cos(radians(lat))
    return lon + east_m * 180.0 / (east_radius * pi), lat + north_m * 180.0 / (north_radius * pi)


def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """The point whose shift is (``lon``, ``lat``), to less than a centimetre.

    The shift has no closed inverse; it changes so slowly that repeating "guess minus error" gains two digits a turn.
    """
    guess_lon, guess_lat = lon, lat
    for _ in range(10):
        shifted_lon, shifted_lat = wgs84_to_gcj02(guess_lon, guess_lat)
        error_lon, error_lat = shifted_lon - lon, shifted_lat - lat
        guess_lon, guess_lat = guess_lon - error_lon, guess_lat - error_lat
        if abs(error_lon) < 1e-9 and abs(error_lat) < 1e-9:
            break
    return guess_lon, guess_lat


def in_china(lon: float, lat: float) -> bool:
    """Whether the point lies in the box round China."""
    west, south, east, north = CHINA
    return west <= lon <= east and south <= lat <= north


def _require_china(lon: float, lat: float) -> None:
    where = {"lon": f"{lon:.10g}", "lat": f"{lat:.10g}"}
    if not (isfinite(lon) and isfinite(lat)):
        raise CoordinatesNotUsable(gettext_noop("坐标（%(lon)s，%(lat)s）不是数字。请填十进制度数。"), **where)
    if in_china(lon, lat):
        return
    if in_china(lat, lon):
        raise CoordinatesNotUsable(
            gettext_noop("坐标（%(lon)s，%(lat)s）像是经度和纬度填反了。请先写经度，后写纬度。"), **where
        )
    if abs(lon) > 360 or abs(lat) > 360:
        raise CoordinatesNotUsable(
            gettext_noop("坐标（%(lon)s，%(lat)s）像是以米为单位的投影坐标。请先换算成经纬度，再导入。"), **where
        )
    raise CoordinatesNotUsable(gettext_noop("坐标（%(lon)s，%(lat)s）不在中国范围内。请检查经度和纬度。"), **where)


def _shift(x: float, y: float) -> tuple[float, float]:
    """The shift in metres east and north, of a point given relative to 105°E 35°N."""
    common = 20.0 * sin(6.0 * pi * x) + 20.0 * sin(2.0 * pi * x)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    east += (common + 20.0 * sin(pi * x) + 40.0 * sin(pi / 3.0 * x)) * 2.0 / 3.0
    east += (150.0 * sin(pi / 12.0 * x) + 300.0 * sin(pi / 30.0 * x)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    north += (common + 20.0 * sin(pi * y) + 40.0 * sin(pi / 3.0 * y)) * 2.0 / 3.0
    north += (160.0 * sin(pi / 12.0 * y) + 320.0 * sin(pi / 30.0 * y)) * 2.0 / 3.0
    return east, north
