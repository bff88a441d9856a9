# SPDX-License-Identifier: Apache-2.0
"""险情: the list, as a table too, and beginning one: a proposal or a drill."""

from __future__ import annotations

from functools import partial
from typing import IO, Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import Act, answered, status_of
from shanhai.kernel import clock
from shanhai.kernel.errors import NotAllowed
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb, Page
from shanhai.operations.hazards.incidents import forms
from shanhai.operations.hazards.incidents.selectors.lists import list_incidents, places_of, sites_on_duty
from shanhai.operations.hazards.incidents.services import levels
from shanhai.operations.hazards.incidents.views.parts import INCIDENTS, crumbs, require_seeing
from shanhai.operations.hazards.labels import INCIDENT_STATES, LEVELS
from shanhai.operations.hazards.models import Incident
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.states import IncidentState
from shanhai.operations.hazards.values import Level
from shanhai.planning.programmes.core.selectors.programmes import list_programmes
from shanhai.registers.places.selectors import find_divisions
from shanhai.registers.tables.selectors.writing import Column, downloaded, write_table

MOST_ROWS = 10_000
_MOMENT = "yyyy-mm-dd hh:mm"


@require_safe
def incident_list(request: Request) -> HttpResponse:
    """GET /hazards/incidents/: those that match, the open ones first. Raises NotVisible for who sees none anywhere."""
    require_seeing(request)
    form = _filter(request)
    filters = form.filters()
    page = Page.of(list_incidents(viewer=request.viewer, **filters), request.GET.get("page", ""))
    named = find_divisions({one.site.place for one in page.rows})
    context = {
        "crumbs": crumbs(),
        "title": message(INCIDENTS),
        "form": form,
        "rows": [
            (one, *_standing(one), formats.named(named[one.site.place]) if one.site.place in named else "")
            for one in page.rows
        ],
        "page": page,
        "filtered": any(value not in {None, ""} for value in filters.values()),
        "may_begin": request.viewer.may_somewhere(HazardPermission.DUTY),
    }
    return render(request, "hazards/incidents.html", context)


@require_safe
def incident_table(request: Request) -> HttpResponseBase:
    """GET /hazards/incidents.xlsx: what the filters of the list keep."""
    require_seeing(request)
    found = list_incidents(viewer=request.viewer, **_filter(request).filters())[:MOST_ROWS]
    named = find_divisions({one.site.place for one in found})
    heads = (
        (gettext("隐患点"), 30, "@"),
        (gettext("代码"), 16, "@"),
        (gettext("所在区县"), 16, "@"),
        (gettext("险情或演练"), 12, "@"),
        (gettext("级别"), 14, "@"),
        (gettext("建议的级别"), 14, "@"),
        (gettext("开始"), 18, _MOMENT),
        (gettext("最后变动"), 18, _MOMENT),
    )
    rows = [
        [
            one.site.name,
            one.site.code,
            formats.named(named[one.site.place]) if one.site.place in named else one.site.place,
            gettext("演练") if one.exercise else gettext("险情"),
            formats.say(_standing(one)[0][1]),
            formats.say(LEVELS[Level(one.proposed)][1]) if one.proposed else "",
            clock.local(one.opened_at),
            clock.local(one.moved_at),
        ]
        for one in found
    ]
    above = [gettext("险情"), gettext("时间是北京时间（UTC+8）。")]
    columns = [Column(*head) for head in heads]

    def write(target: IO[bytes]) -> None:
        write_table(target, tab="incidents", above=above, columns=columns, rows=rows)

    return downloaded("incidents.xlsx", write)


@require_http_methods(["GET", "HEAD", "POST"])
def incident_new(request: Request, act: str = "") -> HttpResponse:
    """GET /hazards/incidents/new and POST /hazards/incidents/new/<act>: a proposal for a site, or a drill at one."""
    require_seeing(request)
    if not request.viewer.may_somewhere(HazardPermission.DUTY):
        raise NotAllowed(gettext_noop("建议级别、办演练由值班员办理。需要时请向指挥部办公室申请。"))
    sites = [(one.code, one.name) for one in sites_on_duty(viewer=request.viewer)]
    given: dict[str, Any] = {"sites": sites, "initial": {"site": request.GET.get("site", "")}}
    acts = {
        "propose": Act(partial(forms.NewForm, **given), levels.propose, gettext_noop("%(site)s：已建议，等会商决定。")),
        "drill": Act(
            partial(forms.DrillForm, **given), levels.begin_drill, gettext_noop("演练 · %(site)s：开始了，等会商决定。")
        ),
    }
    name = dict(sites).get(request.POST.get("site", ""), "")
    drawn, went = answered(request, acts, act, lambda made: redirect("hazards:incident", uuid=made.uuid), site=name)
    if went:
        return went
    title = message(gettext_noop("建议级别或办演练"))
    context = {"crumbs": crumbs(Crumb(title)), "title": title, "acts": drawn, "sites": sites}
    return render(request, "hazards/incident_new.html", context, status=status_of(*drawn.values()))


def _filter(request: Request) -> forms.FilterForm:
    programmes = [(one.code, formats.named(one)) for one in list_programmes(viewer=request.viewer)]
    places = find_divisions(places_of(viewer=request.viewer))
    named = sorted((code, formats.named(one)) for code, one in places.items())
    return forms.FilterForm(request.GET, programmes=programmes, places=named)


def _standing(one: Incident) -> tuple[tuple[str, str], tuple[str, str] | None]:
    """Its state, and what is proposed beside it."""
    state = INCIDENT_STATES[IncidentState(one.state)]
    return state, LEVELS[Level(one.proposed)] if one.proposed else None
