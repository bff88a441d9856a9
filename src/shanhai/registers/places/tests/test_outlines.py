# SPDX-License-Identifier: Apache-2.0
import pytest
import shapely

from shanhai.kernel.errors import BadInput
from shanhai.registers.places.rules.geometry import outline_of, point_of
from shanhai.registers.places.tests.builders import a_square
from shanhai.registers.places.values import Crs
from tests.refusals import refused

CoordinatesNotUsable = (BadInput, "places.coordinates_not_usable")
OutlineNotUsable = (BadInput, "places.outline_not_usable")


def polygon(*ring):
    return {"type": "Polygon", "coordinates": [[list(point) for point in ring]]}


BOWTIE = polygon((100, 30), (101, 31), (101, 30), (100, 31), (100, 30))
# A square degree whose line crosses itself in a corner of 0.02° by 0.02°: 0.02 % of the area.
SLIP = polygon((100, 30), (101, 30), (101, 31), (100.02, 31), (99.98, 31.02), (99.98, 31), (100, 31.02), (100, 30))


def test_a_square_is_read_with_its_bounds_and_a_point_inside():
    drawn = outline_of(a_square(101.0, 29.0), Crs.WGS84)

    assert drawn.bounds == (101.0, 29.0, 102.0, 30.0)
    assert shapely.from_wkb(drawn.wkb).area == pytest.approx(1.0)
    assert shapely.from_wkb(drawn.wkb).contains(shapely.Point(drawn.inside))
    assert not drawn.mended


def test_several_parts_and_holes_are_kept():
    hole = [[101.4, 29.4], [101.6, 29.4], [101.6, 29.6], [101.4, 29.6], [101.4, 29.4]]
    parts = [[a_square(101.0, 29.0)["coordinates"][0], hole], a_square(103.0, 29.0)["coordinates"]]

    drawn = outline_of({"type": "MultiPolygon", "coordinates": parts}, Crs.WGS84)

    assert shapely.from_wkb(drawn.wkb).area == pytest.approx(1.96)


def test_heights_are_dropped():
    ring = [[*point, 4500.0] for point in a_square()["coordinates"][0]]

    drawn = outline_of({"type": "Polygon", "coordinates": [ring]}, Crs.WGS84)

    assert not shapely.has_z(shapely.from_wkb(drawn.wkb))


def test_gcj02_outlines_move_by_some_hundred_metres():
    west, south, _, _ = outline_of(a_square(101.0, 29.0), Crs.GCJ02).bounds

    assert 0.001 < abs(west - 101.0) + abs(south - 29.0) < 0.02


def test_a_slip_of_the_pen_is_mended():
    drawn = outline_of(SLIP, Crs.WGS84)

    assert drawn.mended
    assert shapely.from_wkb(drawn.wkb).is_valid
    assert shapely.from_wkb(drawn.wkb).area == pytest.approx(1.0, rel=0.01)


def test_a_bow_tie_is_not_mended():
    with refused(OutlineNotUsable, match="自相交"):
        outline_of(BOWTIE, Crs.WGS84)


@pytest.mark.parametrize(
    "geometry",
    [
        "Polygon",
        [],
        {},
        {"type": "Point", "coordinates": [101, 29]},
        {"type": "LineString", "coordinates": [[101, 29], [102, 29]]},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": "[[[101,29]]]"},
        {"type": "Polygon", "coordinates": [101, 29]},
        {"type": "Polygon", "coordinates": [[101, 29, 102]]},
        {"type": "MultiPolygon", "coordinates": a_square()["coordinates"]},
        polygon((101, 29), (102, 29), (101, 29)),
        polygon((101, 29), (102, 29), (102, 30), (101, 30)),
        polygon((101, 29), (101, 29), (101, 29), (101, 29)),
        polygon((101, 29), (102, 30), (103, 31), (101, 29)),
        polygon((101, 29), (102,), (102, 30), (101, 29)),
        polygon((101, 29), ("102", "29"), (102, 30), (101, 29)),
        polygon((101, 29), (True, 29), (102, 30), (101, 29)),
        polygon((101, 29), (None, 29), (102, 30), (101, 29)),
        polygon((101, 29), (10**400, 29), (102, 30), (101, 29)),
    ],
)
def test_what_is_no_area_is_refused(geometry):
    with refused(OutlineNotUsable):
        outline_of(geometry, Crs.WGS84)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf"), 1e308])
def test_a_number_that_is_none_is_refused(bad):
    with refused(CoordinatesNotUsable):
        outline_of(polygon((101, 29), (bad, 29), (102, 30), (101, 29)), Crs.GCJ02)


def test_latitude_before_longitude_is_told():
    with refused(CoordinatesNotUsable, match="填反"):
        outline_of(polygon((29, 101), (29, 102), (30, 102), (29, 101)), Crs.WGS84)


@pytest.mark.parametrize("value", [[], [101], "101,29", 101, {"lon": 101}, [None, None]])
def test_a_label_that_is_no_position_is_refused(value):
    with refused(OutlineNotUsable):
        point_of(value, Crs.WGS84)
