# SPDX-License-Identifier: Apache-2.0
"""Points that move: displacement, cracks, tilt. Which readings are believed, and how fast they move."""

from __future__ import annotations

from collections.abc import Mapping
from math import radians
from typing import Any

from shanhai.operations.hazards.criteria.rules.faults import looks_like
from shanhai.operations.hazards.criteria.rules.rates import (
    absolute_level,
    angle_level,
    critical_rate,
    multiple_level,
    speeds_up,
    tangent_angle,
    tilt_level,
)
from shanhai.operations.hazards.criteria.rules.tracks.base import DAY_S, HOUR_S, HOUR_US, SCALE, SECOND, Said, Track
from shanhai.operations.hazards.criteria.rules.tracks.window import Window
from shanhai.operations.hazards.criteria.values.conclusions import Conclusion, Criterion, Reason
from shanhai.operations.hazards.criteria.values.thresholds import Thresholds
from shanhai.operations.hazards.values import Lack, Level, Quantity

_PER_DAY = DAY_S / SCALE
# The noise follows the change from one reading to the next by this part (2^-6).
_FOLLOWS = 6
# So many readings in a row that agree with nothing.
_ERRATIC = 5
# From this part of the window on its rate is one.
_WARM = 0.75


class Movement(Track):
    """``offset`` is what steps have added; ``doubted`` a reading that the next one must confirm, with its time.

    ``bad`` says as what the readings were told to be wrong, until a person has looked and the point counts anew.
    """

    __slots__ = (
        "_ahead_us", "_fault", "_gap_us", "_jump", "_stuck_us", "_times", "bad", "compared", "critical",
        "doubted", "erratic", "noise", "offset", "quantity", "reference", "same", "same_since", "stepped", "window",
    )  # fmt: skip
    quantities = (Quantity.DISPLACEMENT, Quantity.CRACK, Quantity.TILT)
    kept = ("time", "value", "offset", "noise", "same", "same_since", "doubted", "erratic", "stepped", "bad")

    def __init__(self, quantity: Quantity, thresholds: Thresholds, point: str) -> None:
        super().__init__(quantity, thresholds, point)
        by, tilts = thresholds.readings, quantity is Quantity.TILT
        self.quantity = quantity
        self._jump = round((by.jump_tilt if tilts else by.jump) * SCALE)
        self._fault = round((by.fault_tilt if tilts else by.fault) * SCALE)
        # Of the noise, which is kept times 2^6.
        self._times = round(by.jump_noise * 1024)
        self._ahead_us = round(by.ahead_days * DAY_S * SECOND)
        # What lies farther apart has moved, and not jumped.
        self._gap_us = round(thresholds.rates.window_hours * HOUR_US)
        self._stuck_us = round(by.stuck_hours * HOUR_US)
        known = thresholds.references.get(point)
        self.reference = known if known is not None and known.approved else None
        # V0, None where nobody has approved what it comes from.
        self.critical: float | None = None
        if self.reference is not None:
            found = critical_rate(self.reference.rate, self.reference.spread, thresholds.rate)
            self.critical = max(found, thresholds.rates.floor_tilt if tilts else thresholds.rates.floor) or None
        # What the angle compares a rate with.
        mean = self.reference.rate if self.reference is not None and thresholds.angle.against_mean else 0
        self.compared = (mean or self.critical) if self.critical else None
        self.window = Window(thresholds, self.critical, self.reference)
        self.offset = self.noise = self.same = self.erratic = 0
        self.same_since = 0
        self.doubted: list[int] = []
        self.stepped: int | None = None
        self.bad = ""

    def write(self) -> dict[str, Any]:
        """All that is remembered, as JSON."""
        return {**super().write(), **self.window.write()}

    def _remember(self, memory: Mapping[str, Any]) -> None:
        super()._remember(memory)
        self.window.read(memory)

    def _take(self, time_us: int, scaled: int) -> Said:
        if self.bad:
            self.time, self.value = time_us, scaled
            return self._conclude()
        if self.time is None:
            self._believe(time_us, scaled, 0)
            return self._conclude()
        change = scaled - self.value
        near = self.noise * self._times >> 16
        if near < self._jump:
            near = self._jump
        if not self.doubted and -near <= change <= near and time_us - self.time <= self._ahead_us:
            self._believe(time_us, scaled, change)
            return self._conclude()
        return self._doubt(time_us, scaled, change)

    def _believe(self, time_us: int, scaled: int, change: int) -> None:
        size = change if change >= 0 else -change
        noise = self.noise
        if not noise:
            self.noise = max(size, self._jump >> 2) << _FOLLOWS
        else:
            # One that is far away does not make the others less sure.
            self.noise = noise + size - (noise >> _FOLLOWS) if size << 4 < noise else noise + (noise >> 5)
        self.time, self.value = time_us, scaled
        if change or not self.same:
            self.same, self.same_since = 1, time_us
        else:
            self.same += 1
            if self._stuck:
                return
        self.window.add(time_us // SECOND, scaled - self.offset)

    @property
    def _stuck(self) -> bool:
        least = self.thresholds.readings.stuck_readings
        return self.same >= least and (self.time or 0) - self.same_since >= self._stuck_us

    def _limit(self, passed_us: int) -> float:
        """How far the next reading may lie: the noise, or four times what moves in that time at the rate of now."""
        slow, _, fast, _, _ = self.window.slopes()
        moves = 4 * max(abs(slow), abs(fast)) * passed_us / SECOND
        return max(self._jump, self.noise * self._times >> 16, moves)

    def _doubt(self, time_us: int, scaled: int, change: int) -> Said:
        """A reading that is not near the one before it, or comes after one that was not."""
        assert self.time is not None
        passed = time_us - self.time
        near = abs(change) <= self._limit(passed) and self._fault_of(scaled) is None
        if not self.doubted:
            if near and passed <= self._ahead_us:
                self._believe(time_us, scaled, change)
                return self._conclude()
            self.doubted = [time_us, scaled]
            return self._beside(time_us, Reason.UNCONFIRMED, Lack.INVALID)
        then, was = self.doubted
        if time_us <= then:
            # Its clock was ahead, or this one comes late.
            if then - self.time <= self._ahead_us:
                return self._beside(time_us, Reason.LATE)
            told = Reason.AHEAD
        elif near and abs(was - self.value) > self._limit(then - self.time):
            told = Reason.SPIKE
        else:
            return self._confirm(time_us, scaled, then, was)
        self.doubted, self.erratic = [], 0
        return (*self._take(time_us, scaled), Conclusion(Criterion.READING, None, Lack.NOT_APPLICABLE, {}, told))

    def _fault_of(self, scaled: int) -> Reason | None:
        """As what a value after the last one looks wrong; nothing where both are too small to tell."""
        if max(abs(self.value), abs(scaled)) < self._fault or abs(scaled - self.value) <= self._jump:
            return None
        return looks_like(self.value, scaled, self._jump)

    def _confirm(self, time_us: int, scaled: int, then: int, was: int) -> Said:
        """What the reading after a doubted one makes of it: movement, a step, a fault, or nothing that agrees."""
        assert self.time is not None
        jumped, on, limit = was - self.value, scaled - was, self._limit(then - self.time)
        goes_on = jumped * on > 0 and 2 * abs(on) > abs(jumped)
        fault = None if goes_on else self._fault_of(was)
        # In a larger unit all that moves is larger.
        agrees = self._limit(time_us - then) if fault is None else max(self._limit(time_us - then), abs(was) // 50)
        if abs(on) > agrees and not goes_on:
            self.doubted = [time_us, scaled]
            self.erratic += 1
            # If they go on so, they are as noisy as that.
            self.noise += self.noise >> 1
            if self.erratic >= _ERRATIC:
                return (Conclusion(Criterion.READING, None, Lack.INVALID, {}, Reason.ERRATIC),)
            return self._beside(time_us, Reason.UNCONFIRMED, Lack.INVALID)
        self.doubted, self.erratic = [], 0
        if fault is not None:
            self.bad, self.time, self.value = fault.value, time_us, scaled
            return self._conclude()
        if abs(jumped) > limit and not goes_on and then - self.time <= self._gap_us:
            self.offset += jumped
            self.stepped = then
        self._believe(then, was, jumped)
        self._believe(time_us, scaled, on)
        return self._conclude()

    def _conclude(self) -> Said:
        value = self.value / SCALE
        if self.bad or (self.same > 2 and self._stuck):
            reason = Reason(self.bad or Reason.STUCK)
            return (Conclusion(Criterion.READING, None, Lack.INVALID, {"value": value}, reason),)
        rates = self.thresholds.rates
        slope, span, fast, fast_span, enough = self.window.slopes()
        rate, known = slope * _PER_DAY, span >= _WARM * rates.window_hours * HOUR_S
        if enough and (not known or abs(fast) > abs(slope)):
            moved = abs(fast) * fast_span
            if moved >= rates.significance * (self.noise >> _FOLLOWS) and moved > 0:
                rate, known, span = fast * _PER_DAY, True, fast_span
        said = self._of_rate(rate, span, value) if known else _unknown(value, self.quantity)
        if self.stepped is not None:
            return self._with_step(said)
        return said

    def _of_rate(self, rate: float, span: float, value: float) -> Said:
        by, base, acceleration = self.thresholds, self.critical, self.window.acceleration
        if base is None or self.compared is None:
            numbers = {"value": value, "rate": rate}
            angle = Conclusion(Criterion.TANGENT_ANGLE, None, Lack.WARM_UP, numbers, Reason.NO_REFERENCE)
            multiple = Conclusion(Criterion.RATE, None, Lack.WARM_UP, numbers, Reason.NO_REFERENCE)
        else:
            degrees = tangent_angle(rate, self.compared)
            level = angle_level(degrees, by.angle)
            angle = Conclusion(Criterion.TANGENT_ANGLE, level, None, {"angle": degrees, "reference": self.compared})
            level = multiple_level(rate, base, by.rate)
            numbers = {"value": value, "rate": rate, "critical": base, "multiple": rate / base}
            multiple = Conclusion(Criterion.RATE, level, None, numbers)
        if self.quantity is Quantity.TILT:
            segment = radians(1) * by.tilt.segment_m * 1000
            moved = abs(rate) * segment * span / DAY_S
            numbers = {"rate_mm_d": rate * segment, "moved": moved}
            absolute = Conclusion(Criterion.TILT, tilt_level(rate * segment, moved, by.tilt), None, numbers)
        else:
            moved = abs(rate) * span / DAY_S
            level = Level.NONE
            if abs(rate) >= by.absolute.orange_mm_h * 24:
                onset = speeds_up(rate / 10, self.window.speeding / 10)
                level = absolute_level(rate, moved, onset, by.absolute)
            absolute = Conclusion(Criterion.ABSOLUTE_RATE, level, None, {"rate_mm_h": rate / 24, "moved": moved})
        return (angle, multiple, acceleration, absolute, self.window.inverse)

    def _with_step(self, said: Said) -> Said:
        assert self.stepped is not None
        assert self.time is not None
        passed = self.time - self.stepped
        if passed > self.thresholds.readings.step_hours * HOUR_US:
            self.stepped = None
            return said
        numbers = {"offset": self.offset / SCALE, "hours": passed / HOUR_US}
        return (*said, Conclusion(Criterion.STEP, Level.YELLOW, None, numbers, Reason.STEP))


def _unknown(value: float, quantity: Quantity) -> Said:
    """What is said before there is a rate."""
    absolute = Criterion.TILT if quantity is Quantity.TILT else Criterion.ABSOLUTE_RATE
    numbers = {"value": value}
    return tuple(
        Conclusion(one, None, Lack.WARM_UP, numbers, Reason.FEW_READINGS)
        for one in (Criterion.TANGENT_ANGLE, Criterion.RATE, absolute)
    )
