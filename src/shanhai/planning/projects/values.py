# SPDX-License-Identifier: Apache-2.0
"""What a project is said to be, as it comes in from a form, a sheet or the demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shanhai.kernel.money import Money

if TYPE_CHECKING:
    from shanhai.planning.projects.states import Delivery, Level, Novelty, Stage


NO_MONEY = Money.zero()


@dataclass(frozen=True, slots=True)
class Dates:
    """The five dates of a project; any may be unknown."""

    planned_start_on: date | None = None
    planned_finish_on: date | None = None
    started_on: date | None = None
    finished_on: date | None = None
    accepted_on: date | None = None

    @property
    def plain(self) -> dict[str, Any]:
        """The same in plain JSON values: ISO text."""
        return {
            "planned_start_on": self.planned_start_on and self.planned_start_on.isoformat(),
            "planned_finish_on": self.planned_finish_on and self.planned_finish_on.isoformat(),
            "started_on": self.started_on and self.started_on.isoformat(),
            "finished_on": self.finished_on and self.finished_on.isoformat(),
            "accepted_on": self.accepted_on and self.accepted_on.isoformat(),
        }


NO_DATES = Dates()


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """Everything about a project that a person may state and correct; stage and money have services of their own.

    ``place`` is the GB/T 2260 code of a county, ``category`` the code of a classification item.
    """

    code: str
    name: str
    place: str
    delivery: Delivery
    novelty: Novelty
    category: str = ""
    cross_year: bool = False
    capital: bool = True
    altitude_m: int | None = None
    total_investment: Money = NO_MONEY
    other_sources: Money = NO_MONEY
    dates: Dates = NO_DATES
    site: UUID | None = None
    owner: UUID | None = None

    @property
    def plain(self) -> dict[str, Any]:
        """The same in plain JSON values, as the audit trail writes it."""
        return {
            "code": self.code,
            "name": self.name,
            "place": self.place,
            "delivery": self.delivery,
            "novelty": self.novelty,
            "category": self.category,
            "cross_year": self.cross_year,
            "capital": self.capital,
            "altitude_m": self.altitude_m,
            "total_investment_fen": self.total_investment.fen,
            "other_sources_fen": self.other_sources.fen,
            **self.dates.plain,
            "site": self.site and str(self.site),
            "owner": self.owner and str(self.owner),
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a project has come on the day it is first recorded."""

    stage: Stage
    completed_investment: Money = NO_MONEY
    progress_percent: int = 0

    @property
    def plain(self) -> dict[str, Any]:
        """The same in plain JSON values, as the audit trail writes it."""
        return {
            "stage": self.stage,
            "completed_investment_fen": self.completed_investment.fen,
            "progress_percent": self.progress_percent,
        }


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One allocation line: the plan's year, the code of the fund source, the amount, and the two tags."""

    year: int
    fund_source: str
    amount: Money
    livelihood_percent: int
    beneficiary_level: Level
    implementer_level: Level

    @property
    def plain(self) -> dict[str, Any]:
        """The same in plain JSON values, as the audit trail writes it."""
        return {
            "year": self.year,
            "fund_source": self.fund_source,
            "amount_fen": self.amount.fen,
            "livelihood_percent": self.livelihood_percent,
            "beneficiary_level": self.beneficiary_level,
            "implementer_level": self.implementer_level,
        }


STATIONS = ("arrived", "allotted", "paid")


@dataclass(frozen=True, slots=True)
class Funds:
    """Cumulative money of a line, in fen; ``issued`` only where its plan is issued line by line."""

    arrived: int = 0
    allotted: int = 0
    paid: int = 0
    issued: int = 0
