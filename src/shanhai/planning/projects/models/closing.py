# SPDX-License-Identifier: Apache-2.0
"""How a project ends: its final accounts, and the hand-over of what was built."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.kernel import ids
from shanhai.planning.projects.models.projects import Project
from shanhai.planning.projects.rules import MAX_FEN
from shanhai.planning.projects.states import Size


class Settlement(models.Model):
    """The final accounts (竣工财务决算) of a completed project. ``due_on`` counts from the day of completion."""

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="settlement")
    size = models.CharField(max_length=10, default=Size.SMALL.value)
    due_on = models.DateField()
    extended_to = models.DateField(null=True)
    extended_because = models.CharField(max_length=500, blank=True)
    approved_on = models.DateField(null=True)
    approved_fen = models.BigIntegerField(null=True)
    surplus_fen = models.BigIntegerField(default=0)
    surplus_returned_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size__in=sorted(Size)), name="projects_settlement_size_is_known"),
            models.CheckConstraint(
                condition=Q(extended_to=None) | (Q(extended_to__gt=F("due_on")) & ~Q(extended_because="")),
                name="projects_settlement_extension_is_later_and_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(approved_on=None, approved_fen=None)
                | Q(approved_on__isnull=False, approved_fen__gte=0, approved_fen__lte=MAX_FEN),
                name="projects_settlement_is_approved_with_its_sum",
            ),
            models.CheckConstraint(
                condition=Q(surplus_fen__gte=0, surplus_fen__lte=MAX_FEN), name="projects_settlement_surplus_is_no_debt"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.due_on}"


class AssetTransfer(models.Model):
    """One asset that was handed to its keeper."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="asset_transfers")
    asset = models.CharField(max_length=200)
    keeper = models.CharField(max_length=200)
    value_fen = models.BigIntegerField()
    on_date = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "asset"], name="projects_assettransfer_is_recorded_once"),
            models.CheckConstraint(condition=~Q(asset=""), name="projects_assettransfer_names_the_asset"),
            models.CheckConstraint(condition=~Q(keeper=""), name="projects_assettransfer_names_the_keeper"),
            models.CheckConstraint(
                condition=Q(value_fen__gte=0, value_fen__lte=MAX_FEN), name="projects_assettransfer_value_is_no_debt"
            ),
        ]

    def __str__(self) -> str:
        return self.asset
