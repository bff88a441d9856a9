# SPDX-License-Identifier: Apache-2.0
"""The targets of the five-year plan, year by year, and for the office, setting them and reporting on them."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

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
from shanhai.registers.tables.forms import saved

YEAR_PLAN = Base("year_plan", message(gettext_noop("当年计划")))


@require_http_methods(["GET", "HEAD", "POST"])
def target_list(request: Request, code: str) -> HttpResponse:
    """GET /programmes/<code>/targets/: the targets with their years; POST sets one."""
    programme = programmes.get_programme(viewer=request.viewer, code=code)
    if request.method != "POST":
        return _page(request, programme)
    request.viewer.require(ProgrammePermission.MANAGE, programme=code)
    form = TargetForm(request.POST, years=_years(programme))
    if saved(
        form,
        lambda given: writing.set_target(
            by=request.viewer,
            at=request.at,
            programme=code,
            name=given["name"],
            unit=given["unit"],
            amount=given["amount"],
            by_year=form.by_year,
        ),
    ):
        messages.success(request, gettext("已定目标“%(name)s”。") % {"name": form.cleaned_data["name"]})
        return redirect("programmes:targets", code)
    return _page(request, programme, form=form)


@require_POST
def report_target(request: Request, code: str, uuid: str) -> HttpResponse:
    """POST /programmes/<code>/targets/<uuid>/report: what a year has added."""
    programme = programmes.get_programme(viewer=request.viewer, code=code)
    target = targets.get_target(viewer=request.viewer, programme=code, uuid=ids.parse_id(uuid))
    request.viewer.require(ProgrammePermission.MANAGE, programme=code)
    form = _report_form(request, programme, target, request.POST)
    if saved(form, lambda given: writing.report_target(by=request.viewer, at=request.at, target=target.uuid, **given)):
        words = {"name": target.name, "year": form.cleaned_data["year"]}
        messages.success(request, gettext("已填报“%(name)s” %(year)s 年的完成数。") % words)
        return redirect("programmes:targets", code)
    return _page(request, programme, report=(target.uuid, form))


def _page(
    request: Request,
    programme: Programme,
    *,
    form: TargetForm | None = None,
    report: tuple[UUID, TargetReportForm] | None = None,
) -> HttpResponse:
    viewer, code = request.viewer, programme.code
    scope = scope_from(viewer=viewer, asked={"programme": code, "as_of": request.GET.get("as_of", "")}, at=request.at)
    assert scope is not None
    # A target is everybody's; who is confined to a place sees it, though they have no figures of the whole to open.
    whole = replace(scope, place=None)
    figures = proofs.some_figures(viewer, whole, ("targets",))
    may_manage = viewer.may(ProgrammePermission.MANAGE, programme=code)
    sent = dict([report]) if report else {}
    cards = [
        (
            one,
            measured(one.amount, one.unit),
            figures.get(f"target:{one.uuid}"),
            [_line(one, year) for year in one.years.all()],
            (sent.get(one.uuid) or _report_form(request, programme, one)) if may_manage else None,
        )
        for one in targets.list_targets(viewer=viewer, programme=code, as_of=scope.as_of)
    ]
    context = {
        "crumbs": (*crumbs(programme), Crumb(message(gettext_noop("五年目标")))),
        "programme": programme,
        "as_of": scope.as_of,
        "scope": whole if scope.place is None else None,
        "cards": cards,
        "form": (form or TargetForm(years=_years(programme))) if may_manage else None,
    }
    return render(request, "programmes/targets.html", context, status=422 if form or report else 200)


def _years(programme: Programme) -> range:
    return range(programme.starts_on.year, programme.ends_on.year + 1)


def _report_form(
    request: Request, programme: Programme, target: Target, sent: dict[str, str] | None = None
) -> TargetReportForm:
    return TargetReportForm(
        sent,
        years=_years(programme),
        today=clock.local_date(request.at),
        auto_id=f"report-{target.uuid}_%s",
    )


def _line(target: Target, year: TargetYear) -> tuple[TargetYear, Measure, Measure | None, Share | None]:
    """What one year was to add and has added, and the share; None where nothing was planned or reported."""
    planned = measured(year.planned, target.unit)
    reached = None if year.reached is None else measured(year.reached, target.unit)
    share = Share(reached, planned, YEAR_PLAN) if reached is not None and year.planned else None
    return year, planned, reached, share
