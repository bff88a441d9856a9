# SPDX-License-Identifier: Apache-2.0
"""What programs ask goes straight to the API: no session, no cookie and no form has a say in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

from shanhai.base.accounts.selectors import Request
from shanhai.base.programs import token_of
from shanhai.field.sensors.sta.values import VERSION
from shanhai.field.sensors.sta.views.serving import serve
from shanhai.kernel import clock
from shanhai.kernel.actors import NOBODY

_ROOT = f"/sta/{VERSION}/"
# By a page, with the session of a person, or by anybody: what is published.
_OPEN = frozenset({"GET", "HEAD", "OPTIONS"})
# By which the request is counted.
_MATCH = ResolverMatch(serve, (), {}, "sta")


class ProgramMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = cast("Request", request)
        if not request.path_info.startswith(_ROOT) or (request.method in _OPEN and token_of(asked) is None):
            return self.get_response(request)
        asked.at, asked.viewer, asked.resolver_match = clock.now(), NOBODY, _MATCH
        answer = serve(asked, request.path_info.removeprefix(_ROOT))
        # Without it the answer would go out in chunks.
        answer.headers["Content-Length"] = str(len(answer.content))
        return answer
