# SPDX-License-Identifier: Apache-2.0
"""监测: stations, the worst first; one of them; registering, correcting and moving one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import Act, answered, status_of
from shanhai.field.sensors.labels import HEALTH, KINDS, STATES
from shanhai.field.sensors.models import DeviceEvent
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.states import DeviceState
from shanhai.field.sensors.stations import forms
from shanhai.field.sensors.stations.rules.facts import point_of
from shanhai.field.sensors.stations.selectors import stations as selectors
from shanhai.field.sensors.stations.services import devices as device_services
from shanhai.field.sensors.stations.services import stations as services
from shanhai.field.sensors.stations.views.parts import (
    STATIONS,
    crumb_of,
    crumbs,
    happenings,
    may_manage,
    streams_part,
)
from shanhai.field.sensors.values import StationKind, datetime_of
from shanhai.kernel.errors import NotAllowed, NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page
from shanhai.planning.programmes.core.selectors.programmes import list_programmes
from shanhai.registers.places.selectors import find_divisions, list_shapes, points_on

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme

WIDTH, HEIGHT, MOST_DOTS = 320, 240, 500
BOTH = ["GET", "HEAD", "POST"]


@require_safe
def station_list(request: Request) -> HttpResponse:
    """GET /sensors/: stations that match, the worst first. Raises NotVisible for who watches none."""
    if not request.viewer.may_somewhere(SensorPermission.VIEW):
        raise NotVisible(gettext_noop("没有找到这一页。"))
    every = selectors.list_stations(viewer=request.viewer, at=request.at)
    named = find_divisions({one.place for one in every if one.place})
    names = {one.code: formats.named(one) for one in list_programmes(viewer=request.viewer)}
    form = forms.FilterForm(
        request.GET,
        programmes=[(code, name) for code, name in names.items() if any(one.programme == code for one in every)],
        places=sorted((code, formats.named(one)) for code, one in named.items()),
    )
    filters = form.filters()
    asked = any(filters.values())
    found = selectors.list_stations(viewer=request.viewer, at=request.at, **filters) if asked else every
    page = Page.of(_Listed(found), request.GET.get("page", ""))
    mapped = filters["programme"] or request.viewer.chosen
    known = list_programmes(viewer=request.viewer)
    context = {
        **_map(found, next((one for one in known if one.code == mapped), next(iter(known), None))),
        "crumbs": (TODAY, Crumb(message(STATIONS))),
        "title": message(STATIONS),
        "form": form,
        "rows": [
            (
                one,
                HEALTH[one.standing.health],
                datetime_of(one.standing.since) if one.standing.since else None,
                KINDS[StationKind(one.kind)],
                formats.named(named[one.place]) if one.place in named else "",
            )
            for one in page.rows
        ],
        "page": page,
        "filtered": asked,
        "tally": [
            (*words, sum(one.standing.health is key for one in every), key.value) for key, words in HEALTH.items()
        ],
        "may_manage": request.viewer.may_somewhere(SensorPermission.MANAGE),
        "without": selectors.without_credential(viewer=request.viewer).count(),
    }
    return render(request, "sensors/list.html", context)


def _map(found: Sequence[selectors.StationLine], programme: Programme | None) -> dict[str, Any]:
    """The stations of a programme on the outlines of where it helps; nothing where there is no outline."""
    lines = [one for one in found if programme and one.programme == programme.code][:MOST_DOTS]
    if programme is None or not lines:
        return {}
    under = programme.recipient.code
    known = selectors.points_of(lines)
    dotted = [one for one in lines if one.pk in known]
    places = points_on([known[one.pk] for one in dotted], under=under, width=WIDTH, height=HEIGHT)
    # The worst are drawn last, over the others.
    dots = [
        (round(at[0], 1), round(at[1], 1), HEALTH[one.standing.health][0], one.name, one.code)
        for one, at in reversed(list(zip(dotted, places, strict=True)))
        if at is not None
    ]
    shapes = list_shapes(under=under, width=WIDTH, height=HEIGHT) if dots else ()
    return {"dots": dots, "shapes": shapes, "map_width": WIDTH, "map_height": HEIGHT}


class _Listed(list[Any]):
    """A list that is asked how long it is as a query is."""

    def count(self, *_: Any) -> int:
        return len(self)


@require_http_methods(BOTH)
def station_new(request: Request) -> HttpResponse:
    """GET and POST /sensors/new: register a station with what its first device observes."""
    viewer = request.viewer
    if not viewer.may_somewhere(SensorPermission.VIEW):
        raise NotVisible(gettext_noop("没有找到这一页。"))
    if not viewer.may_somewhere(SensorPermission.MANAGE):
        raise NotAllowed(gettext_noop("您的岗位不登记监测站。需要时请向指挥部办公室申请。"))
    offered = [
        (one.code, formats.named(one))
        for one in list_programmes(viewer=viewer)
        if viewer.may_somewhere(SensorPermission.MANAGE, programme=one.code)
    ]
    form = partial(forms.StationForm, programmes=offered, initial={"programme": viewer.chosen})
    act = Act(form, services.register_station, gettext_noop("已登记。下一步：给设备发凭证，贴一行试试。"))

    def then(made: Any) -> HttpResponse:
        return redirect("sensors:device", uuid=made.devices.get().uuid)

    drawn, went = answered(request, {"form": act}, "form" if request.method == "POST" else "", then)
    if went:
        return went
    title = message(gettext_noop("登记监测站"))
    context = {"crumbs": crumbs(Crumb(title)), "title": title, "form": drawn["form"]}
    return render(request, "sensors/station_new.html", context, status=status_of(drawn["form"]))


@require_safe
def station_page(request: Request, code: str) -> HttpResponse:
    """GET /sensors/stations/<code>/: where it is, its devices, what they observe, what was done to them."""
    station = selectors.get_station(viewer=request.viewer, code=code)
    lines = selectors.streams_of(station, request.at)
    address = reverse("sensors:station", args=[code])
    part = streams_part(request, lines, address)
    if request.htmx:
        if request.GET.get("seen") == part["seen"]:
            return HttpResponse(status=204)
        return render(request, "sensors/_streams.html", part)
    devices = selectors.list_devices(viewer=request.viewer, station=station)
    location = selectors.location_of(station)
    division = find_divisions([station.place]).get(station.place)
    events: list[DeviceEvent] = selectors.list_events(viewer=request.viewer, devices=devices)
    context = {
        **part,
        "crumbs": crumbs(Crumb(station.name)),
        "station": station,
        "provenance": (station.properties or {}).get("provenance", ""),
        "kind": KINDS[StationKind(station.kind)],
        "division": division,
        "point": point_of(location.location) if location else None,
        "since": selectors.there_since(station),
        "devices": [(one, STATES[DeviceState(one.state)]) for one in devices],
        "happenings": happenings(events, several=len(devices) > 1),
        "may_manage": may_manage(request, station),
    }
    return render(request, "sensors/station.html", context)


@require_http_methods(BOTH)
def station_edit(request: Request, code: str) -> HttpResponse:
    """GET and POST /sensors/stations/<code>/edit: correct what is written of it."""
    station = selectors.get_station(viewer=request.viewer, code=code)
    request.viewer.require(SensorPermission.MANAGE, **station.scope)
    form = partial(forms.StationCorrectForm, station=station, location=selectors.location_of(station))
    act = Act(form, partial(services.correct_station, station=code), gettext_noop("已更正。"))
    elsewhere = message(gettext_noop("站搬了地方，请用“办移位”：以前的数据仍然算在原来的位置上。"))
    return _one_form(request, act, station, message(gettext_noop("更正监测站")), elsewhere)


@require_http_methods(BOTH)
def station_move(request: Request, code: str) -> HttpResponse:
    """GET and POST /sensors/stations/<code>/move: it stands elsewhere from now on."""
    station = selectors.get_station(viewer=request.viewer, code=code)
    request.viewer.require(SensorPermission.MANAGE, **station.scope)
    act = Act(
        forms.MoveForm, partial(services.move_station, station=code), gettext_noop("已移位。以后的数据算在新的位置上。")
    )
    return _one_form(request, act, station, message(gettext_noop("办移位")), "")


@require_http_methods(BOTH)
def device_new(request: Request, code: str) -> HttpResponse:
    """GET and POST /sensors/stations/<code>/devices: install another device."""
    station = selectors.get_station(viewer=request.viewer, code=code)
    request.viewer.require(SensorPermission.MANAGE, **station.scope)
    act = Act(forms.DeviceAddForm, partial(device_services.add_device, station=code), gettext_noop("已安装。"))
    return _one_form(request, act, station, message(gettext_noop("安装设备")), "")


def _one_form(request: Request, act: Act, station: Any, title: Any, elsewhere: Any) -> HttpResponse:
    back = reverse("sensors:station", args=[station.code])

    def then(made: Any) -> HttpResponse:
        return redirect("sensors:device", uuid=made.uuid) if hasattr(made, "uuid") else redirect(back)

    drawn, went = answered(request, {"form": act}, "form" if request.method == "POST" else "", then)
    if went:
        return went
    context = {"crumbs": crumbs(crumb_of(station), Crumb(title)), "title": title, "back": back}
    context |= {"form": drawn["form"], "elsewhere": elsewhere}
    return render(request, "components/correct.html", context, status=status_of(drawn["form"]))
