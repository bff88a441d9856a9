# SPDX-License-Identifier: Apache-2.0
"""The check of each rule: those of one shape by what they compare, then what time, amounts and a year's money show.

A day that is named is the last good one: the rule holds from the day after. Fields are named as of the case.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import TypeAlias, TypeVar

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money, rounded, total
from shanhai.planning.programmes.values import FLOOR_PERCENT
from shanhai.planning.projects.states import FINISHED, NOT_STARTED, ON_SITE, Stage, StopReason
from shanhai.planning.warnings.values import Finding, ProjectCase, ShareFact, TaskCase, YearCase

C = TypeVar("C")
Check: TypeAlias = Callable[[C, date, int], Finding | None]

# The order of Tibet 2023: tenders done by 1 March.
TENDERS_BY = (3, 1)
_DAY = timedelta(days=1)
_TO_HAND_OVER = FINISHED - {Stage.HANDED_OVER}
TO_FINISH = NOT_STARTED | {Stage.UNDER_WAY}
_TO_PLACE = NOT_STARTED | ON_SITE


def passed(stages: Collection[Stage], **said: str) -> Check[ProjectCase]:
    """The last of the days that the sentence says was over ``limit`` days ago, and the project is still at a stage."""
    day = attrgetter([*said.values()][-1])

    def check(case: ProjectCase, on: date, limit: int) -> Finding | None:
        if case.stage not in stages or (last := day(case)) is None or last >= on:
            return None
        return _passed(last + limit * _DAY, on, **{name: getattr(case, field) for name, field in said.items()})

    return check


def some(name: str, field: str, stages: Collection[Stage] = frozenset(Stage)) -> Check[ProjectCase]:
    """There is money where none should be; the sentence says ``name``."""
    read = attrgetter(field)

    def check(case: ProjectCase, on: date, limit: int) -> Finding | None:
        fen = read(case)
        return Finding(None, {name: case.money(fen)}) if fen > 0 and case.stage in stages else None

    return check


def above(more: str, less: str) -> Check[ProjectCase]:
    """One amount is above another that is known; the sentence says both."""
    read = attrgetter(f"{more}_fen", f"{less}_fen")

    def check(case: ProjectCase, on: date, limit: int) -> Finding | None:
        great, small = read(case)
        return Finding(None, {more: case.money(great), less: case.money(small)}) if 0 < small < great else None

    return check


def below(share: str) -> Check[YearCase]:
    """A share of the arranged money is below what is required of it."""
    read = attrgetter(share)

    def check(case: YearCase, on: date, limit: int) -> Finding | None:
        fact: ShareFact | None = read(case)
        if fact is None or fact.room.fen >= 0:
            return None
        return Finding(None, {"percent": _shown(fact.percent), "missing": -fact.room})

    return check


def _passed(last: date, on: date, /, **params: date | str) -> Finding | None:
    return Finding(last + _DAY, params) if last < on else None


def tender_late(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """The tender is not done by 1 March of the first year whose plan gives the project money."""
    if case.stage not in {Stage.PREPARATION, Stage.TENDERING} or case.first_year is None:
        return None
    due = date(case.first_year, *TENDERS_BY)
    return _passed(due, on, due=due)


def settlement_overdue(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """The final accounts are due, an extension counted in, and not approved."""
    waits = case.stage in {Stage.COMPLETED, Stage.ACCEPTED} and case.settled_on is None
    if not waits or case.settlement_due_on is None:
        return None
    return _passed(case.settlement_due_on, on, due=case.settlement_due_on)


def suspended_without_restart(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """Stopped for another reason than winter, and nobody says until when."""
    if case.stage is not Stage.SUSPENDED or case.stopped_on is None or case.restart_expected_on is not None:
        return None
    return None if case.stop_reason is StopReason.WINTER else Finding(case.stopped_on, {"stopped": case.stopped_on})


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


def started_without_funds(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """Work has begun and nothing of the money arranged for it has arrived."""
    if case.stage not in ON_SITE or case.plan_fen <= 0 or case.arrived_fen > 0:
        return None
    return Finding(None, {"plan": case.money(case.plan_fen)})


def paid_ahead(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """The paid part of the arranged money lies more than ``limit`` points above the reported progress."""
    if case.stage not in ON_SITE or case.plan_fen <= 0:
        return None
    if case.paid_fen * 100 <= (case.progress_percent + limit) * case.plan_fen:
        return None
    paid = case.paid_fen * 100 // case.plan_fen
    return Finding(None, {"paid": paid, "progress": case.progress_percent})


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


def money_beyond(case: ProjectCase, on: date, limit: int) -> Finding | None:
    """Contracts, final accounts, assets or payments are beyond a ceiling."""
    return Finding(None, {"excesses": case.beyond}) if case.beyond else None


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


def livelihood_near(case: YearCase, on: date, limit: int) -> Finding | None:
    """It is not below, but by less than ``limit`` points."""
    share = case.livelihood
    if share is None or share.room.fen < 0 or share.percent >= FLOOR_PERCENT + limit:
        return None
    return Finding(None, {"percent": _shown(share.percent), "room": share.room})


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
    text = gettext_noop("%(source)s超 %(amount)s")
    sources = tuple(message(text, source=name, amount=amount) for name, amount in over.items())
    return Finding(None, {"sources": sources, "over": total(over.values(), case.currency)})


def _percent(part: int, whole: int) -> str:
    return _shown(Decimal(part) * 100 / whole)


def _shown(percent: Decimal) -> str:
    return str(rounded(percent, 2))
