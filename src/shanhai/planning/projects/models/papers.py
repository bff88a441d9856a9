# SPDX-License-Identifier: Apache-2.0
"""The papers of a project, and the requirements somebody has waived."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.kernel import ids
from shanhai.planning.projects.models.projects import Project
from shanhai.planning.projects.states import PaperKind


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
