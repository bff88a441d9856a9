# SPDX-License-Identifier: Apache-2.0
"""Recalls and drills: why, what was reached, whom, what they found; and problems that people report who scan.

No model here holds personal data: a report asks for none.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.models import Move
from shanhai.base.database.selectors import visible
from shanhai.field.traceability.models.parties import Party
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.states import ProblemKind, RecallState
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject


class RecallQuerySet(models.QuerySet["Recall"]):
    def visible_to(self, viewer: Actor) -> RecallQuerySet:
        """Those in a scope in which the viewer sees all, and those that reached a party for which they act."""
        seen = visible(viewer, TracePermission.VIEW, programme="programme__code", place="place")
        theirs = RecallReach.objects.filter(party__in=Party.objects.acted_for_by(viewer))
        return self.filter(seen | Q(pk__in=theirs.values("recall")))


class Recall(models.Model):
    """That a thing, and all that was made of it, is called back; or a drill of that, which holds nothing.

    ``identifier`` is the canonical identifier of the thing at the root, ``level`` 1 (gravest) to 3. ``seen_to`` is the
    last event that the list knows, ``list_ms`` how long the first list took. ``result`` is how it ended.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=6, blank=True)
    identifier = models.CharField(max_length=500)
    key = models.BigIntegerField()
    level = models.PositiveSmallIntegerField()
    drill = models.BooleanField()
    because = models.TextField()
    state = models.CharField(max_length=10, default=RecallState.OPEN)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=100)
    seen_to = models.BigIntegerField(default=0)
    list_ms = models.PositiveIntegerField(default=0)
    result = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)

    objects = RecallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(RecallState)), name="traceability_recall_state_is_known"),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=3), name="traceability_recall_level_is_one_to_three"
            ),
            models.CheckConstraint(condition=~Q(because=""), name="traceability_recall_has_a_reason"),
            models.CheckConstraint(
                condition=Q(state=RecallState.OPEN, ended_at=None, result="")
                | (Q(state=RecallState.CLOSED, ended_at__isnull=False) & ~Q(result="")),
                name="traceability_recall_ends_with_a_result",
            ),
            models.UniqueConstraint(
                fields=["programme", "identifier", "drill"],
                condition=Q(state=RecallState.OPEN),
                name="traceability_recall_of_a_thing_is_open_once",
            ),
        ]
        indexes = [models.Index(fields=["key"], name="traceability_recall_by_key")]

    def __str__(self) -> str:
        return self.identifier

    def subject(self) -> Subject:
        """What acts on it are about."""
        return Subject("traceability.recall", self.uuid, self.programme.code, self.place)


class RecallMove(Move):
    """A recall was started or ended."""

    recall = models.ForeignKey(Recall, on_delete=models.CASCADE, related_name="moves")

    class Meta:
        constraints = [Move.between(RecallState, name="traceability_recallmove_goes_between_known_states", begins=True)]


class RecallLot(models.Model):
    """A thing on the list of a recall, as it was found: how deep below the root, through which thing and event.

    ``holder`` is the party that has it by the latest event. ``left_at`` is when it ceased to hold what is called back,
    None where it still does; ``later`` says that it came to the list after the recall began, ``held`` that the recall
    stopped it with who has it: what was sold or used up is not.
    """

    recall = models.ForeignKey(Recall, on_delete=models.CASCADE, related_name="lots", db_index=False)
    key = models.BigIntegerField()
    identifier = models.CharField(max_length=500)
    depth = models.PositiveIntegerField()
    through = models.BigIntegerField(default=0)
    event = models.BigIntegerField(default=0)
    holder = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    left_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField()
    later = models.BooleanField(default=False)
    held = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recall", "identifier"], name="traceability_recalllot_is_listed_once")
        ]
        indexes = [
            models.Index(fields=["key", "recall"], name="traceability_recalllot_by_key"),
            models.Index(fields=["recall", "depth", "id"], name="traceability_recalllot_depth"),
        ]

    def __str__(self) -> str:
        return self.identifier


class RecallReachQuerySet(models.QuerySet["RecallReach"]):
    def visible_to(self, viewer: Actor) -> RecallReachQuerySet:
        """Those of recalls in a scope in which the viewer sees all, and those of parties for which they act."""
        seen = visible(viewer, TracePermission.VIEW, programme="recall__programme__code", place="recall__place")
        return self.filter(seen | Q(party__in=Party.objects.acted_for_by(viewer)))


class RecallReach(models.Model):
    """A party that a recall reached: when it was told, and what it answered (whole grams found and withdrawn)."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    recall = models.ForeignKey(Recall, on_delete=models.CASCADE, related_name="reached", db_index=False)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    things = models.PositiveIntegerField()
    told_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=100, blank=True)
    found_grams = models.PositiveBigIntegerField(null=True)
    withdrawn_grams = models.PositiveBigIntegerField(null=True)
    words = models.TextField(blank=True)

    objects = RecallReachQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recall", "party"], name="traceability_recallreach_is_once_for_a_party"),
            models.CheckConstraint(
                condition=Q(answered_at=None, found_grams=None, withdrawn_grams=None)
                | Q(answered_at__isnull=False, found_grams__isnull=False, withdrawn_grams__isnull=False),
                name="traceability_recallreach_answer_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_grams=None) | Q(withdrawn_grams__lte=F("found_grams")),
                name="traceability_recallreach_withdraws_what_was_found",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recall_id} {self.party_id}"


class ProblemQuerySet(models.QuerySet["Problem"]):
    def visible_to(self, viewer: Actor) -> ProblemQuerySet:
        """Those in a scope in which the viewer sees all."""
        return self.filter(visible(viewer, TracePermission.VIEW, programme="programme__code", place="place"))


class Problem(models.Model):
    """A problem that somebody reported who scanned a code. ``form_id`` is of the form, so that it counts once."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    form_id = models.UUIDField(unique=True)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=6, blank=True)
    identifier = models.CharField(max_length=500)
    key = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    words = models.TextField(blank=True)
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=100, blank=True)
    answer = models.TextField(blank=True)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(ProblemKind)), name="traceability_problem_kind_is_known"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="traceability_problem_answer_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["key"], name="traceability_problem_by_key")]

    def __str__(self) -> str:
        return str(self.uuid)

    def subject(self) -> Subject:
        """What acts on it are about."""
        return Subject("traceability.problem", self.uuid, self.programme.code, self.place)
