# SPDX-License-Identifier: Apache-2.0
"""What the points of a site have read lately, as curves on one axis of time.

A day as it came, a month by hours, a year by days.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shanhai.field.sensors.stations.selectors.series import LENGTHS
from shanhai.field.sensors.stations.values import Span
from shanhai.field.sensors.store.selectors.reading import Bucket, list_days, list_hours
from shanhai.field.sensors.values import HOUR, instant_of
from shanhai.operations.hazards.criteria.values import Thresholds
from shanhai.operations.hazards.models import HazardSite, MonitoringPoint
from shanhai.operations.hazards.sites.rules.curves import DAY, Curves, curves_of, daily_curves, fallen
from shanhai.operations.hazards.sites.selectors.past import MOVING, readings_of
from shanhai.operations.hazards.sites.selectors.sites import thresholds_of
from shanhai.operations.hazards.values import Quantity

# More lines cannot be told apart; others are looked at by themselves.
MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class SiteCurves:
    """From ``begin`` to ``end`` (microseconds): the curves of points, and rain by hours or days of the first gauge."""

    begin: int
    end: int
    curves: tuple[tuple[MonitoringPoint, Curves], ...]
    rain: tuple[tuple[int, int, float], ...]
    gauge: MonitoringPoint | None
    thresholds: Thresholds


def site_curves(site: HazardSite, points: Sequence[MonitoringPoint], span: Span, at: datetime) -> SiteCurves:
    """The last day, month or year; where nothing is in it, the one that ends with the latest reading.

    The first ``MOST_LINES`` points that move, and one gauge: a query each, and one for the thresholds in force.
    """
    moving = [one for one in points if one.quantity in MOVING][:MOST_LINES]
    gauge = next((one for one in points if one.quantity == Quantity.RAIN), None)
    in_force = thresholds_of(site)
    thresholds = Thresholds.read(in_force.numbers if in_force else {"kind": site.kind})
    latest = [one.datastream.last_time for one in (*moving, gauge) if one and one.datastream.last_time is not None]
    end = instant_of(at) + 1
    if latest and (max(latest) < end - LENGTHS[span] or max(latest) >= end):
        end = max(latest) + 1
    begin = end - LENGTHS[span]
    curves = tuple((one, _curves(one, span, begin, end, thresholds)) for one in moving)
    return SiteCurves(begin, end, curves, _rain(gauge, span, begin, end, thresholds), gauge, thresholds)


def _curves(point: MonitoringPoint, span: Span, begin: int, end: int, thresholds: Thresholds) -> Curves:
    key, quantity = str(point.uuid), Quantity(point.quantity)
    lead = round(2 * thresholds.rates.window_hours * HOUR)
    if span is Span.YEAR:
        days = list_days(datastream=point.datastream_id, begin=max(begin - DAY, point.counts_from), end=end)
        means = [(one.begin, one.mean * point.factor) for one in days]
        return daily_curves(means, quantity=quantity, thresholds=thresholds, point=key, begin=begin)
    if span is Span.MONTH:
        hours = list_hours(datastream=point.datastream_id, begin=max(begin - lead, point.counts_from), end=end)
        readings = [(one.begin, one.mean * point.factor) for one in hours]
    else:
        readings = [(instant, value) for instant, _name, value in readings_of(point, begin - lead, end)]
    return curves_of(readings, quantity=quantity, thresholds=thresholds, point=key, begin=begin)


def _rain(
    gauge: MonitoringPoint | None, span: Span, begin: int, end: int, thresholds: Thresholds
) -> tuple[tuple[int, int, float], ...]:
    if gauge is None:
        return ()
    read, length = (list_hours, HOUR) if span is Span.DAY else (list_days, DAY)
    if thresholds.rain.counter_mm is None:
        found: list[Bucket] = read(datastream=gauge.datastream_id, begin=begin, end=end)
        fell = [(one.begin, one.mean * one.count * gauge.factor) for one in found]
    else:
        fell = fallen(_counted(gauge, span, begin - DAY, end), thresholds=thresholds, begin=begin, length=length)
    return tuple((max(since, begin), min(since + length, end), mm) for since, mm in fell)


def _counted(gauge: MonitoringPoint, span: Span, begin: int, end: int) -> Iterator[tuple[int, float]]:
    """Where a counter stood; of a year as high as it was in each hour: 52,000 readings take seconds."""
    if span is not Span.YEAR:
        yield from ((instant, value) for instant, _name, value in readings_of(gauge, begin, end))
        return
    for one in list_hours(datastream=gauge.datastream_id, begin=max(begin, gauge.counts_from), end=end):
        yield one.begin + HOUR, one.high * gauge.factor
