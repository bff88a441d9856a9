# SPDX-License-Identifier: Apache-2.0
"""What criteria are, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from shanhai.operations.hazards.values import Lack, Level, Quantity, Zone


class Criterion(StrEnum):
    """A rule that answers a reading with a level, or says why it cannot."""

    TANGENT_ANGLE = "tangent_angle"
    RATE = "rate"
    ACCELERATION = "acceleration"
    ABSOLUTE_RATE = "absolute_rate"
    INVERSE_VELOCITY = "inverse_velocity"
    STEP = "step"
    TILT = "tilt"
    SHAKE = "shake"
    RAIN_INTENSITY = "rain_intensity"
    ANTECEDENT_RAIN = "antecedent_rain"
    RAIN_QUANTILE = "rain_quantile"
    SOIL_MOISTURE = "soil_moisture"
    READING = "reading"


# What makes a slope move, not what it does: they raise to yellow at most.
CAUSES = frozenset(
    {Criterion.RAIN_INTENSITY, Criterion.ANTECEDENT_RAIN, Criterion.RAIN_QUANTILE, Criterion.SOIL_MOISTURE}
)


class Reason(StrEnum):
    """Why an answer is what it is, for a page to say in words; "" is that the numbers say it all."""

    MEASURED = ""
    NO_REFERENCE = "no_reference"
    FEW_READINGS = "few_readings"
    NOT_SET = "not_set"
    NOT_MOVING = "not_moving"
    NO_ONSET = "no_onset"
    NO_TREND = "no_trend"
    SILENT = "silent"
    UNCONFIRMED = "unconfirmed"
    SPIKE = "spike"
    STEP = "step"
    ERRATIC = "erratic"
    RESET = "reset"
    UNIT = "unit"
    SIGN = "sign"
    STUCK = "stuck"
    OUT_OF_RANGE = "out_of_range"
    OVERFLOW = "overflow"
    DUPLICATE = "duplicate"
    LATE = "late"
    AHEAD = "ahead"
    NO_POINTS = "no_points"
    TOO_FEW_POINTS = "too_few_points"
    NO_NEIGHBOUR = "no_neighbour"
    PERSISTING = "persisting"
    HELD = "held"
    RAIN = "rain"


class Conclusion(NamedTuple):
    """What one criterion says of one reading: a ``level``, or the ``lack`` of one; ``reason`` says why.

    ``numbers`` are what it was judged by, in the units of the criterion, for a person who asks why.
    """

    criterion: Criterion
    level: Level | None
    lack: Lack | None
    numbers: Mapping[str, float]
    reason: Reason = Reason.MEASURED


class Point(NamedTuple):
    """What a judgement is to know of a point: what it observes, where on the slope, how much it weighs."""

    quantity: Quantity
    zone: Zone = Zone.MIDDLE
    weight: float = 1.0


class Judged(NamedTuple):
    """What the engine says of a site: a level or the lack of one; ``reasons`` are plain and go into JSON.

    A reason has ``code`` (a ``Criterion`` or a ``Reason``), and where known ``point``, ``level``, ``lack``,
    ``numbers``, ``reason``.
    """

    level: Level | None
    lack: Lack | None
    reasons: list[dict[str, Any]]
