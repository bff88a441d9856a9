# SPDX-License-Identifier: Apache-2.0
import math
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanhai.kernel.errors import BadInput
from shanhai.registers.places.rules.geometry import (
    declared_crs,
    to_wgs84,
)
from shanhai.registers.places.rules.shifts import all_into_wgs84, from_wgs84, into_wgs84
from shanhai.registers.places.selectors import web_maps
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


def test_the_shifts_of_a_known_point_are_the_published_ones():
    known = (116.404, 39.915)

    assert from_wgs84(*known, Crs.GCJ02) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-12)
    # Published is the second shift alone.
    assert from_wgs84(*into_wgs84(*known, Crs.GCJ02), Crs.BD09) == pytest.approx(
        (116.41036949371029, 39.92133699351021), abs=1e-8
    )


def test_a_shifted_point_lies_some_hundred_metres_away():
    point = (101.9572, 30.0011)

    assert 300 < great_circle_m(*point, *from_wgs84(*point, Crs.GCJ02)) < 600
    assert 700 < great_circle_m(*from_wgs84(*point, Crs.GCJ02), *from_wgs84(*point, Crs.BD09)) < 1100


@pytest.mark.parametrize("crs", [Crs.GCJ02, Crs.BD09])
@given(LON, LAT)
def test_there_and_back_again_is_less_than_a_centimetre(crs, lon, lat):
    assert great_circle_m(lon, lat, *into_wgs84(*from_wgs84(lon, lat, crs), crs)) < 0.01
    assert great_circle_m(lon, lat, *from_wgs84(*into_wgs84(lon, lat, crs), crs)) < 0.01


@given(EVERYWHERE.filter(lambda p: not (72.004 <= p[0] <= 137.8347 and 0.8293 <= p[1] <= 55.8271)))
def test_outside_china_nothing_is_shifted(point):
    assert {from_wgs84(*point, crs) for crs in Crs} | {into_wgs84(*point, crs) for crs in Crs} == {point}


@pytest.mark.parametrize("crs", Crs)
def test_many_points_are_shifted_as_each_is(crs):
    points = np.array([[101.9572, 30.0011], [92.05, 31.48], [2.35, 48.86], [105.0, 35.0]])

    assert all_into_wgs84(points, crs) == pytest.approx(np.array([into_wgs84(*one, crs) for one in points]), abs=1e-9)


@pytest.mark.parametrize(
    ("text", "crs"),
    [
        ("wgs84", Crs.WGS84),
        ("WGS 84", Crs.WGS84),
        ("WGS-84", Crs.WGS84),
        ("CGCS2000", Crs.CGCS2000),
        (" gcj-02 ", Crs.GCJ02),
        ("BD-09", Crs.BD09),
    ],
)
def test_a_coordinate_system_is_known_by_its_name(text, crs):
    assert declared_crs(text) is crs


@pytest.mark.parametrize("text", [None, "", "  ", "bd", "EPSG:4326", "wgs84;gcj02", "火星坐标"])
def test_undeclared_coordinates_are_refused_with_the_choices(text):
    with refused(UndeclaredCoordinates) as caught:
        declared_crs(text)

    assert all(choice in str(caught.value) for choice in Crs)


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


def test_a_web_map_is_asked_in_the_system_that_it_draws_in():
    (_, amap), (_, baidu) = (
        (name, parse_qs(urlsplit(url).query)) for name, url in web_maps(116.404, 39.915, "天&安门")
    )

    assert (amap["position"], amap["coordinate"], amap["name"]) == (["116.410244,39.916404"], ["gaode"], ["天&安门"])
    assert (baidu["location"], baidu["coord_type"]) == (["39.922700,116.416627"], ["bd09ll"])
