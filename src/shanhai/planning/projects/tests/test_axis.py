# SPDX-License-Identifier: Apache-2.0
"""Days on a line: where they stand, what is cut off, and a stray year that must not squeeze the rest."""

from datetime import date

import pytest

from shanhai.planning.projects.lists.rules import Axis, axis_over
from shanhai.planning.seasons.values import Season

YEAR = Axis(2026, 2026)
TODAY = date(2026, 11, 22)


def test_a_day_stands_where_it_falls_in_the_year():
    assert YEAR.at(date(2026, 1, 1)) == 0
    assert YEAR.at(date(2026, 7, 2)) == pytest.approx(49.86, abs=0.01)
    assert (YEAR.at(date(2025, 5, 5)), YEAR.at(date(2030, 1, 1))) == (0, 100)


def test_what_goes_beyond_the_axis_is_cut_and_says_so():
    stretch = YEAR.stretch(date(2025, 6, 1), date(2027, 3, 1))

    assert (stretch.x, stretch.width, stretch.cut_before, stretch.cut_after) == (0, 100, True, True)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (None, TODAY),
        (TODAY, None),
        (TODAY, TODAY),
        (TODAY, date(2026, 1, 1)),
        (date(2020, 1, 1), date(2026, 1, 1)),
        (date(2027, 1, 1), date(2028, 1, 1)),
    ],
)
def test_nothing_is_drawn_of_what_is_unknown_empty_or_elsewhere(since, until):
    assert YEAR.stretch(since, until) is None


def test_a_single_day_can_still_be_seen():
    last = YEAR.stretch(date(2026, 12, 31), date(2027, 1, 1))

    assert last.width == 0.3
    assert last.end <= 100


@pytest.mark.parametrize(
    ("last", "count", "second"), [(2026, 12, (2026, 2)), (2029, 16, (2026, 4)), (2030, 5, (2027, 1))]
)
def test_the_longer_the_axis_the_wider_its_steps(last, count, second):
    ticks = Axis(2026, last).ticks

    assert len(ticks) == count
    assert (ticks[1].day.year, ticks[1].day.month) == second


def test_winter_is_what_lies_between_closing_and_opening():
    first, second = YEAR.winters(Season(3000, 4000, "04-01", "11-30"))

    assert (first.x, first.width) == (0, pytest.approx(90 / 365 * 100))
    assert (second.x, second.end) == (pytest.approx(334 / 365 * 100), 100)


def test_where_work_goes_on_all_year_there_is_no_winter():
    assert YEAR.winters(Season(0, 3000)) == YEAR.winters(None) == ()
    assert len(YEAR.winters(Season(0, None, "03-01", "12-31"))) == 1


@pytest.mark.parametrize(
    ("days", "years"),
    [
        ([], (2026, 2026)),
        ([None, None], (2026, 2026)),
        ([date(2024, 3, 1), None, date(2028, 1, 1)], (2024, 2028)),
        ([date(2024, 3, 1), date(2025, 1, 1)], (2024, 2026)),
        ([date(1900, 1, 1), date(2999, 1, 1)], (2016, 2036)),
        ([date.min, date.max], (2016, 2036)),
    ],
)
def test_the_axis_covers_the_years_there_are_and_today_but_never_very_many(days, years):
    axis = axis_over(days, TODAY)

    assert (axis.first, axis.last) == years
    assert axis.since < axis.until
