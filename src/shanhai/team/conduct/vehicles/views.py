# SPDX-License-Identifier: Apache-2.0
"""Vehicles on a phone: mine and asking; at the desk what waits, where each car is; a use, a car, the month."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request, name_in, names_by_ref
from shanhai.base.forms import Act, ReasonForm, SavingForm, answered, offered, status_of
from shanhai.kernel import ids
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.core.selectors.scopes import address_in, scope_of
from shanhai.registers.places.selectors import county_choices, find_divisions
from shanhai.registers.tables.forms import UNCHOSEN
from shanhai.registers.tables.selectors.writing import CONTENT_TYPE
from shanhai.team.conduct import labels
from shanhai.team.conduct.access import ways
from shanhai.team.conduct.models import VehicleUse
from shanhai.team.conduct.permissions import VehiclePermission
from shanhai.team.conduct.states import UseState
from shanhai.team.conduct.vehicles import forms, selectors, services

_CAR = gettext_noop("%(plate)s · %(name)s · %(seats)s 座")
_NO_CAR = gettext_noop("没有坐得下 %(people)s 人、这段时间空着的车")
VEHICLES = message(gettext_noop("用车"))
MOST_SHOWN = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: Request) -> HttpResponse:
    """GET and POST /vehicles/: mine, asking; at the desk what waits, where each car is."""
    return _home(request, "ask" if request.method == "POST" else "")


@never_cache
@require_POST
def add(request: Request) -> HttpResponse:
    """POST /vehicles/add: register a car."""
    return _home(request, "add")


def _home(request: Request, sent: str) -> HttpResponse:
    scope = scope_of(request, VehiclePermission)
    viewer, code = request.viewer, scope.programme
    programme = get_programme(viewer=viewer, code=code)
    counties = partial(county_choices, programme.recipient.code)
    asks, desk = (viewer.may_somewhere(one, programme=code) for one in VehiclePermission)
    acts = {}
    if asks:
        acts["ask"] = Act(
            partial(forms.AskForm, counties=counties), services.ask_vehicle, gettext_noop("已提交，等派车。")
        )
    if desk:
        add = partial(services.add_vehicle, programme=code)
        acts["add"] = Act(partial(forms.VehicleForm, counties=counties), add, gettext_noop("已登记。"))
    drawn, went = answered(request, acts, sent, lambda _made: redirect(address_in(code, "vehicles:home")))
    if went:
        return went
    context = {
        "crumbs": (TODAY, Crumb(VEHICLES)),
        "title": VEHICLES,
        "ways": ways(request, code, "vehicles:home"),
        "programme": programme,
        "acts": drawn,
        "own": selectors.list_own_uses(viewer=viewer)[:MOST_SHOWN],
        "desk": desk,
        "asked": selectors.list_asked(viewer=viewer, programme=code)[:MOST_SHOWN] if desk else (),
        "fleet": selectors.where_now(viewer=viewer, programme=code, at=request.at) if desk else (),
        "doubted": selectors.list_doubted(viewer=viewer, programme=code)[:MOST_SHOWN],
        "now": request.at,
    }
    return render(request, "conduct/vehicles.html", context, status=status_of(*drawn.values()))


@never_cache
@require_safe
def use_page(request: Request, uuid: str) -> HttpResponse:
    """GET /vehicles/uses/<uuid>/: one use, and what may be done."""
    return _use(request, uuid, "")


@never_cache
@require_POST
def use_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /vehicles/uses/<uuid>/<act>: give, refuse, cancel, out, back, explain."""
    return _use(request, uuid, act)


def _use(request: Request, uuid: str, act: str) -> HttpResponse:
    use = selectors.get_use(viewer=request.viewer, uuid=ids.parse_id(uuid))
    to = address_in(use.programme.code, "vehicles:home")
    drawn, went = answered(request, _acts(request, use), act, lambda _made: redirect(to))
    if went:
        return went
    shown, refused = offered(drawn, _offered(request, use), act)
    moves = list(use.moves.order_by("at", "pk"))
    names = names_by_ref(viewer=request.viewer, refs={one.by for one in moves})
    places = find_divisions(filter(None, (use.to_place,)))
    title = message(gettext_noop("用车到%(destination)s"), destination=use.destination)
    context = {
        "crumbs": (TODAY, Crumb(VEHICLES, to), Crumb(title)),
        "title": title,
        "use": use,
        "to_place": places.get(use.to_place),
        "moves": [(one, labels.USE_STATES[UseState(one.new)], name_in(names, one.by)) for one in moves],
        "acts": shown,
        "refused": refused,
        "desk": request.viewer.may(VehiclePermission.DISPATCH, programme=use.programme.code, place=use.place),
    }
    return render(request, "conduct/vehicle_use.html", context, status=status_of(*drawn.values()))


def _acts(request: Request, use: VehicleUse) -> dict[str, Act]:
    uuid, viewer = use.uuid, request.viewer

    def vehicles() -> list[tuple[str, str]]:
        free = selectors.list_free(viewer=viewer, use=use)
        found = [
            (str(one.uuid), gettext(_CAR) % {"plate": one.plate, "name": one.name, "seats": one.seats}) for one in free
        ]
        return [UNCHOSEN if found else ("", gettext(_NO_CAR) % {"people": use.people}), *found]

    def drivers() -> list[tuple[str, str]]:
        found = selectors.list_drivers(viewer=viewer, use=use)
        return [UNCHOSEN, *((str(one.uuid), f"{one.name} · {one.duty}") for one in found)]

    km = use.km_out if use.km_out is not None else use.vehicle.odometer_km if use.vehicle else None
    give = partial(forms.GiveForm, vehicles=vehicles, drivers=drivers)
    return {
        "give": Act(give, partial(services.give_vehicle, use=uuid), gettext_noop("已派车。")),
        "refuse": Act(ReasonForm, partial(services.refuse_use, use=uuid), gettext_noop("已回复不派车。")),
        "cancel": Act(SavingForm, partial(services.cancel_use, use=uuid), gettext_noop("已撤销。")),
        "out": Act(
            partial(forms.OutForm, initial={"km_out": km}),
            partial(services.hand_out, use=uuid),
            gettext_noop("已出车。"),
        ),
        "back": Act(forms.BackForm, partial(services.take_back, use=uuid), gettext_noop("已还车。")),
        "explain": Act(forms.ExplainForm, partial(services.explain_doubts, use=uuid), gettext_noop("已说明。")),
    }


def _offered(request: Request, use: VehicleUse) -> set[str]:
    viewer, state = request.viewer, use.state
    desk = viewer.may(VehiclePermission.DISPATCH, programme=use.programme.code, place=use.place)
    mine = use.secondment.person.is_actor(viewer)
    names = set()
    if desk and not mine and state in (UseState.ASKED, UseState.GIVEN):
        names |= {"give"}
    if desk and state == UseState.ASKED:
        names |= {"refuse"}
    if (desk or mine) and state in (UseState.ASKED, UseState.GIVEN):
        names |= {"cancel"}
    if desk and state == UseState.GIVEN:
        names |= {"out"}
    if desk and state == UseState.OUT:
        names |= {"back"}
    drove = use.driver is not None and use.driver.is_actor(viewer)
    if (mine or drove) and state == UseState.RETURNED and use.doubts and not use.explained:
        names |= {"explain"}
    return names


@never_cache
@require_safe
def vehicle_page(request: Request, uuid: str) -> HttpResponse:
    """GET /vehicles/<uuid>/: a car and its uses, fifty a page."""
    return _vehicle(request, uuid, "")


@never_cache
@require_POST
def vehicle_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /vehicles/<uuid>/<act>: take it out of service."""
    return _vehicle(request, uuid, act)


def _vehicle(request: Request, uuid: str, act: str) -> HttpResponse:
    car = selectors.get_vehicle(viewer=request.viewer, uuid=ids.parse_id(uuid))
    retire = Act(SavingForm, partial(services.retire_vehicle, vehicle=car.uuid), gettext_noop("已停用。"))
    here = reverse("vehicles:vehicle", args=[car.uuid])
    drawn, went = answered(request, {"retire": retire}, act, lambda _made: redirect(here))
    if went:
        return went
    shown, refused = offered(drawn, set() if car.retired_on else {"retire"}, act)
    rows = car.uses.select_related("secondment__person", "driver").order_by("-since", "-pk")
    title = car.plate
    home_url = address_in(car.programme.code, "vehicles:home")
    context: dict[str, Any] = {
        "crumbs": (TODAY, Crumb(VEHICLES, home_url), Crumb(title)),
        "title": title,
        "car": car,
        "place": find_divisions((car.place,)).get(car.place),
        "page": Page.of(rows, request.GET.get("page", "")),
        "acts": shown,
        "refused": refused,
    }
    return render(request, "conduct/vehicle.html", context, status=status_of(*drawn.values()))


@never_cache
@require_safe
def month(request: Request) -> HttpResponse:
    """GET /vehicles/month.xlsx: the month of a day as a table, a row for each car."""
    scope = scope_of(request, (VehiclePermission.DISPATCH,))
    first = scope.as_of.replace(day=1)
    buffer = io.BytesIO()
    selectors.write_uses(buffer, viewer=request.viewer, programme=scope.programme, first=first)
    disposition = {"Content-Disposition": f'attachment; filename="vehicles-{scope.programme}-{first:%Y-%m}.xlsx"'}
    return HttpResponse(buffer.getvalue(), content_type=CONTENT_TYPE, headers=disposition)
