# SPDX-License-Identifier: Apache-2.0
"""Devices with their credentials and their life, tokens of the API, and what was sent and could not be taken."""

from __future__ import annotations

from typing import ClassVar, TypeVar, cast

from django.db import models
from django.db.models import Q

from shanhai.base.database.models import Move
from shanhai.base.database.selectors import visible
from shanhai.field.sensors.models.entities import Datastream, Thing
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.states import DeviceState
from shanhai.field.sensors.values import TOKEN, Happening, topic_of
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.subjects import Subject

M = TypeVar("M", bound=models.Model)


class OfStationQuerySet(models.QuerySet[M]):
    def visible_to(self, viewer: Actor) -> OfStationQuerySet[M]:
        """Those of stations in a scope of the viewer: what is published is the observations, not the devices."""
        path = cast("type[OfStation]", self.model).thing_path
        seen = visible(viewer, SensorPermission.VIEW, programme=f"{path}__programme__code", place=f"{path}__place")
        return self.filter(seen)


class OfStation(models.Model):
    """What belongs to a station, by the lookup that leads to it."""

    thing_path: ClassVar[str]

    objects = OfStationQuerySet.as_manager()

    class Meta:
        abstract = True


class Device(OfStation):
    """A device of a station that sends, by its own account at the broker (``username``).

    ``secret`` is a salted hash, "" where the credential is revoked; ``rotated_at`` is when it was last given. Of
    ``most_per_hour`` observations what is more is refused; ``sent`` counts those of ``sent_hour``.
    """

    thing_path = "thing"

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="devices")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=100, blank=True)
    model = models.CharField(max_length=100, blank=True)
    serial = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=12, default=DeviceState.INSTALLED)
    secret = models.CharField(max_length=200, blank=True)
    rotated_at = models.DateTimeField(null=True)
    most_per_hour = models.PositiveIntegerField(null=True)
    sent_hour = models.IntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    battery = models.FloatField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thing", "code"], name="sensors_device_code_is_used_once_in_a_station"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z0-9][a-z0-9-]*\Z"), name="sensors_device_code_fits_into_a_topic"
            ),
            models.CheckConstraint(condition=Q(state__in=list(DeviceState)), name="sensors_device_state_is_known"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def called(self) -> Message | str:
        """Its name; for one that has none, what it is, with its code."""
        return self.name or message(gettext_noop("设备 %(code)s"), code=self.code)

    @property
    def username(self) -> str:
        """The account at the broker: station and device, "wuse-2.logger"."""
        return f"{self.thing.code}.{self.code}"

    @property
    def topic(self) -> str:
        """Where it publishes (``values.topic_of``)."""
        programme = self.thing.programme.code if self.thing.programme else None
        return topic_of(programme=programme, station=str(self.thing.code), device=self.code)

    def subject(self) -> Subject:
        """What acts on it are about."""
        of = self.thing.subject()
        return Subject("sensors.device", self.uuid, of.programme, of.place)


class DeviceMove(Move):
    """The history of a device's state."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="moves")

    class Meta:
        constraints = [
            Move.between(DeviceState, name="sensors_devicemove_goes_from_state_to_state", begins=True),
        ]


class DeviceEvent(OfStation):
    """What was done to a device on a day, by whom, with what came of it (serial numbers, offsets, places)."""

    thing_path = "device__thing"

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12)
    on = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    note = models.TextField(blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(Happening)), name="sensors_deviceevent_kind_is_known")
        ]
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.device_id} {self.kind} {self.on}"


class Rejected(OfStation):
    """What a device sent that could not be taken, and why; of a device the latest are kept (a setting says how many).

    ``payload`` is what came, cut after 2,000 characters.
    """

    thing_path = "device__thing"

    device = models.ForeignKey(Device, on_delete=models.CASCADE, null=True, related_name="rejected")
    at = models.DateTimeField()
    topic = models.CharField(max_length=300)
    payload = models.TextField()
    code = models.CharField(max_length=60)
    because = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["device", "-at"], name="sensors_rejected_by_time")]

    def __str__(self) -> str:
        return f"{self.topic} {self.code}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, viewer: Actor) -> ApiTokenQuerySet:
        """Those whose scope lies within one in which the viewer gives tokens."""
        return self.filter(visible(viewer, SensorPermission.MANAGE, programme="programme"))


class ApiToken(models.Model):
    """A bearer token of the API, of which a hash is kept; of one ``datastream``, it reads that one alone.

    ``programme`` and ``place`` bound what it sees and, where it may ``write``, what it writes; empty is everywhere.
    ``used_on`` is the last day on which somebody showed it.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    name = models.CharField(max_length=100)
    hashed = models.CharField(max_length=64, unique=True)
    write = models.BooleanField(default=False)
    programme = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=6, blank=True)
    datastream = models.ForeignKey(Datastream, on_delete=models.CASCADE, null=True, related_name="tokens")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    revoked_at = models.DateTimeField(null=True)
    used_on = models.DateField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(datastream=None) | Q(write=False), name="sensors_apitoken_of_a_datastream_only_reads"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def subject(self) -> Subject:
        """The token as the trail names it."""
        return Subject(TOKEN, self.uuid, self.programme, self.place)
