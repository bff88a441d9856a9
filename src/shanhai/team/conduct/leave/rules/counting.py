# SPDX-License-Identifier: Apache-2.0
"""Which days of a leave count, and which levels approve it. Values in, values out.

Working days are those of ``kernel.workdays``; days of the region come before. A year whose notice is not out yet counts
Monday to Friday.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from shanhai.kernel.workdays import days_of, is_weekday, is_workday
from shanhai.team.conduct.values import Counted, Counts, Level, LevelRule


def count(since: date, until: date, counts: Counts, local: Mapping[date, bool]) -> Counted:
    """The days that count, each in its own year; provisional where a year's notice is not out."""
    found: Counter[int] = Counter()
    provisional = False
    for day in days_of(since, until):
        works: bool | None = True
        if counts is Counts.WORKDAYS:
            works = is_workday(day, local)
            if works is None:
                provisional, works = True, is_weekday(day)
        if works:
            found[day.year] += 1
    return Counted(dict(found), provisional)


def chain_for(days: int, months: Iterable[int], rules: Sequence[LevelRule]) -> tuple[Level, ...]:
    """The levels that approve a leave of so many days in these months, from the lowest up; the lead always does."""
    touched = set(months)
    asked = {one.level for one in rules if days >= one.from_days or touched & one.months}
    return tuple(level for level in Level if level in asked or level is Level.LEAD)
