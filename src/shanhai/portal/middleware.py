# SPDX-License-Identifier: Apache-2.0
"""The one place where a domain error becomes an HTTP answer, in the language of the asker."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from shanhai.kernel.errors import DomainError
from shanhai.portal.templatetags.shanhai import say


class DomainErrorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a DomainError as JSON under /api, else as a page; anything else goes on to the 500 page."""
        if not isinstance(exception, DomainError):
            return None
        text = say(exception.message)
        if request.path.startswith("/api/"):
            return JsonResponse({"code": exception.code, "message": text}, status=exception.status)
        return render(request, "errors/domain.html", {"error": exception, "text": text}, status=exception.status)
