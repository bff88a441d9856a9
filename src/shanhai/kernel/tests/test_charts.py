# SPDX-License-Identifier: Apache-2.0
"""Whatever doubles there are, a drawing stays within its box."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanhai.kernel.charts import HEIGHT, WIDTH, draw

ANY = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(ANY, min_size=1, max_size=20), st.lists(ANY, max_size=2))
def test_every_series_is_drawn_within_its_box_between_two_to_nine_levels(values, limits):
    drawing = draw(list(enumerate(values)), begin=0, end=20, limits=limits)

    points = [tuple(map(float, one)) for one in re.findall(r"[ML](\S+?) (-?[0-9.]+)", drawing.line)]
    assert len(points) == len(values)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert 2 <= len(drawing.levels) <= 9


@pytest.mark.parametrize(
    ("values", "levels"),
    [
        ([13.1, 14.0], ["13", "13.5", "14"]),
        ([0.1, 0.3], ["0.1", "0.15", "0.2", "0.25", "0.3"]),
        ([5.0, 5.0], ["4.6", "4.8", "5", "5.2", "5.4"]),
        ([-40.0, 60.0], ["-50", "0", "50", "100"]),
    ],
)
def test_levels_are_round_numbers_around_the_values(values, levels):
    assert [words for _y, words in draw(list(enumerate(values)), begin=0, end=1).levels] == levels


def test_a_pause_breaks_the_line_and_a_limit_far_away_is_left_out():
    drawing = draw([(0, 1.0), (1, 2.0), (9, 3.0)], begin=0, end=10, limits=(0.0, 1000.0), gap=3)

    assert drawing.line.count("M") == 2
    assert [words for _y, words in drawing.limits] == ["0"]


def test_lines_beside_one_another_share_a_scale_and_bars_stand_on_nought():
    drawing = draw([(0, 1.0), (9, 2.0)], begin=0, end=10, beside=[[(0, 5.0), (9, 9.0)]], bars=[(0, 5, 4.0)], height=100)

    assert [words for _y, words in drawing.levels] == ["0", "5", "10"]
    assert drawing.height == 100
    assert len(drawing.beside) == 1
    nought = next(y for y, words in drawing.levels if words == "0")
    assert drawing.bars.startswith(f"M8.0 {nought}V")


def test_what_the_scale_holds_is_on_the_axis():
    levels = [float(words) for _y, words in draw([(0, 44.0)], begin=0, end=1, limits=(85,), scale=(0, 90)).levels]

    assert (min(levels), max(levels)) == (0, 100)
