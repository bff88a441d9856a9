# SPDX-License-Identifier: Apache-2.0
"""The list of programmes, and the page of one."""

from __future__ import annotations

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.kernel import clock, proofs
from shanhai.kernel.messages import message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.campaigns.selectors import campaigns
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.core.views import PLANS
from shanhai.planning.programmes.labels import PLAN_STATES
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.plans import selectors as plans
from shanhai.planning.programmes.states import PlanState


@require_safe
def programme_list(request: Request) -> HttpResponse:
    """GET /programmes/: the programmes the viewer may see."""
    context = {
        "crumbs": (TODAY, Crumb(message(PLANS))),
        "programmes": programmes.list_programmes(viewer=request.viewer),
        "may_make": request.viewer.may(ProgrammePermission.MANAGE),
        "today": clock.local_date(request.at),
    }
    return render(request, "programmes/list.html", context)


@require_safe
def programme_page(request: Request, code: str) -> HttpResponse:
    """GET /programmes/<code>/: its figures, plans, batches and campaigns."""
    programme = programmes.get_programme(viewer=request.viewer, code=code)
    asked = QueryDict(request.GET.urlencode(), mutable=True)
    asked["programme"] = code
    scope = scope_from(viewer=request.viewer, asked=asked, at=request.at)
    assert scope is not None
    figures = [figure for figure in proofs.all_figures(request.viewer, scope) if not _idle(figure.gap, figure.key)]
    context = {
        "crumbs": (TODAY, Crumb(message(PLANS), reverse("programmes:list")), Crumb(programme.name)),
        "programme": programme,
        "scope": scope,
        "computed": [figure for figure in figures if figure.provenance != "public"],
        "published": [figure for figure in figures if figure.provenance == "public"],
        "plans": [
            (plan, *PLAN_STATES[PlanState(plan.state)])
            for plan in plans.list_yearly_plans(viewer=request.viewer, programme=code)
        ],
        "batches": programmes.list_batches(viewer=request.viewer, programme=code),
        "campaigns": campaigns.list_campaign_summaries(viewer=request.viewer, programme=code, on=scope.as_of),
        "may_manage": request.viewer.may(ProgrammePermission.MANAGE, programme=code),
        "today": scope.as_of,
    }
    return render(request, "programmes/detail.html", context)


def _idle(gap: object, key: str) -> bool:
    # A county's return answers for what no project row does; where there is neither, one gap is enough.
    return gap is not None and key.startswith("returned:")
