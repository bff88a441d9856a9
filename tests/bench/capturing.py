# SPDX-License-Identifier: Apache-2.0
"""How many events a second are captured through HTTP: ``python -m`` this COUNT DOCUMENTS, inside a place of its own. It
prints a figure a line."""

from __future__ import annotations

import http.client
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import django

from shanhai.kernel import clock
from shanhai.kernel.actors import system
from tests.bench.report import Measured, cost
from tests.bench.shipments import a_document
from tests.bench.visiting import free_port, running, wait_until_open

_LEAST = 3000
# The best of them: at first what is served beside starts, too.
ROUNDS = 2


def main(count: int, documents: int) -> None:
    """Measure with so many documents of so many events."""
    django.setup()
    from shanhai.operate.demo.load import make_tables

    make_tables()
    for one in _captured(count, documents):
        print(json.dumps(asdict(one)), flush=True)


def _captured(count: int, documents: int) -> Iterator[Measured]:
    from django.db import connection

    from shanhai.field.traceability.capture.services.credentials import give_credential
    from shanhai.field.traceability.models import Event
    from shanhai.field.traceability.tests.builders import a_party, a_recorder
    from shanhai.planning.programmes.tests.builders import a_programme

    party = a_party(a_programme())
    manager = system("bench", ("trace.manage",))
    token = give_credential(party=party, name="bench", write=True, by=manager, at=clock.now())
    bodies = [a_document(count, at * count) for at in range(ROUNDS * documents)]
    port = free_port()
    # As on a machine of two cores: one process of the pages, two workers.
    with running(["serve", "--port", str(port)], os.environ), running(["worker"], os.environ):
        wait_until_open(port)
        rounds = [_round(port, token, bodies[at::ROUNDS]) for at in range(ROUNDS)]
    if Event.objects.count() != count * documents * ROUNDS:
        raise RuntimeError("not all events were stored")
    took, accepted = min(rounds)
    rate, vendor = count * documents / took, connection.vendor
    said = f"{rate:.0f} events/s through HTTP, hash ids included; all were accepted after {accepted:.2f} s"
    name = f"capture of {documents} documents of {count} events"
    yield Measured(name, round(took, 3), "s", round(count * documents / _LEAST, 3), vendor, said=said)
    by = a_recorder(party)
    yield _stored(party, by, count, vendor)


def _round(port: int, token: str, bodies: Sequence[bytes]) -> tuple[float, float]:
    """The seconds until all is stored, and until all was accepted."""
    from shanhai.field.traceability.models import Capture

    start = time.perf_counter()
    for body in bodies:
        _post(port, token, body)
    accepted = time.perf_counter() - start
    while Capture.objects.filter(finished_at=None).exists():
        time.sleep(0.02)
    return time.perf_counter() - start, accepted


def _stored(party: object, by: object, count: int, vendor: str) -> Measured:
    """What checking, hashing and storing cost without HTTP and jobs."""
    from shanhai.field.traceability.events.rules.reading import read
    from shanhai.field.traceability.store.rules.judging import judge
    from shanhai.field.traceability.store.services.putting import put
    from shanhai.field.traceability.store.values import instant_of

    bodies = iter([a_document(count, 10_000_000 + at * count) for at in range(3)])

    def store() -> None:
        judged = judge(read(next(bodies)), latest=instant_of(clock.now()))
        assert put(party=party, ready=judged.ready, by=by, at=clock.now()).taken == count  # type: ignore[arg-type]

    took = cost(store, 3)
    said = f"{count / took.seconds:.0f} events/s in one process"
    return Measured(f"check, hash, store {count} events", round(took.cpu, 4), "s CPU", 1, vendor, said=said)


def _post(port: int, token: str, body: bytes) -> None:
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/ld+json"}
    asking.request("POST", "/epcis/v2/capture", body, headers)
    answer = asking.getresponse()
    if answer.status != http.client.ACCEPTED:
        raise RuntimeError(f"capture answered {answer.status}: {answer.read()[:300]!r}")
    asking.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
