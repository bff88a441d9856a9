# SPDX-License-Identifier: Apache-2.0
"""An event made ready for the store: its columns, the things it names, its values, its content complete in itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from shanhai.field.traceability.events.rules.hashing import pre_hash
from shanhai.field.traceability.events.rules.vocabulary import BUILT_IN, expanded, full
from shanhai.field.traceability.events.values import Event
from shanhai.field.traceability.states import Action, EventType, Role
from shanhai.field.traceability.store.rules.details import details_of
from shanhai.field.traceability.store.rules.keys import key_of, keys_of, word_key
from shanhai.field.traceability.store.values import Ready, instant_of

Names = Mapping[str, str]

TYPES = {f"{one.name.title()}Event": int(one) for one in EventType}
_ACTIONS = {one.name: int(one) for one in Action}
_LISTS = (
    ("epcList", Role.EPC, Role.EPC_CLASS),
    ("childEPCs", Role.CHILD, Role.CHILD_CLASS),
    ("inputEPCList", Role.INPUT, Role.INPUT_CLASS),
    ("outputEPCList", Role.OUTPUT, Role.OUTPUT_CLASS),
)
_QUANTITIES = (
    ("quantityList", Role.QUANTITY, Role.EPC_CLASS),
    ("childQuantityList", Role.CHILD_QUANTITY, Role.CHILD_CLASS),
    ("inputQuantityList", Role.INPUT_QUANTITY, Role.INPUT_CLASS),
    ("outputQuantityList", Role.OUTPUT_QUANTITY, Role.OUTPUT_CLASS),
)
_PAIRS = (
    ("bizTransactionList", "bizTransaction", Role.TRANSACTION),
    ("sourceList", "source", Role.SOURCE),
    ("destinationList", "destination", Role.DESTINATION),
)
_OF_CLASS = {role for _, _, role in _LISTS} | {Role.PARENT_CLASS}
_OPENED = {role for _, role, _ in (*_LISTS, *_QUANTITIES)} | {Role.PARENT}
# A class of GS1 itself, of which a quantity is named without a lot.
_ONLY_CLASS = re.compile(r"(?:https://id\.gs1\.org/)?(?:.*/)?(?:01|gtin)/\d{8,14}(?:[?#].*)?|urn:epc:idpat:.*")
_FINER = re.compile(r"(\.\d{3})\d+")
_TIMES = ("eventTime", "recordTime")


def prepare(event: Event) -> Ready:
    """What the store keeps of an event without faults, whose type is one of EPCIS.

    One without an id gets its hash id.
    """
    content, names = event.content, event.names
    digest = sha256(pre_hash(event).encode()).digest()
    given = "eventID" in content
    event_id = content["eventID"] if given else f"ni:///sha-256;{digest.hex()}?ver=CBV2.0"
    things = dict.fromkeys(_things(content, names))
    named = [key for role, key in things if role in (Role.SOURCE, Role.DESTINATION)]
    return Ready(
        path=event.path,
        event_id=event_id,
        given=given,
        declares="errorDeclaration" in content,
        key=key_of(event_id),
        digest=digest,
        type=TYPES[content["type"]],
        action=_ACTIONS[content.get("action", "NONE")],
        time=instant_of(datetime.fromisoformat(content["eventTime"])) // 1000 * 1000,
        step=_word("bizStep", content, names),
        disposition=_word("disposition", content, names),
        read_point=_place("readPoint", content, names),
        location=_place("bizLocation", content, names),
        content=_written(content, event_id, names),
        things=tuple(things),
        values=details_of(content, names),
        named=named,
        handed=tuple(_handed(content, names)) if named else (),
    )


def renamed(ready: Ready) -> Ready:
    """The same event without an id of its own where its hash id is that of another: with one of all that it says."""
    said = sha256(ready.content.replace(ready.event_id, "").encode()).digest()
    event_id = f"urn:uuid:{UUID(bytes=said[:16], version=5)}"
    content = ready.content.replace(orjson.dumps(ready.event_id).decode(), f'"{event_id}"', 1)
    return ready._replace(event_id=event_id, key=key_of(event_id), content=content)


def _word(field: str, content: Mapping[str, Any], names: Names) -> int:
    return word_key(full(field, content[field].strip(), names)) if field in content else 0


def _place(field: str, content: Mapping[str, Any], names: Names) -> int:
    return keys_of(expanded(content[field]["id"], names))[0] if field in content else 0


def _things(content: Mapping[str, Any], names: Names) -> Iterator[tuple[int, int]]:
    for field, role, of_class in _LISTS:
        for one in content.get(field, ()):
            yield from _thing(expanded(one, names), role, of_class)
    for field, role, of_class in _QUANTITIES:
        for one in content.get(field, ()):
            yield from _thing(expanded(one["epcClass"], names), role, of_class)
    if "parentID" in content:
        yield from _thing(expanded(content["parentID"], names), Role.PARENT, Role.PARENT_CLASS)
    if "transformationID" in content:
        yield Role.TRANSFORMATION, keys_of(expanded(content["transformationID"], names))[0]
    for field, name, role in _PAIRS:
        for one in content.get(field, ()):
            yield role, keys_of(expanded(one[name], names))[0]
    for one in content.get("errorDeclaration", {}).get("correctiveEventIDs", ()):
        yield Role.CORRECTIVE, key_of(one)


def _thing(text: str, role: int, of_class: int) -> Iterator[tuple[int, int]]:
    key, class_key = keys_of(text)
    yield role, key
    if class_key:
        yield of_class, class_key


def _handed(content: Mapping[str, Any], names: Names) -> Iterator[int]:
    """The keys of things of their own: a class of which some is named is everybody's."""
    for field, _, _ in _LISTS:
        for one in content.get(field, ()):
            if _ONLY_CLASS.fullmatch(spelt := expanded(one, names)) is None:
                yield keys_of(spelt)[0]
    for field, _, _ in _QUANTITIES:
        for one in content.get(field, ()):
            if _ONLY_CLASS.fullmatch(spelt := expanded(one["epcClass"], names)) is None:
                yield keys_of(spelt)[0]
    if "parentID" in content:
        yield keys_of(expanded(content["parentID"], names))[0]


def _written(content: Mapping[str, Any], event_id: str, names: Names) -> str:
    """The content as JSON, with its own context: what it uses beside the context of the standard."""
    said = {**content, "eventID": event_id}
    said.pop("@context", None)
    for field in _TIMES:
        if field in said:
            said[field] = _cut(said[field])
    if "errorDeclaration" in said:
        declared = said["errorDeclaration"]
        said["errorDeclaration"] = {**declared, "declarationTime": _cut(declared["declarationTime"])}
    if "sensorElementList" in said:
        said["sensorElementList"] = [_cut_sensor(one) for one in said["sensorElementList"]]
    text = as_text(said)
    own = {prefix: space for prefix, space in names.items() if BUILT_IN.get(prefix) != space}
    used = {prefix: space for prefix, space in own.items() if f'"{prefix}:' in text or f'"{prefix}"' in text}
    return f'{{"@context":{as_text(used)},{text[1:]}' if used else text


def _cut(text: str) -> str:
    return _FINER.sub(r"\1", text, count=1) if len(text) > 24 else text


def _cut_sensor(element: Mapping[str, Any]) -> dict[str, Any]:
    def cut(part: Mapping[str, Any]) -> dict[str, Any]:
        times = {key: _cut(part[key]) for key in ("time", "startTime", "endTime") if key in part}
        return {**part, **times}

    made = {**element, "sensorReport": [cut(one) for one in element["sensorReport"]]}
    if "sensorMetadata" in made:
        made["sensorMetadata"] = cut(made["sensorMetadata"])
    return made


def as_text(value: Any) -> str:
    """A value as JSON: its numbers with all the digits that they have."""
    try:
        return orjson.dumps(value, default=_digits).decode()
    except TypeError:
        # A number of more than 64 bits.
        return orjson.dumps(_marked(value), default=_digits).decode()


def _digits(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value).encode())
    raise TypeError


def _marked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _marked(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_marked(one) for one in value]
    big = isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 63
    return orjson.Fragment(str(value).encode()) if big else value
