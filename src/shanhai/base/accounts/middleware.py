# SPDX-License-Identifier: Apache-2.0
"""Each request carries ``at`` (the one instant it happens at) and ``viewer`` (who asks)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from django.http import HttpResponse
from django.utils.functional import SimpleLazyObject

from shanhai.base.accounts import selectors
from shanhai.kernel import clock

if TYPE_CHECKING:
    from shanhai.kernel.actors import Actor


class ViewerMiddleware:
    def __init__(self, get_response: Callable[[selectors.Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: selectors.Request) -> HttpResponse:
        request.at = clock.now()
        request.viewer = cast("Actor", SimpleLazyObject(lambda: selectors.actor_for(user=request.user, at=request.at)))
        return self.get_response(request)
