# SPDX-License-Identifier: Apache-2.0
"""Organisations that own, build, teach, heal, buy or send people."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject
from shanhai.registers.organisations.values import OrganisationKind

PROVENANCES = ("", "public", "demo")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, viewer: Actor) -> OrganisationQuerySet:
        """All for whoever may view some programme, else none: who works here may know who else does."""
        return self.all() if viewer.may_somewhere(Permission.PROGRAMME_VIEW) else self.none()


class Organisation(models.Model):
    """An organisation under its unified social credit code (``uscc``) where it has one: a team or a branch has none.

    ``spelled`` is the pinyin of the name and the short name, in full and by its initials, kept for the search box.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    uscc = models.CharField(
        max_length=18, null=True, unique=True
    )  # null: many have none, and blank would be taken after the first
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40, blank=True)
    spelled = models.TextField(blank=True)
    kind = models.CharField(max_length=12)
    division = models.ForeignKey("places.Division", on_delete=models.PROTECT, null=True, related_name="+")
    provenance = models.CharField(max_length=10, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(uscc=None) | Q(uscc__regex=r"^[0-9A-HJ-NP-RTUW-Y]{18}\Z"),
                name="organisations_organisation_uscc_is_eighteen_known_characters",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="organisations_organisation_name_is_not_empty"),
            models.CheckConstraint(
                condition=Q(kind__in=list(OrganisationKind)), name="organisations_organisation_kind_is_known"
            ),
            models.UniqueConstraint(
                fields=["name", "division"], name="organisations_organisation_is_named_once_in_a_division"
            ),
            models.UniqueConstraint(
                fields=["name"], condition=Q(division=None), name="organisations_organisation_is_named_once_without_one"
            ),
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="organisations_organisation_provenance_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    def subject(self) -> Subject:
        """What the trail says an act was about."""
        place = self.division.code if self.division else ""
        return Subject("organisations.organisation", self.uuid, place=place)
