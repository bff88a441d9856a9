# SPDX-License-Identifier: Apache-2.0
"""The addresses of EPCIS, by its version: resources of several subjects behind one entrance."""

from __future__ import annotations

from collections import defaultdict

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import re_path
from django.views.decorators.csrf import csrf_exempt

from shanhai.base.accounts.selectors import Request
from shanhai.field.traceability.capture.values import VERSION
from shanhai.field.traceability.capture.views import capturing
from shanhai.field.traceability.capture.views.serving import Handler, serve
from shanhai.field.traceability.query.views import asking, naming
from shanhai.field.traceability.subscriptions.views import subscribing

# Of each subject; where two have one path, each has methods of its own.
_RESOURCES: dict[str, dict[str, Handler]] = defaultdict(dict)
for _subject in (capturing.RESOURCES, asking.RESOURCES, naming.RESOURCES, subscribing.RESOURCES):
    for _pattern, _methods in _subject.items():
        _RESOURCES[_pattern].update(_methods)


@csrf_exempt
@login_not_required
def epcis(request: Request, path: str = "") -> HttpResponse:
    """Any request to EPCIS."""
    return serve(request, path, _RESOURCES)


urlpatterns = [
    # Whatever is asked below the root, a line's end in a name too: a refusal is a problem of RFC 7807, never a page.
    re_path(rf"^{VERSION}(?:/(?P<path>(?s:.*)))?\Z", epcis, name="epcis"),
]
