# SPDX-License-Identifier: Apache-2.0
"""Delegations with their stops, attendees and costs; mechanisms and their meetings; what was agreed at either."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.models import Move, NoOverlap
from shanhai.base.database.selectors import visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.money import Money
from shanhai.kernel.parts import Status
from shanhai.kernel.subjects import Subject
from shanhai.team.visits import labels
from shanhai.team.visits.permissions import VisitPermission
from shanhai.team.visits.states import AgreementState, DelegationState, MeetingState
from shanhai.team.visits.values import Category, Direction, Side


def seen(viewer: Actor, path: str = "") -> Q:
    """Rows of the programmes in which the viewer sees visits."""
    return visible(viewer, VisitPermission.VIEW, programme=f"{path}programme__code", place=None)


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def visible_to(self, viewer: Actor) -> DelegationQuerySet:
        """Those of the programmes in which the viewer sees visits."""
        return self.filter(seen(viewer))


class Delegation(models.Model):
    """Who visits whom from ``since`` until ``until`` (exclusive), by which letter of the visitors."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=100)
    direction = models.CharField(max_length=10)
    guest = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    host = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField()
    purpose = models.CharField(max_length=500)
    letter_number = models.CharField(max_length=60, blank=True)
    letter_on = models.DateField(null=True)
    state = models.CharField(max_length=10, default=DelegationState.PLANNED.value)
    planned_at = models.DateTimeField()
    planned_by = models.CharField(max_length=100)
    approved_by = models.CharField(max_length=100, blank=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=list(DelegationState), direction__in=list(Direction)),
                name="visits_delegation_state_and_direction_are_known",
            ),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="visits_delegation_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(guest=F("host")), name="visits_delegation_visits_another"),
            models.UniqueConstraint(
                fields=["guest", "letter_number"],
                condition=~Q(letter_number="") & ~Q(state=DelegationState.CANCELLED.value),
                name="visits_delegation_one_letter_one_visit",
            ),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("planned_by")),
                name="visits_delegation_is_approved_by_another",
            ),
        ]
        indexes = [models.Index(fields=["programme", "state", "since"], name="visits_delegation_by_state")]

    def __str__(self) -> str:
        return self.title

    def subject(self) -> Subject:
        """The delegation, for the trail."""
        return Subject("visits.delegation", self.uuid, self.programme.code)

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return labels.DELEGATION_STATES[DelegationState(self.state)]

    @property
    def direction_name(self) -> str:
        """Its direction in words."""
        return labels.DIRECTIONS[Direction(self.direction)]


class DelegationMove(Move):
    """A step on a delegation's way."""

    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [
            Move.between(
                DelegationState, begins=True, name="visits_delegationmove_goes_from_one_known_state_to_another"
            )
        ]


class Stop(models.Model):
    """A stop of an itinerary; ``sequence`` counts its changes (RFC 5545, 3.8.7.4)."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="stops")
    since = models.DateTimeField()
    until = models.DateTimeField()
    what = models.CharField(max_length=100)
    where = models.CharField(max_length=100)
    place = models.CharField(max_length=6, blank=True)
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, null=True, related_name="+")
    sequence = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            NoOverlap(
                keys=("delegation_id",),
                since="since",
                until="until",
                name="visits_stop_is_the_only_one_of_its_delegation",
            ),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="visits_stop_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(what="") & ~Q(where=""), name="visits_stop_says_what_and_where"),
        ]

    def __str__(self) -> str:
        return self.what


class Attendee(models.Model):
    """Somebody who comes along or receives; the name is for who arranges the visit, and erased in time."""

    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="attendees")
    side = models.CharField(max_length=6)
    name = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=100, blank=True)
    user = models.CharField(max_length=100, blank=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(side__in=list(Side)), name="visits_attendee_side_is_known"),
            models.CheckConstraint(
                condition=(Q(erased_at=None) & ~Q(name="")) | Q(erased_at__isnull=False, name="", title="", user=""),
                name="visits_attendee_is_named_until_erased",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Standard(models.Model):
    """How much a head may cost in a category, from a day on, with its source; the latest holds."""

    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=10)
    a_head_fen = models.PositiveBigIntegerField()
    source = models.CharField(max_length=200)
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "category", "valid_from"], name="visits_standard_begins_once_on_a_day"
            ),
            models.CheckConstraint(condition=Q(category__in=list(Category)), name="visits_standard_category_is_known"),
            models.CheckConstraint(
                condition=~Q(source="") & Q(a_head_fen__gt=0), name="visits_standard_has_amount_and_source"
            ),
        ]

    def __str__(self) -> str:
        return self.category


class Cost(models.Model):
    """Money that a visit cost, with the number of its receipt; ``over`` where a head cost more than the standard."""

    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="costs")
    category = models.CharField(max_length=10)
    amount_fen = models.PositiveBigIntegerField()
    people = models.PositiveSmallIntegerField()
    companions = models.PositiveSmallIntegerField()
    receipt = models.CharField(max_length=60)
    over = models.BooleanField()
    because = models.CharField(max_length=500, blank=True)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(category__in=list(Category), amount_fen__gt=0, people__gte=1, companions__lt=F("people")),
                name="visits_cost_is_possible",
            ),
            models.CheckConstraint(condition=~Q(receipt=""), name="visits_cost_has_a_receipt"),
            models.CheckConstraint(condition=Q(over=False) | ~Q(because=""), name="visits_cost_over_says_why"),
        ]

    def __str__(self) -> str:
        return self.receipt

    @property
    def amount(self) -> Money:
        """As money."""
        return Money(self.amount_fen)

    @property
    def category_name(self) -> str:
        """Its category in words."""
        return labels.CATEGORIES[Category(self.category)]


class Mechanism(models.Model):
    """A standing meeting of the two sides, every so many months."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    months = models.PositiveSmallIntegerField()
    since = models.DateField()
    provenance = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "name"], name="visits_mechanism_is_named_once"),
            models.CheckConstraint(
                condition=Q(months__range=(1, 36)) & ~Q(name=""), name="visits_mechanism_has_a_rhythm_and_a_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def subject(self) -> Subject:
        """The mechanism, for the trail."""
        return Subject("visits.mechanism", self.uuid, self.programme.code)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, viewer: Actor) -> MeetingQuerySet:
        """Those of the programmes in which the viewer sees visits."""
        return self.filter(seen(viewer, "mechanism__"))


class Meeting(models.Model):
    """A meeting of a mechanism with its agenda, and once it was held its minutes."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    mechanism = models.ForeignKey(Mechanism, on_delete=models.PROTECT, related_name="meetings")
    since = models.DateTimeField()
    until = models.DateTimeField()
    where = models.CharField(max_length=100)
    agenda = models.TextField()
    minutes = models.TextField(blank=True)
    state = models.CharField(max_length=10, default=MeetingState.PLANNED.value)
    sequence = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()
    provenance = models.CharField(max_length=10, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(MeetingState)), name="visits_meeting_state_is_known"),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="visits_meeting_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(agenda="") & ~Q(where=""), name="visits_meeting_says_what_and_where"),
            models.CheckConstraint(
                condition=~Q(state=MeetingState.MINUTED.value) | ~Q(minutes=""), name="visits_meeting_held_has_minutes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mechanism} {self.since:%Y-%m-%d}"

    def subject(self) -> Subject:
        """The meeting, for the trail."""
        return Subject("visits.meeting", self.uuid, self.mechanism.programme.code)

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return labels.MEETING_STATES[MeetingState(self.state)]


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, viewer: Actor) -> AgreementQuerySet:
        """Those of the programmes in which the viewer sees visits, and those that are theirs."""
        return self.filter(seen(viewer) | (Q(owner=viewer.ref) if viewer.ref else Q(pk__in=[])))


class Agreement(models.Model):
    """What was agreed at a visit or a meeting: who (a user's reference) answers for it until when, how it was done."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, null=True, related_name="agreements")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, related_name="agreements")
    words = models.CharField(max_length=500)
    owner = models.CharField(max_length=100)
    due_on = models.DateField()
    agreed_on = models.DateField()
    state = models.CharField(max_length=10, default=AgreementState.AGREED.value)
    proof = models.CharField(max_length=500, blank=True)
    closed_on = models.DateField(null=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(AgreementState)), name="visits_agreement_state_is_known"),
            models.CheckConstraint(
                condition=Q(delegation=None, meeting__isnull=False) | Q(delegation__isnull=False, meeting=None),
                name="visits_agreement_is_of_a_visit_or_a_meeting",
            ),
            models.CheckConstraint(condition=~Q(words="") & ~Q(owner=""), name="visits_agreement_says_what_and_whose"),
            models.CheckConstraint(
                condition=~Q(state__in=[AgreementState.DONE.value, AgreementState.CONFIRMED.value]) | ~Q(proof=""),
                name="visits_agreement_that_is_done_says_how",
            ),
        ]
        indexes = [models.Index(fields=["programme", "state", "due_on"], name="visits_agreement_by_state")]

    def __str__(self) -> str:
        return self.words[:40]

    def subject(self) -> Subject:
        """The agreement, for the trail."""
        return Subject("visits.agreement", self.uuid, self.programme.code)

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return labels.AGREEMENT_STATES[AgreementState(self.state)]


class AgreementMove(Move):
    """A step on an agreement's way."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [
            Move.between(AgreementState, begins=True, name="visits_agreementmove_goes_from_one_known_state_to_another")
        ]
