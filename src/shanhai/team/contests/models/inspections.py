# SPDX-License-Identifier: Apache-2.0
"""Questions in versions, inspections of groups with their answers, findings until somebody else has closed them."""

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
from shanhai.team.contests.states import FindingState
from shanhai.team.contests.values import Answer


class QuestionSet(models.Model):
    """A version of the questions; it never changes once it is there."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "version"], name="contests_questionset_version_is_there_once"),
            models.CheckConstraint(condition=~Q(source=""), name="contests_questionset_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.version}"


class Question(models.Model):
    """One of a set."""

    questions = models.ForeignKey(QuestionSet, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["questions", "position"], name="contests_question_has_a_place_of_its_own"),
            models.CheckConstraint(condition=~Q(words=""), name="contests_question_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.words


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def visible_to(self, viewer: Actor) -> InspectionQuerySet:
        """Those of the programmes in which the viewer sees inspections."""
        return self.filter(visible(viewer, ContestPermission.VIEW, programme="programme__code", place=None))


class Inspection(models.Model):
    """A group is inspected on a day: by itself, or by another group (互检)."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    questions = models.ForeignKey(QuestionSet, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey("programmes.WorkGroup", on_delete=models.PROTECT, related_name="+")
    by_group = models.ForeignKey("programmes.WorkGroup", on_delete=models.PROTECT, null=True, related_name="+")
    day = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=100)
    provenance = models.CharField(max_length=10, blank=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(by_group=None) | ~Q(by_group=F("group")), name="contests_inspection_by_another_group"
            )
        ]
        indexes = [models.Index(fields=["programme", "-day"], name="contests_inspection_by_day")]

    def __str__(self) -> str:
        return f"{self.group} {self.day}"

    def subject(self) -> Subject:
        """The inspection, for the trail."""
        return Subject("contests.inspection", self.uuid, self.programme.code)


class InspectionAnswer(models.Model):
    """The answer to a question in an inspection."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=3)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inspection", "question"], name="contests_inspectionanswer_is_given_once"),
            models.CheckConstraint(condition=Q(answer__in=list(Answer)), name="contests_inspectionanswer_is_known"),
            models.CheckConstraint(
                condition=~Q(answer=Answer.NO.value) | ~Q(note=""), name="contests_inspectionanswer_no_says_what"
            ),
        ]

    def __str__(self) -> str:
        return self.answer


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, viewer: Actor) -> FindingQuerySet:
        """Those of the inspections that the viewer sees, and those that are theirs to mend."""
        seen = visible(viewer, ContestPermission.VIEW, programme="programme__code", place=None)
        return self.filter(seen | (Q(owner=viewer.ref) if viewer.ref else Q(pk__in=[])))


class Finding(models.Model):
    """What is to be mended: by ``owner`` (a user's reference) until ``due_on``; ``proof`` says how it was."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="findings")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=500)
    state = models.CharField(max_length=10, default=FindingState.FOUND.value)
    owner = models.CharField(max_length=100, blank=True)
    due_on = models.DateField(null=True)
    proof = models.CharField(max_length=500, blank=True)
    closed_on = models.DateField(null=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(FindingState)), name="contests_finding_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=FindingState.FOUND.value) | (~Q(owner="") & Q(due_on__isnull=False)),
                name="contests_finding_that_is_given_has_owner_and_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[FindingState.MENDED.value, FindingState.CLOSED.value]) | ~Q(proof=""),
                name="contests_finding_that_is_mended_says_how",
            ),
            models.CheckConstraint(
                condition=Q(state=FindingState.CLOSED.value, closed_on__isnull=False)
                | (~Q(state=FindingState.CLOSED.value) & Q(closed_on=None)),
                name="contests_finding_is_closed_on_a_day",
            ),
        ]
        indexes = [models.Index(fields=["programme", "state", "due_on"], name="contests_finding_by_state")]

    def __str__(self) -> str:
        return self.words[:40]

    def subject(self) -> Subject:
        """The finding, for the trail."""
        return Subject("contests.finding", self.uuid, self.programme.code)

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return labels.FINDING_STATES[FindingState(self.state)]


class FindingMove(Move):
    """A step on a finding's way."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [
            Move.between(FindingState, begins=True, name="contests_findingmove_goes_from_one_known_state_to_another")
        ]
