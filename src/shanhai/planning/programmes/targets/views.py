# SPDX-License-Identifier: Apache-2.0
"""The targets of the five-year plan, year by year, and for the office, setting them and reporting on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from shanhai.base.accounts.selectors import Request
from shanhai.kernel import clock, ids, proofs
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb
from shanhai.kernel.shares import Base, Measure, Share
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.core.views import crumbs
from shanhai.planning.programmes.models import Programme, Target, TargetYear
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.targets import selectors as targets
from shanhai.planning.programmes.targets import services as writing
from shanhai.planning.programmes.targets.forms import TargetForm, TargetReportForm
from shanhai.planning.programmes.values import measured
from shanhai.registers.tables.forms import Act, answered

YEAR_PLAN = Base("year_plan", message(gettext_noop("当年计划")))


@require_http_methods(["GET", "HEAD", "POST"])
def target_list(request: Request, code: str, uuid: str = "") -> HttpResponse:
    """GET /programmes/<code>/targets/: the targets with their years; POST sets one, /<uuid>/report reports on it."""
    viewer, programme = request.viewer, programmes.get_programme(viewer=request.viewer, code=code)
    act = str(targets.get_target(viewer=viewer, programme=code, uuid=ids.parse_id(uuid)).uuid) if uuid else "form"
    scope = scope_from(viewer=viewer, asked={"programme": code, "as_of": request.GET.get("as_of", "")}, at=request.at)
    assert scope is not None
    found = targets.list_targets(viewer=viewer, programme=code, as_of=scope.as_of)
    if request.method == "POST":
        viewer.require(ProgrammePermission.MANAGE, programme=code)
    acts = _acts(request, programme, found) if viewer.may(ProgrammePermission.MANAGE, programme=code) else {}
    names = {str(one.uuid): one.name for one in found}
    forms, went = answered(request, acts, act, lambda _: redirect("programmes:targets", code), name=names.get(act))
    if went:
        return went
    # A target is everybody's; who is confined to a place sees it, though they have no figures of the whole to open.
    whole = replace(scope, place=None)
    figures = proofs.some_figures(viewer, whole, ("targets",))
    context = {
        "crumbs": (*crumbs(programme), Crumb(message(gettext_noop("五年目标")))),
        "programme": programme,
        "as_of": scope.as_of,
        "scope": whole if scope.place is None else None,
        "cards": [
            (
                one,
                measured(one.amount, one.unit),
                figures.get(f"target:{one.uuid}"),
                [_line(one, year) for year in one.years.all()],
                forms.get(str(one.uuid)),
            )
            for one in found
        ],
        "form": forms.get("form"),
    }
    return render(request, "programmes/targets.html", context, status=422 if request.method == "POST" else 200)


def _acts(request: Request, programme: Programme, found: Iterable[Target]) -> dict[str, Act]:
    years = range(programme.starts_on.year, programme.ends_on.year + 1)
    report = partial(TargetReportForm, years=years, today=clock.local_date(request.at))
    save = partial(writing.set_target, programme=programme.code)
    return {
        "form": Act(partial(TargetForm, years=years), save, gettext_noop("已定目标“%(name)s”。")),
        **{
            str(one.uuid): Act(
                partial(report, auto_id=f"report-{one.uuid}_%s"),
                partial(writing.report_target, target=one.uuid),
                gettext_noop("已填报“%(name)s” %(year)s 年的完成数。"),
            )
            for one in found
        },
    }


def _line(target: Target, year: TargetYear) -> tuple[TargetYear, Measure, Measure | None, Share | None]:
    """What one year was to add and has added, and the share; None where nothing was planned or reported."""
    planned = measured(year.planned, target.unit)
    reached = None if year.reached is None else measured(year.reached, target.unit)
    share = Share(reached, planned, YEAR_PLAN) if reached is not None and year.planned else None
    return year, planned, reached, share
