# SPDX-License-Identifier: Apache-2.0
"""Tables that were taken into a register, and what each did to single records, so that a table can be taken back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.kernel import ids
from shanhai.kernel.subjects import Subject


class TableImport(models.Model):
    """A table of a ``kind`` that was taken in. ``counts`` is what its report said: new, changed, unchanged."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    kind = models.CharField(max_length=40)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    counts = models.JSONField()
    undone_by = models.CharField(max_length=100, blank=True)
    undone_at = models.DateTimeField(null=True)
    undone_because = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by="", undone_because="")
                | (Q(undone_at__isnull=False) & ~Q(undone_by="") & ~Q(undone_because="")),
                name="tables_tableimport_undone_by_somebody_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"

    def subject(self) -> Subject:
        """The import as the trail names it."""
        return Subject("tables.import", self.uuid)


class ImportedRecord(models.Model):
    """What a table did to one record of ``model`` ("places.site"): some of its columns before, none where it made it.

    The record is named by its key, not bound: taking the table back deletes those it made.
    """

    of = models.ForeignKey(TableImport, on_delete=models.CASCADE, related_name="records")
    model = models.CharField(max_length=60)
    key = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "model", "key"], name="tables_importedrecord_stands_once")]

    def __str__(self) -> str:
        return f"{self.model} {self.key}"
