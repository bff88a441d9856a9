# SPDX-License-Identifier: Apache-2.0
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanhai.kernel.errors import BadInput
from shanhai.registers.places.rules.geometry import (
    declared_crs,
    gcj02_to_wgs84,
    to_wgs84,
    wgs84_to_gcj02,
)
from shanhai.registers.places.values import Crs
from tests.refusals import refused

UndeclaredCoordinates = (BadInput, "places.undeclared_coordinates")
CoordinatesNotUsable = (BadInput, "places.coordinates_not_usable")

LON = st.floats(min_value=73.0, max_value=136.0)
LAT = st.floats(min_value=3.0, max_value=54.0)
EVERYWHERE = st.tuples(st.floats(min_value=-180, max_value=180), st.floats(min_value=-90, max_value=90))


def great_circle_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Metres between two points in degrees (haversine)."""
    half_lat, half_lon = math.radians(other_lat - lat) / 2, math.radians(other_lon - lon) / 2
    root = math.sin(half_lat) ** 2
    root += math.cos(math.radians(lat)) * math.cos(math.radians(other_lat)) * math.sin(half_lon) ** 2
    return 2 * 6_371_008.8 * math.asin(min(1.0, math.sqrt(root)))


def test_the_shift_of_a_known_point_is_the_published_one():
    lon, lat = wgs84_to_gcj02(116.404, 39.915)

    assert lon == pytest.approx(116.41024449916938, abs=1e-12)
    assert lat == pytest.approx(39.91640428150164, abs=1e-12)


def test_a_shifted_point_lies_some_hundred_metres_away():
    assert 300 < great_circle_m(101.9572, 30.0011, *wgs84_to_gcj02(101.9572, 30.0011)) < 600


@given(LON, LAT)
def test_there_and_back_again_is_less_than_a_tenth_of_a_metre(lon, lat):
    back = gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat))

    assert great_circle_m(lon, lat, *back) < 0.1


@given(LON, LAT)
def test_back_and_there_again_is_less_than_a_tenth_of_a_metre(lon, lat):
    there = wgs84_to_gcj02(*gcj02_to_wgs84(lon, lat))

    assert great_circle_m(lon, lat, *there) < 0.1


@given(EVERYWHERE.filter(lambda p: not (72.004 <= p[0] <= 137.8347 and 0.8293 <= p[1] <= 55.8271)))
def test_outside_china_nothing_is_shifted(point):
    assert wgs84_to_gcj02(*point) == point
    assert gcj02_to_wgs84(*point) == point


@pytest.mark.parametrize(
    ("text", "crs"),
    [
        ("wgs84", Crs.WGS84),
        ("WGS 84", Crs.WGS84),
        ("WGS-84", Crs.WGS84),
        ("CGCS2000", Crs.CGCS2000),
        (" gcj-02 ", Crs.GCJ02),
    ],
)
def test_a_coordinate_system_is_known_by_its_name(text, crs):
    assert declared_crs(text) is crs


@pytest.mark.parametrize("text", [None, "", "  ", "bd09", "EPSG:4326", "wgs84;gcj02", "火星坐标"])
def test_undeclared_coordinates_are_refused_with_the_three_choices(text):
    with refused(UndeclaredCoordinates) as caught:
        declared_crs(text)

    assert all(choice in str(caught.value) for choice in ("wgs84", "cgcs2000", "gcj02"))


def test_cgcs2000_is_taken_as_wgs84():
    assert to_wgs84(101.9572, 30.0011, Crs.CGCS2000) == (101.9572, 30.0011)


def test_gcj02_is_shifted_back():
    lon, lat = to_wgs84(116.41024449916938, 39.91640428150164, Crs.GCJ02)

    assert lon == pytest.approx(116.404, abs=1e-8)
    assert lat == pytest.approx(39.915, abs=1e-8)


@pytest.mark.parametrize(
    ("lon", "lat", "why"),
    [
        (30.0011, 101.9572, "填反"),
        (31.48, 92.05, "填反"),
        (35_437_020.0, 3_320_113.0, "投影坐标"),
        (437_020.0, 3_320_113.0, "投影坐标"),
        (0.0, 0.0, "不在中国"),
        (-101.9, 30.0, "不在中国"),
        (2.35, 48.86, "不在中国"),
        (float("nan"), 30.0, "不是数字"),
        (101.9, float("inf"), "不是数字"),
    ],
)
def test_a_point_that_is_not_in_china_is_refused_with_the_probable_reason(lon, lat, why):
    with refused(CoordinatesNotUsable, match=why):
        to_wgs84(lon, lat, Crs.WGS84)
