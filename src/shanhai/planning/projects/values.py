# SPDX-License-Identifier: Apache-2.0
"""What a project is said to be, as it comes in from a form, a sheet or the demo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.registers.ledger.values import Source

if TYPE_CHECKING:
    from shanhai.planning.projects.states import Delivery, Level, Novelty, Stage


NO_MONEY = Money.zero()


class Plain:
    """A value whose fields can be written down."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def plain(self) -> dict[str, Any]:
        """The same in plain JSON values, as the audit trail writes it: amounts in fen, days and keys as text."""
        found: dict[str, Any] = {}
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            kind = type(value)
            if kind is Money:
                found[f"{name}_fen"] = value.fen
            elif kind is Dates:
                found |= value.plain
            else:
                found[name] = str(value) if kind is date or kind is UUID else value
        return found


@dataclass(frozen=True, slots=True)
class Dates(Plain):
    """The five dates of a project; any may be unknown."""

    planned_start_on: date | None = None
    planned_finish_on: date | None = None
    started_on: date | None = None
    finished_on: date | None = None
    accepted_on: date | None = None

    def known_from(self, day: date) -> date:
        """The first of ``day`` and the days on which something happened."""
        return min(one for one in (day, self.started_on, self.finished_on, self.accepted_on) if one is not None)


NO_DATES = Dates()


@dataclass(frozen=True, slots=True)
class ProjectFacts(Plain):
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


@dataclass(frozen=True, slots=True)
class Standing(Plain):
    """How far a project has come on the day it is first recorded."""

    stage: Stage
    completed_investment: Money = NO_MONEY
    progress_percent: int = 0


@dataclass(frozen=True, slots=True)
class LineFacts(Plain):
    """One allocation line: the plan's year, the code of the fund source, the amount, and the two tags."""

    year: int
    fund_source: str
    amount: Money
    livelihood_percent: int
    beneficiary_level: Level
    implementer_level: Level


STATIONS = ("arrived", "allotted", "paid")


@dataclass(frozen=True, slots=True)
class Funds:
    """Cumulative money of a line, in fen; ``issued`` only where its plan is issued line by line."""

    arrived: int = 0
    allotted: int = 0
    paid: int = 0
    issued: int = 0


# What ceilings compare, by the names that their table and the trail use.
AMOUNTS: Mapping[str, Message] = {
    "amount": message(gettext_noop("安排")),
    "arrived": message(gettext_noop("到位")),
    "allotted": message(gettext_noop("核拨")),
    "paid": message(gettext_noop("支付")),
    "contracts": message(gettext_noop("合同")),
    "approved": message(gettext_noop("批复的决算")),
    "assets": message(gettext_noop("移交的资产")),
    "funding": message(gettext_noop("安排和其他资金")),
    "investment": message(gettext_noop("总投资")),
}


# What an entry is made from that issues what a line has more, or what is left of one that was taken back.
ISSUED_WITH_LINE = "projects.line_issued"
# What an entry of the ledger may have been made from, and how many parts of its id stand before the voucher's number.
SOURCES: dict[str, tuple[str, int]] = {
    "projects.voucher": (gettext_noop("凭证"), 2),
    "funds.arrival": (gettext_noop("到账凭证"), 1),
    "funds.shift": (gettext_noop("改给别的项目的到位"), 1),
    "projects.surplus": (gettext_noop("交回结余"), 0),
    ISSUED_WITH_LINE: (gettext_noop("随资金安排下达"), 0),
    "projects.import": (gettext_noop("导入的项目表"), 0),
    "returns.cell": (gettext_noop("县级报表"), 0),
    "programmes.plan": (gettext_noop("下达年度计划"), 0),
    "programmes.plan_raised": (gettext_noop("追加年度计划"), 0),
    "programmes.plan_lowered": (gettext_noop("调减年度计划"), 0),
    "programmes.reserve_released": (gettext_noop("动用预备费"), 0),
    "demo.voucher": (gettext_noop("演示凭证"), 0),
    "ledger.reversal": (gettext_noop("冲正"), 0),
}


def number_of(source: Source) -> str:
    """The number that stands on the voucher an entry was made from; "" where it was made from something else."""
    _, before = SOURCES.get(source.kind, ("", 0))
    return source.id.split(":", before)[-1] if before else ""


def made_from(source: Source) -> str:
    """What an entry was made from, in words; "" for what is none of ours."""
    return SOURCES.get(source.kind, ("", 0))[0]
