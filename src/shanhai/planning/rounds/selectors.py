# SPDX-License-Identifier: Apache-2.0
"""Rounds, the reports in them, and what waits for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.selectors import around, in_programme, visible
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.planning.programmes.access import may_report_for
from shanhai.planning.programmes.campaigns import selectors as campaigns
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.rounds.models import GroupReport, GroupReportMove, ReportingRound, ReportLine
from shanhai.planning.rounds.states import IN_HAND, ReportState, RoundState

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Task


OPENS = 25
DAYS_TO_REPORT = 7


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report with its lines, its way, and what the viewer may do with it."""

    report: GroupReport
    lines: tuple[ReportLine, ...]
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


def usual_days(year: int, month: int) -> tuple[date, date]:
    """From which day a month is reported on, and by when: from the 25th, a week long.

    >>> usual_days(2026, 2)
    (datetime.date(2026, 2, 25), datetime.date(2026, 3, 4))
    """
    opens_on = date(year, month, OPENS)
    return opens_on, opens_on + timedelta(days=DAYS_TO_REPORT)


def next_round(*, viewer: Actor, programme: str, on: date) -> tuple[int, int, date, date]:
    """The month that is to be reported on next, with its usual days: after the last round, else this month.

    Raises NotVisible.
    """
    found = ReportingRound.objects.filter(programme=programmes.get_programme(viewer=viewer, code=programme))
    last = found.order_by("-year", "-month").values_list("year", "month").first()
    year, month = (on.year, on.month) if last is None else (last[0] + last[1] // 12, last[1] % 12 + 1)
    return year, month, *usual_days(year, month)


def get_round(*, viewer: Actor, uuid: UUID, at: datetime) -> tuple[ReportingRound, list[Any]]:
    """A round with the report of each group: whether it is ``late``, and of the viewer's ``own``. Raises NotVisible."""
    found = ReportingRound.objects.one(viewer, uuid)
    own = {group.pk for group in campaigns.own_groups(viewer=viewer, programme=found.programme.code)}
    late = found.state == RoundState.OPEN and found.due_on < local_date(at)
    reports: list[Any] = list(found.reports.select_related("group").order_by("group__pk"))
    for report in reports:
        report.late, report.own = late and report.state in IN_HAND, report.group_id in own
    return found, reports


def get_report(*, viewer: Actor, uuid: UUID) -> ReportPage:
    """A group's report with a line, stored or new, for each task it is to speak of. Raises NotVisible."""
    report = GroupReport.objects.select_related("group").one(viewer, uuid)
    code, running = report.round.programme.code, report.round.state == RoundState.OPEN
    said = {line.task_id: line for line in report.lines.all()}
    lines = []
    for task in tasks_to_report(viewer=viewer, report=report):
        line = said.get(task.pk) or ReportLine(report=report, percent_before=task.progress_percent)
        line.task = task
        if line.pk or report.state in IN_HAND:
            lines.append(line)
    return ReportPage(
        report=report,
        lines=tuple(lines),
        moves=tuple(report.moves.order_by("-at", "-pk")),
        may_write=running and report.state in IN_HAND and may_report_for(viewer, report.group, code),
        may_judge=running
        and report.state == ReportState.SUBMITTED
        and viewer.may(ProgrammePermission.MANAGE, programme=code),
    )


def list_waiting(*, viewer: Actor, programme: str | None) -> list[GroupReport]:
    """The reports of open rounds that wait for the viewer: their own groups' to write, others' to judge. One query."""
    mine = Q(state__in=[state.value for state in IN_HAND], group__members__ref=viewer.ref)
    mine &= _held(viewer, ProgrammePermission.REPORT_TASK, "round__programme__code")
    judged = Q(state=ReportState.SUBMITTED) & ~Q(submitted_by=viewer.ref)
    judged &= _held(viewer, ProgrammePermission.MANAGE, "round__programme__code")
    rows = GroupReport.objects.filter(mine | judged, in_programme(programme, "round__programme"))
    rows = rows.filter(around(viewer, Permission.PROGRAMME_VIEW, programme="round__programme__"))
    rows = rows.filter(round__state=RoundState.OPEN).distinct()
    return list(rows.select_related("round__programme", "group").order_by("round__due_on", "pk"))


def list_to_close(*, viewer: Actor, programme: str | None) -> list[ReportingRound]:
    """Open rounds whose reports are all accepted, for who may close them; the oldest first. One query."""
    missing = GroupReport.objects.filter(round=OuterRef("pk")).exclude(state=ReportState.ACCEPTED)
    rows = ReportingRound.objects.filter(~Exists(missing), in_programme(programme), state=RoundState.OPEN)
    rows = rows.filter(_held(viewer, ProgrammePermission.MANAGE, "programme__code"))
    return list(rows.select_related("programme").order_by("year", "month"))


def _held(viewer: Actor, permission: str, path: str) -> Q:
    """Rows of the programmes for the whole of which the viewer holds the permission."""
    return visible(viewer, permission, programme=path, place=None)


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
