# SPDX-License-Identifier: Apache-2.0
"""What a check says, and what follows from the checks: findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from shanhai.kernel.errors import Problem
from shanhai.kernel.imports import ImportReport, Question, Remark, SheetMarks
from shanhai.kernel.messages import Message, to_plain
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


@dataclass(frozen=True, slots=True)
class Submission:
    """What sending in a return came to: ``report`` is its uuid once stored, or that of the same file sent in before."""

    rows: int
    problems: tuple[Problem, ...]
    findings: tuple[Finding, ...]
    questions: tuple[Question, ...] = ()
    unposted: tuple[Message, ...] = ()
    applied: bool = False
    report: UUID | None = None
    marks: tuple[SheetMarks, ...] = ()

    def named(self, kind: str) -> ImportReport:
        """The report of an importer of that kind; where nothing new was stored, the page of the earlier one."""
        page = f"/returns/{self.report}/" if self.report else ""
        return ImportReport(
            kind,
            self.rows,
            problems=self.problems,
            questions=self.questions,
            findings=(*(_remark(finding) for finding in self.findings), *map(Remark, self.unposted)),
            applied=self.applied,
            url=page,
            before="" if self.applied else page,
            marks=self.marks,
        )


def _remark(finding: Finding) -> Remark:
    facts = {
        "measure": finding.at.measure,
        "place": finding.at.label,
        "severity": finding.severity.value,
        "stated": finding.stated,
        "suggested": finding.suggested,
        "confidence": finding.confidence.value,
        "checks": str(len(finding.checks)),
    }
    return Remark(finding.message, facts)
