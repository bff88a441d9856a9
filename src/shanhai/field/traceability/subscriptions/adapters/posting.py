# SPDX-License-Identifier: Apache-2.0
"""A letter by HTTP to the one address that was looked at, within a time that nobody on the other side can stretch."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from ipaddress import ip_network

from django.conf import settings

from shanhai.field.traceability.subscriptions.rules.addresses import Target, may_go_to, target_of
from shanhai.field.traceability.subscriptions.values import Letter, NotTaken, Why
from shanhai.kernel.errors import BadInput

_TOO_LARGE, _GONE = 413, 410


def post(letter: Letter) -> None:
    """Hand the letter over: any 2xx has taken it. Raises NotTaken.

    The name is looked up once, and the connection goes to what was found: who changes it in between reaches nothing
    else. Redirects are not followed.
    """
    try:
        target = target_of(letter.dest)
    except BadInput:
        raise NotTaken(Why.NOT_REACHED) from None
    headers = {"Content-Type": "application/json", "User-Agent": "Shanhai", "Connection": "close"}
    headers |= {"GS1-EPCIS-Version": "2.0.0", "GS1-CBV-Version": "2.0.0"}
    if letter.signature:
        headers["GS1-Signature"] = letter.signature
    connection = _connection(target)
    ended = threading.Event()
    ends = threading.Timer(settings.TRACE_WEBHOOK_TIMEOUT_S, _hang_up, [connection, ended])
    ends.daemon = True
    ends.start()
    try:
        connection.request("POST", target.path, letter.body, headers)
        status = connection.getresponse().status
    except TimeoutError:
        raise NotTaken(Why.TIMED_OUT) from None
    except (OSError, http.client.HTTPException, ValueError, AttributeError):
        raise NotTaken(Why.TIMED_OUT if ended.is_set() else Why.NOT_REACHED) from None
    finally:
        ends.cancel()
        connection.close()
    if not 200 <= status < 300:
        why = {_TOO_LARGE: Why.TOO_LARGE, _GONE: Why.GONE}.get(status, Why.REFUSED)
        raise NotTaken(why, status)


def _connection(target: Target) -> http.client.HTTPConnection:
    address = _address(target)
    made = http.client.HTTPConnection(target.host, target.port, timeout=settings.TRACE_WEBHOOK_TIMEOUT_S)
    context = ssl.create_default_context() if target.secure else None

    def connect() -> None:
        plain = socket.create_connection((address, target.port), settings.TRACE_WEBHOOK_TIMEOUT_S)
        made.sock = plain
        if context is not None:
            # The socket stands before the handshake, so that a handshake without an end is ended, too.
            made.sock = context.wrap_socket(plain, server_hostname=target.host, do_handshake_on_connect=False)
            made.sock.do_handshake()

    made.connect = connect  # type: ignore[method-assign]
    return made


def _address(target: Target) -> str:
    """The address of a name. All of them must be allowed: which one another look-up gives first nobody knows."""
    try:
        found = [str(one[4][0]) for one in socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise NotTaken(Why.NOT_REACHED) from None
    networks = settings.TRACE_WEBHOOK_NETWORKS
    if not found or not all(may_go_to(one, networks) for one in found):
        raise NotTaken(Why.FORBIDDEN)
    if not target.secure and not all(ip_network(one.partition("%")[0]).is_loopback for one in found):
        raise NotTaken(Why.FORBIDDEN)
    return found[0]


def _hang_up(connection: http.client.HTTPConnection, ended: threading.Event) -> None:
    ended.set()
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)
