# SPDX-License-Identifier: Apache-2.0
"""Who reads the map without a browser, and the screens in halls."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.selectors import visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject
from shanhai.planning.programmes.permissions import ProgrammePermission

SCHEMES = ("light", "dark")


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


class ScreenQuerySet(models.QuerySet["Screen"]):
    def visible_to(self, viewer: Actor) -> ScreenQuerySet:
        """Those of the programmes that the viewer manages."""
        return self.filter(visible(viewer, ProgrammePermission.MANAGE, programme="programme__code", place=None))


class Screen(models.Model):
    """A big screen in a hall: what it shows of one programme to whoever stands there, without an account.

    It shows what its ``maker`` (as the trail calls them) sees of the programme on the day, and ends with their account.
    ``figures`` are keys of those on top, ``shade`` and ``second`` of those told county by county. Of the secret in its
    address a hash is kept.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    hashed = models.CharField(max_length=64, unique=True)
    maker = models.CharField(max_length=100)
    figures = models.JSONField()
    shade = models.CharField(max_length=80)
    second = models.CharField(max_length=80)
    language = models.CharField(max_length=10)
    scheme = models.CharField(max_length=5)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = ScreenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(maker=""), name="map_screen_has_a_name_and_a_maker"),
            models.CheckConstraint(condition=Q(scheme__in=SCHEMES), name="map_screen_is_light_or_dark"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="map_screen_ends_after_it_was_made"),
        ]
        indexes = [models.Index(fields=["programme", "-made_at"], name="map_screen_by_programme")]

    def __str__(self) -> str:
        return self.name

    def subject(self) -> Subject:
        """The screen as the trail names it."""
        return Subject("map.screen", self.uuid, self.programme.code)

    @property
    def until(self) -> datetime:
        """The last day on which it shows: it ends with that day."""
        return self.expires_at - timedelta(minutes=1)
