# SPDX-License-Identifier: Apache-2.0
"""The register and what is noticed; naming somebody; one honour with its notice and objections; the certificate."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request, name_in, names_by_ref
from shanhai.base.formats import named
from shanhai.base.forms import Act, ReasonForm, SavingForm, answered, offered, status_of
from shanhai.kernel import ids
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page
from shanhai.planning.programmes.campaigns.selectors import list_groups
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.core.selectors.scopes import address_in, scope_of
from shanhai.team.contests import labels
from shanhai.team.contests.access import ways
from shanhai.team.contests.honours import forms, selectors, services
from shanhai.team.contests.models import Honour
from shanhai.team.contests.permissions import ContestPermission, HonourPermission
from shanhai.team.contests.states import HonourState
from shanhai.team.secondments.selectors.roster import list_roster

HONOURS = message(gettext_noop("荣誉"))
BOTH = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(BOTH)
def home(request: Request) -> HttpResponse:
    """GET and POST /honours/: the register, what is noticed or waits; naming somebody."""
    scope = scope_of(request, (ContestPermission.VIEW,))
    viewer, code, today = request.viewer, scope.programme, local_date(request.at)

    def kinds() -> list[tuple[str, str]]:
        return [(str(one.uuid), named(one)) for one in selectors.kinds_in_force(programme=code, on=today)]

    def people() -> list[tuple[str, str]]:
        here = list_roster(viewer=viewer, programme=code, on=today).order_by("person__name", "pk")
        return [(str(one.uuid), f"{one.person.name} · {one.post.title}") for one in here]

    def groups() -> list[tuple[str, str]]:
        return [(str(one.uuid), one.name) for one in list_groups(viewer=viewer, programme=code)]

    form = partial(forms.NominateForm, kinds=kinds, people=people, groups=groups, initial={"year": today.year})
    act = Act(form, partial(services.nominate, programme=code), gettext_noop("已推荐，等审定。"))
    may = viewer.may(HonourPermission.NOMINATE, programme=code)
    sent = "nominate" if request.method == "POST" else ""
    drawn, went = answered(request, {"nominate": act}, sent, lambda made: redirect("honours:honour", made.uuid))
    if went:
        return went
    shown, refused = offered(drawn, {"nominate"} if may else set(), sent)
    context = {
        "crumbs": (TODAY, Crumb(HONOURS)),
        "title": HONOURS,
        "ways": ways(code, "honours:home"),
        "programme": get_programme(viewer=viewer, code=code),
        "page": Page.of(selectors.list_honours(viewer=viewer, programme=code), request.GET.get("page", "")),
        "acts": shown,
        "refused": refused,
    }
    return render(request, "contests/honours.html", context, status=status_of(*drawn.values()))


@never_cache
@require_http_methods(BOTH)
def kinds(request: Request) -> HttpResponse:
    """GET and POST /honours/kinds/: the kinds of honour; setting one."""
    scope = scope_of(request, (ContestPermission.VIEW,))
    code = scope.programme
    act = Act(
        forms.HonourKindForm, partial(services.set_honour_kind, programme=code), gettext_noop("已定。以前的不变。")
    )
    sent = "kind" if request.method == "POST" else ""
    to = address_in(code, "honours:kinds")
    drawn, went = answered(request, {"kind": act}, sent, lambda _made: redirect(to))
    if went:
        return went
    may = request.viewer.may(HonourPermission.DECIDE, programme=code)
    shown, refused = offered(drawn, {"kind"} if may else set(), sent)
    title = message(gettext_noop("荣誉种类"))
    context = {
        "crumbs": (TODAY, Crumb(HONOURS, address_in(code, "honours:home")), Crumb(title)),
        "title": title,
        "programme": get_programme(viewer=request.viewer, code=code),
        "kinds": selectors.kinds_in_force(programme=code, on=scope.as_of),
        "acts": shown,
        "refused": refused,
    }
    return render(request, "contests/honour_kinds.html", context, status=status_of(*drawn.values()))


@never_cache
@require_safe
def honour_page(request: Request, uuid: str) -> HttpResponse:
    """GET /honours/<uuid>/: one honour, its notice, what may be done."""
    return _honour(request, uuid, "")


@never_cache
@require_POST
def honour_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /honours/<uuid>/<act>: pass, decline, object, grant, withdraw."""
    return _honour(request, uuid, act)


@never_cache
@require_POST
def answer(request: Request, uuid: str, objection: str) -> HttpResponse:
    """POST /honours/<uuid>/objections/<objection>/answer: answer an objection."""
    return _honour(request, uuid, "answer", objection)


def _honour(request: Request, uuid: str, act: str, objection: str = "") -> HttpResponse:
    honour = selectors.get_honour(viewer=request.viewer, uuid=ids.parse_id(uuid))
    drawn, went = answered(request, _acts(honour, objection), act, lambda _made: redirect("honours:honour", uuid))
    if went:
        return went
    decides = request.viewer.may(HonourPermission.DECIDE, programme=honour.programme.code)
    shown, refused = offered(drawn, _offered(request, honour, decides=decides), act)
    moves = list(honour.moves.order_by("at", "pk"))
    names = names_by_ref(viewer=request.viewer, refs={honour.nominated_by, *(one.by for one in moves)})
    title = message(gettext_noop("%(whose)s：%(kind)s"), whose=honour.whose or "—", kind=honour.kind_name)
    context = {
        "crumbs": (TODAY, Crumb(HONOURS, address_in(honour.programme.code, "honours:home")), Crumb(title)),
        "title": title,
        "honour": honour,
        "nominator": name_in(names, honour.nominated_by),
        "objections": honour.objections.order_by("raised_at", "pk") if decides else (),
        "answers": honour.state == HonourState.NOTICED,
        "moves": [(one, labels.HONOUR_STATES[HonourState(one.new)], name_in(names, one.by)) for one in moves],
        "acts": shown,
        "refused": refused,
    }
    return render(request, "contests/honour.html", context, status=status_of(*drawn.values()))


def _acts(honour: Honour, objection: str) -> dict[str, Act]:
    of: dict[str, Any] = {"honour": honour.uuid}
    acts = {
        "pass": Act(SavingForm, partial(services.decide_honour, **of, passed=True), gettext_noop("已通过，开始公示。")),
        "decline": Act(ReasonForm, partial(services.decide_honour, **of, passed=False), gettext_noop("已答复。")),
        "object": Act(forms.ObjectForm, partial(services.object_to, **of), gettext_noop("已提，只有审定的人看得到。")),
        "grant": Act(SavingForm, partial(services.grant, **of), gettext_noop("已授予。")),
        "withdraw": Act(ReasonForm, partial(services.withdraw_honour, **of), gettext_noop("已撤回。")),
    }
    if objection:
        save = partial(services.answer_objection, **of, objection=ids.parse_id(objection))
        acts["answer"] = Act(forms.ReplyForm, save, gettext_noop("已答复。"))
    return acts


def _offered(request: Request, honour: Honour, *, decides: bool) -> set[str]:
    viewer, state = request.viewer, honour.state
    own = honour.person is not None and honour.person.is_actor(viewer)
    names = set()
    if state == HonourState.NOMINATED and decides and not own and honour.nominated_by != viewer.ref:
        names |= {"pass", "decline"}
    if state == HonourState.NOTICED:
        names |= {"object"}
        if decides and not own and honour.notice_until and honour.notice_until <= local_date(request.at):
            names |= {"grant"}
    if state in (HonourState.NOMINATED, HonourState.NOTICED) and (decides or honour.nominated_by == viewer.ref):
        names |= {"withdraw"}
    return names


@never_cache
@require_safe
def certificate(request: Request, uuid: str) -> HttpResponse:
    """GET /honours/<uuid>/certificate.pdf: of a granted one."""
    honour = selectors.get_honour(viewer=request.viewer, uuid=ids.parse_id(uuid))
    if honour.state != HonourState.GRANTED:
        raise NotVisible(gettext_noop("还没有授予，没有证书。"))
    name = f"honour-{honour.numbered}.pdf"
    disposition = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(selectors.certificate(honour), content_type="application/pdf", headers=disposition)
