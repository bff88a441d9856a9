# SPDX-License-Identifier: Apache-2.0
"""Working days of China: the yearly notices of the State Council (国务院办公厅关于部分节假日安排的通知).

As the package ``chinese_calendar`` has them; it has to be renewed each December.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import chinese_calendar

_SATURDAY = 5
_PUBLISHED = frozenset(day.year for day in chinese_calendar.constants.holidays)


def days_of(since: date, until: date) -> Iterator[date]:
    """Each day from ``since`` to before ``until``."""
    return (since + timedelta(number) for number in range((until - since).days))


def is_weekday(day: date) -> bool:
    """Whether a day is one from Monday to Friday."""
    return day.weekday() < _SATURDAY


def is_workday(day: date, local: Mapping[date, bool]) -> bool | None:
    """Whether one works on a day; None where that is not published yet. ``local`` days say it for themselves."""
    if day in local:
        return local[day]
    # The name of a make-up Sunday is a holiday's: only this says that one works.
    return bool(chinese_calendar.is_workday(day)) if day.year in _PUBLISHED else None


def after_workdays(since: date, number: int) -> date:
    """The day after ``number`` working days that begin with ``since``; Monday to Friday where nothing is published."""
    day = since
    while number:
        works = is_workday(day, {})
        number -= is_weekday(day) if works is None else works
        day += timedelta(1)
    return day
