# SPDX-License-Identifier: Apache-2.0
"""Who of the chain is called at once, and who next. The table stands in docs/ideas/hazards.md, too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shanhai.operations.hazards.states import CallState
from shanhai.operations.hazards.values import ChainRole, Level

_BOTTOM = (ChainRole.MONITOR, ChainRole.VILLAGE, ChainRole.TOWNSHIP)
AT_ONCE: Mapping[Level, frozenset[ChainRole]] = {
    Level.BLUE: frozenset(_BOTTOM[:1]),
    Level.YELLOW: frozenset(_BOTTOM[:2]),
    Level.ORANGE: frozenset({*_BOTTOM, ChainRole.DUTY}),
    Level.RED: frozenset(ChainRole),
}
# A proposal is nothing to the village yet: it is for who decides.
DECIDING: Mapping[Level, frozenset[ChainRole]] = {
    Level.BLUE: frozenset({ChainRole.DUTY}),
    Level.YELLOW: frozenset({ChainRole.DUTY}),
    Level.ORANGE: frozenset({ChainRole.DUTY, ChainRole.COUNTY}),
    Level.RED: frozenset({ChainRole.DUTY, ChainRole.COUNTY, ChainRole.EXPERT}),
}
# From here on sirens sound.
SIREN = Level.RED


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in the chain of a site: ``person`` is a key."""

    person: int
    position: int
    role: ChainRole


def eligible(seats: Iterable[Seat], *, proposal: bool) -> tuple[Seat, ...]:
    """Who may be called at all, in order: of a proposal those who decide."""
    return tuple(one for one in seats if not proposal or one.role in DECIDING[Level.RED])


def first_called(seats: Sequence[Seat], *, level: Level, proposal: bool) -> tuple[Seat, ...]:
    """Who is called at once: the roles of the level, or where nobody has one of them, the first in the chain."""
    roles = (DECIDING if proposal else AT_ONCE)[level]
    asked = eligible(seats, proposal=proposal)
    return tuple(one for one in asked if one.role in roles) or asked[:1]


def next_called(
    seats: Sequence[Seat], *, missed: int, called: Mapping[int, CallState], proposal: bool
) -> tuple[Seat | None, bool]:
    """Who is to act where nobody answered at position ``missed``, and whether they are called for the first time.

    The next behind who is not called yet; where all are, the next behind who has not missed their own call: they are
    told. None at the end of the chain.
    """
    behind = [one for one in eligible(seats, proposal=proposal) if one.position > missed]
    fresh = next((one for one in behind if one.person not in called), None)
    if fresh is not None:
        return fresh, True
    return next((one for one in behind if called[one.person] != CallState.MISSED), None), False
