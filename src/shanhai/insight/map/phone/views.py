# SPDX-License-Identifier: Apache-2.0
"""The map on a phone: a light page, its county as data, and what lets both be there without a network."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import orjson
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from shanhai.base.accounts.selectors import Request, kept_for
from shanhai.base.accounts.values import KEPT_FOR, KEPT_FOR_DAYS
from shanhai.insight.map.editions.views.answering import answered, answering, etag, unchanged
from shanhai.insight.map.phone import selectors
from shanhai.planning.programmes.core.selectors.scopes import scope_from

# What the page is made of, beside its own text: kept on the phone with it.
FILES = (
    "shanhai/mark.svg", "shanhai/icons.svg", "shanhai/tokens.css", "shanhai/elements.css", "shanhai/components.css",
    "shanhai/charts.css", "shanhai/shell.css", "shanhai/pages.css", "shanhai/print.css",
    "vendor/leaflet/leaflet.css", "vendor/leaflet/leaflet.mjs", "map/field.css", "map/field.js",
)  # fmt: skip


@require_safe
def field(request: Request) -> HttpResponse:
    """GET /map/field/?area=CODE: the county on a map with what lies in it; ``list``: as text alone."""
    viewer = request.viewer
    areas = selectors.list_areas(viewer=viewer)
    scope = scope_from(viewer=viewer, asked={}, at=request.at)
    home = scope.place if scope else None
    code = request.GET.get("area") or next((one.code for _, every in areas for one in every if one.code == home), "")
    area = selectors.area_named(code, viewer=viewer) if code else None
    context: dict[str, Any] = {"areas": areas, "area": area, "at": request.at, "owner": kept_for(ref=viewer.ref)}
    if area and request.GET.get("list"):
        layers = selectors.opened(by=viewer, at=request.at)
        context["listed"] = selectors.read(area, layers, viewer=viewer, most=settings.MAP_FIELD_MOST)
    answer = render(request, "map/field.html", context | _usual())
    # Who the kept areas on this phone are for: the page without a network looks for it, so scripts may read it.
    age, secure = KEPT_FOR_DAYS * 24 * 3600, settings.SESSION_COOKIE_SECURE
    answer.set_cookie(KEPT_FOR, context["owner"], max_age=age, secure=secure, samesite="Lax")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@answering()
def area(request: Request, code: str) -> HttpResponse:
    """GET /map/field/areas/CODE.json: the county and what lies in it, as the viewer may see it."""
    found = selectors.area_named(code, viewer=request.viewer)
    layers, most = selectors.opened(by=request.viewer, at=request.at), settings.MAP_FIELD_MOST
    tag = selectors.tag_of(found, layers, most=most)
    answer = unchanged(request, tag)
    if answer is None:
        said = selectors.read(found, layers, viewer=request.viewer, most=most)
        answer = answered(said)
        # What is not whole is asked for again.
        if said["whole"]:
            answer.headers["ETag"] = etag(tag)
    # Also of what has not changed: it was so at that moment.
    answer.headers["X-As-Of"] = request.at.isoformat()
    return answer


@login_not_required
@require_safe
def shell(request: Request) -> HttpResponse:
    """GET /map/field/shell/: the page with nobody's data, which a phone shows when it has no network."""
    return HttpResponse(_shell(), headers={"Cache-Control": "no-cache"})


@login_not_required
@require_safe
def worker(request: Request) -> HttpResponse:
    """GET /map/field/worker.js: the service worker, with the files it keeps; another when one of them is another."""
    files = [static(one) for one in FILES]
    version = sha256((_shell() + repr(files)).encode()).hexdigest()[:16]
    kept = orjson.dumps({"version": version, "page": reverse("map:field-shell"), "files": files}).decode()
    text = f"const SHELL = {kept};\nimportScripts({orjson.dumps(static('map/field-worker.js')).decode()});\n"
    return HttpResponse(text, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


def _shell() -> str:
    return render_to_string("map/field.html", {"shell": True, **_usual()})


def _usual() -> dict[str, Any]:
    return {"review_number": settings.MAP_REVIEW_NUMBER, "days": KEPT_FOR_DAYS}
