# SPDX-License-Identifier: Apache-2.0
"""What rounds put on the desk: the line of the menu, and the reports that wait to be written or judged."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.selectors import Things
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, MenuItem, Todo, TodoSource
from shanhai.planning.rounds.models import GroupReport, ReportingRound
from shanhai.planning.rounds.selectors import list_to_see_to, list_waiting
from shanhai.planning.rounds.states import ReportState

THINGS = (
    Things("rounds.reportinground", ReportingRound.objects.visible_to, url=lambda one: f"/rounds/{one.uuid}/"),
    Things(
        "rounds.groupreport",
        lambda viewer: GroupReport.objects.visible_to(viewer).select_related("round", "group"),
        lambda one: f"{one.round} · {one.group}",
        lambda one: f"/rounds/reports/{one.uuid}/",
        ("group__name",),
    ),
)

WRITE = gettext_noop("请在 %(day)s 前填报本月进展。")
LATE = gettext_noop("应在 %(day)s 前报，还没有报。请尽快填报。")
REMINDED = gettext_noop("办公室催报：应在 %(day)s 前报。请尽快填报。")
CORRECT = gettext_noop("办公室已退回。请按意见修改后再报。")
JUDGE = gettext_noop("已上报，等您审核。")
CHASE = gettext_noop("截止日已过，还有 %(count)s 个组没有报。请催报，或写明理由结束这一期。")
CLOSE = message(gettext_noop("各组都已通过，请结束这一期。"))

MENU = MenuItem("rounds", message(gettext_noop("月报")), "rounds:list", Permission.PROGRAMME_VIEW.value, order=25)


class WaitingReports(TodoSource):
    """Reports that wait for the viewer, the one that is due first first; then rounds to be closed or chased."""

    key = "rounds.waiting"
    order = 20

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """Reports to write, reports to judge, rounds to close or to be reminded of."""
        today = local_date(at)
        todos = []
        for report in list_waiting(viewer=viewer, programme=programme)[:MOST_TODOS]:
            label = gettext("%(group)s %(year)s 年 %(month)s 月月报") % {
                "group": report.group.name,
                "year": report.round.year,
                "month": report.round.month,
            }
            late = report.round.due_on < today and report.state != ReportState.SUBMITTED
            day = report.round.due_on.isoformat()
            todos.append(
                Todo(
                    label,
                    _why(report, day, late),
                    f"/rounds/reports/{report.uuid}/",
                    "late" if late else "wait",
                    day,
                    report.round.programme.code,
                )
            )
        for one in list_to_see_to(viewer=viewer, programme=programme, at=at):
            label = gettext("%(year)s 年 %(month)s 月月报") % {"year": one.year, "month": one.month}
            why = message(CHASE, count=one.silent) if one.silent else CLOSE
            status, day = "late" if one.silent else "wait", one.due_on.isoformat()
            todos.append(Todo(label, why, f"/rounds/{one.uuid}/", status, day, one.programme.code))
        return tuple(todos)


def _why(report: GroupReport, day: str, late: bool) -> Message:
    if report.state == ReportState.SUBMITTED:
        return message(JUDGE)
    if report.state == ReportState.RETURNED:
        return message(CORRECT)
    if report.reminded_at is not None:
        return message(REMINDED, day=day)
    return message(LATE if late else WRITE, day=day)
