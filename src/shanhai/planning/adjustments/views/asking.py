# SPDX-License-Identifier: Apache-2.0
"""Asking for an adjustment: what is to be changed, how and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from shanhai.base.accounts.selectors import Request
from shanhai.kernel import clock, ids
from shanhai.kernel.errors import BadInput, DomainError, NotAllowed, Refused
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb
from shanhai.planning.adjustments import labels
from shanhai.planning.adjustments.forms import Offered, WishForm, initial_of, initial_of_money
from shanhai.planning.adjustments.models import Adjustment
from shanhai.planning.adjustments.selectors.adjustments import adjustment_page, may_propose
from shanhai.planning.adjustments.selectors.current import project_values
from shanhai.planning.adjustments.services import proposing
from shanhai.planning.adjustments.states import OF_PROJECT, Kind
from shanhai.planning.adjustments.values import AdjustmentPage
from shanhai.planning.adjustments.views.pages import way
from shanhai.planning.adjustments.views.plans import edit_plan
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.money.selectors import classifications
from shanhai.planning.projects.dossier.selectors.detail import ProjectDetail, project_detail
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, list_projects
from shanhai.registers.places import selectors as places

MOST_OFFERED = 500


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """GET and POST /adjustments/new?project=…&kind=…: choose what is to be adjusted, then say how and why."""
    project = _project(request, request.GET.get("project", ""))
    kind = next((one for one in OF_PROJECT if one.value == request.GET.get("kind")), None)
    crumbs = (*way(project.programme), Crumb(message(gettext_noop("提出调整"))))
    if kind is None:
        context = {"crumbs": crumbs, "project": project, "may": _may(request, project)}
        context["kinds"] = [(one, labels.KINDS[one]) for one in OF_PROJECT]
        return render(request, "adjustments/choose.html", context)

    def save(form: WishForm) -> Adjustment:
        return proposing.propose_adjustment(
            by=request.viewer,
            at=request.at,
            project=project.uuid,
            kind=kind,
            wish=form.wish(to_line=_to_line(request, project, form)),
            reason=form.cleaned_data["reason"],
        )

    values = project_values(project=project.uuid, facts=project.facts, stage=project.stage.value)
    return _ask(request, project, kind, initial_of(values), save, crumbs)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, uuid: str) -> HttpResponse:
    """GET and POST /adjustments/<uuid>/edit: change a draft or what came back."""
    shown = adjustment_page(viewer=request.viewer, uuid=ids.parse_id(uuid))
    if not shown.rights.edit:
        raise NotAllowed(gettext_noop("这份调整现在不能由您修改。请回到它的页面，看现在轮到谁。"))
    if shown.row.kind is Kind.PLAN:
        return edit_plan(request, shown)
    project = _project(request, str(shown.row.project))

    def save(form: WishForm) -> Adjustment:
        return proposing.revise_adjustment(
            by=request.viewer,
            at=request.at,
            adjustment=shown.row.uuid,
            wish=form.wish(to_line=_to_line(request, project, form)),
            reason=form.cleaned_data["reason"],
        )

    crumbs = (*way(shown.programme), Crumb(project.facts.code))
    return _ask(request, project, shown.row.kind, _initial(request, shown, project), save, crumbs)


def _ask(
    request: Request,
    project: ProjectDetail,
    kind: Kind,
    initial: dict[str, Any],
    save: Callable[[WishForm], Adjustment],
    crumbs: tuple[Crumb, ...],
) -> HttpResponse:
    offered = _offered(request, project)
    data = request.POST if request.method == "POST" else None
    form = WishForm(data, kind=kind, offered=offered, initial={"unit": "wan_yuan", **initial})
    problem: DomainError | None = None
    if form.is_valid():
        try:
            return redirect("adjustments:detail", uuid=save(form).uuid)
        except (BadInput, Refused) as error:
            problem = error
    context = {
        "crumbs": crumbs,
        "project": project,
        "kind": labels.KINDS[kind],
        "form": form,
        "problem": problem.message if problem else None,
        "may": _may(request, project),
    }
    return render(request, "adjustments/ask.html", context, status=422 if data is not None else 200)


def _project(request: Request, uuid: str) -> ProjectDetail:
    return project_detail(viewer=request.viewer, uuid=ids.parse_id(uuid), on=clock.local_date(request.at))


def _may(request: Request, project: ProjectDetail) -> bool:
    return may_propose(viewer=request.viewer, programme=project.programme, place=project.facts.place)


def _offered(request: Request, project: ProjectDetail) -> Offered:
    recipient = programmes.get_programme(viewer=request.viewer, code=project.programme).recipient.code
    on = clock.local_date(request.at)
    categories = {one.code: one.name for one in classifications.list_categories(viewer=request.viewer, on=on)}
    own = project.facts.category
    return Offered(
        lines=[(str(line.uuid), f"{line.year} · {line.fund_source_name}") for line in project.lines],
        counties=[(one.code, one.name) for one in places.list_counties_of(recipient)],
        sites=[
            (str(site.uuid), f"{site.division.name} · {site.name}")
            for site in places.list_sites(viewer=request.viewer, under=recipient)[:MOST_OFFERED]
        ],
        # What is stated now stays a choice, also when the table of categories has changed since.
        categories=list(({own: own} | categories if own else categories).items()),
    )


def _to_line(request: Request, project: ProjectDetail, form: WishForm) -> UUID | None:
    if form.kind is not Kind.MOVE_MONEY:
        return None
    code = form.cleaned_data["to_code"].strip()
    giving = next(line for line in project.lines if str(line.uuid) == form.cleaned_data["line"])
    on = clock.local_date(request.at)
    found = list_projects(
        viewer=request.viewer, programme=project.programme, on=on, filters=ProjectFilters(text=code), limit=MOST_OFFERED
    )
    for row in found.rows:
        if row.code == code:
            lines = project_detail(viewer=request.viewer, uuid=row.uuid, on=on).lines
            same = [one for one in lines if (one.year, one.fund_source) == (giving.year, giving.fund_source)]
            if same:
                return same[0].uuid
    raise BadInput(
        gettext_noop("没有找到编号“%(code)s”的项目，或者它没有同一年度、同一来源的资金安排。请核对编号。"),
        "adjustments.other_project_missing",
        code=code,
    )


def _initial(request: Request, shown: AdjustmentPage, project: ProjectDetail) -> dict[str, Any]:
    stated: dict[str, Any] = {"reason": shown.row.reason, "extra_source": shown.extra_source}
    if shown.row.kind in {Kind.AMOUNT, Kind.MOVE_MONEY}:
        other = _project(request, str(shown.other_project)).facts.code if shown.other_project else ""
        return initial_of_money(shown.changes, other) | stated
    values = project_values(project=project.uuid, facts=project.facts, stage=project.stage.value)
    return initial_of(values | {change.field: change.new for change in shown.changes}) | stated
