# SPDX-License-Identifier: Apache-2.0
"""Hazard sites, what watches them, by which numbers they are judged, who is responsible."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.models import Move
from shanhai.base.database.selectors import visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.states import SiteState, ThresholdState
from shanhai.operations.hazards.values import ChainRole, Quantity, SiteKind, Zone

M = TypeVar("M", bound="OfSite")
PROVENANCES = ("", "demo")


def seen(viewer: Actor, path: str = "", permission: str = HazardPermission.VIEW) -> Q:
    """Rows whose site (at ``path``, "site__") lies where the viewer holds ``permission``."""
    return visible(viewer, permission, programme=f"{path}programme__code", place=f"{path}place")


class HazardSiteQuerySet(models.QuerySet["HazardSite"]):
    def visible_to(self, viewer: Actor, permission: str = HazardPermission.VIEW) -> HazardSiteQuerySet:
        """Those in a scope of the viewer."""
        return self.filter(seen(viewer, permission=permission))


class HazardSite(models.Model):
    """What may come down, on whom, and where they go. ``outline`` is a GeoJSON Polygon in WGS 84, beside its box.

    ``route`` is a GeoJSON LineString or null; ``households`` and ``people`` are counts of who is threatened. ``siren``
    is the topic of the broker to which its sirens and loudspeakers listen; empty for none.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=6)
    outline = models.JSONField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    households = models.PositiveIntegerField(null=True)
    people = models.PositiveIntegerField(null=True)
    route = models.JSONField(null=True)
    route_words = models.TextField(blank=True)
    shelter = models.CharField(max_length=200, blank=True)
    shelter_lon = models.FloatField(null=True)
    shelter_lat = models.FloatField(null=True)
    siren = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    state = models.CharField(max_length=10, default=SiteState.WATCHED)
    provenance = models.CharField(max_length=10, blank=True)

    objects = HazardSiteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z0-9][a-z0-9-]*\Z"), name="hazards_hazardsite_code_is_plain"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(SiteKind)), name="hazards_hazardsite_kind_is_known"),
            models.CheckConstraint(
                condition=~Q(siren__contains="#") & ~Q(siren__contains="+") & ~Q(siren__startswith="$"),
                name="hazards_hazardsite_siren_is_a_topic",
            ),
            models.CheckConstraint(condition=Q(state__in=list(SiteState)), name="hazards_hazardsite_state_is_known"),
            models.CheckConstraint(
                condition=Q(
                    west__gte=-180,
                    south__gte=-90,
                    east__lte=180,
                    north__lte=90,
                    west__lt=F("east"),
                    south__lt=F("north"),
                ),
                name="hazards_hazardsite_outline_lies_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(shelter_lon=None, shelter_lat=None)
                | Q(shelter_lon__range=(-180, 180), shelter_lat__range=(-90, 90)),
                name="hazards_hazardsite_shelter_is_a_point_or_none",
            ),
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="hazards_hazardsite_provenance_is_known"
            ),
        ]
        indexes = [models.Index(fields=["programme", "place"], name="hazards_site_scope")]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> dict[str, str | None]:
        """Where it lies, as ``Actor.may`` is asked."""
        return {"programme": self.programme.code, "place": self.place}

    def subject(self) -> Subject:
        """What acts on it are about."""
        return Subject("hazards.hazardsite", self.code, self.programme.code, self.place)


class SiteMove(Move):
    """A site is closed, or watched again."""

    site = models.ForeignKey(HazardSite, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [Move.between(SiteState, name="hazards_sitemove_goes_from_one_known_state_to_another")]


class OfSiteQuerySet(models.QuerySet[M]):
    """Rows that belong to a site: who sees the site sees them."""

    def visible_to(self, viewer: Actor, permission: str = HazardPermission.VIEW) -> OfSiteQuerySet[M]:
        """Those of sites in a scope of the viewer."""
        return self.filter(seen(viewer, self.model.site_path, permission))


class OfSite(models.Model):
    """A row of a site; ``site_path`` is how it leads there."""

    site_path: ClassVar[str] = "site__"
    objects = OfSiteQuerySet.as_manager()

    class Meta:
        abstract = True


class MonitoringPoint(OfSite):
    """A datastream as an eye on a site: what it means there.

    A reading times ``factor`` (which holds the sign, too) is in the unit of ``quantity``. What was observed before
    ``counts_from`` (microseconds: installed, replaced, reset) is not compared with what came after. ``weight`` is that
    of the device in the combination. Set apart (``apart_because``), it is shown and decides nothing.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    site = models.ForeignKey(HazardSite, on_delete=models.PROTECT, related_name="points")
    datastream = models.ForeignKey("sensors.Datastream", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    quantity = models.CharField(max_length=16)
    zone = models.CharField(max_length=10)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    factor = models.FloatField(default=1.0)
    weight = models.FloatField(default=1.0)
    counts_from = models.BigIntegerField(default=0)
    apart_because = models.TextField(blank=True)
    apart_at = models.DateTimeField(null=True)
    apart_by = models.CharField(max_length=100, blank=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "datastream"],
                condition=Q(removed_at=None),
                name="hazards_monitoringpoint_watches_a_site_once",
            ),
            models.CheckConstraint(
                condition=Q(quantity__in=list(Quantity)), name="hazards_monitoringpoint_quantity_is_known"
            ),
            models.CheckConstraint(condition=Q(zone__in=list(Zone)), name="hazards_monitoringpoint_zone_is_known"),
            models.CheckConstraint(condition=~Q(factor=0), name="hazards_monitoringpoint_factor_is_not_zero"),
            models.CheckConstraint(
                condition=Q(weight__range=(0, 10)), name="hazards_monitoringpoint_weight_is_possible"
            ),
            models.CheckConstraint(
                condition=Q(apart_at=None, apart_because="", apart_by="")
                | (Q(apart_at__isnull=False) & ~Q(apart_because="") & ~Q(apart_by="")),
                name="hazards_monitoringpoint_is_set_apart_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def subject(self) -> Subject:
        """What acts on it are about."""
        return Subject("hazards.monitoringpoint", self.uuid, self.site.programme.code, self.site.place)


class ThresholdSet(OfSite):
    """A version of the numbers by which a site is judged: ``numbers`` as ``criteria.values.Thresholds`` writes them.

    ``source`` says where they come from (a report, a county plan, a paper).
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    site = models.ForeignKey(HazardSite, on_delete=models.PROTECT, related_name="threshold_sets")
    version = models.PositiveIntegerField()
    numbers = models.JSONField()
    source = models.TextField()
    state = models.CharField(max_length=10, default=ThresholdState.DRAFT)
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=100)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "version"], name="hazards_thresholdset_version_is_used_once"),
            models.UniqueConstraint(
                fields=["site"], condition=Q(state=ThresholdState.APPROVED), name="hazards_thresholdset_one_is_in_force"
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(ThresholdState)), name="hazards_thresholdset_state_is_known"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="hazards_thresholdset_names_its_source"),
            models.CheckConstraint(
                condition=~Q(state=ThresholdState.APPROVED)
                | (Q(approved_at__isnull=False) & ~Q(approved_by="") & ~Q(approved_by=F("drafted_by"))),
                name="hazards_thresholdset_is_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site_id} v{self.version}"

    def subject(self) -> Subject:
        """What acts on it are about."""
        return Subject("hazards.thresholdset", self.uuid, self.site.programme.code, self.site.place)


class ThresholdSetMove(Move):
    """A version comes into force, or is retired."""

    thresholds = models.ForeignKey(ThresholdSet, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [
            Move.between(ThresholdState, name="hazards_thresholdsetmove_goes_from_one_known_state_to_another")
        ]


def _channels() -> list[Any]:
    return []


class ChainLink(OfSite):
    """Who is called at ``position`` (1 is first) of the chain of a site, over which ``channels``, in order.

    Between ``quiet_from`` and ``quiet_until`` (local) blue and yellow wait; orange and red never do. Names and numbers
    are in the register of people.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    site = models.ForeignKey(HazardSite, on_delete=models.PROTECT, related_name="chain")
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=10)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    channels = models.JSONField(default=_channels)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "person"], name="hazards_chainlink_names_a_person_once"),
            models.CheckConstraint(condition=Q(role__in=list(ChainRole)), name="hazards_chainlink_role_is_known"),
            models.CheckConstraint(condition=Q(position__gte=1), name="hazards_chainlink_position_begins_at_one"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="hazards_chainlink_quiet_hours_have_both_ends",
            ),
        ]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.site_id} {self.position}"
