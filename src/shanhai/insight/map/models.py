# SPDX-License-Identifier: Apache-2.0
"""Who reads the map without a browser."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject


class MapTokenQuerySet(models.QuerySet["MapToken"]):
    def visible_to(self, viewer: Actor) -> MapTokenQuerySet:
        """One's own."""
        return self.filter(holder=viewer.ref)


class MapToken(models.Model):
    """A bearer token, of which a hash is kept: it reads what its ``holder`` (as the trail calls them) may read today.

    ``used_on`` is the last day on which somebody showed it.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    name = models.CharField(max_length=100)
    hashed = models.CharField(max_length=64, unique=True)
    holder = models.CharField(max_length=100)
    made_at = models.DateTimeField()
    used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = MapTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(holder=""), name="map_maptoken_has_a_name_and_a_holder")
        ]
        indexes = [models.Index(fields=["holder", "-made_at"], name="map_token_by_holder")]

    def __str__(self) -> str:
        return self.name

    def subject(self) -> Subject:
        """The token as the trail names it."""
        return Subject("map.maptoken", self.uuid)
