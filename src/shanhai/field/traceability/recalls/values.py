# SPDX-License-Identifier: Apache-2.0
"""What trees, balances and findings are, as plain values. Things are canonical identifiers, instants microseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from shanhai.field.traceability.states import Action, EventType
from shanhai.kernel.messages import Message

# Before and after all events.
EVER, NEVER = -(1 << 62), 1 << 62
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment_of(instant: int) -> datetime:
    """An instant in microseconds since 1970, as a datetime in UTC."""
    return _EPOCH + timedelta(microseconds=instant)


class Amount(NamedTuple):
    """A quantity: whole grams, or pieces of a class (``grams`` is None)."""

    grams: int | None
    pieces: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """An event as far as trees ask: the things that it names in each role, ``party`` the key of whose it is.

    ``portions`` are those of the children that are named by class and amount.
    """

    id: int
    time: int
    type: EventType
    action: Action
    party: int = 0
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    parent: str = ""
    children: tuple[str, ...] = ()
    portions: Mapping[str, Amount] = field(default_factory=dict)
    batch: str = ""


class How(StrEnum):
    """How a thing hangs on the one that it was found through."""

    ROOT = "root"
    # Going forward: is made of it; going back: went into it.
    MADE = "made"
    # Going forward: was packed into it; going back: was packed in it.
    PACKED = "packed"
    # Going forward: was in it; going back: it was in this.
    HELD = "held"


@dataclass(slots=True)
class Node:
    """A thing of a tree, as it was first found. ``left`` is when it ceased to hold what was followed, or NEVER."""

    depth: int
    through: str
    event: int
    how: How
    time: int
    left: int = NEVER


@dataclass(slots=True)
class Joint:
    """Where a tree goes on, by an event: from the things of ``sources`` to those of ``targets``.

    Of packing ``since`` and ``until`` are the stay, ``portion`` says that only some of a lot was packed.
    """

    how: How
    event: int
    sources: list[str]
    targets: list[str]
    since: int = EVER
    until: int = NEVER
    portion: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """What a walk wants to know: all events that name these things; of packing also what is in them (``contents``)."""

    things: frozenset[str]
    forward: bool
    contents: bool


@dataclass(slots=True)
class Tree:
    """What a thing became, or was made of. ``cycles`` are things that came of themselves, as events claim.

    ``moved`` were packed again without being unpacked: the earlier parent, the later one, the thing. ``cut`` says that
    there was more than the walk takes.
    """

    root: str
    forward: bool
    nodes: dict[str, Node] = field(default_factory=dict)
    joints: list[Joint] = field(default_factory=list)
    cycles: tuple[str, ...] = ()
    moved: Sequence[tuple[str, str, str]] = ()
    cut: bool = False


class Finding(NamedTuple):
    """What does not fit together in what events claim: a rule, a sentence, the things it is about, the events."""

    rule: str
    said: Message
    things: tuple[str, ...] = ()
    events: tuple[int, ...] = ()
