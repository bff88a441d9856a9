# SPDX-License-Identifier: Apache-2.0
"""What time brings about: starts, finishes, acceptances and accounts that are overdue, stops that last.

A day that is named is the last good one: the rule holds from the day after.
"""

from __future__ import annotations

from datetime import date, timedelta

from shanhai.planning.projects.states import NOT_STARTED, Stage, StopReason
from shanhai.planning.warnings.values import Finding, ProjectCase, TaskCase

_DAY = timedelta(days=1)
# The order of Tibet 2023: tenders done by 1 March.
TENDERS_BY = (3, 1)


def start_passed(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """The planned start, put off to the opening of the season, is over and work has not begun."""
    if case.stage not in NOT_STARTED or case.start_due_on is None or case.planned_start_on is None:
        return None
    return _passed(case.start_due_on, on, planned=case.planned_start_on, due=case.start_due_on)


def finish_passed(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """The planned finish is over; a stopped project has rules of its own."""
    if case.stage not in NOT_STARTED | {Stage.UNDER_WAY} or case.planned_finish_on is None:
        return None
    return _passed(case.planned_finish_on, on, planned=case.planned_finish_on)


def no_update(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """No stage, progress or money has moved for more than ``limit`` days on a project that should be moving."""
    if case.stage not in NOT_STARTED | {Stage.UNDER_WAY} or case.updated_on is None:
        return None
    return _passed(case.updated_on + limit * _DAY, on, updated=case.updated_on)


def tender_late(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """The tender is not done by 1 March of the first year whose plan gives the project money."""
    if case.stage not in {Stage.PREPARATION, Stage.TENDERING} or case.first_year is None:
        return None
    due = date(case.first_year, *TENDERS_BY)
    return _passed(due, on, due=due)


def acceptance_overdue(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """Completed more than ``limit`` days ago and not accepted."""
    if case.stage is not Stage.COMPLETED or case.finished_on is None:
        return None
    return _passed(case.finished_on + limit * _DAY, on, finished=case.finished_on)


def settlement_overdue(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """The final accounts are due, an extension counted in, and not approved."""
    waits = case.stage in {Stage.COMPLETED, Stage.ACCEPTED} and case.settled_on is None
    if not waits or case.settlement_due_on is None:
        return None
    return _passed(case.settlement_due_on, on, due=case.settlement_due_on)


def handover_overdue(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """The accounts are settled, the day of the hand-over is over, and nothing was handed over."""
    if case.stage is not Stage.SETTLED or case.transfer_due_on is None:
        return None
    return _passed(case.transfer_due_on, on, due=case.transfer_due_on)


def suspended_without_restart(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """Stopped for another reason than winter, and nobody says until when."""
    if case.stage is not Stage.SUSPENDED or case.stopped_on is None or case.restart_expected_on is not None:
        return None
    return None if case.stop_reason is StopReason.WINTER else Finding(case.stopped_on, {"stopped": case.stopped_on})


def restart_overdue(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """The expected restart is over and the work stands still."""
    if case.stage is not Stage.SUSPENDED or case.restart_expected_on is None:
        return None
    return _passed(case.restart_expected_on, on, expected=case.restart_expected_on)


def suspended_in_season(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """The stop has cost more than ``limit`` days on which one could have worked: longer than a winter."""
    if case.stage is not Stage.SUSPENDED or case.stopped_on is None or case.lost_days <= limit:
        return None
    return Finding(None, {"stopped": case.stopped_on})


def task_overdue(case: TaskCase, on: date, limit: int) -> Finding | None:
    """An open task is past its day."""
    if not case.is_open or case.due_on is None:
        return None
    return _passed(case.due_on, on, due=case.due_on, group=case.group)


def _passed(last: date, on: date, /, **params: date | str) -> Finding | None:
    return Finding(last + _DAY, params) if last < on else None
