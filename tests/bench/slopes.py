# SPDX-License-Identifier: Apache-2.0
"""Made-up slopes: some come down after Voight's law, some creep, some move in steps and stay. Nothing of them is real.

A series is readings in order of arrival: time (hours from the beginning), arrival (hours), value (mm).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
DAY = 24.0
# Of one point of the past, before it is judged; of the stable ones a year with its steps.
HISTORY_DAYS, STABLE_HISTORY_DAYS, STABLE_DAYS = 60.0, 365.0, 3 * 365.0
# Of a slope before its onset, mm/h.
_CREEP_MOST = 20 / DAY
# Where a sensor of a slope that comes down tears off.
_TORN_MM = 5000.0


@dataclass(frozen=True, slots=True)
class Slope:
    """A site: for each of its points the readings. ``judged_from`` and ``fails`` (None: never) are hours."""

    seed: int
    points: list[tuple[Floats, Floats, Floats]]
    judged_from: float
    fails: float | None
    said: str


def collapsing(seed: int) -> Slope:
    """Creep for ``HISTORY_DAYS``, then v̇ = A·v^α from the onset until it is infinite; three points, less and less.

    α 1.5–2.2; from the onset 2–60 days; 100–2,000 mm until an hour before the end, creep below 20 mm/d.
    """
    random = np.random.default_rng([seed, 1])
    history, creep = HISTORY_DAYS * DAY, _CREEP_MOST
    while creep >= _CREEP_MOST:
        alpha, lasts, total = random.uniform(1.5, 2.2), _log(random, 2, 60) * DAY, _log(random, 100, 2000)
        creep = total / voight(np.array([lasts - 1]), lasts, alpha)[0]
    interval = random.choice([1 / 6, 1 / 6, 0.5, 1.0])
    step = _steps(random, history, 1) if random.random() < 0.3 else []
    points = []
    for share in (1.0, random.uniform(0.5, 1), random.uniform(0.1, 0.6)):
        times = _times(random, interval, history + lasts)
        moved = creep * np.minimum(times, history) + creep * voight(np.maximum(times - history, 0), lasts, alpha)
        moved = share * (moved + _moved(times, step))
        points.append(_measured(random, times, moved, moved < moved[0] + _TORN_MM))
    said = f"alpha {alpha:.2f}, {lasts / DAY:.1f} d, {total:.0f} mm, every {interval * 60:.0f} min"
    return Slope(seed, points, history, history + lasts, said)


def stable(seed: int) -> Slope:
    """Creep, or creep with one to three steps a year that go on for days and stop; a year before, three judged."""
    random = np.random.default_rng([seed, 2])
    history, whole = STABLE_HISTORY_DAYS * DAY, (STABLE_HISTORY_DAYS + STABLE_DAYS) * DAY
    creep = _log(random, 0.005, 2) / DAY
    steps = _steps(random, whole, random.integers(1, 4) * (whole / DAY / 365)) if random.random() < 0.5 else []
    # One in twenty-five is read each 10 minutes: as the others it would take hours to measure.
    interval = 1 / 6 if seed % 25 == 0 else random.choice([1.0, 2.0, 4.0])
    points = []
    for share in (1.0, random.uniform(0.3, 1))[: random.choice([1, 1, 2])]:
        times = _times(random, interval, whole)
        moved = share * (creep * times + _moved(times, steps))
        points.append(_measured(random, times, moved, np.ones(len(times), bool)))
    said = f"{creep * DAY:.3f} mm/d, {len(steps)} steps, every {interval * 60:.0f} min"
    return Slope(seed, points, history, None, said)


def _log(random: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


def voight(since: Floats, lasts: float, alpha: float) -> Floats:
    """Displacement after the onset for a rate of 1 at the onset: the integral of (1 − t/T)^(−1/(α−1))."""
    left, power = np.maximum(1 - since / lasts, 1e-9), 1 / (alpha - 1)
    if abs(power - 1) < 1e-6:
        return np.asarray(-lasts * np.log(left))
    return np.asarray(lasts * (left ** (1 - power) - 1) / (power - 1))


def _steps(random: np.random.Generator, whole: float, count: float) -> list[tuple[float, float, float]]:
    """Begin, duration (3–20 d) and size (10–150 mm) of so many steps."""
    return [(random.uniform(0, whole), random.uniform(3, 20) * DAY, _log(random, 10, 150)) for _ in range(ceil(count))]


def _moved(times: Floats, steps: list[tuple[float, float, float]]) -> Floats:
    moved = np.zeros(len(times))
    for begin, lasts, size in steps:
        moved += size * (1 - np.cos(np.pi * np.clip((times - begin) / lasts, 0, 1))) / 2
    return moved


def _times(random: np.random.Generator, interval: float, until: float) -> Floats:
    times = np.arange(0, until, interval)
    return np.asarray(np.sort(times + random.uniform(-0.2, 0.2, len(times)) * interval) + interval)


def _measured(
    random: np.random.Generator, times: Floats, moved: Floats, kept: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats]:
    """What the sensor sends: noise 0.1–2 mm, a daily swing, jumps of its own, spikes, losses, gaps, bursts."""
    noise, swing = _log(random, 0.1, 2), random.uniform(0, 1.5)
    values = moved + random.normal(0, noise, len(times)) + swing * np.sin(2 * np.pi * times / DAY)
    years = times[-1] / DAY / 365
    for _ in range(random.poisson(2 * years)):
        # Somebody kicks it: it stays where it is.
        values[times >= random.uniform(0, times[-1])] += random.choice([-1, 1]) * _log(random, 3, 100)
    spikes = random.random(len(times)) < 0.0005
    values[spikes] += random.choice([-1, 1], spikes.sum()) * random.uniform(20, 1000, spikes.sum())
    kept &= random.random(len(times)) > 0.03
    arrivals = times.copy()
    for _ in range(1 + random.poisson(6 * years)):
        begin = random.uniform(0, times[-1])
        end = begin + _log(random, 2, 72)
        within = (times >= begin) & (times < end)
        if random.random() < 0.5:
            kept &= ~within
        else:
            # Sent together once it is within reach again.
            arrivals[within] = np.maximum(arrivals[within], end)
    return times[kept], arrivals[kept], np.round(values[kept], 2)


def in_order(slope: Slope) -> Iterator[tuple[float, float, int, float]]:
    """All readings of a site as they arrive: arrival, time, point, value."""
    rows = [
        (arrival, time, number, value)
        for number, point in enumerate(slope.points)
        for time, arrival, value in zip(*(column.tolist() for column in point), strict=True)
    ]
    rows.sort()
    yield from rows
