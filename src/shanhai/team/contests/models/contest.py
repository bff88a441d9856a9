# SPDX-License-Identifier: Apache-2.0
"""Criteria in versions; rounds with their teams and judges; votes, evidence, appeals; what was frozen."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.models import Move
from shanhai.base.database.selectors import visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.parts import Status
from shanhai.kernel.subjects import Subject
from shanhai.team.contests import labels
from shanhai.team.contests.permissions import ContestPermission
from shanhai.team.contests.states import AppealState, RoundState


class CriteriaSet(models.Model):
    """A version of the criteria; it never changes. From ``trims_from`` votes on, means are trimmed."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    trims_from = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "version"], name="contests_criteriaset_version_is_there_once"),
            models.CheckConstraint(condition=~Q(source=""), name="contests_criteriaset_has_a_source"),
            # Of fewer than three nothing would be left.
            models.CheckConstraint(condition=Q(trims_from__gte=3), name="contests_criteriaset_trims_three_or_more"),
        ]

    def __str__(self) -> str:
        return f"{self.version}"


class Criterion(models.Model):
    """One of a set; weights of a set add to 100, ``most`` is the highest score that a judge may give."""

    criteria = models.ForeignKey(CriteriaSet, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    looks_for = models.CharField(max_length=500)
    weight = models.PositiveSmallIntegerField()
    most = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["criteria", "position"], name="contests_criterion_has_a_place_of_its_own"),
            models.CheckConstraint(
                condition=Q(weight__range=(1, 100), most__range=(1, 1000)), name="contests_criterion_is_possible"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="contests_criterion_is_named"),
        ]

    def __str__(self) -> str:
        return self.name


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, viewer: Actor) -> RoundQuerySet:
        """Those of the programmes in which the viewer sees contests, and those that they judge."""
        seen = visible(viewer, ContestPermission.VIEW, programme="programme__code", place=None)
        judged = Judge.objects.filter(ref=viewer.ref).values("round") if viewer.ref else Judge.objects.none()
        return self.filter(seen | Q(pk__in=judged))


class Round(models.Model):
    """A round of a contest by one version of the criteria, open for votes on the days from opening to closing."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    criteria = models.ForeignKey(CriteriaSet, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=100)
    opens_on = models.DateField()
    closes_on = models.DateField()
    state = models.CharField(max_length=10, default=RoundState.DRAFTED.value)
    frozen_at = models.DateTimeField(null=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(RoundState)), name="contests_round_state_is_known"),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="contests_round_closes_after_opening"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="contests_round_has_a_title"),
            models.CheckConstraint(
                condition=Q(state=RoundState.FROZEN.value, frozen_at__isnull=False)
                | (~Q(state=RoundState.FROZEN.value) & Q(frozen_at=None)),
                name="contests_round_says_when_it_was_frozen",
            ),
        ]
        indexes = [models.Index(fields=["programme", "state", "closes_on"], name="contests_round_by_state")]

    def __str__(self) -> str:
        return self.title

    def subject(self) -> Subject:
        """The round, for the trail."""
        return Subject("contests.round", self.uuid, self.programme.code)

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return labels.ROUND_STATES[RoundState(self.state)]


class RoundMove(Move):
    """A step on a round's way."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [
            Move.between(RoundState, begins=True, name="contests_roundmove_goes_from_one_known_state_to_another")
        ]


class Entry(models.Model):
    """A team in a round. ``total`` and ``place`` are kept when the round is frozen; None where there is no score."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="entries")
    group = models.ForeignKey("programmes.WorkGroup", on_delete=models.PROTECT, related_name="+")
    total = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    place = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "group"], name="contests_entry_is_one_of_a_team"),
            models.CheckConstraint(
                condition=Q(total=None, place=None) | Q(total__isnull=False, place__isnull=False),
                name="contests_entry_with_a_total_has_a_place",
            ),
        ]

    def __str__(self) -> str:
        return str(self.group)


class Judge(models.Model):
    """Somebody who votes in a round, by the reference that the trail knows them by."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="judges")
    ref = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "ref"], name="contests_judge_is_named_once"),
            models.CheckConstraint(condition=~Q(ref=""), name="contests_judge_is_somebody"),
        ]
        indexes = [models.Index(fields=["ref"], name="contests_judge_ref")]

    def __str__(self) -> str:
        return self.ref


class Vote(models.Model):
    """The score that a judge gives a team for a criterion; ``counted`` is kept when the round is frozen."""

    judge = models.ForeignKey(Judge, on_delete=models.PROTECT, related_name="votes")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="votes")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField()
    voted_at = models.DateTimeField()
    counted = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["judge", "entry", "criterion"], name="contests_vote_is_one_of_a_judge")
        ]

    def __str__(self) -> str:
        return f"{self.score}"


class Evidence(models.Model):
    """What a team did for a criterion, in words, and where it can be seen."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="evidence")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=500)
    source = models.CharField(max_length=200)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(words="") & ~Q(source=""), name="contests_evidence_says_what_and_where")
        ]

    def __str__(self) -> str:
        return self.words[:40]


class Appeal(models.Model):
    """A team appeals against one score; upheld, its judges vote again until a day."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="appeals")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=500)
    state = models.CharField(max_length=10, default=AppealState.RAISED.value)
    raised_at = models.DateTimeField()
    raised_by = models.CharField(max_length=100)
    answer = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=100, blank=True)
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(AppealState)), name="contests_appeal_state_is_known"),
            models.UniqueConstraint(
                fields=["entry", "criterion"],
                condition=Q(state=AppealState.RAISED.value),
                name="contests_appeal_is_one_of_a_score",
            ),
            models.CheckConstraint(
                condition=Q(state=AppealState.RAISED.value, answer="", answered_at=None, until=None)
                | (~Q(state=AppealState.RAISED.value) & ~Q(answer="") & Q(answered_at__isnull=False)),
                name="contests_appeal_says_what_was_answered",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return labels.APPEAL_STATES[AppealState(self.state)]
