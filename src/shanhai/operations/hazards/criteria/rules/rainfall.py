# SPDX-License-Identifier: Apache-2.0
"""Levels from rain: yellow at most. Rain in mm, durations in hours, intensities in mm/h."""

from __future__ import annotations

from collections.abc import Sequence

from shanhai.operations.hazards.criteria.values.thresholds import Rain
from shanhai.operations.hazards.values import Level


def intensity_threshold(hours: float, by: Rain) -> float:
    """I = α·D^−β, the mean intensity over D hours from which slopes have come down.

    Caine 1980: 14.82·D^−0.39 (0.167 < D < 500; source not read). Guzzetti et al. 2008, global: 2.20·D^−0.44. Others by
    the thresholds of the site.
    """
    return float(by.alpha * hours**-by.beta)


def effective_rain(days: Sequence[float], k: float) -> float:
    """R_a = Σ k^i·R_i over the days before today, yesterday first (i = 1).

    k = 0.7 over 7 days in the practice of Taiwan for debris flows; 0.84 is common in China (source not read).
    """
    return sum(k**number * rain for number, rain in enumerate(days, 1))


def antecedent_share(antecedent: float, today: float, by: Rain) -> float | None:
    """How much of the threshold was reached: enough before and today, or enough today alone. None where none is set.

    Machicun No. 1, a step-like slide: 24 mm effective over 10 days with 32 mm today, or 37 mm alone (abstract read).
    """
    found = []
    if by.antecedent_mm and by.with_day_mm:
        found.append(min(antecedent / by.antecedent_mm, today / by.with_day_mm))
    if by.day_mm:
        found.append(today / by.day_mm)
    return max(found) if found else None


def quantile_share(one_day: float, three_days: float, by: Rain) -> float | None:
    """How much of ½ of the 2-year maximum fell in a day, or of the 2-year maximum in three. None where none is set.

    Source: the public code of PHIVOLCS Dynaslope, with the quantiles of each site.
    """
    found = []
    if by.one_day_2_years_mm:
        found.append(2 * one_day / by.one_day_2_years_mm)
    if by.three_days_2_years_mm:
        found.append(three_days / by.three_days_2_years_mm)
    return max(found) if found else None


def rain_level(share: float, by: Rain) -> Level:
    """All of a threshold is yellow, three quarters are blue (there: enough to keep an alert, not to raise one)."""
    if share >= 1:
        return Level.YELLOW
    return Level.BLUE if share >= by.blue_share else Level.NONE
