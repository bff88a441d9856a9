# SPDX-License-Identifier: Apache-2.0
"""What an event says of things and amounts, read off its content."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from shanhai.field.traceability.events.rules.identifiers import canonical
from shanhai.field.traceability.events.rules.vocabulary import BUILT_IN, expanded, names_of
from shanhai.field.traceability.recalls.values import Amount, Told
from shanhai.field.traceability.states import Action, EventType

# How many grams are one unit of mass (UNECE Recommendation 20).
_GRAMS = {
    "KGM": "1000", "GRM": "1", "TNE": "1000000", "MGM": "0.001", "HGM": "100", "DG": "0.1", "CGM": "0.01", "DJ": "10",
    "DTN": "100000", "KTN": "1000000000", "LBR": "453.59237", "ONZ": "28.349523125", "STN": "907184.74",
    "LTN": "1016046.9088", "STI": "6350.29318",
}  # fmt: skip
_FACTORS = {unit: Decimal(grams) for unit, grams in _GRAMS.items()}
_PIECES = ("", "H87", "EA", "C62")
_LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
NOTHING = Amount(None, None)


def amount_of(line: Mapping[str, Any]) -> Amount:
    """The amount of a line of a list of quantities; of an unknown unit, or none, ``NOTHING``."""
    number, unit = line.get("quantity"), line.get("uom") or ""
    if isinstance(number, bool) or not isinstance(number, int | float):
        return NOTHING
    exact = Decimal(str(number))
    if unit in _FACTORS:
        return Amount(int((exact * _FACTORS[unit]).to_integral_value()), None)
    whole = unit in _PIECES and exact == exact.to_integral_value()
    return Amount(None, int(exact)) if whole else NOTHING


def spelling_of(content: Mapping[str, Any]) -> Callable[[str], str]:
    """How an event's identifiers become canonical: a compact name stands for what its context says, as in the store."""
    names = names_of(content["@context"], BUILT_IN) if "@context" in content else BUILT_IN
    return lambda text: canonical(expanded(text, names))


def lines_of(content: Mapping[str, Any], name: str) -> list[tuple[str, Amount]]:
    """The things and amounts of a list of quantities."""
    spelt = spelling_of(content)
    return [(spelt(line["epcClass"]), amount_of(line)) for line in content.get(name) or ()]


def told(*, number: int, time: int, kind: int, action: int, party: int, content: str) -> Told:
    """A stored event as trees ask for it; of one that packs nothing and transforms nothing, nothing but its facts."""
    base = (number, time, EventType(kind), Action(action), party)
    if kind == EventType.TRANSFORMATION:
        said = json.loads(content)
        batch = spelling_of(said)(said.get("transformationID") or "")
        return Told(*base, of_side(said, "input"), of_side(said, "output"), batch=batch)
    if kind in (EventType.AGGREGATION, EventType.ASSOCIATION):
        said = json.loads(content)
        portions = dict(lines_of(said, "childQuantityList"))
        spelt = spelling_of(said)
        children = _each([*map(spelt, said.get("childEPCs") or ()), *portions])
        return Told(*base, (), (), spelt(said.get("parentID") or ""), children, portions)
    return Told(*base)


def things_in(content: Mapping[str, Any]) -> set[str]:
    """All things that an event names as what it is about, as canonical identifiers."""
    spelt = spelling_of(content)
    found = {spelt(one) for name in _LISTS for one in content.get(name) or ()}
    found |= {spelt(line["epcClass"]) for name in _QUANTITIES for line in content.get(name) or ()}
    return found | {spelt(content["parentID"])} if content.get("parentID") else found


def leads_to(content: Mapping[str, Any], things: Collection[str]) -> bool:
    """Whether what an event says happened to ``things``: packing and transformations only where these come out."""
    if content.get("type") == "TransformationEvent":
        return any(one in things for one in of_side(content, "output")) or bool(content.get("transformationID"))
    return "parentID" not in content or spelling_of(content)(content["parentID"]) in things


def of_side(content: Mapping[str, Any], side: str) -> tuple[str, ...]:
    """The things of the "input" or the "output" of a transformation, each once."""
    lines = content.get(f"{side}QuantityList") or ()
    epcs = content.get(f"{side}EPCList") or ()
    return _each(map(spelling_of(content), (*epcs, *(line["epcClass"] for line in lines))))


def _each(things: Iterable[str]) -> tuple[str, ...]:
    return (*dict.fromkeys(things),)
