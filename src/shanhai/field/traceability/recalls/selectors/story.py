# SPDX-License-Identifier: Apache-2.0
"""What events say of things, in the order in which it happened; and what of it was declared wrong."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shanhai.field.traceability.chains.selectors.products import called, definition_of
from shanhai.field.traceability.events.rules.vocabulary import full
from shanhai.field.traceability.models import Event, EventThing, Party, ProductClass, Record
from shanhai.field.traceability.recalls.labels import reason_of, step_of
from shanhai.field.traceability.recalls.rules.balance import Said
from shanhai.field.traceability.recalls.rules.telling import things_in
from shanhai.field.traceability.recalls.selectors.things import NAMING
from shanhai.field.traceability.recalls.selectors.trees import among
from shanhai.field.traceability.recalls.values import moment_of
from shanhai.field.traceability.states import EventState
from shanhai.field.traceability.store.rules.keys import key_of
from shanhai.field.traceability.store.values import instant_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import Message, message

MOST = 2000


@dataclass(frozen=True, slots=True)
class Told:
    """An event as people read it: when, which step, by whom, of which of the things; ``said`` is its content.

    ``ours`` says that the step is called as the chain calls it under which a page of ours recorded it.
    """

    id: int
    at: datetime
    step: Message
    word: str
    party: Party
    things: frozenset[str]
    said: dict[str, Any]
    event_id: str
    ours: bool


@dataclass(frozen=True, slots=True)
class Wrong:
    """An event that was declared wrong: when and why, and whether the one that stands for it has come."""

    told: Told
    declared_at: str
    reason: Message
    corrected: bool
    missing: bool


@dataclass(frozen=True, slots=True)
class Story:
    """Events in force in order, those declared wrong, and whether there were more than the ``MOST`` latest."""

    events: tuple[Told, ...]
    wrong: tuple[Wrong, ...]
    cut: bool

    def said_of(self, thing: str) -> list[Said]:
        """What balances ask of one thing."""
        return [Said(one.id, instant_of(one.at), one.said) for one in self.events if thing in one.things]


def story_of(*, viewer: Actor | None, things: Collection[str], most: int = MOST) -> Story:
    """What the viewer may see of what events say of ``things``; for None all of it. At most five queries."""
    events = Event.objects.all() if viewer is None else Event.objects.visible_to(viewer)
    named = EventThing.objects.filter(key__in=among({key_of(one) for one in things}), role__in=NAMING)
    rows = events.filter(pk__in=named.values("event")).order_by("-time", "-pk").select_related("party__organisation")
    wanted, found = frozenset(things), [*rows[: most + 1]]
    in_force: list[Told] = []
    declared: list[Told] = []
    said_wrong = {}
    steps = _called([row.pk for row in found])
    for row in reversed(found[:most]):
        content = json.loads(row.content)
        if not (here := wanted & things_in(content)):
            continue
        word = content.get("bizStep") or ""
        one = Told(row.pk, moment_of(row.time), steps.get(row.pk) or step_of(word), full("bizStep", word, {}),
                   row.party, here, content, row.event_id, row.pk in steps)  # fmt: skip
        if row.state == EventState.DECLARATION:
            said_wrong[row.event_id] = content["errorDeclaration"]
        else:
            (in_force if row.state == EventState.IN_FORCE else declared).append(one)
    return Story(tuple(in_force), _wrong(declared, said_wrong), len(found) > most)


def _called(events: Sequence[int]) -> dict[int, Message]:
    """What chains call the steps of events that our own pages recorded. Two queries."""
    recorded = Record.events.through.objects.filter(event__in=among(events))
    rows: list[Any] = [*recorded.values_list("event", "record__step", "record__product_class")]
    products = ProductClass.objects.in_bulk({product for _, _, product in rows}) if rows else {}
    found = ((event, definition_of(products[product]).step(step)) for event, step, product in rows)
    return {event: message("%(word)s", word=called(step.names)) for event, step in found if step}


def _wrong(declared: Sequence[Told], said: dict[str, dict[str, Any]]) -> tuple[Wrong, ...]:
    named = {one for declaration in said.values() for one in declaration.get("correctiveEventIDs", ())}
    keys = {key_of(one) for one in named}
    there = set(Event.objects.filter(key__in=keys).values_list("event_id", flat=True)) if keys else set()
    wrong = []
    for one in declared:
        declaration = said.get(one.event_id, {})
        correctives = declaration.get("correctiveEventIDs", ())
        wrong.append(
            Wrong(
                one,
                declaration.get("declarationTime", ""),
                reason_of(declaration.get("reason") or ""),
                bool(correctives) and there.issuperset(correctives),
                bool(correctives) and not there.issuperset(correctives),
            )
        )
    return tuple(wrong)
