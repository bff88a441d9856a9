# SPDX-License-Identifier: Apache-2.0
"""How fast observations come in and are read, beside the bare database; and questions over history."""

from __future__ import annotations

import http.client
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import ibis
import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection, transaction

from shanhai.field.sensors.stations.services.tokens import give_token
from shanhai.field.sensors.store.rules import history
from shanhai.field.sensors.store.rules.times import format_time, instant_of
from shanhai.field.sensors.store.selectors.archive import SCHEMA, engine
from shanhai.field.sensors.store.selectors.reading import list_days, list_rows
from shanhai.field.sensors.store.services.taking import take_in
from shanhai.field.sensors.store.values import Ints, Readings
from shanhai.field.sensors.tests.streams import SECOND, a_stream
from shanhai.kernel.actors import system
from shanhai.operate import serving
from shanhai.operate.demo.load import make_tables
from tests.bench.building import Say
from tests.bench.report import Measured, p95
from tests.bench.run import Parts
from tests.bench.visiting import free_port, running, wait_for

WRITER = system("writer", ("sensor.view", "sensor.write", "sensor.manage"))
STREAMS, CLIENTS, BATCH, YEAR = 50, 8, 20_000, 366 * 144
# The share of the bare rate that bulk is to reach, as the most of the time it may take.
BULK_RATIO = 1 / 0.30
DAY = 86_400 * SECOND


class Made:
    """What is measured on: datastreams, and readings a second apart of all of them in turn, up to ``at``."""

    def __init__(self, at: datetime, rows: int) -> None:
        self.at, self.rows = at, rows
        self.streams = np.array([a_stream(published=True).pk for _ in range(STREAMS)])
        self.year = a_stream(published=True).pk

    def columns(self, size: int, back_days: int) -> tuple[Ints, Ints, np.ndarray]:
        """``size`` readings that begin so many days ago, in order of time."""
        per = -(-size // STREAMS)
        times = instant_of(self.at - timedelta(days=back_days)) + np.arange(per) * SECOND
        of, when = np.tile(self.streams, per)[:size], np.repeat(times, STREAMS)[:size]
        return of, when, np.round(10 + 8 * np.sin(when / 1e10) + np.arange(size) % 97 / 100, 2)


def measure_sensors(*, at: datetime, rows: int, past: int, say: Say, tell: Callable[[Measured], None]) -> bool:
    """Measure in the database at hand, which must be empty; whether every part could be measured."""
    make_tables()
    serving.prepare_static()
    made, found = Made(at, rows), Parts(say, tell)
    size = min(rows, 200_000)
    bare: list[float] = []
    say("bulk …")
    found.measure(lambda: _bulk(made, size, bare))
    say(f"filling with {rows} observations …")
    found.measure(lambda: _fill(made))
    found.measure(lambda: _reads(made))
    say("server …")
    found.measure(lambda: _served(made, size, bare))
    say(f"history of {past} observations …")
    found.measure(lambda: _history(past))
    return not found.failed


def _seconds(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def _bulk(made: Made, size: int, bare: list[float]) -> Iterator[Measured]:
    columns = made.columns(size, 900)

    def ours() -> None:
        for begin in range(0, size, BATCH):
            of, times, numbers = (column[begin : begin + BATCH] for column in columns)
            take_in(readings=Readings(of, times, numbers), by=WRITER, at=made.at)

    bare.append(min(_seconds(lambda: _put_bare(columns, size)) for _ in range(2)))
    yield _beside(f"{size} observations, taken in", _seconds(ours), bare[0], BULK_RATIO)


def _beside(name: str, took: float, bare: float, limit: float) -> Measured:
    what = "bare COPY" if connection.vendor == "postgresql" else "bare executemany"
    ratio = round(took / bare, 2)
    return Measured(name, round(took, 2), "s", round(limit, 2), connection.vendor, what, ratio, f"bare {bare:.2f} s")


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


def _fill(made: Made) -> Iterator[Measured]:
    of, times, numbers = made.columns(made.rows, 300)
    took = 0.0
    for begin in range(0, made.rows, 100_000):
        part = slice(begin, begin + 100_000)
        readings = Readings(of[part], times[part], numbers[part])
        took += _seconds(lambda readings=readings: take_in(readings=readings, by=WRITER, at=made.at))
    when = instant_of(made.at) - np.arange(YEAR, 0, -1) * 600 * SECOND
    year = Readings(np.full(YEAR, made.year), when, np.round(10 + 8 * np.sin(when / 1e10), 2))
    take_in(readings=year, by=WRITER, at=made.at)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE sensors_observation, sensors_hour")
    yield Measured(
        f"filling, {made.rows} observations", round(took, 1), "s", made.rows / 50_000, connection.vendor,
        said=f"{made.rows / took:,.0f} a second",
    )  # fmt: skip


def _reads(made: Made) -> Iterator[Measured]:
    end = instant_of(made.at) + 1
    took = []
    for place in range(200):
        stream = int(made.streams[place % STREAMS])
        given = {"datastream": stream, "begin": 0, "end": end, "limit": 100, "newest_first": True}
        took.append(1000 * _seconds(lambda given=given: list_rows(**given)))
    yield Measured("newest 100 of a datastream, SQL, p95", round(p95(took), 2), "ms", 2, connection.vendor)
    year = {"datastream": made.year, "begin": end - 366 * DAY, "end": end}
    took = [1000 * _seconds(lambda: list_days(**year)) for _ in range(20)]
    yield Measured("a year's days of a 10-minute stream, p95", round(p95(took), 1), "ms", 50, connection.vendor)


def _served(made: Made, size: int, bare: Sequence[float]) -> Iterator[Measured]:
    token = give_token(name="bench", write=True, programme="", place="", by=WRITER, at=made.at)
    asking = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    columns, port = made.columns(size, 20), free_port()
    bodies = [_arrays(*(column[a : a + BATCH] for column in columns)) for a in range(0, size, BATCH)]
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    with running(["serve", "--port", str(port), "--no-worker"], environment) as server:
        wait_for(port, "/healthz", server)
        whole = _seconds(lambda: _ask(port, "POST", "/sta/v1.1/CreateObservations", bodies, asking))
        yield _beside(f"{size} observations by HTTP in arrays", whole, bare[0], BULK_RATIO)
        again = _seconds(lambda: _ask(port, "POST", "/sta/v1.1/CreateObservations", bodies, asking))
        yield _beside(f"{size} observations by HTTP in arrays, all of them again", again, bare[0], 2 * BULK_RATIO)
        yield from _singly(made, port, asking)
        newest = "/sta/v1.1/Datastreams({})/Observations?$orderby=phenomenonTime desc&$top=100".replace(" ", "%20")
        took = _clients(port, "GET", [(newest.format(one), b"") for one in made.streams.tolist()] * 8, asking)
        yield Measured(
            f"newest 100 of a datastream, HTTP, {CLIENTS} clients, p95", round(1000 * p95(took), 1), "ms", 25,
            connection.vendor,
        )  # fmt: skip
        counted = [(f"/sta/v1.1/Datastreams({made.streams[0]})/Observations?$count=true&$top=1", b"")] * 20
        took = _clients(port, "GET", counted, asking, 1)
        yield Measured(
            "$count=true of a datastream, HTTP, p95", round(1000 * p95(took), 1), "ms", 25, connection.vendor
        )


def _singly(made: Made, port: int, asking: dict[str, str]) -> Iterator[Measured]:
    begin, asked = instant_of(made.at - timedelta(days=2)), []
    for place in range(800):
        stream = int(made.streams[place % STREAMS])
        body = {"phenomenonTime": format_time(begin + place * SECOND), "result": place / 10}
        asked.append((f"/sta/v1.1/Datastreams({stream})/Observations", orjson.dumps(body)))
    start = time.perf_counter()
    took = _clients(port, "POST", asked, asking)
    rate = len(asked) / (time.perf_counter() - start)
    yield Measured(
        f"a single POST, {CLIENTS} clients, p95", round(1000 * p95(took), 1), "ms", 50, connection.vendor,
        said=f"{rate:,.0f} a second",
    )  # fmt: skip


def _arrays(of: Ints, times: Ints, numbers: np.ndarray) -> bytes:
    blocks = []
    for stream in np.unique(of).tolist():
        mine = of == stream
        rows = [
            [format_time(at), number] for at, number in zip(times[mine].tolist(), numbers[mine].tolist(), strict=True)
        ]
        components = ["phenomenonTime", "result"]
        blocks.append({"Datastream": {"@iot.id": stream}, "components": components, "dataArray": rows})
    return orjson.dumps(blocks)


def _ask(port: int, method: str, address: str, bodies: Sequence[bytes], asking: dict[str, str]) -> None:
    there = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for body in bodies:
        there.request(method, address, body, asking)
        answer = there.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{address} answered {answer.status}: {said[:300]!r}")
    there.close()


def _clients(
    port: int, method: str, asked: Sequence[tuple[str, bytes]], asking: dict[str, str], clients: int = CLIENTS
) -> list[float]:
    """The seconds of each request, of so many clients at a time. Raises RuntimeError for one that was refused."""
    took: list[float] = []
    wrong: list[str] = []

    def work(mine: Sequence[tuple[str, bytes]]) -> None:
        there = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for address, body in mine:
            start = time.perf_counter()
            there.request(method, address, body or None, asking)
            answer = there.getresponse()
            said = answer.read()
            took.append(time.perf_counter() - start)
            if answer.status >= 300:
                wrong.append(f"{address} answered {answer.status}: {said[:300]!r}")

    threads = [threading.Thread(target=work, args=(asked[place::clients],)) for place in range(clients)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if wrong:
        raise RuntimeError(wrong[0])
    return took


def _history(past: int) -> Iterator[Measured]:
    """On DuckDB, over twelve months of Parquet of 200 datastreams."""
    with tempfile.TemporaryDirectory(prefix="shanhai-bench-") as folder:
        files = [_month(Path(folder), month, past // 12) for month in range(12)]
        rows = ibis.duckdb.from_connection(engine().cursor()).read_parquet(files)
        questions: dict[str, Callable[[], object]] = {
            "days": lambda: history.days(rows),
            "above": lambda: history.above(rows, 12.0, 3600),
            "gaps": lambda: history.gaps(rows),
        }
        for name, question in questions.items():
            took = _seconds(lambda question=question: question().to_pyarrow())
            yield Measured(f"history of {past}, {name}", round(took, 2), "s", max(past / 2_000_000, 1), "duckdb")


def _month(folder: Path, month: int, size: int) -> str:
    per = size // 200
    time_us = np.tile(1_735_689_600_000_000 + month * 30 * DAY + np.arange(per) * (30 * DAY // per), 200)
    of = np.repeat(np.arange(1, 201), per)
    given = {
        "id": np.arange(len(of)), "datastream_id": of, "time": time_us, "arrived": time_us,
        "number": np.round(10 + 8 * np.sin(time_us / 1e10 + of), 2), "quality": np.zeros(len(of), np.int16),
    }  # fmt: skip
    columns = [
        pa.array(given[one.name], one.type) if one.name in given else pa.nulls(len(of), one.type) for one in SCHEMA
    ]
    path = folder / f"{month}.parquet"
    pq.write_table(pa.table(columns, schema=SCHEMA), path, compression="zstd", row_group_size=65_536)
    return str(path)
