# SPDX-License-Identifier: Apache-2.0
"""The list of adjustments, the page of one with its steps, and asking for one: of a project, or of a yearly plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base import formats
from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import named
from shanhai.base.forms import Act, answered, saved, status_of
from shanhai.kernel import clock, ids
from shanhai.kernel.errors import NotAllowed, NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.parts import TODAY, Crumb, Happening, Page
from shanhai.planning.adjustments import labels, services
from shanhai.planning.adjustments.forms import (
    Choices,
    FilterForm,
    PaperForm,
    PlanForm,
    WishForm,
    initial_of,
    initial_of_money,
    initial_of_plan,
)
from shanhai.planning.adjustments.models import SUBJECT, Adjustment, Opinion
from shanhai.planning.adjustments.permissions import AdjustmentPermission
from shanhai.planning.adjustments.rules import BY_KEY
from shanhai.planning.adjustments.selectors.adjustments import (
    AdjustmentPage,
    adjustment_page,
    list_adjustments,
)
from shanhai.planning.adjustments.selectors.current import getting_lines, project_values, standing_plan, words_for
from shanhai.planning.adjustments.states import OF_PROJECT, Kind, PaperKind, State, Verdict
from shanhai.planning.adjustments.values import broken_floors
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.money.selectors import list_categories
from shanhai.planning.programmes.plans import selectors as plans
from shanhai.planning.programmes.states import PlanState
from shanhai.planning.projects.core.selectors import get_project, lines_of
from shanhai.planning.projects.labels import LEVELS
from shanhai.planning.projects.states import Level
from shanhai.registers.documents import selectors as documents
from shanhai.registers.places import selectors as places

if TYPE_CHECKING:
    from shanhai.planning.projects.models import AllocationLine, Project

SIZE = 20
MOST_OFFERED = 500
ADJUSTMENTS = gettext_noop("调整")
# The steps and opinions: how each is taken, under what name it is told words, and what is said then.
ACTS: dict[str, tuple[Callable[..., Adjustment | Opinion], str, Promise]] = {
    "submit": (services.submit_adjustment, "", _("已报送，等审批。")),
    "withdraw": (services.withdraw_adjustment, "words", _("已撤回。")),
    "approve": (
        partial(services.decide_adjustment, to=State.APPROVED),
        "words",
        _("已批准，接着由办公室或指挥长执行。"),
    ),
    "refuse": (partial(services.decide_adjustment, to=State.REFUSED), "words", _("已记下：不同意。")),
    "return": (partial(services.decide_adjustment, to=State.RETURNED), "words", _("已退回提出的人。")),
    "apply": (services.apply_adjustment, "", _("已执行，项目已经改过来。")),
    "support": (partial(services.give_opinion, verdict=Verdict.SUPPORTED), "words", _("已记下您的意见。")),
    "doubt": (partial(services.give_opinion, verdict=Verdict.DOUBTED), "words", _("已记下您的意见。")),
}
PLAN_DONE = _("已执行，计划的金额和账上的下达已经改过来。")


@require_safe
def adjustment_list(request: Request) -> HttpResponse:
    """GET /adjustments/: filtered, twenty a page, the latest first."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    context: dict[str, Any] = {"crumbs": (TODAY, Crumb(message(ADJUSTMENTS)))}
    if scope is not None:
        form = FilterForm(request.GET)
        found = list_adjustments(viewer=request.viewer, programme=scope.programme, **form.filters())
        page = Page.of(found, request.GET.get("page", ""), SIZE)
        names = accounts.names_by_ref(viewer=request.viewer, refs={row.proposed_by for row in page.rows})
        context |= {
            "programme": programmes.get_programme(viewer=request.viewer, code=scope.programme),
            "form": form,
            "listed": [(row, accounts.name_in(names, row.proposed_by)) for row in page.rows],
            "page": page,
            "may_plan": request.viewer.may(AdjustmentPermission.PROPOSE, programme=scope.programme),
            "filtered": any(request.GET.get(name) for name in form.fields),
        }
    return render(request, "adjustments/list.html", context)


@require_safe
def page(request: Request, uuid: str) -> HttpResponse:
    """GET /adjustments/<uuid>/: old and new, what it does to the shares, who said what, and what may be done."""
    return _render(request, adjustment_page(viewer=request.viewer, uuid=ids.parse_id(uuid)), PaperForm())


@require_POST
def paper(request: Request, uuid: str) -> HttpResponse:
    """POST /adjustments/<uuid>/papers: one file."""
    shown = adjustment_page(viewer=request.viewer, uuid=ids.parse_id(uuid))
    form = PaperForm(request.POST, request.FILES)
    add = partial(services.add_paper, by=request.viewer, at=request.at, adjustment=shown.adjustment.uuid)

    def save(given: Mapping[str, Any]) -> object:
        kind = PaperKind(given["kind"])
        return add(file=given["file"], name=given["file"].name, kind=kind)

    if not saved(request, form, save):
        return _render(request, shown, form)
    messages.success(request, gettext("已存下“%(name)s”。") % {"name": form.cleaned_data["file"].name})
    return redirect("adjustments:detail", uuid=uuid)


@require_POST
def act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /adjustments/<uuid>/<act>: one step, if the adjustment still stands where the page showed it."""
    if act not in ACTS:
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    take, words, said = ACTS[act]
    asked: dict[str, Any] = {words: request.POST.get("words", "")} if words else {}
    asked["seen"] = next((state for state in State if state.value == request.POST.get("seen")), None)
    done = take(by=request.viewer, at=request.at, adjustment=ids.parse_id(uuid), **asked)
    of_plan = act == "apply" and isinstance(done, Adjustment) and done.kind == Kind.PLAN
    messages.success(request, str(PLAN_DONE if of_plan else said))
    return redirect("adjustments:detail", uuid=uuid)


def _way() -> tuple[Crumb, ...]:
    """The crumbs that lead to the list."""
    return TODAY, Crumb(message(ADJUSTMENTS), reverse("adjustments:list"))


def _render(request: Request, shown: AdjustmentPage, paper_form: PaperForm) -> HttpResponse:
    row, currency = shown.adjustment, shown.adjustment.programme.currency
    back = shown.taken_back
    refs = {row.proposed_by, *(opinion.by for opinion in shown.opinions), *([back.by] if back else [])}
    names = accounts.names_by_ref(viewer=request.viewer, refs=refs)
    said = {"name": accounts.name_in(names, back.by), "day": back.on_date, "because": back.because} if back else {}
    context = {
        "crumbs": (*_way(), Crumb(row.code)),
        "shown": shown,
        "row": row,
        "programme": row.programme,
        "rule": BY_KEY[shown.rule],
        "approver": labels.APPROVERS[BY_KEY[shown.rule].approver],
        "proposed_by": accounts.name_in(names, row.proposed_by),
        "changes": [
            (
                change.name,
                labels.FIELDS[change.field],
                labels.shown(change.field, change.old, change.old_words, currency),
                labels.shown(change.field, change.new, change.new_words, currency),
            )
            for change in shown.changes
        ],
        "first": [(labels.FIELDS[change.field], Money(fen, currency)) for change, fen in shown.first],
        "broken": broken_floors(shown.effects),
        "status": labels.TAKEN_BACK if back else row.status,
        "back": back and gettext("%(name)s于 %(day)s 撤回，原因：%(because)s") % said,
        "happenings": [
            Happening(opinion.at, accounts.name_in(names, opinion.by), mark, str(word), opinion.words)
            for opinion in shown.opinions
            for mark, word in [labels.VERDICTS[Verdict(opinion.verdict)]]
        ],
        "proofs": documents.list_proofs(viewer=request.viewer, subject_type=SUBJECT, subject_id=row.uuid),
        "paper_form": paper_form,
    }
    return render(request, "adjustments/detail.html", context, status=status_of(paper_form))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """GET and POST /adjustments/new?project=…&kind=…: choose what is to be adjusted, then say how and why."""
    project = get_project(viewer=request.viewer, uuid=ids.parse_id(request.GET.get("project", "")))
    kind = next((one for one in OF_PROJECT if one.value == request.GET.get("kind")), None)
    crumbs = (*_way(), Crumb(message(gettext_noop("提出调整"))))
    if kind is None:
        context = {"crumbs": crumbs, "project": project, "may": _may(request, project), "programme": project.programme}
        context["kinds"] = [(one, labels.KINDS[one], labels.WHAT[one]) for one in OF_PROJECT]
        return render(request, "adjustments/choose.html", context)

    save = partial(services.propose_adjustment, project=project.uuid, kind=kind)
    values = project_values(project=project.uuid, facts=project.facts, stage=project.stage)
    return _ask(request, project, kind, initial_of(values) | _tried(request, project), save, crumbs)


def _tried(request: Request, project: Project) -> dict[str, str]:
    """What a what-if has tried and the address brings along; nothing for a line that is none of the project's."""
    known = {str(line.uuid) for line in lines_of(project)}
    names = ("line", "to_code", "to_line", "moved_fen") if request.GET.get("line") in known else ()
    return {name: request.GET.get(name, "").replace("\x00", "") for name in names}


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, uuid: str) -> HttpResponse:
    """GET and POST /adjustments/<uuid>/edit: change a draft or what came back."""
    shown = adjustment_page(viewer=request.viewer, uuid=ids.parse_id(uuid))
    if not shown.rights.edit:
        raise NotAllowed(gettext_noop("这份调整现在不能由您修改。请回到它的页面，看现在轮到谁。"))
    found, programme, year = shown.adjustment, shown.adjustment.programme.code, shown.adjustment.year or 0
    save = partial(services.revise_adjustment, adjustment=found.uuid)
    if found.project is None:
        sources = standing_plan(programme=programme, year=year).sources
        wanted = {sources[change.subject].code: int(change.new or 0) for change in shown.changes}
        stated = {**initial_of_plan(wanted), "reason": found.reason}
        return _ask_of_plan(request, programme, year, stated, save, [year])
    project = get_project(viewer=request.viewer, uuid=found.project.uuid)
    crumbs = (*_way(), Crumb(project.code))
    return _ask(request, project, Kind(found.kind), _initial(shown, project), save, crumbs)


@require_http_methods(["GET", "HEAD", "POST"])
def new_plan(request: Request) -> HttpResponse:
    """GET and POST /adjustments/plan?programme=…&year=…: raise an issued plan, the latest unless a year is named."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    code = scope.programme
    stored = plans.list_yearly_plans(viewer=request.viewer, programme=code)
    years = [plan.year for plan in stored if plan.state == PlanState.ISSUED and plan.amounts.all()]
    if not years:
        return render(request, "adjustments/plan.html", _plan_context(request, code, ()))
    asked = request.GET.get("year") or str(years[0])
    year = next((one for one in years if str(one) == asked), None)
    if year is None:
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))

    save = partial(services.propose_plan_adjustment, programme=code, year=year)
    return _ask_of_plan(request, code, year, {}, save, years)


def _ask(
    request: Request,
    project: Project,
    kind: Kind,
    initial: dict[str, Any],
    save: Callable[..., Adjustment],
    crumbs: tuple[Crumb, ...],
) -> HttpResponse:
    make = partial(
        WishForm, kind=kind, offered=_offered(request, project), getting=partial(_getting, request), initial=initial
    )
    context = {"crumbs": crumbs, "project": project, "kind": labels.KINDS[kind], "may": _may(request, project)}
    context["programme"] = project.programme
    return _answer(request, "adjustments/ask.html", Act(make, save), context)


def _answer(request: Request, template: str, act: Act, context: dict[str, Any]) -> HttpResponse:
    """Save what was asked and go to its page; what cannot be is told above the form."""
    forms, went = answered(request, {"form": act}, "form", lambda made: redirect("adjustments:detail", made.uuid))
    return went or render(request, template, {**context, **forms}, status=422 if request.method == "POST" else 200)


def _may(request: Request, project: Project) -> bool:
    scope = {"programme": project.programme.code, "place": project.place.code}
    return request.viewer.may(AdjustmentPermission.PROPOSE, **scope)


def _offered(request: Request, project: Project) -> dict[str, Choices]:
    """What is stated now stays a choice, whatever the tables offer meanwhile: nothing is changed by being left out."""
    recipient = project.programme.recipient
    on = clock.local_date(request.at)
    known = {
        "place": {one.code: named(one) for one in (recipient, *places.list_counties_of(recipient.code))},
        "site": {
            str(site.uuid): f"{named(site.division)} · {site.name}"
            for site in places.list_sites(viewer=request.viewer, under=recipient.code)[:MOST_OFFERED]
        },
        "category": {one.code: named(one) for one in list_categories(viewer=request.viewer, on=on)},
    }
    for field, offered in known.items():
        own = str(getattr(project.facts, field) or "")
        if own and own not in offered:
            known[field] = {own: words_for(field=field, value=own, currency="", at=request.at), **offered}
    lines = [(str(line.uuid), _told_apart(line)) for line in lines_of(project)]
    return {"line": lines, **{field: list(offered.items()) for field, offered in known.items()}}


def _getting(request: Request, giving: str, code: str) -> list[tuple[str, str]]:
    found = getting_lines(viewer=request.viewer, giving=UUID(giving), code=code)
    return [(str(one.uuid), _told_apart(one)) for one in found]


def _told_apart(line: AllocationLine) -> str:
    """By what a person tells the line from others of the same project, year and fund source."""
    return gettext(
        "%(year)s · %(source)s · %(amount)s，民生 %(percent)s%%，受益%(beneficiary)s，实施%(implementer)s"
    ) % {
        "year": line.yearly_plan.year,
        "source": named(line.fund_source),
        "amount": formats.money(line.amount),
        "percent": line.livelihood_percent,
        "beneficiary": LEVELS[Level(line.beneficiary_level)],
        "implementer": LEVELS[Level(line.implementer_level)],
    }


def _initial(shown: AdjustmentPage, project: Project) -> dict[str, Any]:
    found = shown.adjustment
    stated: dict[str, Any] = {"reason": found.reason, "extra_source": found.extra_source}
    if found.kind in {Kind.AMOUNT, Kind.MOVE_MONEY}:
        return initial_of_money(shown.changes, found.other_project.code if found.other_project else "") | stated
    values = project_values(project=project.uuid, facts=project.facts, stage=project.stage)
    return initial_of(values | {change.field: change.new for change in shown.changes}) | stated


def _ask_of_plan(
    request: Request,
    programme: str,
    year: int,
    stated: Mapping[str, Any],
    save: Callable[..., Adjustment],
    years: Sequence[int],
) -> HttpResponse:
    standing = standing_plan(programme=programme, year=year)
    current = {source.code: standing.amounts.get(subject, 0) for subject, source in standing.sources.items()}
    make = partial(
        PlanForm,
        sources=[(source.code, named(source)) for source in standing.sources.values()],
        initial={**initial_of_plan(current), **stated},
    )
    context = _plan_context(request, programme, years) | {"year": year}
    return _answer(request, "adjustments/plan.html", Act(make, save), context)


def _plan_context(request: Request, programme: str, years: Sequence[int]) -> dict[str, Any]:
    return {
        "crumbs": (*_way(), Crumb(message(gettext_noop("调整年度计划")))),
        "programme": programmes.get_programme(viewer=request.viewer, code=programme),
        "years": years,
        "may": request.viewer.may(AdjustmentPermission.PROPOSE, programme=programme),
    }
