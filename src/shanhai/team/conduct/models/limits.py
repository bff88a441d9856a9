# SPDX-License-Identifier: Apache-2.0
"""Limits that a programme sets for itself; who opened what lies under seal."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.team.conduct.values import LimitKey, Sealed


class Limit(models.Model):
    """A limit of a programme from a day on, with its source; the latest of a key holds."""

    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=20)
    value = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "key", "valid_from"], name="conduct_limit_begins_once_on_a_day"
            ),
            models.CheckConstraint(condition=Q(key__in=list(LimitKey)), name="conduct_limit_key_is_known"),
            models.CheckConstraint(condition=~Q(source=""), name="conduct_limit_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.value}"


class Opening(models.Model):
    """Somebody else opened what lies under a person's seal; the person sees each of these rows."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=12)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(what__in=list(Sealed)), name="conduct_opening_what_is_known")]
        indexes = [models.Index(fields=["person", "-at"], name="conduct_opening_of_person")]

    def __str__(self) -> str:
        return f"{self.what} {self.at}"
