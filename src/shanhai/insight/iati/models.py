# SPDX-License-Identifier: Apache-2.0
"""Files of others that were taken in, kept whole: their activities stand beside ours and never in our ledger."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.selectors import around, row_of
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject


class ImportedFileQuerySet(models.QuerySet["ImportedFile"]):
    def visible_to(self, viewer: Actor) -> Self:
        """Those kept with the programmes that the viewer may see."""
        return self.filter(around(viewer, Permission.PROGRAMME_VIEW))

    def one(self, viewer: Actor, uuid: UUID) -> ImportedFile:
        """The file of that uuid with its programme. Raises NotVisible."""
        missing = gettext_noop("没有找到这份文件，或者您的岗位看不到它。请从“国际援助数据”重新进入。")
        return row_of(self.visible_to(viewer).select_related("programme"), uuid, missing)


class ImportedFile(models.Model):
    """A file of activities or organisations: ``head`` is what stands before the first of them, ``foot`` at the end.

    ``sha256`` is of the file as it comes out again; ``errors`` and ``warnings`` are what the check said when it came.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    head = models.TextField()
    foot = models.TextField()
    errors = models.PositiveIntegerField()
    warnings = models.PositiveIntegerField()
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=100)

    objects = ImportedFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "sha256"], name="iati_importedfile_is_taken_in_once_in_a_programme"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="iati_importedfile_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def subject(self) -> Subject:
        """The file, for the trail."""
        return Subject("iati.importedfile", self.uuid, self.programme.code)


class ImportedActivity(models.Model):
    """An activity (or organisation) at its place in a file, as it was written; ``after`` is what follows it there."""

    file = models.ForeignKey(ImportedFile, on_delete=models.CASCADE, related_name="activities")
    position = models.PositiveIntegerField()
    identifier = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=300, blank=True)
    reporter = models.CharField(max_length=300, blank=True)
    budgets = models.PositiveIntegerField()
    transactions = models.PositiveIntegerField()
    xml = models.TextField()
    after = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["file", "position"], name="iati_importedactivity_has_a_place_of_its_own_in_the_file"
            ),
        ]

    def __str__(self) -> str:
        return self.identifier
