# SPDX-License-Identifier: Apache-2.0
"""What a check says, and what follows from the checks: findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from shanhai.kernel.messages import Message
from shanhai.planning.returns.values.tables import At


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

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.findings
