# SPDX-License-Identifier: Apache-2.0
"""How soon events are found, trees walked and codes led on among millions: ``python -m`` this EVENTS ANCESTORS REACHED,
inside a place of its own. It prints a figure a line."""

from __future__ import annotations

import http.client
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import django

from shanhai.kernel import clock
from shanhai.kernel.actors import Actor, system
from tests.bench.report import Measured, cost, p95
from tests.bench.visiting import free_port, running, wait_until_open

if TYPE_CHECKING:
    from shanhai.field.traceability.models import Party

ASKED, CHUNK = 200, 50_000
# Scans: of so many codes, over so many connections, so many asked before the first answer is read; the best of so many.
CODES, CONNECTIONS, AHEAD, ROUNDS = 2000, 4, 25, 10
# The instant of the first event, in microseconds; one a second after it.
_BEGIN, _SECOND = 1_700_000_000_000_000, 1_000_000
_STEPS = ("shipping", "receiving", "storing", "packing")
_PLACES = 200
_STEM = "https://id.gs1.org"
_INSPECTOR = system("bench", ("trace.view", "trace.manage", "trace.inspect"))


def main(events: int, ancestors: int, reached: int) -> None:
    """Fill the store with so many events, a lot of so many ancestors, one that reached so many things; measure."""
    django.setup()
    from django.db import connection

    from shanhai.operate.demo.load import make_tables

    make_tables()
    made = Made(events, ancestors, reached)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for part in (made.found_by_thing, made.trees, made.served, made.scanned):
        for one in part():
            print(json.dumps(asdict(one)), flush=True)


def thing(number: int) -> str:
    """The identifier of a thing of one class."""
    return f"{_STEM}/01/04012345123456/21/{number}"


def place(number: int) -> str:
    """The identifier of a place."""
    return f"{_STEM}/414/4012345{number % _PLACES:05}{number % 10}"


class Made:
    """A party with its events."""

    def __init__(self, events: int, ancestors: int, reached: int) -> None:
        from shanhai.field.traceability.tests.builders import a_party, a_recorder
        from shanhai.planning.programmes.tests.builders import a_programme

        self.events, self.ancestors, self.reached = events, ancestors, reached
        self.party: Party = a_party(a_programme())
        self.by: Actor = a_recorder(self.party)
        self.random = Random(1)
        start = time.perf_counter()
        with _without_indexes():
            for first in range(0, events, CHUNK):
                self._fill(first, min(first + CHUNK, events))
        self.filled = time.perf_counter() - start
        self.deep, self.wide = f"{_STEM}/01/04012345123456/10/DEEP", f"{_STEM}/01/04012345123456/10/WIDE"
        self._put(self._merged())
        self._put(self._spread())

    def _fill(self, first: int, last: int) -> None:
        """Events as the store keeps them, each with a thing, its class, a step and a place of its own choice."""
        import numpy as np

        from shanhai.base.database.services import insert_columns, insert_many
        from shanhai.field.traceability.events.rules.vocabulary import FULL
        from shanhai.field.traceability.models import Event, EventThing
        from shanhai.field.traceability.states import Role
        from shanhai.field.traceability.store.rules.keys import key_of, keys_of

        steps = [key_of(FULL["bizStep"][one]) for one in _STEPS]
        places = [keys_of(place(number))[0] for number in range(_PLACES)]
        of_class = keys_of(thing(0))[1]
        rows, keys = [], []
        columns = ("id", "party_id", "key", "event_id", "digest", "type", "action", "state", "time", "recorded")
        moments = np.datetime_as_string((_BEGIN + np.arange(first, last) * _SECOND).astype("datetime64[us]"), "ms")
        for number, moment in zip(range(first, last), moments, strict=True):
            event_id, at = f"urn:uuid:00000000-0000-4000-8000-{number:012}", _BEGIN + number * _SECOND
            content = (
                f'{{"type":"ObjectEvent","eventID":"{event_id}","eventTime":"{moment}Z","eventTimeZoneOffset":"+08:00",'
                f'"epcList":["{thing(number)}"],"action":"OBSERVE","bizStep":"{_STEPS[number % 4]}",'
                f'"disposition":"in_progress","bizLocation":{{"id":"{place(number)}"}}}}'
            )
            rows.append(
                (number + 1, self.party.pk, key_of(event_id), event_id, bytes(32), 1, 2, 1, at, at,
                 steps[number % 4], 0, 0, places[number % _PLACES], content)
            )  # fmt: skip
            keys.append(key_of(thing(number)))
        insert_many(Event, (*columns, "step", "disposition", "read_point", "location", "content"), rows)
        ids, times = np.arange(first + 1, last + 1), _BEGIN + np.arange(first, last) * _SECOND
        for role, named in ((Role.EPC, np.array(keys)), (Role.EPC_CLASS, np.full(last - first, of_class))):
            insert_columns(
                EventThing, ("event_id", "role", "key", "time"), [ids, np.full(last - first, role), named, times]
            )

    def _put(self, contents: list[dict[str, Any]]) -> None:
        from shanhai.field.traceability.store.services.recording import record

        for start in range(0, len(contents), 1000):
            record(party=self.party, contents=contents[start : start + 1000], by=self.by, at=clock.now())

    def _merged(self) -> list[dict[str, Any]]:
        """Ten lots become one, as often as it takes until one is left."""
        level, made, number = [f"{self.deep}-{at}" for at in range(self.ancestors)], [], 0
        while len(level) > 1:
            above = []
            for at in range(0, len(level), 10):
                number += 1
                into = self.deep if len(level) <= 10 else f"{self.deep}-m{number}"
                made.append(_transformed(level[at : at + 10], [into], number))
                above.append(into)
            level = above
        return made

    def _spread(self) -> list[dict[str, Any]]:
        """One lot becomes boxes, a hundred an event."""
        return [
            {
                **_transformed([self.wide], [], at),
                "outputEPCList": [f"{thing(10**9 + at + more)}" for more in range(100)],
            }
            for at in range(0, self.reached, 100)
        ]

    def found_by_thing(self) -> Iterator[Measured]:
        """Events of a thing, in the database."""
        from django.db import connection

        from shanhai.field.traceability.models import Event, EventThing
        from shanhai.field.traceability.store.rules.keys import key_of

        took = []
        for _ in range(ASKED):
            key = key_of(thing(self.random.randrange(self.events)))
            start = time.perf_counter()
            named = EventThing.objects.filter(key=key).values("event")
            assert list(Event.objects.visible_to(self.by).filter(pk__in=named).order_by("time", "pk")[:30])
            took.append(1000 * (time.perf_counter() - start))
        said = f"{self.events} events were filled in {self.filled:.0f} s, past the checks"
        yield Measured(
            f"events of a thing among {self.events}, p95", round(p95(took), 2), "ms", 20, connection.vendor, said=said
        )

    def trees(self) -> Iterator[Measured]:
        """The tree of a lot backwards; the list of a recall, as a drill: frozen, with who holds what."""
        from django.db import connection

        from shanhai.field.traceability.recalls.selectors.trees import tree_of
        from shanhai.field.traceability.recalls.services.recalling import start_recall

        start, vendor = time.perf_counter(), connection.vendor
        tree = tree_of(viewer=_INSPECTOR, root=self.deep, forward=False, most=10 * self.ancestors)
        took, name = time.perf_counter() - start, f"origin of a lot, {self.ancestors} things"
        yield Measured(name, round(took, 3), "s", 1, vendor, said=f"{len(tree.nodes)} found")
        start = time.perf_counter()
        recall = start_recall(thing=self.wide, level=1, drill=True, because="bench", by=_INSPECTOR, at=clock.now())
        took, name = time.perf_counter() - start, f"list of a recall, {self.reached} things"
        yield Measured(name, round(took, 3), "s", 5, vendor, said=f"{recall.lots.count()} on the list")

    def served(self) -> Iterator[Measured]:
        """Pages of events over HTTP, codes that are led on, the page of a scan."""
        from django.db import connection

        from shanhai.field.traceability.capture.services.credentials import give_credential

        token = give_credential(party=self.party, name="bench", write=False, by=_INSPECTOR, at=clock.now())
        port, vendor = free_port(), connection.vendor
        with running(["serve", "--port", str(port), "--no-worker"], os.environ):
            wait_until_open(port)
            asking = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            asks: dict[str, Callable[[], str]] = {
                "page of 30 by step and place": lambda: (
                    f"EQ_bizStep={self.random.choice(_STEPS)}&EQ_bizLocation={quote(place(self.random.randrange(_PLACES)))}"
                ),
                "page of 30 by class and time": lambda: (
                    f"MATCH_anyEPCClass={quote(f'{_STEM}/01/04012345123456')}&GE_eventTime="
                    + quote(_instant(_BEGIN + self.random.randrange(self.events) * _SECOND).isoformat())
                ),
                "events of a thing over HTTP": lambda: (
                    f"MATCH_anyEPC={quote(thing(self.random.randrange(self.events)))}"
                ),
            }
            for name, query in asks.items():
                took = [self._ask(asking, f"/epcis/v2/events?{query()}&perPage=30", token) for _ in range(ASKED)]
                yield Measured(f"{name}, p95", round(p95(took), 2), "ms", 80, vendor)
            asking.close()

    def scanned(self) -> Iterator[Measured]:
        """Codes of lots that are led on, and the page that they lead to."""
        from django.db import connection

        from shanhai.field.traceability.recalls.tests.builders import a_lot, box, collected, lot, packing, put
        from shanhai.registers.codes.keys.rules.own import make_own

        signs = [make_own("lot", f"{number:08}").key.value for number in range(CODES)]
        codes = [a_lot(self.party, one).code for one in signs]
        a_lot(self.party, "B1", kind="box", grams=500)
        put(
            self.party, self.by, collected(1, **dict.fromkeys(codes[:2], 10)),
            packing(3, "ADD", box("B1"), kilograms=dict.fromkeys(map(lot, codes[:2]), 0.5)),
        )  # fmt: skip
        port, vendor = free_port(), connection.vendor
        with running(["serve", "--port", str(port), "--no-worker", "--workers", "2"], os.environ):
            wait_until_open(port)
            parts = [codes[at::CONNECTIONS] for at in range(CONNECTIONS)]
            with ThreadPoolExecutor(CONNECTIONS) as pool:
                # At first what is served beside starts, too.
                took = cost(lambda: [*pool.map(lambda part: _scan(port, part), parts)], ROUNDS).seconds
            said = f"{CODES / took:.0f} a second, by two processes, with who asks on the same two cores"
            yield Measured(f"{CODES} scans led on", round(took, 3), "s", CODES / 1000, vendor, said=said)
            asking = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            waited = [self._ask(asking, "/trace/c/B1/") for _ in range(ASKED)]
            yield Measured("page of a scan, p95", round(p95(waited), 2), "ms", 50, vendor)
            asking.close()

    def _ask(self, asking: http.client.HTTPConnection, path: str, token: str = "") -> float:
        start = time.perf_counter()
        asking.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
        answer = asking.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path} answered {answer.status}: {body[:300]!r}")
        return 1000 * (time.perf_counter() - start)


def _scan(port: int, codes: Sequence[str]) -> None:
    """Ask for codes over one connection, some ahead of the answers, so that asking costs little beside answering."""
    with socket.create_connection(("127.0.0.1", port), 60) as line:
        for start in range(0, len(codes), AHEAD):
            some = codes[start : start + AHEAD]
            line.sendall(b"".join(b"GET /x/lot/%s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % one.encode() for one in some))
            heard = b""
            while heard.count(b"\r\n\r\n") < len(some):
                if not (more := line.recv(1 << 16)):
                    raise RuntimeError("the server hung up")
                heard += more
            if heard.count(b"HTTP/1.1 307") != len(some):
                raise RuntimeError(f"not all scans were led on: {heard[:300]!r}")


@contextmanager
def _without_indexes() -> Iterator[None]:
    """Millions of rows go in faster before there are indexes than with them."""
    from django.db import connection

    from shanhai.field.traceability.models import Event, EventThing

    indexes = [(model, one) for model in (Event, EventThing) for one in model._meta.indexes]
    with connection.schema_editor(atomic=False) as editor:
        for model, one in indexes:
            editor.remove_index(model, one)
    yield
    with connection.schema_editor(atomic=False) as editor:
        for model, one in indexes:
            editor.add_index(model, one)


def _transformed(inputs: list[str], outputs: list[str], number: int) -> dict[str, Any]:
    def weighed(lots: list[str], kilograms: float) -> list[dict[str, Any]]:
        return [{"epcClass": one, "quantity": kilograms, "uom": "KGM"} for one in lots]

    made = {"inputQuantityList": weighed(inputs, 1), "outputQuantityList": weighed(outputs, len(inputs))}
    return {
        "type": "TransformationEvent",
        "eventTime": _instant(_BEGIN + number * _SECOND).isoformat(timespec="milliseconds"),
        "eventTimeZoneOffset": "+00:00",
        "bizStep": "commissioning",
        **{key: value for key, value in made.items() if value},
    }


def _instant(us: int) -> datetime:
    from shanhai.field.traceability.store.values import EPOCH

    return EPOCH + timedelta(microseconds=us)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
