# SPDX-License-Identifier: Apache-2.0
"""Clients that cost little themselves: several connections of one thread, whose requests are bytes made beforehand."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator, Mapping, Sequence

# One that is not answered for so long is lost.
PATIENCE_S = 120


def request(method: str, address: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a request on a connection that stays open."""
    given = {"Host": "127.0.0.1", "Content-Length": str(len(body)), **(headers or {})}
    lines = [f"{method} {address} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def ask(port: int, requests: Sequence[bytes], clients: int = 1) -> tuple[float, list[float]]:
    """The seconds of all, and of each, of so many clients at a time. Raises RuntimeError for one that was refused."""
    left: Iterator[bytes] = iter(requests)
    took: list[float] = []
    with selectors.DefaultSelector() as ready:
        sockets = [socket.create_connection(("127.0.0.1", port), PATIENCE_S) for _ in range(clients)]
        try:
            begin, sent = time.perf_counter(), {}
            for one in sockets:
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                ready.register(one, selectors.EVENT_READ)
                if (first := next(left, None)) is not None:
                    sent[one] = time.perf_counter()
                    one.sendall(first)
            while sent:
                found = ready.select(PATIENCE_S)
                if not found:
                    raise RuntimeError(f"no answer in {PATIENCE_S} seconds")
                for key, _event in found:
                    one = key.fileobj
                    assert isinstance(one, socket.socket)
                    _answer(one)
                    took.append(time.perf_counter() - sent.pop(one))
                    if (another := next(left, None)) is not None:
                        sent[one] = time.perf_counter()
                        one.sendall(another)
            return time.perf_counter() - begin, took
        finally:
            for one in sockets:
                one.close()


def _answer(there: socket.socket) -> bytes:
    """The body of one answer. Raises RuntimeError where it is none of success."""
    head, _, body = _until(there, b"", b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    if headers.get("transfer-encoding") == "chunked":
        body = _chunks(there, body)
    else:
        size = int(headers.get("content-length", "0"))
        while len(body) < size:
            body += _more(there)
    if not lines[0].split(" ")[1].startswith("2"):
        raise RuntimeError(f"the server answered {lines[0]}: {body[:300]!r}")
    return body


def _chunks(there: socket.socket, rest: bytes) -> bytes:
    body = b""
    while True:
        size, _, rest = _until(there, rest, b"\r\n")
        length = int(size, 16)
        while len(rest) < length + 2:
            rest += _more(there)
        body, rest = body + rest[:length], rest[length + 2 :]
        if not length:
            return body


def _until(there: socket.socket, found: bytes, mark: bytes) -> tuple[bytes, bytes, bytes]:
    while mark not in found:
        found += _more(there)
    return found.partition(mark)


def _more(there: socket.socket) -> bytes:
    if not (found := there.recv(1 << 18)):
        raise RuntimeError("the server closed the connection")
    return found
