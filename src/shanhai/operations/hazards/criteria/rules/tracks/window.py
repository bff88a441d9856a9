# SPDX-License-Identifier: Apache-2.0
"""The last hours of a point that moves, in bins, and the slopes of them.

A bin keeps the mean time and the mean value of its readings, whole seconds and whole parts of the unit: uneven
intervals, gaps and bursts need no other care, and a day of readings a minute apart costs no more than of hours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shanhai.operations.hazards.criteria.rules.failing import failure_level, time_of_failure
from shanhai.operations.hazards.criteria.rules.rates import acceleration_level
from shanhai.operations.hazards.criteria.rules.tracks.base import DAY_S, HOUR_S, SCALE
from shanhai.operations.hazards.criteria.values.conclusions import Conclusion, Criterion, Reason
from shanhai.operations.hazards.criteria.values.thresholds import Reference, Thresholds
from shanhai.operations.hazards.values import Lack

_PER_DAY = DAY_S / SCALE
_BINS, _FAST_BINS, _RATE_BINS = 24, 3, 6
_LEAST_FOR_ACCELERATION = 6
# Of the rates that the inverse velocity is fitted to; beyond them every other one is forgotten.
_MOST_RATES = 48
_NO_ONSET = Conclusion(Criterion.INVERSE_VELOCITY, None, Lack.NOT_APPLICABLE, {}, Reason.NO_ONSET)
_NO_TREND = Conclusion(Criterion.INVERSE_VELOCITY, None, Lack.NOT_APPLICABLE, {}, Reason.NO_TREND)
Sums = tuple[int, float, float, float, float, float]


def sums_of(bins: Sequence[int], first: int, time: int, value: int) -> Sums:
    """Count, Σt, Σs, Σt², Σts from the pair at ``first`` on, relative to ``time`` and ``value``; the earliest time."""
    count, st, ss, stt, sts = 0, 0, 0, 0, 0
    for at in range(first, len(bins), 2):
        t, s = bins[at] - time, bins[at + 1] - value
        count += 1
        st += t
        ss += s
        stt += t * t
        sts += t * s
    return count, st, ss, stt, sts, bins[first] - time


def slope_of(bins: Sequence[int], first: int) -> float:
    """Least squares from the pair at ``first`` on: parts of the unit a second."""
    count, st, ss, stt, sts, _ = sums_of(bins, first, bins[-2], bins[-1])
    return (count * sts - st * ss) / (count * stt - st * st)


class Window:
    """Closed ``bins`` (time, value, flat) and the open one; the rates since movement began (``onset``: time, rate).

    After ``slopes``: what ``acceleration`` and ``inverse`` velocity say, and the acceleration itself (``speeding``).
    """

    __slots__ = (
        "_fast",
        "_reference",
        "_slow",
        "acceleration",
        "bins",
        "critical",
        "inverse",
        "key",
        "n",
        "onset",
        "speeding",
        "sum_s",
        "sum_t",
        "thresholds",
        "whole_s",
        "width",
    )  # fmt: skip

    def __init__(self, thresholds: Thresholds, critical: float | None, reference: Reference | None) -> None:
        rates = thresholds.rates
        self.thresholds, self.critical, self._reference = thresholds, critical, reference
        self.whole_s = round(rates.window_hours * HOUR_S)
        self.width = max(round(rates.fast_hours * HOUR_S / _FAST_BINS), self.whole_s // _BINS)
        self.bins: list[int] = []
        self.onset: list[int] = []
        self.key = self.n = self.sum_t = self.sum_s = 0
        self._slow: Sums | None = None

    def write(self) -> dict[str, Any]:
        """All that is remembered, as JSON."""
        return {"bins": self.bins[:], "onset": self.onset[:], "open": [self.key, self.n, self.sum_t, self.sum_s]}

    def read(self, memory: Mapping[str, Any]) -> None:
        """Go on from what was written."""
        self.bins, self.onset = memory["bins"][:], memory["onset"][:]
        self.key, self.n, self.sum_t, self.sum_s = memory["open"]
        self._slow = None

    def add(self, second: int, value: int) -> None:
        """A reading that is believed."""
        key = second // self.width
        if key != self.key:
            if self.n:
                self._close()
            self.key, self.n, self.sum_t, self.sum_s = key, 0, 0, 0
        self.n += 1
        self.sum_t += second
        self.sum_s += value

    def slopes(self) -> tuple[float, float, float, float, bool]:
        """Slope and span (s) of the window, of the fast one, and whether the fast one is full; 0 where there is none.

        Slopes are in parts of the unit a second.
        """
        if not self.bins:
            return 0.0, 0.0, 0.0, 0.0, False
        if self._slow is None:
            self._derive()
        time, value = self.sum_t / self.n - self.bins[-2], self.sum_s / self.n - self.bins[-1]
        if time <= 0:
            return 0.0, 0.0, 0.0, 0.0, False
        count, st, ss, stt, sts, first = self._slow  # type: ignore[misc]
        count, st, ss, sts = count + 1, st + time, ss + value, sts + time * value
        slow = (count * sts - st * ss) / (count * (stt + time * time) - st * st)
        fast_count, st, ss, stt, sts, fast_first = self._fast
        fast_count, st, ss, sts = fast_count + 1, st + time, ss + value, sts + time * value
        fast = (fast_count * sts - st * ss) / (fast_count * (stt + time * time) - st * st)
        return slow, time - first, fast, time - fast_first, fast_count > _FAST_BINS

    def _close(self) -> None:
        time, value = self.sum_t // self.n, self.sum_s // self.n
        bins = self.bins
        bins += (time, value)
        # The two before stay however old they are: after a gap, and of a reading a day, they are what there is.
        while len(bins) > 6 and bins[0] < time - self.whole_s:
            del bins[:2]
        self._slow = None
        if self.critical is None or len(bins) < 6:
            return
        rate = slope_of(bins, max(0, len(bins) - 2 * _RATE_BINS)) * _PER_DAY
        if abs(rate) >= self.critical:
            self.onset += (time, round(abs(rate) * SCALE))
            if len(self.onset) > 2 * _MOST_RATES:
                pairs = range(0, len(self.onset), 4)
                self.onset = [one for at in pairs for one in self.onset[at : at + 2]]
        elif abs(rate) < self.critical / 2:
            self.onset = []

    def _derive(self) -> None:
        """What follows from the closed bins alone."""
        bins = self.bins
        time, value = bins[-2], bins[-1]
        self._slow = sums_of(bins, 0, time, value)
        self._fast = sums_of(bins, max(0, len(bins) - 2 * _FAST_BINS), time, value)
        self.speeding = self._speeding_up()
        self.acceleration = self._judge_acceleration()
        self.inverse = self._judge_inverse() if self.onset else _NO_ONSET

    def _speeding_up(self) -> float:
        """The slope of the later half less that of the earlier, over the time between their middles."""
        bins, half = self.bins, len(self.bins) // 4 * 2
        if len(bins) < 2 * _LEAST_FOR_ACCELERATION:
            return 0.0
        earlier, later = bins[: len(bins) - half], bins[half:]
        between = (later[0] + later[-2] - earlier[0] - earlier[-2]) / 2
        change = slope_of(later, 0) - slope_of(earlier, 0)
        # Towards more of what it is, whatever the sign of the sensor.
        return change / between * _PER_DAY * DAY_S

    def _judge_acceleration(self) -> Conclusion:
        numbers = {"acceleration": self.speeding}
        if len(self.bins) < 2 * _LEAST_FOR_ACCELERATION:
            return Conclusion(Criterion.ACCELERATION, None, Lack.WARM_UP, {}, Reason.FEW_READINGS)
        known = self._reference
        if known is None or known.acceleration is None or known.acceleration_spread is None:
            return Conclusion(Criterion.ACCELERATION, None, Lack.WARM_UP, numbers, Reason.NO_REFERENCE)
        towards = self.speeding if self.bins[-1] >= self.bins[1] else -self.speeding
        level = acceleration_level(towards, known, self.thresholds.acceleration)
        return Conclusion(Criterion.ACCELERATION, level, None, numbers)

    def _judge_inverse(self) -> Conclusion:
        by, onset = self.thresholds.inverse_velocity, self.onset
        if len(onset) < 2 * by.points:
            return Conclusion(Criterion.INVERSE_VELOCITY, None, Lack.WARM_UP, {}, Reason.FEW_READINGS)
        last = onset[-2]
        found = time_of_failure([(one - last) / HOUR_S for one in onset[::2]], [one / SCALE for one in onset[1::2]])
        if found is None:
            return _NO_TREND
        numbers = {
            "expected": last + found.expected * HOUR_S,
            "early": last + found.early * HOUR_S,
            "late": last + found.late * HOUR_S,
            "left_hours": found.early,
        }
        return Conclusion(Criterion.INVERSE_VELOCITY, failure_level(found, by), None, numbers)
