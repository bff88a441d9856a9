# SPDX-License-Identifier: Apache-2.0
"""Mechanisms and when each meets again; planning a meeting; one with its agenda, minutes and what was agreed."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts.selectors import Request, holder_choices, name_in, names_by_ref
from shanhai.base.formats import named
from shanhai.base.forms import Act, ReasonForm, SavingForm, answered, offered, status_of
from shanhai.kernel import ids
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.core.selectors.scopes import address_in, scope_of
from shanhai.team.visits import forms
from shanhai.team.visits.permissions import VisitPermission
from shanhai.team.visits.selectors import meetings as selectors
from shanhai.team.visits.services import agreements as agreeing
from shanhai.team.visits.services import meetings as services
from shanhai.team.visits.states import MeetingState
from shanhai.team.visits.views.delegations import VISITS


@never_cache
@require_safe
def home(request: Request) -> HttpResponse:
    """GET /visits/mechanisms/: the mechanisms, when each is due, and their meetings."""
    return _home(request, "")


@never_cache
@require_POST
def home_act(request: Request, act: str) -> HttpResponse:
    """POST /visits/mechanisms/<act>: set one, the samples, plan a meeting."""
    return _home(request, act)


def _home(request: Request, act: str) -> HttpResponse:
    scope = scope_of(request, (VisitPermission.VIEW,))
    viewer, code = request.viewer, scope.programme
    due = selectors.list_due(viewer=viewer, programme=code)
    choices = [(str(one.mechanism.uuid), named(one.mechanism)) for one in due]
    acts = {
        "set": Act(forms.MechanismForm, partial(services.set_mechanism, programme=code), gettext_noop("已定。")),
        "samples": Act(
            SavingForm, partial(services.set_sample_mechanisms, programme=code), gettext_noop("四个机制已建。")
        ),
        "plan": Act(
            partial(forms.MeetingForm, mechanisms=lambda: choices), services.plan_meeting, gettext_noop("已安排。")
        ),
    }
    to = address_in(code, "visits:mechanisms")
    drawn, went = answered(request, acts, act, lambda _made: redirect(to))
    if went:
        return went
    names = (
        ({"set", "plan"} if due else {"set", "samples"})
        if viewer.may(VisitPermission.MANAGE, programme=code)
        else set()
    )
    shown, refused = offered(drawn, names, act)
    title = message(gettext_noop("协作机制"))
    context = {
        "crumbs": (TODAY, Crumb(VISITS, address_in(code, "visits:home")), Crumb(title)),
        "title": title,
        "programme": get_programme(viewer=viewer, code=code),
        "due": due,
        "today": local_date(request.at),
        "page": Page.of(selectors.list_meetings(viewer=viewer, programme=code), request.GET.get("page", "")),
        "acts": shown,
        "refused": refused,
    }
    return render(request, "visits/mechanisms.html", context, status=status_of(*drawn.values()))


@never_cache
@require_safe
def meeting_page(request: Request, uuid: str) -> HttpResponse:
    """GET /visits/meetings/<uuid>/: one meeting, and what may be done."""
    return _meeting(request, uuid, "")


@never_cache
@require_POST
def meeting_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /visits/meetings/<uuid>/<act>: minutes, cancel, agree."""
    return _meeting(request, uuid, act)


def _meeting(request: Request, uuid: str, act: str) -> HttpResponse:
    found = selectors.get_meeting(viewer=request.viewer, uuid=ids.parse_id(uuid))
    code = found.mechanism.programme.code
    of: dict[str, Any] = {"meeting": found.uuid}
    agreement = partial(
        forms.AgreementForm,
        people=partial(holder_choices, permission=VisitPermission.VIEW, programme=code, at=request.at),
    )
    acts = {
        "minutes": Act(forms.MinutesForm, partial(services.minute_meeting, **of), gettext_noop("已记纪要。")),
        "cancel": Act(ReasonForm, partial(services.cancel_meeting, **of), gettext_noop("已取消。")),
        "agree": Act(agreement, partial(agreeing.agree_at_meeting, **of), gettext_noop("已登记，责任人看得到。")),
    }
    drawn, went = answered(request, acts, act, lambda _made: redirect("visits:meeting", uuid))
    if went:
        return went
    names: set[str] = set()
    if request.viewer.may(VisitPermission.MANAGE, programme=code):
        if found.state == MeetingState.PLANNED:
            names = {"cancel"} | ({"minutes"} if found.since <= request.at else set())
        names |= {"agree"} if found.state == MeetingState.MINUTED else set()
    shown, refused = offered(drawn, names, act)
    agreements = list(found.agreements.order_by("due_on", "pk"))
    owners = names_by_ref(viewer=request.viewer, refs={one.owner for one in agreements})
    title = named(found.mechanism)
    context = {
        "crumbs": (
            TODAY, Crumb(VISITS, address_in(code, "visits:home")),
            Crumb(message(gettext_noop("协作机制")), address_in(code, "visits:mechanisms")), Crumb(title),
        ),
        "title": title,
        "meeting": found,
        "agreements": [(one, name_in(owners, one.owner)) for one in agreements],
        "today": local_date(request.at),
        "acts": shown,
        "refused": refused,
    }  # fmt: skip
    return render(request, "visits/meeting.html", context, status=status_of(*drawn.values()))
