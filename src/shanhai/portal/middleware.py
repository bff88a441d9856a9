# SPDX-License-Identifier: Apache-2.0
"""What answers go through: the one place where a domain error becomes HTTP, headers, compression."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
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


class AnswerMiddleware(GZipMiddleware):
    """The headers that keep a page within itself, and compression of what is text, for weak links.

    Files that people download are packed already, or sent piece by piece. Django pads each answer by a random length,
    so that its size tells nothing of what is in it (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add the headers; compress an answer that is text and whole."""
        # Django's own pages for developers bring their style within.
        if not (settings.DEBUG and response.status_code in (404, 500)):
            for name, value in settings.ANSWER_HEADERS.items():
                response.headers.setdefault(name, value)
        text = response.headers.get("Content-Type", "").startswith(("text/", "application/json"))
        return super().process_response(request, response) if text and not response.streaming else response
