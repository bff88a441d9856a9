# SPDX-License-Identifier: Apache-2.0
"""What an event is beside those that stand under its id already: new, known, its declaration, or a contradiction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any

from shanhai.field.traceability.events.rules.hashing import in_utc, number
from shanhai.field.traceability.events.rules.identifiers import canonical
from shanhai.field.traceability.events.rules.structure import is_time
from shanhai.field.traceability.events.rules.vocabulary import BUILT_IN, FULL, expanded, full, names_of, qualified
from shanhai.field.traceability.states import EventState
from shanhai.field.traceability.store.values import Ready, Row

_BESIDE = {"@context", "recordTime", "eventID"}
_WORDS = {kind for kind in FULL if kind in ("bizStep", "disposition", "reason")}
_LISTS = {"bizTransactionList": "transaction", "sourceList": "party", "destinationList": "party"}


class Found(Enum):
    """What becomes of an event."""

    NEW = "new"
    KNOWN = "known"
    CONTRADICTS = "contradicts"


def beside(ready: Ready, rows: Sequence[Row]) -> tuple[Found, Row | None]:
    """What an event is beside the rows of its id, and the row that it is the same as, or is the other half of.

    An error declaration says the event once more: it and the event stand under one id, in whichever order they came.
    """
    alike = [row for row in rows if (row.state == EventState.DECLARATION) == ready.declares]
    if alike:
        same = next((row for row in alike if same_content(row, ready, declared=True)), None)
        return (Found.KNOWN, same) if same else (Found.CONTRADICTS, alike[0])
    if rows:
        return (Found.NEW if same_content(rows[0], ready, declared=False) else Found.CONTRADICTS), rows[0]
    return Found.NEW, None


def same_content(row: Row, ready: Ready, *, declared: bool) -> bool:
    """Whether both say the same, however they spell it; with ``declared`` their error declarations too.

    The hash alone does not tell: of an identifier it has only the finest level.
    """
    if bytes(row.digest) != ready.digest:
        return False
    return row.content == ready.content or _plain(row.content, declared) == _plain(ready.content, declared)


def _plain(text: str, declared: bool) -> dict[str, Any]:
    content = json.loads(text, parse_float=Decimal)
    names = names_of(content.get("@context"), BUILT_IN)
    left = _BESIDE if declared else {*_BESIDE, "errorDeclaration"}
    return {key: _spelt(key, value, names) for key, value in content.items() if key not in left}


def _spelt(key: str, value: Any, names: Mapping[str, str], kind: str = "") -> Any:
    if isinstance(value, dict):
        inner = names_of(value["@context"], names) if "@context" in value else names
        return {
            qualified(name, inner): _spelt(name, one, inner, kind) for name, one in value.items() if name != "@context"
        }
    if isinstance(value, list):
        return [_spelt(key, one, names, _LISTS.get(key, kind)) for one in value]
    if isinstance(value, str):
        if word := key if key in _WORDS else kind if kind and key == "type" else "":
            return full(word, value.strip(), names)
        if is_time(value):
            return in_utc(value)
        spelt = expanded(value.strip(), names)
        # A Digital Link is left as it is: of lot and serial its canonical spelling has one.
        return canonical(spelt) if spelt.startswith("urn:") else spelt
    return number(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value
