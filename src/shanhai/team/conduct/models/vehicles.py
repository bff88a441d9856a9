# SPDX-License-Identifier: Apache-2.0
"""Vehicles, and what each is used for from asking to its return."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.models import Move, NoOverlap
from shanhai.base.database.selectors import own, visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.parts import Status
from shanhai.kernel.subjects import Subject
from shanhai.team.conduct import labels
from shanhai.team.conduct.permissions import VehiclePermission
from shanhai.team.conduct.states import TAKEN, UseState
from shanhai.team.conduct.values import Doubt

_TAKEN = [state.value for state in UseState if state in TAKEN]


class VehicleQuerySet(models.QuerySet["Vehicle"]):
    def visible_to(self, viewer: Actor) -> VehicleQuerySet:
        """Those that the viewer gives out."""
        return self.filter(visible(viewer, VehiclePermission.DISPATCH, programme="programme__code"))


class Vehicle(models.Model):
    """A vehicle of the programme, in service until ``retired_on``; ``litres`` is what it usually takes for 100 km.

    ``odometer_km`` is what its clock said last.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=6)
    plate = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=60)
    seats = models.PositiveSmallIntegerField()
    litres = models.DecimalField(max_digits=4, decimal_places=1)
    odometer_km = models.PositiveIntegerField()
    retired_on = models.DateField(null=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = VehicleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(plate="") & ~Q(name=""), name="conduct_vehicle_has_a_plate_and_a_name"),
            models.CheckConstraint(
                condition=Q(seats__range=(1, 60), litres__gt=0), name="conduct_vehicle_seats_and_litres_are_possible"
            ),
        ]

    def __str__(self) -> str:
        return self.plate

    def subject(self) -> Subject:
        """The vehicle, for the trail."""
        return Subject("conduct.vehicle", self.uuid, self.programme.code, self.place)


class VehicleUseQuerySet(models.QuerySet["VehicleUse"]):
    def visible_to(self, viewer: Actor) -> VehicleUseQuerySet:
        """One's own, those that one drives, and those of the viewer's desk."""
        desk = visible(viewer, VehiclePermission.DISPATCH, programme="programme__code")
        return self.filter(own(viewer, "secondment__person__user") | own(viewer, "driver__user") | desk)


class VehicleUse(models.Model):
    """What a vehicle is asked for, from ``since`` until ``until``; once returned, it was taken until then.

    ``vehicle`` and ``driver`` come with being given, ``km_out`` and ``out_at`` with being out, the rest with the
    return: ``fuel`` in litres, ``overnight`` where it stood by night if not at home. ``doubts`` are those of
    ``vehicles.rules``, parted by commas; ``explained`` is what the driver says of them.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=6)
    secondment = models.ForeignKey("secondments.Secondment", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()
    destination = models.CharField(max_length=100)
    to_place = models.CharField(max_length=6, blank=True)
    purpose = models.CharField(max_length=200)
    people = models.PositiveSmallIntegerField()
    because = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, default=UseState.ASKED.value)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=100)
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, null=True, related_name="uses")
    driver = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="+")
    out_at = models.DateTimeField(null=True)
    km_out = models.PositiveIntegerField(null=True)
    back_at = models.DateTimeField(null=True)
    km_in = models.PositiveIntegerField(null=True)
    fuel = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    overnight = models.CharField(max_length=100, blank=True)
    doubts = models.CharField(max_length=100, blank=True)
    explained = models.CharField(max_length=200, blank=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = VehicleUseQuerySet.as_manager()

    class Meta:
        constraints = [
            NoOverlap(
                keys=("vehicle_id",),
                since="since",
                until="until",
                condition=Q(state__in=_TAKEN),
                name="conduct_vehicleuse_is_the_only_one_of_its_vehicle",
            ),
            NoOverlap(
                keys=("driver_id",),
                since="since",
                until="until",
                condition=Q(state__in=_TAKEN),
                name="conduct_vehicleuse_is_the_only_one_of_its_driver",
            ),
            models.UniqueConstraint(
                fields=["vehicle"], condition=Q(state=UseState.OUT.value), name="conduct_vehicleuse_one_is_out"
            ),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="conduct_vehicleuse_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(state__in=list(UseState)), name="conduct_vehicleuse_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state__in=_TAKEN) | Q(vehicle__isnull=False, driver__isnull=False),
                name="conduct_vehicleuse_that_is_given_has_vehicle_and_driver",
            ),
            models.CheckConstraint(
                condition=~Q(state=UseState.RETURNED.value)
                | Q(km_in__gte=F("km_out"), back_at__gte=F("out_at"), fuel__gte=0),
                name="conduct_vehicleuse_comes_back_after_it_left",
            ),
            models.CheckConstraint(
                condition=~Q(destination="") & ~Q(purpose="") & Q(people__gte=1),
                name="conduct_vehicleuse_says_where_and_why",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "state", "until"], name="conduct_use_by_state"),
            models.Index(fields=["vehicle", "since"], name="conduct_use_of_vehicle"),
            models.Index(fields=["secondment", "since"], name="conduct_use_of_secondment"),
        ]

    def __str__(self) -> str:
        return f"{self.destination} {self.since}"

    def subject(self) -> Subject:
        """The use, for the trail."""
        return Subject("conduct.vehicleuse", self.uuid, self.programme.code, self.place)

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return labels.USE_STATES[UseState(self.state)]

    @property
    def km(self) -> int | None:
        """Kilometres driven; None before the return."""
        return None if self.km_in is None or self.km_out is None else self.km_in - self.km_out

    @property
    def doubted(self) -> list[str]:
        """Its doubts in words."""
        return [labels.DOUBTS[Doubt(one)] for one in self.doubts.split(",") if one]


class VehicleUseMove(Move):
    """A step on a use's way."""

    use = models.ForeignKey(VehicleUse, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [
            Move.between(UseState, begins=True, name="conduct_vehicleusemove_goes_from_one_known_state_to_another")
        ]
