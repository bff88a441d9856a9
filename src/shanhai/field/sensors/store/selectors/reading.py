# SPDX-License-Identifier: Apache-2.0
"""Reading the observations of one datastream, and their roll-ups. Whoever calls has asked whether it may be seen.

Times are microseconds since 1970 (``rules.times``); a range has its begin and not its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import F, Max, Min, Subquery, Sum

from shanhai.field.sensors.models import ArchivedMonth, Hour, Observation
from shanhai.field.sensors.store.rules.months import month_of
from shanhai.field.sensors.store.selectors.months import read_archived
from shanhai.field.sensors.values import HOUR

# Local days begin eight hours before those of UTC, all over the country.
_AHEAD = 8


class Row(NamedTuple):
    """An observation; ``value`` where ``number`` is None."""

    time: int
    number: float | None
    value: Any
    quality: int
    arrived: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """The good numbers of an hour or a local day that begins at ``begin``."""

    begin: int
    count: int
    mean: float
    low: float
    high: float


def list_rows(*, datastream: int, begin: int, end: int, limit: int, newest_first: bool = False) -> list[Row]:
    """The observations whose time is in the range, in order, at most ``limit`` of them.

    One query, where what it found is later than all months that have moved; else also one of these (``months``).
    """
    rows = Observation.objects.filter(datastream=datastream, time__gte=begin, time__lt=end)
    ordered = rows.order_by("-time" if newest_first else "time")
    latest = Subquery(ArchivedMonth.objects.order_by("-month").values("month")[:1])
    found = list(ordered.values_list(*Row._fields).annotate(moved=latest)[:limit])
    asked = found[-1][0] if newest_first and len(found) == limit else begin
    kept = {row[0]: Row(*row[:-1]) for row in found}
    if found and month_of(asked) > (found[0][-1] or ""):
        return list(kept.values())
    within: dict[str, Any] = {"begin": asked, "end": end, "limit": limit, "newest_first": newest_first}
    moved = read_archived(datastream=datastream, columns=Row._fields, **within)
    # By time: what moves between the two queries is in both.
    kept |= {row[0]: Row(*row) for row in moved}
    return [kept[time] for time in sorted(kept, reverse=newest_first)[:limit]]


def list_hours(*, datastream: int, begin: int, end: int) -> list[Bucket]:
    """The hours that begin in the range and have good numbers, in order. One query."""
    hours = Hour.objects.filter(datastream=datastream, hour__gte=-(-begin // HOUR), hour__lt=-(-end // HOUR))
    found = hours.order_by("hour").values_list("hour", "count", "total", "low", "high")
    return [Bucket(hour * HOUR, count, total / count, low, high) for hour, count, total, low, high in found]


def list_days(*, datastream: int, begin: int, end: int) -> list[Bucket]:
    """The local days of which hours begin in the range, each of the hours in it, in order. One query."""
    hours = Hour.objects.filter(datastream=datastream, hour__gte=-(-begin // HOUR), hour__lt=-(-end // HOUR))
    found = (
        hours.annotate(day=(F("hour") + _AHEAD) / 24)
        .values("day")
        .annotate(n=Sum("count"), sum=Sum("total"), least=Min("low"), greatest=Max("high"))
        .order_by("day")
        .values_list("day", "n", "sum", "least", "greatest")
    )
    return [Bucket((day * 24 - _AHEAD) * HOUR, n, total / n, low, high) for day, n, total, low, high in found]
