# SPDX-License-Identifier: Apache-2.0
"""What amounts show: money that lies idle or runs ahead, sums that exceed what was approved, facts that lack."""

from __future__ import annotations

from datetime import date

from shanhai.planning.projects.states import FINISHED, NOT_STARTED, ON_SITE, Stage
from shanhai.planning.warnings.values import Finding, ProjectCase

_TO_HAND_OVER = FINISHED - {Stage.HANDED_OVER}


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
    return Finding() if case.stage in NOT_STARTED | ON_SITE and not case.has_altitude else None


def owner_missing(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """What was built is to be handed over soon, and no owner is known."""
    return Finding() if case.stage in _TO_HAND_OVER and not case.has_owner else None


def duplicate_name(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """Another project of the county has the same name."""
    if case.stage is Stage.CANCELLED or case.namesakes < 1:
        return None
    return Finding(None, {"number": case.namesakes})
