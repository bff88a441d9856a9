# SPDX-License-Identifier: Apache-2.0
"""What others have published, praised and honoured; the cases of the library."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.base.database.models import Move
from shanhai.insight.reports import labels
from shanhai.insight.reports.models.bulletins import OfProgramme, OfProgrammeQuerySet
from shanhai.insight.reports.states import CaseState
from shanhai.insight.reports.values import MediaLevel, MentionKind
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.parts import Status


class MentionQuerySet(OfProgrammeQuerySet["Mention"]):
    """Mentions."""


class CaseQuerySet(OfProgrammeQuerySet["Case"]):
    """Cases."""


class Mention(OfProgramme):
    """A report in the media or on an own channel, a praise, a case chosen, an award.

    ``outlet`` is the medium, the channel or the office, never a private person; ``file_sha256`` is the hash of the
    picture or scan that proves it. What was recorded wrongly is withdrawn.
    """

    kind = models.CharField(max_length=12)
    level = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    outlet = models.CharField(max_length=100)
    on = models.DateField()
    url = models.URLField(max_length=500, blank=True)
    document_number = models.CharField(max_length=60, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    provenance = models.CharField(max_length=10, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=100)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=500, blank=True)
    subject_type = "reports.mention"
    missing = gettext_noop("没有找到这条登记。请从报告页重新进入。")

    objects = MentionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "kind", "outlet", "title", "on"],
                condition=Q(withdrawn_at=None),
                name="reports_mention_is_recorded_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=list(MentionKind)), name="reports_mention_kind_is_known"),
            models.CheckConstraint(condition=Q(level__in=list(MediaLevel)), name="reports_mention_level_is_known"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(outlet=""), name="reports_mention_says_what_and_by_whom"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_because="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_because="")),
                name="reports_mention_withdrawn_says_why",
            ),
        ]
        indexes = [models.Index(fields=["programme", "kind", "on"], name="reports_mention_by_day")]

    def __str__(self) -> str:
        return self.title


class Case(OfProgramme):
    """A case of the library after the template; an accepted one is changed by another version, and both stay."""

    title = models.CharField(max_length=100)
    background = models.TextField(blank=True)
    practice = models.TextField(blank=True)
    result = models.TextField(blank=True)
    lessons = models.TextField(blank=True)
    state = models.CharField(max_length=10, default=CaseState.DRAFT)
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, related_name="replaced_by", null=True)
    written_by = models.CharField(max_length=100)
    edited_by = models.CharField(max_length=100)
    moved_at = models.DateTimeField()
    accepted_on = models.DateField(null=True)
    provenance = models.CharField(max_length=10, blank=True)
    subject_type = "reports.case"
    missing = gettext_noop("没有找到这个案例。请从案例库重新进入。")

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(CaseState)), name="reports_case_state_is_known"),
            models.CheckConstraint(condition=~Q(title=""), name="reports_case_title_is_not_empty"),
            models.CheckConstraint(
                condition=Q(state=CaseState.ACCEPTED, accepted_on__isnull=False)
                | (~Q(state=CaseState.ACCEPTED) & Q(accepted_on=None)),
                name="reports_case_has_a_day_once_accepted",
            ),
        ]
        indexes = [models.Index(fields=["programme", "state"], name="reports_case_by_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return labels.CASE_STATES[CaseState(self.state)]


class CaseMove(Move):
    """A step on a case's way, with the opinion of who took it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [Move.between(CaseState, name="reports_casemove_goes_from_one_known_state_to_another")]
