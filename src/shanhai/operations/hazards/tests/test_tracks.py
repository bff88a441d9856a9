# SPDX-License-Identifier: Apache-2.0
"""A point's readings, good and bad, one after the other; in whatever cuts they come, the answers are the same."""

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shanhai.operations.hazards.criteria.rules.tracks import Track
from shanhai.operations.hazards.criteria.values import Criterion, Reason, Reference, Thresholds
from shanhai.operations.hazards.criteria.values.thresholds import Rain, Shake, Soil
from shanhai.operations.hazards.values import Lack, Level, Quantity, SiteKind

MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000
KNOWN = Reference(rate=1, spread=1, approved=True, acceleration=1, acceleration_spread=1)
THRESHOLDS = replace(Thresholds.default(SiteKind.LANDSLIDE), references={"p": KNOWN})
DISPLACEMENT = Quantity.DISPLACEMENT


def a_track(thresholds=THRESHOLDS, quantity=DISPLACEMENT):
    return Track(quantity, thresholds, "p")


def of(said, criterion):
    return next((one for one in said if one.criterion is criterion), None)


def rate_after(rate_a_day, days=3.0, minutes=10, track=None, **thresholds):
    """What is said after so many days of an even rate, with the noise of a real sensor."""
    track = track or a_track(replace(THRESHOLDS, **thresholds))
    said = ()
    for at in range(int(days * 1440 / minutes)):
        said = track.step(at * minutes * MINUTE, 100 + rate_a_day * at * minutes / 1440 + 0.05 * (at % 2))
    return track, said


def told(track, *values, minutes=10):
    """Readings that go on where the track is."""
    said = ()
    for value in values:
        said = track.step(track_time(track) + minutes * MINUTE, value)
    return said


def track_time(track):
    return max(track.time, track.doubted[0] if track.doubted else 0)


@pytest.mark.parametrize(
    # V0 is max(1.5, 1 + 2·1, the floor of 5) = 5 mm/d.
    ("rate", "angle", "level"),
    [(1, Level.NONE, Level.NONE), (5.2, Level.BLUE, Level.YELLOW), (26, Level.YELLOW, Level.ORANGE),
     (30, Level.ORANGE, Level.ORANGE), (52, Level.ORANGE, Level.RED), (60, Level.RED, Level.RED),
     (-60, Level.RED, Level.RED)],
)  # fmt: skip
def test_an_even_rate_has_the_level_of_its_multiple_and_its_angle(rate, angle, level):
    _, said = rate_after(rate)

    assert of(said, Criterion.RATE).numbers["rate"] == pytest.approx(rate, rel=0.01, abs=0.05)
    assert (of(said, Criterion.TANGENT_ANGLE).level, of(said, Criterion.RATE).level) == (angle, level)
    assert of(said, Criterion.TANGENT_ANGLE).numbers["angle"] == pytest.approx(
        math.degrees(math.atan(abs(rate) / 5)), abs=0.7
    )


@pytest.mark.parametrize("minutes", [1, 10, 60, 360, 1440])
def test_the_rate_does_not_depend_on_how_often_it_is_read(minutes):
    _, said = rate_after(8, days=12, minutes=minutes)

    assert of(said, Criterion.RATE).numbers["rate"] == pytest.approx(8, rel=0.02)


def test_without_an_approved_reference_nothing_is_green():
    for known in ({}, {"p": replace(KNOWN, approved=False)}, {"other": KNOWN}):
        _, said = rate_after(0, references=known)

        assert (of(said, Criterion.RATE).level, of(said, Criterion.RATE).lack) == (None, Lack.WARM_UP)
        assert of(said, Criterion.RATE).reason is Reason.NO_REFERENCE


def test_before_there_is_a_rate_the_point_warms_up():
    _, said = rate_after(0, days=0.5)

    assert {one.lack for one in said} == {Lack.WARM_UP}


def test_a_fast_movement_is_told_before_the_window_is_full():
    track, _ = rate_after(0, days=0.2)

    said = told(track, *(100 + 1.2 * at for at in range(40)))

    assert of(said, Criterion.RATE).level is Level.RED


def test_a_single_spike_of_a_metre_decides_nothing():
    track, before = rate_after(1)

    during = told(track, 1103)
    after = told(track, 103)

    assert of(during, Criterion.READING)[2:] == (Lack.INVALID, {}, Reason.UNCONFIRMED)
    assert of(during, Criterion.RATE) == of(before, Criterion.RATE)
    assert of(after, Criterion.READING).reason is Reason.SPIKE
    assert of(after, Criterion.RATE).level is Level.NONE


def test_a_jump_that_stays_is_told_as_a_step_and_is_no_rate():
    track, _ = rate_after(1)

    said = told(track, 143, 143.05, 143)

    assert of(said, Criterion.STEP)[1:3] == (Level.YELLOW, None)
    assert of(said, Criterion.STEP).numbers["offset"] == pytest.approx(40, abs=0.1)
    assert of(said, Criterion.RATE).level is Level.NONE
    later = told(track, *(143 + at / 144 for at in range(150)))
    assert of(later, Criterion.STEP) is None
    assert of(later, Criterion.RATE).numbers["rate"] == pytest.approx(1, abs=0.1)


def test_a_jump_that_goes_on_is_a_movement():
    track, _ = rate_after(1)

    said = told(track, *(103 + 20 * at for at in range(1, 30)))

    assert of(said, Criterion.STEP) is None
    assert of(said, Criterion.RATE).level is Level.RED
    assert of(said, Criterion.ABSOLUTE_RATE).level is Level.RED


@pytest.mark.parametrize(
    ("jump", "reason"),
    [(lambda x: 0, Reason.RESET), (lambda x: -x, Reason.SIGN), (lambda x: x / 10, Reason.UNIT),
     (lambda x: x / 1000, Reason.RESET), (lambda x: x * 10, Reason.UNIT), (lambda x: x * 1000, Reason.UNIT)],
)  # fmt: skip
def test_a_reset_another_sign_another_unit_make_the_point_invalid_until_somebody_looks(jump, reason):
    track, _ = rate_after(1)

    said = told(track, *(jump(103 + at / 144) for at in range(20)))

    assert [one[:3] for one in said] == [(Criterion.READING, None, Lack.INVALID)]
    assert said[0].reason is reason


def test_a_unit_that_changes_in_daily_readings_is_told_too():
    track, _ = rate_after(1, days=20, minutes=1440)

    said = told(track, 1190, 1200, 1210, minutes=1440)

    assert said[0].reason is Reason.UNIT


def test_a_value_that_never_changes_is_no_measurement():
    track, _ = rate_after(1)

    said = told(track, *([103] * (3 * 144 + 2)))

    assert [(one.level, one.lack, one.reason) for one in said] == [(None, Lack.INVALID, Reason.STUCK)]
    assert of(told(track, 103.2, 103.1, 103.2), Criterion.RATE).level is Level.NONE


def test_readings_that_agree_with_nothing_are_erratic():
    track, _ = rate_after(1)

    said = told(track, 5000, -3000, 9000, -12000, 700, -50000)

    assert [(one.level, one.lack, one.reason) for one in said] == [(None, Lack.INVALID, Reason.ERRATIC)]


def test_what_comes_twice_late_or_from_the_future_changes_nothing():
    track, _ = rate_after(1)
    memory, now = track.write(), track.time

    for time, value, clock, reason in (
        (now, track.value / 10_000, None, Reason.DUPLICATE),
        (now, 900, None, Reason.LATE),
        (now - HOUR, 900, None, Reason.LATE),
        (now + 365 * DAY, 103, now + HOUR, Reason.AHEAD),
        (now + MINUTE, math.nan, None, Reason.OUT_OF_RANGE),
        (now + MINUTE, math.inf, None, Reason.OUT_OF_RANGE),
        (now + MINUTE, 1e300, None, Reason.OUT_OF_RANGE),
    ):
        said = track.step(time, value, clock)
        assert of(said, Criterion.READING).reason is reason
        assert track.write() == memory


def test_a_clock_a_year_ahead_is_forgotten_once_it_is_right_again():
    track, before = rate_after(1)
    now = track.time

    ahead = track.step(now + 365 * DAY, 103)
    right = track.step(now + 10 * MINUTE, 103)

    assert [one.lack for one in ahead] == [Lack.INVALID]
    assert of(right, Criterion.READING).reason is Reason.AHEAD
    assert of(right, Criterion.RATE).level is of(before, Criterion.RATE).level


def test_after_a_gap_the_movement_of_the_gap_is_a_rate():
    track, _ = rate_after(1)

    said = told(track, 203, 203.1, 203.2, minutes=2 * 1440)

    assert of(said, Criterion.STEP) is None
    assert of(said, Criterion.RATE).numbers["rate"] > 4


def test_silence_is_told_after_its_limit_and_is_never_a_level():
    track, _ = rate_after(50)

    assert track.lapse(track.time + 3 * HOUR) == ()
    said = track.lapse(track.time + 3 * HOUR + 1)
    assert [(one.level, one.lack) for one in said] == [(None, Lack.NO_DATA)]
    assert [one.lack for one in a_track().lapse(0)] == [Lack.NO_DATA]


def test_inverse_velocity_tells_when_a_slope_comes_down():
    track, said = a_track(), ()
    # v = 400 / (t_f − t) mm/d with t in days, from 40 days to half a day before the end.
    for at in range(0, int(39.5 * 24)):
        left = 40 - at / 24
        said = track.step(at * HOUR, 400 * math.log(40 / left) + 0.02 * (at % 2))
        if at == 38 * 24:
            cut = Track.read(DISPLACEMENT, THRESHOLDS, "p", json.loads(json.dumps(track.write())))
        elif at > 38 * 24:
            # The rates since the onset are remembered.
            assert cut.step(at * HOUR, 400 * math.log(40 / left) + 0.02 * (at % 2)) == said

    found = of(said, Criterion.INVERSE_VELOCITY)
    assert found.level is Level.RED
    assert found.numbers["expected"] / 86_400 == pytest.approx(40, abs=0.3)
    assert found.numbers["early"] <= found.numbers["expected"] <= found.numbers["late"]
    assert of(said, Criterion.ACCELERATION).level is Level.RED


@pytest.mark.parametrize("hours", [24, 25, 36, 37])
def test_acceleration_is_the_change_of_the_rate_whether_the_bins_are_even_or_odd(hours):
    track = a_track(replace(THRESHOLDS, rates=replace(THRESHOLDS.rates, window_hours=48)))
    # s = 3·t² with t in days: 6 mm/d², in every cut.
    for at in range(6 * hours + 1):
        said = track.step(at * 10 * MINUTE, 100 + 3 * (at / 144) ** 2)

    assert len(track.window.bins) // 2 >= 12
    assert of(said, Criterion.ACCELERATION).numbers["acceleration"] == pytest.approx(6, rel=0.002)


def test_tilt_is_judged_as_the_movement_of_its_segment():
    track = a_track(quantity=Quantity.TILT)
    for at in range(300):
        # 2° a day over a metre: 34.9 mm/d.
        said = track.step(at * 10 * MINUTE, 1 + 2 * at / 144 + 0.001 * (at % 2))

    assert of(said, Criterion.TILT).level is Level.ORANGE
    assert of(said, Criterion.TILT).numbers["rate_mm_d"] == pytest.approx(34.9, rel=0.02)


def rain(values, by=None, minutes=60):
    track = a_track(replace(THRESHOLDS, rain=by or Rain()), Quantity.RAIN)
    said = ()
    for at, value in enumerate(values):
        said = track.step((at + 1) * minutes * MINUTE, value)
    return said


def test_rain_is_compared_over_every_duration():
    # 3 h of 12 mm/h; over 3 h the curve stands at 14.82 · 3^−0.39 = 9.656 mm/h, 36 mm are 1.243 of it.
    said = rain([0] * 80 + [12, 12, 12])

    found = of(said, Criterion.RAIN_INTENSITY)
    assert found.level is Level.YELLOW
    assert (found.numbers["hours"], found.numbers["rain"]) == (3, 36)
    assert found.numbers["share"] == pytest.approx(12 / 9.656, abs=1e-3)


def test_no_rain_is_known_only_after_as_long_as_counts():
    assert of(rain([0] * 71), Criterion.RAIN_INTENSITY).lack is Lack.WARM_UP
    assert of(rain([0] * 80), Criterion.RAIN_INTENSITY).level is Level.NONE
    assert of(rain([0] * 80), Criterion.ANTECEDENT_RAIN).lack is Lack.WARM_UP
    assert of(rain([0] * 260), Criterion.ANTECEDENT_RAIN).level is Level.NONE
    assert of(rain([0] * 260), Criterion.RAIN_QUANTILE).lack is Lack.NOT_APPLICABLE


@pytest.mark.parametrize("value", [-0.2, 1000])
def test_rain_that_cannot_be_is_not_counted(value):
    said = rain([0] * 80 + [5, value])

    assert of(said, Criterion.READING)[2] is Lack.INVALID
    assert of(said, Criterion.RAIN_INTENSITY).numbers["rain"] == 5


def test_a_counter_goes_on_after_its_end_and_after_a_reset():
    by = Rain(counter_mm=6553.6)

    assert of(rain([6550] * 80 + [6552, 1.4], by), Criterion.RAIN_INTENSITY).numbers["rain"] == pytest.approx(5)
    assert of(rain([3000] * 80 + [3002, 1.4], by), Criterion.RAIN_INTENSITY).numbers["rain"] == pytest.approx(3.4)
    # In ten hours more may have fallen than in one.
    late = rain([6000] * 30 + [500], by, minutes=600)
    assert of(late, Criterion.RAIN_INTENSITY).numbers["rain"] == pytest.approx(1053.6)


def test_shaking_and_wet_soil_have_levels_only_where_they_are_set():
    assert of(a_track(quantity=Quantity.ACCELERATION).step(0, 10), Criterion.SHAKE).lack is Lack.NOT_APPLICABLE
    assert of(a_track(quantity=Quantity.SOIL_MOISTURE).step(0, 40), Criterion.SOIL_MOISTURE).reason is Reason.NOT_SET
    by = replace(THRESHOLDS, shake=Shake(magnitude=True, yellow_mg=20), soil=Soil(blue=30, yellow=40))
    shaking, soil = a_track(by, Quantity.ACCELERATION), a_track(by, Quantity.SOIL_MOISTURE)
    assert of(shaking.step(0, 1000), Criterion.SHAKE).level is Level.NONE
    assert of(shaking.step(1, 1030), Criterion.SHAKE).level is Level.YELLOW
    assert of(shaking.step(2, 1081), Criterion.READING).lack is Lack.INVALID
    assert of(soil.step(0, 35), Criterion.SOIL_MOISTURE).level is Level.BLUE
    assert of(soil.step(1, 101), Criterion.READING).lack is Lack.INVALID


# What a sensor may send: gaps, lateness, doubles, jumps, faults, values in one or another unit.
PASSED = st.one_of(st.just(10 * MINUTE), st.integers(-HOUR, 3 * HOUR), st.sampled_from([0, DAY, 70 * DAY, 400 * DAY]))
CHANGES = st.one_of(st.floats(-1, 2), st.floats(-1e4, 1e4), st.sampled_from([0.0, 1000.0, math.nan, 1e9]))
READINGS = st.lists(st.tuples(PASSED, CHANGES), min_size=1, max_size=120)
QUANTITIES = st.sampled_from(list(Quantity))


def as_stream(readings):
    time, value = 0, 100.0
    for passed, change in readings:
        time += passed
        value = value + change if math.isfinite(value + change) and abs(value + change) < 1e7 else 0.0
        yield time, value if math.isfinite(change) else change


@settings(max_examples=60, deadline=None)
@given(QUANTITIES, READINGS, st.sets(st.integers(0, 120)))
def test_a_track_written_and_read_between_any_two_readings_answers_alike(quantity, readings, cuts):
    whole, cut = a_track(quantity=quantity), a_track(quantity=quantity)
    for at, (time, value) in enumerate(as_stream(readings)):
        if at in cuts:
            cut = Track.read(quantity, THRESHOLDS, "p", json.loads(json.dumps(cut.write())))

        assert cut.step(time, value) == whole.step(time, value)
        assert cut.write() == whole.write()


@settings(max_examples=40, deadline=None)
@given(QUANTITIES, READINGS)
def test_each_answer_is_a_level_or_a_lack_and_memory_is_bounded(quantity, readings):
    track = a_track(quantity=quantity)
    for time, value in as_stream(readings):
        said = track.step(time, value)
        assert said
        assert all((one.level is None) is (one.lack is not None) for one in said)
    assert len(json.dumps(track.write())) < 4000


# Whole parts of the unit do not scale to the last one, so no other seed may meet a threshold just so.
@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(PASSED, st.floats(-1, 6)), min_size=30, max_size=120), st.sampled_from([0.5, 2.0, 4.0, 8.0]))
def test_scaling_all_rates_and_the_reference_together_changes_nothing(readings, factor):
    by, scaled = THRESHOLDS, replace(KNOWN, rate=factor, spread=factor, acceleration=factor, acceleration_spread=factor)
    rates, limits = by.rates, by.readings
    other = replace(
        by,
        references={"p": scaled},
        rates=replace(rates, floor=factor * rates.floor),
        readings=replace(limits, jump=factor * limits.jump, fault=factor * limits.fault),
        absolute=replace(
            by.absolute,
            orange_mm_h=factor * by.absolute.orange_mm_h,
            red_mm_h=factor * by.absolute.red_mm_h,
            least_mm=factor * by.absolute.least_mm,
        ),
    )
    one, two = a_track(by), a_track(other)
    for time, value in as_stream(readings):
        # In whole parts of the unit, so that nothing is lost when they are scaled.
        value = round(value * 16) / 16
        ours, theirs = one.step(time, value), two.step(time, factor * value)
        for criterion in (Criterion.TANGENT_ANGLE, Criterion.RATE):
            mine, their = of(ours, criterion), of(theirs, criterion)
            if mine is None or their is None:
                assert mine is their
            elif mine.level is None or their.level is None:
                assert mine.lack is their.lack
            else:
                number = "angle" if criterion is Criterion.TANGENT_ANGLE else "multiple"
                assert mine.numbers[number] == pytest.approx(their.numbers[number], rel=0.01, abs=0.01)
