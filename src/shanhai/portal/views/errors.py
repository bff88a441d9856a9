# SPDX-License-Identifier: Apache-2.0
"""The pages for what went wrong: each says what happened and what to do, and blames nobody."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """What nobody expected; that the database is away, who asks may wait for."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        answer = render(request, "errors/503.html", status=503)
        answer["Retry-After"] = "5"
        return answer
    return render(request, "errors/500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/csrf.html", status=403)
