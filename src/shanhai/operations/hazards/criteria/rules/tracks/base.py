# SPDX-License-Identifier: Apache-2.0
"""What all points have in common: order of time, doubles, what cannot be, silence, the memory as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from shanhai.operations.hazards.criteria.values.conclusions import Conclusion, Criterion, Reason
from shanhai.operations.hazards.criteria.values.thresholds import Thresholds
from shanhai.operations.hazards.values import Lack, Quantity

Said = tuple[Conclusion, ...]
SECOND, HOUR_S, DAY_S = 1_000_000, 3600, 86_400
HOUR_US = HOUR_S * SECOND
# Integers are of so small a part of the unit of the quantity: sums of them are exact, in whatever cuts they come.
SCALE = 10_000
# Beyond it nothing is a reading (a kilometre, in mm).
_MOST = 1_000_000
# How far the clock of a device may be ahead of ours.
_AHEAD_US = 300 * SECOND


class Track:
    """What is remembered of a point; ``Track(quantity, thresholds, point)`` is one of the kind of the quantity.

    ``step`` takes the readings of a point in the order in which they arrive, times in microseconds, values in the unit
    of the quantity, and answers what each criterion says of it. ``write`` gives all that is remembered as JSON, bounded
    in size, ``read`` makes the same track of it: between any two steps, without a change of any later answer. What was
    answered once never depends on what comes later.
    """

    __slots__ = ("silence_us", "thresholds", "time", "value")
    quantities: ClassVar[tuple[Quantity, ...]] = ()
    # What ``write`` keeps, by name.
    kept: ClassVar[tuple[str, ...]] = ("time", "value")
    _kinds: ClassVar[dict[Quantity, type[Track]]] = {}

    def __init_subclass__(cls) -> None:
        Track._kinds |= dict.fromkeys(cls.quantities, cls)

    def __new__(cls, quantity: Quantity, thresholds: Thresholds, point: str) -> Track:
        return super().__new__(Track._kinds[quantity])

    def __init__(self, quantity: Quantity, thresholds: Thresholds, point: str) -> None:
        self.thresholds = thresholds
        self.silence_us = round(thresholds.silence_hours[quantity] * HOUR_US)
        # Of the latest reading that was believed.
        self.time: int | None = None
        self.value = 0

    def write(self) -> dict[str, Any]:
        """All that is remembered, as JSON."""
        return {name: one[:] if type(one := getattr(self, name)) is list else one for name in self.kept}

    @classmethod
    def read(cls, quantity: Quantity, thresholds: Thresholds, point: str, memory: Mapping[str, Any]) -> Track:
        """The track that wrote ``memory``, a fresh one for an empty one."""
        track = cls(quantity, thresholds, point)
        if memory:
            track._remember(memory)
        return track

    def _remember(self, memory: Mapping[str, Any]) -> None:
        for name in self.kept:
            one = memory[name]
            setattr(self, name, one[:] if type(one) is list else one)

    def step(self, time_us: int, value: float, now_us: int | None = None) -> Said:
        """What the criteria say after this reading (a value that is no number, too).

        One that decides nothing (late, twice, ahead of ``now_us``, not to be believed yet) says so as ``READING``,
        beside what held before it.
        """
        if not -_MOST <= value <= _MOST:
            return self._beside(time_us, Reason.OUT_OF_RANGE, Lack.INVALID)
        if now_us is not None and time_us > now_us + _AHEAD_US:
            return self._beside(time_us, Reason.AHEAD)
        scaled = round(value * SCALE)
        if self.time is not None and time_us <= self.time:
            same = time_us == self.time and scaled == self.value
            return self._beside(time_us, Reason.DUPLICATE if same else Reason.LATE)
        return self._take(time_us, scaled)

    def lapse(self, now_us: int) -> Said:
        """That there is no data, where none came for longer than the limit; else nothing new."""
        if self.time is not None and now_us - self.time <= self.silence_us:
            return ()
        hours = {} if self.time is None else {"hours": (now_us - self.time) / HOUR_US}
        return (Conclusion(Criterion.READING, None, Lack.NO_DATA, hours, Reason.SILENT),)

    def _beside(self, time_us: int, reason: Reason, lack: Lack = Lack.NOT_APPLICABLE) -> Said:
        """What held before, as long as it is not too old, and why this reading does not count."""
        told = Conclusion(Criterion.READING, None, lack, {}, reason)
        if self.time is None or time_us - self.time > self.silence_us:
            return (told,)
        return (*self._conclude(), told)

    def _take(self, time_us: int, scaled: int) -> Said:
        """Remember a reading that is later than the one before, and conclude."""
        self.time, self.value = time_us, scaled
        return self._conclude()

    def _conclude(self) -> Said:
        """What the criteria say now, from what is remembered alone."""
        return ()
