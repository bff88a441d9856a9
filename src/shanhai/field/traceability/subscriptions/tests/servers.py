# SPDX-License-Identifier: Apache-2.0
"""Real webhooks on the loopback address: one that answers, one that is silent, one that never ends its answer."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Webhook:
    """It answers each letter with the next of ``answers`` (the last again), and keeps what it got."""

    def __init__(self) -> None:
        self.letters: list[tuple[dict[str, str], bytes]] = []
        self.answers = [200]
        self.largest = 10**9
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if len(body) > hook.largest:
                    status = 413
                else:
                    hook.letters.append(({name.lower(): value for name, value in self.headers.items()}, body))
                    status = hook.answers[min(len(hook.letters), len(hook.answers)) - 1]
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.dest = f"http://127.0.0.1:{self._server.server_address[1]}/hook?of=us"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def told(self) -> list[list[str]]:
        """The ids of the events of each letter."""
        return [[one["eventID"] for one in events_in(body)] for _, body in self.letters]


def events_in(body: bytes) -> list[dict[str, Any]]:
    """The events of a letter."""
    return json.loads(body)["epcisBody"]["queryResults"]["resultsBody"]["eventList"]


@contextmanager
def a_silent_webhook() -> Iterator[str]:
    """It takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


@contextmanager
def a_trickling_webhook() -> Iterator[str]:
    """It says a letter every tenth of a second, for ever, and never ends its line."""
    stopping = threading.Event()

    def trickle(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while not stopping.wait(0.1):
                connection.sendall(b"H")

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=trickle, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        stopping.set()
