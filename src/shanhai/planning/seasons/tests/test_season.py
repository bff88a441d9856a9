# SPDX-License-Identifier: Apache-2.0
"""Counting days of work and walking back over winters, by hand and by property."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanhai.kernel.errors import BadInput
from shanhai.planning.seasons.tests.builders import a_season
from shanhai.planning.seasons.values import DayOutOfReach, Season
from tests.refusals import refused

HIGH = a_season()
LOW = Season(0, 3000)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
OF_YEAR = st.dates(date(2023, 1, 1), date(2023, 12, 31)).map(lambda day: f"{day:%m-%d}")
SEASONS = st.one_of(
    st.just(LOW), st.tuples(OF_YEAR, OF_YEAR).map(sorted).map(lambda ends: a_season(opens=ends[0], closes=ends[1]))
)


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        (date(2026, 5, 19), True),
        (date(2026, 5, 20), False),
        (date(2026, 10, 31), False),
        (date(2026, 11, 1), True),
        (date(2028, 2, 29), True),
    ],
)
def test_the_season_holds_its_opening_and_its_closing_day(day, closed):
    assert HIGH.is_closed(day) is closed
    assert LOW.is_closed(day) is False


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (date(2026, 5, 20), date(2026, 11, 1), 165),
        (date(2026, 1, 1), date(2027, 1, 1), 165),
        (date(2026, 10, 31), date(2027, 5, 21), 2),
        (date(2026, 11, 1), date(2027, 5, 20), 0),
        (date(2026, 6, 1), date(2026, 6, 1), 0),
        (date(2026, 7, 1), date(2026, 6, 1), 0),
    ],
)
def test_days_of_work_between_two_days(since, until, days):
    assert HIGH.working_days(since, until) == days


def test_all_year_means_every_day():
    assert LOW.working_days(date(2028, 1, 1), date(2029, 1, 1)) == 366


def test_a_stop_within_the_winter_is_no_delay_and_one_day_more_is():
    assert HIGH.is_winter_stop(date(2025, 11, 1), date(2026, 5, 20))
    assert not HIGH.is_winter_stop(date(2025, 11, 1), date(2026, 5, 21))
    assert not HIGH.is_winter_stop(date(2025, 10, 31), date(2026, 5, 20))
    assert not LOW.is_winter_stop(date(2025, 12, 1), date(2025, 12, 2))
    assert HIGH.winter_days(date(2025, 10, 1), date(2026, 6, 1)) == 200


def test_the_next_opening_is_today_in_summer_and_next_year_after_the_close():
    assert HIGH.next_opening(date(2026, 7, 3)) == date(2026, 7, 3)
    assert HIGH.next_opening(date(2026, 3, 1)) == date(2026, 5, 20)
    assert HIGH.next_opening(date(2026, 11, 1)) == date(2027, 5, 20)
    assert LOW.next_opening(date(2026, 1, 1)) == date(2026, 1, 1)


def test_the_latest_tender_within_one_summer():
    # 100 days back from 31 October begin on 24 July; 45 days of tender and 15 of preparation before that.
    assert HIGH.latest_start_day(100, date(2026, 10, 31)) == date(2026, 7, 24)
    assert HIGH.latest_tender_day(100, date(2026, 10, 31), 45, 15) == date(2026, 5, 25)


def test_the_latest_tender_walks_back_over_a_winter():
    # 30 June holds 42 days of work; the other 58 lie before 31 October of the year before.
    assert HIGH.latest_start_day(100, date(2026, 6, 30)) == date(2025, 9, 4)
    assert HIGH.latest_tender_day(100, date(2026, 6, 30), 45) == date(2025, 7, 21)


def test_a_day_to_finish_in_winter_counts_back_from_the_close():
    assert HIGH.latest_start_day(1, date(2027, 2, 1)) == date(2026, 10, 31)


@pytest.mark.parametrize(("work", "tender", "prepare"), [(0, 1, 1), (-1, 1, 1), (3651, 1, 1), (1, -1, 1), (1, 1, -1)])
def test_a_number_of_days_that_is_none_is_refused(work, tender, prepare):
    with refused(BadInput, "seasons.days_not_possible"):
        HIGH.latest_tender_day(work, date(2026, 10, 31), tender, prepare)


def test_days_that_the_calendar_does_not_have_are_refused():
    short = a_season(opens="06-01", closes="06-01")

    assert short.latest_start_day(3, date(2026, 6, 1)) == date(2024, 6, 1)
    with pytest.raises(DayOutOfReach):
        short.latest_start_day(3000, date(2026, 6, 1))
    with pytest.raises(DayOutOfReach):
        LOW.latest_tender_day(1, date(1, 1, 1), 1)
    with pytest.raises(DayOutOfReach):
        HIGH.next_opening(date(9999, 11, 1))
    with pytest.raises(DayOutOfReach):
        HIGH.finish_day(date(9999, 11, 1), 1)


@given(SEASONS, st.lists(DAYS, min_size=3, max_size=3).map(sorted))
def test_days_of_work_add_up(season, days):
    a, b, c = days

    assert season.working_days(a, b) + season.working_days(b, c) == season.working_days(a, c)


@given(SEASONS, DAYS, st.integers(0, 800))
def test_days_of_work_are_those_that_are_not_closed(season, since, length):
    days = [since + timedelta(days=number) for number in range(length)]

    assert season.working_days(since, since + timedelta(days=length)) == sum(not season.is_closed(day) for day in days)


@given(SEASONS, DAYS, st.integers(1, 400), st.integers(0, 120), st.integers(0, 60))
def test_the_latest_tender_day_is_in_time_and_the_day_after_is_not(season, finish_by, work, tender, prepare):
    latest = season.latest_tender_day(work, finish_by, tender, prepare)

    def finished(published):
        return season.finish_day(published + timedelta(days=tender + prepare), work)

    assert finished(latest) <= finish_by
    assert finished(latest + timedelta(days=1)) > finish_by


@given(SEASONS, DAYS, st.integers(1, 400))
def test_the_last_day_of_work_ends_exactly_the_days_asked_for(season, start, work):
    last = season.finish_day(start, work)

    assert season.working_days(start, last + timedelta(days=1)) == work
    assert not season.is_closed(last)
