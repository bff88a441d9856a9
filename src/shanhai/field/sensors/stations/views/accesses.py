# SPDX-License-Identifier: Apache-2.0
"""The tokens with which programs read and write: all that there are, when each was last used, giving, revoking."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request, name_in, names_by_ref
from shanhai.base.forms import Act, answered, status_of, told_once
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.stations import forms
from shanhai.field.sensors.stations.selectors.tokens import live_tokens
from shanhai.field.sensors.stations.services import tokens
from shanhai.field.sensors.stations.views.parts import crumbs
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb, Page
from shanhai.planning.programmes.core.selectors.programmes import list_programmes
from shanhai.registers.places.selectors import find_divisions

_TITLE = message(gettext_noop("接口令牌"))


@require_safe
def token_list(request: Request) -> HttpResponse:
    """GET /sensors/tokens/: every token that the viewer may revoke. Raises NotVisible for who gives none."""
    return _page(request, answered(request, _acts(request), "", redirect)[0])


@require_POST
def token_act(request: Request, act: str) -> HttpResponse:
    """POST /sensors/tokens/<act>: give one, which is told this once, or revoke one."""
    drawn, went, token = told_once(request, _acts(request), act, giving="give", to=lambda: redirect("sensors:tokens"))
    return went or _page(request, drawn, token)


def revoking() -> Act:
    """Ending a token, on any page that shows some."""
    return Act(forms.RevokeForm, _revoke, gettext_noop("令牌已收回，从现在起读不了。"))


def _revoke(**given: Any) -> bool:
    tokens.revoke_token(**given)
    return True


def _acts(request: Request) -> dict[str, Act]:
    viewer = request.viewer
    if not viewer.may_somewhere(SensorPermission.MANAGE):
        raise NotVisible(gettext_noop("没有找到这一页。"))
    offered = [
        (one.code, formats.named(one))
        for one in list_programmes(viewer=viewer)
        if viewer.may(SensorPermission.MANAGE, programme=one.code)
    ]
    everywhere = viewer.may(SensorPermission.MANAGE)
    # Who does not look at the field gives no more than one programme.
    start = viewer.chosen or next((code for code, _name in offered), "")
    form = partial(forms.TokenForm, programmes=offered, everywhere=everywhere, initial={"programme": start})
    return {"give": Act(form, tokens.give_token), "revoke": revoking()}


def _page(request: Request, drawn: dict[str, Any], token: str = "") -> HttpResponse:
    page = Page.of(live_tokens(viewer=request.viewer), request.GET.get("page", ""))
    names = names_by_ref(viewer=request.viewer, refs={one.made_by for one in page.rows})
    programmes = {one.code: formats.named(one) for one in list_programmes(viewer=request.viewer)}
    places = find_divisions({one.place for one in page.rows if one.place})
    context = {
        "crumbs": crumbs(Crumb(_TITLE)),
        "title": _TITLE,
        "page": page,
        "rows": [
            (
                one,
                programmes.get(one.programme, one.programme),
                formats.named(places[one.place]) if one.place in places else "",
                name_in(names, one.made_by),
            )
            for one in page.rows
        ],
        "acts": drawn,
        "token": token,
        "root": request.build_absolute_uri("/sta/v1.1"),
    }
    answer = render(request, "sensors/tokens.html", context, status=status_of(*drawn.values()))
    if token:
        answer["Cache-Control"] = "no-store"
    return answer
