# SPDX-License-Identifier: Apache-2.0
"""The entities of OGC SensorThings 1.1 (18-088, clause 8), by their names there; their ids are the primary keys.

Times are microseconds since 1970 (``values``). A MultiDatastream is a ``Datastream`` with ``multi``: both have their
observations in one table, so their ids come from one series.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar, cast

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.selectors import Unplaced, visible
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.values import Reader, StationKind
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject

M = TypeVar("M", bound=models.Model)
_MICROSECONDS_IN_ORDER = Q(phenomenon_begin=None, phenomenon_end=None) | Q(phenomenon_begin__lte=F("phenomenon_end"))


def _seen(viewer: Actor, prefix: str = "", unplaced: Unplaced = Unplaced.HIDDEN) -> Q:
    path = f"{prefix}programme__code"
    return visible(viewer, SensorPermission.VIEW, programme=path, place=f"{prefix}place", unplaced=unplaced)


class EntityQuerySet(models.QuerySet[M]):
    """Rows of an entity set."""

    def visible_to(self, viewer: Actor) -> EntityQuerySet[M]:
        """Those in a scope of the viewer, and what belongs to a published datastream, for everybody.

        Who reads with the token of one datastream sees what belongs to that one. Sensors, observed properties,
        locations and features of no programme are a common catalogue for whoever may view anything.
        """
        kind = cast("type[Entity]", self.model)
        path = kind.datastreams_path
        if isinstance(viewer, Reader):
            return self.filter(pk__in=self._linked(path, Q(pk=viewer.only)))
        if viewer.may(SensorPermission.VIEW):
            return self
        published = Q(pk__in=self._linked(path, Q(published=True)))
        if not viewer.may_somewhere(SensorPermission.VIEW):
            return self.filter(published)
        return self.filter(kind.seen_by(viewer) | published)

    def _linked(self, path: str, chosen: Q) -> Any:
        return Datastream.objects.filter(chosen).exclude(**{path: None}).values(path)


class Entity(models.Model):
    """What most entities have. ``properties`` is any JSON object, or nothing."""

    # How a datastream leads to rows of this entity.
    datastreams_path: ClassVar[str]

    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    properties = models.JSONField(null=True)

    objects = EntityQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @classmethod
    def seen_by(cls, viewer: Actor) -> Q:
        """Rows in a scope of the viewer, who holds one."""
        raise TypeError


class Owned(Entity):
    """An entity of a programme at a place (a GB/T 2260 code, "" for none)."""

    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, null=True, related_name="+")
    place = models.CharField(max_length=6, blank=True)

    class Meta:
        abstract = True

    @classmethod
    def seen_by(cls, viewer: Actor) -> Q:
        """Those in scope, and the common catalogue."""
        return _seen(viewer, unplaced=Unplaced.SHARED) | Q(programme=None)


class Location(Owned):
    """Where things are: GeoJSON (or another encoding, which no geo function reads), beside its bounding box."""

    datastreams_path = "thing__locations"

    encoding_type = models.CharField(max_length=255)
    location = models.JSONField()
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)

    class Meta:
        indexes = [models.Index(fields=["west", "east", "south", "north"], name="sensors_location_box")]


class Thing(Owned):
    """A thing; one that somebody registered here is a station: it has a ``code``, which is part of its topics."""

    datastreams_path = "thing"

    code = models.CharField(max_length=40, null=True, unique=True)
    kind = models.CharField(max_length=12, default=StationKind.OTHER)
    locations = models.ManyToManyField(Location, related_name="things")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(code=None) | Q(code__regex=r"^[a-z0-9][a-z0-9-]*\Z"),
                name="sensors_thing_code_fits_into_a_topic",
            ),
            models.CheckConstraint(condition=Q(kind__in=list(StationKind)), name="sensors_thing_kind_is_known"),
        ]
        indexes = [models.Index(fields=["programme", "place"], name="sensors_thing_scope")]

    @classmethod
    def seen_by(cls, viewer: Actor) -> Q:
        """Those in scope: a thing of no programme is seen by who sees everything."""
        return _seen(viewer)

    @property
    def scope(self) -> dict[str, str | None]:
        """Where it lies, as ``Actor.may`` is asked."""
        return {"programme": self.programme.code if self.programme else None, "place": self.place or None}

    def subject(self) -> Subject:
        """What acts on a station are about."""
        return Subject("sensors.thing", self.code, self.programme.code if self.programme else "", self.place)


class HistoricalLocation(models.Model):
    """Where a thing was since ``time``."""

    datastreams_path = "thing__historical_locations"

    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="historical_locations")
    time = models.BigIntegerField()
    locations = models.ManyToManyField(Location, related_name="historical_locations")

    objects = EntityQuerySet["HistoricalLocation"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["thing", "-time"], name="sensors_historical_by_time")]

    def __str__(self) -> str:
        return f"{self.thing_id} {self.time}"

    @classmethod
    def seen_by(cls, viewer: Actor) -> Q:
        """Those of things in scope."""
        return _seen(viewer, "thing__")


class Sensor(Owned):
    """An instrument or procedure; ``metadata`` is what ``encoding_type`` says, often a link."""

    datastreams_path = "sensor"

    encoding_type = models.CharField(max_length=255)
    metadata = models.JSONField()


class ObservedProperty(Owned):
    """A phenomenon; ``definition`` is an address that says what is meant."""

    datastreams_path = "observed_property"

    definition = models.CharField(max_length=2000)


class FeatureOfInterest(Owned):
    """What observations are about, beside its bounding box where it is GeoJSON."""

    datastreams_path = "feature"

    encoding_type = models.CharField(max_length=255)
    feature = models.JSONField()
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)

    class Meta:
        indexes = [models.Index(fields=["west", "east", "south", "north"], name="sensors_feature_box")]

    @classmethod
    def like(cls, location: Location) -> FeatureOfInterest:
        """What is observed where a thing is."""
        box = {side: getattr(location, side) for side in ("west", "south", "east", "north")}
        scope = {"programme": location.programme, "place": location.place}
        return cls(name=location.name, encoding_type=location.encoding_type, feature=location.location, **box, **scope)


class Datastream(Entity):
    """Observations of one property (of several where ``multi``) by one sensor at one thing.

    ``unit`` is unitOfMeasurement: an object, or for ``multi`` a list of them, beside ``multi_types``. ``feature`` is
    what observations are about that name none; ``moved_feature`` what new ones are given since the thing has moved.
    ``observed_area`` and the begins and ends follow from observations. ``metric``, with ``device``, is its topic.

    How it is judged: ``interval_s`` between observations, ``low`` to ``high`` are possible, ``most_per_s`` is the
    fastest change, ``stuck_after`` the number of equal values in a row that is too many; null is not judged.

    How it is: ``count`` observations, of which ``last_…`` is the latest by phenomenon time, ``arrived`` the last
    arrival, ``same`` equal values in a row up to it; ``duplicates``, ``conflicts`` and ``late`` since it began.
    """

    datastreams_path = "pk"

    multi = models.BooleanField(default=False)
    observation_type = models.CharField(max_length=255)
    unit = models.JSONField()
    multi_types = models.JSONField(null=True)
    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="datastreams")
    sensor = models.ForeignKey(Sensor, on_delete=models.CASCADE, related_name="datastreams")
    observed_property = models.ForeignKey(
        ObservedProperty, on_delete=models.CASCADE, null=True, related_name="datastreams"
    )
    observed_properties = models.ManyToManyField(
        ObservedProperty, through="MultiProperty", related_name="multi_datastreams"
    )
    feature = models.ForeignKey(FeatureOfInterest, on_delete=models.SET_NULL, null=True, related_name="by_default")
    moved_feature = models.ForeignKey(FeatureOfInterest, on_delete=models.SET_NULL, null=True, related_name="+")
    observed_area = models.JSONField(null=True)
    phenomenon_begin = models.BigIntegerField(null=True)
    phenomenon_end = models.BigIntegerField(null=True)
    result_begin = models.BigIntegerField(null=True)
    result_end = models.BigIntegerField(null=True)

    device = models.ForeignKey("Device", on_delete=models.SET_NULL, null=True, related_name="datastreams")
    metric = models.CharField(max_length=40, blank=True)
    published = models.BooleanField(default=False)
    interval_s = models.PositiveIntegerField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    most_per_s = models.FloatField(null=True)
    stuck_after = models.PositiveIntegerField(null=True)

    count = models.BigIntegerField(default=0)
    last_time = models.BigIntegerField(null=True)
    last_number = models.FloatField(null=True)
    arrived = models.BigIntegerField(null=True)
    same = models.PositiveIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    conflicts = models.BigIntegerField(default=0)
    late = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device", "metric"],
                condition=~Q(metric=""),
                name="sensors_datastream_metric_is_used_once_by_a_device",
            ),
            models.CheckConstraint(
                condition=Q(multi=True, observed_property=None, multi_types__isnull=False)
                | Q(multi=False, observed_property__isnull=False, multi_types=None),
                name="sensors_datastream_observes_one_property_or_is_multi",
            ),
            models.CheckConstraint(condition=_MICROSECONDS_IN_ORDER, name="sensors_datastream_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lt=F("high")), name="sensors_datastream_low_is_below_high"
            ),
        ]

    @classmethod
    def seen_by(cls, viewer: Actor) -> Q:
        """Those of things in scope."""
        return _seen(viewer, "thing__")

    @property
    def simulated(self) -> bool:
        """Whether its readings are made up."""
        return bool((self.properties or {}).get("simulated"))

    def subject(self) -> Subject:
        """What acts on it are about."""
        of = self.thing.subject()
        return Subject("sensors.datastream", self.pk, of.programme, of.place)


class MultiProperty(models.Model):
    """The property observed at ``position`` of the results of a MultiDatastream."""

    datastream = models.ForeignKey(Datastream, on_delete=models.CASCADE, related_name="positions")
    observed_property = models.ForeignKey(ObservedProperty, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["datastream", "position"], name="sensors_multiproperty_position_is_used_once"
            )
        ]
        ordering = ["datastream", "position"]

    def __str__(self) -> str:
        return f"{self.datastream_id}[{self.position}]"
