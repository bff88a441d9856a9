# SPDX-License-Identifier: Apache-2.0
"""A rain gauge: what fell in the last hours and days."""

from __future__ import annotations

from shanhai.operations.hazards.criteria.rules.rainfall import (
    antecedent_share,
    effective_rain,
    intensity_threshold,
    quantile_share,
    rain_level,
)
from shanhai.operations.hazards.criteria.rules.tracks.base import DAY_S, HOUR_S, HOUR_US, SCALE, SECOND, Said, Track
from shanhai.operations.hazards.criteria.values.conclusions import Conclusion, Criterion, Reason
from shanhai.operations.hazards.values import Lack, Level, Quantity

_DURATIONS = (1, 2, 3, 6, 12, 24, 48, 72)
_HOURS = _DURATIONS[-1]
# Days are those of Beijing.
_BEIJING_S = 8 * HOUR_S


class Rainfall(Track):
    """Rain in mm since the reading before. ``hours`` and ``days`` are pairs of a number and what fell in it, flat.

    ``since`` is from when the gauge was never silent for long: before enough of that has passed no rain is not known.
    """

    __slots__ = ("days", "hours", "since")
    quantities = (Quantity.RAIN,)
    kept = ("time", "value", "hours", "days", "since")

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.hours: list[int] = []
        self.days: list[int] = []
        self.since: int | None = None

    def _take(self, time_us: int, scaled: int) -> Said:
        passed = self.silence_us if self.time is None else time_us - self.time
        most = self.thresholds.rain.most_mm_h * SCALE * max(min(passed, self.silence_us) / HOUR_US, 1.0)
        fell = self._fallen(scaled, most)
        if not 0 <= fell <= most:
            reason = Reason.OVERFLOW if self.thresholds.rain.counter_mm else Reason.OUT_OF_RANGE
            return self._beside(time_us, reason, Lack.INVALID)
        if self.since is None or passed > self.silence_us:
            self.since = time_us
        self.time, self.value = time_us, scaled
        second = time_us // SECOND
        # What fell until 10:00 fell before 10:00.
        hour, day = (second - 1) // HOUR_S, (second - 1 + _BEIJING_S) // DAY_S
        _add(self.hours, hour, fell, _HOURS)
        _add(self.days, day, fell, 31)
        return self._conclude()

    def _fallen(self, scaled: int, most: float) -> int:
        """Since the last reading; a counter that begins anew has counted the rest up to its end, or was reset."""
        counter = self.thresholds.rain.counter_mm
        if counter is None:
            return scaled
        if self.time is None or scaled >= self.value:
            return scaled - (scaled if self.time is None else self.value)
        over = round(counter * SCALE) - self.value + scaled
        # One that was reset far from its end begins from nothing.
        return over if over <= most else scaled

    def _conclude(self) -> Said:
        by, second = self.thresholds.rain, (self.time or 0) // SECOND - 1
        hour, day = second // HOUR_S, (second + _BEIJING_S) // DAY_S
        known_s = ((self.time or 0) - (self.since or 0)) // SECOND
        share, numbers = -1.0, {}
        for duration in _DURATIONS:
            if by.shortest_hours <= duration <= by.longest_hours:
                fell = _sum(self.hours, hour - duration + 1, hour) / SCALE
                one = fell / duration / intensity_threshold(duration, by)
                if one > share:
                    share, numbers = one, {"hours": duration, "rain": fell, "share": one}
        today = _sum(self.days, day, day) / SCALE
        past = [_sum(self.days, day - back, day - back) / SCALE for back in range(1, round(by.days) + 1)]
        wet = effective_rain(past, by.k)
        three = today + sum(past[:2])
        return (
            _answer(Criterion.RAIN_INTENSITY, share, numbers, known_s >= by.longest_hours * HOUR_S, self),
            _answer(
                Criterion.ANTECEDENT_RAIN,
                antecedent_share(wet, today, by),
                {"antecedent": wet, "today": today},
                known_s >= by.days * DAY_S,
                self,
            ),
            _answer(
                Criterion.RAIN_QUANTILE,
                quantile_share(_sum(self.hours, hour - 23, hour) / SCALE, three, by),
                {"three_days": three},
                known_s >= 3 * DAY_S,
                self,
            ),
        )


def _answer(criterion: Criterion, share: float | None, numbers: dict[str, float], known: bool, of: Track) -> Conclusion:
    """Rain that is known raises at once; that there was none is known only after ``known``."""
    if share is None:
        return Conclusion(criterion, None, Lack.NOT_APPLICABLE, numbers, Reason.NOT_SET)
    level = rain_level(share, of.thresholds.rain)
    if level is Level.NONE and not known:
        return Conclusion(criterion, None, Lack.WARM_UP, numbers, Reason.FEW_READINGS)
    return Conclusion(criterion, level, None, {**numbers, "share": share})


def _add(pairs: list[int], key: int, fell: int, most: int) -> None:
    """Add to the pair of ``key``, and forget those that are ``most`` or more before it."""
    if not fell:
        return
    if pairs and pairs[-2] == key:
        pairs[-1] += fell
    else:
        pairs += (key, fell)
        while pairs[0] <= key - most:
            del pairs[:2]


def _sum(pairs: list[int], first: int, last: int) -> int:
    total = 0
    for at in range(len(pairs) - 2, -1, -2):
        if pairs[at] < first:
            break
        if pairs[at] <= last:
            total += pairs[at + 1]
    return total
