# SPDX-License-Identifier: Apache-2.0
"""Tiles by their signed address, in front of Django: a map asks for dozens at a time, and each is a look into a file.

``/map/tiles/KEY.json`` gives such an address to who may see the layer, once the service was asked; it names a file that
never changes, and ends. So nothing is asked here but whether we signed it.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.utils.translation import override

from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import say
from shanhai.insight.map.tiles.selectors import signed_tile
from shanhai.kernel import clock
from shanhai.kernel.errors import DomainError

# As IN_FRONT_OF_DJANGO and urls.py have it.
SIGNED = "/map/tile/"
_LANGUAGES = ("zh-hans", "en")
Answer = tuple[int, dict[str, str], bytes]


def serve_signed(environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request below ``SIGNED`` (WSGI)."""
    status, headers, body = _answer(environ, clock.now())
    start_response(f"{status} {HTTPStatus(status).phrase}", [*headers.items()])
    return [body] if environ["REQUEST_METHOD"] != "HEAD" else []


@login_not_required
def signed(request: Request, address: str) -> HttpResponse:
    """GET /map/tile/…: the same where pages are served without what stands in front (tests)."""
    status, headers, body = _answer(request.META, request.at)
    return HttpResponse(body, status=status, headers=headers)


def _answer(asked: Mapping[str, Any], at: datetime) -> Answer:
    if asked["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return _said(405, "这里只能读取。 Only GET and HEAD.", Allow="GET, HEAD")
    try:
        found = signed_tile(asked["PATH_INFO"].removeprefix(SIGNED), at=at)
    except DomainError as error:
        return _said(error.status, " ".join(_in(one, error) for one in _LANGUAGES))
    packed = found.packed and "gzip" in asked.get("HTTP_ACCEPT_ENCODING", "")
    tag = f'"{found.tag}{"" if packed else "-plain"}"'
    headers = {
        "Cache-Control": f"private, max-age={found.seconds}, immutable",
        "ETag": tag,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if asked.get("HTTP_IF_NONE_MATCH") == tag:
        return 304, headers, b""
    if not found.data:
        return 204, headers, b""
    body = gzip.decompress(found.data) if found.packed and not packed else found.data
    headers |= {"Content-Type": found.kind, "Content-Length": str(len(body))}
    return 200, {**headers, **({"Content-Encoding": "gzip"} if packed else {})}, body


def _said(status: int, words: str, **headers: str) -> Answer:
    body = words.encode()
    kind = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body)), "Cache-Control": "no-store"}
    return status, {**kind, **headers}, body


def _in(language: str, error: DomainError) -> str:
    with override(language):
        return say(error.message)
