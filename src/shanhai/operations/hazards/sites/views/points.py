# SPDX-License-Identifier: Apache-2.0
"""A monitoring point: adding one, correcting it, its sensor replaced or lying, taking it away."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request, name_in, names_by_ref
from shanhai.base.database.selectors import row_of
from shanhai.base.formats import say
from shanhai.base.forms import Act, ReasonForm, answered, status_of
from shanhai.field.sensors.stations.selectors.stations import list_streams
from shanhai.field.sensors.values import datetime_of
from shanhai.kernel import ids
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.parts import Crumb
from shanhai.operations.hazards.labels import QUANTITIES, ZONES
from shanhai.operations.hazards.models import MonitoringPoint
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.sites.forms import sites as forms
from shanhai.operations.hazards.sites.rules.facts import said_of_factor, said_of_place, unit_symbol
from shanhai.operations.hazards.sites.selectors.sites import NO_POINT, get_site
from shanhai.operations.hazards.sites.services import points as services
from shanhai.operations.hazards.sites.views.parts import crumb_of, crumbs
from shanhai.operations.hazards.values import Quantity, Zone

# Stations within this many degrees of the outline are offered first: some three kilometres.
_NEAR = 0.03


@require_http_methods(["GET", "HEAD", "POST"])
def point_new(request: Request, code: str) -> HttpResponse:
    """GET and POST /hazards/sites/<code>/points: have a datastream watch it; ?text= looks for further stations."""
    site = get_site(viewer=request.viewer, code=code)
    request.viewer.require(HazardPermission.MANAGE, **site.scope)
    text = request.GET.get("text", "").strip()[:100]
    box = (site.west - _NEAR, site.south - _NEAR, site.east + _NEAR, site.north + _NEAR)
    taken = set(site.points.filter(removed_at=None).values_list("datastream", flat=True))
    found = list_streams(viewer=request.viewer, programme=site.programme.code, text=text, box=None if text else box)
    streams = [
        (one.pk, forms.stream_words(one.name, one.thing.name, unit_symbol(one.unit)))
        for one in found
        if one.pk not in taken
    ]
    act = Act(
        partial(forms.PointForm, streams=streams), partial(services.add_point, site=code), gettext_noop("已加监测点。")
    )
    back, title = reverse("hazards:site", args=[code]), message(gettext_noop("加监测点"))

    def then(made: MonitoringPoint) -> HttpResponse:
        _warn(request, made)
        return redirect(back)

    drawn, went = answered(request, {"form": act}, "form" if request.method == "POST" else "", then)
    context = {"crumbs": crumbs(crumb_of(site), Crumb(title)), "title": title, "back": back, "form": drawn["form"]}
    context |= {"text": text, "streams": streams, "site": site}
    return went or render(request, "hazards/point_new.html", context, status=status_of(drawn["form"]))


@require_safe
def point_page(request: Request, uuid: str) -> HttpResponse:
    """GET /hazards/points/<uuid>/: what it means there, and what may be done to it."""
    point = _point(request, uuid)
    drawn, _went = answered(request, _acts(request, point), "", redirect)
    return _page(request, point, drawn)


@require_POST
def point_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /hazards/points/<uuid>/<act>: correct it, begin anew, set apart, bring back, take away."""
    point = _point(request, uuid)
    request.viewer.require(HazardPermission.MANAGE, **point.site.scope)

    def then(made: MonitoringPoint) -> HttpResponse:
        if act == "correct":
            _warn(request, made)
        return redirect(_site_of(point) if act == "remove" else reverse("hazards:point", args=[uuid]))

    drawn, went = answered(request, _acts(request, point), act, then)
    return went or _page(request, point, drawn)


def _acts(request: Request, point: MonitoringPoint) -> dict[str, Act]:
    if point.removed_at is not None or not request.viewer.may(HazardPermission.MANAGE, **point.site.scope):
        return {}
    key: dict[str, Any] = {"point": point.uuid}
    apart = (
        ("set_apart", services.set_apart, gettext_noop("已隔离：它的读数还看得到，不再参与判断。"))
        if point.apart_at is None
        else ("bring_back", services.bring_back, gettext_noop("已解除隔离，重新参与判断。"))
    )
    return {
        "correct": Act(
            partial(forms.PointCorrectForm, point=point),
            partial(services.correct_point, **key),
            gettext_noop("已更正。"),
        ),
        apart[0]: Act(ReasonForm, partial(apart[1], **key), apart[2]),
        "restart": Act(
            forms.RestartForm,
            partial(services.restart_point, **key),
            gettext_noop("已记下：以前的数不再和以后的比。"),
        ),
        "remove": Act(ReasonForm, partial(services.remove_point, **key), gettext_noop("已撤掉，说过的话留着。")),
    }


def _page(request: Request, point: MonitoringPoint, drawn: dict[str, Any]) -> HttpResponse:
    stream = point.datastream
    context = {
        "crumbs": crumbs(crumb_of(point.site), Crumb(point.name)),
        "point": point,
        "site": point.site,
        "stream": stream,
        "unit": unit_symbol(stream.unit),
        "quantity": QUANTITIES[Quantity(point.quantity)],
        "zone": ZONES[Zone(point.zone)],
        "counts_from": datetime_of(point.counts_from) if point.counts_from else None,
        "last": datetime_of(stream.last_time) if stream.last_time is not None else None,
        "apart_by": name_in(names_by_ref(viewer=request.viewer, refs={point.apart_by}), point.apart_by),
        "doubts": _doubts(point),
        "acts": drawn,
    }
    return render(request, "hazards/point.html", context, status=status_of(*drawn.values()))


def _point(request: Request, uuid: str) -> MonitoringPoint:
    rows = MonitoringPoint.objects.visible_to(request.viewer).select_related("site__programme", "datastream__thing")
    return row_of(rows, ids.parse_id(uuid), NO_POINT, "hazards.point_not_found")


def _site_of(point: MonitoringPoint) -> str:
    return reverse("hazards:site", args=[point.site.code])


def _warn(request: Request, point: MonitoringPoint) -> None:
    for one in _doubts(point):
        messages.warning(request, say(one))


def _doubts(point: MonitoringPoint) -> list[Message]:
    """What a person should look at: the API may give a datastream another unit, or another station, at any time."""
    stream, moved = point.datastream, None
    if stream.thing.programme_id != point.site.programme_id:
        moved = message(
            gettext_noop("这个数据流已经移到别的对口支援或站外。数照样参与判断；请移回去，或者撤掉这个监测点。")
        )
    far = said_of_place(point.site.outline, point.lon, point.lat)
    return [one for one in (moved, far, said_of_factor(point.quantity, point.factor, unit_symbol(stream.unit))) if one]
