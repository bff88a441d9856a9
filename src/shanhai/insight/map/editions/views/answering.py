# SPDX-License-Identifier: Apache-2.0
"""What every address of /ogc does: it knows its reader and its parameters, refuses with a problem, links and tags."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import orjson
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import say
from shanhai.base.programs import token_of
from shanhai.insight.map.editions.rules.parameters import check_known
from shanhai.insight.map.selectors import reader_of, token_shown
from shanhai.insight.map.services import note_use
from shanhai.kernel.actors import NOBODY
from shanhai.kernel.errors import DomainError, NotAllowed
from shanhai.kernel.messages import gettext_noop

JSON, GEOJSON, PROBLEM = "application/json", "application/geo+json", "application/problem+json"
View = Callable[..., HttpResponse]


class NeedsSignIn(NotAllowed):
    """Nobody showed who they are."""

    code = "map.needs_sign_in"
    status = HTTPStatus.UNAUTHORIZED


def answering(*known: str, anybody: bool = False, format: str = "json") -> Callable[[View], View]:
    """A resource with the parameters it knows, for who has signed in unless ``anybody`` may ask.

    A refusal is a problem of RFC 7807, and no cache hands on what is one reader's.
    """

    def wrapped(view: View) -> View:
        @login_not_required
        @require_safe
        @wraps(view)
        def answer(request: Request, **names: str) -> HttpResponse:
            try:
                _know_reader(request, anybody)
                check_known(request.GET, known, format)
                made = view(request, **names)
            except DomainError as error:
                made = _problem(error)
            made.headers["Cache-Control"] = "private, no-cache"
            patch_vary_headers(made, ("Authorization", "Cookie"))
            return made

        return answer

    return wrapped


def _know_reader(request: Request, anybody: bool) -> None:
    token = token_of(request)
    if token is not None:
        shown = token_shown(token)
        request.viewer = reader_of(shown, at=request.at)
        note_use(token=shown, by=request.viewer, at=request.at)
    elif request.viewer.ref == NOBODY.ref and not anybody:
        raise NeedsSignIn(gettext_noop("请先登录，再取图层。"))


def _problem(error: DomainError) -> HttpResponse:
    title, status = HTTPStatus(error.status).phrase, int(error.status)
    body = {"type": f"urn:shanhai:{error.code}", "title": title, "status": status, "detail": say(error.message)}
    made = HttpResponse(orjson.dumps(body), content_type=PROBLEM, status=status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        made.headers["Retry-After"] = "10"
    if status == HTTPStatus.UNAUTHORIZED:
        made.headers["WWW-Authenticate"] = "Bearer"
    return made


def link(request: Request, path: str, rel: str, kind: str, query: dict[str, str] | None = None) -> dict[str, str]:
    """A link to a path below /ogc/."""
    return {"href": address(request, path) + (f"?{urlencode(query)}" if query else ""), "rel": rel, "type": kind}


def address(request: Request, path: str) -> str:
    """The whole address of a path below /ogc/."""
    return request.build_absolute_uri(f"/ogc/{path}")


def answered(body: Any, kind: str = JSON) -> HttpResponse:
    """A body as JSON."""
    return HttpResponse(orjson.dumps(body), content_type=kind)


def unchanged(request: Request, tag: str) -> HttpResponse | None:
    """304 for who has it already."""
    answer = get_conditional_response(request, etag=etag(tag))
    return answer if answer is not None and answer.status_code == HTTPStatus.NOT_MODIFIED else None


def etag(tag: str) -> str:
    """What stands for a content in the language of the reader."""
    return quote_etag(sha256(f"{tag} {get_language()}".encode()).hexdigest()[:32])
