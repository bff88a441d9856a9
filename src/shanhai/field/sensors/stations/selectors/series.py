# SPDX-License-Identifier: Apache-2.0
"""The series of a datastream for a page and for a table to take away: raw, by the hour, by the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from shanhai.field.sensors.models import Datastream
from shanhai.field.sensors.stations.values import Span
from shanhai.field.sensors.store.rules.times import SECOND
from shanhai.field.sensors.store.selectors.months import check_archived
from shanhai.field.sensors.store.selectors.reading import Bucket, Row, list_days, list_hours, list_rows
from shanhai.field.sensors.values import EXCLUDED, HOUR, Quality, datetime_of, instant_of
from shanhai.kernel import clock
from shanhai.kernel.charts import Drawing, draw
from shanhai.kernel.clock import SHANGHAI

# More points are no clearer on a page, and a page is asked for every few seconds.
MOST_POINTS = 3000
# A table is read in so many rows at a time.
_CHUNK = 5000
_DAY = 24 * HOUR
LENGTHS = {Span.DAY: _DAY, Span.MONTH: 31 * _DAY, Span.YEAR: 366 * _DAY}


def drawing_of(stream: Datastream, span: Span, at: datetime) -> Drawing | None:
    """The last day, month or year; where nothing is in it, the one that ends with the latest. None for nothing."""
    if stream.last_time is None:
        return None
    end = instant_of(at) + 1
    if stream.last_time < end - LENGTHS[span] or stream.last_time >= end:
        end = stream.last_time + 1
    begin = end - LENGTHS[span]
    gap = 3 * (stream.interval_s or 3600) * SECOND
    limits = (stream.low, stream.high)
    if span is Span.DAY:
        rows = list_rows(datastream=stream.pk, begin=begin, end=end, limit=MOST_POINTS, newest_first=True)[::-1]
        if len(rows) == MOST_POINTS:
            begin = rows[0].time
        good = [(row.time, row.number) for row in rows if row.number is not None and not row.quality & EXCLUDED]
        marked = [(row.time, row.number) for row in rows if row.number is not None and row.quality & _SHOWN]
        return draw(good, begin=begin, end=end, marked=marked, limits=limits, ticks=ticks_of(begin, end, span), gap=gap)
    buckets = (list_hours if span is Span.MONTH else list_days)(datastream=stream.pk, begin=begin, end=end)
    return draw(
        [(one.begin, one.mean) for one in buckets],
        begin=begin,
        end=end,
        bounds=[(one.begin, one.low, one.high) for one in buckets],
        limits=limits,
        ticks=ticks_of(begin, end, span),
        gap=3 * (HOUR if span is Span.MONTH else _DAY),
    )


_SHOWN = Quality.RANGE | Quality.RATE | Quality.STUCK | Quality.QUARANTINED | Quality.DRIFT


def list_latest(stream: Datastream, limit: int) -> list[Row]:
    """The observations of latest time, newest first. One query."""
    end = (stream.last_time or 0) + 1
    return list_rows(datastream=stream.pk, begin=0, end=end, limit=limit, newest_first=True)


def period(first: date, last: date) -> tuple[int, int]:
    """From the beginning of one local day to the end of another, in microseconds."""
    begin = datetime.combine(first, time(), SHANGHAI)
    return instant_of(begin), instant_of(datetime.combine(last + timedelta(days=1), time(), SHANGHAI))


def every_row(stream: Datastream, begin: int, end: int) -> Iterator[Row]:
    """All observations of a time, in order, read in parts. Raises Unreadable at once."""
    check_archived(begin, end)
    return _every_row(stream, begin, end)


def _every_row(stream: Datastream, begin: int, end: int) -> Iterator[Row]:
    while rows := list_rows(datastream=stream.pk, begin=begin, end=end, limit=_CHUNK):
        yield from rows
        begin = rows[-1].time + 1


def every_bucket(stream: Datastream, begin: int, end: int, *, days: bool) -> list[Bucket]:
    """All hours, or local days, of a time."""
    return (list_days if days else list_hours)(datastream=stream.pk, begin=begin, end=end)


def ticks_of(begin: int, end: int, span: Span) -> list[tuple[int, str]]:
    """Where the axis is marked, with what it says there: hours of the day, days of the month, months."""
    first = clock.local(datetime_of(begin))
    if span is Span.DAY:
        step = next(one for one in (1, 2, 4) if (end - begin) / HOUR / one <= 8)
        start = first.replace(minute=0, second=0, microsecond=0)
        marks = (start + timedelta(hours=one) for one in range(26))
        found = [
            (one, f"{one:%H:%M}" if one.hour else f"{one.month}-{one.day}") for one in marks if one.hour % step == 0
        ]
    elif span is Span.MONTH:
        start = first.replace(hour=0, minute=0, second=0, microsecond=0)
        found = [(one, f"{one.month}-{one.day}") for one in (start + timedelta(days=5 * n) for n in range(8))]
    else:
        months = [(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1) for n in range(0, 14, 2)]
        found = [(datetime(year, month, 1, tzinfo=SHANGHAI), f"{year}-{month:02d}") for year, month in months]
    instants = [(instant_of(one), words) for one, words in found]
    return [(one, words) for one, words in instants if begin <= one < end]
