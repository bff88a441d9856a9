# SPDX-License-Identifier: Apache-2.0
"""Readings over MQTT through a real Mosquitto and a real ingest process: bursts, and many devices at once."""

from __future__ import annotations

import http.client
import os
import selectors
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from django.db import connection
from django.db.models import Sum
from django.test import override_settings

from shanhai.field.sensors.models import Datastream, Device, Rejected
from shanhai.field.sensors.mqtt.selectors.accounts import mosquitto_file
from shanhai.field.sensors.mqtt.tests.devices import MANAGER, a_device
from shanhai.field.sensors.mqtt.values import Address
from shanhai.field.sensors.stations.services.credentials import give_credential
from shanhai.field.sensors.store.selectors.live import live_address
from shanhai.field.sensors.values import STREAMS
from shanhai.kernel import clock
from tests.bench.report import Measured, p99
from tests.bench.visiting import free_port, resident_kb, running, wait_until_open
from tests.cast import a_user, actor_of

BATCH, WATCHED, PATIENCE_S = 100, 20, 300
STORED_MS, PAGE_MS, MEMORY_MB, GROWTH_MB = 500, 2000, 200, 10
_MS, _KEEPALIVE = 1000, (3600).to_bytes(2)


@contextmanager
def _ingesting(probe: str, stream: int) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A broker that knows all devices, and one ingest process that has stored a reading: port, process."""
    from shanhai.field.sensors.mqtt.tests.brokers import SITE, Mosquitto

    with tempfile.TemporaryDirectory(prefix="shanhai-bench-") as folder:
        broker = Mosquitto(Path(folder), mosquitto_file(Address("127.0.0.1", 0, False, *SITE)))
        environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
        environment |= {"SHANHAI_MQTT_URL": broker.url, "SHANHAI_MQTT_BROKER": "other"}
        try:
            with running(["sensors", "ingest", "--name", "bench"], environment) as process:
                # What nobody has subscribed to yet is thrown away.
                with _Connections(broker.port, [SITE]) as site:
                    _wait(lambda: site.send(0, probe, b"1") or site.drain(0.3) or _count([stream]), process)
                yield broker.port, process
        finally:
            broker.stop()


def measure_messages(size: int) -> tuple[float, Measured]:
    """The seconds from the first publishing until ``size`` readings in messages of 100 are stored, and the memory."""
    from shanhai.field.sensors.mqtt.tests.brokers import SITE

    devices = [a_device(f"burst-{number}") for number in range(10)]
    streams = [one.datastreams.get().pk for one in devices]
    topics = [f"{one.topic}/temperature" for one in devices]
    begin = (int(time.time()) - 30 * 86_400) * _MS
    messages = [
        (
            topics[place % 10],
            orjson.dumps([[begin + (place // 10 * BATCH + row) * _MS, row / 10] for row in range(BATCH)]),
        )
        for place in range(size // BATCH)
    ]
    with _ingesting(topics[0], streams[0]) as (port, process), _Connections(port, [SITE]) as site:
        before, start = _count(streams), time.perf_counter()
        for topic, payload in messages:
            site.send(0, topic, payload)
        site.drain(0)
        _wait(lambda: _count(streams) - before >= size // BATCH * BATCH, process)
        took = time.perf_counter() - start
        memory = resident_kb(process.pid) / 1024
    return took, Measured("ingest process after the bursts", round(memory), "MB", MEMORY_MB, connection.vendor)


def measure_devices(count: int, seconds: int) -> Iterator[Measured]:
    """So many devices with accounts and connections of their own, a reading a second each, and a page that is open."""
    devices = [a_device(f"field-{number}") for number in range(count)]
    accounts = [(one.username, give_credential(device=one.uuid, by=MANAGER, at=clock.now())) for one in devices]
    topics = [f"{one.topic}/temperature" for one in devices]
    streams = [_stream(one) for one in devices]
    watched = set(streams[:: max(count // WATCHED, 1)][:WATCHED])
    name, database = f"{count} devices for {seconds} s", connection.vendor
    with ExitStack() as stack:
        port, process = stack.enter_context(_ingesting(topics[0], streams[0]))
        page = stack.enter_context(_page(watched))
        there = stack.enter_context(_Connections(port, accounts))
        before, seen, memory = _count(streams), _Seen(watched), [resident_kb(process.pid)]
        sender = _Sender(there, topics, seconds)
        sender.start()
        while sender.is_alive():
            seen.look()
            if time.monotonic() > sender.begin + 10 * len(memory):
                memory.append(resident_kb(process.pid))
            time.sleep(0.01)
        sender.join()
        _wait(lambda: seen.look() or _count(streams) - before >= sender.sent, process)
        time.sleep(1)
        stored = _count(streams) - before
    said = f"{stored:,} of {count * seconds:,} stored, the sender late by {sender.late * _MS:.0f} ms at most"
    yield Measured(f"{name}, missing", count * seconds - stored, "rows", 0, database, said=said)
    said = f"of {len(seen.took):,} readings of {len(watched)} devices; most {max(seen.took):.0f} ms"
    yield Measured(f"{name}, published to stored, p99", round(p99(seen.took)), "ms", STORED_MS, database, said=said)
    said = f"of {len(page.took):,} news"
    yield Measured(f"{name}, published to page, p99", round(p99(page.took)), "ms", PAGE_MS, database, said=said)
    half = len(memory) // 2
    growth = max(memory[half:]) - max(memory[: half or 1])
    yield Measured(f"{name}, ingest process", round(max(memory) / 1024), "MB", MEMORY_MB, database)
    yield Measured(f"{name}, its growth in the second half", round(growth / 1024, 1), "MB", GROWTH_MB, database)
    yield Measured(f"{name}, messages rejected", Rejected.objects.count(), "rows", 0, database)


def _stream(device: Device) -> int:
    key: int = device.datastreams.values_list("pk", flat=True).get()
    return key


def _count(streams: Sequence[int]) -> int:
    return int(Datastream.objects.filter(pk__in=streams).aggregate(all=Sum("count"))["all"])


def _wait(true: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not true():
        if process.poll() is not None:
            raise RuntimeError(f"the ingest process ended with {process.returncode}")
        if time.monotonic() > until:
            raise RuntimeError(f"not stored in {PATIENCE_S} s")
        time.sleep(0.01)


@dataclass(slots=True)
class _Seen:
    """Looks at the datastreams, and notes how old each reading was, in ms, when it was first there."""

    streams: set[int]
    known: dict[int, int | None] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)

    def look(self) -> None:
        rows = Datastream.objects.filter(pk__in=self.streams).values_list("pk", "last_time")
        found, now = list(rows), time.time() * _MS
        for key, last in found:
            if key in self.known and last != self.known[key]:
                self.took.append(now - last / 1000)
            self.known[key] = last


class _Sender(threading.Thread):
    """A reading a second of each connection, spread over the second; each says in ms when it was sent."""

    def __init__(self, there: _Connections, topics: Sequence[str], seconds: int) -> None:
        super().__init__(daemon=True)
        self._there, self._topics, self._seconds = there, topics, seconds
        self.begin, self.late, self.sent = time.monotonic() + 0.5, 0.0, 0

    def run(self) -> None:
        count = len(self._topics)
        for place in range(count * self._seconds):
            due = self.begin + place / count
            if (left := due - time.monotonic()) > 0:
                self._there.drain(left)
            self.late = max(self.late, time.monotonic() - due)
            payload = b'{"t":%d,"v":%.2f}' % (time.time() * _MS, place % 97 / 10)
            self._there.send(place % count, self._topics[place % count], payload)
            self.sent += 1
        self._there.drain(0)


class _Connections:
    """Connections to a broker by MQTT 3.1.1, each of an account, which publish with QoS 1 in one thread.

    Clients of a library would each have a thread, and take more of the machine than what is measured.
    """

    def __init__(self, port: int, accounts: Sequence[tuple[str, str]]) -> None:
        self._ready = selectors.DefaultSelector()
        self._sockets: list[socket.socket] = []
        self._next, self._port, self._accounts = 0, port, accounts

    def __enter__(self) -> _Connections:
        for number, (username, secret) in enumerate(self._accounts):
            one = socket.create_connection(("127.0.0.1", self._port), 30)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            texts = b"".join(map(_text, (f"bench-{id(self)}-{number}", username, secret)))
            one.sendall(_packet(0x10, _text("MQTT") + b"\x04\xc2" + _KEEPALIVE + texts))
            if one.recv(4)[3:] != b"\x00":
                raise RuntimeError(f"the broker refused {username}")
            self._sockets.append(one)
            self._ready.register(one, selectors.EVENT_READ)
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._sockets:
            one.close()
        self._ready.close()

    def send(self, which: int, topic: str, payload: bytes) -> None:
        """Publish with QoS 1."""
        self._next = self._next % 65_535 + 1
        self._sockets[which].sendall(_packet(0x32, _text(topic) + self._next.to_bytes(2) + payload))
        # A broker that nobody listens to listens no more.
        if not self._next % 100:
            self.drain(0)

    def drain(self, seconds: float) -> None:
        """Read acknowledgements for so long, or what is there."""
        until = time.monotonic() + seconds
        while True:
            found = self._ready.select(max(until - time.monotonic(), 0))
            for key, _event in found:
                assert isinstance(key.fileobj, socket.socket)
                if not key.fileobj.recv(65_536):
                    raise RuntimeError("the broker closed a connection")
            if time.monotonic() >= until:
                return


def _text(text: str) -> bytes:
    return len(text.encode()).to_bytes(2) + text.encode()


def _packet(kind: int, content: bytes) -> bytes:
    left, size = len(content), b""
    while True:
        left, digit = divmod(left, 128)
        size += bytes([digit | (0x80 if left else 0)])
        if not left:
            return bytes([kind]) + size + content


class _Listener(threading.Thread):
    """An open page: notes how old each reading was, in ms, when it came there."""

    def __init__(self, port: int, path: str) -> None:
        super().__init__(daemon=True)
        self._there = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._there.request("GET", path)
        self._socket = self._there.sock
        self._answer = self._there.getresponse()
        if self._answer.status != http.client.OK:
            raise RuntimeError(f"the news answered {self._answer.status}")
        self.took: list[float] = []

    def close(self) -> None:
        """Leave: the server ends no sooner than its pages."""
        self._socket.shutdown(socket.SHUT_RDWR)

    def run(self) -> None:
        try:
            while line := self._answer.readline():
                if line.startswith(b"data: "):
                    now = time.time() * _MS
                    self.took += [now - row[0] / 1000 for row in orjson.loads(line[6:]).values()]
        except (OSError, http.client.HTTPException):
            return


@contextmanager
def _page(streams: set[int]) -> Iterator[_Listener]:
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    with running(["sensors", "live", "--port", str(port)], environment):
        wait_until_open(port)
        with override_settings(LIVE_URL=f"http://127.0.0.1:{port}"):
            path = live_address(actor_of(a_user()), STREAMS, streams).removeprefix(f"http://127.0.0.1:{port}")
        listener = _Listener(port, path)
        listener.start()
        try:
            yield listener
        finally:
            listener.close()
