# SPDX-License-Identifier: Apache-2.0
"""Which days count, and who has to approve."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanhai.team.conduct.leave.rules.counting import chain_for, count
from shanhai.team.conduct.values import Counts, Level, LevelRule

WORK, ALL = Counts.WORKDAYS, Counts.ALL_DAYS


@pytest.mark.parametrize(
    ("since", "until", "counts", "days"),
    [
        # Monday to before Saturday.
        (date(2026, 6, 1), date(2026, 6, 6), WORK, 5),
        (date(2026, 6, 1), date(2026, 6, 8), ALL, 7),
        # Spring Festival of 2026: 15 to 23 February are free, Saturday the 14th and Saturday the 28th are worked.
        (date(2026, 2, 14), date(2026, 2, 15), WORK, 1),
        (date(2026, 2, 15), date(2026, 2, 24), WORK, 0),
        (date(2026, 2, 28), date(2026, 3, 1), WORK, 1),
        # 1 to 7 October are free.
        (date(2026, 10, 1), date(2026, 10, 8), WORK, 0),
    ],
)
def test_working_days_are_those_of_the_state_council(since, until, counts, days):
    found = count(since, until, counts, {})

    assert (found.days, found.provisional) == (days, False)


def test_days_of_the_region_come_before():
    # Losar of 2026 is 18 February; Corban 27 May. A Wednesday is free here, a Sunday is worked.
    local = {date(2026, 5, 27): False, date(2026, 5, 31): True}

    assert count(date(2026, 5, 25), date(2026, 6, 1), WORK, local).by_year == {2026: 5}
    assert count(date(2026, 5, 27), date(2026, 5, 28), WORK, local).days == 0


def test_over_the_years_end_each_year_has_its_own_and_what_is_not_published_is_provisional():
    found = count(date(2026, 12, 28), date(2027, 1, 9), WORK, {})

    # 28 to 31 December; in 2027 Monday to Friday until the notice is out: 1, and 4 to 8 January.
    assert (found.by_year, found.provisional) == ({2026: 4, 2027: 6}, True)
    assert not count(date(2026, 12, 28), date(2027, 1, 9), ALL, {}).provisional


DAYS = st.dates(date(2025, 12, 1), date(2027, 2, 1))


@given(a=DAYS, first=st.integers(0, 40), second=st.integers(0, 40), counts=st.sampled_from(Counts))
def test_two_stretches_count_as_one(a, first, second, counts):
    b, c = a + timedelta(first), a + timedelta(first + second)
    whole, parts = count(a, c, counts, {}), (count(a, b, counts, {}), count(b, c, counts, {}))

    assert whole.days == parts[0].days + parts[1].days
    assert set(whole.by_year) == {*parts[0].by_year, *parts[1].by_year}
    assert whole.days <= first + second


RULES = [LevelRule(Level.COMMAND, 11, frozenset({2})), LevelRule(Level.OFFICE, 3)]


@pytest.mark.parametrize(
    ("days", "months", "chain"),
    [
        (1, {6}, [Level.LEAD]),
        (3, {6}, [Level.LEAD, Level.OFFICE]),
        (11, {6}, [Level.LEAD, Level.OFFICE, Level.COMMAND]),
        (1, {1, 2}, [Level.LEAD, Level.COMMAND]),
    ],
)
def test_the_longer_the_higher_and_in_some_months_whatever_the_length(days, months, chain):
    assert list(chain_for(days, months, RULES)) == chain
