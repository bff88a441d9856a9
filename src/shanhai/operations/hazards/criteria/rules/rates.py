# SPDX-License-Identifier: Apache-2.0
"""Levels from how fast something moves. Rates are in one unit a day throughout, angles in degrees."""

from __future__ import annotations

from math import atan, degrees, exp, log, sqrt

from shanhai.operations.hazards.criteria.values.thresholds import Absolute, Angle, Multiples, Reference, Tilt
from shanhai.operations.hazards.values import Level

# Of the fit of ln a on ln v (cm/d, cm/d²), as the code that runs there has them.
_SLOPE, _INTERCEPT, _MEAN, _SPREAD, _CASES, _FACTOR, _VARIANCE = (
    1.49906,
    -3.00264,
    2.23284,
    215.515,
    30,
    4.53047,
    49.888,
)


def critical_rate(mean: float, spread: float, by: Multiples) -> float:
    """V0 = max(1.5·v̄, v̄ + 2σ), the rate above which movement is no longer what it was in the stable time.

    Mean and standard deviation of the rate over the stable time, same unit a day as the answer. Source: a thesis
    (equation 5-3) and "Chen et al. 2024, equation 10", both as quoted by a public implementation; themselves not read.
    """
    return max(by.mean_factor * mean, mean + by.spread_factor * spread)


def tangent_angle(rate: float, reference: float) -> float:
    """α = arctan(v / v̄) in degrees: the improved tangent angle, displacement being normalised by v̄ to a time.

    Xu Qiang et al. 2009 (改进切线角), as quoted in doi 10.1186/s13638-021-02033-y; the paper itself was not read. It is
    of size alone: a slope that moves against the sign of its sensor is a slope that moves. ``reference`` is above 0.
    """
    return degrees(atan(abs(rate) / reference))


def angle_level(angle: float, by: Angle) -> Level:
    """Around 45° blue (uniform creep), up to 80° yellow, up to 85° orange, from 85° red: table 1 of the same.

    The source does not say how wide "around" is; ``by.tolerance`` does.
    """
    if angle >= by.red:
        return Level.RED
    if angle >= by.orange:
        return Level.ORANGE
    if angle > by.blue + by.tolerance:
        return Level.YELLOW
    return Level.BLUE if angle >= by.blue - by.tolerance else Level.NONE


def multiple_level(rate: float, base: float, by: Multiples) -> Level:
    """v ≥ V0 yellow, 5·V0 ≤ v < 10·V0 orange, v ≥ 10·V0 red. Source: as of ``critical_rate``."""
    size = abs(rate)
    if size >= by.red * base:
        return Level.RED
    if size >= by.orange * base:
        return Level.ORANGE
    return Level.YELLOW if size >= by.yellow * base else Level.NONE


def acceleration_level(acceleration: float, reference: Reference, by: Multiples) -> Level:
    """A0 = max(1.5·Ā, Ā + 2σ); within A0 ± σ blue, above it yellow, from 5·A0 orange, from 10·A0 red (unit/d²).

    Source: as of ``critical_rate``; an analogue of the rate that no field has proved. What slows down is no danger.
    """
    mean, spread = reference.acceleration or 0.0, reference.acceleration_spread or 0.0
    base = critical_rate(mean, spread, by)
    if base <= 0 or acceleration < base - spread:
        return Level.NONE
    if acceleration < base + spread:
        return Level.BLUE
    return max(Level.YELLOW, multiple_level(acceleration, base, by))


def absolute_level(rate: float, moved: float, speeding_up: bool, by: Absolute) -> Level:
    """From 0.25 cm/h orange where it speeds up, else yellow; from 1.80 cm/h red; nothing of what moved under 1 cm.

    ``rate`` in mm/d, ``moved`` in mm. Source: the public code of PHIVOLCS Dynaslope (alert levels 2 and 3 there), in
    use on more than fifty slopes.
    """
    size = abs(rate) / 24
    if moved < by.least_mm or size < by.orange_mm_h:
        return Level.NONE
    if size >= by.red_mm_h:
        return Level.RED
    return Level.ORANGE if speeding_up else Level.YELLOW


def speeds_up(rate: float, acceleration: float) -> bool:
    """Whether movement is at the onset of acceleration: rate in cm/d, acceleration in cm/d², of one sign.

    a_crit = exp(1.49906·ln v − 3.00264); ln a within ± 4.53047·√|1/30 − 2·49.888·(1/30 + (ln v − 2.23284)²/215.515)|
    of its logarithm. Source: the public code of PHIVOLCS Dynaslope, fitted to cases of Federico et al. 2012. The band
    is as wide as it says there: it tells little more than that the movement speeds up at all.
    """
    if rate * acceleration <= 0:
        return False
    speed, size = log(abs(rate)), log(abs(acceleration))
    inside = 1 / _CASES - 2 * _VARIANCE * (1 / _CASES + (speed - _MEAN) ** 2 / _SPREAD)
    return abs(size - log(exp(_SLOPE * speed + _INTERCEPT))) <= _FACTOR * sqrt(abs(inside))


def tilt_level(rate: float, moved: float, by: Tilt) -> Level:
    """A node that moved more than 0.05 m within the window, or at 0.032 m/d, orange; at 0.5 m/d red. mm and mm/d.

    Source: the public code of PHIVOLCS Dynaslope, for segments of an inclinometer over three days. Its demand that both
    axes move is not kept here: a point is one axis.
    """
    size = abs(rate)
    if size >= by.red_mm_d:
        return Level.RED
    return Level.ORANGE if size >= by.orange_mm_d or moved > by.orange_mm else Level.NONE
