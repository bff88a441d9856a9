# SPDX-License-Identifier: Apache-2.0
"""Head-room to the fen, and what a shift of money does to the two 80 % shares."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shanhai.kernel.errors import BadInput, Refused
from shanhai.kernel.money import Money
from shanhai.planning.projects.shares.rules.money import (
    LineMoney,
    TaggedSums,
    after_moving,
    broken_by,
    head_rooms,
    livelihood_part,
    moving,
)
from shanhai.planning.projects.states import GRASSROOTS, Level
from tests.refusals import refused

VILLAGE, PREFECTURE = Level.VILLAGE, Level.PREFECTURE
NEW = LineMoney(0, PREFECTURE)


def sums_of(*lines):
    """The sums of lines on every base."""
    return {
        base: TaggedSums(
            sum(line.on(base) for line in lines),
            sum(livelihood_part(line.on(base), line.livelihood_percent) for line in lines),
            sum(line.on(base) for line in lines if line.beneficiary_level in GRASSROOTS),
        )
        for base in ("plan", "arrived", "paid")
    }


def rooms(sums):
    return {(one.key, one.share.base.key): None if one.room is None else one.room.fen for one in head_rooms(sums)}


def test_head_room_on_each_base_of_each_share():
    good = LineMoney(100, VILLAGE, plan=90_000, arrived=50_000, paid=7_000)
    other = LineMoney(50, PREFECTURE, plan=10_000, arrived=10_001, paid=3_000)

    assert rooms(sums_of(good, other)) == {
        ("livelihood", "plan"): 95_000 - 80_000,
        ("livelihood", "arrived"): 55_001 - 48_001,
        ("livelihood", "paid"): 8_500 - 8_000,
        ("grassroots", "plan"): 90_000 - 80_000,
        ("grassroots", "arrived"): 50_000 - 48_001,
        ("grassroots", "paid"): -1_000,
    }


def test_without_money_there_is_neither_room_nor_shortfall():
    found = head_rooms(sums_of(NEW))

    assert {one.room for one in found} == {None}
    assert {(one.below, one.missing) for one in found} == {(False, Money(0))}


@pytest.mark.parametrize(
    ("whole", "part", "room"), [(1, 1, 0), (1, 0, -1), (4, 4, 0), (5, 4, 0), (5, 5, 1), (10**17, 10**17, 2 * 10**16)]
)
def test_the_floor_is_counted_in_whole_fen(whole, part, room):
    sums = dict.fromkeys(("plan", "arrived", "paid"), TaggedSums(whole, part, part))

    assert set(rooms(sums).values()) == {room}


def test_what_has_not_arrived_moves_first_and_what_is_paid_stays():
    line = LineMoney(100, VILLAGE, plan=1000, arrived=600, paid=100)

    assert moving(line, 400) == {"plan": 400, "arrived": 0, "paid": 0}
    assert moving(line, 401) == {"plan": 401, "arrived": 1, "paid": 0}
    assert moving(line, 900) == {"plan": 900, "arrived": 500, "paid": 0}
    with refused(
        Refused, "projects.more_than_can_move", match=r"安排了 10\.00 元，已支付 1\.00 元，最多还能移动 9\.00 元"
    ):
        moving(line, 901)


def test_what_arrived_over_the_plan_moves_with_it():
    assert moving(LineMoney(0, VILLAGE, plan=100, arrived=150), 100) == {"plan": 100, "arrived": 100, "paid": 0}


@pytest.mark.parametrize("fen", [0, -1])
def test_nothing_is_not_moved(fen):
    with refused(BadInput, "projects.nothing_moves"):
        moving(LineMoney(0, VILLAGE, plan=100), fen)


def test_more_paid_than_planned_leaves_nothing_to_move():
    with refused(Refused, "projects.more_than_can_move", match=r"最多还能移动 0\.00 元"):
        moving(LineMoney(0, VILLAGE, plan=100, arrived=200, paid=200), 1)


LINES = st.builds(
    LineMoney, st.integers(0, 100), st.sampled_from(Level), plan=st.integers(0, 10**9), arrived=st.just(0)
)


@given(st.lists(LINES, max_size=6), st.integers(1, 10**10))
def test_moving_exactly_the_head_room_keeps_the_floor_and_one_fen_more_does_not(others, amount):
    source = LineMoney(100, VILLAGE, plan=amount)
    sums = sums_of(source, *others)
    for key in ("livelihood", "grassroots"):
        room = rooms(sums)[key, "plan"]
        assume(0 < room < amount)

        kept, broken = after_moving(sums, source, NEW, room), after_moving(sums, source, NEW, room + 1)

        part = {"livelihood": lambda one: one.livelihood, "grassroots": lambda one: one.grassroots}[key]
        assert part(kept["plan"]) * 100 >= kept["plan"].whole * 80
        assert part(broken["plan"]) * 100 < broken["plan"].whole * 80
        assert (rooms(kept)[key, "plan"], rooms(broken)[key, "plan"]) == (0, -1)


@given(LINES, LINES, st.lists(LINES, max_size=4), st.integers(1, 10**9))
def test_a_shift_gives_the_sums_of_the_lines_as_they_would_be(source, target, others, fen):
    assume(fen <= source.plan)
    poorer = LineMoney(source.livelihood_percent, source.beneficiary_level, plan=source.plan - fen)
    richer = LineMoney(target.livelihood_percent, target.beneficiary_level, plan=target.plan + fen)

    assert after_moving(sums_of(source, target, *others), source, target, fen) == sums_of(poorer, richer, *others)


def test_an_allotment_outside_breaks_a_share_only_when_the_rest_can_no_longer_bring_it_back():
    arrived = TaggedSums(1000, 0, 0)

    assert broken_by(NEW, arrived, TaggedSums(200, 0, 200), "CNY") is None
    broken = broken_by(NEW, arrived, TaggedSums(201, 0, 200), "CNY")

    assert broken is not None
    assert (broken.key, broken.missing.fen, broken.share.part.fen) == ("livelihood", 1, 799)


def test_the_larger_of_two_shortfalls_is_named():
    broken = broken_by(NEW, TaggedSums(1000), TaggedSums(500, 250, 100), "CNY")

    assert broken is not None
    assert (broken.key, broken.missing.fen) == ("grassroots", 200)


@pytest.mark.parametrize(("percent", "level", "key"), [(80, PREFECTURE, "grassroots"), (79, VILLAGE, "livelihood")])
def test_a_line_answers_only_for_the_rule_it_does_not_keep_itself(percent, level, key):
    broken = broken_by(LineMoney(percent, level), TaggedSums(1000), TaggedSums(1000), "CNY")

    assert broken is not None
    assert broken.key == key
    assert broken_by(LineMoney(80, VILLAGE), TaggedSums(1000), TaggedSums(1000), "CNY") is None


def test_money_that_arrived_for_no_line_counts_as_far_as_it_is_allotted():
    broken = broken_by(NEW, TaggedSums(0), TaggedSums(100, 0, 100), "CNY")

    assert broken is not None
    assert (broken.share.whole.fen, broken.missing.fen) == (100, 80)
