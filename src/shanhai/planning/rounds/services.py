# SPDX-License-Identifier: Apache-2.0
"""A month's round: opened, reminded, closed. A group's report: written, handed in, sent back or accepted.

Accepting carries a report's percents into the tasks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, Faults, NotAllowed, Refused
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.access import may_report_for
from shanhai.planning.programmes.campaigns import selectors as groups
from shanhai.planning.programmes.campaigns.services.tasks import report_progress
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.states import TaskState
from shanhai.planning.rounds.models import SUMMARY, GroupReport, GroupReportMove, ReportingRound, ReportLine
from shanhai.planning.rounds.selectors import tasks_to_report
from shanhai.planning.rounds.states import IN_HAND, REPORT_MOVES, ROUND_MOVES, ReportState, RoundState
from shanhai.planning.rounds.values import Said, unsaid

MOST_WORDS, MOST_TEXT = 1000, 4000


@transaction.atomic
def open_round(
    *, by: Actor, at: datetime, programme: str, year: int, month: int, opens_on: date, due_on: date
) -> ReportingRound:
    """Open the reports on a month: each group that is at work gets a draft.

    Raises Conflict, BadInput, Refused, NotVisible.
    """
    found = programmes.managed_programme(viewer=by, code=programme)
    faults, first, last = Faults(), found.starts_on.year, found.ends_on.year
    with faults.of("year"):
        if not first <= year <= last:
            text = gettext_noop("这项对口支援从 %(first)s 年到 %(last)s 年，没有 %(year)s 年的月报。请核对年份。")
            raise BadInput(text, "rounds.month_not_accepted", first=str(first), last=str(last), year=str(year)[:10])
    with faults.of("month"):
        if not 1 <= month <= 12:
            text = gettext_noop("没有 %(month)s 月。请填 1 到 12。")
            raise BadInput(text, "rounds.month_not_accepted", month=str(month)[:10])
    with faults.of("due_on"):
        if due_on < opens_on:
            text = gettext_noop("截止日 %(due_on)s 早于开报日 %(opens_on)s。请核对。")
            days = {"due_on": due_on.isoformat(), "opens_on": opens_on.isoformat()}
            raise BadInput(text, "rounds.month_not_accepted", **days)
    faults.tell()
    if ReportingRound.objects.filter(programme=found, year=year, month=month).exists():
        raise Conflict(
            gettext_noop("%(year)s 年 %(month)s 月已经开报。请打开它。"),
            "rounds.round_already_there",
            field="month",
            year=str(year),
            month=str(month),
        )
    reporting = groups.list_groups(viewer=by, programme=programme)
    if not reporting:
        raise Refused(gettext_noop("还没有工作组，没有人可以填报。请先在“工作组”里登记。"), "rounds.nobody_to_report")

    opened = ReportingRound.objects.create(programme=found, year=year, month=month, opens_on=opens_on, due_on=due_on)
    GroupReport.objects.bulk_create(GroupReport(round=opened, group=group, moved_at=at) for group in reporting)
    facts = {"year": year, "month": month, "due_on": due_on.isoformat(), "groups": len(reporting)}
    audit.record(by=by, at=at, action="rounds.round.opened", on=opened.subject(), changes=facts)
    return opened


@transaction.atomic
def remind(*, by: Actor, at: datetime, round_uuid: UUID) -> int:
    """Remind every group whose turn it is (催报), and answer how many; it stands among what waits for its members.

    Raises Refused when all have reported or the round is closed, NotVisible.
    """
    found = _locked_round(by, round_uuid)

    late = found.reports.filter(state__in=[state.value for state in IN_HAND])
    count = late.update(reminded_at=at)
    if not count:
        raise Refused(gettext_noop("各组都已经报了，没有要催的。"), "rounds.nobody_to_report")

    audit.record(by=by, at=at, action="rounds.round.reminded", on=found.subject(), changes={"groups": count})
    return count


@transaction.atomic
def close_round(*, by: Actor, at: datetime, round_uuid: UUID, because: str = "") -> ReportingRound:
    """Close a round for good; with reports that are not accepted only for a reason.

    Raises Refused, BadInput, NotVisible.
    """
    found = _locked_round(by, round_uuid)

    require_move(ROUND_MOVES, RoundState(found.state), RoundState.CLOSED)
    because = _checked(because, MOST_TEXT, "because")
    open_reports = found.reports.exclude(state=ReportState.ACCEPTED).select_related("group").order_by("pk")
    missing = [report.group.name for report in open_reports]
    if missing and not because:
        raise Refused(
            gettext_noop("还有 %(count)s 个组没有通过：%(groups)s。请催报，或写明理由再结束。"),
            "rounds.reports_missing",
            field="because",
            count=str(len(missing)),
            groups=tuple(missing[:20]),
        )

    found.state, found.closed_because = RoundState.CLOSED, because
    found.save(update_fields=["state", "closed_because"])
    changes = {"missing": missing}
    audit.record(by=by, at=at, action="rounds.round.closed", on=found.subject(), changes=changes, because=because)
    return found


@transaction.atomic
def save_report(
    *,
    by: Actor,
    at: datetime,
    report: UUID,
    summary: str,
    next_steps: str = "",
    needs: str = "",
    lines: Mapping[UUID, Said],
) -> GroupReport:
    """Write what a group reports, as a whole; what ``lines`` does not name stays as it was written before.

    Raises Conflict, Refused, BadInput, NotAllowed, NotVisible.
    """
    found = _locked_report(by, report)
    _require_writer(by, found)

    if found.state not in IN_HAND:
        raise Conflict(gettext_noop("月报已经上报，不能再改。要改请办公室退回。"), "rounds.report_not_in_hand")
    faults, texts = Faults(), {"summary": summary, "next_steps": next_steps, "needs": needs}
    for name, text in texts.items():
        with faults.of(name):
            texts[name] = _checked(text, MOST_TEXT)
    with faults.of("summary"):
        if found.state == ReportState.RETURNED and not summary.strip():
            raise Refused(gettext_noop("本月小结没有填。请填写后再保存。"), "rounds.report_incomplete")
    faults.tell()
    tasks = {task.uuid: task for task in tasks_to_report(viewer=by, report=found)}
    for uuid, said in lines.items():
        if uuid not in tasks:
            raise BadInput(
                gettext_noop("有一项任务不归本组，或者已经办结。请刷新页面后再填。"), "rounds.task_not_of_group"
            )
        if said.percent is not None and not 0 <= said.percent <= 100:
            text = gettext_noop("“%(task)s”的进展应在 0 到 100 之间。请改正后再保存。")
            raise BadInput(text, "rounds.percent_not_accepted", task=tasks[uuid].name)
        _checked(said.words, MOST_WORDS)

    for name, text in texts.items():
        setattr(found, name, text)
    found.save(update_fields=[*texts])
    ReportLine.objects.bulk_create(
        (
            ReportLine(
                report=found,
                task=tasks[uuid],
                percent_before=tasks[uuid].progress_percent,
                percent=said.percent,
                words=said.words.strip(),
            )
            for uuid, said in lines.items()
        ),
        update_conflicts=True,
        unique_fields=["report", "task"],
        update_fields=["percent_before", "percent", "words"],
    )
    changes = {"lines": len(lines)}
    audit.record(by=by, at=at, action="rounds.report.saved", on=found.subject(), changes=changes)
    return found


@transaction.atomic
def submit_report(*, by: Actor, at: datetime, report: UUID) -> GroupReport:
    """Hand a report in: a summary, and a word on every open task of the group.

    Raises Refused naming the tasks, or when the round is closed; IllegalMove, NotAllowed, NotVisible.
    """
    found = _locked_report(by, report)
    _require_writer(by, found)

    require_move(REPORT_MOVES, ReportState(found.state), ReportState.SUBMITTED)
    said = {line.task_id: Said(line.percent, line.words) for line in found.lines.all()}
    open_tasks = [task for task in tasks_to_report(viewer=by, report=found) if task.state == TaskState.OPEN]
    missing = unsaid((task.name, task.progress_percent, said.get(task.pk)) for task in open_tasks)
    if not found.summary or missing:
        named = (*([] if found.summary else [message(SUMMARY)]), *missing)[:10]
        raise Refused(
            gettext_noop("还不能上报，请补齐：%(missing)s。每项任务要有进展；没有进展的，要写明原因。"),
            "rounds.report_incomplete",
            field="" if found.summary else "summary",
            missing=named,
        )

    found.submitted_by = by.ref
    _move(found, ReportState.SUBMITTED, by=by, at=at)
    return found


@transaction.atomic
def return_report(*, by: Actor, at: datetime, report: UUID, because: str) -> GroupReport:
    """Send a report back with the reason. Raises Refused without one, IllegalMove, NotVisible."""
    found = _locked_report(by, report)
    by.require(ProgrammePermission.MANAGE, programme=found.round.programme.code)

    require_move(REPORT_MOVES, ReportState(found.state), ReportState.RETURNED)
    because = _checked(because, MOST_WORDS, "because")
    if not because:
        text = gettext_noop("退回要写明理由，让填报的人知道改什么。")
        raise Refused(text, "rounds.report_incomplete", field="because")

    _move(found, ReportState.RETURNED, by=by, at=at, because=because)
    return found


@transaction.atomic
def accept_report(*, by: Actor, at: datetime, report: UUID, because: str = "") -> GroupReport:
    """Accept a report for good: what it says of each task becomes the task's progress.

    Raises Refused for the own one, Conflict naming the tasks that have moved since, IllegalMove, BadInput, NotVisible.
    """
    found = _locked_report(by, report)
    by.require(ProgrammePermission.MANAGE, programme=found.round.programme.code)

    require_move(REPORT_MOVES, ReportState(found.state), ReportState.ACCEPTED)
    if found.submitted_by == by.ref:
        raise Refused(gettext_noop("自己上报的月报，要由别人审核。"), "rounds.own_report")
    lines = list(found.lines.select_related("task").order_by("pk"))
    moved = [
        line.task.name
        for line in lines
        if line.percent != line.task.progress_percent
        and (line.percent_before != line.task.progress_percent or line.task.state != TaskState.OPEN)
    ]
    if moved:
        raise Conflict(
            gettext_noop("填报以后，这些任务另有变动：%(tasks)s。请退回，让本组核对后再报。"),
            "rounds.task_moved_meanwhile",
            tasks=tuple(moved[:10]),
        )

    for line in lines:
        if line.percent is not None and line.percent != line.task.progress_percent:
            report_progress(by=by, at=at, task=line.task.uuid, progress_percent=line.percent, note=line.words)
    _move(found, ReportState.ACCEPTED, by=by, at=at, because=_checked(because, MOST_WORDS, "because"))
    return found


def _locked_report(by: Actor, report: UUID) -> GroupReport:
    found = GroupReport.objects.select_related("group").select_for_update(of=("self",)).one(by, report)
    _require_open(found.round)
    return found


def _require_writer(by: Actor, report: GroupReport) -> None:
    if not may_report_for(by, report.group, report.round.programme.code):
        raise NotAllowed(
            gettext_noop("“%(group)s”的月报由本组成员填报。需要时请指挥部办公室把您加入这个组。"),
            group=report.group.name,
        )


def _checked(text: str, most: int, field: str = "") -> str:
    clean = text.strip()
    broken = "\x00" in clean or any("\ud800" <= character <= "\udfff" for character in clean)
    if len(clean) > most or broken:
        raise BadInput(
            gettext_noop("文字超过 %(most)s 个字，或含有不能保存的字符。请改正后再保存。"),
            "rounds.too_long",
            field=field,
            most=str(most),
        )
    return clean


def _move(report: GroupReport, new: ReportState, *, by: Actor, at: datetime, because: str = "") -> None:
    old = ReportState(report.state)
    report.state, report.moved_at = new, at
    report.save(update_fields=["state", "moved_at", "submitted_by"])
    GroupReportMove.objects.create(report=report, old=old, new=new, at=at, by=by.ref, because=because)
    act, changes = f"rounds.report.{new.value}", {"state": [old.value, new.value]}
    audit.record(by=by, at=at, action=act, on=report.subject(), changes=changes, because=because)


def _locked_round(by: Actor, round_uuid: UUID) -> ReportingRound:
    found = ReportingRound.objects.select_for_update(of=("self",)).one(by, round_uuid)
    by.require(ProgrammePermission.MANAGE, programme=found.programme.code)
    _require_open(found)
    return found


def _require_open(found: ReportingRound) -> None:
    if found.state == RoundState.CLOSED:
        raise Refused(gettext_noop("这一期月报已经结束，不再改动。"), "rounds.round_closed")
