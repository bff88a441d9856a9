# SPDX-License-Identifier: Apache-2.0
"""What was agreed: one, from its owner to who confirms it."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts.selectors import Request, name_in, names_by_ref
from shanhai.base.forms import Act, ReasonForm, SavingForm, answered, offered, status_of
from shanhai.kernel import ids
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core.selectors.scopes import address_in
from shanhai.team.visits import forms, labels
from shanhai.team.visits.models import Agreement
from shanhai.team.visits.permissions import VisitPermission
from shanhai.team.visits.selectors.agreements import get_agreement
from shanhai.team.visits.services import agreements as services
from shanhai.team.visits.states import AgreementState
from shanhai.team.visits.views.delegations import VISITS


@never_cache
@require_safe
def agreement_page(request: Request, uuid: str) -> HttpResponse:
    """GET /visits/agreements/<uuid>/: one, and what may be done."""
    return _agreement(request, uuid, "")


@never_cache
@require_POST
def agreement_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /visits/agreements/<uuid>/<act>: done, confirm, back, drop."""
    return _agreement(request, uuid, act)


def _agreement(request: Request, uuid: str, act: str) -> HttpResponse:
    found = get_agreement(viewer=request.viewer, uuid=ids.parse_id(uuid))
    one = found.uuid
    acts = {
        "done": Act(forms.DoneForm, partial(services.claim_done, agreement=one), gettext_noop("已报告，等确认。")),
        "confirm": Act(SavingForm, partial(services.confirm, agreement=one), gettext_noop("已确认。")),
        "back": Act(ReasonForm, partial(services.send_back, agreement=one), gettext_noop("已退回。")),
        "drop": Act(ReasonForm, partial(services.drop, agreement=one), gettext_noop("已记下。")),
    }
    drawn, went = answered(request, acts, act, lambda _made: redirect("visits:agreement", uuid))
    if went:
        return went
    shown, refused = offered(drawn, _offered(request, found), act)
    moves = list(found.moves.order_by("at", "pk"))
    names = names_by_ref(viewer=request.viewer, refs={found.owner, *(each.by for each in moves)})
    title = message(gettext_noop("议定事项"))
    if found.delegation:
        made_at, url = found.delegation.title, reverse("visits:delegation", args=[found.delegation.uuid])
    else:
        assert found.meeting is not None
        made_at, url = found.meeting.mechanism.name, reverse("visits:meeting", args=[found.meeting.uuid])
    context = {
        "crumbs": (TODAY, Crumb(VISITS, address_in(found.programme.code, "visits:home")), Crumb(title)),
        "title": title,
        "one": found,
        "made_at": made_at,
        "url": url,
        "owner": name_in(names, found.owner),
        "today": local_date(request.at),
        "moves": [(each, labels.AGREEMENT_STATES[AgreementState(each.new)], name_in(names, each.by)) for each in moves],
        "acts": shown,
        "refused": refused,
    }
    return render(request, "visits/agreement.html", context, status=status_of(*drawn.values()))


def _offered(request: Request, found: Agreement) -> set[str]:
    viewer = request.viewer
    manages = viewer.may(VisitPermission.MANAGE, programme=found.programme.code)
    names = set()
    if found.state == AgreementState.AGREED:
        names |= {"done"} if found.owner == viewer.ref else set()
        names |= {"drop"} if manages else set()
    if found.state == AgreementState.DONE and manages and viewer.ref != found.owner:
        names |= {"confirm", "back"}
    return names
