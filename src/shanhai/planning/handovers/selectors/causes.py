# SPDX-License-Identifier: Apache-2.0
"""Everything that holds a batch back. Another kind of cause is another callable in ``COLLECTORS``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol

from django.urls import reverse

from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.planning.adjustments.selectors.adjustments import get_adjustment, list_open
from shanhai.planning.handovers.selectors.causes_in_projects import list_unfinished, list_unsigned
from shanhai.planning.handovers.values import THE_OFFICE, Cause, ItemKind, Responsible, ResponsibleKind
from shanhai.planning.programmes.campaigns.selectors.campaigns import list_campaign_board
from shanhai.planning.programmes.plans.selectors import list_yearly_plans
from shanhai.planning.programmes.states import PlanState, TaskState
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.returns.selectors.newest import list_open_findings
from shanhai.planning.returns.selectors.returns import get_return
from shanhai.planning.rounds.selectors import list_open_reports
from shanhai.planning.warnings.selectors.warnings import WarningFilters, WarningRow, stream_warnings
from shanhai.planning.warnings.states import Severity, WarningState
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.places.selectors import find_divisions


def list_open_tasks(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Open tasks that are due by ``until``; one without a day is due when its campaign's year ends."""
    for board in list_campaign_board(viewer=viewer, programme=programme):
        for task in (task for action in board.actions for task in action.tasks):
            due_on = task.due_on or date(board.year, 12, 31)
            if task.state == TaskState.OPEN and due_on <= until:
                yield Cause(
                    kind=ItemKind.OPEN_TASK,
                    subject_type="programmes.task",
                    subject_id=task.uuid,
                    label=f"{board.year} {board.name} · {task.name}",
                    url=reverse("programmes:task", args=[task.uuid]),
                    responsible=Responsible(ResponsibleKind.GROUP, task.owner_group),
                    since=due_on,
                )


def list_open_plans(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Yearly plans of years that are over by ``until`` and were not closed."""
    page = reverse("programmes:detail", args=[programme])
    for plan in list_yearly_plans(viewer=viewer, programme=programme):
        over_on = date(plan.year, 12, 31)
        if plan.state != PlanState.CLOSED and over_on <= until:
            yield Cause(
                kind=ItemKind.OPEN_PLAN,
                subject_type="programmes.yearlyplan",
                subject_id=str(plan.uuid),
                label=str(plan.year),
                url=page,
                responsible=THE_OFFICE,
                since=over_on,
            )


def list_missing_reports(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Reports that are due by ``until`` and were not accepted."""
    for report in list_open_reports(viewer=viewer, programme=programme):
        if report.round.due_on <= until:
            yield Cause(
                kind=ItemKind.OPEN_REPORT,
                subject_type="rounds.groupreport",
                subject_id=str(report.uuid),
                label=f"{report.round.year}-{report.round.month:02} · {report.group.name}",
                url=reverse("rounds:report", args=[report.uuid]),
                responsible=Responsible(ResponsibleKind.GROUP, report.group.name),
                since=report.round.due_on,
            )


def list_open_adjustments(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Adjustments that are not decided or not carried out; who asked for one answers for it. Drafts are nobody else's.

    One query more for each: the row of the list does not say in which county it is.
    """
    for row in list_open(viewer=viewer, programme=programme):
        yield Cause(
            kind=ItemKind.OPEN_ADJUSTMENT,
            subject_type="adjustments.adjustment",
            subject_id=str(row.uuid),
            label=f"{row.project_code} {row.project_name}",
            url=reverse("adjustments:detail", args=[row.uuid]),
            responsible=Responsible(ResponsibleKind.PERSON, row.proposed_by),
            place=get_adjustment(viewer=viewer, uuid=row.uuid).places[0] or "",
            since=clock.local_date(row.submitted_at or row.proposed_at),
        )


def list_open_warnings(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Warnings of what has been so since ``until`` or before, on which nobody has acted; notices hold nobody back.

    Two queries.
    """
    found = stream_warnings(viewer=viewer, programme=programme, filters=WarningFilters(state=WarningState.OPEN))
    rows = [row for row in found if row.since_on <= until and row.rule.severity is not Severity.NOTICE]
    names = {code: place.name for code, place in find_divisions(row.place for row in rows).items()}
    for row in rows:
        yield Cause(
            kind=ItemKind.OPEN_WARNING,
            subject_type="warnings.earlywarning",
            subject_id=str(row.uuid),
            label=f"{row.label} · {row.rule.say(row.rule.title)}",
            url=reverse("warnings:detail", args=[row.uuid]),
            responsible=_whose_turn(row, names.get(row.place, "")),
            place=row.place,
            since=row.since_on,
        )


def _whose_turn(row: WarningRow, county: str) -> Responsible:
    """The county for what counties report; money is the finance's, the rest the office's."""
    if row.rule.acts == FundPermission.POST:
        return Responsible(ResponsibleKind.GROUP, "财务")
    if row.rule.acts == ProjectPermission.MOVE and county:
        return Responsible(ResponsibleKind.ORGANISATION, county)
    return THE_OFFICE


MOST_FINDINGS = 10_000


def list_doubted(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Returns that count to ``until`` at the latest, are not replaced, and have findings without an explanation.

    One item a return, however many findings; the division that sent it in answers for it.
    """
    findings = list_open_findings(viewer=viewer, programme=programme, at=at, limit=MOST_FINDINGS)
    reports = [get_return(viewer=viewer, uuid=uuid) for uuid in dict.fromkeys(found.report for found in findings)]
    places = find_divisions(report.place for report in reports)
    for report in reports:
        if report.cut_off_on <= until:
            place = places.get(report.place)
            yield Cause(
                kind=ItemKind.DOUBTED_RETURN,
                subject_type="returns.return",
                subject_id=str(report.uuid),
                label=report.title,
                url=reverse("returns:detail", args=[report.uuid]),
                responsible=Responsible(ResponsibleKind.ORGANISATION, place.name if place else report.place),
                place=report.place,
                since=report.cut_off_on,
            )


# As long as the columns of an item are.
MOST_LABEL, MOST_NAME = 300, 200


class Collector(Protocol):
    """Finds what of one app is open in a programme and ought to be finished by the day ``until``."""

    def __call__(self, *, viewer: Actor, programme: str, until: date, at: datetime) -> Iterable[Cause]: ...


COLLECTORS: tuple[Collector, ...] = (
    list_unfinished,
    list_unsigned,
    list_open_adjustments,
    list_open_warnings,
    list_open_tasks,
    list_missing_reports,
    list_open_plans,
    list_doubted,
)


def list_causes(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """What is open in all lower apps, as far as ``viewer`` sees, with words short enough to be stored."""
    for collect in COLLECTORS:
        for cause in collect(viewer=viewer, programme=programme, until=until, at=at):
            responsible = replace(cause.responsible, name=cause.responsible.name[:MOST_NAME])
            yield replace(cause, label=cause.label[:MOST_LABEL], responsible=responsible)
