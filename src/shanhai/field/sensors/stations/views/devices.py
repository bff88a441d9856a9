# SPDX-License-Identifier: Apache-2.0
"""A device: how to send, its credential, what it observes, what was rejected, and its life."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import IO, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.database.services import not_giving_way
from shanhai.base.forms import Act, SavingForm, answered, status_of, told_once
from shanhai.field.sensors.labels import STATES
from shanhai.field.sensors.models import Device
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.states import MOVES, DeviceState
from shanhai.field.sensors.stations import forms
from shanhai.field.sensors.stations.rules.health import is_low
from shanhai.field.sensors.stations.selectors import stations as selectors
from shanhai.field.sensors.stations.services import credentials, devices, streams
from shanhai.field.sensors.stations.views.parts import (
    crumb_of,
    crumbs,
    happenings,
    how_to_send,
    may_manage,
    streams_part,
)
from shanhai.kernel import ids
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.parts import Crumb
from shanhai.kernel.plain import from_plain
from shanhai.registers.tables.selectors.writing import Column, downloaded, write_table

# Which state an act leads to.
_LEADS = {
    "suspend": DeviceState.SUSPENDED,
    "resume": DeviceState.INSTALLED,
    "retire": DeviceState.RETIRED,
}


@require_safe
def device_page(request: Request, uuid: str) -> HttpResponse:
    """GET /sensors/devices/<uuid>/: the device; for a page that is open, the table where there is more than it saw."""
    device = selectors.get_device(viewer=request.viewer, uuid=ids.parse_id(uuid))
    if request.htmx:
        return _streams(request, device)
    acts = _acts(request, device) if may_manage(request, device.thing) else {}
    drawn, _went = answered(request, acts, "", redirect)
    return _page(request, device, drawn)


@require_POST
def device_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /sensors/devices/<uuid>/<act>: its life, its credential, one more thing that it observes."""
    device = selectors.get_device(viewer=request.viewer, uuid=ids.parse_id(uuid))
    # A form that is filled wrong is shown again, and to nobody who may not send it.
    request.viewer.require(SensorPermission.MANAGE, **device.thing.scope)
    drawn, went, secret = told_once(
        request, _acts(request, device), act, giving="give", to=lambda: redirect("sensors:device", uuid=uuid)
    )
    if secret:
        # Its account is another now.
        device = selectors.get_device(viewer=request.viewer, uuid=device.uuid)
    return went or _page(request, device, drawn, secret)


def _page(request: Request, device: Device, drawn: dict[str, Any], secret: str = "") -> HttpResponse:
    lines = selectors.streams_of(device, request.at)
    may = [to for to in DeviceState if to in MOVES[DeviceState(device.state)]]
    context = {
        **streams_part(request, lines, reverse("sensors:device", args=[device.uuid])),
        "crumbs": crumbs(crumb_of(device.thing), Crumb(device.called)),
        "device": device,
        "station": device.thing,
        "state": STATES[DeviceState(device.state)],
        "low": is_low(device.battery),
        "how": how_to_send(request, device, [line.stream for line in lines], secret),
        "happenings": happenings(selectors.list_events(viewer=request.viewer, devices=[device]), several=False),
        "rejected": [
            (one, from_plain(one.because)) for one in selectors.list_rejected(viewer=request.viewer, device=device)
        ],
        "may_manage": may_manage(request, device.thing),
        "acts": drawn,
        "life": _life(drawn, device, may),
    }
    answer = render(request, "sensors/device.html", context, status=status_of(*drawn.values()))
    if secret:
        answer["Cache-Control"] = "no-store"
    return answer


def _streams(request: Request, device: Device) -> HttpResponse:
    """The table of datastreams where there is more than was seen."""
    part = streams_part(
        request, selectors.streams_of(device, request.at), reverse("sensors:device", args=[device.uuid])
    )
    if request.GET.get("seen") == part["seen"]:
        return HttpResponse(status=204)
    return render(request, "sensors/_streams.html", part)


def _acts(request: Request, device: Device) -> dict[str, Act]:
    key, today = device.uuid, local_date(request.at)
    dated = partial(forms.ActForm, today=today)
    acts = {
        "stream": Act(forms.StreamForm, partial(streams.add_stream, device=key), gettext_noop("已加数据流。")),
        "give": Act(SavingForm, partial(credentials.give_credential, device=key)),
        "revoke": Act(SavingForm, partial(_revoke, device=key), gettext_noop("凭证已收回，设备从现在起连不上。")),
        "replace": Act(
            partial(forms.ReplaceForm, today=today),
            partial(devices.replace_device, device=key),
            gettext_noop("已更换。数据流、账号和主题照旧；新设备要写进凭证，密码没有记下来就换凭证。"),
        ),
        "calibrate": Act(
            partial(forms.CalibrateForm, today=today),
            partial(devices.calibrate_device, device=key),
            gettext_noop("已记下校准。"),
        ),
    }
    said = {
        "suspend": gettext_noop("已停用，不再判断它有没有声音。"),
        "resume": gettext_noop("已恢复使用。"),
        "retire": gettext_noop("已报废，凭证作废。"),
    }
    return acts | {
        name: Act(dated, partial(devices.move_device, device=key, to=to), said[name]) for name, to in _LEADS.items()
    }


def _revoke(**given: Any) -> bool:
    credentials.revoke_credential(**given)
    return True


def _life(drawn: dict[str, Any], device: Device, may: list[DeviceState]) -> list[tuple[str, Message, Any]]:
    """The acts of a device's life that may follow now, each with its form."""
    words = {
        "replace": gettext_noop("更换设备"),
        "calibrate": gettext_noop("校准设备"),
        "suspend": gettext_noop("停用设备"),
        "resume": gettext_noop("恢复使用设备"),
        "retire": gettext_noop("报废设备"),
    }
    live = device.state != DeviceState.RETIRED
    return [
        (name, message(word), drawn[name])
        for name, word in words.items()
        # One that was refused is shown, whatever may follow: somebody else was first, and it says so.
        if name in drawn and (drawn[name].errors or (_LEADS[name] in may if name in _LEADS else live))
    ]


@require_POST
def give_to_all(request: Request) -> HttpResponseBase:
    """POST /sensors/credentials: a table of new credentials for all devices that have none, this one time."""
    given = not_giving_way(lambda: devices.give_missing_credentials(by=request.viewer, at=request.at))
    if not given:
        messages.info(request, gettext("设备都有凭证了。"))
        return redirect("sensors:list")
    columns = [Column(gettext(head), width) for head, width in _GIVEN]
    note = gettext("这些密码只在这份表里，系统里不留。请妥善保管，用完删掉。")

    def rows() -> Iterator[list[str]]:
        for device, secret in given:
            how = how_to_send(request, device, list(device.datastreams.all()), secret)
            yield [device.thing.name, device.code, device.username, secret, device.topic, how["line"]]

    def write(target: IO[bytes]) -> None:
        write_table(target, tab="MQTT", above=[note], columns=columns, rows=rows())

    answer = downloaded("credentials.xlsx", write)
    answer["Cache-Control"] = "no-store"
    return answer


_GIVEN = (
    (gettext_noop("监测站"), 26),
    (gettext_noop("设备"), 14),
    (gettext_noop("设备账号"), 28),
    (gettext_noop("密码"), 30),
    (gettext_noop("主题"), 44),
    (gettext_noop("测试行"), 110),
)


@require_http_methods(["GET", "HEAD", "POST"])
def device_edit(request: Request, uuid: str) -> HttpResponse:
    """GET and POST /sensors/devices/<uuid>/edit: correct what is written of it."""
    device = selectors.get_device(viewer=request.viewer, uuid=ids.parse_id(uuid))
    request.viewer.require(SensorPermission.MANAGE, **device.thing.scope)
    form = partial(forms.DeviceCorrectForm, device=device)
    act = Act(form, partial(devices.correct_device, device=device.uuid), gettext_noop("已更正。"))
    back = reverse("sensors:device", args=[uuid])
    sent = "form" if request.method == "POST" else ""
    drawn, went = answered(request, {"form": act}, sent, lambda _made: redirect(back))
    if went:
        return went
    title = message(gettext_noop("更正设备"))
    context = {
        "crumbs": crumbs(crumb_of(device.thing), Crumb(device.called, back), Crumb(title)),
        "title": title,
        "back": back,
        "form": drawn["form"],
        "elsewhere": message(gettext_noop("换了一台，请用“更换设备”，数据流和凭证照旧。")),
    }
    return render(request, "components/correct.html", context, status=status_of(drawn["form"]))
