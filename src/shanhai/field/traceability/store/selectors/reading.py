# SPDX-License-Identifier: Apache-2.0
"""What events say, and what error declarations still wait for."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef

from shanhai.field.traceability.models import Event, EventThing
from shanhai.field.traceability.states import EventState, Role
from shanhai.field.traceability.store.rules.keys import key_of
from shanhai.kernel.actors import Actor

_MOST = 200


@dataclass(frozen=True, slots=True)
class Missing:
    """An error declaration, and the id of a corrective event that it names and that has not come."""

    declaration: Event
    corrective: str


def contents(events: Iterable[Event]) -> list[dict[str, Any]]:
    """What events say, as JSON with numbers that keep their digits (int, Decimal)."""
    return [json.loads(event.content, parse_float=Decimal) for event in events]


def missing_correctives(*, viewer: Actor) -> list[Missing]:
    """The corrective events that declarations in sight name and that are not there, at most 200. Two queries."""
    there = Event.objects.filter(party=OuterRef("event__party"), key=OuterRef("key"))
    named = EventThing.objects.filter(
        ~Exists(there),
        role=Role.CORRECTIVE,
        event__in=Event.objects.visible_to(viewer).filter(state=EventState.DECLARATION).values("pk"),
    )
    keys: dict[int, set[int]] = {}
    for event, key in named.order_by("-event_id").values_list("event_id", "key")[:_MOST]:
        keys.setdefault(event, set()).add(key)
    rows = Event.objects.filter(pk__in=keys).order_by("-pk")
    said = ((row, json.loads(row.content)["errorDeclaration"].get("correctiveEventIDs", ())) for row in rows)
    return [Missing(row, one) for row, named_ids in said for one in named_ids if key_of(one) in keys[row.pk]]
