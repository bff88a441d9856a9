# SPDX-License-Identifier: Apache-2.0
"""Each request carries ``at`` (the one instant it happens at) and ``viewer`` (who asks)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from shanhai.base.accounts import selectors
from shanhai.kernel import clock


class ViewerMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.at = clock.now()
        request.viewer = SimpleLazyObject(
            lambda: selectors.actor_for(user=request.user if request.user.is_authenticated else None, at=request.at)
        )
        return self.get_response(request)
