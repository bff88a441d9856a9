# SPDX-License-Identifier: Apache-2.0
"""The lines of money that yearly plans give to projects."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.selectors import visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.planning.projects.models.projects import Project
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.rules import MAX_FEN
from shanhai.planning.projects.states import Level, Stage


class AllocationLineQuerySet(models.QuerySet["AllocationLine"]):
    def visible_to(self, viewer: Actor, permission: str = ProjectPermission.VIEW) -> AllocationLineQuerySet:
        """Lines of the projects within the scopes in which the viewer holds ``permission``."""
        return self.filter(
            visible(viewer, permission, programme="project__programme__code", place="project__place__code")
        )

    def counted(self) -> AllocationLineQuerySet:
        """Lines of projects that are not cancelled."""
        return self.exclude(project__stage=Stage.CANCELLED)


class AllocationLine(models.Model):
    """Money of one fund source that one yearly plan gives to one project, with the two tags of the 80 % rules.

    ``arrived_fen``, ``allotted_fen`` and ``paid_fen`` are the ledger's totals for the line (its uuid is the subject of
    the postings), kept in the same transaction; ``funds_changed_on`` is the latest day of those postings, so that an
    earlier day's totals are known to need the ledger. The integrity check "projects.lines" compares them.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="lines")
    yearly_plan = models.ForeignKey("programmes.YearlyPlan", on_delete=models.PROTECT, related_name="+")
    fund_source = models.ForeignKey("programmes.FundSource", on_delete=models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField()
    livelihood_percent = models.PositiveSmallIntegerField(default=0)
    beneficiary_level = models.CharField(max_length=20)
    implementer_level = models.CharField(max_length=20)
    arrived_fen = models.BigIntegerField(default=0)
    allotted_fen = models.BigIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)
    funds_changed_on = models.DateField(null=True)

    objects = AllocationLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gte=0, amount_fen__lte=MAX_FEN),
                name="projects_allocationline_amount_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(livelihood_percent__gte=0, livelihood_percent__lte=100),
                name="projects_allocationline_livelihood_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(beneficiary_level__in=sorted(Level)) & Q(implementer_level__in=sorted(Level)),
                name="projects_allocationline_levels_are_known",
            ),
            models.CheckConstraint(
                condition=Q(paid_fen__gte=0, paid_fen__lte=F("allotted_fen")),
                name="projects_allocationline_paid_is_within_allotted",
            ),
            models.CheckConstraint(
                condition=Q(arrived_fen__gte=0, arrived_fen__lte=MAX_FEN, allotted_fen__lte=MAX_FEN),
                name="projects_allocationline_arrived_is_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["yearly_plan", "project"], name="projects_line_by_plan"),
            models.Index(fields=["funds_changed_on"], name="projects_line_by_change"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.amount_fen}"

    @property
    def tags(self) -> dict[str, int | str]:
        """The amount and the two tags, as the audit trail writes them."""
        return {
            "amount_fen": self.amount_fen,
            "livelihood_percent": self.livelihood_percent,
            "beneficiary_level": self.beneficiary_level,
            "implementer_level": self.implementer_level,
        }

    @property
    def has_funds(self) -> bool:
        """Whether any money has moved for the line."""
        return bool(self.arrived_fen or self.allotted_fen or self.paid_fen or self.funds_changed_on)
