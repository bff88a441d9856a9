# SPDX-License-Identifier: Apache-2.0
"""How far projects have come, which are late, and that a closed year stays closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from shanhai.kernel.errors import Conflict, Refused
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.numerals import same_code
from shanhai.kernel.shares import Base, Share
from shanhai.kernel.units import PROJECT, Quantity
from shanhai.planning.programmes.states import PlanState
from shanhai.planning.projects.states import NOT_STARTED, Stage

NEW_PROJECTS = Base("new_projects", message(gettext_noop("新建项目")))
ALL_PROJECTS = Base("all_projects", message(gettext_noop("全部项目")))
CONTINUING_PROJECTS = Base("continuing_projects", message(gettext_noop("续建项目")))
WITHIN_YEAR = Base("within_year_projects", message(gettext_noop("全部项目，不含跨年项目")))
COMPLETED_PROJECTS = Base("completed_projects", message(gettext_noop("已完工项目")))
PLANNED_INVESTMENT = Base("planned_investment", message(gettext_noop("计划总投资")))


@dataclass(frozen=True, slots=True)
class Timeline:
    """The stage of a project and the dates that were planned for it."""

    stage: Stage
    planned_start_on: date | None = None
    planned_finish_on: date | None = None


def is_late(facts: Timeline, on: date) -> bool:
    """Whether the project should have started, or finished, before ``on`` and has not.

    A suspended project is not late: winter stops a site above 4,000 m every year. A cancelled one never is.
    """
    if facts.stage in NOT_STARTED and facts.planned_start_on is not None and facts.planned_start_on < on:
        return True
    if facts.stage not in NOT_STARTED | {Stage.UNDER_WAY}:
        return False
    return facts.planned_finish_on is not None and facts.planned_finish_on < on


@dataclass(frozen=True, slots=True)
class Counts:
    """How many projects, cancelled ones left out. ``within`` counts those that do not run across years."""

    total: int = 0
    new: int = 0
    new_started: int = 0
    started: int = 0
    completed: int = 0
    within: int = 0
    within_completed: int = 0
    accepted: int = 0

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))

    @property
    def continuing(self) -> int:
        """Projects carried on from an earlier year."""
        return self.total - self.new

    @property
    def continuing_started(self) -> int:
        """Those of them at work or further."""
        return self.started - self.new_started


Rate = tuple[Share, tuple[Share, ...]]


def start_rate(counts: Counts) -> Rate:
    """Started new projects of all new ones; beside it the continuing ones of theirs, and all of all.

    Reports count 新建 and 续建 apart (Xinjiang 2015: 943 of 1,022 new, 182 continuing all at work).
    """
    return _of(counts.new_started, counts.new, NEW_PROJECTS), (
        _of(counts.continuing_started, counts.continuing, CONTINUING_PROJECTS),
        _of(counts.started, counts.total, ALL_PROJECTS),
    )


def completion_rate(counts: Counts) -> Rate:
    """Completed of all; beside it without the projects that run across years (Hubei 2024 prints that one)."""
    return _of(counts.completed, counts.total, ALL_PROJECTS), (
        _of(counts.within_completed, counts.within, WITHIN_YEAR),
    )


def acceptance_rate(counts: Counts) -> Rate:
    """Accepted of completed, as Kezhou 2021 prints it (283 of 311); beside it of all."""
    return _of(counts.accepted, counts.completed, COMPLETED_PROJECTS), (
        _of(counts.accepted, counts.total, ALL_PROJECTS),
    )


def investment_completion_rate(*, completed: Money, planned: Money) -> Rate:
    """Completed investment of the total planned investment."""
    return Share(completed, planned, PLANNED_INVESTMENT), ()


def _of(part: int, whole: int, base: Base) -> Share:
    return Share(Quantity(Decimal(part), PROJECT), Quantity(Decimal(whole), PROJECT), base)


def require_open(*, state: str, year: int) -> None:
    """Raise Refused for a plan that is closed. What it has allotted already may still be paid and reversed."""
    if state == PlanState.CLOSED:
        raise Refused(
            gettext_noop("%(year)s 年的计划已经关闭，不能再安排、核拨或更改。请用以后年度的计划。"),
            "projects.plan_closed",
            year=str(year),
        )


def refuse_twins(code: str, others: Iterable[str]) -> None:
    """Raise Conflict for a code that differs from ``others`` in case, width, blanks or leading noughts only."""
    twins = [other for other in others if other != code and same_code(other) == same_code(code)]
    if twins:
        raise Conflict(
            gettext_noop(
                "编号“%(code)s”和已有的“%(twins)s”只差大小写、全半角、空格或前面的零，像是同一个。"
                "请核对编号；确实是另一个的，请勾选“确实是不同的”再登记。"
            ),
            "projects.possible_twin",
            code=code,
            twins="”“".join(twins[:5]),
        )
