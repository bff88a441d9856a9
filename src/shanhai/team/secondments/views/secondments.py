# SPDX-License-Identifier: Apache-2.0
"""A secondment: its end, its relief, what was taught."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import Act, ReasonForm, SavingForm, answered, offered, status_of
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
    taught = roster.list_teaching(secondment=secondment)
    acts, names = _acts(request, secondment)
    for one in taught:
        more, shown = _of_record(request, secondment, one)
        acts |= {f"{name} {one.uuid}": made for name, made in more.items()}
        names |= {f"{name} {one.uuid}" for name in shown}
    sent = f"{act} {record}" if record else act
    drawn, went = answered(request, acts, sent, lambda _made: redirect("secondments:secondment", uuid=secondment.uuid))
    if went:
        return went
    shown_forms, refused = offered(drawn, names, sent)
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
            (one, {name.split()[0]: form for name, form in shown_forms.items() if name.endswith(f" {one.uuid}")})
            for one in taught
        ],
        "acts": {name: form for name, form in shown_forms.items() if " " not in name},
        "refused": refused,
        "today": local_date(request.at),
    }
    return render(request, "secondments/secondment.html", context, status=status_of(*drawn.values()))


def _acts(request: Request, secondment: Secondment) -> tuple[dict[str, Act], set[str]]:
    """Every act on a secondment, and those that are offered: of the others the service says why not."""
    scope = {"programme": secondment.programme.code, "place": secondment.place}
    may_manage = request.viewer.may(SecondmentPermission.MANAGE, **scope)
    rows = secondment.post.nominations.filter(state=NominationState.CLEARED).select_related("person").order_by("pk")
    cleared = list(rows) if may_manage else []
    acts: dict[str, Act] = {}

    def add(name: str, form: Callable[..., SavingForm], act: Callable[..., object], said: str) -> None:
        # Two have the same form.
        acts[name] = Act(partial(form, auto_id=f"{name}_%s"), partial(act, secondment=secondment.uuid), said)

    add("teach", forms.TeachingForm, teaching.record_teaching, gettext_noop("已登记，等受援方确认。"))
    days = {"on": secondment.until, "until": secondment.post.until}
    add(
        "relieve",
        partial(forms.RelieveForm, cleared=cleared, initial=days),
        secondments.relieve,
        gettext_noop("已安排接替。"),
    )
    add("extend", forms.EndForm, secondments.extend, gettext_noop("已延长。"))
    add("end", forms.EndForm, secondments.end_early, gettext_noop("已提前结束。"))
    names = {"teach"} if may_manage or secondment.person.is_actor(request.viewer) else set()
    # Once somebody comes instead, the last day stays.
    relieved = getattr(secondment, "relieved_by", None) is not None
    if may_manage and not relieved and secondment.until > local_date(request.at):
        names |= {"extend", "end"} | ({"relieve"} if cleared else set())
    return acts, names


def _of_record(request: Request, secondment: Secondment, one: TeachingRecord) -> tuple[dict[str, Act], set[str]]:
    """Both acts on a teaching record, and those that are offered."""
    viewer, scope = request.viewer, {"programme": secondment.programme.code, "place": secondment.place}
    confirm = partial(teaching.confirm_teaching, record=one.uuid)
    dispute = partial(teaching.dispute_teaching, record=one.uuid)
    # There may be several on the page.
    form = partial(ReasonForm, auto_id=f"dispute-{one.uuid}_%s")
    acts = {
        "confirm": Act(SavingForm, confirm, gettext_noop("已确认。")),
        "dispute": Act(form, dispute, gettext_noop("已记下不认可。")),
    }
    decides = viewer.may(SecondmentPermission.CONFIRM, **scope) and one.state == TeachingState.RECORDED
    own = one.recorded_by == viewer.ref or secondment.person.is_actor(viewer)
    return acts, {"confirm", "dispute"} if decides and not own else set()
