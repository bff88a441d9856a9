# SPDX-License-Identifier: Apache-2.0
"""How a program comes to the layers: which there are, one's own tokens."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import Act, answered, status_of, told_once
from shanhai.insight.map import services
from shanhai.insight.map.editions.selectors import list_layers
from shanhai.insight.map.forms import RevokeForm, TokenForm
from shanhai.insight.map.selectors import live_tokens
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.permissions import ProgrammePermission

TITLE = message(gettext_noop("地图图层接入"))


@require_safe
def access(request: Request) -> HttpResponse:
    """GET /map/access/: the layers that the viewer sees, and the tokens that they hold."""
    return _page(request, answered(request, _acts(), "", redirect)[0])


@require_POST
def act(request: Request, act: str) -> HttpResponse:
    """POST /map/access/<act>: make a token, which is told this once, or revoke one."""
    drawn, went, token = told_once(request, _acts(), act, giving="give", to=lambda: redirect("map:access"))
    return went or _page(request, drawn, token)


def _acts() -> dict[str, Act]:
    return {
        "give": Act(TokenForm, services.give_token),
        "revoke": Act(RevokeForm, _revoke, gettext_noop("令牌已收回，从现在起读不了。")),
    }


def _revoke(**given: Any) -> bool:
    services.revoke_token(**given)
    return True


def _page(request: Request, drawn: dict[str, Any], token: str = "") -> HttpResponse:
    context = {
        "crumbs": [TODAY, Crumb(TITLE)],
        "title": TITLE,
        "layers": list_layers(viewer=request.viewer),
        "tokens": live_tokens(viewer=request.viewer),
        "acts": drawn,
        "token": token,
        "may_show": request.viewer.may_somewhere(ProgrammePermission.MANAGE),
        "root": request.build_absolute_uri("/ogc/"),
    }
    answer = render(request, "map/access.html", context, status=status_of(*drawn.values()))
    if token:
        answer["Cache-Control"] = "no-store"
    return answer
