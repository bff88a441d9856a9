# SPDX-License-Identifier: Apache-2.0
"""The page on which screens are made and ended, and the screen itself, which opens without an account."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.audit.selectors import latest_act
from shanhai.base.forms import Act, status_of, told_once
from shanhai.insight.map.desk.selectors import USUAL
from shanhai.insight.map.desk.views import MAP
from shanhai.insight.map.models import Screen
from shanhai.insight.map.screens import services
from shanhai.insight.map.screens.forms import RevokeScreenForm, ScreenForm
from shanhai.insight.map.screens.selectors import offering
from shanhai.insight.map.screens.selectors.reading import HEIGHT, WIDTH, read
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.registers.codes.covers.selectors import asked_from
from shanhai.registers.codes.covers.services import admit

TITLE = message(gettext_noop("大屏"))
# How long a new one shows, unless another day is chosen.
LASTING, SECOND = timedelta(days=90), "livelihood_share"
# Of what has not changed the drawing is kept.
KEPT = 3600
# Of one address in an hour: whoever tries addresses is held up, a screen with its own is not.
MOST_WRONG = 120
_TOO_OFTEN = gettext_noop("试得太多了。请过一小时再试，或者找做大屏的人要地址。")


@require_safe
def screens(request: Request) -> HttpResponse:
    """GET /map/screens/: those of the programme, and the form for another."""
    return _page(request, _programme(request), "")


@require_POST
def act(request: Request, act: str) -> HttpResponse:
    """POST /map/screens/<act>: make a screen, whose address is told this once, or revoke one."""
    programme = request.POST.get("programme") or _programme(request)
    return _page(request, programme, act)


def _programme(request: Request) -> str:
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        raise NotVisible(gettext_noop("还没有您能看到的对口支援。请先在“计划”里建一个。"))
    return scope.programme


def _acts(request: Request, programme: str) -> dict[str, Act]:
    asked: dict[str, Any] = {"viewer": request.viewer, "programme": programme, "at": request.at}
    top, counted = offering.top_figures(**asked), offering.counted_figures(**asked)
    keys = [one.key for one in counted]
    initial = {
        "programme": programme,
        "figures": [one.key for one in top],
        "shade": USUAL if USUAL in keys else "",
        "second": SECOND if SECOND in keys else "",
        "expires_on": local_date(request.at) + LASTING,
        "scheme": "dark",
    }
    make = partial(ScreenForm, top=top, counted=counted, initial=initial)
    revoked = gettext_noop("大屏已收回，从现在起打不开。")
    return {"make": Act(make, services.make_screen), "revoke": Act(RevokeScreenForm, services.revoke_screen, revoked)}


def _page(request: Request, programme: str, sent: str) -> HttpResponse:
    found = offering.list_screens(viewer=request.viewer, programme=programme)
    acts = _acts(request, programme)
    there = f"{reverse('map:screens')}?programme={programme}"
    drawn, went, secret = told_once(request, acts, sent, giving="make", to=lambda: redirect(there))
    if went:
        return went
    context = {
        "crumbs": [TODAY, MAP, Crumb(TITLE)],
        "title": TITLE,
        "screens": found,
        "acts": drawn,
        "at": request.at,
        "address": request.build_absolute_uri(reverse("map:screen", args=[secret])) if secret else "",
    }
    answer = render(request, "map/screens.html", context, status=status_of(*drawn.values()))
    if secret:
        answer["Cache-Control"] = "no-store"
    return answer


@login_not_required
@require_safe
def screen(request: Request, secret: str) -> HttpResponse:
    """GET /map/screen/<secret>/: the screen, which fetches the part below by itself."""
    return _shown(request, secret, "map/screen.html")


@login_not_required
@require_safe
def part(request: Request, secret: str) -> HttpResponse:
    """GET /map/screen/<secret>/now: what changes on it."""
    return _shown(request, secret, "map/_screen_now.html")


def _shown(request: Request, secret: str, template: str) -> HttpResponse:
    try:
        found = offering.screen_shown(secret, at=request.at)
        looker = offering.looker_of(found, at=request.at)
    except NotVisible:
        admit(
            address=asked_from(request),
            what="screen",
            most=MOST_WRONG,
            refusal=_TOO_OFTEN,
            by=request.viewer,
            at=request.at,
        )
        raise
    with translation.override(found.language):
        context = {
            "screen": found,
            "at": request.at,
            "drawing": _drawing(request, found, looker),
            "seconds": settings.MAP_SCREEN_SECONDS,
            "secret": secret,
        }
        answer = HttpResponse(render_to_string(template, context))
    answer["Content-Language"] = found.language
    answer["Cache-Control"] = "private, no-store"
    # The address is the key: it is told to no other page, and no search engine lists it.
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _drawing(request: Request, found: Screen, looker: Actor) -> str:
    """All below the clock, drawn anew when something has happened in the programme or a day has begun."""
    grants = repr(sorted((key, tuple(map(repr, scopes))) for key, scopes in looker.grants.items()))
    mark = latest_act(programmes=[found.programme.code])
    number = settings.MAP_REVIEW_NUMBER
    asked = (str(found.pk), mark, str(local_date(request.at)), grants, found.language, number)
    key = f"screen:{sha256(repr(asked).encode()).hexdigest()}"
    kept: str | None = cache.get(key)
    if kept is not None:
        return kept
    reading = read(found, looker=looker, at=request.at)
    size = {"width": WIDTH, "height": HEIGHT}
    drawn = render_to_string("map/_screen.html", {"reading": reading, "review_number": number, **size})
    if not reading.failed:
        cache.set(key, drawn, KEPT)
    return drawn
