# SPDX-License-Identifier: Apache-2.0
"""A season: on which days of the year work can go on at some altitude, and what follows from that for dates.

Days of the year are text, month before day ("04-01"), so that they compare as they follow each other. A stretch of time
runs from its first day until the day after its last, as everywhere in the product; a season's closing day is the last
on which work goes on, as orders put it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

MOST_DAYS = 3650
_DAY = timedelta(days=1)


class DayOutOfReach(BadInput):
    """The calendar ends before the days asked for are found."""

    code = "seasons.day_out_of_reach"


@dataclass(frozen=True, slots=True)
class Season:
    """The season of the altitudes from ``from_m`` to below ``to_m`` (None: no end), in metres.

    ``opens`` and ``closes`` are the first and the last day of work ("04-01", "11-30"); both "" when work goes on all
    year. ``is_sample`` when any of it is made up; ``source`` says which, and where the rest is from.
    """

    from_m: int
    to_m: int | None = None
    opens: str = ""
    closes: str = ""
    source: str = ""
    is_sample: bool = False
    version: str = ""

    @property
    def all_year(self) -> bool:
        """Whether there is no closed season."""
        return not self.opens

    def covers(self, altitude_m: int) -> bool:
        """Whether the altitude lies in the band."""
        return self.from_m <= altitude_m and (self.to_m is None or altitude_m < self.to_m)

    def is_closed(self, day: date) -> bool:
        """Whether winter stops the work on that day."""
        return not self.all_year and not self.opens <= f"{day:%m-%d}" <= self.closes

    def working_days(self, since: date, until: date) -> int:
        """The days from ``since`` until before ``until`` on which work can go on; 0 when there are none."""
        if self.all_year:
            return max((until - since).days, 0)
        return sum(
            max(min(closes, until - _DAY).toordinal() - max(opens, since).toordinal() + 1, 0)
            for opens, closes in self._seasons(range(since.year, until.year + 1))
            if until > since
        )

    def winter_days(self, since: date, until: date) -> int:
        """The days from ``since`` until before ``until`` that lie in the closed season."""
        return max((until - since).days, 0) - self.working_days(since, until)

    def is_winter_stop(self, since: date, until: date) -> bool:
        """Whether a stop from ``since`` until before ``until`` lost no day of work: then it is no delay."""
        return self.working_days(since, until) == 0

    def next_opening(self, day: date) -> date:
        """The first day from ``day`` on, that day included, on which work can go on. Raises DayOutOfReach."""
        for opens, closes in self._seasons(range(day.year, MAXYEAR + 1)):
            if day <= closes:
                return max(day, opens)
        raise _out_of_reach()

    def finish_day(self, start_on: date, work_days: int) -> date:
        """The last of ``work_days`` days of work that begin on ``start_on`` or at the next opening.

        Raises BadInput, DayOutOfReach.
        """
        left = _days(work_days, least=1)
        for opens, closes in self._seasons(range(start_on.year, MAXYEAR + 1)):
            first = max(opens, start_on)
            there = max(closes.toordinal() - first.toordinal() + 1, 0)
            if left <= there:
                return first + timedelta(days=left - 1)
            left -= there
        raise _out_of_reach()

    def latest_start_day(self, work_days: int, finish_by: date) -> date:
        """The latest day on which ``work_days`` days of work may begin to be done by the end of ``finish_by``.

        Walks back over closed seasons. Raises BadInput, DayOutOfReach.
        """
        left = _days(work_days, least=1)
        for opens, closes in self._seasons(range(finish_by.year, MINYEAR - 1, -1)):
            last = min(closes, finish_by)
            there = max(last.toordinal() - opens.toordinal() + 1, 0)
            if left <= there:
                return last - timedelta(days=left - 1)
            left -= there
        raise _out_of_reach()

    def latest_tender_day(self, work_days: int, finish_by: date, tender_days: int, prepare_days: int = 0) -> date:
        """The latest day to publish a tender so that the work is still done by the end of ``finish_by``.

        Tendering, then preparing the site, take calendar days, for both go on in winter; the work takes days of the
        season. One day later is too late. Raises BadInput, DayOutOfReach.
        """
        before = _days(tender_days, least=0) + _days(prepare_days, least=0)
        try:
            return self.latest_start_day(work_days, finish_by) - timedelta(days=before)
        except OverflowError:
            raise _out_of_reach() from None

    def _seasons(self, years: range) -> Iterator[tuple[date, date]]:
        opens, closes = self.opens or "01-01", self.closes or "12-31"
        for year in years:
            yield _on(year, opens), _on(year, closes)


def _on(year: int, day_of_year: str) -> date:
    return date(year, int(day_of_year[:2]), int(day_of_year[3:]))


def _days(number: int, *, least: int) -> int:
    if not least <= number <= MOST_DAYS:
        raise BadInput(
            gettext_noop("天数要在 %(least)s 到 %(most)s 之间，不能是 %(number)s。"),
            "seasons.days_not_possible",
            least=least,
            most=MOST_DAYS,
            number=number,
        )
    return number


def _out_of_reach() -> DayOutOfReach:
    return DayOutOfReach(gettext_noop("日历上算不出这一天。请核对天数和完工日期。"))
