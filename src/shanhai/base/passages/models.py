# SPDX-License-Identifier: Apache-2.0
"""Passages. The databases keep their indexes of ``grams`` by themselves (``services.make_index``)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.base.database.selectors import Unplaced, visible
from shanhai.kernel.actors import Actor


class PassageQuerySet(models.QuerySet["Passage"]):
    def visible_to(self, viewer: Actor) -> PassageQuerySet:
        """Those whose own permission the viewer holds where they lie."""
        # Permissions are held in a few sets of scopes: each set is asked once.
        alike: dict[object, list[str]] = {}
        for permission, scopes in viewer.grants.items():
            alike.setdefault(scopes, []).append(permission)
        seen = Q(pk__in=[])
        for first, *others in alike.values():
            here = visible(viewer, first) | Q(shared=True) & visible(viewer, first, unplaced=Unplaced.SHARED)
            seen |= Q(permission__in=[first, *others]) & here
        return self.filter(seen)


class Passage(models.Model):
    """A stretch of the text of a thing: ``part`` counts them, ``at`` is where it begins in the whole text.

    A ``shared`` one without a place belongs to the whole programme: whoever sees of the programme sees it.
    ``text`` is as it was written, ``folded`` and ``grams`` are what it is found by (``rules``).
    """

    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    part = models.PositiveIntegerField()
    at = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=200)
    permission = models.CharField(max_length=40, db_index=True)
    programme = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=12, blank=True)
    shared = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    folded = models.TextField(blank=True)
    grams = models.TextField(blank=True)

    objects = PassageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "part"], name="passages_passage_of_a_thing_is_kept_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.part}"
