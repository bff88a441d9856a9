# SPDX-License-Identifier: Apache-2.0
"""Asking for an issued yearly plan to be raised."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from shanhai.base.accounts.selectors import Request
from shanhai.kernel.errors import BadInput, Conflict, DomainError, NotVisible, Refused
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb
from shanhai.planning.adjustments.forms import PlanForm, initial_of_plan
from shanhai.planning.adjustments.models import Adjustment
from shanhai.planning.adjustments.permissions import AdjustmentPermission
from shanhai.planning.adjustments.selectors.current import standing_plan
from shanhai.planning.adjustments.services import proposing
from shanhai.planning.adjustments.values import AdjustmentPage
from shanhai.planning.adjustments.views.pages import way
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.plans import selectors as plans
from shanhai.planning.programmes.states import PlanState

Save = Callable[[PlanForm], Adjustment]


@require_http_methods(["GET", "HEAD", "POST"])
def new_plan(request: Request) -> HttpResponse:
    """GET and POST /adjustments/plan?programme=…&year=…: raise an issued plan, the latest unless told otherwise."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    code = scope.programme
    stored = plans.list_yearly_plans(viewer=request.viewer, programme=code)
    years = [plan.year for plan in stored if plan.state == PlanState.ISSUED and plan.amounts.all()]
    if not years:
        return render(request, "adjustments/plan.html", _context(request, code, None, ()), status=200)
    year = next((one for one in years if str(one) == request.GET.get("year")), years[0])

    def save(form: PlanForm) -> Adjustment:
        return proposing.propose_plan_adjustment(
            by=request.viewer,
            at=request.at,
            programme=code,
            year=year,
            wish=form.wish(),
            reason=form.cleaned_data["reason"],
        )

    return _ask(request, code, year, {}, save, years)


def edit_plan(request: Request, shown: AdjustmentPage) -> HttpResponse:
    """Change a draft, or what came back, that is about a whole plan."""
    year = shown.row.year or 0
    codes = standing_plan(programme=shown.programme, year=year).codes

    def save(form: PlanForm) -> Adjustment:
        return proposing.revise_adjustment(
            by=request.viewer,
            at=request.at,
            adjustment=shown.row.uuid,
            wish=form.wish(),
            reason=form.cleaned_data["reason"],
        )

    wanted = {codes[change.subject]: int(change.new or 0) for change in shown.changes}
    stated = {**initial_of_plan(wanted), "reason": shown.row.reason}
    return _ask(request, shown.programme, year, stated, save, [year])


def _ask(
    request: Request, programme: str, year: int, stated: Mapping[str, Any], save: Save, years: Sequence[int]
) -> HttpResponse:
    standing = standing_plan(programme=programme, year=year)
    current = {code: standing.amounts.get(subject, 0) for subject, code in standing.codes.items()}
    form = PlanForm(
        request.POST if request.method == "POST" else None,
        sources=[(code, standing.names[subject]) for subject, code in standing.codes.items()],
        initial={"unit": "wan_yuan", **initial_of_plan(current), **stated},
    )
    problem: DomainError | None = None
    if form.is_valid():
        try:
            return redirect("adjustments:detail", uuid=save(form).uuid)
        except (BadInput, Conflict, Refused) as error:
            problem = error
    context = _context(request, programme, form, years) | {"year": year, "problem": problem and problem.message}
    return render(request, "adjustments/plan.html", context, status=422 if form.is_bound else 200)


def _context(request: Request, programme: str, form: PlanForm | None, years: Sequence[int]) -> dict[str, Any]:
    return {
        "crumbs": (*way(programme), Crumb(message(gettext_noop("调整年度计划")))),
        "programme": programmes.get_programme(viewer=request.viewer, code=programme),
        "years": years,
        "form": form,
        "may": request.viewer.may(AdjustmentPermission.PROPOSE, programme=programme),
    }
