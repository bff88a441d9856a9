# SPDX-License-Identifier: Apache-2.0
"""Observations, their roll-up by the hour, and the months that have moved to Parquet.

Times are microseconds since 1970; ``hour`` is whole hours since then.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.field.sensors.models.entities import Datastream, EntityQuerySet, FeatureOfInterest
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.values import Reader
from shanhai.kernel.actors import Actor


class ObservationQuerySet(EntityQuerySet["Observation"]):
    def visible_to(self, viewer: Actor) -> ObservationQuerySet:
        """Those of datastreams that the viewer sees."""
        if isinstance(viewer, Reader):
            return self.filter(datastream=viewer.only)
        if viewer.may(SensorPermission.VIEW):
            return self
        return self.filter(datastream__in=Datastream.objects.visible_to(viewer))


class Observation(models.Model):
    """One result of a datastream at one phenomenon time, of which there is one at most.

    A finite number is in ``number``; any other result (string, boolean, object, array) is in ``value``, and ``number``
    is null. ``end`` is the end of an interval. ``result_time`` null is not told. ``arrived`` is when it came here.
    ``feature`` null is that of the datastream. ``extra`` holds validTime, resultQuality and parameters where given.

    That the datastream is there is no constraint of the database, which would look it up for every row and so more than
    double the cost of storing: whoever stores or deletes holds the row of the datastream, and ``audit verify`` looks.
    """

    datastream = models.ForeignKey(
        Datastream, on_delete=models.CASCADE, related_name="observations", db_index=False, db_constraint=False
    )
    time = models.BigIntegerField()
    end = models.BigIntegerField(null=True)
    result_time = models.BigIntegerField(null=True)
    arrived = models.BigIntegerField()
    number = models.FloatField(null=True)
    value = models.JSONField(null=True)
    quality = models.SmallIntegerField(default=0)
    feature = models.ForeignKey(
        FeatureOfInterest, on_delete=models.CASCADE, null=True, related_name="observations", db_index=False
    )
    extra = models.JSONField(null=True)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["datastream", "time"], name="sensors_observation_is_one_of_its_time"),
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gte=F("time")), name="sensors_observation_ends_after_it_begins"
            ),
        ]
        indexes = [
            models.Index(fields=["feature"], condition=Q(feature__isnull=False), name="sensors_observation_of_feature")
        ]

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.time}"


class Hour(models.Model):
    """The good numbers (``values.EXCLUDED``) of a datastream that began in one hour: how many, sum, least, greatest."""

    datastream = models.ForeignKey(Datastream, on_delete=models.CASCADE, related_name="hours", db_index=False)
    hour = models.IntegerField()
    count = models.IntegerField()
    total = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["datastream", "hour"], name="sensors_hour_is_rolled_up_once")]

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.hour}"


class ArchivedMonth(models.Model):
    """A month (UTC, "2026-03") whose observations lie in one Parquet file, by its name below the archive's address."""

    month = models.CharField(max_length=7, unique=True)
    file = models.CharField(max_length=200)
    rows = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(month__regex=r"^\d{4}-\d{2}\Z"), name="sensors_archivedmonth_is_a_month")
        ]

    def __str__(self) -> str:
        return self.month
