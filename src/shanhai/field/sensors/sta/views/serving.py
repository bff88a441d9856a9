# SPDX-License-Identifier: Apache-2.0
"""The one entrance of the API: who asks, which way they go, and how a refusal is written."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from shanhai.base.accounts.selectors import Request
from shanhai.base.programs import body_within, token_of
from shanhai.field.sensors.sta.selectors.plans import Asked
from shanhai.field.sensors.sta.values import VERSION
from shanhai.field.sensors.sta.views import batching, reading, writing
from shanhai.field.sensors.stations.selectors.tokens import reader_of
from shanhai.field.sensors.stations.services.tokens import note_use
from shanhai.kernel.actors import NOBODY, Actor
from shanhai.kernel.errors import DomainError, NotAllowed
from shanhai.kernel.messages import gettext_noop

_READING = ("GET", "HEAD")
_WRITING = ("POST", "PATCH", "PUT", "DELETE")
_METHODS = "GET, HEAD, OPTIONS, POST, PATCH, PUT, DELETE"
# What belongs to published datastreams may be shown by the pages of others, too.
_FOR_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": _METHODS,
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "86400",
}


class NeedsToken(NotAllowed):
    """A page of somebody else could write with the cookie of a session: who writes shows a token."""

    code = "sta.needs_token"
    status = HTTPStatus.UNAUTHORIZED


class NoSuchMethod(DomainError):
    """Neither the standard nor the service has it."""

    code = "sta.no_such_method"
    status = HTTPStatus.NOT_IMPLEMENTED


class TooLarge(DomainError):
    """More than a setting allows."""

    code = "sta.too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class Packed(DomainError):
    """A body that would have to be unpacked, however large it then is."""

    code = "sta.packed"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


@csrf_exempt
@login_not_required
def serve(request: Request, path: str = "") -> HttpResponse:
    """Any request below the root."""
    if request.method == "OPTIONS":
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Allow": _METHODS, **_FOR_ALL})
    try:
        with reading.told():
            answer = _answer(request, path)
    except DomainError as error:
        answer = _refusal(error)
    if "Authorization" not in request.headers and request.viewer is NOBODY:
        for name, value in _FOR_ALL.items():
            answer.headers[name] = value
    patch_vary_headers(answer, ("Authorization", "Cookie"))
    return answer


def _answer(request: Request, path: str) -> HttpResponse:
    token = token_of(request)
    viewer: Actor = request.viewer
    if token is not None:
        viewer, used = reader_of(token)
        note_use(by=viewer, at=request.at, used=used)
    root = request.build_absolute_uri(f"/sta/{VERSION}")
    if request.method not in _READING:
        if token is None:
            raise NeedsToken(gettext_noop("写入要出示令牌。请向监测技术员要一个可以写入的。"))
        if request.method not in _WRITING:
            raise NoSuchMethod(gettext_noop("没有 %(method)s 这种做法。"), method=str(request.method)[:20])
        asked = Asked(viewer, request.at, root)
        content_type = request.headers.get("Content-Type", "")
        if path == batching.BATCH and request.method == "POST":
            return _http(batching.batch(_body(request), content_type, asked))
        return _http(writing.write(request.method, path, _body(request), content_type, asked))
    pairs = [(name, value) for name, values in request.GET.lists() for value in values]
    found = reading.read(path, pairs, Asked(viewer, request.at, root))
    return _http(found)


def _http(found: reading.Answer) -> HttpResponse:
    answer = HttpResponse(found.body, content_type=found.content_type, status=found.status)
    if found.location:
        answer.headers["Location"] = found.location
    if found.next:
        answer.headers["Link"] = f'<{found.next}>; rel="next"'
    if found.moved:
        answer.headers["Shanhai-Not-Read-Until"] = found.moved
    return answer


def _body(request: Request) -> bytes:
    """What came, unless it is more than a setting allows: that is not even read. Raises TooLarge and Packed."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Packed(gettext_noop("内容是压缩过的，这里不解压。请不带 Content-Encoding 原样发来。"))
    body = body_within(request, most := settings.SENSORS_BODY_MAX_BYTES)
    if body is None:
        raise TooLarge(gettext_noop("内容超过 %(most)s MB。请分几次发。"), most=most // 2**20)
    return body


def _refusal(error: DomainError) -> HttpResponse:
    answer = _http(batching.refusal(error))
    if error.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = "5"
    return answer
