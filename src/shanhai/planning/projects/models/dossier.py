# SPDX-License-Identifier: Apache-2.0
"""What the life of a project leaves behind: papers, contracts, progress, stops, final accounts, assets, moves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import F, Q

from shanhai.base.database.models import Move
from shanhai.kernel import ids
from shanhai.planning.projects.models.projects import InFen, Project
from shanhai.planning.projects.rules import MAX_FEN
from shanhai.planning.projects.states import Method, MoveKind, Novelty, PaperKind, Size, Stage, StopReason
from shanhai.planning.projects.values import ProjectFacts


class StageMoveQuerySet(models.QuerySet["StageMove"]):
    def standing(self) -> StageMoveQuerySet:
        """The steps that were not taken back, without the corrections that took back others."""
        return self.filter(kind=MoveKind.STEP)


class StageMove(Move):
    """One step in the life of a project; the first has no ``old``. ``on_date`` is the day it happened on site.

    A correction goes back to the stage before; its day is the one on which it was made. A cancellation keeps the
    ``amounts`` of the lines that it has lowered, in fen by their uuid.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="moves")
    on_date = models.DateField()
    kind = models.CharField(max_length=20, db_default=MoveKind.STEP.value)
    amounts: models.JSONField[Any, Any] = models.JSONField(null=True)

    objects = StageMoveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=sorted(MoveKind)), name="projects_stagemove_kind_is_known"),
            models.CheckConstraint(
                condition=~Q(kind=MoveKind.CORRECTION.value) | ~Q(because=""),
                name="projects_stagemove_correction_has_a_reason",
            ),
            Move.between(Stage, begins=True, name="projects_stagemove_stages_are_known"),
            models.CheckConstraint(
                condition=~Q(new=Stage.SUSPENDED.value) | Q(old="") | ~Q(because=""),
                name="projects_stagemove_suspension_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["project", "at"], name="projects_move_by_project")]


class ProjectChangeManager(models.Manager["ProjectChange"]):
    def keep(
        self, changed: Iterable[tuple[Project, ProjectFacts]], *, on: date, by: str, at: datetime, why: str
    ) -> None:
        """Keep what was stated of projects before they become something else on the day ``on``.

        A day before the last change is that day, as of a line. Stores no project: who changes them does, with
        ``changed_on`` and ``former_codes``. One query for 500 projects.
        """
        kept = []
        for project, old in changed:
            project.changed_on = max(on, project.changed_on or on)
            past = dict.fromkeys([*project.former, old.code])
            project.former_codes = "\n".join(code for code in past if code != project.code)
            kept.append(
                ProjectChange(
                    project=project, on=project.changed_on, by=by, at=at, because=why[:500], code=old.code,
                    novelty=old.novelty.value, capital=old.capital, owner=old.owner,
                )
            )  # fmt: skip
        self.bulk_create(kept, batch_size=500)


class ProjectChange(models.Model):
    """What a project was stated to be until the day before ``on``, when somebody changed that, and why.

    ``owner`` is the uuid of an organisation.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="changes")
    on = models.DateField()
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    because = models.CharField(max_length=500, blank=True)
    code = models.CharField(max_length=40)
    novelty = models.CharField(max_length=20)
    capital = models.BooleanField()
    owner = models.UUIDField(null=True)

    objects = ProjectChangeManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="projects_projectchange_code_is_not_empty"),
            models.CheckConstraint(
                condition=Q(novelty__in=sorted(Novelty)), name="projects_projectchange_novelty_is_known"
            ),
        ]
        indexes = [models.Index(fields=["project", "on"], name="projects_change_by_project")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.on}"


class Paper(models.Model):
    """One version of a paper; the highest version of a kind counts. ``signed_on`` is empty until it is signed."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=100, blank=True)
    issuer = models.CharField(max_length=100, blank=True)
    issued_on = models.DateField(null=True)
    signed_on = models.DateField(null=True)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "kind", "version"], name="projects_paper_version_is_taken_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="projects_paper_version_starts_at_one"),
            models.CheckConstraint(condition=Q(kind__in=sorted(PaperKind)), name="projects_paper_kind_is_known"),
            models.CheckConstraint(
                condition=Q(issued_on=None) | Q(signed_on=None) | Q(signed_on__gte=F("issued_on")),
                name="projects_paper_is_not_signed_before_it_is_issued",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class Waiver(models.Model):
    """A requirement of a gate that somebody let go, with the reason."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="waivers")
    requirement = models.CharField(max_length=40)
    because = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "requirement"], name="projects_waiver_is_given_once"),
            models.CheckConstraint(condition=~Q(because=""), name="projects_waiver_has_a_reason"),
        ]

    def __str__(self) -> str:
        return self.requirement


class Contract(models.Model):
    """A contract, and how its contractor was found; a project may have several."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="contracts")
    number = models.CharField(max_length=100)
    contractor = models.CharField(max_length=200)
    method = models.CharField(max_length=20)
    amount_fen = models.BigIntegerField()
    amount = InFen("amount_fen")
    awarded_on = models.DateField(null=True)
    signed_on = models.DateField()
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="projects_contract_number_is_unique_in_project"),
            models.CheckConstraint(condition=~Q(number=""), name="projects_contract_has_a_number"),
            models.CheckConstraint(condition=~Q(contractor=""), name="projects_contract_names_the_contractor"),
            models.CheckConstraint(condition=Q(method__in=sorted(Method)), name="projects_contract_method_is_known"),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, amount_fen__lte=MAX_FEN), name="projects_contract_amount_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(awarded_on=None) | Q(signed_on__gte=F("awarded_on")),
                name="projects_contract_is_not_signed_before_the_award",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ProgressNote(models.Model):
    """How far the work had come on a day. Its photos are documents that prove it (``projects.progress``)."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="progress_notes")
    on_date = models.DateField()
    percent = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=1000)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(percent__lte=100), name="projects_progressnote_is_at_most_a_hundred"),
            models.CheckConstraint(condition=~Q(words=""), name="projects_progressnote_says_something"),
        ]
        indexes = [models.Index(fields=["project", "on_date"], name="projects_note_by_project")]

    def __str__(self) -> str:
        return f"{self.on_date} {self.percent} %"


class Suspension(models.Model):
    """A stop of the work: since when, why, until when it is expected to last. At most one is open."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="suspensions")
    reason = models.CharField(max_length=20)
    since_on = models.DateField()
    restart_expected_on = models.DateField(null=True)
    restarted_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=sorted(StopReason)), name="projects_suspension_reason_is_known"
            ),
            models.CheckConstraint(
                condition=Q(restarted_on=None) | Q(restarted_on__gte=F("since_on")),
                name="projects_suspension_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(restart_expected_on=None) | Q(restart_expected_on__gte=F("since_on")),
                name="projects_suspension_expects_a_later_restart",
            ),
            models.UniqueConstraint(
                fields=["project"], condition=Q(restarted_on=None), name="projects_suspension_is_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since_on} {self.reason}"


class Settlement(models.Model):
    """The final accounts (竣工财务决算) of a completed project. ``due_on`` counts from the day of completion.

    With sums and no day of approval they are a draft.
    """

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="settlement")
    size = models.CharField(max_length=10, default=Size.SMALL.value)
    due_on = models.DateField()
    extended_to = models.DateField(null=True)
    extended_because = models.CharField(max_length=500, blank=True)
    approved_on = models.DateField(null=True)
    approved_fen = models.BigIntegerField(null=True)
    surplus_fen = models.BigIntegerField(default=0)
    surplus_returned_on = models.DateField(null=True)
    approved, surplus = InFen("approved_fen"), InFen("surplus_fen")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size__in=sorted(Size)), name="projects_settlement_size_is_known"),
            models.CheckConstraint(
                condition=Q(extended_to=None) | (Q(extended_to__gt=F("due_on")) & ~Q(extended_because="")),
                name="projects_settlement_extension_is_later_and_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(approved_on=None, approved_fen=None)
                | Q(approved_fen__isnull=False, approved_fen__gte=0, approved_fen__lte=MAX_FEN),
                name="projects_settlement_is_approved_with_its_sum",
            ),
            models.CheckConstraint(
                condition=Q(surplus_fen__gte=0, surplus_fen__lte=MAX_FEN), name="projects_settlement_surplus_is_no_debt"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.due_on}"


class AssetTransfer(models.Model):
    """One asset that was handed to its keeper."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="asset_transfers")
    asset = models.CharField(max_length=200)
    keeper = models.CharField(max_length=200)
    value_fen = models.BigIntegerField()
    value = InFen("value_fen")
    on_date = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "asset"], name="projects_assettransfer_is_recorded_once"),
            models.CheckConstraint(condition=~Q(asset=""), name="projects_assettransfer_names_the_asset"),
            models.CheckConstraint(condition=~Q(keeper=""), name="projects_assettransfer_names_the_keeper"),
            models.CheckConstraint(
                condition=Q(value_fen__gte=0, value_fen__lte=MAX_FEN), name="projects_assettransfer_value_is_no_debt"
            ),
        ]

    def __str__(self) -> str:
        return self.asset
