# SPDX-License-Identifier: Apache-2.0
"""A stated table, its numbers as they were printed, how they hang together, and what the checks of them say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.plain import to_plain
from shanhai.kernel.units import YUAN, Unit

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Interval:
    """Every number that may stand behind a printed one, both ends included."""

    low: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("an interval begins at its lower end")

    @classmethod
    def exact(cls, number: Decimal | int) -> Interval:
        """The interval of one number only."""
        return cls(Decimal(number), Decimal(number))

    @property
    def is_exact(self) -> bool:
        """Whether only one number stands behind it."""
        return self.low == self.high

    @property
    def middle(self) -> Decimal:
        """The number half way."""
        return (self.low + self.high) / 2

    def meets(self, other: Interval) -> bool:
        """Whether one number could stand behind both."""
        return self.low <= other.high and other.low <= self.high

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Interval) -> Interval:
        """The product; both must be non-negative."""
        return Interval(self.low * other.low, self.high * other.high)


def fits(part: Interval, base: Interval, percent: Interval) -> bool:
    """Whether ``percent`` may be ``part`` of ``base``; all are non-negative."""
    return part.low * HUNDRED <= percent.high * base.high and percent.low * base.low <= part.high * HUNDRED


class MeasureKind(StrEnum):
    """How a printed number is read: counts are exact, amounts and rates are rounded to their last digit."""

    COUNT = "count"
    AMOUNT = "amount"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Measure:
    """A column: ``key`` for machines, ``label`` for people."""

    key: str
    label: Message
    kind: MeasureKind


@dataclass(frozen=True, slots=True)
class Rate:
    """A printed rate: ``part`` of one of ``bases``, the usual one first. Its own measure has the same key."""

    key: str
    part: str
    bases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """``lesser`` is never more than ``greater``; where it may be with a reason, ``strict`` is false."""

    lesser: str
    greater: str
    strict: bool = True


@dataclass(frozen=True, slots=True)
class Identity:
    """``whole`` is what ``parts`` add up to, in the same row."""

    whole: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """The columns a table may have and the relations between them."""

    measures: tuple[Measure, ...]
    rates: tuple[Rate, ...] = ()
    orders: tuple[Order, ...] = ()
    identities: tuple[Identity, ...] = ()

    def measure(self, key: str) -> Measure:
        """The column of that key. Raises KeyError."""
        return self.by_key()[key]

    def by_key(self) -> dict[str, Measure]:
        """All columns by key."""
        return {measure.key: measure for measure in self.measures}

    @property
    def additive(self) -> tuple[Measure, ...]:
        """The columns whose rows add up to their total: all but rates."""
        return tuple(measure for measure in self.measures if measure.kind != MeasureKind.RATE)


@dataclass(frozen=True, slots=True)
class Stated:
    """A number as printed: ``text`` as it stood, ``number`` what it says, ``decimals`` how finely.

    Rates are in percent: "89.71%" is 89.71 with two decimals.
    """

    text: str
    number: Decimal
    decimals: int
    interval: Interval


class At(NamedTuple):
    """One cell: the row's label and the measure's key."""

    label: str
    measure: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; cells that were blank are absent."""

    label: str
    cells: Mapping[str, Stated]


class Line(Protocol):
    """A row of a return, with the unit of its amounts."""

    @property
    def numbers(self) -> Row: ...
    @property
    def unit(self) -> Unit: ...


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with unlike labels, perhaps the total they are said to add up to, and the ``unit`` of the amounts."""

    scheme: Scheme
    rows: tuple[Row, ...]
    total: Row | None = None
    unit: Unit = YUAN

    def __post_init__(self) -> None:
        labels = [row.label for row in self.lines]
        if len(set(labels)) != len(labels):
            raise ValueError("every row has a label of its own")

    @property
    def lines(self) -> tuple[Row, ...]:
        """All rows, the total last."""
        return (*self.rows, self.total) if self.total else self.rows

    def stated(self, at: At) -> Stated | None:
        """What is printed there, if anything."""
        return next((line.cells.get(at.measure) for line in self.lines if line.label == at.label), None)

    def with_cell(self, at: At, stated: Stated) -> Table:
        """The table as it would be with another number there."""

        def changed(row: Row) -> Row:
            return Row(row.label, {**row.cells, at.measure: stated}) if row.label == at.label else row

        return replace(
            self, rows=tuple(changed(row) for row in self.rows), total=changed(self.total) if self.total else None
        )


_COUNT, _AMOUNT, _RATE = MeasureKind.COUNT, MeasureKind.AMOUNT, MeasureKind.RATE

COUNTY = Scheme(
    measures=(
        Measure("project_count", message(gettext_noop("项目数")), _COUNT),
        Measure("planned", message(gettext_noop("计划投资")), _AMOUNT),
        Measure("started", message(gettext_noop("开工")), _COUNT),
        Measure("start_rate", message(gettext_noop("开工率")), _RATE),
        Measure("completed", message(gettext_noop("完工")), _COUNT),
        Measure("completion_rate", message(gettext_noop("完工率")), _RATE),
        Measure("invested", message(gettext_noop("完成投资")), _AMOUNT),
        Measure("investment_completion_rate", message(gettext_noop("投资完成率")), _RATE),
        Measure("accepted", message(gettext_noop("验收")), _COUNT),
        Measure("acceptance_rate", message(gettext_noop("验收率")), _RATE),
        Measure("arrived", message(gettext_noop("到位资金")), _AMOUNT),
        Measure("arrival_rate", message(gettext_noop("到位率")), _RATE),
        Measure("allotted", message(gettext_noop("核拨资金")), _AMOUNT),
        Measure("allotment_rate", message(gettext_noop("核拨率")), _RATE),
        Measure("paid", message(gettext_noop("支付资金")), _AMOUNT),
        Measure("payment_rate", message(gettext_noop("支付率")), _RATE),
    ),
    rates=(
        Rate("start_rate", "started", ("project_count",)),
        Rate("completion_rate", "completed", ("project_count", "started")),
        Rate("acceptance_rate", "accepted", ("completed", "project_count")),
        Rate("investment_completion_rate", "invested", ("planned",)),
        Rate("arrival_rate", "arrived", ("planned",)),
        Rate("allotment_rate", "allotted", ("arrived", "planned")),
        Rate("payment_rate", "paid", ("arrived", "allotted", "planned")),
    ),
    orders=(
        Order("started", "project_count"),
        Order("completed", "started"),
        Order("accepted", "completed"),
        Order("allotted", "arrived"),
        Order("paid", "allotted"),
        Order("invested", "planned", strict=False),
    ),
)


class CheckKind(StrEnum):
    """What was checked."""

    SUM = "sum"
    IMPLIED_SUM = "implied_sum"
    RATE = "rate"
    WHOLE = "whole"
    ORDER = "order"
    IDENTITY = "identity"
    COPY = "copy"
    SLIP = "slip"


class Severity(StrEnum):
    """How much a finding matters, worst first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 is worst."""
        return list(Severity).index(self)


class Confidence(StrEnum):
    """How sure a verdict is: by how many checks the suggested number sets right."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class CheckKey(NamedTuple):
    """Names one check: what kind, of which cell; ``against`` tells apart several of a kind on one cell."""

    kind: CheckKind
    at: At
    against: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One check that could be made, how it came out, and the sentence with its numbers."""

    key: CheckKey
    passed: bool
    severity: Severity
    message: Message
    base: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A doubt about one cell.

    ``checks`` are what speaks for it; ``suggested`` is the number that would set them right, in the unit and with the
    decimals of the table, empty when the checks do not say which number is wrong.
    """

    kind: CheckKind
    severity: Severity
    at: At
    message: Message
    stated: str = ""
    suggested: str = ""
    confidence: Confidence = Confidence.LOW
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What came of checking a table: the findings, worst first, and for every printed rate the base that it fits."""

    findings: tuple[Finding, ...]
    bases: Mapping[At, str]
    checked: int


def content_of(finding: Finding) -> dict[str, Any]:
    """What of a finding is stored as JSON: its sentence and its checks."""
    return {
        "message": to_plain(finding.message),
        "checks": [
            {
                "kind": check.key.kind.value,
                "label": check.key.at.label,
                "measure": check.key.at.measure,
                "against": check.key.against,
                "passed": check.passed,
                "severity": check.severity.value,
                "base": check.base,
                "message": to_plain(check.message),
            }
            for check in finding.checks
        ],
    }
