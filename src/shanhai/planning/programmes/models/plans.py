# SPDX-License-Identifier: Apache-2.0
"""A year's plan, its amounts by fund source, and the history of its states."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.models import Move
from shanhai.base.database.selectors import around
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.models.programmes import FundSource, Programme
from shanhai.planning.programmes.states import PlanState


class YearlyPlanQuerySet(models.QuerySet["YearlyPlan"]):
    def visible_to(self, viewer: Actor) -> YearlyPlanQuerySet:
        """Plans of the programmes that the viewer may see."""
        return self.filter(around(viewer, Permission.PROGRAMME_VIEW))


class YearlyPlan(models.Model):
    """What a programme sets out to do in one year: draft → issued → closed."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="yearly_plans")
    year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default=PlanState.DRAFT)
    issued_on = models.DateField(null=True)
    reserve_fen = models.BigIntegerField(default=0)

    objects = YearlyPlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "year"], name="programmes_yearlyplan_is_one_a_year"),
            models.CheckConstraint(
                condition=Q(year__range=(1978, 2100)), name="programmes_yearlyplan_year_is_possible"
            ),
            models.CheckConstraint(condition=Q(state__in=list(PlanState)), name="programmes_yearlyplan_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=PlanState.DRAFT, issued_on=None)
                | (~Q(state=PlanState.DRAFT) & Q(issued_on__isnull=False)),
                name="programmes_yearlyplan_has_a_day_of_issue_once_issued",
            ),
            models.CheckConstraint(
                condition=Q(reserve_fen__gte=0), name="programmes_yearlyplan_reserve_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.year}"


class PlanAmount(models.Model):
    """What a yearly plan takes from one fund source, and how much of that it keeps in reserve (预备费)."""

    plan = models.ForeignKey(YearlyPlan, on_delete=models.CASCADE, related_name="amounts")
    fund_source = models.ForeignKey(FundSource, on_delete=models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField()
    reserve_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "fund_source"], name="programmes_planamount_is_one_a_fund_source"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="programmes_planamount_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(reserve_fen__gte=0, reserve_fen__lte=F("amount_fen")),
                name="programmes_planamount_reserve_lies_within_the_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.fund_source_id}"


class PlanMove(Move):
    """One change of a yearly plan's state."""

    plan = models.ForeignKey(YearlyPlan, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [Move.between(PlanState, name="programmes_planmove_goes_from_one_known_state_to_another")]
