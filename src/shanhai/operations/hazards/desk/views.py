# SPDX-License-Identifier: Apache-2.0
"""防灾: the duty desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.field.sensors.stations.selectors.series import drawing_of
from shanhai.field.sensors.stations.values import Span
from shanhai.field.sensors.values import datetime_of
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.operations.hazards.cap.selectors.keys import signs
from shanhai.operations.hazards.desk import selectors
from shanhai.operations.hazards.desk.labels import ADVICE, LACK_ADVICE
from shanhai.operations.hazards.desk.selectors import Line
from shanhai.operations.hazards.incidents.selectors.shifts import list_shifts
from shanhai.operations.hazards.incidents.views.parts import heard_at
from shanhai.operations.hazards.labels import INCIDENT_STATES, LACKS, LEVELS, QUANTITIES
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.sites.views.parts import standing_of_point, told_of
from shanhai.operations.hazards.states import HandoverState, IncidentState
from shanhai.operations.hazards.values import Lack, Level, Quantity, mark_of
from shanhai.operations.hazards.watch.selectors import judged_until
from shanhai.planning.programmes.core.selectors.programmes import list_programmes
from shanhai.registers.places.selectors import list_shapes, points_on

DESK = gettext_noop("防灾")
WIDTH, HEIGHT = 320, 240
# A curve costs a question: the worst have one, the others are a click away.
MOST_CURVES = 4
# The engine looks four times a second; after so long somebody must look at it.
_AWAY_S = 60


@require_safe
def desk(request: Request) -> HttpResponse:
    """GET /hazards/: what rises and why, what stands open, what is due. Raises NotVisible for who sees no site."""
    viewer = request.viewer
    if not viewer.may_somewhere(HazardPermission.VIEW):
        raise NotVisible(gettext_noop("没有找到这一页。"))
    programme = viewer.chosen or None
    lines = selectors.list_lines(viewer=viewer, programme=programme)
    counts = selectors.count_sites(viewer=viewer, programme=programme)
    open_incidents = [line.incident for line in lines if line.incident]
    calls = selectors.count_calls(viewer=viewer, incidents=open_incidents, at=request.at)
    seen = _mark(lines, counts, calls)
    if request.htmx and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    looked = judged_until()
    part = {
        "seen": seen,
        "live": reverse("hazards:desk"),
        "news": heard_at(viewer, viewer.scopes_within(HazardPermission.VIEW, programme=programme)),
        "lines": _drawn(lines, calls, request),
        "tally": [(*words, counts.get(key, 0), key) for key, words in _standings().items() if counts.get(key)],
        "sites": sum(counts.values()),
        "looked": looked,
        "away": looked is None or (request.at - looked).total_seconds() > _AWAY_S,
    }
    if request.htmx:
        return render(request, "hazards/_desk.html", part)
    shift = list_shifts(viewer=viewer, programme=programme).first()
    context = {
        **part,
        **_map(lines, viewer),
        "crumbs": (TODAY, Crumb(message(DESK))),
        "title": message(DESK),
        "exercises": [
            (one, INCIDENT_STATES[IncidentState(one.state)])
            for one in selectors.list_exercises(viewer=viewer, programme=programme)
        ],
        "patrols": selectors.list_patrols_due(viewer=viewer, programme=programme),
        "signed": signs(at=request.at),
        "dead": selectors.count_dead(viewer=viewer, programme=programme),
        "shift": shift,
        "offered": shift is not None and shift.state == HandoverState.OFFERED,
        "on_duty": viewer.may_somewhere(HazardPermission.DUTY),
        "at": request.at,
    }
    return render(request, "hazards/desk.html", context)


def _standings() -> dict[str, tuple[str, str]]:
    worst = {str(int(one)): LEVELS[one] for one in reversed(Level)}
    return {**worst, **{one.value: LACKS[one] for one in Lack}}


def _mark(lines: Sequence[Line], counts: Any, calls: Any) -> str:
    """Changes when something on the desk has."""
    shown = [
        (
            line.site.pk,
            line.level,
            line.lack,
            line.incident and (line.incident.state, line.incident.proposed, line.incident.moved_at),
            [(one.point.pk, one.point.track.time) for one in line.points if hasattr(one.point, "track")],
        )
        for line in lines
    ]
    return mark_of(shown, sorted(counts.items()), sorted(calls.items()))


def _drawn(lines: Sequence[Line], calls: Any, request: Request) -> list[dict[str, Any]]:
    shown = []
    for number, line in enumerate(lines):
        worst = line.points[0] if line.points else None
        incident = line.incident
        shown.append(
            {
                "line": line,
                "words": LACKS[line.lack] if line.level is None else LEVELS[line.level],
                "since": datetime_of(line.track.since) if line.track and line.track.since else None,
                "advice": message(LACK_ADVICE[line.lack] if line.level is None else ADVICE[line.level]),
                "reasons": told_of(line.reasons, [one.point for one in line.points]),
                "points": [(one, *standing_of_point(one.point)) for one in line.points],
                "curve": (
                    drawing_of(worst.point.datastream, Span.MONTH, request.at)
                    if worst and number < MOST_CURVES
                    else None
                ),
                "worst": worst,
                "quantity": worst and QUANTITIES[Quantity(worst.point.quantity)],
                "incident": incident,
                "decided": INCIDENT_STATES[IncidentState(incident.state)] if incident else None,
                "proposed": LEVELS[Level(incident.proposed)] if incident and incident.proposed else None,
                "calls": calls.get(incident.pk) if incident else None,
                "may_propose": request.viewer.may(HazardPermission.DUTY, **line.site.scope),
            }
        )
    return shown


def _map(lines: Sequence[Line], viewer: Any) -> dict[str, Any]:
    """Where they are, on the outlines of where the programme helps; nothing where there is no outline."""
    known = list_programmes(viewer=viewer)
    programme = next((one for one in known if one.code == viewer.chosen), next(iter(known), None))
    mine = [line for line in lines if programme and line.site.programme_id == programme.pk]
    if programme is None or not mine:
        return {}
    under = programme.recipient.code
    middles = [((one.site.west + one.site.east) / 2, (one.site.south + one.site.north) / 2) for one in mine]
    places = points_on(middles, under=under, width=WIDTH, height=HEIGHT)
    dots = [
        (round(at[0], 1), round(at[1], 1), (LACKS[one.lack] if one.level is None else LEVELS[one.level])[0], one.site)
        for one, at in reversed(list(zip(mine, places, strict=True)))
        if at is not None
    ]
    shapes = list_shapes(under=under, width=WIDTH, height=HEIGHT) if dots else ()
    return {"dots": dots, "shapes": shapes, "map_width": WIDTH, "map_height": HEIGHT}
