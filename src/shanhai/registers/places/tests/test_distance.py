# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanhai.registers.places.rules.distance import box_around, great_circle_m

LON = st.floats(min_value=-180, max_value=180)
LAT = st.floats(min_value=-90, max_value=90)


@pytest.mark.parametrize(
    ("from_", "to", "metres"),
    [
        ((0, 0), (0, 0), 0),
        ((0, 0), (1, 0), 111_195),
        ((100, 30), (100, 31), 111_195),
        ((100, 60), (101, 60), 55_597),
        ((0, 0), (180, 0), 20_015_115),
        ((179.5, 0), (-179.5, 0), 111_195),
    ],
)
def test_known_distances(from_, to, metres):
    assert great_circle_m(*from_, *to) == pytest.approx(metres, abs=1)


@given(LON, LAT, LON, LAT, st.floats(min_value=1, max_value=2e7))
def test_a_box_holds_every_point_within_its_radius(lon, lat, other_lon, other_lat, radius):
    box = box_around(lon, lat, radius)

    if box is not None and great_circle_m(lon, lat, other_lon, other_lat) <= radius:
        west, south, east, north = box
        assert west - 1e-9 <= other_lon <= east + 1e-9
        assert south - 1e-9 <= other_lat <= north + 1e-9


@pytest.mark.parametrize("point", [(0, 89.9), (0, -89.9), (179.9, 0), (-179.9, 0)])
def test_no_plain_box_holds_a_circle_over_a_pole_or_the_date_line(point):
    assert box_around(*point, 50_000) is None
