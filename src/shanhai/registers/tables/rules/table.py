# SPDX-License-Identifier: Apache-2.0
"""What was read of a file: rows by one number for the whole file, faults at their cells, questions for the person."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from shanhai.kernel.errors import Problem
from shanhai.kernel.imports import ImportReport, Question, SheetMarks
from shanhai.kernel.messages import Message
from shanhai.registers.tables.rules.headers import Columns, Header
from shanhai.registers.tables.values import Cells, TableKind

# The rows of a file are known by one number: that of the sheet, and within it that of the row.
A_SHEET = 10_000_000


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row; ``row`` tells it in the whole file, ``values`` holds what could be read of its cells, by field."""

    row: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One sheet that was read: its name, its header, its columns, and the cells above the table."""

    sheet: str
    header: Header
    columns: Columns
    above: Cells = ()


@dataclass(slots=True)
class Table:
    """What was read of a file: its parts, the rows of data, and every fault on the way.

    ``told`` are the cells that have a problem, by row and field; ``faulty`` the rows with one that stops the import.
    """

    kind: TableKind
    parts: dict[int, Part] = field(default_factory=dict)
    rows: list[TableRow] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    told: set[tuple[int | None, str | None]] = field(default_factory=set)
    faulty: set[int | None] = field(default_factory=set)
    _problems: list[tuple[int, Problem]] = field(default_factory=list)
    odd_blanks: int = 0
    without_unit: set[tuple[int, str]] = field(default_factory=set)
    doubtful: list[tuple[dict[str, Any], int, str, object]] = field(default_factory=list)
    two_digits: set[str] = field(default_factory=set)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, in the order of the rows; those of the file as a whole come last."""
        return tuple(problem for _, problem in sorted(self._problems, key=lambda item: item[0]))

    @property
    def blocked(self) -> bool:
        """Whether a problem stops the import."""
        return any(problem.blocking for _, problem in self._problems)

    @property
    def held(self) -> bool:
        """Whether a problem or an open question keeps the table out."""
        return self.blocked or any(not question.answer for question in self.questions)

    def completed(self, report: ImportReport) -> ImportReport:
        """What an importer reports, with what the reading found; a fault's field becomes the header of its column."""
        found = (replace(one, column=self.header_of(one.column)) if one.column else one for one in report.problems)
        told = (*self.problems, *found)
        return replace(report, problems=told, questions=tuple(self.questions), marks=self.marks)

    @property
    def marks(self) -> tuple[SheetMarks, ...]:
        """Where the headers stand in the file."""
        return tuple(
            SheetMarks(
                part.sheet,
                part.header.last,
                {column.header: column.index for column in part.columns.by_field.values()},
            )
            for part in self.parts.values()
        )

    def has(self, name: str, row: int | None = None) -> bool:
        """Whether a row's sheet, or any, has a column of the field."""
        parts = self.parts.values() if row is None else [self.parts[row // A_SHEET]]
        return any(name in part.columns.by_field for part in parts)

    def header_of(self, name: str, row: int | None = None) -> str:
        """The header of a field as the sheet writes it, or as the template would."""
        parts = self.parts.values() if row is None else [self.parts[row // A_SHEET]]
        found = next((part.columns.by_field[name] for part in parts if name in part.columns.by_field), None)
        return found.header if found else self.kind.field(name).headers[0]

    def number_of(self, row: int) -> str:
        """The number of a row as its sheet shows it, with the sheet where several are read."""
        number = str(row % A_SHEET)
        return f"{self.parts[row // A_SHEET].sheet} {number}" if len(self.parts) > 1 else number

    def problem(
        self,
        row: int | None,
        name: str | None,
        code: str,
        text: Message,
        *,
        blocking: bool = True,
        column: str | None = None,
    ) -> None:
        """Note a fault at a row and a field (or a ``column`` without one)."""
        column = self.header_of(name, row) if name else column
        number = None if row is None else row % A_SHEET
        sheet = self.parts[row // A_SHEET].sheet if row is not None and len(self.parts) > 1 else ""
        found = Problem(f"{self.kind.key}.{code}", text, number, column, blocking, sheet)
        self._problems.append((A_SHEET * A_SHEET if row is None else row, found))
        self.told.add((row, name))
        if blocking:
            self.faulty.add(row)

    def ask(self, question: Question) -> None:
        """Leave something to the person."""
        self.questions.append(question)
