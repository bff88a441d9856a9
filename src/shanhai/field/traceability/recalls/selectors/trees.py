# SPDX-License-Identifier: Apache-2.0
"""Trees of a thing both ways, from the events that are stored: a few queries a level, however wide it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from shanhai.field.traceability.models import Event, EventThing
from shanhai.field.traceability.recalls.rules.telling import told
from shanhai.field.traceability.recalls.rules.walking import MOST, walk
from shanhai.field.traceability.recalls.values import Ask, Told, Tree
from shanhai.field.traceability.states import Action, Role
from shanhai.field.traceability.store.rules.keys import key_of
from shanhai.field.traceability.store.values import undisturbed
from shanhai.kernel.actors import Actor

_COLUMNS = ("pk", "time", "type", "action", "party", "content")
_IN, _OUT = (Role.INPUT, Role.INPUT_QUANTITY), (Role.OUTPUT, Role.OUTPUT_QUANTITY)
_CHILD = (Role.CHILD, Role.CHILD_QUANTITY)


@undisturbed()
def tree_of(*, viewer: Actor | None, root: str, forward: bool, at: int | None = None, most: int = MOST) -> Tree:
    """The tree of a canonical identifier, by the events that the viewer may see; by all of them for None.

    ``at`` (microseconds) is the instant of which the contents of the root are asked. A level costs four queries at
    most, and a query more where transformations have ids. Things that share a key are told apart by the contents.
    """
    events = Event.objects.in_force() if viewer is None else Event.objects.visible_to(viewer).in_force()
    walking = walk(root, forward=forward, at=at, most=most)
    try:
        asks = next(walking)
        while True:
            asks = walking.send([*_answers(events, asks)])
    except StopIteration as done:
        tree: Tree = done.value
        return tree


def among(keys: Iterable[int]) -> RawSQL:
    """Any number of keys as one parameter, for ``__in``."""
    text = ",".join(map(str, keys))
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [f"{{{text}}}"])
    return RawSQL("SELECT value FROM json_each(%s)", [f"[{text}]"])


def _answers(events: QuerySet[Event], asks: Collection[Ask]) -> Iterator[Told]:
    batches: dict[int, str] = {}
    for ask in asks:
        keys = among({key_of(thing) for thing in ask.things})
        roles = (*(_IN if ask.forward else _OUT), *_CHILD, *([Role.PARENT] if ask.contents else []))
        named = EventThing.objects.filter(key__in=keys, role__in=roles).values("event")
        if not ask.contents:
            # Of what it holds only that it was unpacked as a whole.
            unpacked = EventThing.objects.filter(key__in=keys, role=Role.PARENT, event__action=Action.DELETE)
            named = named.union(unpacked.values("event"), all=True)
        for one in _read(events, named):
            if one.batch:
                batches[key_of(one.batch)] = one.batch
            yield one
    if batches:
        parts = EventThing.objects.filter(key__in=among(batches), role=Role.TRANSFORMATION).values("event")
        yield from _read(events, parts)


def _read(events: QuerySet[Event], named: Any) -> Iterator[Told]:
    rows = events.filter(pk__in=named).values_list(*_COLUMNS)
    for number, time, kind, action, party, content in rows.iterator(chunk_size=5000):
        yield told(number=number, time=time, kind=kind, action=action, party=party, content=content)
