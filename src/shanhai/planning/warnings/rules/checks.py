# SPDX-License-Identifier: Apache-2.0
"""The check of each rule: what time brings about, what amounts show, what the money of a year shows.

A day that is named is the last good one: the rule holds from the day after.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from shanhai.kernel.money import Money, rounded, total
from shanhai.planning.programmes.values import FLOOR_PERCENT
from shanhai.planning.projects.states import FINISHED, NOT_STARTED, ON_SITE, Stage, StopReason
from shanhai.planning.warnings.values import Finding, ProjectCase, ShareFact, TaskCase, YearCase

# The order of Tibet 2023: tenders done by 1 March.
TENDERS_BY = (3, 1)
_DAY = timedelta(days=1)
_TO_HAND_OVER = FINISHED - {Stage.HANDED_OVER}
_TO_FINISH = NOT_STARTED | {Stage.UNDER_WAY}
_TO_PLACE = NOT_STARTED | ON_SITE


def start_passed(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """The planned start, put off to the opening of the season, is over and work has not begun."""
    if case.stage not in NOT_STARTED or case.start_due_on is None or case.planned_start_on is None:
        return None
    return _passed(case.start_due_on, on, planned=case.planned_start_on, due=case.start_due_on)


def finish_passed(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """The planned finish is over; a stopped project has rules of its own."""
    if case.stage not in _TO_FINISH or case.planned_finish_on is None:
        return None
    return _passed(case.planned_finish_on, on, planned=case.planned_finish_on)


def no_update(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """No stage, progress or money has moved for more than ``limit`` days on a project that should be moving."""
    if case.stage not in _TO_FINISH or case.updated_on is None:
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


def funds_unallotted(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """Money that had arrived ``limit`` days ago is not allotted."""
    return Finding(None, {"amount": case.money(case.idle_unallotted_fen)}) if case.idle_unallotted_fen > 0 else None


def funds_unpaid(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """Money that had been allotted ``limit`` days ago is not paid."""
    return Finding(None, {"amount": case.money(case.idle_unpaid_fen)}) if case.idle_unpaid_fen > 0 else None


def paid_before_start(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """Money was paid for a project on which work has not begun."""
    if case.stage not in NOT_STARTED or case.paid_fen <= 0:
        return None
    return Finding(None, {"paid": case.money(case.paid_fen)})


def started_without_funds(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """Work has begun and nothing of the money arranged for it has arrived."""
    if case.stage not in ON_SITE or case.plan_fen <= 0 or case.arrived_fen > 0:
        return None
    return Finding(None, {"plan": case.money(case.plan_fen)})


def allotted_above_plan(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """A line was allotted more than it gives."""
    return Finding(None, {"above": case.money(case.above_plan_fen)}) if case.above_plan_fen > 0 else None


def allotted_above_arrived(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """A line was allotted more than has arrived for it."""
    return Finding(None, {"above": case.money(case.above_arrived_fen)}) if case.above_arrived_fen > 0 else None


def allotted_above_total(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """All lines together were allotted more than the project may cost."""
    if not 0 < case.total_fen < case.allotted_fen:
        return None
    return Finding(None, {"allotted": case.money(case.allotted_fen), "total": case.money(case.total_fen)})


def paid_ahead(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """The paid part of the arranged money lies more than ``limit`` points above the reported progress."""
    if case.stage not in ON_SITE or case.plan_fen <= 0:
        return None
    if case.paid_fen * 100 <= (case.progress_percent + limit) * case.plan_fen:
        return None
    paid = case.paid_fen * 100 // case.plan_fen
    return Finding(None, {"paid": paid, "progress": case.progress_percent})


def paid_above_contracts(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """More was paid than the recorded contracts come to."""
    if not 0 < case.contracts_fen < case.paid_fen:
        return None
    return Finding(None, {"paid": case.money(case.paid_fen), "contracts": case.money(case.contracts_fen)})


def contracts_above_total(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """The contracts come to more than the total investment."""
    if not 0 < case.total_fen < case.contracts_fen:
        return None
    return Finding(None, {"contracts": case.money(case.contracts_fen), "total": case.money(case.total_fen)})


def investment_above_total(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """More investment is done than the total investment allows."""
    if not 0 < case.total_fen < case.completed_fen:
        return None
    return Finding(None, {"completed": case.money(case.completed_fen), "total": case.money(case.total_fen)})


def lines_above_aid(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """The allocation lines give more than the total investment leaves for aid."""
    aid = max(case.total_fen - case.other_fen, 0)
    if case.stage is Stage.CANCELLED or case.total_fen <= 0 or case.plan_fen <= aid:
        return None
    return Finding(None, {"plan": case.money(case.plan_fen), "aid": case.money(aid)})


def surplus_not_returned(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """The approved accounts show money left, and it has not gone back within ``limit`` days."""
    if case.settled_on is None or case.surplus_fen <= 0 or case.surplus_returned:
        return None
    if (on - case.settled_on).days <= limit:
        return None
    return Finding(None, {"surplus": case.money(case.surplus_fen), "settled": case.settled_on})


def altitude_missing(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """A project that is not finished has neither a site nor an altitude, so no season."""
    return Finding() if case.stage in _TO_PLACE and not case.has_altitude else None


def owner_missing(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """What was built is to be handed over soon, and no owner is known."""
    return Finding() if case.stage in _TO_HAND_OVER and not case.has_owner else None


def duplicate_name(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """Another project of the county has the same name."""
    if case.stage is Stage.CANCELLED or case.namesakes < 1:
        return None
    return Finding(None, {"number": case.namesakes})


def livelihood_below(case: YearCase, on: date, limit: int) -> Finding | None:
    """The livelihood share of the arranged money is below ``limit`` percent."""
    return _below(case.livelihood)


def livelihood_near(case: YearCase, on: date, limit: int) -> Finding | None:
    """It is not below, but by less than ``limit`` points."""
    share = case.livelihood
    if share is None or share.room.fen < 0 or share.percent >= FLOOR_PERCENT + limit:
        return None
    return Finding(None, {"percent": _shown(share.percent), "room": share.room})


def grassroots_below(case: YearCase, on: date, limit: int) -> Finding | None:
    """The share at county level and below of the arranged money is below ``limit`` percent."""
    return _below(case.grassroots)


def arrival_behind(case: YearCase, on: date, limit: int) -> Finding | None:
    """The arrival rate lies more than ``limit`` points below the part of the year that whole months have used up."""
    months = on.month - 1
    if case.issued_fen <= 0 or case.arrived_fen * 1200 >= (months * 100 - limit * 12) * case.issued_fen:
        return None
    return Finding(None, {"rate": _percent(case.arrived_fen, case.issued_fen), "months": months})


def first_quarter_spending(case: YearCase, on: date, limit: int) -> Finding | None:
    """The first quarter is over and less than ``limit`` percent of the issued plan has been paid."""
    opened = date(case.year, 4, 1)
    if on < opened or case.issued_fen <= 0 or case.paid_fen * 100 >= case.issued_fen * limit:
        return None
    return Finding(opened, {"rate": _percent(case.paid_fen, case.issued_fen)})


def reserve_unused(case: YearCase, on: date, limit: int) -> Finding | None:
    """There is a reserve left when the month ``limit`` has begun."""
    opened = date(case.year, limit, 1)
    if on < opened or case.reserve_fen <= 0:
        return None
    return Finding(opened, {"reserve": Money(case.reserve_fen, case.currency)})


def lines_beyond_plan(case: YearCase, on: date, limit: int) -> Finding | None:
    """Lines take more of a fund source than the plan has beside its reserve; each such source is named."""
    if not case.beyond_fen:
        return None
    over = {name: Money(fen, case.currency) for name, fen in sorted(case.beyond_fen.items())}
    sources = "；".join(f"{name} {amount}" for name, amount in over.items())
    return Finding(None, {"sources": sources, "over": total(over.values(), case.currency)})


def _below(share: ShareFact | None) -> Finding | None:
    if share is None or share.room.fen >= 0:
        return None
    return Finding(None, {"percent": _shown(share.percent), "missing": -share.room})


def _percent(part: int, whole: int) -> str:
    return _shown(Decimal(part) * 100 / whole)


def _shown(percent: Decimal) -> str:
    return str(rounded(percent, 2))
