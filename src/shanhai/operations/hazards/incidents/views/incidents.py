# SPDX-License-Identifier: Apache-2.0
"""An incident: what is known, what is proposed and why, the forms to act, and the record of all that was known when."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shanhai.base import formats
from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import Act, answered, status_of
from shanhai.kernel import clock, ids
from shanhai.kernel.actors import Scope
from shanhai.kernel.errors import NotAllowed
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.parts import Crumb, Status
from shanhai.operations.hazards.calls.selectors.calls import calls_of, sirens_of
from shanhai.operations.hazards.cap.selectors.composing import drafts_of
from shanhai.operations.hazards.cap.values import Info
from shanhai.operations.hazards.incidents import forms
from shanhai.operations.hazards.incidents.selectors.incidents import get_incident, require_open
from shanhai.operations.hazards.incidents.selectors.timeline import timeline_of
from shanhai.operations.hazards.incidents.services import levels, patrols
from shanhai.operations.hazards.incidents.views.parts import (
    crumbs,
    drill_or_site,
    happenings,
    heard_at,
    people_of,
    reasons_in_words,
)
from shanhai.operations.hazards.labels import INCIDENT_STATES, LEVELS, PATROL_STATES
from shanhai.operations.hazards.models import Incident
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.sites.views.parts import told_of
from shanhai.operations.hazards.states import OPEN, IncidentState, PatrolState
from shanhai.operations.hazards.values import Level, mark_of
from shanhai.registers.places.selectors import find_divisions
from shanhai.registers.tables.selectors.writing import Column, downloaded, write_table

_MOMENT = "yyyy-mm-dd hh:mm:ss"


@require_safe
def incident_page(request: Request, uuid: str) -> HttpResponse:
    """GET /hazards/incidents/<uuid>/: all of an incident."""
    incident = get_incident(viewer=request.viewer, uuid=ids.parse_id(uuid))
    drawn, _went = answered(request, _acts(request, incident), "", redirect)
    return _page(request, incident, drawn)


@require_POST
def incident_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /hazards/incidents/<uuid>/<act>: propose, decide, or send on patrol."""
    incident = get_incident(viewer=request.viewer, uuid=ids.parse_id(uuid))
    acts = _acts(request, incident)
    if act in _NEEDS and act not in acts:
        # A form that is filled wrong is shown again, and to nobody who may not send it.
        request.viewer.require(_NEEDS[act], **incident.site.scope)
        _refuse(request, incident, act)
    # Where it is said may be the page of what waits next: the drill that is over, on that of a slope that moves.
    about = drill_or_site(incident)
    drawn, went = answered(request, acts, act, lambda _made: redirect("hazards:incident", uuid=uuid), site=about)
    if went:
        return went
    incident = get_incident(viewer=request.viewer, uuid=incident.uuid)
    if "decide" in drawn and drawn["decide"].errors:
        drawn["decide"].see_again(incident.version)
    return _page(request, incident, drawn)


_NEEDS = {
    "propose": HazardPermission.DUTY,
    "patrol": HazardPermission.DUTY,
    "decide": HazardPermission.CONFIRM,
}


@require_safe
def timeline_table(request: Request, uuid: str) -> HttpResponseBase:
    """GET /hazards/incidents/<uuid>/timeline.xlsx: the record as a table, the first that was known first."""
    incident = get_incident(viewer=request.viewer, uuid=ids.parse_id(uuid))
    events, points = timeline_of(incident)[::-1], list(incident.site.points.all())
    names = accounts.names_by_ref(viewer=request.viewer, refs={one.by for one in events if one.by})
    heads = (
        (gettext("得知时间"), 20, _MOMENT),
        (gettext("读数时间"), 20, _MOMENT),
        (gettext("级别或状态"), 14, "@"),
        (gettext("内容"), 50, "@"),
        (gettext("由谁"), 16, "@"),
        (gettext("说明"), 60, "@"),
    )
    rows = [
        [
            clock.local(one.at),
            clock.local(one.measured) if one.measured else None,
            formats.say(one.word),
            formats.say(one.title),
            accounts.name_in(names, one.by) if one.by else "",
            "\n".join([*([one.said] if one.said else []), *reasons_in_words(one, points)]),
        ]
        for one in events
    ]
    title = gettext("演练记录：%(site)s") if incident.exercise else gettext("险情记录：%(site)s")
    above = [title % {"site": incident.site.name}, gettext("时间是北京时间（UTC+8）。")]
    columns = [Column(*head) for head in heads]
    name = f"{incident.site.code}-{clock.local_date(incident.opened_at).isoformat()}.xlsx"
    return downloaded(name, lambda target: write_table(target, tab="timeline", above=above, columns=columns, rows=rows))


def _acts(request: Request, incident: Incident) -> dict[str, Act]:
    """The forms that this viewer may send now."""
    site, viewer = incident.site, request.viewer
    if incident.state not in OPEN:
        return {}
    acts = {}
    if viewer.may(HazardPermission.CONFIRM, **site.scope) and not _is_own(request, incident):
        expected = incident.expected_at
        stands = {"seen": incident.version, "expected_at": expected if expected and expected > request.at else None}
        form = partial(forms.ConsultForm, choices=forms.decisions(incident.state), initial=stands)
        acts["decide"] = Act(
            form, partial(levels.decide, incident=incident.uuid), gettext_noop("%(site)s：已按会商意见办理。")
        )
    if viewer.may(HazardPermission.DUTY, **site.scope):
        propose = partial(levels.propose, site=site.code, exercise=incident.exercise)
        acts["propose"] = Act(forms.ProposeForm, propose, gettext_noop("%(site)s：已建议，等会商决定。"))
        sending = partial(forms.PatrolForm, people=people_of(request, site))
        send = partial(patrols.order_patrol, site=site.code, incident=incident.uuid)
        acts["patrol"] = Act(sending, send, gettext_noop("%(site)s：已派巡查。"))
    return acts


def _is_own(request: Request, incident: Incident) -> bool:
    return incident.proposed is not None and incident.proposed_by == request.viewer.ref


def _refuse(request: Request, incident: Incident, act: str) -> None:
    if incident.state in OPEN:
        raise NotAllowed(gettext_noop("这是您自己建议的级别，要由别人主持会商来定。"))
    require_open(incident)


def _decided(incident: Incident, level: int) -> tuple[Status, str]:
    """The words for a level that was decided; without one it is over, for good."""
    return LEVELS[Level(level)] if level else INCIDENT_STATES[IncidentState(incident.state)]


def _drafts(incident: Incident, *, at: datetime) -> list[tuple[tuple[Status, str], tuple[Info, ...]]]:
    """By level, what goes out where nobody writes anything else."""
    lifted = INCIDENT_STATES[IncidentState.LIFTED]
    return [(LEVELS[level] if level else lifted, infos) for level, infos in drafts_of(incident, at=at)]


def _page(request: Request, incident: Incident, drawn: dict[str, Any]) -> HttpResponse:
    site, events = incident.site, timeline_of(incident)
    calls = calls_of(viewer=request.viewer, incident=incident, at=request.at)
    sirens = sirens_of(viewer=request.viewer, incident=incident)
    seen = mark_of(incident.version, events, calls, sirens)
    if request.htmx and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    minutes = list(incident.consultations.all())
    refs = {incident.proposed_by, *(one.by for one in minutes)}
    names = accounts.names_by_ref(viewer=request.viewer, refs=refs)
    division = find_divisions({site.place}).get(site.place)
    context = {
        "crumbs": crumbs(Crumb(site.name)),
        "incident": incident,
        "site": site,
        "place": formats.named(division) if division else "",
        "state": INCIDENT_STATES[IncidentState(incident.state)],
        "open": incident.state in OPEN,
        "proposed": LEVELS[Level(incident.proposed)] if incident.proposed else None,
        "proposed_by": accounts.name_in(names, incident.proposed_by) if incident.proposed else "",
        "own": _is_own(request, incident),
        "reasons": told_of(incident.reasons, list(site.points.all())),
        "drafts": _drafts(incident, at=request.at) if "decide" in drawn else [],
        "minutes": [(one, _decided(incident, one.level), accounts.name_in(names, one.by)) for one in minutes[::-1]],
        "patrols": [(one, PATROL_STATES[PatrolState(one.state)]) for one in incident.patrols.order_by("-pk")],
        "alerts": [(one, _decided(incident, one.level)) for one in incident.alerts.order_by("-pk")],
        "calls": calls,
        "sirens": sirens,
        "seen": seen,
        "news": heard_at(request.viewer, [Scope(site.programme.code, site.place)]),
        "happenings": happenings(request, site, events),
        "acts": drawn,
    }
    return render(request, "hazards/incident.html", context, status=status_of(*drawn.values()))
