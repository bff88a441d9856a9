# SPDX-License-Identifier: Apache-2.0
"""The official material, which is no part of the project; events of our own."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema_rs
import pytest

from shanhai.field.traceability.events.rules.reading import read
from shanhai.field.traceability.events.values import Event
from tests.architecture.tree import ROOT

FOLDER = next((p / "shared/vectors/epcis" for p in ROOT.parents if (p / "shared/vectors/epcis").is_dir()), None)
needs_vectors = pytest.mark.skipif(FOLDER is None, reason="../shared/vectors is not there: the official EPCIS material")
EXAMPLES = sorted((FOLDER / "examples").rglob("*.jsonld")) if FOLDER else []
DOCUMENTS = sorted((FOLDER / "documents").glob("*.json")) if FOLDER else []

CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ex": "https://ns.example.org/"}]
TAG = "urn:epc:id:sgtin:0614141.107346.2017"


def an_event(**kw: Any) -> dict[str, Any]:
    """A yak's tag is seen. A field given as None is left out."""
    given = {
        "type": "ObjectEvent",
        "eventTime": "2026-11-22T10:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [TAG],
        "action": "OBSERVE",
        "bizStep": "receiving",
        **kw,
    }
    return {key: value for key, value in given.items() if value is not None}


def packed(**kw: Any) -> dict[str, Any]:
    """Something is put into a box."""
    box = {"type": "AggregationEvent", "action": "ADD", "parentID": "urn:epc:id:sscc:0614141.1234567890"}
    return an_event(**{**box, "epcList": None, "childEPCs": [TAG], **kw})


def a_document(*events: dict[str, Any], **kw: Any) -> bytes:
    """A document with these events, or with one."""
    body = {"eventList": list(events) or [an_event()]}
    head = {"type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-11-22T10:00:00Z"}
    return json.dumps({"@context": CONTEXT, **head, "epcisBody": body, **kw}).encode()


def the_event(content: bytes) -> Event:
    """The one event of a document."""
    (event,) = read(content).events
    return event


@cache
def official() -> jsonschema_rs.Draft7Validator:
    """The official schema, formats included."""
    assert FOLDER is not None
    schema = json.loads((FOLDER / "EPCIS-JSON-Schema.json").read_text("utf-8"))
    return jsonschema_rs.Draft7Validator(schema, validate_formats=True)
