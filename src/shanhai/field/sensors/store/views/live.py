# SPDX-License-Identifier: Apache-2.0
"""News to open pages, as server-sent events: an ASGI application in a process of its own.

What there is to hear of, apps register as a ``NewsSource``.

A connection that stays open would hold a thread of the pages. One question a moment to the database serves all of them,
however many processes store, and wherever they do.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, connection

from shanhai.base.accounts.selectors import actor_of
from shanhai.field.sensors.store.selectors.live import Hearing, hearing_at
from shanhai.kernel import clock
from shanhai.kernel.registry import registries

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
_EVERY_S = 0.5
# Whoever may no longer see something hears of it for as long at most.
_MAY_S = 5.0
# What lies between must not take a silent connection for a dead one.
_BREATH_S = 15


class Live:
    """The application: GET /live/<ticket>."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Queue[Mapping[Any, Any] | None], Hearing] = {}
        self._known: dict[tuple[str, Any], Any] = {}
        self._looking: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection until it or its page goes."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        asked = hearing_at(str(scope.get("path", "")))
        if asked is None or scope["type"] != "http" or not await sync_to_async(_may)(asked):
            await _refuse(send, 404)
        elif len(self._waiting) >= settings.LIVE_MOST:
            # The page goes on asking by itself.
            await _refuse(send, 503)
        else:
            await self._tell(asked, scope, receive, send)

    async def _tell(self, asked: Hearing, scope: Scope, receive: Receive, send: Send) -> None:
        queue: asyncio.Queue[Mapping[Any, Any] | None] = asyncio.Queue()
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
                    if (told := news.result()) is None:
                        await send({"type": "http.response.body", "body": b""})
                        return
                    body = b"data: " + json.dumps(told).encode() + b"\n\n"
                news.cancel()
                if not gone.done():
                    await send({"type": "http.response.body", "body": body, "more_body": True})
        finally:
            gone.cancel()
            del self._waiting[queue]

    async def _look(self) -> None:
        """Tell whoever waits what has changed, as long as anybody does; who may no longer see it is let go."""
        asked_at = time.monotonic()
        while self._waiting:
            wanted = defaultdict[str, set[Any]](set)
            for one in self._waiting.values():
                wanted[one.source] |= one.keys
            with suppress(DatabaseError):
                if time.monotonic() - asked_at > _MAY_S:
                    asked_at = time.monotonic()
                    may = await sync_to_async(_may_all)(set(self._waiting.values()))
                    for queue, asked in self._waiting.items():
                        if not may.get(asked, True):
                            queue.put_nowait(None)
                now = await sync_to_async(_states)(wanted)
                changed = {key: state for key, state in now.items() if self._known.get(key, state) != state}
                self._known = now
                for queue, asked in self._waiting.items():
                    told = {key: state for (source, key), state in changed.items() if asked.hears(source, key)}
                    if told:
                        queue.put_nowait(told)
            await asyncio.sleep(_EVERY_S)
        self._known = {}


def _may_all(asked: Collection[Hearing]) -> dict[Hearing, bool]:
    return {one: _may(one) for one in asked}


def _may(asked: Hearing) -> bool:
    """Whether somebody may see by now all that their page hears of."""
    source = registries.news.get(asked.source)
    try:
        viewer = actor_of(ref=asked.viewer, at=clock.now())
        return source is not None and source.may_hear(viewer=viewer, keys=asked.keys)
    except DatabaseError:
        connection.close()
        raise


def _states(wanted: Mapping[str, Collection[Any]]) -> dict[tuple[str, Any], Any]:
    """How it is with each key of each source."""
    sources = [one for one in registries.news if one.key in wanted]
    try:
        return {(one.key, key): now for one in sources for key, now in one.states(keys=wanted[one.key]).items()}
    except DatabaseError:
        connection.close()
        raise


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
