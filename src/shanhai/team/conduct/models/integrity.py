# SPDX-License-Identifier: Apache-2.0
"""Letters of responsibility and who signed; declarations; exchange trips and who was taught; files of incidents."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.models import Move
from shanhai.base.database.selectors import own, visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.parts import Status
from shanhai.kernel.subjects import Subject
from shanhai.team.conduct import labels
from shanhai.team.conduct.permissions import IntegrityPermission
from shanhai.team.conduct.states import CaseState, TripState
from shanhai.team.conduct.values import CaseKind, MatterKind


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, viewer: Actor) -> LetterQuerySet:
        """Those of the programmes in which the viewer has any part in integrity."""
        seen = Q(pk__in=[])
        for permission in IntegrityPermission:
            seen |= visible(viewer, permission, programme="programme__code", place=None)
        return self.filter(seen)


class Letter(models.Model):
    """The letter of responsibility of a year, as it is put before everybody; it stays as it was once it is there."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    text = models.TextField()
    source = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=100)
    provenance = models.CharField(max_length=10, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "year"], name="conduct_letter_is_one_of_a_year"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(source=""), name="conduct_letter_has_words_and_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.year}"

    def subject(self) -> Subject:
        """The letter, for the trail."""
        return Subject("conduct.letter", self.uuid, self.programme.code)


class Signature(models.Model):
    """Somebody seconded signed a letter; the level above countersigned, or has not yet."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="signatures")
    secondment = models.ForeignKey("secondments.Secondment", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    signed_by = models.CharField(max_length=100)
    countersigned_at = models.DateTimeField(null=True)
    countersigned_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["letter", "person"], name="conduct_signature_is_one_of_a_person"),
            models.CheckConstraint(
                condition=Q(countersigned_at=None, countersigned_by="")
                | (Q(countersigned_at__isnull=False) & ~Q(countersigned_by="") & ~Q(countersigned_by=F("signed_by"))),
                name="conduct_signature_is_countersigned_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.person_id}"


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def visible_to(self, viewer: Actor) -> DeclarationQuerySet:
        """One's own, and for discipline; for nobody else."""
        discipline = visible(viewer, IntegrityPermission.DISCIPLINE, programme="programme__code")
        return self.filter(own(viewer, "person__user") | discipline)


class Declaration(models.Model):
    """A matter that somebody declares, or that there is none this year. Sealed; its words are erased in time."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=6)
    secondment = models.ForeignKey("secondments.Secondment", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)
    happened_on = models.DateField(null=True)
    words = models.CharField(max_length=1000, blank=True)
    declared_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(MatterKind)), name="conduct_declaration_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind=MatterKind.NOTHING.value) | ~Q(words="") | Q(erased_at__isnull=False),
                name="conduct_declaration_says_what",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(words="", happened_on=None), name="conduct_declaration_erased_is_empty"
            ),
        ]
        indexes = [models.Index(fields=["programme", "year", "person"], name="conduct_declaration_of_year")]

    def __str__(self) -> str:
        return str(self.uuid)

    def subject(self) -> Subject:
        """The declaration, for the trail: neither whose nor of which kind."""
        return Subject("conduct.declaration", self.uuid, self.programme.code)

    @property
    def kind_name(self) -> str:
        """Its kind in words."""
        return labels.MATTERS[MatterKind(self.kind)]


class ExchangeTripQuerySet(models.QuerySet["ExchangeTrip"]):
    def visible_to(self, viewer: Actor) -> ExchangeTripQuerySet:
        """Those one goes on, and those of the programmes in which one leads or keeps discipline."""
        seen = Q(pk__in=TripMember.objects.filter(own(viewer, "person__user")).values("trip"))
        for permission in (IntegrityPermission.COUNTERSIGN, IntegrityPermission.DISCIPLINE):
            seen |= visible(viewer, permission, programme="programme__code", place=None)
        return self.filter(seen)


class ExchangeTrip(models.Model):
    """A trip of an exchange from ``since`` until ``until`` (exclusive); ``ended_on`` is the day of the return."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=100)
    destination = models.CharField(max_length=100)
    since = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=10, default=TripState.PLANNED.value)
    planned_by = models.CharField(max_length=100)
    ended_on = models.DateField(null=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = ExchangeTripQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(TripState)), name="conduct_exchangetrip_state_is_known"),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="conduct_exchangetrip_ends_after_it_starts"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(destination=""), name="conduct_exchangetrip_says_what_and_where"
            ),
            models.CheckConstraint(
                condition=Q(state=TripState.ENDED.value, ended_on__gte=F("since"))
                | (~Q(state=TripState.ENDED.value) & Q(ended_on=None)),
                name="conduct_exchangetrip_ends_on_a_day",
            ),
        ]
        indexes = [models.Index(fields=["programme", "state", "until"], name="conduct_trip_by_state")]

    def __str__(self) -> str:
        return self.title

    def subject(self) -> Subject:
        """The trip, for the trail."""
        return Subject("conduct.exchangetrip", self.uuid, self.programme.code)

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return labels.TRIP_STATES[TripState(self.state)]


class TripMember(models.Model):
    """Somebody who goes on a trip, and when, by whom and about what they were taught before."""

    trip = models.ForeignKey(ExchangeTrip, on_delete=models.PROTECT, related_name="members")
    secondment = models.ForeignKey("secondments.Secondment", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    taught_on = models.DateField(null=True)
    taught_by = models.CharField(max_length=100, blank=True)
    about = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trip", "person"], name="conduct_tripmember_goes_once"),
            models.CheckConstraint(
                condition=Q(taught_on=None, taught_by="", about="")
                | (Q(taught_on__isnull=False) & ~Q(taught_by="") & ~Q(about="")),
                name="conduct_tripmember_says_who_taught_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trip_id} {self.person_id}"


class ExchangeTripMove(Move):
    """A step on a trip's way."""

    trip = models.ForeignKey(ExchangeTrip, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [
            Move.between(TripState, begins=True, name="conduct_exchangetripmove_goes_from_one_known_state_to_another")
        ]


class CaseFileQuerySet(models.QuerySet["CaseFile"]):
    def visible_to(self, viewer: Actor) -> CaseFileQuerySet:
        """For discipline, but for those that concern themselves."""
        # By the account, too: it stays when the register has erased the person.
        theirs = CaseParty.objects.filter(own(viewer, "person__user") | Q(ref=viewer.ref or None)).values("case")
        seen = visible(viewer, IntegrityPermission.DISCIPLINE, programme="programme__code")
        return self.filter(seen).exclude(pk__in=theirs)


class CaseFile(models.Model):
    """An incident from its report to what was found. Sealed; ``words`` and ``finding`` are erased in time.

    ``found_on`` is the day of the finding: what is unfounded counts as no incident.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=6)
    kind = models.CharField(max_length=12)
    happened_on = models.DateField()
    words = models.CharField(max_length=1000, blank=True)
    state = models.CharField(max_length=12, default=CaseState.REPORTED.value)
    reported_at = models.DateTimeField()
    reported_by = models.CharField(max_length=100)
    finding = models.CharField(max_length=1000, blank=True)
    found_on = models.DateField(null=True)
    erased_at = models.DateTimeField(null=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = CaseFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(CaseState)), name="conduct_casefile_state_is_known"),
            models.CheckConstraint(condition=Q(kind__in=list(CaseKind)), name="conduct_casefile_kind_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=[CaseState.REPORTED.value, CaseState.INQUIRY.value], finding="", found_on=None)
                | (
                    Q(state__in=[CaseState.CONFIRMED.value, CaseState.UNFOUNDED.value], found_on__isnull=False)
                    & (~Q(finding="") | Q(erased_at__isnull=False))
                ),
                name="conduct_casefile_says_what_was_found",
            ),
        ]
        indexes = [models.Index(fields=["programme", "state", "happened_on"], name="conduct_case_by_state")]

    def __str__(self) -> str:
        return str(self.uuid)

    def subject(self) -> Subject:
        """The case, for the trail: neither of which kind nor whom it concerns."""
        return Subject("conduct.casefile", self.uuid, self.programme.code)

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return labels.CASE_STATES[CaseState(self.state)]

    @property
    def kind_name(self) -> str:
        """Its kind in words."""
        return labels.CASE_KINDS[CaseKind(self.kind)]


class CaseParty(models.Model):
    """Somebody whom a case concerns; ``ref`` is their account's, which stays when the person is erased."""

    case = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="parties")
    ref = models.CharField(max_length=100, blank=True)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="conduct_caseparty_is_named_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.person_id}"


class CaseFileMove(Move):
    """A step on a case's way."""

    case = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [
            Move.between(CaseState, begins=True, name="conduct_casefilemove_goes_from_one_known_state_to_another")
        ]
