# SPDX-License-Identifier: Apache-2.0
"""What there is to ask for: the words of the standard, and words, places and things that events in view name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Max

from shanhai.field.traceability.events.rules.vocabulary import BUILT_IN, FULL, bare, names_of
from shanhai.field.traceability.models import Event, EventThing
from shanhai.field.traceability.models.events import EventQuerySet
from shanhai.field.traceability.query.rules.matching import values_of
from shanhai.field.traceability.query.rules.parameters import ANYTHING, TYPES, of_resource
from shanhai.field.traceability.query.selectors.narrowing import narrow
from shanhai.field.traceability.query.values import Condition, Field, Place
from shanhai.field.traceability.store.rules.keys import key_of
from shanhai.kernel.actors import Actor

_COLUMNS = {
    "bizSteps": ("step", "bizStep"),
    "dispositions": ("disposition", "disposition"),
    "bizLocations": ("location", ""),
    "readPoints": ("read_point", ""),
}


@dataclass(frozen=True, slots=True)
class Members:
    """Names, and after which the next page begins; None at the end."""

    names: tuple[str, ...]
    after: Mapping[str, Any] | None


def members_of(*, viewer: Actor, kind: str, size: int, after: Any, bound: int) -> Members:
    """The names of a top-level resource after one of them, of events up to ``bound``. Three queries at most.

    Things come by their keys, all of them; words and places by their spelling, as the newest events in view have them
    (as many as a setting says), with those of the standard.
    """
    if kind == "eventTypes":
        return _cut(sorted(TYPES), after, size, bound)
    events = Event.objects.visible_to(viewer).in_force().filter(pk__lte=bound)
    if kind == "epcs":
        return _things(events, after, size, bound)
    column, words = _COLUMNS[kind]
    latest = events.exclude(**{column: 0}).order_by("-pk")[: settings.TRACE_LISTED]
    newest = Event.objects.filter(pk__in=latest.values("pk")).order_by().values(column).annotate(pk=Max("pk"))
    standard = set(FULL[words]) if words else set()
    left_out = [key_of(one) for one in FULL[words].values()] if words else []
    pks = [one["pk"] for one in newest if one[column] not in left_out]
    field = of_resource(kind)
    found = {name for _, content in _contents(pks) for name in _named(field, content)}
    return _cut(
        sorted({bare(words, one, BUILT_IN) for one in found} | standard if words else found), after, size, bound
    )


def is_known(*, viewer: Actor, condition: Condition) -> bool:
    """Whether it is a word of the standard, or an event in view names it."""
    place, (name, *_) = condition.field.place, condition.operands
    if place == Place.TYPE:
        return name in TYPES
    if place in (Place.STEP, Place.DISPOSITION) and name in FULL[place].values():
        return True
    return narrow(Event.objects.visible_to(viewer), [condition]).events.exists()


def _things(events: EventQuerySet, after: Any, size: int, bound: int) -> Members:
    rows = EventThing.objects.filter(role__in=sorted(ANYTHING), event__in=events.values("pk"))
    if after is not None:
        rows = rows.filter(key__gt=after)
    found = list(rows.order_by("key").values("key").annotate(last=Max("event"))[: size + 1])
    contents = dict(_contents(one["last"] for one in found))
    field, names = Field(Place.THING, roles=ANYTHING), []
    for one in found[:size]:
        said = _named(field, contents.get(one["last"], {}))
        names += [name for name in said if key_of(name) == one["key"]][:1]
    more = len(found) > size
    return Members(tuple(names), {"p": found[size - 1]["key"], "b": bound} if more else None)


def _contents(pks: Iterable[int]) -> Iterable[tuple[int, dict[str, Any]]]:
    rows = Event.objects.filter(pk__in=list(pks)).values_list("pk", "content")
    return [(pk, json.loads(text)) for pk, text in rows]


def _named(field: Field, content: Mapping[str, Any]) -> list[str]:
    names = names_of(content.get("@context"), BUILT_IN)
    return [one.text for one in values_of(field, content, names) if one.text]


def _cut(names: list[str], after: Any, size: int, bound: int) -> Members:
    rest = [one for one in names if after is None or one > after]
    return Members(tuple(rest[:size]), {"p": rest[size - 1], "b": bound} if len(rest) > size else None)
