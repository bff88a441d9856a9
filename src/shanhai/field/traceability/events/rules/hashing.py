# SPDX-License-Identifier: Apache-2.0
"""The hash id of an event after CBV 2.0: what it says in one canonical string, whatever form it came in, as SHA-256.

Where the text of the standard leaves room this is decided: the lists of transactions and parties stand before the
sensors, in each pair the type before the value (as all tools write it); times are cut to milliseconds, never rounded;
text stays text, so that lot 00123 is not lot 123; of an identifier the finest level counts. Events that differ may
still have one hash (only the finest level counts): nothing is dropped for its hash alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from shanhai.field.traceability.events.rules.identifiers import canonical
from shanhai.field.traceability.events.rules.vocabulary import expanded, full, names_of, qualified
from shanhai.field.traceability.events.values import Event

Names = Mapping[str, str]
_Writer = Callable[[str, Any, Names], str]

# What says nothing of the event itself, and remarks.
_LEFT_OUT = {"type", "@context", "recordTime", "eventID", "errorDeclaration", "rdfs:comment", "comment"}
# So far a number is written out; beyond, it keeps its exponent.
_MOST_PLACES = 60


def hash_id(event: Event) -> str:
    """The ``ni:`` id of an event whose structure is sound."""
    return f"ni:///sha-256;{sha256(pre_hash(event).encode()).hexdigest()}?ver=CBV2.0"


def pre_hash(event: Event) -> str:
    """The canonical string of an event whose structure is sound."""
    content, names = event.content, event.names
    parts = ["eventType=", expanded(content["type"], names)]
    rest = content.keys() - _LEFT_OUT
    for key, write in _EVENT.items():
        if key in rest:
            parts.append(write(key, content[key], names))
    if extensions := rest - _EVENT.keys():
        parts.append(_extensions({key: content[key] for key in extensions}, names))
    return "".join(parts)


def in_utc(text: str) -> str:
    """An instant as the hash has it: in UTC, cut to milliseconds. Raises ValueError for what is none."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def number(value: Decimal | int) -> str:
    """A number without zeros at its end."""
    if isinstance(value, int):
        return str(value)
    # A trillion zeros are not written out.
    if not -_MOST_PLACES < value.adjusted() < _MOST_PLACES:
        return str(value) if value else "0"
    written = f"{value:f}"
    return (written.rstrip("0").rstrip(".") if "." in written else written) if value else "0"


def _value(value: Any, names: Names) -> str:
    if isinstance(value, str):
        return canonical(expanded(value.strip(), names))
    if isinstance(value, bool):
        return "true" if value else "false"
    return number(value)


def _time(key: str, value: str, names: Names) -> str:
    return f"{key}={in_utc(value)}"


def _plain(key: str, value: Any, names: Names) -> str:
    if not isinstance(value, list):
        return f"{key}={_value(value, names)}"
    return "".join(sorted([f"{key}={_value(one, names)}" for one in value]))


def _word(kind: str) -> _Writer:
    return lambda key, value, names: f"{key}={canonical(full(kind, value.strip(), names))}"


def _things(key: str, value: list[str], names: Names) -> str:
    return key + "".join(sorted([f"epc={canonical(expanded(one, names))}" for one in value])) if value else ""


def _quantities(key: str, value: list[dict[str, Any]], names: Names) -> str:
    found = [f"quantityElement{_ordered(one, _QUANTITY, names)}" for one in value]
    return key + "".join(sorted(found)) if found else ""


def _place(key: str, value: dict[str, Any], names: Names) -> str:
    return key + _ordered(value, _ID, names)


def _lasting(key: str, value: dict[str, Any], names: Names) -> str:
    return key + "".join(
        "".join(sorted(f"{what}={full('disposition', one, names)}" for one in value.get(what, ())))
        for what in ("set", "unset")
    )


def _pairs(kind: str, name: str) -> _Writer:
    order = {"type": _word(kind), name: _plain}

    def write(key: str, value: list[dict[str, Any]], names: Names) -> str:
        found = sorted(_ordered(one, order, names) for one in value)
        return key + "".join(found) if found else ""

    return write


def _sensors(key: str, value: list[dict[str, Any]], names: Names) -> str:
    found = sorted(f"sensorElement{_ordered(one, _SENSOR, names)}" for one in value)
    return key + "".join(found) if found else ""


def _metadata(key: str, value: dict[str, Any], names: Names) -> str:
    said = _ordered(value, _METADATA, names)
    return key + said if said else ""


def _reports(key: str, value: list[dict[str, Any]], names: Names) -> str:
    return "".join(sorted(key + _ordered(one, _REPORT, names) for one in value))


def _ilmd(key: str, value: dict[str, Any], names: Names) -> str:
    return key + _extensions(value, names) if value else ""


def _ordered(value: dict[str, Any], order: Mapping[str, _Writer], names: Names) -> str:
    """The fields in their order, then what is of another namespace."""
    if "@context" in value:
        names = names_of(value["@context"], names)
    said = "".join([write(key, value[key], names) for key, write in order.items() if key in value])
    others = value.keys() - order.keys()
    return said + _extensions({key: value[key] for key in others}, names) if others else said


def _extensions(fields: Mapping[str, Any], names: Names) -> str:
    return "".join(sorted(said for key, value in fields.items() for said in _extension(key, value, names)))


def _extension(key: str, value: Any, names: Names) -> list[str]:
    if key in _LEFT_OUT - {"type"} or value is None:
        return []
    if isinstance(value, list):
        return [said for one in value for said in _extension(key, one, names)]
    if not isinstance(value, dict):
        said = _value(value, names)
        return [f"{qualified(key, names)}={said}" if said else qualified(key, names)]
    inner = names_of(value["@context"], names) if "@context" in value else names
    text = f"={_value(value['#text'], inner)}" if "#text" in value else ""
    within = _extensions({name: one for name, one in value.items() if name != "#text"}, inner)
    return [qualified(key, names) + text + within]


_ID: dict[str, _Writer] = {"id": _plain}
_QUANTITY: dict[str, _Writer] = dict.fromkeys(("epcClass", "quantity", "uom"), _plain)
_DEVICE = ("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod")
_TIMES: dict[str, _Writer] = dict.fromkeys(("time", "startTime", "endTime"), _time)
_METADATA: dict[str, _Writer] = {**_TIMES, **dict.fromkeys((*_DEVICE, "bizRules"), _plain)}
_REPORT: dict[str, _Writer] = {
    "type": _word("measurement"),
    "exception": _word("exception"),
    **dict.fromkeys((*_DEVICE, "bizRules"), _plain),
    "time": _time,
    **dict.fromkeys(("microorganism", "chemicalSubstance", "value"), _plain),
    "component": _word("component"),
    **dict.fromkeys(("stringValue", "booleanValue", "hexBinaryValue", "uriValue", "minValue", "maxValue"), _plain),
    **dict.fromkeys(("meanValue", "sDev", "percRank", "percValue", "uom", "coordinateReferenceSystem"), _plain),
}
_SENSOR: dict[str, _Writer] = {"sensorMetadata": _metadata, "sensorReport": _reports}
_EVENT: dict[str, _Writer] = {
    "eventTime": _time,
    **dict.fromkeys(("eventTimeZoneOffset", "certificationInfo"), _plain),
    "epcList": _things,
    "parentID": _plain,
    **dict.fromkeys(("inputEPCList", "childEPCs"), _things),
    **dict.fromkeys(("quantityList", "childQuantityList", "inputQuantityList"), _quantities),
    "outputEPCList": _things,
    "outputQuantityList": _quantities,
    **dict.fromkeys(("action", "transformationID"), _plain),
    "bizStep": _word("bizStep"),
    "disposition": _word("disposition"),
    "persistentDisposition": _lasting,
    **dict.fromkeys(("readPoint", "bizLocation"), _place),
    "bizTransactionList": _pairs("transaction", "bizTransaction"),
    "sourceList": _pairs("party", "source"),
    "destinationList": _pairs("party", "destination"),
    "sensorElementList": _sensors,
    "ilmd": _ilmd,
}
