# SPDX-License-Identifier: Apache-2.0
"""The history of what moves from state to state: one shape for every app. Abstract, so this app has no table."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import F, Q


class Move(models.Model):
    """One change of a state; the first of a thing may have no ``old``. An app adds what it belongs to, as ``moves``."""

    old = models.CharField(max_length=20, blank=True)
    new = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    because = models.TextField(blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"

    @staticmethod
    def between(states: type[StrEnum], *, name: str, begins: bool = False) -> models.CheckConstraint:
        """It goes from one of ``states`` to another; the first of a thing that ``begins`` comes from none."""
        known = [state.value for state in states]
        stands = Q(old__in=["", *known] if begins else known, new__in=known)
        return models.CheckConstraint(condition=stands & ~Q(old=F("new")), name=name)
