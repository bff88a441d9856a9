# SPDX-License-Identifier: Apache-2.0
"""What a step says by the standard: the contents of its EPCIS events, as JSON without a context of documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from shanhai.field.traceability.chains.values import Does, Step

# What the fields of our own steps are called in events.
NAMESPACE = "urn:shanhai:trace:"
_OFFSET = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Thing:
    """A lot as an event names it: an instance where it has no weight there, else so many grams of it."""

    identifier: str
    grams: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a step: whose it is and where, what went in and came out, what was typed, from whom to whom.

    ``each`` are the facts of what came out. ``paper`` is the address of the paper that it brings.
    """

    party: str
    place: str
    happened_at: datetime
    inputs: Sequence[Thing] = ()
    outputs: Sequence[Thing] = ()
    fields: Mapping[str, str] | None = None
    ilmd: Mapping[str, str] | None = None
    source: str = ""
    destination: str = ""
    paper: str = ""
    celsius: str = ""


def contents(step: Step, said: Said) -> list[dict[str, Any]]:
    """The events of a step, in their order: one, or of packing the boxes and then what went into each."""
    if step.does is Does.PACK:
        return _packing(step, said)
    if step.does is Does.CHANGE:
        return [{"type": "TransformationEvent", **_common(step, said), **_changed(said), **_ilmd(said)}]
    if step.does is Does.BEGIN:
        things, ilmd = _listed(said.outputs), _ilmd(said)
        return [{"type": "ObjectEvent", **_common(step, said), "action": "ADD", **things, **ilmd}]
    handed = _handed(said) if step.does in {Does.SHIP, Does.RECEIVE} else {}
    paper = {"bizTransactionList": [{"type": "testres", "bizTransaction": said.paper}]} if said.paper else {}
    one = {"type": "ObjectEvent", **_common(step, said), "action": "OBSERVE", **_listed(said.inputs), **handed, **paper}
    return [{**one, **_extended(said)}]


def _common(step: Step, said: Said) -> dict[str, Any]:
    at = said.happened_at.astimezone(_OFFSET)
    found: dict[str, Any] = {
        "eventTime": at.isoformat(timespec="milliseconds"),
        "eventTimeZoneOffset": "+08:00",
        "bizStep": step.biz_step,
        "disposition": step.disposition,
        "readPoint": {"id": said.place},
        "bizLocation": {"id": said.party},
    }
    if said.celsius:
        report = {"type": "Temperature", "value": float(said.celsius), "uom": "CEL", "time": found["eventTime"]}
        found["sensorElementList"] = [{"sensorReport": [report]}]
    return found


def _packing(step: Step, said: Said) -> list[dict[str, Any]]:
    """``inputs`` is the one lot that is packed; every output is a box that holds its own weight of it."""
    boxes = [Thing(one.identifier) for one in said.outputs]
    made = {**_common(step, said), "bizStep": "commissioning", "disposition": "active"}
    events = [{"type": "ObjectEvent", **made, "action": "ADD", **_listed(boxes), **_ilmd(said)}]
    lot = said.inputs[0].identifier
    for box in said.outputs:
        inside = {"parentID": box.identifier, "childQuantityList": [_quantity(Thing(lot, box.grams))]}
        events.append({"type": "AggregationEvent", **_common(step, said), "action": "ADD", **inside})
    return events


def _changed(said: Said) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, things in (("input", said.inputs), ("output", said.outputs)):
        if instances := [one.identifier for one in things if not one.grams]:
            found[f"{key}EPCList"] = instances
        if quantities := [_quantity(one) for one in things if one.grams]:
            found[f"{key}QuantityList"] = quantities
    return found


def _listed(things: Sequence[Thing]) -> dict[str, Any]:
    found: dict[str, Any] = {"epcList": [one.identifier for one in things if not one.grams]}
    if quantities := [_quantity(one) for one in things if one.grams]:
        found["quantityList"] = quantities
    return found


def _quantity(thing: Thing) -> dict[str, Any]:
    # A number of JSON in kilograms, exact to the gram.
    kilograms = thing.grams / 1000
    number: float | int = int(kilograms) if kilograms.is_integer() else kilograms
    return {"epcClass": thing.identifier, "quantity": number, "uom": "KGM"}


def _handed(said: Said) -> dict[str, Any]:
    return {
        f"{end}List": [{"type": kind, end: party} for kind in ("owning_party", "possessing_party")]
        for end, party in (("source", said.source), ("destination", said.destination))
    }


def _ilmd(said: Said) -> dict[str, Any]:
    facts = {f"shanhai:{key}": value for key, value in (said.ilmd or {}).items()}
    return {"@context": [{"shanhai": NAMESPACE}], "ilmd": facts} if facts else {}


def _extended(said: Said) -> dict[str, Any]:
    facts = {f"shanhai:{key}": value for key, value in (said.fields or {}).items()}
    return {"@context": [{"shanhai": NAMESPACE}], **facts} if facts else {}
