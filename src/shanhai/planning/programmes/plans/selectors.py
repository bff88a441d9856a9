# SPDX-License-Identifier: Apache-2.0
"""Reading yearly plans and the targets of a five-year plan."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import F, Prefetch, Q, Sum
from django.db.models.functions import Coalesce

from shanhai.base.database.selectors import in_programme, visible
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.models import PlanAmount, PlanMove, Target, TargetYear, YearlyPlan
from shanhai.planning.programmes.money.selectors import plan_totals
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.states import PlanState
from shanhai.registers.ledger.permissions import FundPermission


def get_yearly_plan(*, viewer: Actor, programme: str, year: int, as_of: date | None = None) -> YearlyPlan:
    """A year's plan with its amounts. Raises NotVisible when there is none or the viewer may not see it."""
    found = list_yearly_plans(viewer=viewer, programme=programme, years=[year], amounts=True, as_of=as_of)
    if not found:
        raise NotVisible(gettext_noop("没有找到 %(year)s 年的计划。请先编制这一年的计划。"), year=str(year)[:10])
    return found[0]


def hold_plans(*, programme: str, years: Collection[int]) -> None:
    """Hold the rows of these plans until the transaction ends, so that none is closed while money is given from it.

    Call it before any project or line is locked. Whoever only refers to a plan is not kept waiting.
    """
    rows = YearlyPlan.objects.filter(programme__code=programme, year__in=years).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))


def list_yearly_plans(
    *,
    viewer: Actor,
    programme: str | None,
    years: Collection[int] | None = None,
    amounts: bool = False,
    as_of: date | None = None,
) -> list[YearlyPlan]:
    """The plans of a programme, or of all, the latest year first. One query, another where amounts are asked for.

    Amounts and reserves are those of now, or those that stood at the end of ``as_of``.
    """
    rows = YearlyPlan.objects.visible_to(viewer).select_related("programme").filter(in_programme(programme))
    if years is not None:
        # One by one: a year that is too large for the database is in none of its rows, which "in" does not know.
        rows = rows.filter(reduce(or_, (Q(year=year) for year in years), Q(pk__in=())))
    lines = PlanAmount.objects.select_related("fund_source").order_by("fund_source__code")
    if as_of is not None:
        later = Q(changes__on__gt=as_of)
        lines = lines.annotate(
            amount_then=F("amount_fen") - Coalesce(Sum("changes__amount_fen", filter=later), 0),
            reserve_then=F("reserve_fen") - Coalesce(Sum("changes__reserve_fen", filter=later), 0),
        ).filter(amount_then__gt=0)
    plans = list((rows.prefetch_related(Prefetch("amounts", lines)) if amounts else rows).order_by("-year", "pk"))
    if amounts and as_of is not None:
        for plan in plans:
            for line in plan.amounts.all():
                for what in ("amount", "reserve"):
                    setattr(line, f"{what}_fen", getattr(line, f"{what}_then"))
            plan.reserve_fen = sum(line.reserve_fen for line in plan.amounts.all())
    return plans


def list_plan_moves(*, viewer: Actor, plan: UUID) -> list[PlanMove]:
    """The moves of a plan, the latest first; none of a plan that the viewer may not see. One query."""
    visible = YearlyPlan.objects.visible_to(viewer).filter(uuid=plan).values("pk")
    return list(PlanMove.objects.filter(plan__in=visible).order_by("-at", "-pk"))


def list_waiting_plans(*, viewer: Actor, programme: str | None, on: date) -> list[YearlyPlan]:
    """Plans that wait for this viewer: drafts to issue, plans of past years to close, or, for who posts, money to come.

    Money is waited for while nothing has arrived in the plan's year. One query, and two for each programme in which
    the viewer posts and this year's plan is issued.
    """
    if not viewer.may_unplaced(ProgrammePermission.MANAGE) and not viewer.may_unplaced(FundPermission.POST):
        return []
    found = []
    for plan in list_yearly_plans(viewer=viewer, programme=programme):
        code, over = plan.programme.code, plan.year < on.year
        manages = viewer.may(ProgrammePermission.MANAGE, programme=code)
        posts = viewer.may(FundPermission.POST, programme=code)
        if manages and (plan.state == PlanState.DRAFT or (plan.state == PlanState.ISSUED and over)):
            found.append(plan)
        elif posts and plan.state == PlanState.ISSUED and plan.year == on.year:
            money = plan_totals(viewer=viewer, programme=code, as_of=on, year=plan.year)
            found += [plan] if money.issued and not money.arrived else []
    return found


def list_targets(*, viewer: Actor, programme: str, as_of: date | None = None) -> list[Target]:
    """The targets of a programme in the order they were set, with their years; reports after ``as_of`` are left blank.

    Two queries. Raises NotVisible.
    """
    rows = get_programme(viewer=viewer, code=programme).targets.order_by("pk")
    found = list(rows.prefetch_related(Prefetch("years", TargetYear.objects.order_by("year"))))
    for year in (year for target in found for year in target.years.all()):
        if as_of is not None and year.reported_on is not None and year.reported_on > as_of:
            year.reached = year.reported_on = None
    return found


def get_target(*, viewer: Actor, programme: str, uuid: UUID) -> Target:
    """A target of a programme. Raises NotVisible."""
    return Target.objects.filter(programme__code=programme).one(viewer, uuid)


def list_targets_to_report(*, viewer: Actor, programme: str | None, before: int) -> list[TargetYear]:
    """Years gone by, ``before`` this one, that were planned for and not reported, for who manages the programme.

    One query.
    """
    managed = visible(viewer, ProgrammePermission.MANAGE, programme="target__programme__code", place=None)
    rows = TargetYear.objects.filter(managed, in_programme(programme, "target__programme"))
    rows = rows.filter(planned__gt=0, reached=None, year__lt=before)
    return list(rows.select_related("target__programme").order_by("year", "target"))
