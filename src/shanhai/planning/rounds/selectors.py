# SPDX-License-Identifier: Apache-2.0
"""Rounds, the reports in them, and what waits for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.access import may_report_for
from shanhai.planning.programmes.campaigns import selectors as campaigns
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.states import TaskState
from shanhai.planning.rounds.models import GroupReport, GroupReportMove, ReportingRound
from shanhai.planning.rounds.rules import usual_days
from shanhai.planning.rounds.states import IN_HAND, ReportState, RoundState
from shanhai.planning.rounds.values import Said

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Task


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A group's report in its round: whose turn it is since when, and whether it is late."""

    uuid: UUID
    group: str
    state: ReportState
    since: datetime
    reminded_at: datetime | None
    late: bool
    own: bool


@dataclass(frozen=True, slots=True)
class RoundPage:
    """A round with all its reports."""

    round: ReportingRound
    rows: tuple[ReportRow, ...]
    may_manage: bool

    def count(self, *states: ReportState) -> int:
        """How many reports are in one of ``states``."""
        return sum(row.state in states for row in self.rows)


@dataclass(frozen=True, slots=True)
class Line:
    """A task, and what the report says of it; ``percent_before`` is where it stood when that was said."""

    task: Task
    said: Said
    percent_before: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report with its lines, its way, and what the viewer may do with it."""

    report: GroupReport
    lines: tuple[Line, ...]
    moves: tuple[GroupReportMove, ...]
    may_write: bool
    may_judge: bool


def list_rounds(*, viewer: Actor, programme: str) -> list[Any]:
    """The rounds of a programme, the newest first, each with how many ``groups`` report, are accepted and submitted.

    One query beside the programme's. Raises NotVisible.
    """
    found = ReportingRound.objects.filter(programme=programmes.get_programme(viewer=viewer, code=programme))
    counted = found.annotate(
        groups=Count("reports"),
        accepted=Count("reports", filter=Q(reports__state=ReportState.ACCEPTED)),
        submitted=Count("reports", filter=Q(reports__state=ReportState.SUBMITTED)),
    )
    return list(counted.order_by("-year", "-month", "-pk"))


def next_round(*, viewer: Actor, programme: str, on: date) -> tuple[int, int, date, date]:
    """The month that is to be reported on next, with its usual days: after the last round, else this month.

    Raises NotVisible.
    """
    found = ReportingRound.objects.filter(programme=programmes.get_programme(viewer=viewer, code=programme))
    last = found.order_by("-year", "-month").values_list("year", "month").first()
    year, month = (on.year, on.month) if last is None else (last[0] + last[1] // 12, last[1] % 12 + 1)
    return year, month, *usual_days(year, month)


def get_round(*, viewer: Actor, uuid: UUID, at: datetime) -> RoundPage:
    """A round with the report of each group. Raises NotVisible."""
    found = ReportingRound.objects.visible_to(viewer).select_related("programme").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这一期月报。请从月报页重新进入。"))
    code = found.programme.code
    own = {group.pk for group in campaigns.own_groups(viewer=viewer, programme=code)}
    late = found.state == RoundState.OPEN and found.due_on < local_date(at)
    rows = tuple(
        ReportRow(
            uuid=report.uuid,
            group=report.group.name,
            state=ReportState(report.state),
            since=report.moved_at,
            reminded_at=report.reminded_at,
            late=late and ReportState(report.state) in IN_HAND,
            own=report.group_id in own,
        )
        for report in found.reports.select_related("group").order_by("group__pk")
    )
    return RoundPage(found, rows, may_manage=viewer.may(ProgrammePermission.MANAGE, programme=code))


def get_report(*, viewer: Actor, uuid: UUID) -> ReportPage:
    """A group's report with a line for each task it is to speak of. Raises NotVisible."""
    rows = GroupReport.objects.visible_to(viewer).select_related("round__programme", "group")
    report = rows.filter(uuid=uuid).first()
    if report is None:
        raise NotVisible(gettext_noop("没有找到这份月报。请从月报页重新进入。"))
    code = report.round.programme.code
    state, running = ReportState(report.state), report.round.state == RoundState.OPEN
    said = {line.task_id: line for line in report.lines.all()}
    tasks = tasks_to_report(viewer=viewer, report=report)
    if state not in IN_HAND:
        tasks = [task for task in tasks if task.pk in said]
    lines = []
    for task in tasks:
        line = said.get(task.pk)
        lines.append(
            Line(
                task=task,
                said=Said(line.percent, line.words) if line else Said(None),
                percent_before=line.percent_before if line else task.progress_percent,
                is_open=task.state == TaskState.OPEN,
            )
        )
    return ReportPage(
        report=report,
        lines=tuple(lines),
        moves=tuple(report.moves.order_by("-at", "-pk")),
        may_write=running and state in IN_HAND and may_report_for(viewer, report.group, code),
        may_judge=running and state == ReportState.SUBMITTED and viewer.may(ProgrammePermission.MANAGE, programme=code),
    )


def list_waiting(*, viewer: Actor, programme: str) -> list[GroupReport]:
    """The reports of open rounds that wait for the viewer: their own groups' to write, others' to judge.

    Raises NotVisible.
    """
    found = programmes.get_programme(viewer=viewer, code=programme)
    mine = Q(state__in=[state.value for state in IN_HAND], group__members__ref=viewer.ref)
    if not viewer.may(ProgrammePermission.REPORT_TASK, programme=programme):
        mine = Q(pk__in=[])
    if viewer.may(ProgrammePermission.MANAGE, programme=programme):
        mine |= Q(state=ReportState.SUBMITTED) & ~Q(submitted_by=viewer.ref)
    rows = GroupReport.objects.filter(mine, round__programme=found, round__state=RoundState.OPEN).distinct()
    return list(rows.select_related("round", "group").order_by("round__due_on", "pk"))


def list_to_close(*, viewer: Actor, programme: str) -> list[ReportingRound]:
    """Open rounds whose reports are all accepted, for who may close them; the oldest first. Raises NotVisible."""
    if not viewer.may(ProgrammePermission.MANAGE, programme=programme):
        return []
    found = programmes.get_programme(viewer=viewer, code=programme)
    missing = GroupReport.objects.filter(round=OuterRef("pk")).exclude(state=ReportState.ACCEPTED)
    rows = ReportingRound.objects.filter(~Exists(missing), programme=found, state=RoundState.OPEN)
    return list(rows.order_by("year", "month"))


def list_open_reports(*, viewer: Actor, programme: str) -> list[GroupReport]:
    """The reports of open rounds that are not accepted, the oldest month first. Raises NotVisible."""
    found = programmes.get_programme(viewer=viewer, code=programme)
    rows = GroupReport.objects.filter(round__programme=found, round__state=RoundState.OPEN)
    rows = rows.exclude(state=ReportState.ACCEPTED).select_related("round", "group")
    return list(rows.order_by("round__due_on", "group__pk"))


def tasks_to_report(*, viewer: Actor, report: GroupReport) -> list[Task]:
    """The group's open tasks up to the round's year, and those the report already speaks of, in the plan's order."""
    spoken_of = report.lines.values_list("task", flat=True)
    return campaigns.list_tasks_of_group(
        viewer=viewer, group=report.group.uuid, until_year=report.round.year, also=spoken_of
    )
