# SPDX-License-Identifier: Apache-2.0
"""People in a duty. What is deliberately not kept stands in README.md."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.selectors import visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject
from shanhai.registers.people.permissions import PersonPermission

PROVENANCES = ("", "public", "demo")


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, viewer: Actor) -> PersonQuerySet:
        """Those within the scopes in which the viewer may view people; one without a place only in unplaced scopes."""
        return self.filter(visible(viewer, PersonPermission.VIEW))

    def kept(self) -> PersonQuerySet:
        """Those not erased."""
        return self.filter(erased_at=None)

    def in_duty(self, on: date) -> PersonQuerySet:
        """Those whose posting holds on that day."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=on), valid_from__lte=on)


class Person(models.Model):
    """One posting of one person: who is reachable for which duty, from a day (inclusive) until a day (exclusive).

    ``programme`` is a programme code, ``place`` a GB/T 2260 code or empty. An erased row keeps only where and when a
    duty was held, so that what points at it stays whole.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=60, blank=True)
    duty = models.CharField(max_length=100, blank=True)
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    work_phone = models.CharField(max_length=30, blank=True)
    programme = models.CharField(max_length=40)
    place = models.CharField(max_length=6, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    erased_at = models.DateTimeField(null=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(erased_at=None) & ~Q(name="") & ~Q(duty=""))
                | Q(erased_at__isnull=False, name="", duty="", work_phone="", user=None, organisation=None),
                name="people_person_is_named_until_erased",
            ),
            models.CheckConstraint(condition=~Q(programme=""), name="people_person_belongs_to_a_programme"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="people_person_ends_not_before_it_starts",
            ),
            models.CheckConstraint(condition=Q(provenance__in=PROVENANCES), name="people_person_provenance_is_known"),
        ]
        indexes = [
            models.Index(fields=["programme", "valid_from"], name="people_person_by_programme"),
            models.Index(fields=["valid_until"], name="people_person_due", condition=Q(erased_at=None)),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    def subject(self) -> Subject:
        """What the trail says an act was about."""
        return Subject("people.person", self.uuid, self.programme, self.place)

    def is_actor(self, actor: Actor) -> bool:
        """Whether somebody who acts or looks is this person. Reads ``user``."""
        return self.user is not None and self.user.ref == actor.ref
