# SPDX-License-Identifier: Apache-2.0
"""Tables that were imported, and what each of their rows changed, so that a batch can be undone."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from shanhai.base.database.selectors import around, visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject
from shanhai.planning.programmes.values import StepKind
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.registers.ledger.values import Source


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, viewer: Actor) -> ImportBatchQuerySet:
        """Batches of the programmes into which the viewer may import; of a viewer for some counties, their own."""
        mine = Q(by=viewer.ref) & around(viewer, ProjectPermission.IMPORT)
        return self.filter(mine | visible(viewer, ProjectPermission.IMPORT, programme="programme__code", place=None))


class ImportBatch(models.Model):
    """One table that was taken over. ``counts`` is what its report said: rows, new, changed, unchanged, posted.

    ``source`` is how the sources of its ledger entries begin: the hash of the file, so that the same file posts nothing
    twice, and how often it has been undone, so that it may be taken over again after that. ``plans`` are the uuids of
    the yearly plans that it made.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    counts = models.JSONField()
    plans: models.JSONField[Any, Any] = models.JSONField(default=list)
    undone_by = models.CharField(max_length=100, blank=True)
    undone_at = models.DateTimeField(null=True)
    undone_because = models.CharField(max_length=500, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by="", undone_because="")
                | (Q(undone_at__isnull=False) & ~Q(undone_by="") & ~Q(undone_because="")),
                name="imports_importbatch_undone_by_somebody_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["programme", "document"], name="imports_batch_of_document")]

    def __str__(self) -> str:
        return self.name

    def subject(self) -> Subject:
        """The batch as the trail names it."""
        return Subject("projects.batch", self.uuid, self.programme.code)

    def source_of(self, row: int, step: StepKind) -> Source:
        """What the entry of one step of one row is made from."""
        return Source("projects.import", f"{self.source}:{row}:{step.value}")


class ImportedRow(models.Model):
    """What one row did: the plain facts of its project and line before and after; none before where it made them.

    ``funds`` is what the line had received in all after the row: arrived, allotted, paid, in fen. Project and line are
    named, not bound: undoing a batch deletes those it made, and the row stays to tell of it.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="rows")
    row = models.PositiveIntegerField()
    project = models.UUIDField()
    line = models.UUIDField()
    before = models.JSONField(null=True)
    after = models.JSONField()
    line_before = models.JSONField(null=True)
    line_after = models.JSONField()
    funds = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "row"], name="imports_importedrow_stands_once_in_its_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.row}"
