# SPDX-License-Identifier: Apache-2.0
"""Points that shake, and soil that is wet."""

from __future__ import annotations

from shanhai.operations.hazards.criteria.rules.tracks.base import SCALE, Said, Track
from shanhai.operations.hazards.criteria.values.conclusions import Conclusion, Criterion, Reason
from shanhai.operations.hazards.values import Lack, Level, Quantity

# The mean follows a reading by this part (2^-6): a day of 20-minute readings.
_FOLLOWS = 6
_GRAVITY = 1000 * SCALE


def _above(size: float, *steps: tuple[float | None, Level]) -> Level:
    """The level of the highest step that is set and reached."""
    return max((level for least, level in steps if least is not None and size >= least), default=Level.NONE)


class Shaking(Track):
    """An accelerometer, in mg: its change from its own mean, and whether it is well.

    Health: |axis| ≤ 1.1 g, and a magnitude within 1 ± 0.08 g (the public code of PHIVOLCS Dynaslope).
    """

    __slots__ = ("mean",)
    quantities = (Quantity.ACCELERATION,)
    kept = ("time", "value", "mean")
    mean: int | None

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.mean = None

    def _take(self, time_us: int, scaled: int) -> Said:
        by = self.thresholds.shake
        away = abs(abs(scaled) - _GRAVITY) > by.magnitude_share * _GRAVITY if by.magnitude else False
        if away or abs(scaled) > by.most_mg * SCALE:
            return (Conclusion(Criterion.READING, None, Lack.INVALID, {"value": scaled / SCALE}, Reason.OUT_OF_RANGE),)
        self.time, self.value = time_us, scaled
        if self.mean is None:
            self.mean = scaled << _FOLLOWS
        said = self._conclude()
        self.mean += scaled - (self.mean >> _FOLLOWS)
        return said

    def _conclude(self) -> Said:
        by = self.thresholds.shake
        change = abs(self.value - ((self.mean or 0) >> _FOLLOWS)) / SCALE
        numbers = {"value": self.value / SCALE, "change": change}
        if by.yellow_mg is None and by.orange_mg is None:
            return (Conclusion(Criterion.SHAKE, None, Lack.NOT_APPLICABLE, numbers, Reason.NOT_SET),)
        level = _above(change, (by.yellow_mg, Level.YELLOW), (by.orange_mg, Level.ORANGE))
        return (Conclusion(Criterion.SHAKE, level, None, numbers),)


class Moisture(Track):
    """Soil moisture, in % of volume."""

    __slots__ = ()
    quantities = (Quantity.SOIL_MOISTURE,)

    def _take(self, time_us: int, scaled: int) -> Said:
        if not 0 <= scaled <= 100 * SCALE:
            return (Conclusion(Criterion.READING, None, Lack.INVALID, {"value": scaled / SCALE}, Reason.OUT_OF_RANGE),)
        return super()._take(time_us, scaled)

    def _conclude(self) -> Said:
        by, numbers = self.thresholds.soil, {"value": self.value / SCALE}
        if by.blue is None and by.yellow is None:
            return (Conclusion(Criterion.SOIL_MOISTURE, None, Lack.NOT_APPLICABLE, numbers, Reason.NOT_SET),)
        level = _above(numbers["value"], (by.blue, Level.BLUE), (by.yellow, Level.YELLOW))
        return (Conclusion(Criterion.SOIL_MOISTURE, level, None, numbers),)
