# SPDX-License-Identifier: Apache-2.0
"""Chains of products: the class that says their steps and limits, where may be collected, and who may collect how much.

No model here holds personal data: the holder of a permit is a sign that only the party who keeps the list can read.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.selectors import around, visible
from shanhai.field.traceability.models.parties import PROVENANCES, Party
from shanhai.field.traceability.permissions import TracePermission
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject


class ProductClassQuerySet(models.QuerySet["ProductClass"]):
    def visible_to(self, viewer: Actor) -> ProductClassQuerySet:
        """Those of the product itself, and those of programmes that the viewer sees."""
        return self.filter(Q(programme=None) | around(viewer, "programme.view"))


class ProductClass(models.Model):
    """A version of what a chain of a product is. ``definition`` as ``chains.values.Definition`` reads it.

    ``programme`` is None for those that come with the product. A lot keeps the version that it was made under.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=100)

    objects = ProductClassQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "key", "version"], name="traceability_productclass_version_is_used_once"
            ),
            models.UniqueConstraint(
                fields=["key", "version"],
                condition=Q(programme=None),
                name="traceability_productclass_version_of_all_is_used_once",
            ),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[a-z0-9][a-z0-9-]*\Z"), name="traceability_productclass_key_is_plain"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="traceability_productclass_version_begins_at_one"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.version}"

    def subject(self) -> Subject:
        """What acts on it are about."""
        return Subject("traceability.productclass", self.uuid, self.programme.code if self.programme else "")


class ZoneQuerySet(models.QuerySet["Zone"]):
    def visible_to(self, viewer: Actor) -> ZoneQuerySet:
        """Those in a scope in which the viewer sees all, and those of programmes in which they record."""
        seen = visible(viewer, TracePermission.VIEW, programme="programme__code", place="place")
        return self.filter(seen | Q(programme__in=Party.objects.acted_for_by(viewer).values("programme")))


class Zone(models.Model):
    """Where may be collected, with its collection point. ``identifier`` is its own code, by which events name it."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    product = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    point = models.CharField(max_length=100, blank=True)
    place = models.CharField(max_length=6)
    identifier = models.CharField(max_length=200, unique=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = ZoneQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "product", "code"], name="traceability_zone_code_is_used_once_for_a_product"
            ),
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="traceability_zone_provenance_is_known"
            ),
        ]
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def subject(self) -> Subject:
        """What acts on it are about."""
        return Subject("traceability.zone", self.uuid, self.programme.code, self.place)


class Closure(models.Model):
    """That nobody collects in a zone on these days, the last included: rotation, or a closed area."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="closures")
    starts_on = models.DateField()
    ends_on = models.DateField()
    because = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="traceability_closure_ends_not_before_it_starts"
            )
        ]
        ordering = ["starts_on"]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"


class PermitQuerySet(models.QuerySet["Permit"]):
    def visible_to(self, viewer: Actor) -> PermitQuerySet:
        """Those in a scope in which the viewer sees all, and those that the parties use for which they record."""
        seen = visible(viewer, TracePermission.VIEW, programme="party__programme__code", place="zone__place")
        return self.filter(seen | Q(party__in=Party.objects.acted_for_by(viewer)))


class Permit(models.Model):
    """That one holder may collect so many grams (fresh) in a zone, on these days; ``party`` records it for them.

    ``holder`` is a sign, never a name: one holder has one permit a season (``year``).
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="permits")
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    product = models.CharField(max_length=40)
    number = models.CharField(max_length=40)
    holder = models.CharField(max_length=20)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="permits")
    year = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    grams = models.PositiveBigIntegerField()
    issuer = models.CharField(max_length=100)
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=500, blank=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = PermitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "product", "number"], name="traceability_permit_number_is_used_once"
            ),
            models.UniqueConstraint(
                fields=["programme", "product", "holder", "year"],
                condition=Q(revoked_at=None),
                name="traceability_permit_is_one_for_a_holder_and_season",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="traceability_permit_ends_not_before_it_starts"
            ),
            models.CheckConstraint(condition=Q(grams__gt=0), name="traceability_permit_is_for_some_grams"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_because="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_because="")),
                name="traceability_permit_is_revoked_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="traceability_permit_provenance_is_known"
            ),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return self.number

    def subject(self) -> Subject:
        """What acts on it are about."""
        return Subject("traceability.permit", self.uuid, self.programme.code, self.zone.place)
