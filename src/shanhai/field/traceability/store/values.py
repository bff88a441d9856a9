# SPDX-License-Identifier: Apache-2.0
"""An event on its way into the store, and what became of those that were put there."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from shanhai.field.traceability.events.values import Fault, Path

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The outbox event after each transaction that stored some: party, first, last (primary keys).
CAPTURED = "traceability.events.captured"


def instant_of(at: datetime) -> int:
    """Microseconds since 1970 in UTC."""
    return (at - EPOCH) // timedelta(microseconds=1)


class Ready(NamedTuple):
    """An event, checked, as the columns of ``models.Event`` have it.

    ``given`` says whether it came with its id, ``declares`` whether it is an error declaration. ``things`` are (role,
    key), ``values`` (name, key of the text, number); ``named`` are keys of sources and destinations, to which it opens
    the things of the keys ``handed``: things of their own, never a class.
    """

    path: Path
    event_id: str
    given: bool
    declares: bool
    key: int
    digest: bytes
    type: int
    action: int
    time: int
    step: int
    disposition: int
    read_point: int
    location: int
    content: str
    things: Sequence[tuple[int, int]]
    values: Sequence[tuple[int, int | None, float | None]]
    named: Sequence[int]
    handed: Sequence[int]


@dataclass(frozen=True, slots=True)
class Judged:
    """The good events of a document, and the faults of the others; ``whole``: a fault of the document, so none is good.

    ``events`` counts all that it has.
    """

    ready: tuple[Ready, ...]
    faults: tuple[Fault, ...]
    events: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Row:
    """What stands under an event id already."""

    key: int
    event_id: str
    state: int
    digest: bytes
    content: str


@dataclass(frozen=True, slots=True)
class Put:
    """What became of events: the primary key of each in their order (0 where refused), how many were new or known."""

    keys: tuple[int, ...]
    taken: int
    known: int
    refused: tuple[Fault, ...]


@contextmanager
def undisturbed() -> Iterator[None]:
    """Many events refer to nothing that refers to them: to look again and again for what does costs a quarter."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
