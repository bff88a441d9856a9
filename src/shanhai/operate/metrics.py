# SPDX-License-Identifier: Apache-2.0
"""What is measured while serving. Labels are route names, never addresses: those could carry personal data."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import cache

from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

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
