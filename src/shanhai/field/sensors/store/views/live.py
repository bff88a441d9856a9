# SPDX-License-Identifier: Apache-2.0
"""News of datastreams to open pages, as server-sent events: an ASGI application in a process of its own.

A connection that stays open would hold a thread of the pages. One question a moment to the database serves all of them,
however many processes store, and wherever they do.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core import signing
from django.db import DatabaseError, connection

from shanhai.field.sensors.models import Datastream

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
_SALT = "shanhai.sensors.live"
# A page that is open for longer asks anew.
_TICKET_S = 12 * 3600
_EVERY_S = 0.5
# What lies between must not take a silent connection for a dead one.
_BREATH_S = 15


def live_address(datastreams: Collection[int]) -> str:
    """Where a page hears of these datastreams, which its viewer may see; "" where nothing is served there.

    The address is signed, so that whoever has it hears of these and no others, until it is too old.
    """
    if not settings.LIVE_URL or not datastreams:
        return ""
    return f"{settings.LIVE_URL}/live/{signing.dumps(sorted(datastreams), salt=_SALT)}"


class Live:
    """The application: GET /live/<ticket>."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Queue[Mapping[int, Any]], frozenset[int]] = {}
        self._known: dict[int, Any] = {}
        self._looking: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection until it or its page goes."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        asked = _asked(scope)
        if asked is None or scope["type"] != "http":
            await _refuse(send, 404)
        elif len(self._waiting) >= settings.LIVE_MOST:
            # The page goes on asking by itself.
            await _refuse(send, 503)
        else:
            await self._tell(asked, scope, receive, send)

    async def _tell(self, asked: frozenset[int], scope: Scope, receive: Receive, send: Send) -> None:
        queue: asyncio.Queue[Mapping[int, Any]] = asyncio.Queue()
        self._waiting[queue] = asked
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _headers(scope)})
            await send({"type": "http.response.body", "body": b"retry: 3000\n\n", "more_body": True})
            while not gone.done():
                news = asyncio.ensure_future(queue.get())
                await asyncio.wait({news, gone}, timeout=_BREATH_S, return_when=asyncio.FIRST_COMPLETED)
                body = b":\n\n"
                if news.done():
                    body = b"data: " + json.dumps(news.result()).encode() + b"\n\n"
                news.cancel()
                if not gone.done():
                    await send({"type": "http.response.body", "body": body, "more_body": True})
        finally:
            gone.cancel()
            del self._waiting[queue]

    async def _look(self) -> None:
        """Tell whoever waits what has changed, as long as anybody does."""
        while self._waiting:
            wanted = frozenset().union(*self._waiting.values())
            with suppress(DatabaseError):
                now = await sync_to_async(_states)(wanted)
                changed = {key: state for key, state in now.items() if self._known.get(key, state) != state}
                self._known = now
                for queue, asked in self._waiting.items():
                    if told := {key: state for key, state in changed.items() if key in asked}:
                        queue.put_nowait(told)
            await asyncio.sleep(_EVERY_S)
        self._known = {}


def _states(datastreams: Collection[int]) -> dict[int, Any]:
    """The latest of each: time, number, arrival, how many there are."""
    rows = Datastream.objects.filter(pk__in=datastreams)
    try:
        return {row[0]: row[1:] for row in rows.values_list("pk", "last_time", "last_number", "arrived", "count")}
    except DatabaseError:
        connection.close()
        raise


def _asked(scope: Scope) -> frozenset[int] | None:
    path = str(scope.get("path", ""))
    with suppress(signing.BadSignature):
        return frozenset(signing.loads(path.removeprefix("/live/"), salt=_SALT, max_age=_TICKET_S))
    return None


def _headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    headers = [
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    # The page comes from another port. No cookie is asked for: the address itself is the permission.
    if any(name == b"origin" for name, _value in scope["headers"]):
        headers.append((b"access-control-allow-origin", b"*"))
    return headers


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _live(receive: Receive, send: Send) -> None:
    while True:
        what = (await receive())["type"].rpartition(".")[2]
        await send({"type": f"lifespan.{what}.complete"})
        if what == "shutdown":
            return
