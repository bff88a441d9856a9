# SPDX-License-Identifier: Apache-2.0
"""Feeds and files of CAP, for programs of anybody: without an account, with what lets them ask again cheaply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.operations.hazards.cap.rules.feeds import MEDIA_TYPE, Feed, write_atom, write_rss
from shanhai.operations.hazards.cap.selectors import alerts
from shanhai.operations.hazards.cap.selectors.keys import certificate_file, signs
from shanhai.operations.hazards.cap.values import CapMessage

# Pages of others may read what is for everybody.
_FOR_ALL = {"Access-Control-Allow-Origin": "*"}
# A feed is asked for every minute or so; a file never changes.
_FEED_S, _FILE_S = 30, 86_400


@login_not_required
@require_safe
def index(request: Request) -> HttpResponse:
    """What there is for programs, and how it is signed."""
    context = {
        "certificate": certificate_file() is not None,
        "signed": signs(at=request.at),
        "sender": settings.CAP_SENDER,
    }
    return render(request, "hazards/cap.html", context)


@login_not_required
@require_safe
def atom(request: Request, *, exercise: bool = False) -> HttpResponseBase:
    """The feed of alerts, or that of exercises, as Atom."""
    return _feed(request, exercise, write_atom, "application/atom+xml")


@login_not_required
@require_safe
def rss(request: Request, *, exercise: bool = False) -> HttpResponseBase:
    """The feed of alerts, or that of exercises, as RSS."""
    return _feed(request, exercise, write_rss, "application/rss+xml")


@login_not_required
@require_safe
def alert_file(request: HttpRequest, identifier: str) -> HttpResponseBase:
    """An alert, byte for byte as it was published."""
    found = alerts.get_file(identifier=identifier)
    return _answer(request, found.xml.encode(), MEDIA_TYPE, _FILE_S, found.sent.timestamp())


@login_not_required
@require_safe
def national_file(request: HttpRequest, identifier: str) -> HttpResponseBase:
    """An alert after GB/T 35965.1."""
    return _answer(request, alerts.national_file(identifier=identifier), "application/xml", _FILE_S)


@login_not_required
@require_safe
def certificate(request: HttpRequest) -> HttpResponseBase:
    """The certificate by which our signatures are known."""
    content = certificate_file()
    if content is None:
        raise Http404
    return _answer(request, content, "application/x-pem-file", _FEED_S)


def _feed(
    request: Request, exercise: bool, write: Callable[[Feed, Sequence[CapMessage]], bytes], media_type: str
) -> HttpResponseBase:
    feed, messages = alerts.feed_of(at=request.at, exercise=exercise, path=request.path)
    return _answer(request, write(feed, messages), media_type, _FEED_S)


def _answer(
    request: HttpRequest, content: bytes, media_type: str, seconds: int, changed: float | None = None
) -> HttpResponseBase:
    headers = {"Cache-Control": f"public, max-age={seconds}", **_FOR_ALL}
    if changed is not None:
        headers["Last-Modified"] = http_date(changed)
    answer = HttpResponse(content, content_type=f"{media_type}; charset=utf-8", headers=headers)
    answer.headers["ETag"] = etag = f'"{sha256(content).hexdigest()[:32]}"'
    return get_conditional_response(request, etag, int(changed) if changed is not None else None, answer) or answer
