# SPDX-License-Identifier: Apache-2.0
"""What happens on site: the contract, progress in words and percent, stops."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.kernel import ids
from shanhai.planning.projects.models.projects import Project
from shanhai.planning.projects.rules import MAX_FEN
from shanhai.planning.projects.states import Method, StopReason


class Contract(models.Model):
    """A contract, and how its contractor was found; a project may have several."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="contracts")
    number = models.CharField(max_length=100)
    contractor = models.CharField(max_length=200)
    method = models.CharField(max_length=20)
    amount_fen = models.BigIntegerField()
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
