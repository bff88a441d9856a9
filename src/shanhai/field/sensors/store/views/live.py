# SPDX-License-Identifier: Apache-2.0
"""News of datastreams to open pages, as server-sent events: an ASGI application in a process of its own.

A connection that stays open would hold a thread of the pages. One question a moment to the database serves all of them,
however many processes store, and wherever they do.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core import signing
from django.db import DatabaseError, connection

from shanhai.base.accounts.selectors import actor_of
from shanhai.field.sensors.models import Datastream
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
_SALT = "shanhai.sensors.live"
# A page that is open for longer asks anew.
_TICKET_S = 12 * 3600
_EVERY_S = 0.5
# Whoever may no longer see a datastream hears of it for as long at most.
_MAY_S = 5.0
# What lies between must not take a silent connection for a dead one.
_BREATH_S = 15


def live_address(viewer: Actor, datastreams: Collection[int]) -> str:
    """Where the page of a viewer hears of these datastreams; "" where nothing is served there.

    The address is signed, so that whoever has it hears of these and no others, for as long as the viewer may see them,
    and until it is too old.
    """
    if not settings.LIVE_URL or not datastreams:
        return ""
    return f"{settings.LIVE_URL}/live/{signing.dumps([viewer.ref, sorted(datastreams)], salt=_SALT)}"


class _Asked(NamedTuple):
    """Who hears of which datastreams."""

    viewer: str
    datastreams: frozenset[int]


class Live:
    """The application: GET /live/<ticket>."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Queue[Mapping[int, Any] | None], _Asked] = {}
        self._known: dict[int, Any] = {}
        self._looking: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection until it or its page goes."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        asked = _asked(scope)
        if asked is None or scope["type"] != "http" or not await sync_to_async(_may)(asked):
            await _refuse(send, 404)
        elif len(self._waiting) >= settings.LIVE_MOST:
            # The page goes on asking by itself.
            await _refuse(send, 503)
        else:
            await self._tell(asked, scope, receive, send)

    async def _tell(self, asked: _Asked, scope: Scope, receive: Receive, send: Send) -> None:
        queue: asyncio.Queue[Mapping[int, Any] | None] = asyncio.Queue()
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
            wanted = frozenset().union(*(one.datastreams for one in self._waiting.values()))
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
                    if told := {key: state for key, state in changed.items() if key in asked.datastreams}:
                        queue.put_nowait(told)
            await asyncio.sleep(_EVERY_S)
        self._known = {}


def _may_all(asked: Collection[_Asked]) -> dict[_Asked, bool]:
    return {one: _may(one) for one in asked}


def _may(asked: _Asked) -> bool:
    """Whether somebody may see by now all that their page hears of."""
    try:
        seen = Datastream.objects.visible_to(actor_of(ref=asked.viewer, at=clock.now()))
        return seen.filter(pk__in=asked.datastreams).count() == len(asked.datastreams)
    except DatabaseError:
        connection.close()
        raise


def _states(datastreams: Collection[int]) -> dict[int, Any]:
    """The latest of each: time, number, arrival, how many there are."""
    rows = Datastream.objects.filter(pk__in=datastreams)
    try:
        return {row[0]: row[1:] for row in rows.values_list("pk", "last_time", "last_number", "arrived", "count")}
    except DatabaseError:
        connection.close()
        raise


def _asked(scope: Scope) -> _Asked | None:
    path = str(scope.get("path", ""))
    with suppress(signing.BadSignature):
        viewer, datastreams = signing.loads(path.removeprefix("/live/"), salt=_SALT, max_age=_TICKET_S)
        return _Asked(viewer, frozenset(datastreams))
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
