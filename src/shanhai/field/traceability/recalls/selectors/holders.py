# SPDX-License-Identifier: Apache-2.0
"""Who has things by the latest event that names them, and whom they ever reached."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from shanhai.field.traceability.models import EventThing, Party
from shanhai.field.traceability.recalls.selectors.things import NAMING
from shanhai.field.traceability.recalls.selectors.trees import among
from shanhai.field.traceability.recalls.values import NEVER, How, Tree
from shanhai.field.traceability.states import EventState, Role
from shanhai.field.traceability.store.rules.keys import key_of


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The key of the party that has each thing (None: it went to somebody unknown), and how many reached each party.

    ``keys`` are those by which events name the things.
    """

    keys: dict[str, int]
    holders: dict[str, int | None]
    reached: dict[int, int]


def whereabouts(tree: Tree) -> Whereabouts:
    """Of all things of a tree, either way. Three queries, however many things there are."""
    keys = {thing: key_of(thing) for thing in tree.nodes}
    things = {key: thing for thing, key in keys.items()}
    rows = EventThing.objects.filter(key__in=among(things), role__in=NAMING, event__state=EventState.IN_FORCE)
    latest: dict[str, tuple[int, int, int]] = {}
    events: defaultdict[int, set[int]] = defaultdict(set)
    had: defaultdict[int, set[int]] = defaultdict(set)
    for key, time, event, owner in rows.values_list("key", "time", "event_id", "event__party_id").iterator(
        chunk_size=5000
    ):
        latest[things[key]] = max(latest.get(things[key], (0, 0, 0)), (time, event, owner))
        events[event].add(key)
        had[owner].add(key)
    parties = dict(Party.objects.values_list("key", "pk"))
    sent: dict[int, int | None] = {}
    handed = EventThing.objects.filter(event__in=among(events), role=Role.DESTINATION).values_list("event_id", "key")
    for event, key in handed.iterator(chunk_size=5000):
        party = parties.get(key)
        sent[event] = party if party is not None else sent.get(event)
        if party is not None:
            had[party] |= events[event]
    current = _carried(tree, latest)
    holders = {thing: sent.get(event, party) for thing, (_, event, party) in current.items()}
    return Whereabouts(keys, holders, {party: len(things) for party, things in had.items()})


def _carried(tree: Tree, latest: dict[str, tuple[int, int, int]]) -> dict[str, tuple[int, int, int]]:
    """The latest event of each thing, or of what it is packed in now: a box goes where its pallet goes."""
    packed = (joint for joint in tree.joints if joint.how == How.PACKED and not joint.portion)
    inside = [(joint.sources[0], joint.targets[0]) for joint in packed if joint.until == NEVER]
    # What holds others comes first: going forward it was found last.
    for child, holds in reversed(inside) if tree.forward else [(child, holds) for holds, child in inside]:
        parent = latest.get(holds)
        if parent is not None and parent > latest.get(child, (0, 0, 0)):
            latest[child] = parent
    return latest
