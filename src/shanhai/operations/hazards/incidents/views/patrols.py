# SPDX-License-Identifier: Apache-2.0
"""Patrols: the list, and one of them with the form to say what was seen, on a phone in the field."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import Act, ReasonForm, answered, status_of
from shanhai.kernel import ids
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb, Happening, Page
from shanhai.operations.hazards.incidents.forms import ReportForm
from shanhai.operations.hazards.incidents.selectors.patrols import (
    get_patrol,
    list_patrols,
    may_report,
    require_reporter,
)
from shanhai.operations.hazards.incidents.services import patrols
from shanhai.operations.hazards.incidents.views.parts import crumbs, require_seeing
from shanhai.operations.hazards.labels import PATROL_STATES
from shanhai.operations.hazards.models import Patrol
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.states import PatrolState
from shanhai.registers.people.selectors import list_people

PATROLS = gettext_noop("巡查")


@require_safe
def patrol_list(request: Request) -> HttpResponse:
    """GET /hazards/patrols/: those to be made, what is due first first; ?state= shows others."""
    require_seeing(request)
    asked = request.GET.get("state", PatrolState.OPEN.value)
    state = PatrolState(asked) if asked in list(PatrolState) else PatrolState.OPEN
    page = Page.of(list_patrols(viewer=request.viewer, state=state), request.GET.get("page", ""))
    names = _names(request, [one.person_id for one in page.rows])
    context = {
        "crumbs": crumbs(Crumb(message(PATROLS))),
        "title": message(PATROLS),
        "rows": [
            (one, one.state == PatrolState.OPEN and one.due_at < request.at, names.get(one.person_id, ""))
            for one in page.rows
        ],
        "page": page,
        "filtered": state != PatrolState.OPEN,
        "states": [(key.value, words, key == state) for key, words in PATROL_STATES.items()],
        "chosen": state.value,
    }
    return render(request, "hazards/patrols.html", context)


@require_safe
def patrol_page(request: Request, uuid: str) -> HttpResponse:
    """GET /hazards/patrols/<uuid>/: what is to be looked at, and the form to say what was seen."""
    patrol = get_patrol(viewer=request.viewer, uuid=ids.parse_id(uuid))
    drawn, _went = answered(request, _acts(request, patrol), "", redirect)
    return _page(request, patrol, drawn)


@require_POST
def patrol_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /hazards/patrols/<uuid>/<act>: say what was seen, or that nobody needs to go."""
    patrol = get_patrol(viewer=request.viewer, uuid=ids.parse_id(uuid))
    acts = _every_act(patrol)
    # A form that is filled wrong is shown again, and to nobody who may not send it.
    if act == "report":
        require_reporter(request.viewer, patrol)
    if act == "drop":
        request.viewer.require(HazardPermission.DUTY, **patrol.site.scope)
    site = patrol.site.name
    drawn, went = answered(request, acts, act, lambda _made: redirect("hazards:patrol", uuid=uuid), site=site)
    return went or _page(request, get_patrol(viewer=request.viewer, uuid=patrol.uuid), drawn)


def _every_act(patrol: Patrol) -> dict[str, Act]:
    key = patrol.uuid
    return {
        "report": Act(
            ReportForm, partial(patrols.report_patrol, patrol=key), gettext_noop("%(site)s：巡查结果已记下。")
        ),
        "drop": Act(ReasonForm, partial(patrols.drop_patrol, patrol=key), gettext_noop("%(site)s：已取消这次巡查。")),
    }


def _acts(request: Request, patrol: Patrol) -> dict[str, Act]:
    """The forms that this viewer may send now."""
    acts = _every_act(patrol) if patrol.state == PatrolState.OPEN else {}
    if not request.viewer.may(HazardPermission.DUTY, **patrol.site.scope):
        acts.pop("drop", None)
    return acts if may_report(request.viewer, patrol) else {}


def _page(request: Request, patrol: Patrol, drawn: dict[str, Any]) -> HttpResponse:
    moves = list(patrol.moves.order_by("-pk"))
    names = accounts.names_by_ref(viewer=request.viewer, refs={one.by for one in moves})
    told = [(one, PATROL_STATES[PatrolState(one.new)]) for one in moves]
    context = {
        "crumbs": crumbs(Crumb(message(PATROLS), reverse("hazards:patrols")), Crumb(patrol.site.name)),
        "patrol": patrol,
        "site": patrol.site,
        "incident": patrol.incident,
        "state": PATROL_STATES[PatrolState(patrol.state)],
        "late": patrol.state == PatrolState.OPEN and patrol.due_at < request.at,
        "who": _names(request, [patrol.person_id]).get(patrol.person_id, ""),
        "happenings": [
            Happening(one.at, accounts.name_in(names, one.by), mark, message(word), one.because)
            for one, (mark, word) in told
        ],
        "acts": drawn,
    }
    return render(request, "hazards/patrol.html", context, status=status_of(*drawn.values()))


def _names(request: Request, keys: list[int | None]) -> dict[int | None, str]:
    """Who was sent, by the key of the person, as far as the viewer may see people."""
    found = list_people(viewer=request.viewer).filter(pk__in=[key for key in keys if key])
    return {one.pk: f"{one.name} · {one.duty}" for one in found}
