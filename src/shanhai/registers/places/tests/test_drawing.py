# SPDX-License-Identifier: Apache-2.0
import re

import pytest
import shapely

from shanhai.registers.places.rules.geometry import Area, drawn, projection


def an_area(code, west, south, east, north):
    return Area(code, code, code, shapely.box(west, south, east, north), ((west + east) / 2, (south + north) / 2))


def points(path):
    """Absolute points of a path of M and relative l commands."""
    found = []
    for kind, x, y in re.findall(r"([Ml])(-?[\d.]+) (-?[\d.]+)", path):
        last_x, last_y = found[-1] if kind == "l" else (0, 0)
        found.append((round(last_x + float(x), 1), round(last_y + float(y), 1)))
    return found


def test_north_is_up_and_the_drawing_is_centred():
    onto = projection((100, 0, 102, 1), 208, 208)

    assert onto.point(100, 1) == pytest.approx((4, 54), abs=0.1)
    assert onto.point(102, 0) == pytest.approx((204, 154), abs=0.1)


def test_a_degree_of_longitude_shrinks_with_latitude():
    onto = projection((100, 59.5, 101, 60.5), 208, 208)

    assert onto.x_scale / onto.y_scale == pytest.approx(0.5)


def test_a_square_becomes_four_points_and_a_closed_line():
    (shape,) = drawn([an_area("513301", 100, -0.5, 101, 0.5)], 108, 108)

    assert re.fullmatch(r"M[\d.]+ [\d.]+(l-?[\d.]+ -?[\d.]+)+Z", shape.path)
    assert set(points(shape.path)) == {(4, 4), (4, 104), (104, 4), (104, 104)}
    assert (shape.label_x, shape.label_y) == (54, 54)


def test_neighbours_keep_their_common_line():
    left, right = drawn([an_area("1", 100, 0, 101, 1), an_area("2", 101, 0, 102, 1)], 400, 200)

    assert len(set(points(left.path)) & set(points(right.path))) == 2


def test_islands_below_a_pixel_are_left_out_but_the_largest_part_stays():
    land = shapely.MultiPolygon([shapely.box(100, 0, 101, 1), shapely.box(102, 0, 102.001, 0.001)])
    (shape,) = drawn([Area("1", "1", "1", land, (100.5, 0.5))], 200, 200)
    speck, _ = drawn([an_area("2", 100, 0, 100.001, 0.001), an_area("3", 101, 0, 105, 4)], 200, 200)

    assert shape.path.count("M") == 1
    assert speck.path.count("M") == 1


def test_a_lake_is_a_second_line():
    ring = shapely.box(100, 0, 101, 1).difference(shapely.box(100.4, 0.4, 100.6, 0.6))

    (shape,) = drawn([Area("1", "1", "1", ring, (100.1, 0.1))], 200, 200)

    assert shape.path.count("M") == shape.path.count("Z") == 2


def test_nothing_is_drawn_of_nothing():
    assert drawn([], 100, 100) == ()


@pytest.mark.parametrize(("width", "height"), [(1, 1), (0, 0), (8, 4000)])
def test_a_box_without_room_breaks_nothing(width, height):
    (shape,) = drawn([an_area("1", 100, 0, 101, 1)], width, height)

    assert shape.path.startswith("M")
