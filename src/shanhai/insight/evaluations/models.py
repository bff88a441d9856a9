# SPDX-License-Identifier: Apache-2.0
"""Templates by version, evaluations by them, and what each item was given."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.models import Move
from shanhai.base.database.selectors import around, row_of
from shanhai.insight.evaluations.states import EvaluationState, TemplateState
from shanhai.insight.evaluations.values import Item, Scoring
from shanhai.insight.evidence.permissions import EvidencePermission
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject

MISSING = gettext_noop("没有找到这次考核，或者您的岗位看不到它。请从“考核”重新进入。")


class OfProgramme(models.QuerySet[Any]):
    """Rows of a programme: whoever may see its evidence sees them."""

    def visible_to(self, viewer: Actor) -> Self:
        """Those of the programmes whose evidence the viewer may see."""
        return self.filter(around(viewer, EvidencePermission.VIEW))

    def one(self, viewer: Actor, uuid: UUID, *, lock: bool = False) -> Any:
        """The row of that uuid; ``lock`` holds it until the transaction ends. Raises NotVisible."""
        return row_of(self.visible_to(viewer).select_related("programme"), uuid, MISSING, lock=lock)


class Template(models.Model):
    """A version of how a programme is judged; ``is_sample`` where no rule stands behind it."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default=TemplateState.DRAFT)
    is_sample = models.BooleanField(default=True)
    basis = models.CharField(max_length=200, blank=True)

    objects = OfProgramme.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name", "version"], name="evaluations_template_version_is_used_once"
            ),
            models.UniqueConstraint(
                fields=["programme", "name"],
                condition=Q(state=TemplateState.IN_FORCE),
                name="evaluations_template_is_in_force_in_one_version",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="evaluations_template_has_a_name"),
            models.CheckConstraint(
                condition=Q(state__in=list(TemplateState)), name="evaluations_template_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(is_sample=True) | ~Q(basis=""), name="evaluations_template_that_is_no_sample_has_a_basis"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def subject(self) -> Subject:
        """The row, for the trail."""
        return Subject("evaluations.template", self.uuid, self.programme.code)


class TemplateItem(models.Model):
    """An item of a template, in its place; never altered."""

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    aspect = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    weight = models.DecimalField(max_digits=5, decimal_places=2)
    scoring = models.CharField(max_length=20)
    target = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    steps = models.JSONField(default=list)
    figure = models.CharField(max_length=80, blank=True)
    evidence = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["template", "position"], name="evaluations_templateitem_has_a_place_of_its_own"
            ),
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lte=100), name="evaluations_templateitem_weight_counts"
            ),
            models.CheckConstraint(
                condition=Q(scoring__in=list(Scoring)), name="evaluations_templateitem_scoring_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> Item:
        """The item as the rules take it."""
        steps = tuple((Decimal(reached), Decimal(percent)) for reached, percent in self.steps)
        scoring = Scoring(self.scoring)
        return Item(self.aspect, self.name, self.weight, scoring, self.target, steps, self.figure, self.evidence)


class Evaluation(models.Model):
    """A programme judged by a template for a period, both days included. Frozen, nothing of it changes any more."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="evaluations")
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=10, default=EvaluationState.ASSESSING)
    submitted_by = models.CharField(max_length=100, blank=True)

    objects = OfProgramme.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["template", "starts_on", "ends_on"], name="evaluations_evaluation_of_a_period_is_made_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="evaluations_evaluation_ends_not_before_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(EvaluationState)), name="evaluations_evaluation_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state=EvaluationState.ASSESSING) | ~Q(submitted_by=""),
                name="evaluations_evaluation_was_handed_in_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.starts_on}"

    def subject(self) -> Subject:
        """The row, for the trail."""
        return Subject("evaluations.evaluation", self.uuid, self.programme.code)

    def get_absolute_url(self) -> str:
        """Its page."""
        return f"/evaluations/{self.uuid}/"


class Score(models.Model):
    """What an item was given: by those who are judged, and by who decides.

    ``kept`` is the figure as it was when the assessment was handed in, plain (``kernel.plain``); ``own`` and
    ``decided`` are points; ``appeal`` is what is said against the decision. ``files`` are those that proved it when the
    assessment was handed in: "label", "document" and "sha256" of each.
    """

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="scores")
    item = models.ForeignKey(TemplateItem, on_delete=models.PROTECT, related_name="+")
    reached = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    words = models.TextField(blank=True)
    kept = models.JSONField(null=True)
    own = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    decided = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    opinion = models.TextField(blank=True)
    appeal = models.TextField(blank=True)
    files = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "item"], name="evaluations_score_of_an_item_is_given_once"),
            models.CheckConstraint(
                condition=Q(decided=None) | Q(decided=F("own")) | ~Q(opinion=""),
                name="evaluations_score_decided_otherwise_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.decided}"

    @property
    def proved(self) -> tuple[str, str]:
        """What its files prove, by type and id; reads its evaluation and its item."""
        return "evaluations.score", f"{self.evaluation.uuid}/{self.item.position}"


class EvaluationMove(Move):
    """A step of an evaluation."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [Move.between(EvaluationState, name="evaluations_evaluationmove_goes_somewhere")]
