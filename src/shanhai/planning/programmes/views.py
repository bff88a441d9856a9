# SPDX-License-Identifier: Apache-2.0
"""The list of programmes, and the page of one."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import named
from shanhai.kernel import clock, proofs
from shanhai.kernel.figures import Figure
from shanhai.kernel.messages import message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.campaigns import selectors as campaigns
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.core.views import PLANS
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.plans import selectors as plans
from shanhai.planning.programmes.states import PlanState

PROGRESS = ("campaign:", "action:")


@require_safe
def programme_list(request: Request) -> HttpResponse:
    """GET /programmes/: the programmes the viewer may see."""
    context = {
        "crumbs": (TODAY, Crumb(message(PLANS))),
        "programmes": programmes.list_programmes(viewer=request.viewer),
        "may_make": programmes.may_begin(viewer=request.viewer),
        "today": clock.local_date(request.at),
    }
    return render(request, "programmes/list.html", context)


@require_safe
def programme_page(request: Request, code: str) -> HttpResponse:
    """GET /programmes/<code>/: its figures, plans, batches and campaigns."""
    programme = programmes.get_programme(viewer=request.viewer, code=code)
    scope = scope_from(viewer=request.viewer, asked={**request.GET.dict(), "programme": code}, at=request.at)
    assert scope is not None
    found = proofs.all_figures(request.viewer, scope)
    # How far campaigns and actions have come stands beside their tasks.
    progress = {figure.key.partition(":")[2]: figure for figure in found if figure.key.startswith(PROGRESS)}
    figures = [figure for figure in found if not figure.key.startswith(PROGRESS) and not _idle(figure)]
    stored = plans.list_yearly_plans(viewer=request.viewer, programme=code)
    context = {
        "crumbs": (TODAY, Crumb(message(PLANS), reverse("programmes:list")), Crumb(named(programme))),
        "programme": programme,
        "scope": scope,
        "computed": [figure for figure in figures if figure.provenance != "public"],
        "published": [figure for figure in figures if figure.provenance == "public"],
        "plans": stored,
        "batches": programmes.list_batches(viewer=request.viewer, programme=code),
        "campaigns": [
            (one, progress.get(str(one.uuid)), [(action, progress.get(str(action.uuid))) for action in one.actions])
            for one in campaigns.list_campaign_summaries(viewer=request.viewer, programme=code, on=scope.as_of)
        ],
        "set_up": any(plan.state != PlanState.DRAFT for plan in stored),
        "may_manage": request.viewer.may(ProgrammePermission.MANAGE, programme=code),
        "today": scope.as_of,
    }
    return render(request, "programmes/detail.html", context)


def _idle(figure: Figure) -> bool:
    # A county's return answers for what no project row does; where there is neither, one gap is enough.
    return figure.gap is not None and figure.key.startswith("returned:")
