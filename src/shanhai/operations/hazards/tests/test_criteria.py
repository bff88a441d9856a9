# SPDX-License-Identifier: Apache-2.0
"""Each formula against numbers that were worked out by hand."""

import math

import pytest

from shanhai.operations.hazards.criteria.rules.failing import failure_level, time_of_failure
from shanhai.operations.hazards.criteria.rules.faults import looks_like
from shanhai.operations.hazards.criteria.rules.rainfall import (
    antecedent_share,
    effective_rain,
    intensity_threshold,
    quantile_share,
    rain_level,
)
from shanhai.operations.hazards.criteria.rules.rates import (
    absolute_level,
    acceleration_level,
    angle_level,
    critical_rate,
    multiple_level,
    speeds_up,
    tangent_angle,
    tilt_level,
)
from shanhai.operations.hazards.criteria.values.conclusions import Reason
from shanhai.operations.hazards.criteria.values.thresholds import (
    Absolute,
    Angle,
    InverseVelocity,
    Multiples,
    Rain,
    Reference,
    Tilt,
)
from shanhai.operations.hazards.values import Level

NONE, BLUE, YELLOW, ORANGE, RED = Level


@pytest.mark.parametrize(("mean", "spread", "expected"), [(2, 0.25, 3), (2, 0.5, 3), (2, 1, 4), (0, 1, 2), (0, 0, 0)])
def test_the_critical_rate_is_the_greater_of_two(mean, spread, expected):
    assert critical_rate(mean, spread, Multiples()) == expected


@pytest.mark.parametrize(
    ("rate", "angle"), [(0, 0), (1, 45), (-1, 45), (5.671282, 80), (11.430052, 85), (57.289962, 89)]
)
def test_the_tangent_angle_is_that_of_the_rate_in_units_of_the_reference(rate, angle):
    assert tangent_angle(2.5 * rate, 2.5) == pytest.approx(angle, abs=1e-5)


@pytest.mark.parametrize(
    ("angle", "level"),
    [(39.9, NONE), (40, BLUE), (50, BLUE), (50.1, YELLOW), (79.9, YELLOW), (80, ORANGE), (84.9, ORANGE), (85, RED)],
)
def test_an_angle_has_its_level(angle, level):
    assert angle_level(angle, Angle()) is level


@pytest.mark.parametrize(
    ("rate", "level"), [(1.99, NONE), (2, YELLOW), (9.99, YELLOW), (10, ORANGE), (19.99, ORANGE), (20, RED), (-20, RED)]
)
def test_a_rate_has_the_level_of_its_multiple(rate, level):
    assert multiple_level(rate, 2, Multiples()) is level


@pytest.mark.parametrize(
    # Ā = 1, σ = 0.6: A0 = max(1.5, 2.2) = 2.2, blue from 1.6 up to 2.8.
    ("acceleration", "level"),
    [(1.59, NONE), (1.61, BLUE), (2.79, BLUE), (2.81, YELLOW), (10.9, YELLOW), (11, ORANGE), (22, RED), (-22, NONE)],
)
def test_an_acceleration_has_its_level(acceleration, level):
    reference = Reference(acceleration=1, acceleration_spread=0.6)

    assert acceleration_level(acceleration, reference, Multiples()) is level


@pytest.mark.parametrize(
    ("mm_h", "moved", "onset", "level"),
    [
        (2.49, 50, True, NONE),
        (2.5, 50, True, ORANGE),
        (2.5, 50, False, YELLOW),
        (17.9, 50, True, ORANGE),
        (18, 50, False, RED),
        (-18, 50, False, RED),
        (18, 9.9, True, NONE),
    ],
)
def test_an_absolute_rate_has_its_level_once_a_centimetre_has_moved(mm_h, moved, onset, level):
    assert absolute_level(24 * mm_h, moved, onset, Absolute()) is level


def test_movement_speeds_up_where_its_acceleration_is_of_its_sign_and_near_the_fitted_one():
    # v = 6 cm/d: ln v = 1.791759, a_crit = exp(1.49906 · 1.791759 − 3.00264) = 0.72856 cm/d²;
    # half-width 4.53047 · √|0.033333 − 99.776 · (0.033333 + 0.194553 / 215.515)| = 4.53047 · 1.83918 = 8.3323.
    assert speeds_up(6, 0.7285)
    assert speeds_up(-6, -0.7285)
    assert not speeds_up(6, -0.7285)
    assert not speeds_up(6, 0)
    assert speeds_up(6, 0.72856 * math.exp(8.33))
    assert not speeds_up(6, 0.72856 * math.exp(8.335))


@pytest.mark.parametrize(
    ("mm_d", "moved", "level"), [(31.9, 50, NONE), (31.9, 50.1, ORANGE), (32, 0, ORANGE), (-500, 0, RED)]
)
def test_a_tilted_node_has_the_level_of_its_movement(mm_d, moved, level):
    assert tilt_level(mm_d, moved, Tilt()) is level


def test_inverse_rates_that_fall_on_a_line_meet_zero_where_it_does():
    # 1/v = 0.1 · (30 − t): at t = 0, 5, …, 20 it is 3, 2.5, 2, 1.5, 1; ten hours are left.
    found = time_of_failure([0, 5, 10, 15, 20], [1 / 3, 1 / 2.5, 1 / 2, 1 / 1.5, 1])

    assert found == pytest.approx((10, 10, 10))


def test_the_interval_is_of_two_standard_errors_of_the_crossing():
    # 1/v = 4, 2.8, 2.2, 1 at −3, −2, −1, 0 h: mean −1.5 and 2.5, slope −0.96, crossing −1.5 + 2.5/0.96 = 1.104167;
    # residuals 0.06, −0.18, 0.18, −0.06: Σ² = 0.072, s² = 0.036; error √(0.036·(1/4 + 2.604167²/5))/0.96 = 0.250495.
    expected, early, late = time_of_failure([0, 1, 2, 3], [1 / 4, 1 / 2.8, 1 / 2.2, 1])

    assert expected == pytest.approx(1.104167, abs=1e-6)
    assert (early, late) == pytest.approx((0.603177, 1.605157), abs=1e-5)


@pytest.mark.parametrize("rates", [[4, 3, 2, 1], [1, 1, 1, 1], [0.2, 1, 100, 10000]])
def test_what_slows_down_or_should_be_down_already_has_no_time(rates):
    found = time_of_failure([0, 1, 2, 3], rates)

    assert found is None or found.early >= 0


@pytest.mark.parametrize(("early", "level"), [(23, RED), (24, ORANGE), (72, YELLOW), (168, BLUE)])
def test_what_is_left_until_the_early_end_has_its_level(early, level):
    found = time_of_failure([0, 1, 2, 3], [1 / 4, 1 / 2.8, 1 / 2.2, 1])._replace(early=early)

    assert failure_level(found, InverseVelocity()) is level


@pytest.mark.parametrize(
    ("alpha", "beta", "hours", "expected"),
    # Caine; Guzzetti; Aleotti: α · exp(−β · ln D).
    [(14.82, 0.39, 1, 14.82), (14.82, 0.39, 24, 4.29107), (2.20, 0.44, 10, 0.79877), (19, 0.5, 4, 9.5)],
)
def test_the_intensity_falls_with_the_duration(alpha, beta, hours, expected):
    assert intensity_threshold(hours, Rain(alpha=alpha, beta=beta)) == pytest.approx(expected, abs=1e-4)


def test_rain_before_counts_less_the_longer_ago():
    # 0.84 · 10 + 0.7056 · 0 + 0.592704 · 20
    assert effective_rain([10, 0, 20], 0.84) == pytest.approx(20.25408)


@pytest.mark.parametrize(
    ("before", "today", "share"), [(24, 32, 1), (24, 16, 0.5), (12, 37, 1), (0, 0, 0), (48, 32, 1)]
)
def test_rain_today_needs_less_where_it_rained_before(before, today, share):
    assert antecedent_share(before, today, Rain()) == pytest.approx(share)


def test_quantiles_count_half_of_a_day_or_all_of_three():
    by = Rain(one_day_2_years_mm=80, three_days_2_years_mm=120)

    assert quantile_share(40, 40, by) == 1
    assert quantile_share(10, 90, by) == 0.75
    assert quantile_share(10, 90, Rain()) is None


@pytest.mark.parametrize(("share", "level"), [(0.74, NONE), (0.75, BLUE), (0.99, BLUE), (1, YELLOW), (9, YELLOW)])
def test_rain_is_yellow_at_most(share, level):
    assert rain_level(share, Rain()) is level


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        (500, 1, Reason.RESET),
        (500, -501, Reason.SIGN),
        (500, 5010, Reason.UNIT),
        (500, 0.5, Reason.RESET),
        (5000, 5.01, Reason.UNIT),
        (500, 620, None),
        (500, -300, None),
    ],
)
def test_a_jump_looks_like_what_it_may_be(before, after, fault):
    assert looks_like(before, after, 2) is fault
