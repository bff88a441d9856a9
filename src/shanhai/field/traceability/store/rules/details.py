# SPDX-License-Identifier: Apache-2.0
"""What an event says beyond the columns of its table, as names and values that queries find: ``models.EventValue``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from shanhai.field.traceability.events.rules.hashing import number
from shanhai.field.traceability.events.rules.structure import is_time
from shanhai.field.traceability.events.rules.units import in_base
from shanhai.field.traceability.events.rules.vocabulary import expanded, full, names_of, qualified
from shanhai.field.traceability.store.rules.keys import key_of, keys_of, name_of
from shanhai.field.traceability.store.values import instant_of

Names = Mapping[str, str]
Value = tuple[int, int | None, float | None]

_NUMBER = re.compile(r"[+-]?(?:\d{1,300}(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_MEASURED = {"value", "minValue", "maxValue", "meanValue", "sDev", "percValue"}
_WORDS = {"type": "measurement", "exception": "exception", "component": "component"}
# What the standard has in an event and its parts; the rest are extensions.
_OWN = {
    "@context", "type", "eventTime", "recordTime", "eventTimeZoneOffset", "eventID", "certificationInfo",
    "errorDeclaration", "epcList", "quantityList", "action", "bizStep", "disposition", "persistentDisposition",
    "readPoint", "bizLocation", "bizTransactionList", "sourceList", "destinationList", "sensorElementList", "ilmd",
    "parentID", "childEPCs", "childQuantityList", "inputEPCList", "inputQuantityList", "outputEPCList",
    "outputQuantityList", "transformationID",
}  # fmt: skip


def details_of(content: Mapping[str, Any], names: Names) -> list[Value]:
    """The values of extensions, ILMD, sensors, lasting dispositions and error declaration: (name, text, number)."""
    found: list[Value] = []
    for key in content.keys() - _OWN:
        found += _extension("", key, content[key], names)
    for key, value in content.get("ilmd", {}).items():
        found += _extension("ILMD", key, value, names)
    for key, words in content.get("persistentDisposition", {}).items():
        name = name_of("", f"persistentDisposition_{key}")
        found += [(name, key_of(full("disposition", one, names)), None) for one in words]
    for one in _listed(content.get("certificationInfo", ())):
        found.append((name_of("", "certificationInfo"), keys_of(expanded(one, names))[0], None))
    for element in content.get("sensorElementList", ()):
        found += _sensor(element, names)
    if "errorDeclaration" in content:
        found += _declaration(content["errorDeclaration"], names)
    return found


def scalar(value: Any, names: Names) -> tuple[int | None, float | None]:
    """The key of a text or number as text, and its number or instant in microseconds where it is one."""
    if isinstance(value, str):
        text = value.strip()
        amount = finite(text) if _NUMBER.fullmatch(text) else None
        if amount is None and is_time(text):
            amount = float(instant_of(datetime.fromisoformat(text)))
        return keys_of(expanded(text, names))[0], amount
    if isinstance(value, bool):
        return key_of("true" if value else "false"), None
    return (key_of(number(value)), finite(value)) if isinstance(value, int | Decimal) else (None, None)


def finite(value: Any) -> float | None:
    """What no float can hold is found by its text alone."""
    try:
        amount = float(value)
    except OverflowError:
        return None
    return amount if abs(amount) <= 1e300 else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else list(value)


def _extension(where: str, key: str, value: Any, names: Names) -> Iterator[Value]:
    """A field and, by the place of what lies within, the fields in it. A context is no field."""
    if key[:1] == "@" or value is None:
        return
    if isinstance(value, list):
        for one in value:
            yield from _extension(where, key, one, names)
        return
    name = name_of(where, qualified(key, names))
    if not isinstance(value, dict):
        yield (name, *scalar(value, names))
        return
    inner = names_of(value["@context"], names) if "@context" in value else names
    text = value.get("#text")
    yield (name, *scalar(text, inner)) if text is not None else (name, None, None)
    within = where if where.startswith("INNER") else f"INNER_{where}".rstrip("_")
    for other, one in value.items():
        if other != "#text":
            yield from _extension(within, other, one, inner)


def _sensor(element: Mapping[str, Any], names: Names) -> Iterator[Value]:
    inner = names_of(element["@context"], names) if "@context" in element else names
    for key, value in element.items():
        if key not in ("sensorMetadata", "sensorReport"):
            yield from _extension("SENSORELEMENT", key, value, inner)
    for key, value in element.get("sensorMetadata", {}).items():
        yield from _extension("SENSORMETADATA", key, value, inner)
    for report in element["sensorReport"]:
        for key, value in report.items():
            if key in _MEASURED and (amount := finite(value)) is not None:
                yield _measured(key, amount, report.get("uom", ""))
            elif key in _WORDS:
                yield name_of("SENSORREPORT", key), key_of(full(_WORDS[key], value, inner)), None
            else:
                yield from _extension("SENSORREPORT", key, value, inner)


def _measured(key: str, amount: float, unit: str) -> Value:
    if not unit:
        return name_of("SENSORREPORT", key), None, amount
    base, based = in_base(unit, amount)
    # A deviation is a difference: 2 °C are 2 K.
    return name_of("SENSORREPORT", f"{key}_{base}"), None, based - (in_base(unit, 0)[1] if key == "sDev" else 0)


def _declaration(declared: Mapping[str, Any], names: Names) -> Iterator[Value]:
    for key, value in declared.items():
        if key == "reason":
            yield name_of("ERROR_DECLARATION", key), key_of(full("reason", value, names)), None
        elif key != "correctiveEventIDs":
            yield from _extension("ERROR_DECLARATION", key, value, names)
