# SPDX-License-Identifier: Apache-2.0
"""Which days of a leave count, and which levels approve it. Values in, values out.

Working days follow the yearly notices of the State Council (国务院办公厅关于部分节假日安排的通知), as the package
``chinese_calendar`` has them; days of the region come before. A year without a notice counts Monday to Friday.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

import chinese_calendar

from shanhai.team.conduct.values import Counted, Counts, Level, LevelRule

_SATURDAY = 5
_PUBLISHED = frozenset(day.year for day in chinese_calendar.constants.holidays)


def days_of(since: date, until: date) -> Iterator[date]:
    """Each day from ``since`` to before ``until``."""
    return (since + timedelta(number) for number in range((until - since).days))


def is_workday(day: date, local: Mapping[date, bool]) -> bool | None:
    """Whether one works on a day; None where that is not published yet. ``local`` days say it for themselves."""
    if day in local:
        return local[day]
    # The name of a make-up Sunday is a holiday's: only this says that one works.
    return bool(chinese_calendar.is_workday(day)) if day.year in _PUBLISHED else None


def count(since: date, until: date, counts: Counts, local: Mapping[date, bool]) -> Counted:
    """The days that count, each in its own year; provisional where a year's notice is not out."""
    found: Counter[int] = Counter()
    provisional = False
    for day in days_of(since, until):
        works: bool | None = True
        if counts is Counts.WORKDAYS:
            works = is_workday(day, local)
            if works is None:
                provisional, works = True, day.weekday() < _SATURDAY
        if works:
            found[day.year] += 1
    return Counted(dict(found), provisional)


def chain_for(days: int, months: Iterable[int], rules: Sequence[LevelRule]) -> tuple[Level, ...]:
    """The levels that approve a leave of so many days in these months, from the lowest up; the lead always does."""
    touched = set(months)
    asked = {one.level for one in rules if days >= one.from_days or touched & one.months}
    return tuple(level for level in Level if level in asked or level is Level.LEAD)
