# SPDX-License-Identifier: Apache-2.0
"""Conditions as SQL: which events may answer. What only their content tells is not here (``rules.matching``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.lookups import LessThanOrEqual

from shanhai.field.traceability.events.rules.hashing import number
from shanhai.field.traceability.models import Event, EventThing, EventValue
from shanhai.field.traceability.models.events import EventQuerySet
from shanhai.field.traceability.query.rules.matching import NEAR
from shanhai.field.traceability.query.rules.parameters import TYPES
from shanhai.field.traceability.query.rules.reading import as_instant, as_number
from shanhai.field.traceability.query.values import Condition, Field, Op, Operand, Place
from shanhai.field.traceability.states import Action, EventState, Role
from shanhai.field.traceability.store.rules.keys import key_of, keys_of, name_of

# So few events that may answer are looked through one by one; of more the order is walked.
FEW = 2000
_COLUMNS = {
    Place.STEP: "step",
    Place.DISPOSITION: "disposition",
    Place.READ_POINT: "read_point",
    Place.LOCATION: "location",
    Place.EVENT_ID: "key",
}
_OF_CLASS = {
    Role.EPC: Role.EPC_CLASS,
    Role.QUANTITY: Role.EPC_CLASS,
    Role.CHILD: Role.CHILD_CLASS,
    Role.CHILD_QUANTITY: Role.CHILD_CLASS,
    Role.INPUT: Role.INPUT_CLASS,
    Role.INPUT_QUANTITY: Role.INPUT_CLASS,
    Role.OUTPUT: Role.OUTPUT_CLASS,
    Role.OUTPUT_QUANTITY: Role.OUTPUT_CLASS,
    Role.PARENT: Role.PARENT_CLASS,
}
_LOOKUPS = {Op.GT: "gt", Op.GE: "gte", Op.LT: "lt", Op.LE: "lte"}


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The events that may answer; ``few``: at most ``FEW``, found by an index; ``exact``: each of them does.

    Two texts may share a key of eight bytes: exact but for that.
    """

    events: EventQuerySet
    few: bool
    exact: bool


def narrow(events: EventQuerySet, conditions: Iterable[Condition]) -> Narrowed:
    """Those of ``events`` that may answer. One query for each condition on things or values, until one names few."""
    few, exact = False, True
    for condition in conditions:
        column = _column(condition)
        if column is not None:
            events = events.filter(column)
            few = few or condition.field.place == Place.EVENT_ID
            continue
        pointing = _pointing(condition)
        if pointing is None:
            exact = False
            continue
        exact = exact and condition.field.place == Place.THING
        found = None if few else few_of(pointing)
        if found is not None:
            few, events = True, events.filter(pk__in=found)
        else:
            events = events.filter(Exists(pointing.filter(event=OuterRef("pk"))))
    return Narrowed(events, few, exact)


def few_of(pointing: QuerySet[Any]) -> set[int] | None:
    """The events that rows point to, where these are few. One query.

    They are named one by one from there on: a database that orders by time might walk all events to look for them.
    """
    rows = pointing.order_by().values_list("event", flat=True)[: FEW + 1]
    found = list(rows)
    return set(found) if len(found) <= FEW else None


def in_view(events: EventQuerySet, *, declared: bool) -> EventQuerySet:
    """Without what was declared wrong and the declarations, unless they are asked for."""
    return events if declared else events.in_force()


def _column(condition: Condition) -> Q | None:
    place, operands = condition.field.place, condition.operands
    if place == Place.TYPE:
        return Q(type__in=[int(TYPES.get(str(one), 0)) for one in operands])
    if place == Place.ACTION:
        return Q(action__in=[int(Action[str(one)]) for one in operands])
    if place == Place.DECLARED:
        return Q(state=EventState.DECLARATION)
    if place in (Place.EVENT_TIME, Place.RECORD_TIME):
        return compared("time" if place == Place.EVENT_TIME else "recorded", condition.op, operands[0])
    column = _COLUMNS.get(place)
    return Q(**{f"{column}__in": [key_of(str(one)) for one in operands]}) if column else None


def compared(column: str, op: Op, operand: Operand) -> Q:
    """A number is wanted a little wider, so that what is converted from another unit is among what is looked at."""
    if isinstance(operand, int):
        return Q(**{f"{column}__{_LOOKUPS[op]}" if op in _LOOKUPS else column: operand})
    near = abs(float(operand)) * NEAR
    low, high = float(operand) - near, float(operand) + near
    if op == Op.EQ:
        return Q(**{f"{column}__range": (low, high)})
    return Q(**{f"{column}__{_LOOKUPS[op]}": low if op in (Op.GT, Op.GE) else high})


def _pointing(condition: Condition) -> QuerySet[Any] | None:
    """The rows that point to the events that may answer; None where no table has it."""
    field, operands = condition.field, condition.operands
    if field.place in (Place.THING, Place.PAIR):
        roles = {*field.roles, *(_OF_CLASS[role] for role in field.roles if role in _OF_CLASS)}
        return EventThing.objects.filter(key__in=_keys(operands), role__in=sorted(roles))
    if field.place == Place.SENSED:
        return EventValue.objects.filter(name=name_of("SENSORREPORT", "type"))
    if field.place != Place.FIELD or any(where.endswith(("readPoint", "bizLocation")) for where in field.wheres):
        return None
    rows = EventValue.objects.filter(name__in=[_name(where, field) for where in field.wheres])
    return rows if condition.op == Op.EXISTS else rows.filter(reduce(or_, _values(condition.op, operands)))


def _name(where: str, field: Field) -> int:
    return name_of(where, f"{field.name}_{field.unit}" if field.unit else field.name)


def _values(op: Op, operands: Sequence[Operand]) -> list[Q]:
    texts = [one for one in operands if isinstance(one, str)]
    found = [Q(text__in=_keys(texts))] if texts else []
    for one in operands:
        if not isinstance(one, str):
            found.append(compared("number", op, float(one) if isinstance(one, float) else one))
        elif (moment := as_instant(one)) is not None:
            found.append(Q(number=moment))
    return found


def _keys(operands: Iterable[Operand]) -> list[int]:
    """The keys of texts: as they are, as identifiers, as numbers without zeros at their end."""
    found: set[int] = set()
    for one in operands:
        text = str(one)
        found |= {key_of(text), keys_of(text)[0]}
        if as_number(text) is not None:
            found.add(key_of(number(Decimal(text))))
    return sorted(found)


def up_to(events: EventQuerySet, bound: int) -> EventQuerySet:
    """Those up to a place in the sequence, said so that no database walks the sequence for it: nearly all are."""
    return events.filter(LessThanOrEqual(F("pk") + 0, bound))


def newest() -> int:
    """The place in the sequence up to which everything is there; 0 for nothing. One query."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
