# SPDX-License-Identifier: Apache-2.0
"""交接班: what stands now, handing it over, taking it, and what stood at earlier shifts."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base import formats
from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import Act, answered, status_of
from shanhai.kernel import ids
from shanhai.kernel.errors import NotAllowed
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb, Page
from shanhai.operations.hazards.incidents.forms import HandOverForm
from shanhai.operations.hazards.incidents.selectors.shifts import get_shift, list_shifts, snapshot
from shanhai.operations.hazards.incidents.services import shifts
from shanhai.operations.hazards.incidents.views.parts import crumbs, require_seeing
from shanhai.operations.hazards.labels import HANDOVER_STATES, INCIDENT_STATES, LACKS, LEVELS
from shanhai.operations.hazards.models import DutyHandover
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.states import HandoverState, IncidentState
from shanhai.operations.hazards.values import Lack, Level
from shanhai.planning.programmes.core.selectors.programmes import list_programmes

SHIFTS = gettext_noop("交接班")


@require_http_methods(["GET", "HEAD", "POST"])
def shift_list(request: Request) -> HttpResponse:
    """GET /hazards/handover/: what stands now, and earlier shifts; POST hands the shift over."""
    require_seeing(request)
    viewer = request.viewer
    mine = [
        one for one in list_programmes(viewer=viewer) if viewer.may_somewhere(HazardPermission.DUTY, programme=one.code)
    ]
    if request.method == "POST" and not mine:
        raise NotAllowed(gettext_noop("交班由值班员办理。"))
    chosen = next((one for one in mine if one.code == viewer.chosen), mine[0] if mine else None)
    acts = {}
    if mine:
        offered = [(one.code, formats.named(one)) for one in mine]
        form = partial(HandOverForm, programmes=offered, initial={"programme": chosen.code if chosen else ""})
        acts["offer"] = Act(form, shifts.hand_over, gettext_noop("已交班，等接班的人来接。"))
    sent = "offer" if request.method == "POST" else ""
    drawn, went = answered(request, acts, sent, lambda made: redirect("hazards:shift", uuid=made.uuid))
    if went:
        return went
    page = Page.of(list_shifts(viewer=viewer), request.GET.get("page", ""), 20)
    names = accounts.names_by_ref(viewer=viewer, refs={ref for one in page.rows for ref in (one.by, one.taken_by)})
    place = chosen and viewer.files_under(HazardPermission.DUTY, programme=chosen.code)
    context = {
        "crumbs": crumbs(Crumb(message(SHIFTS))),
        "title": message(SHIFTS),
        "form": drawn.get("offer"),
        "stands": _told(snapshot(viewer=viewer, programme=chosen.code, place=place or "")) if chosen else None,
        "rows": [
            (one, HANDOVER_STATES[HandoverState(one.state)], accounts.name_in(names, one.by), _taken_by(one, names))
            for one in page.rows
        ],
        "page": page,
    }
    return render(request, "hazards/shifts.html", context, status=status_of(*drawn.values()))


@require_safe
def shift_page(request: Request, uuid: str) -> HttpResponse:
    """GET /hazards/handover/<uuid>/: what stood when it was handed over, and for another officer taking it."""
    shift = get_shift(viewer=request.viewer, uuid=ids.parse_id(uuid))
    names = accounts.names_by_ref(viewer=request.viewer, refs={shift.by, shift.taken_by})
    on_duty = request.viewer.may(HazardPermission.DUTY, programme=shift.programme.code, place=shift.place or None)
    waits = shift.state == HandoverState.OFFERED
    context = {
        "crumbs": crumbs(Crumb(message(SHIFTS), reverse("hazards:shifts")), Crumb(formats.moment(shift.at))),
        "shift": shift,
        "state": HANDOVER_STATES[HandoverState(shift.state)],
        "by": accounts.name_in(names, shift.by),
        "taken_by": _taken_by(shift, names),
        "stands": _told(shift.snapshot),
        "may_take": waits and on_duty and shift.by != request.viewer.ref,
        "own": waits and shift.by == request.viewer.ref,
    }
    return render(request, "hazards/shift.html", context)


@require_POST
def shift_take(request: Request, uuid: str) -> HttpResponse:
    """POST /hazards/handover/<uuid>/take: take the shift."""
    shifts.take_over(by=request.viewer, at=request.at, handover=ids.parse_id(uuid))
    messages.success(request, gettext("已接班。"))
    return redirect("hazards:shift", uuid=uuid)


def _taken_by(shift: DutyHandover, names: dict[str, str]) -> str:
    return accounts.name_in(names, shift.taken_by) if shift.taken_by else ""


def _told(stands: dict[str, Any]) -> dict[str, Any]:
    """A snapshot in words. What an older one does not have is not shown."""
    part = {name: stands.get(name, {"count": 0, "rows": []}) for name in ("incidents", "lacking", "patrols")}
    return {
        "counts": {name: one["count"] for name, one in part.items()},
        "incidents": [
            (one, INCIDENT_STATES[IncidentState(one["state"])], LEVELS[Level(one["proposed"] or 0)])
            for one in part["incidents"]["rows"]
        ],
        "lacking": [(one, LACKS[Lack(one["lack"] or Lack.WARM_UP)]) for one in part["lacking"]["rows"]],
        "patrols": [(one, parse_datetime(one["due_at"])) for one in part["patrols"]["rows"]],
        "dead": stands.get("dead", 0),
    }
