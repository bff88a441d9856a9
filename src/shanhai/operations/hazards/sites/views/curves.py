# SPDX-License-Identifier: Apache-2.0
"""The linked charts of a site: displacement, rate, tangent angle, inverse velocity and rain, one below the other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any

from shanhai.base.accounts.selectors import Request
from shanhai.field.sensors.stations.selectors.series import ticks_of
from shanhai.field.sensors.stations.values import Span
from shanhai.field.sensors.values import HOUR, datetime_of
from shanhai.kernel.charts import Points, draw, shown
from shanhai.kernel.messages import gettext_noop
from shanhai.operations.hazards.labels import LEVELS, QUANTITIES
from shanhai.operations.hazards.models import HazardSite, MonitoringPoint
from shanhai.operations.hazards.sites.rules.curves import DAY
from shanhai.operations.hazards.sites.selectors.curves import SiteCurves, site_curves
from shanhai.operations.hazards.values import Level, Quantity

SPANS = {
    Span.DAY: gettext_noop("最近一天"),
    Span.MONTH: gettext_noop("最近一月（小时）"),
    Span.YEAR: gettext_noop("最近一年（日）"),
}
HEIGHT = 170
_GAPS = {Span.DAY: 3 * HOUR, Span.MONTH: 3 * HOUR, Span.YEAR: 3 * DAY}
# The table for who sees no curves has a row for each of these.
_STEPS = {Span.DAY: 2 * HOUR, Span.MONTH: DAY, Span.YEAR: 30 * DAY}


def curves_part(request: Request, site: HazardSite, points: Sequence[MonitoringPoint]) -> dict[str, Any]:
    """The charts of what the address asks for: ?span= how far back, ?only= one point alone."""
    asked, only = request.GET.get("span", ""), request.GET.get("only", "")
    span = Span(asked) if asked in set(Span) else Span.MONTH
    chosen = [one for one in points if str(one.uuid) == only]
    gauges = [one for one in points if one.quantity == Quantity.RAIN]
    found = site_curves(site, [*chosen, *gauges] if chosen else points, span, request.at)
    lines = [(one, curves) for one, curves in found.curves if curves.values]
    return {
        "spans": [(key.value, words, key is span) for key, words in SPANS.items()],
        "span": span.value,
        "only": only if chosen else "",
        "legend": [(number, one, QUANTITIES[Quantity(one.quantity)]) for number, (one, _curves) in enumerate(lines)],
        "panels": _panels(found, span) if lines or found.rain else [],
        "table": _table(found, span) if lines else [],
    }


_RAISED = (Level.YELLOW, Level.ORANGE, Level.RED)


def _panels(found: SiteCurves, span: Span) -> list[dict[str, Any]]:
    by, ticks = found.thresholds, ticks_of(found.begin, found.end, span)
    curves = [one for _point, one in found.curves if one.values]
    criticals = {one.critical for one in curves if one.critical}
    # Of several points each has its own V0: the lines are drawn where they are the same.
    base = criticals.pop() if len(criticals) == 1 else None
    multiples = (by.rate.yellow, by.rate.orange, by.rate.red)
    rates = [(base * one, level) for one, level in zip(multiples, _RAISED, strict=True)] if base else []
    rates += [(by.absolute.orange_mm_h * 24, Level.ORANGE), (by.absolute.red_mm_h * 24, Level.RED)]
    common: dict[str, Any] = {"begin": found.begin, "end": found.end, "ticks": ticks, "gap": _GAPS[span]}

    def panel(
        words: str, series: Sequence[Points], limits: Sequence[tuple[float, Level]] = (), **more: Any
    ) -> dict[str, Any]:
        first, *others = series or [[]]
        drawing = draw(first, beside=others, height=HEIGHT, limits=[one for one, _ in limits], **common, **more)
        names = {shown(one): LEVELS[level][1] for one, level in limits}
        return {
            "words": words,
            "drawing": drawing,
            "limits": [
                # Two that lie near one another are not written over one another.
                (12 + 90 * (number % 2), y, one, names[one])
                for number, (y, one) in enumerate(drawing.limits)
            ],
        }

    panels = []
    if curves:
        panels = [
            panel(gettext_noop("位移、裂缝（毫米），倾角（度）"), [one.values for one in curves]),
            panel(gettext_noop("速率（毫米每天；倾角为度每天）"), [one.rates for one in curves], rates),
        ]
        if any(one.angles for one in curves):
            limits = [(by.angle.blue, Level.BLUE), (by.angle.orange, Level.ORANGE), (by.angle.red, Level.RED)]
            angles = [one.angles for one in curves]
            panels.append(panel(gettext_noop("切线角（度）"), angles, limits, scale=(0, 90)))
        if any(one.inverses for one in curves):
            panels.append(panel(gettext_noop("速度倒数（天每毫米）"), [one.inverses for one in curves], scale=(0, 0)))
    if found.gauge is not None:
        words = gettext_noop("小时雨量（毫米）") if span is Span.DAY else gettext_noop("日雨量（毫米）")
        day = [(by.rain.day_mm, Level.YELLOW)] if by.rain.day_mm is not None and span is not Span.DAY else []
        panels.append(panel(words, [[]], day, bars=found.rain))
    return panels


def _table(found: SiteCurves, span: Span) -> list[dict[str, Any]]:
    """The latest of each stretch of time, the newest first."""
    step, rows = _STEPS[span], []
    curves = [one for _point, one in found.curves if one.values]
    for end in range(found.end, found.begin, -step):
        begin = max(end - step, found.begin)
        cells = [
            (_last(one.values, begin, end), _last(one.rates, begin, end), _last(one.angles, begin, end))
            for one in curves
        ]
        rain = [mm for since, _until, mm in found.rain if begin <= since < end]
        if any(one[0] for one in cells) or rain:
            rows.append(
                {"at": datetime_of(end - 1), "cells": cells, "rain": shown(round(sum(rain), 1)) if rain else ""}
            )
    return rows


def _last(series: Iterable[tuple[int, float]], begin: int, end: int) -> str:
    found = list(series)
    place = bisect_right(found, (end - 1, float("inf"))) - 1
    return f"{found[place][1]:.4g}" if place >= 0 and found[place][0] >= begin else ""
