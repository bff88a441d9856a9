# SPDX-License-Identifier: Apache-2.0
"""The curves of a point on one axis of time: what it reads, how fast that moves, the angle, the inverse velocity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from shanhai.operations.hazards.criteria.rules.rates import tangent_angle
from shanhai.operations.hazards.criteria.rules.tracks import Track
from shanhai.operations.hazards.criteria.rules.tracks.base import HOUR_US, SCALE
from shanhai.operations.hazards.criteria.rules.tracks.moving import Movement
from shanhai.operations.hazards.criteria.values import Criterion, Thresholds
from shanhai.operations.hazards.values import Quantity

Series = list[tuple[int, float]]
DAY = 86_400_000_000
# An inverse velocity beyond so many days a unit says that nothing moves.
SLOWEST = 100.0


@dataclass(slots=True)
class Curves:
    """Times and values: ``rates`` in units a day, ``angles`` in degrees, ``inverses`` in days a unit.

    ``critical`` is V0; without an approved reference there is none, and no angle.
    """

    values: Series = field(default_factory=list)
    rates: Series = field(default_factory=list)
    angles: Series = field(default_factory=list)
    inverses: Series = field(default_factory=list)
    critical: float | None = None


def curves_of(
    readings: Iterable[tuple[int, float]], *, quantity: Quantity, thresholds: Thresholds, point: str, begin: int
) -> Curves:
    """Of readings (microseconds, in the unit of the criteria) in order of time, as the engine reads them.

    What lies before ``begin`` only lets it know the past.
    """
    track = _moving(quantity, thresholds, point)
    found = Curves(critical=track.critical)
    for instant, value in readings:
        said = track.step(instant, value)
        if instant < begin:
            continue
        found.values.append((instant, value))
        for one in said:
            if one.criterion is Criterion.RATE and "rate" in one.numbers:
                _add_rate(found, instant, one.numbers["rate"], track)
    return found


def daily_curves(
    days: Sequence[tuple[int, float]], *, quantity: Quantity, thresholds: Thresholds, point: str, begin: int
) -> Curves:
    """Of the means of days, each rate the difference from the day before: a year has no more to tell."""
    track = _moving(quantity, thresholds, point)
    found = Curves(critical=track.critical)
    found.values = [one for one in days if one[0] >= begin]
    for (before, was), (after, value) in pairwise(days):
        if after >= begin:
            _add_rate(found, after, (value - was) / ((after - before) / DAY), track)
    return found


def fallen(
    readings: Iterable[tuple[int, float]], *, thresholds: Thresholds, begin: int, length: int
) -> list[tuple[int, float]]:
    """What fell in each hour or local day (``length``) from ``begin`` on, as the engine counts it: a counter that
    begins anew goes on, and what cannot be is left out.

    Readings before ``begin`` only say where a counter stood.
    """
    track, kept = Track(Quantity.RAIN, thresholds, ""), "hours" if length == HOUR_US else "days"
    ahead = 0 if kept == "hours" else 8 * HOUR_US
    found: dict[int, int] = {}
    for instant, value in readings:
        track.step(instant, value)
        # Each stretch is the last one for as long as more falls in it.
        if stretch := getattr(track, kept)[-2:]:
            found[stretch[0] * length - ahead] = stretch[1]
    return [(since, mm / SCALE) for since, mm in found.items() if since + length > begin]


def _moving(quantity: Quantity, thresholds: Thresholds, point: str) -> Movement:
    track = Track(quantity, thresholds, point)
    assert isinstance(track, Movement)
    return track


def _add_rate(found: Curves, instant: int, rate: float, track: Movement) -> None:
    found.rates.append((instant, rate))
    if track.compared:
        found.angles.append((instant, tangent_angle(rate, track.compared)))
    if abs(rate) > max(track.thresholds.rates.floor, 1 / SLOWEST):
        found.inverses.append((instant, 1 / abs(rate)))
