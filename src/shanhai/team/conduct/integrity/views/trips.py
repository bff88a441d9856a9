# SPDX-License-Identifier: Apache-2.0
"""Exchange trips: planning one; one with who goes, who was taught, and what may be done."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request, name_in, names_by_ref
from shanhai.base.forms import Act, SavingForm, answered, offered, status_of
from shanhai.kernel import ids
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.core.selectors.scopes import address_in, scope_of
from shanhai.team.conduct import labels
from shanhai.team.conduct.integrity import forms, selectors
from shanhai.team.conduct.integrity.services import trips
from shanhai.team.conduct.integrity.views.own import INTEGRITY, people_on
from shanhai.team.conduct.models import ExchangeTrip
from shanhai.team.conduct.states import TripState


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """GET and POST /integrity/trips/new: plan a trip."""
    scope = scope_of(request, selectors.MANAGES_TRIPS)
    code = scope.programme
    people = partial(people_on, request.viewer, code, local_date(request.at))
    act = Act(
        partial(forms.TripForm, people=people), partial(trips.plan_trip, programme=code), gettext_noop("已安排。")
    )
    sent = "plan" if request.method == "POST" else ""
    drawn, went = answered(request, {"plan": act}, sent, lambda made: redirect("integrity:trip", made.uuid))
    if went:
        return went
    title = message(gettext_noop("安排交流出行"))
    context = {
        "crumbs": (TODAY, Crumb(INTEGRITY, address_in(code, "integrity:home")), Crumb(title)),
        "title": title,
        "programme": get_programme(viewer=request.viewer, code=code),
        "form": drawn["plan"],
    }
    return render(request, "conduct/report.html", context, status=status_of(drawn["plan"]))


@never_cache
@require_safe
def trip_page(request: Request, uuid: str) -> HttpResponse:
    """GET /integrity/trips/<uuid>/: one trip."""
    return _trip(request, uuid, "")


@never_cache
@require_POST
def trip_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /integrity/trips/<uuid>/<act>: members, teach, begin, end, cancel."""
    return _trip(request, uuid, act)


def _trip(request: Request, uuid: str, act: str) -> HttpResponse:
    trip = selectors.get_trip(viewer=request.viewer, uuid=ids.parse_id(uuid))
    members = list(selectors.members_of(trip))
    going = [str(one.secondment.uuid) for one in members]
    people = partial(people_on, request.viewer, trip.programme.code, trip.since)
    acts = {
        "members": Act(
            partial(forms.MembersForm, people=people, initial={"members": going}),
            partial(trips.set_members, trip=trip.uuid),
            gettext_noop("已改。"),
        ),
        "teach": Act(forms.TeachForm, partial(trips.teach, trip=trip.uuid), gettext_noop("已登记行前教育。")),
        "begin": Act(SavingForm, partial(trips.begin_trip, trip=trip.uuid), gettext_noop("已出发。")),
        "end": Act(SavingForm, partial(trips.end_trip, trip=trip.uuid), gettext_noop("已返回。")),
        "cancel": Act(SavingForm, partial(trips.cancel_trip, trip=trip.uuid), gettext_noop("已取消。")),
    }
    drawn, went = answered(request, acts, act, lambda _made: redirect("integrity:trip", uuid))
    if went:
        return went
    mine = any(one.person.is_actor(request.viewer) for one in members)
    shown, refused = offered(drawn, _offered(request, trip, mine=mine), act)
    moves = list(trip.moves.order_by("at", "pk"))
    names = names_by_ref(viewer=request.viewer, refs={one.by for one in moves} | {one.taught_by for one in members})
    context = {
        "crumbs": (TODAY, Crumb(INTEGRITY, address_in(trip.programme.code, "integrity:home")), Crumb(trip.title)),
        "title": trip.title,
        "trip": trip,
        "members": [(one, name_in(names, one.taught_by)) for one in members],
        "moves": [(one, labels.TRIP_STATES[TripState(one.new)], name_in(names, one.by)) for one in moves],
        "acts": shown,
        "refused": refused,
    }
    return render(request, "conduct/trip.html", context, status=status_of(*drawn.values()))


def _offered(request: Request, trip: ExchangeTrip, *, mine: bool) -> set[str]:
    manages = selectors.manages_trips(request.viewer, trip.programme.code)
    if trip.state == TripState.PLANNED and manages:
        due = trip.since <= local_date(request.at)
        return {"members", "teach", "cancel"} | ({"begin"} if due else set())
    return {"end"} if trip.state == TripState.BEGUN and (manages or mine) else set()
