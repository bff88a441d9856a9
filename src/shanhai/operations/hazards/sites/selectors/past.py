# SPDX-License-Identifier: Apache-2.0
"""The past of the points of a site, through the same steps as what comes: rates of a quiet time, alarms of a period.

What sensors set apart (out of range, quarantined), what points that are set apart have observed, and what lies before
they count, is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from heapq import merge
from itertools import groupby
from typing import Any

from django.conf import settings

from shanhai.field.sensors.store.selectors.reading import list_rows
from shanhai.field.sensors.values import EXCLUDED, HOUR, datetime_of, instant_of
from shanhai.kernel.clock import SHANGHAI, local_date
from shanhai.kernel.errors import BadInput, Refused
from shanhai.kernel.messages import Message, gettext_noop
from shanhai.operations.hazards.criteria.rules.replay import Episode, Replay
from shanhai.operations.hazards.criteria.rules.tracks import Track
from shanhai.operations.hazards.criteria.values import Criterion, Point, Thresholds
from shanhai.operations.hazards.models import HazardSite, MonitoringPoint
from shanhai.operations.hazards.sites.rules.thresholds import Measured, measured
from shanhai.operations.hazards.sites.selectors.sites import points_of
from shanhai.operations.hazards.values import Quantity, Zone

# What has a rate of its own while nothing happens.
MOVING = (Quantity.DISPLACEMENT, Quantity.CRACK, Quantity.TILT)
# Observations are read in so many rows at a time.
_CHUNK = 5000
Reading = tuple[int, str, float]


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a stretch of days says of a point: its rates, or why there are none."""

    point: MonitoringPoint
    found: Measured | None
    lack: Message | None = None


def period_of(first: date, last: date, *, at: datetime) -> tuple[int, int]:
    """From the beginning of a local day to the end of another, in microseconds.

    Raises BadInput for one that ends before it begins or has not come, and for more days than ``HAZARDS_TRY_DAYS``.
    """
    if last < first or last > local_date(at) or first.year < 2000:
        text = gettext_noop("日期不对：结束不能早于开始，也不能晚于今天。")
        raise BadInput(text, "hazards.period_not_possible", field="last")
    if (last - first).days >= settings.HAZARDS_TRY_DAYS:
        text = gettext_noop("一次最多 %(most)s 天。请缩短时间。")
        raise BadInput(text, "hazards.period_too_long", field="last", most=settings.HAZARDS_TRY_DAYS)
    begin, end = (datetime.combine(one, time(), SHANGHAI) for one in (first, last + timedelta(days=1)))
    return instant_of(begin), instant_of(end)


def measure_points(site: HazardSite, begin: int, end: int) -> list[Stretch]:
    """The rate of each point that moves at the end of each local day, as the engine reads it, between two instants."""
    return [_stretch(one, begin, end) for one in points_of(site) if one.quantity in MOVING and one.apart_at is None]


def _stretch(point: MonitoringPoint, begin: int, end: int) -> Stretch:
    track = Track(Quantity(point.quantity), Thresholds.read({"kind": point.site.kind}), str(point.uuid))
    daily: dict[date, float] = {}
    for instant, _name, value in readings_of(point, begin, end):
        for one in track.step(instant, value):
            if one.criterion is Criterion.RATE and "rate" in one.numbers:
                daily[local_date(datetime_of(instant))] = one.numbers["rate"]
    try:
        return Stretch(point, measured(list(daily.values())))
    except Refused as error:
        return Stretch(point, None, error.message)


def replayed(
    site: HazardSite, versions: Sequence[Mapping[str, Any]], begin: int, end: int
) -> tuple[int, list[list[Episode]]]:
    """How many readings there were, and the alarms that each of these versions of thresholds would have made of them.

    They come to know the past by what lies before ``begin``; their references count as approved. Of alarms those are
    told that were not over then.
    """
    points = [one for one in points_of(site) if one.apart_at is None]
    sets = [_as_approved(one) for one in versions]
    known = {str(one.uuid): Point(Quantity(one.quantity), Zone(one.zone), one.weight) for one in points}
    replays = [Replay(one, known) for one in sets]
    lead = max(max(one.rates.window_hours, one.rain.days * 24) for one in sets)
    streams = [readings_of(one, begin - round(lead * HOUR), end) for one in points]
    count = 0
    for instant, together in groupby(merge(*streams), key=lambda one: one[0]):
        values = {name: value for _instant, name, value in together}
        count += len(values) if instant >= begin else 0
        for one in replays:
            one.step(instant, values)
    return count, [[one for one in of.episodes if (one.until_us or end) >= begin] for of in replays]


def _as_approved(numbers: Mapping[str, Any]) -> Thresholds:
    found = Thresholds.read(numbers).write()
    references = {key: {**one, "approved": True} for key, one in found["references"].items()}
    return Thresholds.read({**found, "references": references})


def readings_of(point: MonitoringPoint, begin: int, end: int) -> Iterator[Reading]:
    """The readings of a point in the unit of the criteria, in order of time."""
    name, begin = str(point.uuid), max(begin, point.counts_from)
    while rows := list_rows(datastream=point.datastream_id, begin=begin, end=end, limit=_CHUNK):
        for row in rows:
            if row.number is not None and not row.quality & EXCLUDED:
                yield row.time, name, row.number * point.factor
        begin = rows[-1].time + 1
