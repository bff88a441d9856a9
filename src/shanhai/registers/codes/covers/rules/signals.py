# SPDX-License-Identifier: Apache-2.0
"""What a reveal gives away: that a label was copied, opened too early, or is still sold though its lot is recalled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from shanhai.registers.codes.states import CodeState, SignalKind

# Nobody takes a parcel from one province to another and gives it to somebody else in less.
APART = timedelta(hours=24)
# So many wrong covered codes for one label in an hour are no slips of the finger.
MANY_WRONG = 5
Facts = Mapping[str, str]


def told_by(
    *,
    at: datetime,
    place: str,
    before: Iterable[tuple[datetime, str]],
    state: CodeState,
    known: bool,
    shipped_at: datetime | None,
    recalled: bool,
) -> dict[SignalKind, Facts]:
    """The signals of a reveal at an instant in a ``place``, a division code or "".

    ``before`` are the reveals that were before it, as instant and place; ``state`` is that of the code. ``known`` is
    whether an app answers for the code: without one nobody knows when it was shipped.
    """
    found: dict[SignalKind, Facts] = {}
    elsewhere = [
        (when, where)
        for when, where in before
        if where and place and where[:2] != place[:2] and timedelta(0) <= at - when <= APART
    ]
    if elsewhere:
        when, where = max(elsewhere)
        found[SignalKind.TWO_PROVINCES] = {"place": place, "other_place": where, "other_at": when.isoformat()}
    unused = state in (CodeState.ISSUED, CodeState.PRINTED)
    # What was shipped is in use, whether or not somebody said so of its labels.
    if (shipped_at is None or at < shipped_at) if known else unused:
        found[SignalKind.BEFORE_SHIPPING] = {"place": place}
    if recalled:
        found[SignalKind.RECALLED] = {"place": place}
    return found
