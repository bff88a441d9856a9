# SPDX-License-Identifier: Apache-2.0
"""When a slope would come down if it went on as it does."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

from shanhai.operations.hazards.criteria.values.thresholds import InverseVelocity
from shanhai.operations.hazards.values import Level


class Failure(NamedTuple):
    """Hours from the last rate until 1/v reaches 0, and the interval of two standard errors around it."""

    expected: float
    early: float
    late: float


def time_of_failure(hours: Sequence[float], rates: Sequence[float]) -> Failure | None:
    """1/v = A·(t_f − t): the line through the inverse rates reaches 0 at t_f = −b/m.

    Fukuzono 1985 and Voight 1988 with α = 2 (papers not read; the formula as in a public implementation). On 55 cases
    the line was steadier and closer than the curve for other α (abstract alone read). ``hours`` rise, ``rates`` are of
    one unit, above 0. The interval is of the fit alone: ± 2 standard errors of its crossing. None where the line does
    not fall, or where the interval reaches back to the last rate: that says nothing.
    """
    count, last = len(hours), hours[-1]
    times = [one - last for one in hours]
    inverse = [1 / one for one in rates]
    mean_t, mean_i = sum(times) / count, sum(inverse) / count
    squares = sum((one - mean_t) ** 2 for one in times)
    slope = sum((t - mean_t) * (i - mean_i) for t, i in zip(times, inverse, strict=True)) / squares
    if slope >= 0:
        return None
    expected = mean_t - mean_i / slope
    if expected <= 0:
        return None
    rest = sum((i - mean_i - slope * (t - mean_t)) ** 2 for t, i in zip(times, inverse, strict=True))
    error = sqrt(rest / (count - 2) * (1 / count + (expected - mean_t) ** 2 / squares)) / -slope
    found = Failure(expected, expected - 2 * error, expected + 2 * error)
    return found if found.early > 0 else None


def failure_level(found: Failure, by: InverseVelocity) -> Level:
    """By the hours that are left until the early end of the interval; how many has no source, a site may say better."""
    if found.early < by.red_hours:
        return Level.RED
    if found.early < by.orange_hours:
        return Level.ORANGE
    return Level.YELLOW if found.early < by.yellow_hours else Level.BLUE
