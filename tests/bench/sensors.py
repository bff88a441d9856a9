# SPDX-License-Identifier: Apache-2.0
"""How fast observations come in and are read, beside the bare database and a peer; and questions over history."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import numpy as np
import orjson
from django.db import connection, transaction

from shanhai.field.sensors.stations.services.tokens import give_token
from shanhai.field.sensors.store.rules.times import format_time
from shanhai.field.sensors.store.selectors.reading import list_days, list_rows
from shanhai.field.sensors.store.services.taking import take_in
from shanhai.field.sensors.store.values import Ints, Readings
from shanhai.field.sensors.tests.streams import SECOND, a_stream
from shanhai.field.sensors.values import HOUR, instant_of
from shanhai.kernel.actors import system
from shanhai.operate import serving
from shanhai.operate.demo.load import make_tables
from tests.bench.apart import own_place
from tests.bench.asking import ask, request
from tests.bench.building import Say
from tests.bench.history import measure_history, measure_spark
from tests.bench.peers import serving_peer
from tests.bench.report import Measured, p95
from tests.bench.run import ABSENT, Parts
from tests.bench.sending import measure_devices, measure_messages
from tests.bench.visiting import free_port, running, wait_for, wait_until_open

WRITER = system("writer", ("sensor.view", "sensor.write", "sensor.manage"))
STREAMS, CLIENTS, BATCH, YEAR = 50, 8, 20_000, 366 * 144
REPEATS = 3
DAY = 24 * HOUR
# The share of the bare rate that bulk is to reach, as the most of the time it may take.
BULK_RATIO, MESSAGES_RATIO = 1 / 0.30, 1 / 0.15
POST_RATIO, NEWEST_RATIO, PEER_ROWS = 1 / 10, 1 / 50, 1_000_000
PEER = "django-ogc-sensorthings"
NEWEST = "/Observations?$orderby=phenomenonTime%20desc&$top=100"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of each: observations stored, at once, of history; requests; devices and for how long."""

    rows: int = 10_000_000
    past: int = 100_000_000
    bulk: int = 200_000
    posts: int = 4000
    devices: int = 1000
    seconds: int = 600

    @classmethod
    def quick(cls) -> Sizes:
        """Of a trial."""
        return cls(rows=2000, past=24_000, bulk=2000, posts=200, devices=100, seconds=20)


@dataclass(slots=True)
class Made:
    """What is measured on: datastreams, and readings a second apart of all of them in turn, up to ``at``."""

    at: datetime
    sizes: Sizes
    streams: Ints = field(init=False)
    year: int = field(init=False)
    # The seconds of the bare database for the rows of ``bulk``, once they are known.
    bare: float = 0.0
    filled: Measured | None = None

    def __post_init__(self) -> None:
        self.streams = np.array([a_stream(published=True).pk for _ in range(STREAMS)])
        self.year = a_stream(published=True).pk

    def columns(self, size: int, back_days: int) -> tuple[Ints, Ints, np.ndarray]:
        """``size`` readings that begin so many days ago, in order of time."""
        per = -(-size // STREAMS)
        times = instant_of(self.at - timedelta(days=back_days)) + np.arange(per) * SECOND
        of, when = np.tile(self.streams, per)[:size], np.repeat(times, STREAMS)[:size]
        return of, when, np.round(10 + 8 * np.sin(when / 1e10) + np.arange(size) % 97 / 100, 2)


PARTS: dict[str, Callable[[Made], Iterable[Measured]]] = {
    "bulk": lambda made: _bulk(made),
    "arrays": lambda made: _arrays(made),
    "mqtt": lambda made: _messages(made),
    "reads": lambda made: _reads(made),
    "posts": lambda made: _posts(made),
    "devices": lambda made: measure_devices(made.sizes.devices, made.sizes.seconds),
    "history": lambda made: measure_history(made.sizes.past),
    "spark": lambda made: measure_spark(made.sizes.past),
}


def measure_sensors(
    *, at: datetime, sizes: Sizes, parts: Sequence[str], say: Say, tell: Callable[[Measured], None]
) -> bool:
    """Measure in the database at hand, which must be empty; whether every part could be measured."""
    make_tables()
    serving.prepare_static()
    made, found = Made(at, sizes), Parts(say, tell)
    for name in parts:
        start = time.perf_counter()
        say(f"{name} …")
        found.measure(partial(PARTS[name], made))
        say(f"{name}: {time.perf_counter() - start:.0f} s")
    return not found.failed


def _seconds(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def _bulk(made: Made) -> Iterator[Measured]:
    size = made.sizes.bulk

    def ours(back_days: int) -> None:
        columns = made.columns(size, back_days)
        for begin in range(0, size, BATCH):
            of, times, numbers = (column[begin : begin + BATCH] for column in columns)
            take_in(readings=Readings(of, times, numbers), by=WRITER, at=made.at)

    took = [_seconds(partial(ours, 900 - 10 * again)) for again in range(REPEATS)]
    yield _beside(f"{size} observations, taken in", took, _bare(made), BULK_RATIO)


def _beside(name: str, all_took: Sequence[float], bare: float, limit: float) -> Measured:
    """The least of several times, as of the bare database."""
    took = min(all_took)
    what = "bare COPY" if connection.vendor == "postgresql" else "bare executemany"
    ratio = round(took / bare, 2)
    first = f", at first {all_took[0]:.2f} s" if len(all_took) > 1 else ""
    said = f"{100 / ratio:.0f} % of the rate, bare {bare:.2f} s{first}"
    return Measured(name, round(took, 2), "s", round(limit, 2), connection.vendor, what, ratio, said)


def _bare(made: Made) -> float:
    if not made.bare:
        columns = made.columns(made.sizes.bulk, 900)
        made.bare = min(_seconds(lambda: _put_bare(columns, made.sizes.bulk)) for _ in range(REPEATS))
    return made.bare


def _put_bare(columns: Sequence[np.ndarray], size: int) -> None:
    """Into a table of the same key, in as many transactions."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare_observation")
        cursor.execute(
            "CREATE TABLE bare_observation (stream bigint NOT NULL, time bigint NOT NULL, number double precision, "
            "PRIMARY KEY (stream, time))"
        )
        for begin in range(0, size, BATCH):
            rows = zip(*(column[begin : begin + BATCH].tolist() for column in columns), strict=True)
            with transaction.atomic():
                if connection.vendor == "postgresql":
                    with cursor.copy("COPY bare_observation FROM STDIN") as stream:
                        for row in rows:
                            stream.write_row(row)
                else:
                    cursor.executemany("INSERT INTO bare_observation VALUES (%s, %s, %s)", list(rows))


@contextmanager
def _server(made: Made) -> Iterator[tuple[int, dict[str, str]]]:
    """The product as it is served: the port, and the headers of who may write.

    What runs beside the pages has started: that takes a core for seconds, and is not what is measured.
    """
    token = give_token(name="bench", write=True, programme="", place="", by=WRITER, at=made.at)
    port, devices = free_port(), free_port()
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    news = f"http://127.0.0.1:{port + 1}"
    environment |= {"SHANHAI_MQTT_URL": f"mqtt://127.0.0.1:{devices}", "SHANHAI_LIVE_URL": news}
    with running(
        ["serve", "--port", str(port), "--no-worker", "--workers", str(os.cpu_count())], environment
    ) as server:
        wait_for(port, "/healthz", server)
        for beside in (port + 1, devices):
            wait_until_open(beside)
        yield port, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}


def _arrays(made: Made) -> Iterator[Measured]:
    size = made.sizes.bulk
    name, new, again = f"{size} observations by HTTP in arrays", [], []
    with _server(made) as (port, headers):
        for repeat in range(REPEATS):
            columns = made.columns(size, 60 - 10 * repeat)
            bodies = [_array(*(column[a : a + BATCH] for column in columns)) for a in range(0, size, BATCH)]
            asked = [request("POST", "/sta/v1.1/CreateObservations", body, headers) for body in bodies]
            new.append(ask(port, asked)[0])
            again.append(ask(port, asked)[0])
    yield _beside(name, new, _bare(made), BULK_RATIO)
    yield _beside(f"{name}, all of them again", again, _bare(made), 2 * BULK_RATIO)


def _array(of: Ints, times: Ints, numbers: np.ndarray) -> bytes:
    blocks = []
    for stream in np.unique(of).tolist():
        mine = of == stream
        rows = [
            [format_time(at), number] for at, number in zip(times[mine].tolist(), numbers[mine].tolist(), strict=True)
        ]
        components = ["phenomenonTime", "result"]
        blocks.append({"Datastream": {"@iot.id": stream}, "components": components, "dataArray": rows})
    return orjson.dumps(blocks)


def _messages(made: Made) -> Iterator[Measured]:
    bare = _bare(made)
    took, memory = measure_messages(made.sizes.bulk)
    yield _beside(f"{made.sizes.bulk} observations by MQTT, QoS 1, batches of 100", [took], bare, MESSAGES_RATIO)
    yield memory


def _fill(made: Made) -> Measured:
    """Store what is read later, once."""
    if made.filled is not None:
        return made.filled
    size = made.sizes.rows
    of, times, numbers = made.columns(size, 300)
    took = 0.0
    for begin in range(0, size, 100_000):
        part = slice(begin, begin + 100_000)
        readings = Readings(of[part], times[part], numbers[part])
        took += _seconds(lambda readings=readings: take_in(readings=readings, by=WRITER, at=made.at))
    when = instant_of(made.at) - np.arange(YEAR, 0, -1) * 600 * SECOND
    year = Readings(np.full(YEAR, made.year), when, np.round(10 + 8 * np.sin(when / 1e10), 2))
    take_in(readings=year, by=WRITER, at=made.at)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE sensors_observation, sensors_hour, sensors_datastream")
    said = f"{size / took:,.0f} a second"
    name = f"filling, {size} observations"
    made.filled = Measured(name, round(took, 1), "s", size / 50_000, connection.vendor, said=said)
    return made.filled


def _reads(made: Made) -> Iterator[Measured]:
    yield _fill(made)
    end, database = instant_of(made.at) + 1, connection.vendor
    took = []
    for place in range(200):
        stream = int(made.streams[place % STREAMS])
        given = {"datastream": stream, "begin": 0, "end": end, "limit": 100, "newest_first": True}
        took.append(1000 * _seconds(lambda given=given: list_rows(**given)))
    yield Measured("newest 100 of a datastream, SQL, p95", round(p95(took), 2), "ms", 2, database)
    year = {"datastream": made.year, "begin": end - 366 * DAY, "end": end}
    took = [1000 * _seconds(lambda: list_days(**year)) for _ in range(20)]
    yield Measured("a year's days of a 10-minute stream, p95", round(p95(took), 1), "ms", 50, database)
    with _server(made) as (port, headers):
        yield _newest(made, port, headers)
        below = f"/Datastreams({made.streams[0]})/Observations?$count=true&$top=1"
        counts = {
            "of a datastream": below,
            "of all": "/Observations?$count=true&$top=1",
            "of a filter": f"{below}&$filter=result%20gt%2015",
        }
        for name, address in counts.items():
            asked = [request("GET", f"/sta/v1.1{address}", headers=headers)] * 20
            took = [1000 * one for one in ask(port, asked)[1]]
            yield Measured(f"$count=true {name}, HTTP, p95", round(p95(took), 1), "ms", 50, database)


def _newest(made: Made, port: int, headers: dict[str, str]) -> Measured:
    addresses = [f"/sta/v1.1/Datastreams({one}){NEWEST}" for one in made.streams.tolist()] * 8
    took = ask(port, [request("GET", one, headers=headers) for one in addresses], CLIENTS)[1]
    name = f"newest 100 of a datastream, HTTP, {CLIENTS} clients, p95"
    return Measured(name, round(1000 * p95(took), 1), "ms", 25, connection.vendor)


def _posts(made: Made) -> Iterator[Measured]:
    """Single posts and the newest 100, each beside the peer, which is served and measured before ours."""
    _fill(made)
    database, posts, stored = connection.vendor, made.sizes.posts, min(made.sizes.rows, PEER_ROWS)
    theirs, their_newest, begin = 0.0, 0.0, instant_of(made.at - timedelta(days=2))
    with own_place("sensorthings") as place, serving_peer("sensorthings", [stored, STREAMS], place) as peer:
        if peer:
            ids = [str(UUID(int=one)) for one in range(1, STREAMS + 1)]
            their_newest = p95(
                ask(peer, [request("GET", _of(one, "$top=101")) for one in ids[: 2 * CLIENTS]], CLIENTS)[1]
            )
            theirs = ask(peer, _singles("/v1.1", ids, min(posts, 1000), begin), CLIENTS)[0] / min(posts, 1000)
    with _server(made) as (port, headers):
        whole, took = ask(port, _singles("/sta/v1.1", made.streams.tolist(), posts, begin, headers), CLIENTS)
        newest = _newest(made, port, headers)
    name = f"a single POST, {CLIENTS} clients"
    yield Measured(f"{name}, p95", round(1000 * p95(took), 1), "ms", 50, database)
    said = f"{posts / whole:,.0f} a second, the peer {1 / theirs:,.0f}" if theirs else ABSENT
    ratio = round(whole / posts / theirs, 4) if theirs else None
    yield Measured(name, round(1000 * whole / posts, 3), "ms each", POST_RATIO, database, PEER, ratio, said)
    said = f"the peer {1000 * their_newest:,.0f} ms with {stored} stored" if their_newest else ABSENT
    ratio = round(newest.value / 1000 / their_newest, 4) if their_newest else None
    yield Measured(newest.name, newest.value, "ms", NEWEST_RATIO, database, PEER, ratio, said)


def _of(datastream: str, options: str) -> str:
    return f"/v1.1/Datastreams('{datastream}')/Observations?{options}"


def _singles(
    root: str, ids: Sequence[str | int], count: int, begin: int, headers: dict[str, str] | None = None
) -> list[bytes]:
    """As many posts of one observation each, of all datastreams in turn."""
    asked = []
    for place in range(count):
        body = {
            "phenomenonTime": format_time(begin + place * SECOND),
            "result": place / 10,
            "Datastream": {"@iot.id": ids[place % len(ids)]},
        }
        given = {"Content-Type": "application/json", **(headers or {})}
        asked.append(request("POST", f"{root}/Observations", orjson.dumps(body), given))
    return asked
