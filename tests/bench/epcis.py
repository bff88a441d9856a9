# SPDX-License-Identifier: Apache-2.0
"""How fast events of EPCIS are hashed, captured and found, beside the reference tool of the hash and another store."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from django.db import connection

from shanhai.field.traceability.events.rules.checking import check
from shanhai.field.traceability.events.rules.hashing import hash_id
from shanhai.field.traceability.events.rules.reading import read
from tests.bench.building import Say
from tests.bench.peers import beside
from tests.bench.report import Measured, cost
from tests.bench.run import ABSENT, Parts, of_module

EVENTS, FEW = 1000, 20
DOCUMENTS = 20
HASHER, STORE = "epcis-event-hash-generator", "quartet-epcis"
# At least five times as fast; at least fifteen times.
MOST_OF_HASHER, MOST_OF_STORE = 0.2, 1 / 15


def measure_epcis(*, quick: bool, parts: Sequence[str], say: Say) -> Parts:
    """Measure the parts asked for."""
    found = Parts(say, lambda one: None)
    for name in parts:
        say(f"{name} …")
        found.measure(partial(PARTS[name], quick, say))
    return found


def a_document(count: int, first: int = 0) -> bytes:
    """Boxes that are shipped, each with three things, a lot by weight, an order and a field of its own."""
    events = [
        {
            "type": "ObjectEvent",
            "eventTime": f"2026-11-{1 + at % 28:02d}T10:{at % 60:02d}:00.{at % 1000:03d}+08:00",
            "eventTimeZoneOffset": "+08:00",
            "epcList": [f"urn:epc:id:sgtin:0614141.107346.{at}{one}" for one in range(3)],
            "quantityList": [{"epcClass": f"urn:epc:class:lgtin:4012345.012345.L{at}", "quantity": 2.5, "uom": "KGM"}],
            "action": "OBSERVE",
            "bizStep": "shipping",
            "disposition": "in_transit",
            "readPoint": {"id": "urn:epc:id:sgln:0614141.07346.1234"},
            "bizLocation": {"id": "urn:epc:id:sgln:0614141.00888.0"},
            "bizTransactionList": [{"type": "po", "bizTransaction": f"https://example.org/po/{at}"}],
            "example:grade": f"A{at % 7}",
        }
        for at in range(first, first + count)
    ]
    context = [
        "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        {"example": "https://ns.example.org/epcis/"},
    ]
    head = {"type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-11-30T00:00:00Z"}
    return json.dumps({"@context": context, **head, "epcisBody": {"eventList": events}}).encode()


def as_xml(count: int) -> str:
    """The same events in the XML of EPCIS 1.2, without the field of their own."""

    def told(at: int) -> str:
        epcs = "".join(f"<epc>urn:epc:id:sgtin:0614141.107346.{at}{one}</epc>" for one in range(3))
        return f"""<ObjectEvent>
<eventTime>2026-11-{1 + at % 28:02d}T10:{at % 60:02d}:00.{at % 1000:03d}+08:00</eventTime>
<eventTimeZoneOffset>+08:00</eventTimeZoneOffset><epcList>{epcs}</epcList><action>OBSERVE</action>
<bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep><disposition>urn:epcglobal:cbv:disp:in_transit</disposition>
<readPoint><id>urn:epc:id:sgln:0614141.07346.1234</id></readPoint>
<bizLocation><id>urn:epc:id:sgln:0614141.00888.0</id></bizLocation>
<bizTransactionList>
<bizTransaction type="urn:epcglobal:cbv:btt:po">https://example.org/po/{at}</bizTransaction></bizTransactionList>
<extension><quantityList><quantityElement><epcClass>urn:epc:class:lgtin:4012345.012345.L{at}</epcClass>
<quantity>2.5</quantity><uom>KGM</uom></quantityElement></quantityList></extension></ObjectEvent>"""

    events = "".join(map(told, range(count)))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2" creationDate="2026-11-30T00:00:00Z">
<EPCISBody><EventList>{events}</EventList></EPCISBody></epcis:EPCISDocument>"""


def _capture(quick: bool, say: Say) -> Iterator[Measured]:
    count, documents = (FEW, 2) if quick else (EVENTS, DOCUMENTS)
    ours = list(of_module("capturing", count, documents))
    yield from ours
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.xml"
        path.write_text(as_xml(count), "utf-8")
        say(f"{STORE} …")
        took = beside("quartet", [str(path), folder], os.environ)
    cpu = ours[-1].value
    ratio = None if took is None else round(cpu / took.cpu, 4)
    said = ABSENT if took is None else f"the peer {count / took.seconds:.0f} events/s, into SQLite"
    name = f"check, hash and store {count} events"
    yield Measured(name, cpu, "s CPU", MOST_OF_STORE, connection.vendor, STORE, ratio, said)


def _hashing(quick: bool, say: Say) -> Iterator[Measured]:
    count, vendor = FEW if quick else EVENTS, connection.vendor
    content = a_document(count)
    ids: list[str] = []

    def hash_all() -> None:
        ids[:] = [hash_id(event) for event in read(content).events]

    ours = cost(hash_all, 3)
    with tempfile.TemporaryDirectory() as folder:
        path, theirs = Path(folder) / "events.jsonld", Path(folder) / "ids"
        path.write_bytes(content)
        say(f"{HASHER} …")
        took = beside("epcis_hash", [str(path), str(theirs)], os.environ)
        same = 0 if took is None else sum(map(str.__eq__, ids, theirs.read_text("utf-8").split("\n")))
    ratio = None if took is None else round(ours.cpu / took.cpu, 4)
    said = f"{count / ours.seconds:.0f} events/s"
    said = f"{said}; {ABSENT}" if took is None else f"{said}, the peer {count / took.seconds:.0f}; {same} ids agree"
    name = f"read and hash {count} events"
    yield Measured(name, round(ours.cpu, 4), "s CPU", MOST_OF_HASHER, vendor, HASHER, ratio, said)
    checked = cost(lambda: check(content), 3)
    said = f"{count / checked.seconds:.0f} events/s"
    yield Measured(f"check {count} events, all rules", round(checked.cpu, 4), "s CPU", 0.2, vendor, said=said)


PARTS: dict[str, Callable[[bool, Say], Iterable[Measured]]] = {"hashing": _hashing, "capture": _capture}
