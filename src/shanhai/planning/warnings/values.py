# SPDX-License-Identifier: Apache-2.0
"""The facts that rules look at, one small value for each kind of thing, and what a rule finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from shanhai.kernel.messages import Message
from shanhai.kernel.money import CURRENCY, Money
from shanhai.planning.projects.states import Stage, StopReason

# How long money may lie before it is told: the facts are gathered for these days.
UNALLOTTED_DAYS = 60
UNPAID_DAYS = 90

Param = int | str | date | Money | tuple[Message, ...]


class SubjectKind(StrEnum):
    """What a warning may be about: a project, a yearly plan with its money, a task of a campaign."""

    PROJECT = "project"
    YEAR = "year"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing a warning is about; ``place`` is a GB/T 2260 code, "" for the programme as a whole."""

    kind: SubjectKind
    uuid: UUID
    label: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule holds: since which day (None: since it was noticed), and the numbers of its sentence.

    The numbers are such as stay the same until something happens, so that looking twice finds the same.
    """

    since: date | None = None
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProjectCase:
    """One project on one day. Amounts in fen; ``plan`` is what its allocation lines give it.

    ``start_due_on`` is the planned start, put off to the opening of the season where the site's altitude is closed.
    ``idle_unallotted_fen`` had arrived ``UNALLOTTED_DAYS`` ago and is not allotted, ``idle_unpaid_fen`` had been
    allotted ``UNPAID_DAYS`` ago and is not paid, the oldest money counted as spent first. ``beyond`` says
    what is more than it may be, where no other rule does. ``lost_days`` are days of
    the season (of the calendar, where the altitude is unknown) since the stop. ``namesakes`` are others of that name
    in the county.
    """

    subject: Subject
    stage: Stage
    currency: str = CURRENCY
    has_altitude: bool = True
    has_owner: bool = True
    planned_start_on: date | None = None
    start_due_on: date | None = None
    planned_finish_on: date | None = None
    finished_on: date | None = None
    first_year: int | None = None
    updated_on: date | None = None
    total_fen: int = 0
    other_fen: int = 0
    completed_fen: int = 0
    progress_percent: int = 0
    plan_fen: int = 0
    arrived_fen: int = 0
    allotted_fen: int = 0
    paid_fen: int = 0
    above_plan_fen: int = 0
    above_arrived_fen: int = 0
    idle_unallotted_fen: int = 0
    idle_unpaid_fen: int = 0
    contracts_fen: int = 0
    beyond: tuple[Message, ...] = ()
    stop_reason: StopReason | None = None
    stopped_on: date | None = None
    restart_expected_on: date | None = None
    lost_days: int = 0
    settlement_due_on: date | None = None
    settled_on: date | None = None
    surplus_fen: int = 0
    surplus_returned: bool = False
    transfer_due_on: date | None = None
    namesakes: int = 0

    def money(self, fen: int) -> Money:
        """An amount in the project's currency."""
        return Money(fen, self.currency)


@dataclass(frozen=True, slots=True)
class ShareFact:
    """One of the two 80 % shares: its percent, and how much may still go elsewhere (negative: how much lacks)."""

    percent: Decimal
    room: Money


@dataclass(frozen=True, slots=True)
class YearCase:
    """The money of a year's plan on one day, in fen; a share is None where nothing is arranged.

    ``beyond_fen`` is by fund source what lines take beyond what the plan has beside its reserve.
    """

    subject: Subject
    year: int
    currency: str = CURRENCY
    issued_fen: int = 0
    arrived_fen: int = 0
    paid_fen: int = 0
    reserve_fen: int = 0
    livelihood: ShareFact | None = None
    grassroots: ShareFact | None = None
    beyond_fen: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaskCase:
    """A task of a campaign; ``group`` leads it."""

    subject: Subject
    group: str
    due_on: date | None
    is_open: bool = True


Case = ProjectCase | YearCase | TaskCase
