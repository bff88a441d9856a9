# SPDX-License-Identifier: Apache-2.0
"""What a check says, and what a programme says in a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from shanhai.kernel.messages import Message
from shanhai.kernel.money import Money
from shanhai.kernel.xml import Element

Severity = Literal["critical", "error", "warning"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an element (or its ``attribute``), what to do, and by which rule; ``code`` is its number."""

    element: Element
    rule: str
    message: Message | str
    remedy: Message | str
    severity: Severity = "error"
    attribute: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault with its place: the line of the start tag (1 is the first, 0 is the whole file), and an XPath."""

    rule: str
    severity: Severity
    line: int
    path: str
    message: Message | str
    remedy: Message | str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Findings in the order of the file, at most so many; ``more`` counts those left out.

    ``critical``, ``errors`` and ``warnings`` count all of them by severity; ``broken`` the errors by a ruleset that was
    given.
    """

    findings: tuple[Finding, ...]
    more: int = 0
    critical: int = 0
    errors: int = 0
    warnings: int = 0
    broken: int = 0

    @property
    def valid(self) -> bool:
        """As the standard's validator has it: no critical finding; and no error by a ruleset that was asked for."""
        return not self.critical and not self.broken

    @property
    def tally(self) -> dict[Severity, int]:
        """How many findings there are of each severity, the gravest first."""
        return {"critical": self.critical, "error": self.errors, "warning": self.warnings}


@dataclass(frozen=True, slots=True)
class Named:
    """A name in Chinese, and in English where it is known."""

    zh: str
    en: str = ""


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who takes part; ``ref`` is an identifier of the standard's kind, or empty."""

    name: Named
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a year is given: ``kind`` 1 original, 2 revised; ``status`` 1 indicative, 2 committed."""

    year: int
    amount: Money
    status: str
    kind: str = "1"


@dataclass(frozen=True, slots=True)
class Transaction:
    """One movement of money; ``kind`` is of the standard's list, what is taken back is negative."""

    kind: str
    on: date
    amount: Money
    ref: str
    fund_source: str = ""
    provider: Named | None = None
    receiver: Named | None = None


@dataclass(frozen=True, slots=True)
class Sector:
    """A code of a vocabulary, and its weight among those of the same vocabulary."""

    vocabulary: str
    code: str
    name: Named
    weight: int


@dataclass(frozen=True, slots=True)
class Place:
    """A division under ``ref``, with (latitude, longitude) where a site is known."""

    ref: str
    name: Named
    point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A target: by year what was planned and what was reached (None: not yet reported)."""

    title: Named
    unit: str
    years: tuple[tuple[int, Decimal | None, Decimal | None], ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """What IATI calls an activity: a programme (level 1) or a project of it (level 2)."""

    identifier: str
    level: int
    title: Named
    description: Named
    currency: str
    status: str
    dates: tuple[tuple[str, date], ...]
    partners: tuple[tuple[str, Organisation], ...]
    sectors: tuple[Sector, ...]
    budgets: tuple[Budget, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    place: Place | None = None
    pages: tuple[tuple[str, Named], ...] = ()
    children: tuple[str, ...] = ()
    parent: str = ""
    results: tuple[Result, ...] = ()
    extension: tuple[tuple[str, str], ...] = ()
