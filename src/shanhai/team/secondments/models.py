# SPDX-License-Identifier: Apache-2.0
"""Posts, who is named for them, who is in them, and what they teach there."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.models import Move, NoOverlap
from shanhai.base.database.selectors import visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.parts import Status
from shanhai.kernel.subjects import Subject
from shanhai.team.secondments import labels
from shanhai.team.secondments.permissions import SecondmentPermission
from shanhai.team.secondments.states import NominationState, PostState, TeachingState
from shanhai.team.secondments.values import Ending, PostKind, Span, TeachingKind

PROVENANCES = ("", "public", "demo")


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, viewer: Actor) -> PostQuerySet:
        """Posts in the scopes in which the viewer sees the team."""
        return self.filter(visible(viewer, SecondmentPermission.VIEW, programme="programme__code"))


class Post(models.Model):
    """A place of work that a unit of a county asks for, for a batch, from ``since`` until ``until`` (exclusive).

    Its place, kind, batch and whether it is full-time never change: secondments copy them.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey("programmes.Batch", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=6)
    receiver = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    full_time = models.BooleanField(default=True)
    since = models.DateField()
    until = models.DateField()
    needs = models.CharField(max_length=500, blank=True)
    # Of where one works and sleeps; None where nobody knows.
    altitude_m = models.IntegerField(null=True)
    state = models.CharField(max_length=10, default=PostState.ASKED.value)
    asked_by = models.CharField(max_length=100)
    moved_at = models.DateTimeField()
    provenance = models.CharField(max_length=10, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(PostState)), name="secondments_post_state_is_known"),
            models.CheckConstraint(condition=Q(kind__in=list(PostKind)), name="secondments_post_kind_is_known"),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="secondments_post_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(title=""), name="secondments_post_title_is_not_empty"),
            models.CheckConstraint(
                condition=Q(altitude_m=None) | Q(altitude_m__range=(-200, 9000)),
                name="secondments_post_altitude_is_possible",
            ),
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="secondments_post_provenance_is_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["programme", "state", "until", "since", "place", "kind", "provenance"],
                name="secondments_post_by_state",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def subject(self) -> Subject:
        """The post, for the trail."""
        return Subject("secondments.post", self.uuid, self.programme.code, self.place)

    @property
    def span(self) -> Span:
        """The days on which somebody is wanted."""
        return Span(self.since, self.until)

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return labels.POST_STATES[PostState(self.state)]

    @property
    def kind_name(self) -> str:
        """Its kind in words."""
        return labels.KINDS[PostKind(self.kind)]


class PostMove(Move):
    """A step on a post's way."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [
            Move.between(PostState, begins=True, name="secondments_postmove_goes_from_one_known_state_to_another")
        ]


class NominationQuerySet(models.QuerySet["Nomination"]):
    def visible_to(self, viewer: Actor) -> NominationQuerySet:
        """Who is named is known to who names and who checks, where they do, and to nobody else."""
        manages, checks = (
            visible(viewer, permission, programme="post__programme__code", place="post__place")
            for permission in (SecondmentPermission.MANAGE, SecondmentPermission.CHECK)
        )
        return self.filter(manages | checks)


class Nomination(models.Model):
    """A person whom a sending unit names for a post. Of each check it is kept who said yes, and when; no reasons."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="nominations")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default=NominationState.PROPOSED.value)
    proposed_by = models.CharField(max_length=100)
    moved_at = models.DateTimeField()
    papers_at = models.DateTimeField(null=True)
    papers_by = models.CharField(max_length=100, blank=True)
    fitness_at = models.DateTimeField(null=True)
    fitness_by = models.CharField(max_length=100, blank=True)

    objects = NominationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=list(NominationState)), name="secondments_nomination_state_is_known"
            ),
            models.UniqueConstraint(
                fields=["post", "person"],
                condition=Q(state__in=[NominationState.PROPOSED.value, NominationState.CLEARED.value]),
                name="secondments_nomination_names_a_person_once_for_a_post",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[NominationState.CLEARED.value, NominationState.DISPATCHED.value])
                | (Q(papers_at__isnull=False, fitness_at__isnull=False) & ~Q(papers_by="") & ~Q(fitness_by="")),
                name="secondments_nomination_is_cleared_by_both_checks",
            ),
            models.CheckConstraint(
                condition=~Q(papers_by=F("proposed_by")) & ~Q(fitness_by=F("proposed_by")),
                name="secondments_nomination_is_not_checked_by_who_proposed",
            ),
        ]

    def __str__(self) -> str:
        return str(self.post)

    def subject(self) -> Subject:
        """The nomination, for the trail."""
        return Subject("secondments.nomination", self.uuid, self.post.programme.code, self.post.place)

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return labels.NOMINATION_STATES[NominationState(self.state)]


class NominationMove(Move):
    """A step on a nomination's way."""

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [
            Move.between(
                NominationState, begins=True, name="secondments_nominationmove_goes_from_one_known_state_to_another"
            )
        ]


class SecondmentQuerySet(models.QuerySet["Secondment"]):
    def visible_to(self, viewer: Actor) -> SecondmentQuerySet:
        """Secondments in the scopes in which the viewer sees the team."""
        return self.filter(visible(viewer, SecondmentPermission.VIEW, programme="programme__code"))

    def on(self, day: object) -> SecondmentQuerySet:
        """Those whose interval holds the day."""
        return self.filter(since__lte=day, until__gt=day)


class Secondment(models.Model):
    """One person in one post from ``since`` until ``until`` (exclusive): an interval, whatever it is called later.

    ``programme``, ``place``, ``kind`` and ``full_time`` are the post's, which never change, for constraint and index.
    ``ending`` says how it ends; ``relieves`` is the secondment after which this one came, on its last day.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="secondments")
    # None for one that came with a table.
    nomination = models.OneToOneField(Nomination, on_delete=models.PROTECT, null=True, related_name="secondment")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    relieves = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="relieved_by")
    place = models.CharField(max_length=6)
    kind = models.CharField(max_length=20)
    full_time = models.BooleanField()
    since = models.DateField()
    until = models.DateField()
    ending = models.CharField(max_length=10, default=Ending.PLANNED.value)
    ended_because = models.CharField(max_length=500, blank=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = SecondmentQuerySet.as_manager()

    class Meta:
        constraints = [
            NoOverlap(
                keys=("person_id",),
                since="since",
                until="until",
                condition=Q(full_time=True),
                name="secondments_secondment_is_the_only_full_time_one_of_a_person",
            ),
            NoOverlap(
                keys=("post_id",),
                since="since",
                until="until",
                name="secondments_secondment_is_alone_in_its_post",
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("since")), name="secondments_secondment_ends_after_its_start"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(PostKind)), name="secondments_secondment_kind_is_known"),
            models.CheckConstraint(condition=Q(ending__in=list(Ending)), name="secondments_secondment_ending_is_known"),
            models.CheckConstraint(
                condition=~Q(ending=Ending.EARLY.value) | ~Q(ended_because=""),
                name="secondments_secondment_ends_early_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="secondments_secondment_provenance_is_known"
            ),
        ]
        indexes = [
            # All that counting a day reads: who is here, where, of which kind, in which post.
            models.Index(
                fields=["programme", "until", "since", "place", "kind", "provenance", "post"], name="secondments_by_day"
            ),
            models.Index(fields=["programme", "place", "kind", "since"], name="secondments_by_place"),
            models.Index(fields=["person", "until"], name="secondments_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.since}"

    def subject(self) -> Subject:
        """The secondment, for the trail."""
        return Subject("secondments.secondment", self.uuid, self.programme.code, self.place)

    @property
    def span(self) -> Span:
        """Its days."""
        return Span(self.since, self.until)

    @property
    def kind_name(self) -> str:
        """The kind of its post in words."""
        return labels.KINDS[PostKind(self.kind)]

    @property
    def ending_name(self) -> str:
        """How it ends, in words."""
        return labels.ENDINGS[Ending(self.ending)]


class TeachingRecordQuerySet(models.QuerySet["TeachingRecord"]):
    def visible_to(self, viewer: Actor) -> TeachingRecordQuerySet:
        """Those of the secondments that the viewer sees."""
        return self.filter(visible(viewer, SecondmentPermission.VIEW, programme="programme__code"))


class TeachingRecord(models.Model):
    """What somebody seconded taught. ``apprentice`` is the name of who learns, kept as long as people are.

    ``programme`` and ``place`` are the secondment's, for the index.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=6)
    secondment = models.ForeignKey(Secondment, on_delete=models.PROTECT, related_name="teaching")
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=120)
    apprentice = models.CharField(max_length=60, blank=True)
    since = models.DateField()
    until = models.DateField(null=True)
    state = models.CharField(max_length=10, default=TeachingState.RECORDED.value)
    recorded_by = models.CharField(max_length=100)
    moved_at = models.DateTimeField()
    provenance = models.CharField(max_length=10, blank=True)

    objects = TeachingRecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=list(TeachingState)), name="secondments_teachingrecord_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=list(TeachingKind)), name="secondments_teachingrecord_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=TeachingKind.APPRENTICE.value) | Q(apprentice=""),
                name="secondments_teachingrecord_names_nobody_but_an_apprentice",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")),
                name="secondments_teachingrecord_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="secondments_teachingrecord_title_is_not_empty"),
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="secondments_teachingrecord_provenance_is_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["programme", "state", "since", "place", "kind", "provenance"], name="secondments_taught_by_day"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def subject(self) -> Subject:
        """The record, for the trail."""
        return Subject("secondments.teachingrecord", self.uuid, self.programme.code, self.place)

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return labels.TEACHING_STATES[TeachingState(self.state)]

    @property
    def kind_name(self) -> str:
        """Its kind in words."""
        return labels.TEACHING_KINDS[TeachingKind(self.kind)]


class TeachingMove(Move):
    """A step on a teaching record's way."""

    record = models.ForeignKey(TeachingRecord, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [
            Move.between(
                TeachingState, begins=True, name="secondments_teachingmove_goes_from_one_known_state_to_another"
            )
        ]
