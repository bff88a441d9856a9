# SPDX-License-Identifier: Apache-2.0
"""What records say by the standard is made of what is kept of them, so that a correction says it the same way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from shanhai.field.traceability.chains.rules.saying import NAMESPACE, Said, Thing, contents
from shanhai.field.traceability.chains.selectors.products import definition_of
from shanhai.field.traceability.chains.values import Does, Step
from shanhai.field.traceability.models import Record, RecordLot
from shanhai.field.traceability.states import LotKind, Part
from shanhai.field.traceability.store.services.recording import record as store
from shanhai.kernel.actors import Actor

_INSTANCES = frozenset({LotKind.ANIMAL, LotKind.BOX})


def say(*, records: Sequence[Record], by: Actor, at: datetime) -> None:
    """Store the events of records and note which they are."""
    for one in records:
        one.events.add(*store(party=one.party, contents=said_of(record=one, by=by, at=at), by=by, at=at))


def said_of(*, record: Record, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """The contents of the events of a record, by what is kept of it now. One query."""
    step = definition_of(record.product_class).step(record.step)
    assert step is not None  # A version never changes.
    rows = list(record.lots.filter(undone=False).select_related("lot").order_by("pk"))
    packs = step.does is Does.PACK
    taken = Part.USED if step.does in {Does.CHANGE, Does.PACK} else Part.NAMED
    made = [one for one in rows if one.part == Part.MADE]
    said = Said(
        party=record.party.identifier,
        place=record.zone.identifier if record.zone else record.party.identifier,
        happened_at=record.happened_at,
        inputs=[_thing(one) for one in rows if one.part == taken],
        outputs=[_thing(one, weighed=packs) for one in made],
        fields=record.fields,
        ilmd=_ilmd(record, made),
        paper=_paper(step, record),
        celsius=record.fields.get(step.temperature.field, "") if step.temperature else "",
        **_ends(step, record),
    )
    return contents(step, said)


def _thing(row: RecordLot, *, weighed: bool = False) -> Thing:
    """An animal and a box are named without a weight, but where a box is told what it holds."""
    bare = row.lot.kind in _INSTANCES and not weighed
    return Thing(row.lot.identifier, 0 if bare else row.grams)


def _ilmd(record: Record, made: Sequence[RecordLot]) -> dict[str, str]:
    facts = {**record.fields, **(made[0].lot.facts if len(made) == 1 else {})}
    return {**facts, **({"permit": record.permit.number} if record.permit else {})}


def _paper(step: Step, record: Record) -> str:
    return f"{NAMESPACE}paper:{quote(record.fields['number'], safe='')}" if step.brings else ""


def _ends(step: Step, record: Record) -> dict[str, str]:
    if record.other is None:
        return {}
    ends = (record.party.identifier, record.other.identifier)
    source, destination = ends if step.does is Does.SHIP else ends[::-1]
    return {"source": source, "destination": destination}
