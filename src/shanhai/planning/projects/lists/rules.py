# SPDX-License-Identifier: Apache-2.0
"""Days laid out on a line from 0 to 100, for drawings: where a day stands, how long a stretch is, where months are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from shanhai.planning.seasons.values import Season

# A stray date (a year typed wrong) must not squeeze everybody else's bars to nothing.
MOST_YEARS = 10
_LEAST_WIDTH = 0.3
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time as drawn: ``x`` and ``width`` in percent; whether it goes on before or after the axis."""

    x: float
    width: float
    cut_before: bool = False
    cut_after: bool = False

    @property
    def end(self) -> float:
        """Where it ends, in percent."""
        return self.x + self.width


@dataclass(frozen=True, slots=True)
class Tick:
    """The first day of a month (of a quarter, of a year, where the axis is long) and where it stands."""

    x: float
    day: date

    @property
    def is_year(self) -> bool:
        """Whether a year begins there."""
        return self.day.month == 1


@dataclass(frozen=True, slots=True)
class Axis:
    """The whole years from ``first`` to ``last``, both included."""

    first: int
    last: int

    @property
    def since(self) -> date:
        """The first day."""
        return date(self.first, 1, 1)

    @property
    def until(self) -> date:
        """The day after the last."""
        return date(self.last + 1, 1, 1)

    def at(self, day: date) -> float:
        """Where the day begins, in percent; 0 and 100 for days before and after."""
        days = (self.until - self.since).days
        return min(max((day - self.since).days / days * 100, 0.0), 100.0)

    def holds(self, day: date) -> bool:
        """Whether the day is on the axis."""
        return self.since <= day < self.until

    def stretch(self, since: date | None, until: date | None) -> Stretch | None:
        """From ``since`` until before ``until``; None where a day is unknown or nothing of it is on the axis."""
        if since is None or until is None or until <= self.since or since >= self.until or until <= since:
            return None
        x, end = self.at(since), self.at(until)
        width = max(end - x, _LEAST_WIDTH)
        return Stretch(min(x, 100 - width), width, since < self.since, until > self.until)

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """The months of up to two years, the quarters of up to four, else the years."""
        years = self.last - self.first + 1
        step = 1 if years <= 2 else 3 if years <= 4 else 12
        days = (date(year, month, 1) for year in range(self.first, self.last + 1) for month in range(1, 13, step))
        return tuple(Tick(self.at(day), day) for day in days)

    def winters(self, season: Season | None) -> tuple[Stretch, ...]:
        """The closed seasons on the axis, from the day after the last of work until the next opening."""
        if season is None or season.all_year:
            return ()
        found = []
        for year in range(self.first, self.last + 1):
            opens, closes = (date(year, int(day[:2]), int(day[3:])) for day in (season.opens, season.closes))
            found += [self.stretch(date(year, 1, 1), opens), self.stretch(closes + _DAY, date(year + 1, 1, 1))]
        return tuple(stretch for stretch in found if stretch is not None)


def axis_over(days: Iterable[date | None], today: date) -> Axis:
    """The axis of the years that the days and today are in, at most ten years before and after today's."""
    years = {day.year for day in days if day is not None} | {today.year}
    return Axis(max(min(years), today.year - MOST_YEARS), min(max(years), today.year + MOST_YEARS))
