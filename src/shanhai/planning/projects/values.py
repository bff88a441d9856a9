# SPDX-License-Identifier: Apache-2.0
"""What a project is said to be, as it comes in from a form, a sheet or the demo."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from functools import cache
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
        return _plain(self)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a project has come on the day it is first recorded."""

    stage: Stage
    completed_investment: Money = NO_MONEY
    progress_percent: int = 0

    @property
    def plain(self) -> dict[str, Any]:
        """The same in plain JSON values, as the audit trail writes it."""
        return _plain(self)


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
        return _plain(self)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _plain(item: Any) -> dict[str, Any]:
    """The fields of a value here: dates as ISO text, amounts in fen, the five dates beside the other fields."""
    found: dict[str, Any] = {}
    for name in _names(item.__class__):
        value = getattr(item, name)
        if isinstance(value, Dates):
            for day in _names(Dates):
                when = getattr(value, day)
                found[day] = when and when.isoformat()
        elif isinstance(value, Money):
            found[f"{name}_fen"] = value.fen
        else:
            found[name] = str(value) if isinstance(value, UUID) else value
    return found


STATIONS = ("arrived", "allotted", "paid")


@dataclass(frozen=True, slots=True)
class Funds:
    """Cumulative money of a line, in fen; ``issued`` only where its plan is issued line by line."""

    arrived: int = 0
    allotted: int = 0
    paid: int = 0
    issued: int = 0
