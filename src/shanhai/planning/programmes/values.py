# SPDX-License-Identifier: Apache-2.0
"""Small types that cross the border of this app."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, runtime_checkable
from uuid import UUID

from shanhai.kernel.actors import Actor
from shanhai.kernel.figures import Strength
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.registry import Registry
from shanhai.kernel.shares import Base, Measure, Share
from shanhai.kernel.units import ITEM, UNITS, Dimension, Quantity, money_in
from shanhai.registers.ledger.values import Source

PROVENANCES = ("", "public", "demo")
# The two 80 % rules: the least share for livelihood, and the least at the grassroots.
FLOOR_PERCENT = 80
TASKS = Base("tasks", message(gettext_noop("任务数（不含不再做和已结转的）")))


class StatementFlag(StrEnum):
    """A doubt about a published figure, raised when it was recorded."""

    AT_LEAST = "at_least"
    ROUNDED = "rounded"
    DAMAGED = "damaged"


FLAG_SENTENCES: dict[StatementFlag, Message] = {
    StatementFlag.AT_LEAST: message(gettext_noop("原文只说“超过”这个数，实际不少于它。")),
    StatementFlag.ROUNDED: message(gettext_noop("原文是约数。")),
    StatementFlag.DAMAGED: message(gettext_noop("原文这一句有缺损，请对照原件。")),
}


@dataclass(frozen=True, slots=True)
class FundTotals:
    """Where the money of a programme, or of a part of it, stands on a day, or what a year has added.

    ``arrived``, ``allotted``, ``paid`` and ``released`` are what has gone in, net of reversals; ``issued`` likewise,
    without what came back from the reserve, which is ``released``; ``reserve`` and ``surplus`` are what lies there.
    ``five_year_plan`` is None where there is none, or where it cannot be split.
    """

    issued: Money
    reserve: Money
    released: Money
    arrived: Money
    allotted: Money
    paid: Money
    surplus: Money
    five_year_plan: Money | None = None

    def minus(self, other: FundTotals) -> FundTotals:
        """What has been added since ``other``; a year has no share of the five-year plan."""
        sums = [one.name for one in fields(self) if one.name != "five_year_plan"]
        return FundTotals(**{name: getattr(self, name) - getattr(other, name) for name in sums})

    @property
    def untouched(self) -> bool:
        """Whether no money has moved at all."""
        return not any((self.issued, self.reserve, self.released, self.arrived, self.allotted, self.paid))


class StepKind(StrEnum):
    """The steps of the money's way: 下达, 到位, 核拨, 支付, 结余上缴, 退回（到位未核拨的）, 动用预备费."""

    ISSUE = "issue"
    ARRIVE = "arrive"
    ALLOT = "allot"
    PAY = "pay"
    RETURN = "return"
    HAND_BACK = "hand_back"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Step:
    """One step on one day, for which one ledger entry stands; ``source`` is unique, so that it is taken once.

    ``programme`` and ``fund_source`` are codes, ``subject`` the uuid of an allocation line or a return's row, ``place``
    a GB/T 2260 code. ``reserve`` is what an issued plan keeps back; ``over_plan`` is how much of an arrival lies beyond
    what has been issued.
    """

    kind: StepKind
    programme: str
    fund_source: str
    amount: Money
    on_date: date
    source: Source
    subject: str = ""
    place: str = ""
    strength: Strength = Strength.VOUCHER
    memo: str = ""
    reserve: Money | None = None
    over_plan: Money | None = None


@dataclass(frozen=True, slots=True)
class SourceAmount:
    """What a yearly plan takes from one fund source, and how much of that it keeps in reserve."""

    fund_source: str
    amount: Money
    reserve: Money


@dataclass(frozen=True, slots=True)
class Category:
    """A category of projects and how much of its money counts as livelihood by default, in percent."""

    code: str
    name: str
    livelihood_percent: int
    name_en: str = ""


# An example, not a rule: no official list of livelihood categories is public. The names follow the categories that
# published yearly audits and reports use; the percentages are ours, to be replaced by an approved table.
SAMPLE_CATEGORIES: tuple[Category, ...] = (
    Category("housing", "城乡住房及基础设施", 100, "Housing and infrastructure"),
    Category("education", "教育", 100, "Education"),
    Category("health", "医疗卫生", 100, "Health"),
    Category("employment", "就业设施及劳动力培训", 100, "Employment and training"),
    Category("industry", "产业发展", 50, "Industry"),
    Category("talent", "干部人才支援及培养", 0, "Staff and talent"),
    Category("exchange", "交往交流交融", 0, "Exchange"),
    Category("social", "其他社会事业", 100, "Other social services"),
)


@dataclass(frozen=True, slots=True)
class TaskStanding:
    """A task that is neither given up nor carried over, as it stood on a day; ``late`` when open after it was due."""

    uuid: UUID
    name: str
    progress_percent: int
    done: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """A campaign or an action by the tasks that count."""

    uuid: UUID
    name: str
    standing: tuple[TaskStanding, ...]

    @property
    def tasks(self) -> int:
        """How many tasks there are."""
        return len(self.standing)

    @property
    def done(self) -> int:
        """How many of them are done."""
        return sum(task.done for task in self.standing)

    @property
    def late(self) -> int:
        """How many of them are late."""
        return sum(task.late for task in self.standing)

    @property
    def share(self) -> Share:
        """The progress of the tasks, each alike, of all there are; of nothing without any."""
        points = sum(task.progress_percent for task in self.standing)
        return Share(Quantity(Decimal(points) / 100, ITEM), Quantity(Decimal(self.tasks), ITEM), TASKS)

    @property
    def progress_percent(self) -> int | None:
        """The mean progress of the tasks in whole percent; None without any."""
        percent = self.share.percent(0)
        return None if percent is None else int(percent)


@dataclass(frozen=True, slots=True)
class ActionSummary(Summary):
    """An action of a campaign, and which one it is."""

    position: int


@dataclass(frozen=True, slots=True)
class CampaignSummary(Summary):
    """A year's campaign with its actions."""

    year: int
    provenance: str
    starts_on: date
    due_on: date
    actions: tuple[ActionSummary, ...]


def measured(number: Decimal, unit: str) -> Measure:
    """``number`` of the unit of that key. Raises BadInput for money finer than a fen, or more than can be counted."""
    known = UNITS[unit]
    return money_in(number, known) if known.dimension == Dimension.MONEY else Quantity(number, known)


def shortest(number: Decimal) -> str:
    """A number without the zeros that a column of fixed places adds."""
    return f"{number.normalize():f}"


@runtime_checkable
class PlanGuard(Protocol):
    """What an app that gives the money of plans away asks of a draft that gets smaller."""

    key: str

    @abstractmethod
    def keep(self, *, by: Actor, at: datetime, programme: str, year: int, sources: Collection[str]) -> None:
        """Raise Refused where the plan, as it is stored now, has less of one of ``sources`` than is given away."""


plan_guards: Registry[PlanGuard] = Registry(PlanGuard)
