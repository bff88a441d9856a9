# SPDX-License-Identifier: Apache-2.0
"""What the pages of returns show, and what sending one in answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shanhai.kernel.errors import Problem
from shanhai.kernel.messages import Message
from shanhai.kernel.units import Unit
from shanhai.planning.returns.values.findings import Finding
from shanhai.planning.returns.values.tables import Measure, Row


@dataclass(frozen=True, slots=True)
class CountyLine:
    """The newest line of one county, or of the total, with the return it stands in."""

    uuid: UUID
    row: Row
    unit: Unit
    place: str
    is_total: bool
    report: UUID
    title: str
    cut_off_on: date
    provenance: str


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """A return in a list; counts are of what the viewer may see."""

    uuid: UUID
    title: str
    cut_off_on: date
    submitted_at: datetime
    submitted_by: str
    state: str
    row_count: int
    open_findings: int
    provenance: str


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell of the grid: what is printed, the findings on it, and those that it only has a part in."""

    stated: str
    findings: tuple[UUID, ...] = ()
    involved: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the grid, its cells in the order of the columns."""

    label: str
    place: str
    is_total: bool
    cells: tuple[CellView, ...]


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding with what was said to it; ``may_explain`` is for this viewer."""

    uuid: UUID
    finding: Finding
    measure: Message
    state: str
    because: str
    explained_at: datetime | None
    explained_by: str
    may_explain: bool


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """A return as its page shows it.

    ``sums`` are the rows added up, column by column, "" where a row is silent and for rates; there are none without a
    total, or for viewers who may not see it. ``unposted`` are the reasons why amounts did not go into the ledger.
    """

    uuid: UUID
    programme: str
    title: str
    cut_off_on: date
    unit: Unit
    state: str
    submitted_at: datetime
    submitted_by: str
    because: str
    document: UUID | None
    file_name: str
    provenance: str
    columns: tuple[Measure, ...]
    rows: tuple[RowView, ...]
    sums: tuple[str, ...]
    findings: tuple[FindingView, ...]
    unposted: tuple[Message, ...]
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Submission:
    """What sending in a return came to: ``report`` is its uuid once stored, or that of the same file sent in before."""

    rows: int
    problems: tuple[Problem, ...]
    findings: tuple[Finding, ...]
    unposted: tuple[Message, ...] = ()
    applied: bool = False
    report: UUID | None = None

    def as_json(self) -> dict[str, Any]:
        """The report in JSON values, but for its sentences: those are Messages, for the reader's language."""
        return {
            "kind": "return",
            "rows": self.rows,
            "problems": [
                {
                    "where": problem.where,
                    "row": problem.row,
                    "column": problem.column,
                    "code": problem.code,
                    "message": problem.message,
                    "blocking": problem.blocking,
                }
                for problem in self.problems
            ],
            "findings": [
                {
                    "measure": finding.at.measure,
                    "place": finding.at.label,
                    "severity": finding.severity.value,
                    "message": finding.message,
                    "stated": finding.stated,
                    "suggested": finding.suggested,
                    "confidence": finding.confidence.value,
                    "checks": [check.message for check in finding.checks],
                }
                for finding in self.findings
            ],
            "unposted": list(self.unposted),
            "applied": self.applied,
            "return": str(self.report) if self.report else None,
            "url": f"/returns/{self.report}/" if self.report else None,
        }
