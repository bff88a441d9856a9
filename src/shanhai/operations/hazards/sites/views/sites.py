# SPDX-License-Identifier: Apache-2.0
"""A hazard site: registering, correcting, who is called, closing; and the page that says all of it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request, name_in, names_by_ref
from shanhai.base.forms import Act, ReasonForm, answered, status_of
from shanhai.field.sensors.values import datetime_of
from shanhai.kernel.charts import shown
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import NotAllowed
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb
from shanhai.operations.hazards.labels import CHANNELS, INCIDENT_STATES, KINDS, QUANTITIES, ROLES, SITE_STATES, ZONES
from shanhai.operations.hazards.models import ChainLink, HazardSite, MonitoringPoint
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.sites.forms import sites as forms
from shanhai.operations.hazards.sites.rules.drawing import middle_of
from shanhai.operations.hazards.sites.rules.maps import drawn_site
from shanhai.operations.hazards.sites.selectors.sites import (
    chain_in_words,
    chain_of,
    get_site,
    points_of,
    thresholds_of,
)
from shanhai.operations.hazards.sites.services.chains import set_chain
from shanhai.operations.hazards.sites.services.sites import correct_site, move_site, register_site
from shanhai.operations.hazards.sites.views.curves import curves_part
from shanhai.operations.hazards.sites.views.parts import (
    crumb_of,
    crumbs,
    no_page,
    standing_of,
    standing_of_point,
    told_of,
)
from shanhai.operations.hazards.states import OPEN, IncidentState, SiteState
from shanhai.operations.hazards.values import ChainRole, Channel, Quantity, SiteKind, Zone
from shanhai.planning.programmes.core.selectors.programmes import list_programmes
from shanhai.registers.people.selectors import list_people
from shanhai.registers.places.selectors import find_divisions

WIDTH, HEIGHT = 480, 320
# The list of incidents has them all.
MOST_INCIDENTS = 10
# Of a proposal those are called who decide.
DECIDERS = frozenset({ChainRole.COUNTY, ChainRole.DUTY, ChainRole.EXPERT})
BOTH = ["GET", "HEAD", "POST"]


@require_http_methods(BOTH)
def site_new(request: Request) -> HttpResponse:
    """GET and POST /hazards/sites/new: register a site."""
    viewer = request.viewer
    if not viewer.may_somewhere(HazardPermission.VIEW):
        raise no_page()
    if not viewer.may_somewhere(HazardPermission.MANAGE):
        raise NotAllowed(gettext_noop("您的岗位不登记隐患点。需要时请找监测技术员。"))
    offered = [
        (one.code, formats.named(one))
        for one in list_programmes(viewer=viewer)
        if viewer.may_somewhere(HazardPermission.MANAGE, programme=one.code)
    ]
    form = partial(forms.SiteForm, programmes=offered, initial={"programme": viewer.chosen, "crs": "wgs84"})
    act = Act(form, register_site, gettext_noop("已登记。下一步：加监测点，写责任链，定阈值。"))
    sent = "form" if request.method == "POST" else ""
    drawn, went = answered(request, {"form": act}, sent, lambda made: redirect("hazards:site", code=made.code))
    title = message(gettext_noop("登记隐患点"))
    context = {"crumbs": crumbs(Crumb(title)), "title": title, "form": drawn["form"]}
    return went or render(request, "hazards/site_new.html", context, status=status_of(drawn["form"]))


@require_safe
def site_page(request: Request, code: str) -> HttpResponse:
    """GET /hazards/sites/<code>/: what is threatened, what watches it, who is called, by which numbers it is judged."""
    site = get_site(viewer=request.viewer, code=code)
    drawn, _went = answered(request, _acts(request, site), "", redirect)
    return _page(request, site, drawn)


@require_POST
def site_act(request: Request, code: str, act: str) -> HttpResponse:
    """POST /hazards/sites/<code>/<act>: close it, or watch it again."""
    site = get_site(viewer=request.viewer, code=code)
    request.viewer.require(HazardPermission.MANAGE, **site.scope)
    drawn, went = answered(request, _acts(request, site), act, lambda _made: redirect("hazards:site", code=code))
    return went or _page(request, site, drawn)


def _acts(request: Request, site: HazardSite) -> dict[str, Act]:
    if not request.viewer.may(HazardPermission.MANAGE, **site.scope):
        return {}
    to = SiteState.WATCHED if site.state == SiteState.CLOSED else SiteState.CLOSED
    name = "close" if to == SiteState.CLOSED else "reopen"
    said = gettext_noop("已销号，不再监测。") if to == SiteState.CLOSED else gettext_noop("已恢复监测。")
    return {name: Act(ReasonForm, partial(move_site, site=site.code, to=to), said)}


def _page(request: Request, site: HazardSite, drawn: dict[str, Any]) -> HttpResponse:
    points, links, in_force = points_of(site), chain_of(site), thresholds_of(site)
    moves = list(site.moves.order_by("-at"))
    incidents = list(site.incidents.order_by("-opened_at", "-pk")[:MOST_INCIDENTS])
    refs = {one.by for one in moves} | ({in_force.drafted_by, in_force.approved_by} if in_force else set())
    names = names_by_ref(viewer=request.viewer, refs=refs)
    track = getattr(site, "track", None)
    context = {
        "crumbs": crumbs(Crumb(site.name)),
        "site": site,
        "kind": KINDS[SiteKind(site.kind)],
        "state": SITE_STATES[SiteState(site.state)],
        "standing": standing_of(site),
        "since": datetime_of(track.since) if track is not None and track.since else None,
        "reasons": told_of(track.reasons, points) if track is not None else [],
        "division": find_divisions([site.place]).get(site.place),
        **(curves_part(request, site, points) if points else {}),
        "map": map_of(site, points),
        "points": [_point_line(one) for one in points],
        "chain": [_link_line(one) for one in links],
        "nobody_decides": bool(links) and not any(one.role in DECIDERS for one in links),
        "in_force": in_force,
        "drafted_by": in_force and name_in(names, in_force.drafted_by),
        "approved_by": in_force and name_in(names, in_force.approved_by),
        "incidents": [(one, INCIDENT_STATES[IncidentState(one.state)]) for one in incidents],
        "open": [(one, INCIDENT_STATES[IncidentState(one.state)]) for one in incidents if one.state in OPEN],
        "on_duty": site.state != SiteState.CLOSED and request.viewer.may(HazardPermission.DUTY, **site.scope),
        "moves": [(one, SITE_STATES[SiteState(one.new)], name_in(names, one.by)) for one in moves],
        "may_manage": request.viewer.may(HazardPermission.MANAGE, **site.scope),
        "acts": drawn,
    }
    return render(request, "hazards/site.html", context, status=status_of(*drawn.values()))


def map_of(site: HazardSite, points: list[MonitoringPoint]) -> dict[str, Any]:
    """The small map of a site with its points."""
    shelter = (site.shelter_lon, site.shelter_lat)
    there = [None if one.lon is None or one.lat is None else (one.lon, one.lat) for one in points]
    known = None if shelter[0] is None or shelter[1] is None else (shelter[0], shelter[1])
    drawn = drawn_site(site.outline, route=site.route, shelter=known, points=there, width=WIDTH, height=HEIGHT)
    dots = [(at, one) for at, one in zip(drawn.points, points, strict=True) if at is not None]
    return {"drawn": drawn, "dots": dots, "middle": middle_of(site.outline)}


def _point_line(point: MonitoringPoint) -> dict[str, Any]:
    stream = point.datastream
    number = "—" if stream.last_number is None else shown(round(stream.last_number * point.factor, 3))
    return {
        "point": point,
        "standing": standing_of_point(point),
        "quantity": QUANTITIES[Quantity(point.quantity)],
        "zone": ZONES[Zone(point.zone)],
        "number": number,
        "last": None if stream.last_time is None else datetime_of(stream.last_time),
    }


def _link_line(link: ChainLink) -> dict[str, Any]:
    return {
        "link": link,
        "role": ROLES[ChainRole(link.role)],
        "channels": [CHANNELS[Channel(one)] for one in link.channels],
    }


@require_http_methods(BOTH)
def site_edit(request: Request, code: str) -> HttpResponse:
    """GET and POST /hazards/sites/<code>/edit: correct what is written of it."""
    site = get_site(viewer=request.viewer, code=code)
    request.viewer.require(HazardPermission.MANAGE, **site.scope)
    act = Act(partial(forms.SiteCorrectForm, site=site), partial(correct_site, site=code), gettext_noop("已更正。"))
    return _one_form(request, act, site, gettext_noop("更正隐患点"), "components/correct.html")


@require_http_methods(BOTH)
def site_chain(request: Request, code: str) -> HttpResponse:
    """GET and POST /hazards/sites/<code>/chain: who is called, in order."""
    site = get_site(viewer=request.viewer, code=code)
    request.viewer.require(HazardPermission.MANAGE, **site.scope)
    links = chain_of(site)
    known = list_people(viewer=request.viewer, programme=site.programme.code, on=local_date(request.at))
    people = [(str(one.uuid), f"{one.name} · {one.duty}") for one in known]
    form = partial(forms.ChainForm, links=links, seen=chain_in_words(links), people=people)
    act = Act(form, partial(set_chain, site=code), gettext_noop("责任链已保存。"))
    return _one_form(request, act, site, gettext_noop("责任链"), "hazards/chain.html")


def _one_form(request: Request, act: Act, site: HazardSite, words: str, template: str) -> HttpResponse:
    back, title = reverse("hazards:site", args=[site.code]), message(words)
    sent = "form" if request.method == "POST" else ""
    drawn, went = answered(request, {"form": act}, sent, lambda _made: redirect(back))
    context = {"crumbs": crumbs(crumb_of(site), Crumb(title)), "title": title, "back": back, "form": drawn["form"]}
    return went or render(request, template, context, status=status_of(drawn["form"]))
