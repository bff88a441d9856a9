# SPDX-License-Identifier: Apache-2.0
"""Visits; planning one; one from its letter to what was agreed; calendars; the standards of receptions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request, holder_choices, name_in, names_by_ref
from shanhai.base.forms import Act, ReasonForm, SavingForm, answered, offered, status_of
from shanhai.kernel import ids
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.parts import TODAY, Crumb, Page
from shanhai.kernel.registry import registries
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.core.selectors.scopes import address_in, scope_of
from shanhai.registers.organisations.selectors import list_organisations
from shanhai.registers.places.selectors import county_choices, find_divisions
from shanhai.team.visits import forms, labels
from shanhai.team.visits.models import Delegation
from shanhai.team.visits.permissions import VisitPermission
from shanhai.team.visits.selectors import calendars, delegations
from shanhai.team.visits.selectors.agreements import list_open
from shanhai.team.visits.selectors.meetings import list_due
from shanhai.team.visits.services import agreements as agreeing
from shanhai.team.visits.services import delegations as services
from shanhai.team.visits.services import receptions
from shanhai.team.visits.states import DelegationState
from shanhai.team.visits.values import Category

VISITS = message(gettext_noop("互访机制"))
BOTH = ["GET", "HEAD", "POST"]
CALENDAR_TYPE = "text/calendar; charset=utf-8"
MOST_SHOWN, MOST_DIGITS = 50, 18


@never_cache
@require_safe
def home(request: Request) -> HttpResponse:
    """GET /visits/: visits, what was agreed and is not done, the mechanisms, the figures."""
    scope = scope_of(request, (VisitPermission.VIEW,))
    viewer, code = request.viewer, scope.programme
    family = registries.figures.get("visits")
    context = {
        "crumbs": (TODAY, Crumb(VISITS)),
        "title": VISITS,
        "programme": get_programme(viewer=viewer, code=code),
        "scope": scope,
        "figures": family.list_figures(viewer=viewer, scope=scope) if family else (),
        "page": Page.of(delegations.list_delegations(viewer=viewer, programme=code), request.GET.get("page", "")),
        "open": list_open(viewer=viewer, programme=code)[:MOST_SHOWN],
        "mechanisms": list_due(viewer=viewer, programme=code),
        "today": local_date(request.at),
        "manages": viewer.may(VisitPermission.MANAGE, programme=code),
    }
    return render(request, "visits/home.html", context)


@never_cache
@require_http_methods(BOTH)
def new(request: Request) -> HttpResponse:
    """GET and POST /visits/new: plan a visit."""
    scope = scope_of(request, (VisitPermission.VIEW,))
    code = scope.programme

    def units() -> list[tuple[str, str]]:
        return [(str(one.uuid), one.name) for one in list_organisations(viewer=request.viewer).order_by("name")]

    act = Act(
        partial(forms.DelegationForm, units=units), partial(services.plan_delegation, programme=code),
        gettext_noop("已安排，等批准。"),
    )  # fmt: skip
    sent = "plan" if request.method == "POST" else ""
    drawn, went = answered(request, {"plan": act}, sent, lambda made: redirect("visits:delegation", made.uuid))
    if went:
        return went
    title = message(gettext_noop("安排互访"))
    context = {
        "crumbs": (TODAY, Crumb(VISITS, address_in(code, "visits:home")), Crumb(title)),
        "title": title,
        "programme": get_programme(viewer=request.viewer, code=code),
        "form": drawn["plan"],
    }
    return render(request, "visits/form.html", context, status=status_of(drawn["plan"]))


@never_cache
@require_http_methods(BOTH)
def standards(request: Request) -> HttpResponse:
    """GET and POST /visits/standards/: how much a head may cost; setting it."""
    scope = scope_of(request, (VisitPermission.VIEW,))
    code = scope.programme
    act = Act(forms.StandardForm, partial(receptions.set_standard, programme=code), gettext_noop("已定。"))
    sent = "standard" if request.method == "POST" else ""
    to = address_in(code, "visits:standards")
    drawn, went = answered(request, {"standard": act}, sent, lambda _made: redirect(to))
    if went:
        return went
    may = request.viewer.may(VisitPermission.MANAGE, programme=code)
    shown, refused = offered(drawn, {"standard"} if may else set(), sent)
    title = message(gettext_noop("接待标准"))
    rows = delegations.list_standards(programme=code, on=scope.as_of)
    context = {
        "crumbs": (TODAY, Crumb(VISITS, address_in(code, "visits:home")), Crumb(title)),
        "title": title,
        "programme": get_programme(viewer=request.viewer, code=code),
        "rows": [(labels.CATEGORIES[Category(one.category)], Money(one.a_head_fen), one) for one in rows],
        "acts": shown,
        "refused": refused,
    }
    return render(request, "visits/standards.html", context, status=status_of(*drawn.values()))


@never_cache
@require_safe
def delegation_page(request: Request, uuid: str) -> HttpResponse:
    """GET /visits/<uuid>/: one visit, and what may be done."""
    return _delegation(request, uuid, "")


@never_cache
@require_POST
def delegation_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /visits/<uuid>/<act>: letter, approve, hold, report, cancel, stop, attendee, cost, agree."""
    return _delegation(request, uuid, act)


@never_cache
@require_POST
def remove(request: Request, uuid: str, what: str, key: str) -> HttpResponse:
    """POST /visits/<uuid>/<what>/<key>/remove: take out a stop, somebody on the list, a cost."""
    return _delegation(request, uuid, what, key)


def _delegation(request: Request, uuid: str, act: str, key: str = "") -> HttpResponse:
    found = delegations.get_delegation(viewer=request.viewer, uuid=ids.parse_id(uuid))
    drawn, went = answered(request, _acts(request, found, key), act, lambda _made: redirect("visits:delegation", uuid))
    if went:
        return went
    shown, refused = offered(drawn, _offered(request, found), act)
    stops = delegations.stops_of(found)
    costs, sum_of_costs = delegations.costs_of(found)
    moves = list(found.moves.order_by("at", "pk"))
    agreements = list(found.agreements.order_by("due_on", "pk"))
    names = names_by_ref(viewer=request.viewer, refs={one.by for one in moves} | {one.owner for one in agreements})
    places = find_divisions(one.place for one in stops if one.place)
    attendees, states = delegations.attendees_of(viewer=request.viewer, delegation=found), labels.DELEGATION_STATES
    context = {
        "crumbs": (TODAY, Crumb(VISITS, address_in(found.programme.code, "visits:home")), Crumb(found.title)),
        "title": found.title,
        "one": found,
        "stops": [(each, places.get(each.place)) for each in stops],
        "attendees": attendees,
        "heads": [(labels.SIDES[side], number) for side, number in delegations.head_counts(found).items()],
        "sides": labels.SIDES,
        "costs": costs,
        "total": sum_of_costs,
        "missing": delegations.missing_papers(found),
        "agreements": [(each, name_in(names, each.owner)) for each in agreements],
        "moves": [(each, states[DelegationState(each.new)], name_in(names, each.by)) for each in moves],
        "today": local_date(request.at),
        "acts": shown,
        "refused": refused,
    }
    return render(request, "visits/delegation.html", context, status=status_of(*drawn.values()))


def _acts(request: Request, found: Delegation, key: str) -> dict[str, Act]:
    of: dict[str, Any] = {"delegation": found.uuid}
    people = partial(holder_choices, permission=VisitPermission.VIEW, programme=found.programme.code, at=request.at)
    stop_form = partial(
        forms.StopForm, counties=partial(county_choices, found.programme.recipient.code), viewer=request.viewer
    )
    attendee, agreement = partial(forms.AttendeeForm, people=people), partial(forms.AgreementForm, people=people)
    acts = {
        "letter": Act(forms.LetterForm, partial(services.set_letter, **of), gettext_noop("已登记公函。")),
        "approve": Act(SavingForm, partial(services.approve_delegation, **of), gettext_noop("已批准。")),
        "hold": Act(SavingForm, partial(services.hold_delegation, **of), gettext_noop("已成行。")),
        "report": Act(SavingForm, partial(services.report_delegation, **of), gettext_noop("已办结。")),
        "cancel": Act(ReasonForm, partial(services.cancel_delegation, **of), gettext_noop("已取消。")),
        "stop": Act(stop_form, partial(services.set_stop, **of), gettext_noop("已安排。")),
        "attendee": Act(attendee, partial(receptions.add_attendee, **of), gettext_noop("已登记。")),
        "cost": Act(forms.CostForm, partial(receptions.add_cost, **of), gettext_noop("已登记。")),
        "agree": Act(agreement, partial(agreeing.agree_at_visit, **of), gettext_noop("已登记，责任人看得到。")),
    }
    if key:
        number = int(key) if key.isascii() and key.isdigit() and len(key) < MOST_DIGITS else 0
        removes: dict[str, Callable[..., object]] = {
            "stops": lambda **by: services.remove_stop(**by, **of, stop=ids.parse_id(key)),
            "attendees": partial(receptions.remove_attendee, **of, key=number),
            "costs": partial(receptions.remove_cost, **of, key=number),
        }
        acts |= {name: Act(SavingForm, save, gettext_noop("已删去。")) for name, save in removes.items()}
    return acts


def _offered(request: Request, found: Delegation) -> set[str]:
    viewer, state, code = request.viewer, DelegationState(found.state), found.programme.code
    names: set[str] = set()
    if viewer.may(VisitPermission.APPROVE, programme=code) and found.planned_by != viewer.ref and found.letter_number:
        names |= {"approve"} if state is DelegationState.PLANNED else set()
    if not viewer.may(VisitPermission.MANAGE, programme=code):
        return names
    names |= {
        DelegationState.PLANNED: {"letter", "cancel", "stop", "attendee", "stops", "attendees"},
        DelegationState.APPROVED: {"letter", "cancel", "stop", "attendee", "cost", "stops", "attendees", "costs"},
        DelegationState.HELD: {"attendee", "cost", "agree", "report", "letter", "attendees", "costs"},
        DelegationState.REPORTED: {"agree"},
        DelegationState.CANCELLED: set(),
    }[state]
    if state is DelegationState.APPROVED and found.since <= local_date(request.at):
        names |= {"hold"}
    return names


@never_cache
@require_safe
def calendar(request: Request, uuid: str) -> HttpResponse:
    """GET /visits/<uuid>/calendar.ics: the stops of a visit."""
    found = delegations.get_delegation(viewer=request.viewer, uuid=ids.parse_id(uuid))
    return _ics(calendars.calendar_of(delegation=found, at=request.at), f"visit-{found.since}.ics")


@never_cache
@require_safe
def mine(request: Request) -> HttpResponse:
    """GET /visits/mine.ics: what concerns me."""
    scope_of(request, (VisitPermission.VIEW,))
    made = calendars.calendar_for(viewer=request.viewer, at=request.at, name=gettext("我的互访和会议"))
    return _ics(made, "visits.ics")


def _ics(content: bytes, name: str) -> HttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=CALENDAR_TYPE, headers=disposition)
