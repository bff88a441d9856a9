# SPDX-License-Identifier: Apache-2.0
"""What moving money would do to the two 80 % shares. Everything stands in the address; nothing is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.views.decorators.http import require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request
from shanhai.kernel import ids
from shanhai.kernel.errors import DomainError
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.plans import selectors as plans
from shanhai.planning.projects.core.views import FUNDS, framed
from shanhai.planning.projects.shares.forms import NEW, WhatIfForm
from shanhai.planning.projects.shares.rules.money import LineMoney
from shanhai.planning.projects.shares.selectors import what_if as shares
from shanhai.planning.projects.states import Level

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme


@require_safe
@framed("projects/what_if.html", FUNDS, Crumb(message(gettext_noop("调一调看"))))
def what_if(request: Request, scope: FigureScope, programme: Programme) -> dict[str, Any]:
    """GET /funds/what-if/: head-room as it is; with a line and an amount, both shares before and after."""
    if not shares.may_ask(viewer=request.viewer, programme=scope.programme):
        request.viewer.require(ProgrammePermission.MANAGE, programme=scope.programme)
    text = request.GET.get("text", "").replace("\x00", "")[:100]
    count, lines = shares.list_movable(
        viewer=request.viewer, programme=scope.programme, place=scope.place, year=scope.year, text=text
    )
    asked = "source" in request.GET
    form = WhatIfForm(request.GET if asked else None, lines=lines)
    found = _found(request, scope, form) if asked and form.is_valid() else None
    return {
        "years": [one.year for one in plans.list_yearly_plans(viewer=request.viewer, programme=scope.programme)],
        "text": text,
        "count": count,
        "lines": lines,
        "form": form,
        "found": found,
        "rooms": () if found else shares.head_rooms(**_of(request, scope)),
    }


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
