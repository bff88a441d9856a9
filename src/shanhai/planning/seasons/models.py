# SPDX-License-Identifier: Apache-2.0
"""Altitude bands with their opening and closing days, in versions that are added, never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.kernel import ids
from shanhai.planning.seasons.rules import HIGHEST_M
from shanhai.planning.seasons.values import Season

_DAY = r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\Z"


class SeasonBandQuerySet(models.QuerySet["SeasonBand"]):
    def for_programme(self, code: str) -> SeasonBandQuerySet:
        """The bands of one programme and those of all programmes, the version recorded last first, its lowest first.

        A programme's own come before the common ones.
        """
        found = self.filter(Q(programme__code=code) | Q(programme=None))
        return found.order_by(F("programme").asc(nulls_last=True), "-recorded_at", "version", "from_m", "pk")


class SeasonBand(models.Model):
    """One band of a version: altitudes from ``from_m`` to below ``to_m`` (none: no end), worked from the day ``opens``
    to the day ``closes`` of each year ("04-01"), both included, or all year when both are empty.

    That the bands of a version touch is checked where a version is recorded as a whole.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, null=True, related_name="+")
    version = models.CharField(max_length=60)
    from_m = models.PositiveSmallIntegerField()
    to_m = models.PositiveSmallIntegerField(null=True)
    opens = models.CharField(max_length=5, blank=True)
    closes = models.CharField(max_length=5, blank=True)
    source = models.CharField(max_length=300)
    is_sample = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    objects = SeasonBandQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "version", "from_m"],
                condition=Q(programme__isnull=False),
                name="seasons_seasonband_begins_once_in_its_version",
            ),
            models.UniqueConstraint(
                fields=["version", "from_m"],
                condition=Q(programme__isnull=True),
                name="seasons_seasonband_begins_once_in_its_common_version",
            ),
            models.CheckConstraint(condition=~Q(version=""), name="seasons_seasonband_version_is_not_empty"),
            models.CheckConstraint(condition=~Q(source=""), name="seasons_seasonband_source_is_not_empty"),
            models.CheckConstraint(
                condition=Q(from_m__lt=HIGHEST_M) & (Q(to_m=None) | Q(to_m__gt=F("from_m"), to_m__lte=HIGHEST_M)),
                name="seasons_seasonband_ends_above_where_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(opens="", closes="") | Q(opens__regex=_DAY, closes__regex=_DAY, opens__lte=F("closes")),
                name="seasons_seasonband_opens_before_it_closes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.from_m}"

    @property
    def season(self) -> Season:
        """The band as a value."""
        return Season(self.from_m, self.to_m, self.opens, self.closes, self.source, self.is_sample, self.version)
