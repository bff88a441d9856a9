# SPDX-License-Identifier: Apache-2.0
"""Measuring through a real server: what pages weigh, what the web process holds, how soon the demo is up."""

from __future__ import annotations

import gzip
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryFile

from django.conf import settings
from django.db import connection
from django.test import Client

from tests.bench.report import Measured

REQUESTS = 300
FIRST_KB, AGAIN_KB, MEMORY_MB, DEMO_SECONDS = 400, 60, 250, 15
PATIENCE = 180
_LINKED = re.compile(r"""(?:href|src)="(/static/[^"#]+)""")


class ServerSilent(RuntimeError):
    """The server that was started has not answered."""


def measure_served(client: Client, visits: Mapping[str, Sequence[str]]) -> list[Measured]:
    """The weight of the heaviest page, and the memory of the web process after 300 requests."""
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    port = free_port()
    # As people serve it: without the admin that is measured beside.
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    with running(["serve", "--port", str(port), "--no-worker"], environment) as server:
        wait_for(port, "/healthz", server)
        weights = [_weigh(port, addresses[0], cookie) for addresses in visits.values()]
        for address in islice(cycle(address for found in visits.values() for address in found), REQUESTS):
            get(port, address, cookie)
        memory = max(resident_kb(pid) for pid in _children(server.pid)) / 1024
    first, again = max(first for first, _ in weights), max(again for _, again in weights)
    database = connection.vendor
    return [
        Measured("page on the first visit", round(first / 1024, 1), "KB", FIRST_KB, database),
        Measured("page on a later visit", round(again / 1024, 1), "KB", AGAIN_KB, database),
        Measured(f"web process after {REQUESTS} requests", round(memory), "MB", MEMORY_MB, database),
    ]


def measure_demo(environment: Mapping[str, str], database: str) -> Measured:
    """How long ``shanhai demo`` takes from an empty folder to the page on which one signs in."""
    port = free_port()
    start = time.perf_counter()
    with running(["demo", "--port", str(port)], environment) as server:
        wait_for(port, "/accounts/login/", server)
        seconds = time.perf_counter() - start
    return Measured("demo to the first page", round(seconds, 1), "s", DEMO_SECONDS, database)


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """``shanhai`` with ``command``, stopped and waited for at the end; its words are shown when it fails."""
    with TemporaryFile() as words:
        process = subprocess.Popen(
            [sys.executable, "-m", "shanhai", *command], env=environment, stdout=words, stderr=subprocess.STDOUT
        )
        try:
            yield process
        except ServerSilent as silence:
            words.seek(0)
            raise ServerSilent(f"{silence}: {words.read().decode(errors='replace')[-2000:]}") from silence
        finally:
            process.terminate()
            process.wait(timeout=30)


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, path: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until ``path`` answers 200. Raises ServerSilent when the server ends or three minutes have gone by."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise ServerSilent(f"the server ended with {server.returncode}")
        try:
            get(port, path)
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise ServerSilent(f"{path} has not answered for {PATIENCE} seconds")


def wait_until_open(port: int) -> None:
    """Wait until somebody listens there. Raises OSError when three minutes have gone by."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def get(port: int, path: str, cookie: str = "") -> tuple[bytes, http.client.HTTPMessage]:
    """The body as it came over the line, and the headers. Raises RuntimeError unless the answer is 200."""
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        asking.request("GET", path, headers={"Accept-Encoding": "br, gzip", **({"Cookie": cookie} if cookie else {})})
        answer = asking.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path} answered {answer.status}")
        return body, answer.headers
    finally:
        asking.close()


def _weigh(port: int, path: str, cookie: str) -> tuple[int, int]:
    """What a page and all that it links to weigh, at first and when the browser keeps what it may keep."""
    body, headers = get(port, path, cookie)
    first = again = len(body)
    for linked in sorted(set(_LINKED.findall(_decoded(body, headers)))):
        file, kept = get(port, linked)
        first += len(file)
        again += 0 if "immutable" in kept.get("Cache-Control", "") else len(file)
    return first, again


def _decoded(body: bytes, headers: http.client.HTTPMessage) -> str:
    return (gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body).decode()


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def resident_kb(pid: int) -> int:
    """The resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) if found else 0
