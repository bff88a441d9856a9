# SPDX-License-Identifier: Apache-2.0
"""Leave on a phone: mine, what waits for me, who is away; where everybody is tonight; the month; the rules."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request, name_in, names_by_ref
from shanhai.base.formats import named
from shanhai.base.forms import Act, ReasonForm, SavingForm, answered, offered, status_of
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.core.selectors.scopes import address_in, scope_of
from shanhai.registers.places.selectors import county_choices, find_divisions
from shanhai.registers.tables.selectors.writing import CONTENT_TYPE
from shanhai.team.conduct import labels
from shanhai.team.conduct.access import ways
from shanhai.team.conduct.leave import forms, selectors
from shanhai.team.conduct.leave.services import leaves, setting
from shanhai.team.conduct.models import Leave
from shanhai.team.conduct.models.leave import OF_LEVEL
from shanhai.team.conduct.permissions import LeavePermission
from shanhai.team.conduct.states import LeaveState
from shanhai.team.conduct.values import Counts, Level
from shanhai.team.secondments.selectors.roster import find_own, list_roster

if TYPE_CHECKING:
    from shanhai.team.secondments.models import Secondment

LEAVE = message(gettext_noop("请假"))
BOTH = ["GET", "HEAD", "POST"]
MOST_OWN, MOST_WAITING = 20, 50
_ASKED = gettext_noop("已提交，天数已经留出。")


@never_cache
@require_http_methods(BOTH)
def home(request: Request) -> HttpResponse:
    """GET and POST /leave/: what is left to me, asking; what waits for my word; who is away and who is late."""
    scope = scope_of(request, LeavePermission)
    viewer, today = request.viewer, local_date(request.at)
    asks = viewer.may_somewhere(LeavePermission.ASK, programme=scope.programme)
    # Read for a page that is drawn, each once; who sends the form and is answered waits for none of them.
    mine = cache(partial(find_own, viewer=viewer, on=today))
    balances, colleagues = cache(partial(_balances, mine, today)), partial(_colleagues, viewer, mine, today)
    form = partial(forms.AskForm, balances=balances, colleagues=colleagues, counties=partial(_counties, mine))
    act = Act(form, leaves.ask_leave, _ASKED)
    sent = "ask" if request.method == "POST" else ""
    # Of who is not seconded, whom the form is not shown, the service says so.
    drawn, went = answered(request, {"ask": act} if asks else {}, sent, lambda _made: redirect("leave:home"))
    if went:
        return went
    held = mine()
    approves = any(viewer.may_somewhere(one, programme=scope.programme) for one in OF_LEVEL.values())
    context = {
        "crumbs": (TODAY, Crumb(LEAVE)),
        "title": LEAVE,
        "ways": ways(request, scope.programme, "leave:home"),
        "programme": get_programme(viewer=viewer, code=scope.programme),
        "held": held,
        "balances": balances(),
        "form": drawn.get("ask") if held else None,
        "own": selectors.list_own(viewer=viewer)[:MOST_OWN],
        "waiting": selectors.list_waiting(viewer=viewer, programme=scope.programme)[:MOST_WAITING],
        "approves": approves,
        "away": selectors.list_away(viewer=viewer, programme=scope.programme, on=today) if approves else (),
        "today": today,
        "offices": viewer.may_somewhere(LeavePermission.OFFICE, programme=scope.programme),
    }
    return render(request, "conduct/leave.html", context, status=status_of(drawn.get("ask")))


def _balances(mine: Callable[[], Secondment | None], today: date) -> list[selectors.Balance]:
    held = mine()
    return selectors.balances(secondment=held, on=today) if held else []


def _counties(mine: Callable[[], Secondment | None]) -> list[tuple[str, str]]:
    held = mine()
    return county_choices(held.programme.recipient.code) if held else []


def _colleagues(viewer: Actor, mine: Callable[[], Secondment | None], today: date) -> list[tuple[str, str]]:
    held = mine()
    if held is None:
        return []
    here = list_roster(viewer=viewer, programme=held.programme.code, on=today).exclude(person=held.person)
    return [(str(one.uuid), f"{one.person.name} · {one.post.title}") for one in here]


@never_cache
@require_safe
def leave_page(request: Request, uuid: str) -> HttpResponse:
    """GET /leave/<uuid>/: one leave, its levels, and what may be done."""
    return _page(request, uuid, "")


@never_cache
@require_POST
def leave_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /leave/<uuid>/<act>: approve, refuse, cancel, come back."""
    return _page(request, uuid, act)


def _page(request: Request, uuid: str, act: str) -> HttpResponse:
    leave = selectors.get_leave(viewer=request.viewer, uuid=ids.parse_id(uuid))
    drawn, went = answered(request, _acts(leave), act, lambda _made: redirect("leave:home"))
    if went:
        return went
    shown, refused = offered(drawn, _offered(request, leave), act)
    approvals = list(leave.approvals.order_by("position"))
    moves = list(leave.moves.order_by("at", "pk"))
    refs = {one.decided_by for one in approvals} | {one.by for one in moves}
    names = names_by_ref(viewer=request.viewer, refs=refs)
    title = message(gettext_noop("%(name)s请假"), name=leave.person.name or gettext("（已清除）"))
    context = {
        "crumbs": (TODAY, Crumb(LEAVE, reverse("leave:home")), Crumb(title)),
        "title": title,
        "leave": leave,
        "to_place": find_divisions(filter(None, (leave.to_place,))).get(leave.to_place),
        "kind": named(leave.kind),
        "approvals": [(one, name_in(names, one.decided_by)) for one in approvals],
        "moves": [(one, labels.LEAVE_STATES[LeaveState(one.new)], name_in(names, one.by)) for one in moves],
        "acts": shown,
        "refused": refused,
    }
    return render(request, "conduct/leave_one.html", context, status=status_of(*drawn.values()))


def _acts(leave: Leave) -> dict[str, Act]:
    uuid = leave.uuid
    return {
        "approve": Act(SavingForm, partial(leaves.decide_leave, leave=uuid, passed=True), gettext_noop("已准假。")),
        "refuse": Act(
            ReasonForm, partial(leaves.decide_leave, leave=uuid, passed=False), gettext_noop("已回复不准假。")
        ),
        "cancel": Act(SavingForm, partial(leaves.cancel_leave, leave=uuid), gettext_noop("已撤销，天数退回。")),
        "back": Act(SavingForm, partial(leaves.come_back, leave=uuid), gettext_noop("已销假。")),
    }


def _offered(request: Request, leave: Leave) -> set[str]:
    """What is offered on the page; of the others the service says why not."""
    viewer, today = request.viewer, local_date(request.at)
    turn = next(selectors.next_level(leave), None) if leave.state == LeaveState.ASKED else None
    names = set()
    if turn is not None and selectors.may_decide(viewer, Level(turn.level), leave):
        names |= {"approve", "refuse"}
    mine = leave.person.is_actor(viewer)
    begun = leave.state == LeaveState.APPROVED and leave.since <= today
    if mine and leave.state in (LeaveState.ASKED, LeaveState.APPROVED) and not begun:
        names |= {"cancel"}
    if begun and (mine or viewer.may(LeavePermission.OFFICE, programme=leave.programme.code, place=leave.place)):
        names |= {"back"}
    return names


@never_cache
@require_safe
def tonight(request: Request) -> HttpResponse:
    """GET /leave/tonight/: where everybody is in the night of a day, the highest first."""
    scope = scope_of(request, OF_LEVEL.values())
    rows = selectors.tonight(viewer=request.viewer, programme=scope.programme, on=scope.as_of)
    places = find_divisions(one.secondment.place for one in rows)
    title = message(gettext_noop("今晚都在哪里"))
    context = {
        "crumbs": (TODAY, Crumb(LEAVE, reverse("leave:home")), Crumb(title)),
        "title": title,
        "programme": get_programme(viewer=request.viewer, code=scope.programme),
        "scope": scope,
        "rows": [(one, places.get(one.secondment.place)) for one in rows],
        "unknown": sum(one.altitude_m is None for one in rows),
    }
    return render(request, "conduct/tonight.html", context)


@never_cache
@require_safe
def month(request: Request) -> HttpResponse:
    """GET /leave/month.xlsx: the month of a day as a table."""
    scope = scope_of(request, OF_LEVEL.values())
    first: date = scope.as_of.replace(day=1)
    buffer = io.BytesIO()
    selectors.write_month(buffer, viewer=request.viewer, programme=scope.programme, first=first)
    disposition = {"Content-Disposition": f'attachment; filename="leave-{scope.programme}-{first:%Y-%m}.xlsx"'}
    return HttpResponse(buffer.getvalue(), content_type=CONTENT_TYPE, headers=disposition)


@never_cache
@require_safe
def rules(request: Request) -> HttpResponse:
    """GET /leave/rules/: kinds of leave, days of the region, who approves what."""
    return _rules(request, "")


@never_cache
@require_POST
def rules_set(request: Request, act: str) -> HttpResponse:
    """POST /leave/rules/<act>: set a kind, a day, a level."""
    return _rules(request, act)


def _rules(request: Request, act: str) -> HttpResponse:
    scope = scope_of(request, LeavePermission)
    programme = scope.programme
    acts = {}
    if request.viewer.may(LeavePermission.OFFICE, programme=programme):
        said = gettext_noop("已定。以前的请假单不变。")
        acts = {
            "kind": Act(forms.KindForm, partial(setting.set_kind, programme=programme), said),
            "holiday": Act(forms.HolidayForm, partial(setting.set_holiday, programme=programme), said),
            "rule": Act(forms.RuleForm, partial(setting.set_rule, programme=programme), said),
        }
    to = address_in(programme, "leave:rules")
    drawn, went = answered(request, acts, act, lambda _made: redirect(to))
    if went:
        return went
    title = message(gettext_noop("请假规则"))
    context: dict[str, Any] = {
        "crumbs": (TODAY, Crumb(LEAVE, reverse("leave:home")), Crumb(title)),
        "title": title,
        "programme": get_programme(viewer=request.viewer, code=programme),
        "kinds": [
            (one, named(one), labels.COUNTS[Counts(one.counts)])
            for one in selectors.kinds_in_force(programme=programme, on=scope.as_of)
        ],
        "holidays": selectors.list_holidays(programme=programme)[:MOST_WAITING],
        "rules": [(one, labels.LEVELS[Level(one.level)]) for one in selectors.list_rules(programme=programme)],
        "acts": drawn,
    }
    return render(request, "conduct/rules.html", context, status=status_of(*drawn.values()))
