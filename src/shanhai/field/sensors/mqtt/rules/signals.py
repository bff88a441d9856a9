# SPDX-License-Identifier: Apache-2.0
"""Signals that look like those of stations, made up: for the demo, marked as simulated. The same seed, the same signal.

A daily cycle (warmest at three in the afternoon in China), noise, the slow drift of a sensor, gaps, days of silence
that come in one burst, out of order and with duplicates.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np
import numpy.typing as npt

DAY = 86_400_000_000
# Where drifts begin: 1 January 2026, in days.
_ORIGIN = 20_454
_SECOND = 1_000_000
_WARMEST = 7 * 3600 * _SECOND  # 15:00 in China, in UTC.


@dataclass(frozen=True, slots=True)
class Signal:
    """How a datastream behaves: around ``mean``, ``swing`` up and down in a day, ``noise``, ``drift`` a day.

    Never below ``least``; ``steps`` a day is how often it jumps, by about ``swing`` (rain, a landslide that moves).
    """

    mean: float
    swing: float
    noise: float
    drift: float = 0.0
    least: float | None = None
    steps: float = 0.0
    digits: int = 1


# By the metric that ``stations.values`` proposes.
SIGNALS: dict[str, Signal] = {
    "temp": Signal(12, 8, 0.4),
    "humidity": Signal(55, -18, 2, least=5),
    "pressure": Signal(650, 1.5, 0.3),
    "wind": Signal(3, 2, 1, least=0),
    "wind-dir": Signal(180, 60, 20, least=0, digits=0),
    "rain": Signal(0, 0, 0, least=0, steps=0.6, digits=1),
    "snow": Signal(40, 2, 1, least=0, digits=0),
    "soil-moist": Signal(24, -1.5, 0.2, drift=-0.05, least=3),
    "soil-temp": Signal(9, 3, 0.1),
    "light": Signal(22_000, 30_000, 900, least=0, digits=0),
    "radiation": Signal(300, 520, 20, least=0, digits=0),
    "co2": Signal(430, -35, 8, digits=0),
    "disp": Signal(2, 0.05, 0.02, drift=0.02, digits=2),
    "tilt": Signal(0.3, 0.02, 0.01, drift=0.001, digits=3),
    "crack": Signal(4, 0.1, 0.03, drift=0.015, digits=2),
    "water": Signal(1.8, 0.1, 0.03, least=0, digits=2),
    "pore": Signal(35, 1, 0.4, digits=1),
    "voltage": Signal(12.6, 0.4, 0.05, digits=2),
}
OTHER = Signal(10, 2, 0.3)


def signal_of(metric: str, low: float | None, high: float | None, /) -> Signal:
    """The signal of a metric, in the middle between ``low`` and ``high`` where these leave no room for the usual."""
    signal = SIGNALS.get(metric, OTHER)
    fits = (low is None or signal.mean - abs(signal.swing) >= low) and (
        high is None or signal.mean + abs(signal.swing) <= high
    )
    if fits or low is None or high is None:
        return signal
    return Signal((low + high) / 2, (high - low) / 6, (high - low) / 100, digits=2)


def unmoved(signal: Signal, /) -> Signal:
    """The signal of a probe that is stuck."""
    return Signal(signal.mean, 0, 0, digits=signal.digits)


def values_at(signal: Signal, times: npt.NDArray[np.int64], seed: int, /) -> npt.NDArray[np.float64]:
    """What it is at each of these instants (microseconds); an instant has its value whatever is asked beside it."""
    phase = 2 * pi * ((times - _WARMEST) % DAY) / DAY
    days = times / DAY
    found = signal.mean + signal.swing * np.cos(phase) + signal.drift * (days - _ORIGIN)
    found += signal.noise * _noise(times, seed)
    # From day to day the weather is another, without a jump at midnight.
    day, within = np.floor(days).astype(np.int64), days % 1
    found += 0.4 * signal.swing * (_noise(day, seed + 1) * (1 - within) + _noise(day + 1, seed + 1) * within)
    if signal.steps:
        hour = times // (3600 * _SECOND)
        found += np.where(_uniform(hour, seed + 2) < signal.steps / 24, 4 * _uniform(hour, seed + 3), 0)
    if signal.least is not None:
        found = np.maximum(found, signal.least)
    return np.round(found, signal.digits)


def times_between(begin: int, end: int, interval_s: int, /) -> npt.NDArray[np.int64]:
    """The instants at which something is measured, from ``begin`` until before ``end``: whole multiples."""
    step = max(interval_s, 1) * _SECOND
    return np.arange(-(-begin // step) * step, end, step, dtype=np.int64)


def heard(times: npt.NDArray[np.int64], seed: int, /) -> npt.NDArray[np.bool_]:
    """Which of these are ever sent: one in fifty is not measured, and one hour in a hundred is missing."""
    return (_uniform(times, seed + 4) >= 0.02) & (_uniform(times // (3600 * _SECOND), seed + 5) >= 0.01)


def is_silent(time: int, seed: int, spell_s: int, /) -> bool:
    """Whether there is no radio at that instant: one spell in twelve; what was measured comes afterwards."""
    return bool(_uniform(np.array([time // (spell_s * _SECOND)], np.int64), seed + 6)[0] < 1 / 12)


def as_sent(times: npt.NDArray[np.int64], seed: int, /) -> npt.NDArray[np.int64]:
    """The places of these instants in the order in which a burst brings them: shuffled, and one in twenty twice."""
    chance = np.random.default_rng(seed)
    places = np.concatenate([np.arange(len(times)), np.flatnonzero(_uniform(times, seed + 7) < 0.05)])
    chance.shuffle(places)
    return places


def _uniform(keys: npt.NDArray[np.int64], seed: int) -> npt.NDArray[np.float64]:
    """A number from 0 until before 1 for each key: always the same (SplitMix64)."""
    with np.errstate(over="ignore"):
        z = keys.astype(np.uint64) + np.uint64(seed % 2**32 + 1) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    found: npt.NDArray[np.float64] = (z >> np.uint64(11)).astype(np.float64) / 2**53
    return found


def _noise(keys: npt.NDArray[np.int64], seed: int) -> npt.NDArray[np.float64]:
    """About normal: mean 0, deviation 1."""
    parts = np.stack([_uniform(keys, seed + 11 * one) for one in range(1, 5)])
    found: npt.NDArray[np.float64] = (parts.sum(axis=0) - 2.0) * 3**0.5
    return found
