# SPDX-License-Identifier: Apache-2.0
"""What moving money would do to the two 80 % shares. Everything stands in the address; nothing is stored."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request
from shanhai.kernel import ids
from shanhai.kernel.errors import DomainError
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.plans import selectors as plans
from shanhai.planning.projects.shares.forms import NEW, WhatIfForm
from shanhai.planning.projects.shares.rules.money import LineMoney
from shanhai.planning.projects.shares.selectors import what_if as shares
from shanhai.planning.projects.states import Level

CRUMBS = (
    TODAY,
    Crumb(message(gettext_noop("资金")), "/funds/"),
    Crumb(message(gettext_noop("调一调看"))),
)


@require_safe
def what_if(request: Request) -> HttpResponse:
    """GET /funds/what-if/: head-room as it is; with a line and an amount, both shares before and after."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        return render(request, "projects/what_if.html", {"crumbs": CRUMBS})
    if not shares.may_ask(viewer=request.viewer, programme=scope.programme):
        request.viewer.require(ProgrammePermission.MANAGE, programme=scope.programme)
    text = request.GET.get("text", "").replace("\x00", "")[:100]
    count, lines = shares.list_movable(
        viewer=request.viewer, programme=scope.programme, place=scope.place, year=scope.year, text=text
    )
    asked = "source" in request.GET
    form = WhatIfForm(request.GET if asked else None, lines=lines)
    found = _found(request, scope, form) if asked and form.is_valid() else None
    context = {
        "crumbs": (CRUMBS[0], Crumb(CRUMBS[1].label, f"{reverse('funds')}?programme={scope.programme}"), CRUMBS[2]),
        "programme": programmes.get_programme(viewer=request.viewer, code=scope.programme),
        "scope": scope,
        "years": [one.year for one in plans.list_yearly_plans(viewer=request.viewer, programme=scope.programme)],
        "text": text,
        "count": count,
        "lines": lines,
        "form": form,
        "found": found,
        "rooms": () if found else shares.head_rooms(**_of(request, scope)),
    }
    return render(request, "projects/what_if.html", context)


def _found(request: Request, scope: FigureScope, form: WhatIfForm) -> shares.WhatIf | None:
    given = form.cleaned_data
    target = (
        LineMoney(given["percent"], Level(given["level"])) if given["target"] == NEW else ids.parse_id(given["target"])
    )
    try:
        return shares.what_if(
            **_of(request, scope), fen=given["amount"].fen, source=ids.parse_id(given["source"]), target=target
        )
    except DomainError as error:
        form.add_error("amount", formats.say(error.message))
        return None


def _of(request: Request, scope: FigureScope) -> dict[str, Any]:
    return {
        "viewer": request.viewer,
        "programme": scope.programme,
        "as_of": scope.as_of,
        "place": scope.place,
        "year": scope.year,
    }
