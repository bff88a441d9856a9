# SPDX-License-Identifier: Apache-2.0
"""The 6-3-1 clock, quiet hours, waits and the order of the chain, by their tables."""

from datetime import UTC, datetime, time, timedelta

import pytest

from shanhai.kernel.clock import SHANGHAI
from shanhai.operations.hazards.calls.rules.clock import due_at, now_and_next, released_at, steps, still_wanted
from shanhai.operations.hazards.calls.rules.order import Seat, first_called, next_called
from shanhai.operations.hazards.calls.rules.retry import wait_after
from shanhai.operations.hazards.calls.values import Step
from shanhai.operations.hazards.states import CallState
from shanhai.operations.hazards.values import ChainRole, Level

BEGUN = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def hours(number):
    return BEGUN + timedelta(hours=number)


@pytest.mark.parametrize(
    ("expected", "minutes", "due"),
    [
        (None, 30, 0.5),
        # The minutes of the level come first, or half an hour before the danger.
        (7, 30, 0.5),
        (2, 240, 1.5),
        # Called late: five minutes are left, or the two that the level has.
        (0.5, 240, 5 / 60),
        (-1, 240, 5 / 60),
        (0.5, 2, 2 / 60),
    ],
)
def test_an_answer_is_due_by_level_and_half_an_hour_before_the_danger(expected, minutes, due):
    instant = None if expected is None else hours(expected)

    assert due_at(begun_at=BEGUN, expected_at=instant, minutes=minutes) == hours(due)


@pytest.mark.parametrize(
    ("expected", "plan"),
    [
        (7, [(Step.WARN, 4), (Step.CALL, 6), (Step.REPEAT, 6.5)]),
        # What lies before the call is part of its first message.
        (3, [(Step.CALL, 2), (Step.REPEAT, 2.5)]),
        (1, [(Step.REPEAT, 0.5)]),
        (0.4, []),
    ],
)
def test_who_is_called_is_told_three_hours_one_hour_and_half_an_hour_before(expected, plan):
    found = steps(begun_at=BEGUN, due_at=hours(0.5), expected_at=hours(expected))

    assert [*found] == [(step, hours(number)) for step, number in plan]


@pytest.mark.parametrize(("due", "repeat"), [(4, 3.5), (1, 0.5), (0.5, 0.25), (1 / 6, 1 / 12)])
def test_without_an_expected_instant_one_is_asked_again_half_an_hour_before_or_half_way(due, repeat):
    assert steps(begun_at=BEGUN, due_at=hours(due), expected_at=None) == ((Step.REPEAT, hours(repeat)),)


def test_of_steps_that_were_slept_through_the_last_is_made():
    plan = steps(begun_at=BEGUN, due_at=hours(0.5), expected_at=hours(7))

    assert now_and_next(plan, after=hours(4), at=hours(4)) == (Step.WARN, hours(6))
    assert now_and_next(plan, after=hours(4), at=hours(6.2)) == (Step.CALL, hours(6.5))
    assert now_and_next(plan, after=hours(6.5), at=hours(9)) == (Step.REPEAT, None)
    assert now_and_next(plan, after=hours(8), at=hours(9)) == (None, None)


def test_who_has_answered_is_told_of_an_expected_danger_all_the_same():
    wanted = {
        (step, expected): still_wanted(step, answered=True, expected=expected)
        for step in Step
        for expected in (False, True)
    }

    assert not wanted[Step.FIRST, True]
    assert not wanted[Step.REPEAT, False]
    assert wanted[Step.REPEAT, True]
    assert wanted[Step.UNANSWERED, False]
    assert wanted[Step.CHANGED, False]


def at_night(hour, minute=0, day=1):
    return datetime(2026, 7, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("at", "quiet", "released"),
    [
        (at_night(22), (time(22), time(7)), at_night(7, day=2)),
        (at_night(3), (time(22), time(7)), at_night(7)),
        (at_night(7), (time(22), time(7)), None),
        (at_night(21, 59), (time(22), time(7)), None),
        (at_night(13), (time(12, 30), time(14)), at_night(14)),
        (at_night(14), (time(12, 30), time(14)), None),
        (at_night(3), (time(8), time(8)), None),
        (at_night(3), (None, None), None),
    ],
)
def test_quiet_hours_hold_blue_and_yellow_and_nothing_higher(at, quiet, released):
    at = at.astimezone(UTC)
    given = {"quiet_from": quiet[0], "quiet_until": quiet[1]}

    assert released_at(at, level=Level.BLUE, **given) == (released or at)
    assert released_at(at, level=Level.YELLOW, **given) == (released or at)
    assert released_at(at, level=Level.ORANGE, **given) == at
    assert released_at(at, level=Level.RED, **given) == at
    assert released_at(at, level=Level.RED, over=True, **given) == (released or at)


def test_an_hour_before_an_expected_danger_nobody_is_left_to_sleep():
    night, quiet = at_night(23), {"quiet_from": time(22), "quiet_until": time(7)}

    assert released_at(night, level=Level.BLUE, expected_at=at_night(4, day=2), **quiet) == at_night(3, day=2)
    assert released_at(night, level=Level.BLUE, expected_at=at_night(23, 30), **quiet) == night
    assert released_at(night, level=Level.BLUE, expected_at=at_night(12, day=2), **quiet) == at_night(7, day=2)


def test_retries_outlast_a_mail_server_that_is_away_for_an_hour_and_end():
    longest = timedelta(minutes=10)
    waits = [wait_after(number, most=14, longest=longest) for number in range(1, 15)]

    assert waits[:4] == [timedelta(seconds=15 * 2**number) for number in range(4)]
    assert waits[-1] is None
    assert max(waits[:-1]) == longest
    assert timedelta(hours=1) < sum(waits[:-1], timedelta()) < timedelta(hours=2)
    assert wait_after(5000, most=9999, longest=longest) == longest


CHAIN = [Seat(100 + number, number, role) for number, role in enumerate(ChainRole, start=1)]
MONITOR, VILLAGE, TOWNSHIP, COUNTY, DUTY, EXPERT = CHAIN


@pytest.mark.parametrize(
    ("level", "proposal", "called"),
    [
        (Level.BLUE, False, [MONITOR]),
        (Level.YELLOW, False, [MONITOR, VILLAGE]),
        (Level.ORANGE, False, [MONITOR, VILLAGE, TOWNSHIP, DUTY]),
        (Level.RED, False, CHAIN),
        (Level.BLUE, True, [DUTY]),
        (Level.YELLOW, True, [DUTY]),
        (Level.ORANGE, True, [COUNTY, DUTY]),
        (Level.RED, True, [COUNTY, DUTY, EXPERT]),
    ],
)
def test_who_is_called_at_once_is_decided_by_the_level(level, proposal, called):
    assert [*first_called(CHAIN, level=level, proposal=proposal)] == called


def test_where_nobody_has_the_role_the_first_of_the_chain_is_called():
    assert first_called([COUNTY, EXPERT], level=Level.BLUE, proposal=False) == (COUNTY,)
    assert first_called([MONITOR, COUNTY, EXPERT], level=Level.BLUE, proposal=True) == (COUNTY,)
    assert first_called([MONITOR, VILLAGE], level=Level.RED, proposal=True) == ()
    assert first_called([], level=Level.RED, proposal=False) == ()


def test_who_is_not_called_yet_comes_next_then_who_has_not_missed_their_own_call():
    called = {MONITOR.person: CallState.MISSED, VILLAGE.person: CallState.MISSED}

    assert next_called(CHAIN, missed=1, called=called, proposal=False) == (TOWNSHIP, True)
    everybody = {**dict.fromkeys([one.person for one in CHAIN], CallState.ANSWERED), **called}
    assert next_called(CHAIN, missed=1, called=everybody, proposal=False) == (TOWNSHIP, False)
    nobody = dict.fromkeys([one.person for one in CHAIN], CallState.MISSED)
    assert next_called(CHAIN, missed=1, called=nobody, proposal=False) == (None, False)
    assert next_called(CHAIN, missed=6, called=called, proposal=False) == (None, False)
    assert next_called(CHAIN, missed=0, called={}, proposal=True) == (COUNTY, True)
