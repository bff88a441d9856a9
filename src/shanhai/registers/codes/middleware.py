# SPDX-License-Identifier: Apache-2.0
"""A scan goes straight to the resolver: whoever scans has no session, and sends no form."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import ResolverMatch

from shanhai.base.accounts.selectors import Request
from shanhai.kernel import clock
from shanhai.kernel.actors import NOBODY
from shanhai.registers.codes.resolver.values import IN_FULL
from shanhai.registers.codes.resolver.views import resolve

_CODE = re.compile(IN_FULL)
# By which the request is counted.
_MATCH = ResolverMatch(resolve, (), {}, "resolve", ["codes"], ["codes"])


class ScanMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _CODE.match(request.path_info[1:]) is None or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return self.get_response(request)
        asked = cast("Request", request)
        asked.at, asked.viewer, asked.resolver_match = clock.now(), NOBODY, _MATCH
        answer: HttpResponse = resolve(asked)
        if isinstance(answer, TemplateResponse):
            # What is told on a page, with its menu, goes the way of all pages.
            return self.get_response(request)
        # Without it the answer would go out in chunks.
        answer.headers["Content-Length"] = str(len(answer.content))
        return answer
