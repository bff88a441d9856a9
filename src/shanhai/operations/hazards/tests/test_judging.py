# SPDX-License-Identifier: Apache-2.0
"""What the conclusions on points mean for a site, instant by instant."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shanhai.operations.hazards.criteria.rules.sites import SiteJudge
from shanhai.operations.hazards.criteria.values import Conclusion, Criterion, Point, Reason, Thresholds
from shanhai.operations.hazards.criteria.values.thresholds import Combination
from shanhai.operations.hazards.values import Lack, Level, Quantity, SiteKind, Zone

NONE, BLUE, YELLOW, ORANGE, RED = Level
MINUTE = 60_000_000
MOVES = Point(Quantity.DISPLACEMENT)


def moving(level, *, angle=None, more=()):
    """What a point says whose rate has this level, and its angle the same or another."""
    both = ((Criterion.TANGENT_ANGLE, level if angle is None else angle), (Criterion.RATE, level))
    return tuple(Conclusion(one, found, None, {}) for one, found in (*both, *more))


def lacking(lack, criterion=Criterion.RATE):
    return (Conclusion(criterion, None, lack, {}, Reason.SILENT),)


def raining(level):
    return (Conclusion(Criterion.RAIN_INTENSITY, level, None, {}),)


def a_judge(combination=None, **points):
    thresholds = replace(Thresholds.default(SiteKind.LANDSLIDE), combination=combination or Combination())
    return SiteJudge(thresholds, points or {"a": MOVES})


def after(judge, minutes, every=10, begin=0, **said):
    """The judgement after so many minutes of the same."""
    judged = None
    for at in range(begin, begin + minutes + 1, every):
        judged = judge.judge(at * MINUTE, said)
    return judged


def codes(judged):
    return [one["code"] for one in judged.reasons]


@pytest.mark.parametrize(("level", "minutes"), [(BLUE, 720), (YELLOW, 360), (ORANGE, 60), (RED, 30)])
def test_a_level_stands_after_as_long_as_it_must_last(level, minutes):
    judge = a_judge()

    assert after(judge, minutes - 10, a=moving(level)).level < level
    assert after(judge, 10, begin=minutes - 10, a=moving(level)).level is level


def test_one_reading_is_never_enough():
    judge = a_judge()

    judged = after(judge, 0, a=moving(RED))

    assert judged.level is NONE
    assert "persisting" in codes(judged)


def test_a_level_is_held_until_it_was_below_for_long_enough():
    judge = a_judge()
    after(judge, 30, a=moving(RED))

    held = after(judge, 23 * 60, begin=40, a=moving(NONE))
    lower = after(judge, 70, begin=24 * 60, a=moving(NONE))

    assert (held.level, "held" in codes(held)) == (RED, True)
    assert lower.level is NONE


def test_red_needs_two_criteria_that_agree():
    assert after(a_judge(), 60, a=moving(RED, angle=ORANGE)).level is ORANGE


def test_inverse_velocity_never_makes_red_alone_whatever_it_weighs():
    heavy = Combination(criteria={**Combination().criteria, Criterion.INVERSE_VELOCITY: 10.0})
    alone = moving(NONE, more=[(Criterion.INVERSE_VELOCITY, RED)])
    beside = moving(RED, angle=NONE, more=[(Criterion.INVERSE_VELOCITY, RED)])

    assert after(a_judge(heavy), 600, a=alone).level is ORANGE
    assert after(a_judge(heavy), 600, a=beside).level is RED
    assert after(a_judge(), 600, a=alone).level is NONE


def test_rain_raises_to_yellow_and_never_further():
    judge = a_judge(a=MOVES, r=Point(Quantity.RAIN))

    for at in range(0, 10_000, 10):
        judged = judge.judge(at * MINUTE, {"a": moving(NONE), "r": raining(RED)})
        assert judged.level <= YELLOW
    assert judged.level is YELLOW


def test_rain_shortens_what_must_last():
    points = {"a": MOVES, "r": Point(Quantity.RAIN)}
    wet, dry = a_judge(**points), a_judge(**points)

    assert after(wet, 30, a=moving(ORANGE), r=raining(YELLOW)).level is ORANGE
    assert after(dry, 30, a=moving(ORANGE), r=raining(NONE)).level < ORANGE


def test_red_wants_a_neighbour_that_moves_where_there_is_one_to_ask():
    two = {"a": MOVES, "b": MOVES}

    alone = after(a_judge(**two), 60, a=moving(RED), b=moving(NONE))
    assert (alone.level, "no_neighbour" in codes(alone)) == (ORANGE, True)
    assert after(a_judge(**two), 60, a=moving(RED), b=moving(YELLOW)).level is RED
    assert after(a_judge(**two), 60, a=moving(RED), b=lacking(Lack.NO_DATA)).level is RED
    assert after(a_judge(), 60, a=moving(RED)).level is RED


def test_a_point_that_weighs_little_is_attention_and_not_an_alarm():
    points = {"a": MOVES, "b": Point(Quantity.DISPLACEMENT, Zone.OUTSIDE)}

    judged = after(a_judge(**points), 720, a=moving(NONE), b=moving(RED))

    assert (judged.level, "too_few_points" in codes(judged)) == (BLUE, True)


def test_light_points_alone_on_a_site_still_raise():
    points = {"a": Point(Quantity.DISPLACEMENT, Zone.OUTSIDE)}

    assert after(a_judge(**points), 60, a=moving(RED)).level is RED


@pytest.mark.parametrize("lack", [Lack.NO_DATA, Lack.INVALID, Lack.WARM_UP])
def test_without_data_there_is_no_level(lack):
    judge = a_judge()
    after(judge, 60, a=moving(RED))

    judged = after(judge, 0, begin=70, a=lacking(lack))

    assert (judged.level, judged.lack) == (None, lack)
    assert {"code": "held", "level": 4} in judged.reasons


def test_a_site_is_quiet_only_where_half_of_its_points_say_so():
    points = {"a": MOVES, "b": MOVES, "c": MOVES, "r": Point(Quantity.RAIN)}
    silent, dry = lacking(Lack.NO_DATA), raining(NONE)

    assert after(a_judge(**points), 0, a=moving(NONE), b=moving(NONE), c=silent, r=dry).level is NONE
    assert after(a_judge(**points), 0, a=moving(NONE), b=silent, c=silent, r=dry)[:2] == (None, Lack.NO_DATA)
    assert after(a_judge(**points), 60, a=moving(ORANGE), b=silent, c=silent, r=dry).level is ORANGE
    assert after(a_judge(**points), 0, r=dry)[:2] == (None, Lack.NO_DATA)


def test_what_is_quiet_by_an_absolute_rate_alone_is_not_called_quiet():
    said = (*lacking(Lack.WARM_UP), Conclusion(Criterion.ABSOLUTE_RATE, NONE, None, {}))

    assert after(a_judge(), 0, a=said)[:2] == (None, Lack.WARM_UP)
    assert after(a_judge(), 60, a=(*said[:1], said[1]._replace(level=RED))).level is not NONE


def test_a_site_without_points_has_no_data():
    judge = SiteJudge(Thresholds.default(SiteKind.LANDSLIDE), {})

    assert judge.judge(0, {}) == (None, Lack.NO_DATA, [{"code": "no_points"}])


def test_reasons_say_what_each_point_says_in_numbers():
    said = (Conclusion(Criterion.RATE, ORANGE, None, {"rate": 30.0}), *lacking(Lack.WARM_UP, Criterion.ACCELERATION))

    judged = after(a_judge(), 60, a=said)

    assert judged.reasons[0] == {"code": "rate", "point": "a", "level": 3, "numbers": {"rate": 30.0}}
    assert {"code": "acceleration", "point": "a", "lack": "warm_up", "reason": "silent"} in judged.reasons
    assert json.loads(json.dumps(judged.reasons)) == judged.reasons


SAID = st.one_of(
    st.builds(moving, st.sampled_from(Level), angle=st.sampled_from(Level)),
    st.builds(lacking, st.sampled_from(Lack)),
    st.just(()),
)
INSTANTS = st.lists(st.tuples(st.integers(0, 600), SAID, SAID, st.builds(raining, st.sampled_from(Level))), max_size=60)


@settings(max_examples=60, deadline=None)
@given(INSTANTS, st.sets(st.integers(0, 60)))
def test_a_judge_whose_memory_was_written_and_read_judges_alike(instants, cuts):
    points = {"a": MOVES, "b": MOVES, "r": Point(Quantity.RAIN)}
    whole, cut, time = a_judge(**points), a_judge(**points), 0
    for at, (passed, a, b, r) in enumerate(instants):
        time += passed * MINUTE
        said = {"a": a, "b": b, "r": r}
        if at in cuts:
            memory = json.loads(json.dumps(cut.memory))
            cut = SiteJudge(Thresholds.default(SiteKind.LANDSLIDE), points, memory)

        judged = whole.judge(time, said)

        assert cut.judge(time, said) == judged
        assert (judged.level is None) is (judged.lack is not None)
        if not any(one.level is not None for every in said.values() for one in every):
            assert judged.level is None
