# SPDX-License-Identifier: Apache-2.0
"""Asking for an adjustment of a project, or for an issued yearly plan to be raised: what, how and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from shanhai.base.accounts.selectors import Request
from shanhai.kernel import clock, ids
from shanhai.kernel.errors import BadInput, NotAllowed, NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.parts import Crumb
from shanhai.planning.adjustments import labels
from shanhai.planning.adjustments.forms import (
    Offered,
    PlanForm,
    WishForm,
    initial_of,
    initial_of_money,
    initial_of_plan,
)
from shanhai.planning.adjustments.models import Adjustment
from shanhai.planning.adjustments.permissions import AdjustmentPermission
from shanhai.planning.adjustments.selectors.adjustments import AdjustmentPage, adjustment_page, may_propose
from shanhai.planning.adjustments.selectors.current import project_values, standing_plan, words_for
from shanhai.planning.adjustments.selectors.proposals import getting_lines
from shanhai.planning.adjustments.services import proposing
from shanhai.planning.adjustments.states import OF_PROJECT, Kind
from shanhai.planning.adjustments.values import Wish
from shanhai.planning.adjustments.views.pages import way
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.money.selectors import classifications
from shanhai.planning.programmes.plans import selectors as plans
from shanhai.planning.programmes.states import PlanState
from shanhai.planning.projects.dossier.selectors.gates import LineRow, ProjectDetail, project_detail
from shanhai.planning.projects.labels import LEVELS
from shanhai.planning.projects.states import Level
from shanhai.registers.places import selectors as places
from shanhai.registers.tables.forms import saved

if TYPE_CHECKING:
    from shanhai.planning.projects.models import AllocationLine

MOST_OFFERED = 500


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """GET and POST /adjustments/new?project=…&kind=…: choose what is to be adjusted, then say how and why."""
    project = _project(request, ids.parse_id(request.GET.get("project", "")))
    kind = next((one for one in OF_PROJECT if one.value == request.GET.get("kind")), None)
    crumbs = (*way(project.programme), Crumb(message(gettext_noop("提出调整"))))
    if kind is None:
        context = {"crumbs": crumbs, "project": project, "may": _may(request, project)}
        context["kinds"] = [(one, labels.KINDS[one]) for one in OF_PROJECT]
        return render(request, "adjustments/choose.html", context)

    save = partial(proposing.propose_adjustment, project=project.uuid, kind=kind)
    values = project_values(project=project.uuid, facts=project.facts, stage=project.stage.value)
    return _ask(request, project, kind, initial_of(values), save, crumbs)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, uuid: str) -> HttpResponse:
    """GET and POST /adjustments/<uuid>/edit: change a draft or what came back."""
    shown = adjustment_page(viewer=request.viewer, uuid=ids.parse_id(uuid))
    if not shown.rights.edit:
        raise NotAllowed(gettext_noop("这份调整现在不能由您修改。请回到它的页面，看现在轮到谁。"))
    found = shown.adjustment
    if found.project is None:
        return _edit_plan(request, shown)
    project = _project(request, found.project.uuid)
    save = partial(proposing.revise_adjustment, adjustment=found.uuid)
    crumbs = (*way(found.programme.code), Crumb(project.facts.code))
    return _ask(request, project, Kind(found.kind), _initial(request, shown, project), save, crumbs)


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

    save = partial(proposing.propose_plan_adjustment, programme=code, year=year)
    return _ask_of_plan(request, code, year, {}, save, years)


def _edit_plan(request: Request, shown: AdjustmentPage) -> HttpResponse:
    """Change a draft, or what came back, that is about a whole plan."""
    found = shown.adjustment
    programme, year = found.programme.code, found.year or 0
    codes = standing_plan(programme=programme, year=year).codes
    save = partial(proposing.revise_adjustment, adjustment=found.uuid)
    wanted = {codes[change.subject]: int(change.new or 0) for change in shown.changes}
    stated = {**initial_of_plan(wanted), "reason": found.reason}
    return _ask_of_plan(request, programme, year, stated, save, [year])


def _ask(
    request: Request,
    project: ProjectDetail,
    kind: Kind,
    initial: dict[str, Any],
    save: Callable[..., Adjustment],
    crumbs: tuple[Crumb, ...],
) -> HttpResponse:
    form = WishForm(_typed(request), kind=kind, offered=_offered(request, project), initial=initial)
    if not form.is_bound and "to_line" in initial:
        # Where it cannot get money any more, that is told when the form is sent.
        with suppress(BadInput):
            form.offer(_getting(request, initial["line"], initial["to_code"]))
    context = {"crumbs": crumbs, "project": project, "kind": labels.KINDS[kind], "may": _may(request, project)}
    return _answer(request, "adjustments/ask.html", form, save, context)


def _typed(request: Request) -> Any:
    return request.POST if request.method == "POST" else None


def _answer(
    request: Request, template: str, form: WishForm | PlanForm, save: Callable[..., Adjustment], context: Any
) -> HttpResponse:
    """Save what was asked and go to its page; what cannot be is told above the form."""
    made = saved(
        form, lambda given: save(by=request.viewer, at=request.at, wish=_wish(request, form), reason=given["reason"])
    )
    if made:
        return redirect("adjustments:detail", uuid=made.uuid)
    return render(request, template, {**context, "form": form}, status=422 if form.is_bound else 200)


def _project(request: Request, uuid: UUID) -> ProjectDetail:
    return project_detail(viewer=request.viewer, uuid=uuid, on=clock.local_date(request.at))


def _may(request: Request, project: ProjectDetail) -> bool:
    return may_propose(viewer=request.viewer, programme=project.programme, place=project.facts.place)


def _offered(request: Request, project: ProjectDetail) -> Offered:
    """What is stated now stays a choice, whatever the tables offer meanwhile: nothing is changed by being left out."""
    recipient = programmes.get_programme(viewer=request.viewer, code=project.programme).recipient
    on = clock.local_date(request.at)
    known = {
        "place": {recipient.code: recipient.name}
        | {one.code: one.name for one in places.list_counties_of(recipient.code)},
        "site": {
            str(site.uuid): f"{site.division.name} · {site.name}"
            for site in places.list_sites(viewer=request.viewer, under=recipient.code)[:MOST_OFFERED]
        },
        "category": {one.code: one.name for one in classifications.list_categories(viewer=request.viewer, on=on)},
    }
    for field, offered in known.items():
        own = str(getattr(project.facts, field) or "")
        if own and own not in offered:
            known[field] = {own: words_for(field=field, value=own, currency="", at=request.at), **offered}
    return Offered(
        lines=[
            (str(line.uuid), _told_apart(line, line.year, line.fund_source_name, line.amount)) for line in project.lines
        ],
        counties=list(known["place"].items()),
        sites=list(known["site"].items()),
        categories=list(known["category"].items()),
    )


def _wish(request: Request, form: WishForm | PlanForm) -> Wish:
    """What was asked for. Raises BadInput while it is open which line of the other project gets the money."""
    if isinstance(form, PlanForm) or form.kind is not Kind.MOVE_MONEY:
        return form.wish()
    lines = _getting(request, form.cleaned_data["line"], form.cleaned_data["to_code"].strip())
    return form.wish(to_line=form.chosen(lines))


def _getting(request: Request, giving: str, code: str) -> list[tuple[str, str]]:
    lines = []
    for one in getting_lines(viewer=request.viewer, giving=UUID(giving), code=code):
        amount = Money(one.amount_fen, one.project.currency)
        lines.append((str(one.uuid), _told_apart(one, one.yearly_plan.year, one.fund_source.name, amount)))
    return lines


def _told_apart(line: LineRow | AllocationLine, year: int, source: str, amount: Money) -> str:
    """By what a person tells the line from others of the same project, year and fund source."""
    return gettext(
        "%(year)s · %(source)s · %(amount)s，民生 %(percent)s%%，受益%(beneficiary)s，实施%(implementer)s"
    ) % {
        "year": year,
        "source": source,
        "amount": amount,
        "percent": line.livelihood_percent,
        "beneficiary": LEVELS[Level(line.beneficiary_level)],
        "implementer": LEVELS[Level(line.implementer_level)],
    }


def _initial(request: Request, shown: AdjustmentPage, project: ProjectDetail) -> dict[str, Any]:
    found = shown.adjustment
    stated: dict[str, Any] = {"reason": found.reason, "extra_source": found.extra_source}
    if found.kind in {Kind.AMOUNT, Kind.MOVE_MONEY}:
        return initial_of_money(shown.changes, found.other_project.code if found.other_project else "") | stated
    values = project_values(project=project.uuid, facts=project.facts, stage=project.stage.value)
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
    current = {code: standing.amounts.get(subject, 0) for subject, code in standing.codes.items()}
    form = PlanForm(
        _typed(request),
        sources=[(code, standing.names[subject]) for subject, code in standing.codes.items()],
        initial={**initial_of_plan(current), **stated},
    )
    context = _plan_context(request, programme, years) | {"year": year}
    return _answer(request, "adjustments/plan.html", form, save, context)


def _plan_context(request: Request, programme: str, years: Sequence[int]) -> dict[str, Any]:
    return {
        "crumbs": (*way(programme), Crumb(message(gettext_noop("调整年度计划")))),
        "programme": programmes.get_programme(viewer=request.viewer, code=programme),
        "years": years,
        "may": request.viewer.may(AdjustmentPermission.PROPOSE, programme=programme),
    }
