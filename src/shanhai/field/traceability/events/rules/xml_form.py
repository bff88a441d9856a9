# SPDX-License-Identifier: Apache-2.0
"""Documents of EPCIS 1.2 and 2.0 in XML, in the form that JSON has. The header is not taken over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from shanhai.field.traceability.events.rules.vocabulary import BUILT_IN, bare
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.xml import Element

EVENTS = ("ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent")
_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_SPACE = re.compile(r"urn:epcglobal:epcis(?:-query)?:xsd:[12]")
# Elements that only make room for what a later version added.
_ROOM = {"extension", "baseExtension"}
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_NUMBERS = {"quantity", "value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"}
_KINDS = {"type": "measurement", "exception": "exception", "component": "component"}

_NO_EVENTS = gettext_noop("最外层是“%(name)s”，不是 EPCIS 1.2 或 2.0 的文档。请核对文件，和它的 xmlns。")


def as_json(root: Element) -> tuple[dict[str, Any], tuple[int, ...]]:
    """The document as JSON has it, and the line of each event. Raises BadInput for another kind of document."""
    space, name = _parts(root.tag)
    prefixes = _prefixes(root)
    if name in EVENTS and not space:
        made = {"@context": [_CONTEXT, dict(_spaces(prefixes))], **_event(root, prefixes)}
        return made, (root.sourceline,)
    if not _SPACE.fullmatch(space) or name not in ("EPCISDocument", "EPCISQueryDocument"):
        raise BadInput(_NO_EVENTS, "traceability.not_epcis", field="file", name=name[:60])
    elements = [one for one in _below(root) if _parts(one.tag)[1] == "EventList"]
    found = [one for many in elements for one in _flat(many)]
    events = [_event(one, prefixes) for one in found]
    made = {"@context": [_CONTEXT, dict(_spaces(prefixes))], "type": name}
    made |= {key: root.get(key) for key in ("schemaVersion", "creationDate") if root.get(key) is not None}
    body: dict[str, Any] = {"eventList": events}
    if name == "EPCISQueryDocument":
        asked = next((one for one in root.iter("*") if _parts(one.tag)[1] == "queryName"), None)
        body = {"queryResults": {"queryName": _text(asked) if asked is not None else "", "resultsBody": body}}
    made["epcisBody"] = body
    return made, tuple(one.sourceline or 0 for one in found)


def _below(root: Element) -> Iterator[Element]:
    """The elements of the body down to the lists of events, never into an event."""
    for child in root.iterchildren("*"):
        name = _parts(child.tag)[1]
        if name == "EventList":
            yield child
        elif name in ("EPCISBody", "QueryResults", "resultsBody"):
            yield from _below(child)


def _parts(tag: str) -> tuple[str, str]:
    space, _, name = tag.removeprefix("{").rpartition("}")
    return space, name


def _text(element: Element) -> str:
    return ((element.text or "") + "".join(child.tail or "" for child in element)).strip()


def _flat(element: Element) -> Iterator[Element]:
    for child in element.iterchildren("*"):
        if child.tag in _ROOM:
            yield from _flat(child)
        else:
            yield child


def _prefixes(root: Element) -> dict[str, str]:
    """A prefix for each namespace, one that no other namespace has."""
    prefixes = {space: prefix for prefix, space in BUILT_IN.items()}
    # Values may be compact names, too, with prefixes that no element has.
    for own, space in root.nsmap.items():
        if own and own not in BUILT_IN and not _SPACE.fullmatch(space):
            prefixes.setdefault(space, own)
    taken = set(prefixes.values())
    for element in root.iter("*"):
        spaces = [(element.prefix, _parts(element.tag)[0])]
        spaces += [(None, _parts(name)[0]) for name in element.keys() if name[:1] == "{"]  # noqa: SIM118 - lxml
        for prefix, space in spaces:
            if space and space not in prefixes:
                wanted = prefix if prefix and prefix not in taken else f"ns{len(prefixes)}"
                prefixes[space] = wanted
                taken.add(wanted)
    return prefixes


def _spaces(prefixes: dict[str, str]) -> Iterator[tuple[str, str]]:
    return ((prefix, space) for space, prefix in prefixes.items() if prefix not in BUILT_IN)


def _name(tag: str, prefixes: dict[str, str]) -> str:
    space, name = _parts(tag)
    return f"{prefixes[space]}:{name}" if space else name


def _put(made: dict[str, Any], name: str, value: Any) -> None:
    """What stands twice becomes a list, as JSON would have it; the check says where that may not be."""
    if name not in made:
        made[name] = value
    elif isinstance(made[name], list):
        made[name].append(value)
    else:
        made[name] = [made[name], value]


def _event(element: Element, prefixes: dict[str, str]) -> dict[str, Any]:
    space, name = _parts(element.tag)
    made: dict[str, Any] = {"type": _name(element.tag, prefixes)}
    for child in _flat(element):
        space, name = _parts(child.tag)
        if space:
            _put(made, _name(child.tag, prefixes), _foreign(child, prefixes))
        elif name in _READERS:
            made[name] = _READERS[name](child, prefixes)
        elif text := _text(child):
            _put(made, name, bare(name, text, BUILT_IN) if name in ("bizStep", "disposition") else text)
    return made


def _foreign(element: Element, prefixes: dict[str, str]) -> Any:
    made: dict[str, Any] = {}
    for name, value in element.items():
        if not name.startswith(_XSI):
            made[_name(name, prefixes)] = value.strip()
    for child in element.iterchildren("*"):
        _put(made, _name(child.tag, prefixes), _foreign(child, prefixes))
    text = _text(element)
    return text if not made else {**made, "#text": text} if text else made


def _texts(element: Element, prefixes: dict[str, str]) -> list[str]:
    return [_text(child) for child in element.iterchildren("*")]


def _number(text: str) -> Any:
    return Decimal(text) if _NUMBER.fullmatch(text) else text


def _fields(element: Element, prefixes: dict[str, str]) -> dict[str, Any]:
    """Of what has elements of text, and perhaps extensions: a place, a quantity."""
    made: dict[str, Any] = {}
    for child in _flat(element):
        space, name = _parts(child.tag)
        value = _foreign(child, prefixes) if space else _text(child)
        _put(made, _name(child.tag, prefixes), _number(value) if name in _NUMBERS and not space else value)
    return made


def _quantities(element: Element, prefixes: dict[str, str]) -> list[dict[str, Any]]:
    return [_fields(child, prefixes) for child in element.iterchildren("*")]


def _pairs(kind: str) -> Callable[[Element, dict[str, str]], list[dict[str, Any]]]:
    def pairs(element: Element, prefixes: dict[str, str]) -> list[dict[str, Any]]:
        found = []
        for child in element.iterchildren("*"):
            given = child.get("type")
            made = {} if given is None else {"type": bare(kind, given.strip(), BUILT_IN)}
            found.append({**made, _parts(child.tag)[1]: _text(child)})
        return found

    return pairs


def _lasting(element: Element, prefixes: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for child in element.iterchildren("*"):
        made.setdefault(_parts(child.tag)[1], []).append(bare("disposition", _text(child), BUILT_IN))
    return made


def _declaration(element: Element, prefixes: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for child in _flat(element):
        space, name = _parts(child.tag)
        if name == "correctiveEventIDs" and not space:
            made[name] = _texts(child, prefixes)
        elif space:
            _put(made, _name(child.tag, prefixes), _foreign(child, prefixes))
        else:
            _put(made, name, bare("reason", _text(child), BUILT_IN) if name == "reason" else _text(child))
    return made


def _sensors(element: Element, prefixes: dict[str, str]) -> list[dict[str, Any]]:
    found = []
    for one in element.iterchildren("*"):
        made: dict[str, Any] = {"sensorReport": []}
        for child in _flat(one):
            space, name = _parts(child.tag)
            if space:
                _put(made, _name(child.tag, prefixes), _foreign(child, prefixes))
            elif name == "sensorReport":
                made[name].append(_reading(child, prefixes))
            else:
                _put(made, name, _reading(child, prefixes))
        found.append(made)
    return found


def _reading(element: Element, prefixes: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, given in element.items():
        name, text = _name(key, prefixes), given.strip()
        value: Any = _number(text) if name in _NUMBERS else text
        if name in _KINDS:
            value = bare(_KINDS[name], text, BUILT_IN)
        elif name == "booleanValue":
            value = {"true": True, "1": True, "false": False, "0": False}.get(text, text)
        made[name] = value
    for child in element.iterchildren("*"):
        _put(made, _name(child.tag, prefixes), _foreign(child, prefixes))
    return made


_READERS: dict[str, Callable[[Element, dict[str, str]], Any]] = {
    **dict.fromkeys(("epcList", "childEPCs", "inputEPCList", "outputEPCList"), _texts),
    **dict.fromkeys(("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"), _quantities),
    **dict.fromkeys(("readPoint", "bizLocation", "ilmd"), _fields),
    "bizTransactionList": _pairs("transaction"),
    "sourceList": _pairs("party"),
    "destinationList": _pairs("party"),
    "persistentDisposition": _lasting,
    "errorDeclaration": _declaration,
    "sensorElementList": _sensors,
}
