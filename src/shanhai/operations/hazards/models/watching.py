# SPDX-License-Identifier: Apache-2.0
"""What the engine remembers and what it has said. Instants that are integers are microseconds."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.operations.hazards.models.sites import HazardSite, MonitoringPoint, OfSite, ThresholdSet
from shanhai.operations.hazards.values import Lack

_ANSWERS = Q(level__range=(0, 4), lack="") | Q(level=None, lack__in=list(Lack))


class Track(OfSite):
    """How far a point has been judged: ``memory`` of its criteria, ``conclusions`` on the latest reading.

    ``time`` is that of the latest reading that was stepped: what is dated before it comes too late to decide anything.
    ``basis`` is by what it was judged; when that changes, the latest past is stepped anew.
    """

    site_path = "point__site__"

    point = models.OneToOneField(MonitoringPoint, on_delete=models.PROTECT, related_name="track")
    memory = models.JSONField(default=dict)
    basis = models.JSONField(default=list)
    time = models.BigIntegerField(null=True)
    conclusions = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.point_id}"


class SiteTrack(OfSite):
    """What the engine says of a site now: a ``level``, or the ``lack`` of one, with ``reasons``, since ``since``.

    ``due`` is when it is to be looked at even if nothing comes: a point falls silent then, a persistence is over. Who
    changes points or thresholds sets it to 0. ``told`` is the level that was proposed to people since it last fell.
    """

    site = models.OneToOneField(HazardSite, on_delete=models.PROTECT, related_name="track")
    thresholds = models.ForeignKey(ThresholdSet, on_delete=models.PROTECT, null=True, related_name="+")
    memory = models.JSONField(default=dict)
    level = models.PositiveSmallIntegerField(null=True)
    lack = models.CharField(max_length=16, default=Lack.WARM_UP, blank=True)
    reasons = models.JSONField(default=list)
    since = models.BigIntegerField(null=True)
    due = models.BigIntegerField(default=0, db_index=True)
    told = models.PositiveSmallIntegerField(default=0)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=_ANSWERS, name="hazards_sitetrack_has_a_level_or_says_why_not")]
        indexes = [models.Index(fields=["level"], name="hazards_sitetrack_level")]

    def __str__(self) -> str:
        return f"{self.site_id} {self.level}"


class Judgement(OfSite):
    """The answer for a site changed: at ``time`` (of the reading), known ``at``. Never changed afterwards."""

    site = models.ForeignKey(HazardSite, on_delete=models.PROTECT, related_name="judgements")
    thresholds = models.ForeignKey(ThresholdSet, on_delete=models.PROTECT, null=True, related_name="+")
    time = models.BigIntegerField()
    at = models.DateTimeField()
    level = models.PositiveSmallIntegerField(null=True)
    lack = models.CharField(max_length=16, blank=True)
    reasons = models.JSONField()

    class Meta:
        constraints = [models.CheckConstraint(condition=_ANSWERS, name="hazards_judgement_has_a_level_or_says_why_not")]
        indexes = [models.Index(fields=["site", "-at"], name="hazards_judgement_by_time")]

    def __str__(self) -> str:
        return f"{self.site_id} {self.time} {self.level}"


class Heartbeat(models.Model):
    """When a process that must never be away was last at work, by its ``name``."""

    name = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at}"
