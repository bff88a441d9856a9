# SPDX-License-Identifier: Apache-2.0
"""For machines that watch this one: what is measured while serving, how it does, and whether it is alive.

Labels are route names, never addresses: those could carry personal data.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterable
from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from shanhai import __version__
from shanhai.base.outbox import selectors as outbox

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

REQUESTS = Counter("shanhai_requests_total", "Requests answered", ["route", "method", "status"], registry=REGISTRY)
SECONDS = Histogram("shanhai_request_seconds", "Seconds to answer a request", ["route"], registry=REGISTRY)


# Looking a counter up costs more than counting; there are as many as routes.
_seconds, _requests = cache(SECONDS.labels), cache(REQUESTS.labels)


class OutboxCollector(Collector):
    """How many deliveries wait, asked of the database when the page is asked for."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """One gauge."""
        yield GaugeMetricFamily("shanhai_outbox_open", "Deliveries not yet made", value=outbox.count_open())


REGISTRY.register(OutboxCollector())


class MetricsMiddleware:
    """Count and time each request by its route."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = match.view_name if match and match.view_name else "unknown"
        _seconds(route).observe(time.perf_counter() - start)
        _requests(route, request.method, response.status_code).inc()
        return response


@login_not_required
@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 when pages can be served; 503 when the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "database unavailable", "version": __version__}, status=503)
    return JsonResponse({"status": "ok", "version": __version__})


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for whoever carries the token of SHANHAI_METRICS_TOKEN; without one there is no such page."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    expected = settings.METRICS_TOKEN
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        raise Http404
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
