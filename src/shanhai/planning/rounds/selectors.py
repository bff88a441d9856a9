# SPDX-License-Identifier: Apache-2.0
"""Rounds, the reports in them, and what waits for whom."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext

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
from shanhai.registers.tables.selectors.writing import Column, write_table

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Task


REMIND_AGAIN = timedelta(days=7)
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


def list_to_see_to(*, viewer: Actor, programme: str | None, at: datetime) -> list[Any]:
    """Open rounds for who manages them, the oldest first: all accepted, to be closed, or overdue, to be reminded.

    Each with how many reports are ``silent``: not handed in, and not reminded of for a week. One query.
    """
    accepted = ~Exists(GroupReport.objects.filter(round=OuterRef("pk")).exclude(state=ReportState.ACCEPTED))
    silent = Q(reports__reminded_at=None) | Q(reports__reminded_at__lt=at - REMIND_AGAIN)
    missing = Count("reports", filter=silent & Q(reports__state__in=[state.value for state in IN_HAND]))
    rows = ReportingRound.objects.filter(in_programme(programme), state=RoundState.OPEN).annotate(silent=missing)
    rows = rows.filter(accepted | Q(silent__gt=0, due_on__lt=local_date(at)))
    rows = rows.filter(_held(viewer, ProgrammePermission.MANAGE, "programme__code"))
    return list(rows.select_related("programme").order_by("year", "month"))


def _held(viewer: Actor, permission: str, path: str) -> Q:
    """Rows of the programmes for the whole of which the viewer holds the permission."""
    return visible(viewer, permission, programme=path, place=None)


def next_to_judge(*, viewer: Actor, after: GroupReport) -> GroupReport | None:
    """Another report of the same round that waits to be judged by the viewer. One query."""
    waiting = list_waiting(viewer=viewer, programme=after.round.programme.code)
    rest = (one for one in waiting if one.round_id == after.round_id and one.pk != after.pk)
    return next((one for one in rest if one.state == ReportState.SUBMITTED), None)


def compiled(*, viewer: Actor, uuid: UUID) -> tuple[ReportingRound, list[GroupReport], list[GroupReport]]:
    """A round, its accepted reports with their lines, and those that are missing from it; three queries more at most.

    Raises NotVisible.
    """
    found = ReportingRound.objects.one(viewer, uuid)
    lines = ReportLine.objects.select_related("task").order_by("task__action", "task__position", "task")
    reports = found.reports.select_related("group").prefetch_related(Prefetch("lines", lines)).order_by("group__pk")
    accepted = [one for one in reports if one.state == ReportState.ACCEPTED]
    return found, accepted, [one for one in reports if one.state != ReportState.ACCEPTED]


def compiled_workbook(*, viewer: Actor, uuid: UUID) -> bytes:
    """The accepted reports of a round as a table: a row for each text and each task. Raises NotVisible."""
    found, accepted, _missing = compiled(viewer=viewer, uuid=uuid)
    title = gettext("%(year)s 年 %(month)s 月月报汇编") % {"year": found.year, "month": found.month}
    heads = {"工作组": 16, "事项": 40, "上月（%）": 10, "本月（%）": 10, "说明": 80}
    buffer = io.BytesIO()
    write_table(
        buffer,
        tab=gettext("月报"),
        above=(title,),
        columns=[Column(gettext(head), width) for head, width in heads.items()],
        rows=chain.from_iterable(_rows(one) for one in accepted),
    )
    return buffer.getvalue()


def _rows(report: GroupReport) -> Iterator[tuple[object, ...]]:
    for name, text in report.texts:
        yield report.group.name, gettext(name), None, None, text
    for line in report.lines.all():
        yield report.group.name, line.task.name, line.percent_before, line.percent, line.words


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
