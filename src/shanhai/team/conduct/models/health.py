# SPDX-License-Identifier: Apache-2.0
"""Templates of the four lists and the table of health, and the sheets that people filled in."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.base.database.selectors import own, visible
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject
from shanhai.team.conduct import labels
from shanhai.team.conduct.permissions import HealthPermission
from shanhai.team.conduct.values import ListKind


class HealthTemplate(models.Model):
    """A version of a list; it never changes, since sheets are read by it. ``items``: see ``health.rules.items``."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    version = models.PositiveSmallIntegerField()
    items = models.JSONField()
    source = models.CharField(max_length=200)
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "kind", "version"], name="conduct_healthtemplate_version_is_there_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(ListKind)), name="conduct_healthtemplate_kind_is_known"),
            models.CheckConstraint(condition=~Q(source=""), name="conduct_healthtemplate_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"

    def subject(self) -> Subject:
        """The template, for the trail."""
        return Subject("conduct.healthtemplate", self.uuid, self.programme.code)

    @property
    def kind_name(self) -> str:
        """Its list in words."""
        return labels.LISTS[ListKind(self.kind)]


class HealthSheetQuerySet(models.QuerySet["HealthSheet"]):
    def visible_to(self, viewer: Actor) -> HealthSheetQuerySet:
        """One's own, and for the health keeper; for nobody else."""
        keeper = visible(viewer, HealthPermission.KEEP, programme="programme__code")
        return self.filter(own(viewer, "person__user") | keeper)


class HealthSheet(models.Model):
    """A list or the table, filled in for one person on one day. Sealed; the latest of a kind counts.

    ``answers`` are JSON by the number of the item; ``beyond`` is how many of them lie beyond a threshold. ``kind`` is
    the template's, for the index.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=6)
    secondment = models.ForeignKey("secondments.Secondment", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(HealthTemplate, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    day = models.DateField()
    answers = models.JSONField()
    beyond = models.PositiveSmallIntegerField()
    filled_at = models.DateTimeField()
    filled_by = models.CharField(max_length=100)
    erased_at = models.DateTimeField(null=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = HealthSheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(ListKind)), name="conduct_healthsheet_kind_is_known"),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(answers={}, beyond=0), name="conduct_healthsheet_erased_is_empty"
            ),
        ]
        indexes = [models.Index(fields=["programme", "kind", "person", "-day"], name="conduct_sheet_of_person")]

    def __str__(self) -> str:
        return str(self.uuid)

    def subject(self) -> Subject:
        """The sheet, for the trail: neither whose nor which list."""
        return Subject("conduct.healthsheet", self.uuid, self.programme.code)

    @property
    def kind_name(self) -> str:
        """Its list in words."""
        return labels.LISTS[ListKind(self.kind)]
