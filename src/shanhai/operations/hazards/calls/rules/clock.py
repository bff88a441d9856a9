# SPDX-License-Identifier: Apache-2.0
"""The 6-3-1 clock: by when somebody is to answer, when they are told again, what is held back at night."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from shanhai.kernel import clock
from shanhai.operations.hazards.calls.values import Step
from shanhai.operations.hazards.values import Level

# Before the expected instant: told six hours before (the first message, whenever it goes), then
BEFORE: tuple[tuple[Step, timedelta], ...] = (
    (Step.WARN, timedelta(hours=3)),
    (Step.CALL, timedelta(hours=1)),
    (Step.REPEAT, timedelta(minutes=30)),
)
HALF_AN_HOUR = timedelta(minutes=30)
# However soon the danger is expected, so long somebody has to find the phone.
LEAST = timedelta(minutes=5)
# Held back between the quiet hours of a person.
QUIET = frozenset({Level.BLUE, Level.YELLOW})


def due_at(*, begun_at: datetime, expected_at: datetime | None, minutes: float) -> datetime:
    """By when an answer is due: in the minutes that the level allows, and half an hour before the expected instant.

    Somebody who is called later than that has five minutes, or those of the level where they are fewer.
    """
    allowed = timedelta(minutes=minutes)
    if expected_at is None:
        return begun_at + allowed
    return max(min(begun_at + allowed, expected_at - HALF_AN_HOUR), begun_at + min(allowed, LEAST))


def steps(*, begun_at: datetime, due_at: datetime, expected_at: datetime | None) -> tuple[tuple[Step, datetime], ...]:
    """What is sent after the first message, and when.

    With an expected instant three hours, one hour and half an hour before it. Without, once: half an hour before the
    answer is due, or half way to it where there is less than an hour.
    """
    if expected_at is None:
        return ((Step.REPEAT, due_at - min(HALF_AN_HOUR, (due_at - begun_at) / 2)),)
    return tuple((step, expected_at - before) for step, before in BEFORE if expected_at - before > begun_at)


def now_and_next(
    plan: tuple[tuple[Step, datetime], ...], *, after: datetime | None, at: datetime
) -> tuple[Step | None, datetime | None]:
    """Which step is to be made at ``at``, and when the next is; of several that were slept through, the last.

    ``after`` is when the last one was to be made that is done, None for none.
    """
    passed = [step for step, instant in plan if instant <= at and (after is None or instant >= after)]
    return passed[-1] if passed else None, min((instant for _, instant in plan if instant > at), default=None)


def still_wanted(step: Step, *, answered: bool, expected: bool) -> bool:
    """Whether somebody who has ``answered`` is to get that message all the same.

    What comes with an expected danger is told to all, again and again; what only asks for an answer is not.
    """
    return not answered or step >= Step.UNANSWERED or (expected and step != Step.FIRST)


def released_at(
    at: datetime,
    *,
    level: Level,
    quiet_from: time | None,
    quiet_until: time | None,
    expected_at: datetime | None = None,
    over: bool = False,
) -> datetime:
    """When a message may go: now, or at the end of the quiet hours (local, over midnight, too). Never held from orange.

    An hour before an ``expected_at`` nobody is left to sleep. That it is ``over`` wakes nobody, whatever the level was.
    """
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until or not (level in QUIET or over):
        return at
    local = clock.local(at)
    now = local.time()
    over_midnight = quiet_until < quiet_from
    quiet = (now >= quiet_from or now < quiet_until) if over_midnight else quiet_from <= now < quiet_until
    if not quiet:
        return at
    end = local.replace(hour=quiet_until.hour, minute=quiet_until.minute, second=quiet_until.second, microsecond=0)
    end = (end if end > local else end + timedelta(days=1)).astimezone(at.tzinfo)
    return end if over or expected_at is None else min(end, max(at, expected_at - timedelta(hours=1)))
