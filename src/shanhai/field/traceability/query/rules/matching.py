# SPDX-License-Identifier: Apache-2.0
"""Whether the content of an event answers a query: exactly, where the tables only say which events may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from shanhai.field.traceability.events.rules.hashing import number
from shanhai.field.traceability.events.rules.identifiers import canonical
from shanhai.field.traceability.events.rules.units import in_base
from shanhai.field.traceability.events.rules.vocabulary import BUILT_IN, expanded, full, names_of, qualified
from shanhai.field.traceability.query.rules.parameters import based
from shanhai.field.traceability.query.rules.reading import as_instant, as_number
from shanhai.field.traceability.query.values import Condition, Field, Op, Operand, Place
from shanhai.field.traceability.states import Role
from shanhai.field.traceability.store.rules.details import finite
from shanhai.field.traceability.store.rules.keys import class_of

Names = Mapping[str, str]
# Two numbers that differ by less, as a part of themselves, are one: 4 CEL and 39.2 FAH.
NEAR = 1e-9

_LISTS = {"epcList": Role.EPC, "childEPCs": Role.CHILD, "inputEPCList": Role.INPUT, "outputEPCList": Role.OUTPUT}
_QUANTITIES = {
    "quantityList": Role.QUANTITY,
    "childQuantityList": Role.CHILD_QUANTITY,
    "inputQuantityList": Role.INPUT_QUANTITY,
    "outputQuantityList": Role.OUTPUT_QUANTITY,
}
_PAIRS = {
    Role.TRANSACTION: ("bizTransactionList", "bizTransaction", "transaction"),
    Role.SOURCE: ("sourceList", "source", "party"),
    Role.DESTINATION: ("destinationList", "destination", "party"),
}
_WORDS = {"type": "measurement", "component": "component", "exception": "exception", "reason": "reason"}


class Found(NamedTuple):
    """A value that an event has, as far as it is one of these."""

    text: str | None = None
    number: float | None = None
    instant: int | None = None
    # Written as text: it is no number for who asks for a text.
    quoted: bool = True


def matches(conditions: Iterable[Condition], content: Mapping[str, Any], *, recorded: int = 0) -> bool:
    """Whether all conditions hold of an event. ``recorded`` is when it was, in microseconds."""
    names = names_of(content.get("@context"), BUILT_IN)
    return all(_holds(one, content, names, recorded) for one in conditions)


def values_of(field: Field, content: Mapping[str, Any], names: Names, recorded: int = 0) -> Iterator[Found]:
    """The values that an event has in a field, in the order in which it says them."""
    match field.place:
        case Place.TYPE | Place.ACTION | Place.EVENT_ID:
            yield Found(content.get(str(field.place)))
        case Place.STEP | Place.DISPOSITION:
            if field.place in content:
                yield Found(full(field.place, content[field.place], names))
        case Place.READ_POINT | Place.LOCATION:
            if field.place in content:
                yield Found(_spelt(content[field.place]["id"], names))
        case Place.EVENT_TIME:
            yield Found(instant=as_instant(content["eventTime"]))
        case Place.RECORD_TIME:
            yield Found(instant=recorded)
        case Place.DECLARED | Place.SENSED:
            if content.get(field.place):
                yield Found("")
        case Place.THING:
            yield from _things(field.roles, content, names)
        case Place.PAIR:
            yield from _pairs(field, content, names)
        case Place.QUANTITY:
            yield from _amounts(field.unit, content)
        case Place.FIELD:
            for where in field.wheres:
                yield from _fields(where, field, content, names)


def _holds(condition: Condition, content: Mapping[str, Any], names: Names, recorded: int) -> bool:
    found = values_of(condition.field, content, names, recorded)
    if condition.op == Op.EXISTS:
        return next(found, None) is not None
    return any(_stands(one, condition.op, operand) for one in found for operand in condition.operands)


def _stands(found: Found, op: Op, operand: Operand) -> bool:
    if isinstance(operand, str):
        return _same(found, operand)
    mine: float | int | None = found.instant if isinstance(operand, int) else found.number
    if mine is None:
        return False
    near = isinstance(operand, float) and abs(mine - operand) <= NEAR * max(abs(mine), abs(operand))
    match op:
        case Op.EQ:
            return near or mine == operand
        case Op.GT:
            return mine > operand and not near
        case Op.GE:
            return mine >= operand or near
        case Op.LT:
            return mine < operand and not near
        case _:
            return mine <= operand or near


def _same(found: Found, text: str) -> bool:
    """A text is the same sign by sign; an instant however its offset is written; a number by its value."""
    if found.text == text:
        return True
    if found.instant is not None:
        return found.instant == as_instant(text)
    return not found.quoted and found.number is not None and found.number == as_number(text)


def _spelt(text: str, names: Names) -> str:
    return canonical(expanded(text.strip(), names))


def _things(roles: frozenset[Role], content: Mapping[str, Any], names: Names) -> Iterator[Found]:
    named = [(role, one) for key, role in _LISTS.items() for one in content.get(key, ())]
    named += [(role, one["epcClass"]) for key, role in _QUANTITIES.items() for one in content.get(key, ())]
    named += [(Role.PARENT, content["parentID"])] if "parentID" in content else []
    named += [(Role.TRANSFORMATION, content["transformationID"])] if "transformationID" in content else []
    for role, one in named:
        if role in roles:
            spelt = _spelt(one, names)
            yield Found(spelt)
            # Who asks for a class finds its instances and lots.
            yield Found(class_of(spelt) or None)
    if Role.CORRECTIVE in roles:
        yield from map(Found, content.get("errorDeclaration", {}).get("correctiveEventIDs", ()))


def _pairs(field: Field, content: Mapping[str, Any], names: Names) -> Iterator[Found]:
    (role,) = field.roles
    listed, name, kind = _PAIRS[role]
    for one in content.get(listed, ()):
        if full(kind, one.get("type", ""), names) == field.name:
            yield Found(_spelt(one[name], names))


def _amounts(unit: str, content: Mapping[str, Any]) -> Iterator[Found]:
    for key in _QUANTITIES:
        for one in content.get(key, ()):
            if "quantity" not in one:
                continue
            amount = float(one["quantity"])
            if not unit:
                yield Found(number=amount)
            elif (based_in := in_base(one.get("uom", ""), amount))[0] == unit:
                yield Found(number=based_in[1])


def _fields(where: str, field: Field, content: Mapping[str, Any], names: Names) -> Iterator[Found]:
    inner, area = where.startswith("INNER"), where.removeprefix("INNER").removeprefix("_")
    for part, known in _parts(area, content, names):
        if area == "" and field.name.startswith("persistentDisposition_"):
            words = part.get("persistentDisposition", {}).get(field.name.partition("_")[2], ())
            yield from (Found(full("disposition", one, known)) for one in words)
        elif field.name[:1] != "{":
            yield from _standard(field, part, known)
        elif inner:
            for key, value in part.items():
                if area or ":" in key or key in known:
                    yield from _within(field.name, value, known, top=True)
        else:
            for key, value in part.items():
                if qualified(key, known) == field.name:
                    yield from _scalars(value, known)


def _parts(area: str, content: Mapping[str, Any], names: Names) -> Iterator[tuple[Mapping[str, Any], Names]]:
    """The objects that an area is, and the namespaces there."""
    if area == "":
        yield content, names
    elif area in ("readPoint", "bizLocation"):
        yield content.get(area, {}), names
    elif area == "ILMD":
        yield content.get("ilmd", {}), names
    elif area == "ERROR_DECLARATION":
        yield content.get("errorDeclaration", {}), names
    else:
        for element in content.get("sensorElementList", ()):
            known = names_of(element["@context"], names) if "@context" in element else names
            if area == "SENSORELEMENT":
                yield {key: one for key, one in element.items() if key not in ("sensorMetadata", "sensorReport")}, known
            elif area == "SENSORMETADATA":
                yield element.get("sensorMetadata", {}), known
            else:
                yield from ((report, known) for report in element["sensorReport"])


def _standard(field: Field, part: Mapping[str, Any], names: Names) -> Iterator[Found]:
    value = part.get(field.name)
    if value is None:
        return
    if field.unit:
        base = in_base(part.get("uom", ""), 0)[0]
        if base == field.unit:
            yield Found(number=based(field.name, part["uom"], float(value)))
    elif field.name in _WORDS:
        yield Found(full(_WORDS[field.name], value, names))
    else:
        yield from _scalars(value, names)


def _within(name: str, value: Any, names: Names, *, top: bool = False) -> Iterator[Found]:
    """The values of fields of that name below a field, at any depth."""
    if isinstance(value, list):
        for one in value:
            yield from _within(name, one, names)
    elif isinstance(value, dict):
        known = names_of(value["@context"], names) if "@context" in value else names
        for key, one in value.items():
            if qualified(key, known) == name:
                yield from _scalars(one, known)
            yield from _within(name, one, known)


def _scalars(value: Any, names: Names) -> Iterator[Found]:
    if isinstance(value, list):
        for one in value:
            yield from _scalars(one, names)
    elif isinstance(value, dict):
        known = names_of(value["@context"], names) if "@context" in value else names
        # It is there, if only with parts of its own.
        yield from _scalars(value["#text"], known) if "#text" in value else [Found()]
    elif isinstance(value, bool):
        yield Found("true" if value else "false")
    elif isinstance(value, str):
        text = value.strip()
        yield Found(_spelt(text, names), as_number(text), as_instant(text))
    elif isinstance(value, int | float | Decimal):
        yield Found(number(value) if not isinstance(value, float) else str(value), finite(value), quoted=False)
