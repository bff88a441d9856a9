# SPDX-License-Identifier: Apache-2.0
"""A month's round of reports, the report of each group, its lines, and its way."""

from __future__ import annotations

from typing import ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.models import Move
from shanhai.base.database.selectors import around
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject
from shanhai.planning.rounds.states import ReportState, RoundState

SUMMARY, NEXT_STEPS, NEEDS = gettext_noop("本月小结"), gettext_noop("下月打算"), gettext_noop("需要协调的事")


class Found(models.Model):
    """What is found by its uuid: ``missing`` says that it is not, ``path`` is how a row names its programme."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    path: ClassVar[str]
    missing: ClassVar[str]

    class Meta:
        abstract = True


M = TypeVar("M", bound=Found)


class RoundQuerySet(models.QuerySet[M]):
    """Rounds, and the reports in them: whoever sees the programme sees them."""

    def visible_to(self, viewer: Actor) -> Self:
        """Those of the programmes that the viewer may see."""
        return self.filter(around(viewer, Permission.PROGRAMME_VIEW, programme=self.model.path))

    def one(self, viewer: Actor, uuid: UUID) -> M:
        """The row of that uuid, with its programme. Raises NotVisible."""
        found = self.visible_to(viewer).filter(uuid=uuid).select_related(self.model.path.removesuffix("__")).first()
        if found is None:
            raise NotVisible(self.model.missing)
        return found


class ReportingRoundQuerySet(RoundQuerySet["ReportingRound"]):
    """Rounds."""


class ReportingRound(Found):
    """The reports of all groups of a programme on one month, from ``opens_on``, by ``due_on``."""

    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    opens_on = models.DateField()
    due_on = models.DateField()
    state = models.CharField(max_length=10, default=RoundState.OPEN)
    closed_because = models.TextField(blank=True)
    path = "programme__"
    missing = gettext_noop("没有找到这一期月报。请从月报页重新进入。")

    objects = ReportingRoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "year", "month"], name="rounds_reportinground_is_one_a_month"),
            models.CheckConstraint(
                condition=Q(year__range=(1978, 2100), month__range=(1, 12)),
                name="rounds_reportinground_month_is_possible",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on")), name="rounds_reportinground_is_due_not_before_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(RoundState)), name="rounds_reportinground_state_is_known"
            ),
        ]

    def subject(self) -> Subject:
        """The round, for the trail."""
        return Subject("rounds.reportinground", self.uuid, self.programme.code)

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"


class GroupReportQuerySet(RoundQuerySet["GroupReport"]):
    """Reports."""


class GroupReport(Found):
    """What one group reports on a month: a summary, what comes next, what it needs from others, and its lines."""

    round = models.ForeignKey(ReportingRound, on_delete=models.PROTECT, related_name="reports")
    group = models.ForeignKey("programmes.WorkGroup", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default=ReportState.DRAFT)
    summary = models.TextField(blank=True)
    next_steps = models.TextField(blank=True)
    needs = models.TextField(blank=True)
    moved_at = models.DateTimeField()
    submitted_by = models.CharField(max_length=100, blank=True)
    reminded_at = models.DateTimeField(null=True)
    path = "round__programme__"
    missing = gettext_noop("没有找到这份月报。请从月报页重新进入。")

    objects = GroupReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "group"], name="rounds_groupreport_is_one_a_group"),
            models.CheckConstraint(condition=Q(state__in=list(ReportState)), name="rounds_groupreport_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=ReportState.DRAFT) | (~Q(summary="") & ~Q(submitted_by="")),
                name="rounds_groupreport_says_something_once_it_is_handed_in",
            ),
        ]
        indexes = [models.Index(fields=["state"], name="rounds_report_state")]

    def subject(self) -> Subject:
        """The report, for the trail."""
        return Subject("rounds.groupreport", self.uuid, self.round.programme.code)

    def __str__(self) -> str:
        return f"{self.round_id} {self.group_id}"

    @property
    def texts(self) -> list[tuple[str, str]]:
        """What it says beside its lines, under its headings."""
        said = (SUMMARY, self.summary), (NEXT_STEPS, self.next_steps), (NEEDS, self.needs)
        return [(heading, text) for heading, text in said if text]


class ReportLine(models.Model):
    """What a report says of one task; ``percent_before`` is where the task stood when that was said."""

    report = models.ForeignKey(GroupReport, on_delete=models.CASCADE, related_name="lines")
    task = models.ForeignKey("programmes.Task", on_delete=models.PROTECT, related_name="+")
    percent_before = models.PositiveSmallIntegerField()
    percent = models.PositiveSmallIntegerField(null=True)
    words = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "task"], name="rounds_reportline_speaks_once_of_a_task"),
            models.CheckConstraint(
                condition=Q(percent_before__lte=100) & (Q(percent=None) | Q(percent__lte=100)),
                name="rounds_reportline_percent_is_at_most_a_hundred",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.task_id}"


class GroupReportMove(Move):
    """A step on a report's way, with the opinion of who took it."""

    report = models.ForeignKey(GroupReport, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [Move.between(ReportState, name="rounds_groupreportmove_goes_from_one_known_state_to_another")]
