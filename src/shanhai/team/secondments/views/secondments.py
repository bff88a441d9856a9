# SPDX-License-Identifier: Apache-2.0
"""A secondment: its end, its relief, what was taught."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import Act, ReasonForm, SavingForm, answered, status_of
from shanhai.kernel import ids
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.registers.places.selectors import find_divisions
from shanhai.team.secondments import forms
from shanhai.team.secondments.models import Secondment, TeachingRecord
from shanhai.team.secondments.permissions import SecondmentPermission
from shanhai.team.secondments.selectors import roster
from shanhai.team.secondments.services import secondments, teaching
from shanhai.team.secondments.states import NominationState, TeachingState
from shanhai.team.secondments.views.roster import TEAM


@never_cache
@require_safe
def secondment_page(request: Request, uuid: str) -> HttpResponse:
    """GET /team/secondments/<uuid>/: one person in one post, what was taught, and what may be done."""
    return _page(request, uuid, "", "")


@never_cache
@require_POST
def secondment_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /team/secondments/<uuid>/<act>: extend, end early, relieve, record teaching."""
    return _page(request, uuid, "", act)


@never_cache
@require_POST
def teaching_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /team/teaching/<uuid>/<act>: confirm or dispute a teaching record."""
    found = roster.get_teaching(viewer=request.viewer, uuid=ids.parse_id(uuid))
    return _page(request, str(found.secondment.uuid), uuid, act)


def _page(request: Request, uuid: str, record: str, act: str) -> HttpResponse:
    secondment = roster.get_secondment(viewer=request.viewer, uuid=ids.parse_id(uuid))
    acts, taught = _acts(request, secondment), roster.list_teaching(secondment=secondment)
    for one in taught:
        acts |= {f"{name} {one.uuid}": made for name, made in _of_record(request, secondment, one).items()}
    sent = f"{act} {record}" if record else act
    drawn, went = answered(request, acts, sent, lambda _made: redirect("secondments:secondment", uuid=secondment.uuid))
    if went:
        return went
    context = {
        "crumbs": (
            TODAY,
            Crumb(TEAM, reverse("secondments:roster")),
            Crumb(secondment.post.title, reverse("secondments:post", args=[secondment.post.uuid])),
            Crumb(secondment.person.name or "—"),
        ),
        "secondment": secondment,
        "place": find_divisions([secondment.place]).get(secondment.place),
        "ended": secondment.until <= local_date(request.at),
        "relieved_by": getattr(secondment, "relieved_by", None),
        "taught": [
            (one, {name.split()[0]: form for name, form in drawn.items() if name.endswith(f" {one.uuid}")})
            for one in taught
        ],
        "acts": {name: form for name, form in drawn.items() if " " not in name},
    }
    return render(request, "secondments/secondment.html", context, status=status_of(*drawn.values()))


def _acts(request: Request, secondment: Secondment) -> dict[str, Act]:
    may_manage = request.viewer.may(
        SecondmentPermission.MANAGE, programme=secondment.programme.code, place=secondment.place
    )
    acts: dict[str, Act] = {}
    if may_manage or roster.is_own(request.viewer, secondment):
        acts["teach"] = Act(
            forms.TeachingForm,
            partial(teaching.record_teaching, secondment=secondment.uuid),
            gettext_noop("已登记，等受援方确认。"),
        )
    if not may_manage or secondment.until <= local_date(request.at):
        return acts
    cleared = secondment.post.nominations.filter(state=NominationState.CLEARED).select_related("person").order_by("pk")
    if cleared:
        acts["relieve"] = Act(
            partial(forms.RelieveForm, cleared=cleared),
            partial(secondments.relieve, secondment=secondment.uuid),
            gettext_noop("已安排接替。"),
        )
    for name, act, said in (
        ("extend", secondments.extend, gettext_noop("已延长。")),
        ("end", secondments.end_early, gettext_noop("已提前结束。")),
    ):
        # Both on one page.
        form = partial(forms.EndForm, auto_id=f"{name}_%s")
        acts[name] = Act(form, partial(act, secondment=secondment.uuid), said)
    return acts


def _of_record(request: Request, secondment: Secondment, one: TeachingRecord) -> dict[str, Act]:
    viewer, scope = request.viewer, {"programme": secondment.programme.code, "place": secondment.place}
    if (
        not viewer.may(SecondmentPermission.CONFIRM, **scope)
        or one.recorded_by == viewer.ref
        or roster.is_own(viewer, secondment)
        or one.state == TeachingState.CONFIRMED
    ):
        return {}
    confirm = partial(teaching.confirm_teaching, record=one.uuid)
    acts = {"confirm": Act(SavingForm, confirm, gettext_noop("已确认。"))}
    if one.state == TeachingState.RECORDED:
        # There may be several on the page.
        form = partial(ReasonForm, auto_id=f"dispute-{one.uuid}_%s")
        dispute = partial(teaching.dispute_teaching, record=one.uuid)
        acts["dispute"] = Act(form, dispute, gettext_noop("已记下不认可。"))
    return acts
