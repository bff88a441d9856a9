# SPDX-License-Identifier: Apache-2.0
"""A request to change a project or its money, what exactly is to change, and what people said to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.functional import Promise

from shanhai.base.database.selectors import holding, visible
from shanhai.base.formats import named
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.parts import Status
from shanhai.kernel.subjects import Subject
from shanhai.planning.adjustments import labels
from shanhai.planning.adjustments.permissions import AdjustmentPermission
from shanhai.planning.adjustments.states import (
    DECIDED,
    NEED_WORDS,
    OPEN,
    UNDECIDED,
    Approver,
    Kind,
    State,
    Verdict,
)
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.states import Stage

if TYPE_CHECKING:
    from shanhai.planning.projects.models import Project

# How an adjustment is named in the audit trail and among the things that a document proves.
SUBJECT = "adjustments.adjustment"


# Where an adjustment lies: the place of its project, and of the one that is to get money.
HERE, THERE = "project__place__code", "other_project__place__code"


class AdjustmentQuerySet(models.QuerySet["Adjustment"]):
    def visible_to(self, viewer: Actor) -> AdjustmentQuerySet:
        """Adjustments of projects the viewer may see, also of the one that is to get money; drafts only their own."""
        here, there = (
            visible(viewer, ProjectPermission.VIEW, programme="programme__code", place=place) for place in (HERE, THERE)
        )
        return self.filter(here | there, ~Q(state=State.DRAFT.value) | Q(proposed_by=viewer.ref))

    def with_waits(self, viewer: Actor) -> AdjustmentQuerySet:
        """Each with ``waits``: whether the viewer is the one to decide it, to send it off again, or to carry it out."""

        def held(permission: str) -> Q:
            here, there = (
                visible(viewer, permission, programme="programme__code", place=place) for place in (HERE, THERE)
            )
            return here & (Q(other_project=None) | there)

        deciding = Q(pk__in=[])
        for approver, permission in DECIDES.items():
            deciding |= Q(approver=approver.value) & held(permission)
        decide = Q(state=State.SUBMITTED.value) & deciding & ~Q(proposed_by=viewer.ref)
        again = Q(state__in=[State.DRAFT.value, State.RETURNED.value], proposed_by=viewer.ref)
        of_plan = Q(kind=Kind.PLAN.value)
        carrying = ~of_plan & held(ProjectPermission.MANAGE) | of_plan & held(ProgrammePermission.MANAGE)
        waits = decide | again | Q(state=State.APPROVED.value) & carrying
        return self.annotate(waits=Case(When(waits, then=True), default=False, output_field=models.BooleanField()))

    def about(self, text: str) -> AdjustmentQuerySet:
        """Adjustments of projects whose name, code or pinyin initials hold ``text``, or whose reason does."""
        found = holding(text, "reason")
        for path in ("project", "other_project"):
            found |= holding(
                text, f"{path}__name", f"{path}__code", f"{path}__former_codes", initials=f"{path}__initials"
            )
        return self.filter(found)

    def open(self) -> AdjustmentQuerySet:
        """Adjustments that somebody still has to do something about."""
        return self.filter(state__in=sorted(OPEN))


DECIDES = {
    Approver.COMMANDER: AdjustmentPermission.APPROVE,
    Approver.ORIGINAL: AdjustmentPermission.APPROVE_AS_ORIGINAL,
}


class Adjustment(models.Model):
    """A request about one project; for money moved, ``project`` gives and ``other_project`` gets.

    One about a whole yearly plan has no project. ``year`` is the plan's year where money of a plan changes. ``rule``
    and ``approver`` say who decides and on what ground, from the day it was submitted. ``effect`` holds the shares
    before and after (``values.area_as_json``).
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+", null=True)
    other_project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+", null=True)
    year = models.PositiveSmallIntegerField(null=True)
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=20, default=State.DRAFT.value)
    reason = models.TextField()
    extra_source = models.CharField(max_length=200, blank=True)
    rule = models.CharField(max_length=40, blank=True)
    approver = models.CharField(max_length=20, blank=True)
    effect: models.JSONField[Any, Any] = models.JSONField(default=list)
    proposed_by = models.CharField(max_length=100)
    proposed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True)
    applied_by = models.CharField(max_length=100, blank=True)
    applied_at = models.DateTimeField(null=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=sorted(Kind)), name="adjustments_adjustment_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=sorted(State)), name="adjustments_adjustment_state_is_known"),
            models.CheckConstraint(
                condition=Q(approver__in=["", *sorted(Approver)]), name="adjustments_adjustment_approver_is_known"
            ),
            models.CheckConstraint(
                condition=Q(provenance__in=["", "public", "demo"]), name="adjustments_adjustment_provenance_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(proposed_by=""), name="adjustments_adjustment_says_who_asks_and_why"
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("proposed_by")), name="adjustments_adjustment_is_not_decided_by_its_proposer"
            ),
            models.CheckConstraint(
                condition=(~Q(state__in=sorted(DECIDED)) | (~Q(decided_by="") & Q(decided_at__isnull=False)))
                & (~Q(state__in=sorted(UNDECIDED)) | Q(decided_by="", decided_at=None)),
                name="adjustments_adjustment_decision_has_a_person_and_an_instant",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.DRAFT.value, State.WITHDRAWN.value])
                | (~Q(approver="") & ~Q(rule="") & Q(submitted_at__isnull=False)),
                name="adjustments_adjustment_once_submitted_knows_its_approver",
            ),
            models.CheckConstraint(
                condition=Q(state=State.APPLIED.value, applied_at__isnull=False) & ~Q(applied_by="")
                | ~Q(state=State.APPLIED.value) & Q(applied_by="", applied_at=None),
                name="adjustments_adjustment_carried_out_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.MOVE_MONEY.value, other_project__isnull=False)
                | (~Q(kind=Kind.MOVE_MONEY.value) & Q(other_project=None)),
                name="adjustments_adjustment_of_moved_money_has_two_sides",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.PLAN.value, project=None, year__isnull=False)
                | (~Q(kind=Kind.PLAN.value) & Q(project__isnull=False)),
                name="adjustments_adjustment_is_about_a_project_or_a_plan",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "state", "-proposed_at"], name="adjustments_by_state"),
            models.Index(fields=["project", "state"], name="adjustments_by_project"),
        ]

    @property
    def its_project(self) -> Project:
        """The project of one that is not about a whole plan."""
        assert self.project is not None
        return self.project

    @property
    def code(self) -> str:
        """By what people know it: its project's code, or the year of the plan."""
        return self.project.code if self.project else str(self.year)

    @property
    def name(self) -> str:
        """The name of its project, of the programme for a whole plan."""
        return self.project.name if self.project else named(self.programme)

    @property
    def kind_name(self) -> Promise:
        """What is to be changed, in words."""
        return labels.KINDS[Kind(self.kind)]

    @property
    def status(self) -> tuple[Status, Promise]:
        """Its state by mark and word; reads the project of a cancellation, which may have been taken back."""
        goes_on = self.kind == Kind.CANCEL and self.its_project.stage != Stage.CANCELLED
        return labels.TAKEN_BACK if goes_on and self.state == State.APPLIED else labels.STATES[State(self.state)]

    @property
    def places(self) -> tuple[str | None, ...]:
        """The codes of the divisions it concerns; None for a whole plan."""
        projects = [one for one in (self.project, self.other_project) if one is not None]
        return tuple(project.place.code for project in projects) or (None,)

    @property
    def in_trail(self) -> dict[str, str]:
        """Which project it is about, as each row of the trail says; nothing for a whole plan."""
        return {"project": str(self.project.uuid)} if self.project else {}

    def subject(self) -> Subject:
        """The request, for the trail and for papers that prove something of it."""
        return Subject(SUBJECT, self.uuid, self.programme.code, self.places[0] or "")

    def __str__(self) -> str:
        return f"{self.kind} {self.state} {self.uuid}"


class AdjustmentChange(models.Model):
    """One value before and after, as stored and as a person reads it; ``subject`` is the uuid of a line, or ""."""

    adjustment = models.ForeignKey(Adjustment, on_delete=models.CASCADE, related_name="changes")
    position = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=36, blank=True)
    name = models.CharField(max_length=300, blank=True)
    field = models.CharField(max_length=40)
    old: models.JSONField[Any, Any] = models.JSONField(null=True)
    new: models.JSONField[Any, Any] = models.JSONField(null=True)
    old_words = models.TextField(blank=True)
    new_words = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["adjustment", "subject", "field"], name="adjustments_adjustmentchange_is_one_a_field"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.old_words} → {self.new_words}"


class Opinion(models.Model):
    """What somebody did or said to an adjustment: every step of its way leaves one, and so does every opinion."""

    adjustment = models.ForeignKey(Adjustment, on_delete=models.PROTECT, related_name="opinions")
    by = models.CharField(max_length=100)
    verdict = models.CharField(max_length=20)
    words = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=sorted(Verdict)), name="adjustments_opinion_verdict_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(verdict__in=sorted(NEED_WORDS)) | ~Q(words=""),
                name="adjustments_opinion_against_says_why",
            ),
        ]
        indexes = [models.Index(fields=["by", "-at"], name="adjustments_opinion_by_person")]

    def __str__(self) -> str:
        return f"{self.adjustment_id} {self.verdict} {self.by}"
