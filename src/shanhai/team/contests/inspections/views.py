# SPDX-License-Identifier: Apache-2.0
"""Inspections and what they found; recording one; the questions; a finding from its owner to who closes it."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request, holder_choices, name_in, names_by_ref
from shanhai.base.forms import Act, SavingForm, answered, offered, status_of
from shanhai.kernel import ids
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page
from shanhai.planning.programmes.campaigns.selectors import list_groups
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.core.selectors.scopes import address_in, scope_of
from shanhai.team.contests import labels
from shanhai.team.contests.access import ways
from shanhai.team.contests.inspections import forms, selectors, services
from shanhai.team.contests.models import Finding
from shanhai.team.contests.permissions import ContestPermission, InspectionPermission
from shanhai.team.contests.states import FindingState
from shanhai.team.contests.values import Answer

INSPECTIONS = message(gettext_noop("自查互检"))
MOST_SHOWN = 50


@never_cache
@require_safe
def home(request: Request) -> HttpResponse:
    """GET /inspections/: what is open, and the inspections."""
    scope = scope_of(request, (ContestPermission.VIEW,))
    viewer, code = request.viewer, scope.programme
    context = {
        "crumbs": (TODAY, Crumb(INSPECTIONS)),
        "title": INSPECTIONS,
        "ways": ways(code, "inspections:home"),
        "programme": get_programme(viewer=viewer, code=code),
        "today": local_date(request.at),
        "open": selectors.list_open(viewer=viewer, programme=code)[:MOST_SHOWN],
        "page": Page.of(selectors.list_inspections(viewer=viewer, programme=code), request.GET.get("page", "")),
    }
    return render(request, "contests/inspections.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """GET and POST /inspections/new: record an inspection."""
    scope = scope_of(request, (ContestPermission.VIEW,))
    viewer, code, today = request.viewer, scope.programme, local_date(request.at)
    asked = selectors.questions_in_force(programme=code, on=today)

    def groups() -> list[tuple[str, str]]:
        return [(str(one.uuid), one.name) for one in list_groups(viewer=viewer, programme=code)]

    questions = list(asked.items.all()) if asked else []
    form = partial(forms.InspectionForm, groups=groups, questions=questions, initial={"day": today.isoformat()})
    act = Act(form, partial(services.record_inspection, programme=code), gettext_noop("已登记。"))
    sent = "record" if request.method == "POST" else ""
    drawn, went = answered(request, {"record": act}, sent, lambda made: redirect("inspections:inspection", made.uuid))
    if went:
        return went
    title = message(gettext_noop("登记自查或互检"))
    context = {
        "crumbs": (TODAY, Crumb(INSPECTIONS, address_in(code, "inspections:home")), Crumb(title)),
        "title": title,
        "programme": get_programme(viewer=viewer, code=code),
        "form": drawn["record"],
    }
    return render(request, "contests/form.html", context, status=status_of(drawn["record"]))


@never_cache
@require_safe
def questions(request: Request) -> HttpResponse:
    """GET /inspections/questions/: the questions that hold."""
    return _questions(request, "")


@never_cache
@require_POST
def questions_act(request: Request, act: str) -> HttpResponse:
    """POST /inspections/questions/<act>: a new version, or the samples."""
    return _questions(request, act)


def _questions(request: Request, act: str) -> HttpResponse:
    scope = scope_of(request, (ContestPermission.VIEW,))
    code = scope.programme
    stands = selectors.questions_in_force(programme=code, on=scope.as_of)
    items = [one.words for one in stands.items.all()] if stands else []
    acts = {
        "define": Act(
            partial(forms.QuestionsForm, initial={"words": "\n".join(items)}),
            partial(services.define_questions, programme=code),
            gettext_noop("已定。以前的自查不变。"),
        ),
        "samples": Act(
            SavingForm, partial(services.define_sample_questions, programme=code), gettext_noop("示例已启用。")
        ),
    }
    to = address_in(code, "inspections:questions")
    drawn, went = answered(request, acts, act, lambda _made: redirect(to))
    if went:
        return went
    may = request.viewer.may(InspectionPermission.MANAGE, programme=code)
    shown, refused = offered(drawn, {"define"} | (set() if stands else {"samples"}) if may else set(), act)
    title = message(gettext_noop("自查问题"))
    context = {
        "crumbs": (TODAY, Crumb(INSPECTIONS, address_in(code, "inspections:home")), Crumb(title)),
        "title": title,
        "programme": get_programme(viewer=request.viewer, code=code),
        "questions": stands,
        "items": items,
        "acts": shown,
        "refused": refused,
    }
    return render(request, "contests/questions.html", context, status=status_of(*drawn.values()))


@never_cache
@require_safe
def inspection(request: Request, uuid: str) -> HttpResponse:
    """GET /inspections/<uuid>/: one inspection, its answers and findings."""
    found = selectors.get_inspection(viewer=request.viewer, uuid=ids.parse_id(uuid))
    title = message(gettext_noop("%(group)s的自查互检"), group=found.group.name)
    names = names_by_ref(viewer=request.viewer, refs={found.recorded_by})
    answers = found.answers.select_related("question").order_by("question__position")
    context = {
        "crumbs": (TODAY, Crumb(INSPECTIONS, address_in(found.programme.code, "inspections:home")), Crumb(title)),
        "title": title,
        "inspection": found,
        "recorder": name_in(names, found.recorded_by),
        "answers": [(one, labels.ANSWERS[Answer(one.answer)]) for one in answers],
        "findings": found.findings.order_by("pk"),
    }
    return render(request, "contests/inspection.html", context)


@never_cache
@require_safe
def finding_page(request: Request, uuid: str) -> HttpResponse:
    """GET /inspections/findings/<uuid>/: one finding, and what may be done."""
    return _finding(request, uuid, "")


@never_cache
@require_POST
def finding_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /inspections/findings/<uuid>/<act>: assign, mended, close, reopen."""
    return _finding(request, uuid, act)


def _finding(request: Request, uuid: str, act: str) -> HttpResponse:
    found = selectors.get_finding(viewer=request.viewer, uuid=ids.parse_id(uuid))
    code = found.programme.code

    people = partial(holder_choices, permission=ContestPermission.VIEW, programme=code, at=request.at)
    acts = {
        "assign": Act(
            partial(forms.AssignForm, people=people),
            partial(services.assign, finding=found.uuid),
            gettext_noop("已交办。"),
        ),
        "mended": Act(
            forms.MendedForm, partial(services.claim_mended, finding=found.uuid), gettext_noop("已报告，等验收。")
        ),
        "close": Act(SavingForm, partial(services.close_finding, finding=found.uuid), gettext_noop("已验收。")),
        "reopen": Act(forms.ReopenForm, partial(services.reopen_finding, finding=found.uuid), gettext_noop("已退回。")),
    }
    drawn, went = answered(request, acts, act, lambda _made: redirect("inspections:finding", uuid))
    if went:
        return went
    shown, refused = offered(drawn, _offered(request, found), act)
    moves = list(found.moves.order_by("at", "pk"))
    names = names_by_ref(viewer=request.viewer, refs={found.owner, *(one.by for one in moves)})
    title = message(gettext_noop("要整改的问题"))
    context = {
        "crumbs": (TODAY, Crumb(INSPECTIONS, address_in(code, "inspections:home")), Crumb(title)),
        "title": title,
        "finding": found,
        "owner": name_in(names, found.owner),
        "today": local_date(request.at),
        "moves": [(one, labels.FINDING_STATES[FindingState(one.new)], name_in(names, one.by)) for one in moves],
        "acts": shown,
        "refused": refused,
    }
    return render(request, "contests/finding.html", context, status=status_of(*drawn.values()))


def _offered(request: Request, found: Finding) -> set[str]:
    viewer = request.viewer
    may = viewer.may(InspectionPermission.MANAGE, programme=found.programme.code)
    if found.state == FindingState.FOUND and may:
        return {"assign"}
    if found.state == FindingState.ASSIGNED and found.owner == viewer.ref:
        return {"mended"}
    own = viewer.ref == found.owner
    return {"close", "reopen"} if found.state == FindingState.MENDED and may and not own else set()
