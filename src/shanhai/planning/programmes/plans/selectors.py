# SPDX-License-Identifier: Apache-2.0
"""Reading yearly plans."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Prefetch

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.models import PlanAmount, PlanMove, YearlyPlan
from shanhai.planning.programmes.models.plans import YearlyPlanQuerySet


def get_yearly_plan(*, viewer: Actor, programme: str, year: int) -> YearlyPlan:
    """A year's plan with its amounts. Raises NotVisible when there is none or the viewer may not see it."""
    found = _visible(viewer).filter(programme__code=programme, year=year).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到 %(year)s 年的计划。请先编制这一年的计划。"), year=str(year)[:10])
    return found


def hold_plans(*, programme: str, years: Collection[int]) -> None:
    """Hold the rows of these plans until the transaction ends, so that none is closed while money is given from it.

    Call it before any project or line is locked. Whoever only refers to a plan is not kept waiting.
    """
    rows = YearlyPlan.objects.filter(programme__code=programme, year__in=years).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))


def list_yearly_plans(*, viewer: Actor, programme: str, amounts: bool = False) -> list[YearlyPlan]:
    """The plans of a programme, the latest year first. One query, and another where the amounts are asked for."""
    plain = YearlyPlan.objects.visible_to(viewer).select_related("programme")
    found = _visible(viewer) if amounts else plain
    return list(found.filter(programme__code=programme).order_by("-year", "pk"))


def list_plan_moves(*, viewer: Actor, plan: UUID) -> list[PlanMove]:
    """The moves of a plan, the latest first; none of a plan that the viewer may not see. One query."""
    visible = YearlyPlan.objects.visible_to(viewer).filter(uuid=plan).values("pk")
    return list(PlanMove.objects.filter(plan__in=visible).order_by("-at", "-pk"))


def _visible(viewer: Actor) -> YearlyPlanQuerySet:
    amounts = Prefetch("amounts", PlanAmount.objects.select_related("fund_source").order_by("fund_source__code"))
    return YearlyPlan.objects.visible_to(viewer).select_related("programme").prefetch_related(amounts)
