# SPDX-License-Identifier: Apache-2.0
"""The parties of chains, and the credentials with which their programs capture and ask."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.base.database.selectors import own, visible
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.states import PartyKind
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject

PROVENANCES = ("", "public", "demo")


class PartyQuerySet(models.QuerySet["Party"]):
    def visible_to(self, viewer: Actor) -> PartyQuerySet:
        """Those in a scope in which the viewer sees all, and those they act for."""
        return self.filter(visible(viewer, TracePermission.VIEW, programme="programme__code") | self._own(viewer))

    def acted_for_by(self, viewer: Actor) -> PartyQuerySet:
        """Those for which the viewer records: a person by ``Recorder``, a program the one that its credential is of."""
        return self.filter(self._own(viewer))

    def _own(self, viewer: Actor) -> Q:
        if (party := Credential.party_of(viewer)) is not None:
            return Q(pk=party)
        inside = visible(viewer, TracePermission.RECORD, programme="programme__code")
        recorders = Recorder.objects.filter(own(viewer, "user"))
        return Q(pk__in=recorders.values("party")) & inside


class Party(models.Model):
    """An organisation that handles things in a programme: it owns events, makes lots, is a source or destination.

    ``identifier`` is its canonical identifier (own code ``/x/party/…``, or a party GLN), ``key`` the eight bytes of it
    by which events name it. ``national_code`` is its code as a subject (主体码) at the national platform.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=6)
    kind = models.CharField(max_length=14)
    identifier = models.CharField(max_length=200, unique=True)
    key = models.BigIntegerField(unique=True)
    national_code = models.CharField(max_length=40, blank=True)
    ended_on = models.DateField(null=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = PartyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "organisation"], name="traceability_party_is_registered_once_in_a_programme"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(PartyKind)), name="traceability_party_kind_is_known"),
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="traceability_party_provenance_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.identifier

    def subject(self) -> Subject:
        """What acts on it are about."""
        return Subject("traceability.party", self.uuid, self.programme.code, self.place)


class Recorder(models.Model):
    """That a user records for a party, while they hold the permission in its programme."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="recorders")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "user"], name="traceability_recorder_is_named_once_for_a_party")
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.user_id}"


class Credential(models.Model):
    """A bearer token of the EPCIS interface, of which a hash is kept: it captures (``write``) and asks for one party.

    ``used_on`` is the last day on which somebody showed it.
    """

    REF = "trace-credential:"

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="credentials")
    name = models.CharField(max_length=100)
    hashed = models.CharField(max_length=64, unique=True)
    write = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    revoked_at = models.DateTimeField(null=True)
    used_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def party_of(cls, viewer: Actor) -> int | None:
        """The primary key of the party for which a program asks; None for a person. The reference names it."""
        return int(viewer.ref.rpartition("@")[2]) if viewer.ref.startswith(cls.REF) else None

    def subject(self) -> Subject:
        """The credential as the trail names it."""
        of = self.party.subject()
        return Subject("traceability.credential", self.uuid, of.programme, of.place)
