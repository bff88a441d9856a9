# SPDX-License-Identifier: Apache-2.0
"""A year's plan with its amounts and moves; what the five-year plan wants to have reached, and what each year added."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.models import Move
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.kernel.parts import Status
from shanhai.planning.programmes.labels import PLAN_STATES
from shanhai.planning.programmes.models.programmes import FundSource, OfProgramme, Programme, Recorded
from shanhai.planning.programmes.states import PlanState
from shanhai.planning.programmes.values import PROVENANCES, shortest


class YearlyPlan(Recorded):
    """What a programme sets out to do in one year: draft → issued → closed."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="yearly_plans")
    year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default=PlanState.DRAFT)
    issued_on = models.DateField(null=True)
    reserve_fen = models.BigIntegerField(default=0)
    kind = "programmes.yearly_plan"
    missing = gettext_noop("没有找到这份年度计划。请从计划页重新进入。")

    objects = OfProgramme["YearlyPlan"].as_manager()

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

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return PLAN_STATES[PlanState(self.state)]


class PlanAmount(models.Model):
    """What a yearly plan takes from one fund source, and how much of that it keeps in reserve (预备费)."""

    plan = models.ForeignKey(YearlyPlan, on_delete=models.CASCADE, related_name="amounts")
    fund_source = models.ForeignKey(FundSource, on_delete=models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField()
    reserve_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "fund_source"], name="programmes_planamount_is_one_a_fund_source"),
            # Nothing, once an issued plan was lowered so far.
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="programmes_planamount_amount_is_not_negative"),
            models.CheckConstraint(
                condition=Q(reserve_fen__gte=0, reserve_fen__lte=F("amount_fen")),
                name="programmes_planamount_reserve_lies_within_the_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.fund_source_id}"

    @property
    def amount(self) -> Money:
        """What the plan takes."""
        return Money(self.amount_fen, self.plan.programme.currency)

    @property
    def reserve(self) -> Money:
        """How much of that is kept back."""
        return Money(self.reserve_fen, self.plan.programme.currency)


class PlanChange(models.Model):
    """What was added to an amount of an issued plan on a day, or (less than nothing) taken out of it or its reserve.

    The amount itself is what stands now; without the later changes it is what stood on a day.
    """

    line = models.ForeignKey(PlanAmount, on_delete=models.PROTECT, related_name="changes")
    on = models.DateField()
    amount_fen = models.BigIntegerField(default=0)
    reserve_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount_fen=0, reserve_fen=0), name="programmes_planchange_changes_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.on}"


class PlanMove(Move):
    """One change of a yearly plan's state."""

    plan = models.ForeignKey(YearlyPlan, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [Move.between(PlanState, name="programmes_planmove_goes_from_one_known_state_to_another")]


class Target(Recorded):
    """A target of the five-year plan: ``amount`` in ``unit`` (a key of ``kernel.units``), to be reached by its end."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="targets")
    name = models.CharField(max_length=100)
    unit = models.CharField(max_length=20)
    amount = models.DecimalField(max_digits=20, decimal_places=4)
    provenance = models.CharField(max_length=10, blank=True)

    missing = gettext_noop("没有找到这个目标。请从计划页重新进入。")

    objects = OfProgramme["Target"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"], name="programmes_target_name_is_unique_in_its_programme"
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(unit=""), name="programmes_target_says_what_in_which_unit"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="programmes_target_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="programmes_target_provenance_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stands(self) -> dict[str, str]:
        """What of it may be corrected, by the names of the fields of its form."""
        planned = {f"plan-{row.year}": shortest(row.planned) for row in self.years.all() if row.planned}
        return {"name": self.name, "amount": shortest(self.amount), **planned}


class TargetYear(models.Model):
    """What one year is to add to a target, and what it has added; ``reached`` stays empty until it is reported."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField()
    planned = models.DecimalField(max_digits=20, decimal_places=4, default=0)
    reached = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    reported_on = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["target", "year"], name="programmes_targetyear_is_said_once"),
            models.CheckConstraint(condition=Q(year__range=(1978, 2100)), name="programmes_targetyear_is_possible"),
            models.CheckConstraint(
                condition=Q(planned__gte=0) & (Q(reached=None) | Q(reached__gte=0)),
                name="programmes_targetyear_amounts_are_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(reached=None, reported_on=None) | Q(reached__isnull=False, reported_on__isnull=False),
                name="programmes_targetyear_is_reported_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target_id} {self.year}"
