# SPDX-License-Identifier: Apache-2.0
"""What a five-year plan wants to have reached, and what each year has added."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.selectors import around
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.models.programmes import Programme
from shanhai.planning.programmes.values import PROVENANCES


class TargetQuerySet(models.QuerySet["Target"]):
    def visible_to(self, viewer: Actor) -> TargetQuerySet:
        """Targets of the programmes that the viewer may see."""
        return self.filter(around(viewer, Permission.PROGRAMME_VIEW))


class Target(models.Model):
    """A target of the five-year plan: ``amount`` in ``unit`` (a key of ``kernel.units``), to be reached by its end."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="targets")
    name = models.CharField(max_length=100)
    unit = models.CharField(max_length=20)
    amount = models.DecimalField(max_digits=20, decimal_places=4)
    provenance = models.CharField(max_length=10, blank=True)

    objects = TargetQuerySet.as_manager()

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
