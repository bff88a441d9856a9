# SPDX-License-Identifier: Apache-2.0
"""The frame of pages about a programme, and recording a project by hand with the money one year's plan gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import named
from shanhai.base.forms import Act, answered, saved, status_of
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.money.selectors import list_categories
from shanhai.planning.programmes.plans import selectors as plans
from shanhai.planning.projects.core.forms import ProjectCorrectionForm, ProjectForm
from shanhai.planning.projects.core.selectors import get_project
from shanhai.planning.projects.core.services import KEPT, add_line, create_project
from shanhai.planning.projects.core.services import correct_project as correct
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.values import Dates, LineFacts, ProjectFacts
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.organisations.selectors import list_organisations
from shanhai.registers.places import selectors as places

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme

    Framed = Callable[[Request, FigureScope, Programme], HttpResponseBase | dict[str, Any]]

PROJECTS = Crumb(message(gettext_noop("项目")), "/projects/")
FUNDS = Crumb(message(gettext_noop("资金")), "/funds/")


def framed(template: str = "", *trail: Crumb) -> Callable[[Framed], Callable[[Request], HttpResponseBase]]:
    """The frame of a view that is given the scope its address asks about, with the programme.

    What the view answers goes into ``template``, beside both and the crumbs: today, then ``trail``. Who may see no
    programme gets the template without one, or NotVisible where there is none.
    """

    def frame(view: Framed) -> Callable[[Request], HttpResponseBase]:
        @wraps(view)
        def page(request: Request) -> HttpResponseBase:
            asked = request.POST if request.method == "POST" else request.GET
            scope = scope_from(viewer=request.viewer, asked=asked, at=request.at)
            if scope is None:
                if not template:
                    raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
                return render(request, template, {"crumbs": (TODAY, *trail)})
            programme = programmes.get_programme(viewer=request.viewer, code=scope.programme)
            shown = view(request, scope, programme)
            if not isinstance(shown, dict):
                return shown
            context = {"crumbs": (TODAY, *trail), "programme": programme, "scope": scope}
            return render(request, template, context | shown)

        return page

    return frame


@require_http_methods(["GET", "HEAD", "POST"])
@framed()
def new_project(request: Request, scope: FigureScope, programme: Programme) -> HttpResponse:
    """GET and POST /projects/new/: a project and its first line of money, both or neither."""
    request.viewer.require(ProjectPermission.MANAGE, programme=scope.programme)
    choices = _choices(request, scope, programme)
    form = ProjectForm(
        request.POST if request.method == "POST" else None,
        choices=choices,
        may_override=request.viewer.may(FundPermission.OVERRIDE, programme=scope.programme),
    )
    if request.method == "POST" and (project := saved(request, form, lambda given: _record(request, scope, given))):
        messages.success(request, gettext("已登记项目 %(name)s。") % {"name": project.name})
        return redirect("projects:dossier", uuid=project.uuid)
    context = {
        "crumbs": (TODAY, PROJECTS, Crumb(message(gettext_noop("登记项目")))),
        "form": form,
        "scope": scope,
        "ready": all(choices.values()),
    }
    return render(request, "projects/new.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _record(request: Request, scope: FigureScope, given: Mapping[str, Any]) -> Project:
    given = {**given, "other_sources": given["other_sources"] or Money.zero(given["total_investment"].currency)}
    of_project, of_line = (
        {field.name: given[field.name] for field in fields(facts) if field.name in given}
        for facts in (ProjectFacts, LineFacts)
    )
    facts = ProjectFacts(**of_project, dates=Dates(given["planned_start_on"], given["planned_finish_on"]))
    project = create_project(
        by=request.viewer, at=request.at, programme=scope.programme, facts=facts, apart=given["apart"]
    )
    line = LineFacts(**of_line)
    add_line(by=request.viewer, at=request.at, project=project.uuid, facts=line, because=given.get("because", ""))
    return project


@require_http_methods(["GET", "HEAD", "POST"])
def correct_project(request: Request, uuid: str) -> HttpResponse:
    """GET and POST /projects/<uuid>/correct/: what was stated of it wrongly and no adjustment changes."""
    found = get_project(viewer=request.viewer, uuid=ids.parse_id(uuid))
    request.viewer.require(ProjectPermission.MANAGE, programme=found.programme.code, place=found.place.code)
    stands = {name: getattr(found.facts, name) for name in KEPT}
    owners = [(str(one.uuid), one.name) for one in list_organisations(viewer=request.viewer)]
    make = partial(ProjectCorrectionForm, stood=stands, initial=stands, owners=owners)
    act = Act(make, partial(_correct, request, found), gettext_noop("已更正。"))
    back = reverse("projects:detail", args=[found.uuid])
    drawn, went = answered(request, {"form": act}, "form", lambda _: redirect(back))
    title = message(gettext_noop("更正项目 %(code)s"), code=found.code)
    way = (TODAY, PROJECTS, Crumb(found.code, back), Crumb(title))
    context = {"crumbs": way, "programme": found.programme, "title": title, "back": back, **drawn}
    context["elsewhere"] = message(gettext_noop("名称、类别、地点、工期和资金在这里不能改：请在项目页点“提出调整”。"))
    return went or render(request, "components/correct.html", context, status=status_of(drawn["form"]))


@transaction.atomic
def _correct(request: Request, found: Project, *, by: Actor, at: datetime, **given: Any) -> Project:
    """With all else as it stands at that instant."""
    facts = get_project(viewer=by, uuid=found.uuid, lock=True).facts
    how = {name: given[name] for name in ("because", "apart", "seen")}
    return correct(
        by=by, at=at, project=found.uuid, facts=replace(facts, **{name: given[name] for name in KEPT}), **how
    )


def _choices(request: Request, scope: FigureScope, programme: Programme) -> dict[str, list[tuple[str, str]]]:
    viewer = request.viewer
    counties = places.list_counties_of(programme.recipient.code)
    categories = list_categories(viewer=viewer, on=scope.as_of)
    years = plans.list_yearly_plans(viewer=viewer, programme=scope.programme)
    sources = programmes.list_fund_sources(viewer=viewer, programme=scope.programme)
    return {
        "place": [(one.code, named(one)) for one in counties],
        "category": [(one.code, named(one)) for one in categories],
        "year": [(str(plan.year), str(plan.year)) for plan in years if plan.state != "closed"],
        "fund_source": [(source.code, named(source)) for source in sources],
    }
