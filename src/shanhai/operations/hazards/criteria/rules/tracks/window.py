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
# Count, Σt, Σs, Σt², Σts of pairs, and the earliest time; whole numbers while no open bin is with them.
Sums = tuple[int, float, float, float, float, float]


def sums_back(bins: Sequence[int]) -> list[Sums]:
    """Sums of the latest pair, of the latest two, and so on to all, relative to the latest pair."""
    found: list[Sums] = []
    time, value = bins[-2], bins[-1]
    st = ss = stt = sts = 0
    for count, at in enumerate(range(len(bins) - 2, -1, -2), 1):
        t, s = bins[at] - time, bins[at + 1] - value
        st += t
        ss += s
        stt += t * t
        sts += t * s
        found.append((count, st, ss, stt, sts, t))
    return found


def slope_of(sums: Sequence[float]) -> float:
    """Least squares: parts of the unit a second. Of whole sums it does not depend on what they are relative to."""
    count, st, ss, stt, sts = sums[:5]
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

    def write(self) -> dict[str, Any]:
        """All that is remembered, as JSON."""
        return {"bins": self.bins[:], "onset": self.onset[:], "open": [self.key, self.n, self.sum_t, self.sum_s]}

    def read(self, memory: Mapping[str, Any]) -> None:
        """Go on from what was written."""
        self.bins, self.onset = memory["bins"][:], memory["onset"][:]
        self.key, self.n, self.sum_t, self.sum_s = memory["open"]
        if self.bins:
            self._derive()
            self._look_ahead()

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
        time, value = self.sum_t / self.n - self.bins[-2], self.sum_s / self.n - self.bins[-1]
        if time <= 0:
            return 0.0, 0.0, 0.0, 0.0, False
        count, st, ss, stt, sts, first = self._slow
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
        recent = self._derive()
        if self.critical is not None and len(bins) >= 6:
            rate = abs(slope_of(recent)) * _PER_DAY
            if rate >= self.critical:
                self.onset += (time, round(rate * SCALE))
                if len(self.onset) > 2 * _MOST_RATES:
                    pairs = range(0, len(self.onset), 4)
                    self.onset = [one for at in pairs for one in self.onset[at : at + 2]]
            elif rate < self.critical / 2:
                self.onset = []
        self._look_ahead()

    def _derive(self) -> Sums:
        """What follows from the closed bins alone; answers the sums of the latest six."""
        sums = sums_back(self.bins)
        self._slow, self._fast = sums[-1], sums[:_FAST_BINS][-1]
        self.speeding = self._speeding_up(sums)
        self.acceleration = self._judge_acceleration()
        return sums[:_RATE_BINS][-1]

    def _speeding_up(self, sums: Sequence[Sums]) -> float:
        """The slope of the later half less that of the earlier, over the time between their middles.

        Of an odd number of bins the one in the middle belongs to both.
        """
        if len(sums) < _LEAST_FOR_ACCELERATION:
            return 0.0
        bins, half = self.bins, len(sums) // 2
        later = sums[-half - 1]
        earlier = [of_all - one for of_all, one in zip(sums[-1], sums[half - 1], strict=True)]
        between = (bins[2 * half] + bins[-2] - bins[0] - bins[-2 * half - 2]) / 2
        # Towards more of what it is, whatever the sign of the sensor.
        return (slope_of(later) - slope_of(earlier)) / between * _PER_DAY * DAY_S

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

    def _look_ahead(self) -> None:
        """When it would fail, as far as its rates since movement began tell."""
        self.inverse = self._judge_inverse() if self.onset else _NO_ONSET

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
