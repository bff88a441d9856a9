# SPDX-License-Identifier: Apache-2.0
"""How fast events of EPCIS are hashed, captured and found, beside the reference tool of the hash and another store."""

from __future__ import annotations

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
from tests.bench.shipments import a_document, as_xml

EVENTS, FEW = 1000, 20
DOCUMENTS = 60
# Events in the store, ancestors of a lot, things that a lot reached.
STORED, FEW_STORED = (5_000_000, 10_000, 100_000), (1000, 30, 200)
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


def _stored(quick: bool, say: Say) -> Iterator[Measured]:
    yield from of_module("tracing", *(FEW_STORED if quick else STORED))


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


PARTS: dict[str, Callable[[bool, Say], Iterable[Measured]]] = {
    "hashing": _hashing,
    "capture": _capture,
    "stored": _stored,
}
