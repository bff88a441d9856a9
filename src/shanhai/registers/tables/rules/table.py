# SPDX-License-Identifier: Apache-2.0
"""What was read of a file: rows by one number for the whole file, faults at their cells, questions for the person."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import accumulate
from typing import Any, Protocol

from shanhai.kernel.errors import Problem
from shanhai.kernel.imports import ImportReport, Question, SheetMarks
from shanhai.kernel.messages import Message
from shanhai.kernel.money import Money
from shanhai.registers.tables.rules import cells
from shanhai.registers.tables.rules.headers import Columns, Header
from shanhai.registers.tables.values import Cells, Holds, TableKind

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


SAMPLE = "示例"
_TOTALS = frozenset({"合计", "总计", "共计", "小计", "total", "subtotal", "sum", "grandtotal"})
_NOTES = ("注:", "备注", "说明", "填表", "制表", "审核", "单位:", "note")
_GROUP = re.compile(r"^(?:[一二三四五六七八九十]+|\([一二三四五六七八九十0-9]+\)|[0-9]+)[、.)]")


class Structural(StrEnum):
    """What a row is that holds no content; ``MAYBE`` until its amounts have been compared with the rows beside it."""

    SAMPLE = "sample"
    TOTAL = "total"
    GROUP = "group"
    NOTE = "note"
    MAYBE = "maybe"


class Valued(Protocol):
    """A row that was read."""

    @property
    def row(self) -> int: ...

    @property
    def values(self) -> Mapping[str, Any]: ...


class Kept:
    """The rows of one sheet that were kept apart, with their amounts."""

    def __init__(self, kind: TableKind, columns: Columns) -> None:
        by_field = {name: column.index for name, column in columns.by_field.items()}
        self.identity = [by_field[one.key] for one in kind.fields if one.identity and one.key in by_field]
        # The totals of a form are stated, too, and not only compared.
        money = () if kind.is_form else kind.having(Holds.MONEY)
        self.money = [by_field[name] for name in money if name in by_field]
        self.labels = [
            by_field[one.key]
            for one in kind.fields
            if one.key in by_field and one.holds in (Holds.TEXT, Holds.CODE) and (one.identity or one.required)
        ]
        self.others = [index for index in by_field.values() if index not in {*self.money, *self.labels}]
        self._found: list[tuple[int, Structural, dict[str, Money], Cells]] = []
        self._rows: list[int] = []
        self._sums: dict[str, list[int]] = {}

    def note(self, row: int, what: Structural, money: dict[str, Money], cellsrow: Cells) -> None:
        """Keep a row apart."""
        self._found.append((row, what, money, cellsrow if what is Structural.MAYBE else ()))

    def settle(self, rows: Sequence[Valued]) -> Iterator[tuple[int, Cells]]:
        """The rows that were none of structure after all: no sum of two or more rows above or below them."""
        self._add_up(rows)
        found: list[tuple[int, Structural, dict[str, Money], Cells]] = []
        for row, what, money, cellsrow in self._found:
            if what is not Structural.MAYBE:
                found.append((row, what, money, cellsrow))
            elif money and all(self._fits(row, name, stated, least=2) for name, stated in money.items()):
                found.append((row, Structural.GROUP, money, ()))
            else:
                yield row, cellsrow
        self._found = found
        self._sums = {}

    def rows_of(self, what: Structural) -> list[int]:
        """The rows of one kind."""
        return [row for row, kind, _, _ in self._found if kind is what]

    def differing(self, rows: Sequence[Valued]) -> Iterator[tuple[int, str, Money, Money]]:
        """Totals that are no sum of rows beside them: row, field, what it states, what the rows add up to."""
        self._add_up(rows)
        borders = [row for row, what, _, _ in self._found if what in (Structural.TOTAL, Structural.GROUP)]
        last = max((row for row, what, _, _ in self._found if what is Structural.TOTAL), default=None)
        for row, what, money, _ in self._found:
            if what not in (Structural.TOTAL, Structural.GROUP):
                continue
            for name, stated in money.items():
                if stated and not self._fits(row, name, stated, least=1):
                    before = 0 if row == last else max((border for border in borders if border < row), default=0)
                    yield row, name, stated, Money(self._between(name, before, row), stated.currency)

    def _add_up(self, rows: Sequence[Valued]) -> None:
        self._rows = [row.row for row in rows]
        self._sums = {}
        for name in {name for _, _, money, _ in self._found for name in money}:
            amounts = (row.values[name].fen if name in row.values else 0 for row in rows)
            self._sums[name] = [0, *accumulate(amounts)]

    def _fits(self, row: int, name: str, stated: Money, *, least: int) -> bool:
        sums, at = self._sums[name], bisect_left(self._rows, row)
        above = sums[at] - stated.fen in sums[: max(at - least + 1, 0)]
        return above or sums[at] + stated.fen in sums[at + least :] or (sums[-1] == stated.fen and len(sums) > least)

    def _between(self, name: str, first: int, last: int) -> int:
        sums = self._sums[name]
        return sums[bisect_left(self._rows, last)] - sums[bisect_left(self._rows, first)]


def kept_apart(kept: Kept, row: Cells) -> Structural | None:
    """What a row is when it holds no content, or None."""
    first = next((text for cell in row if (text := cells.text_of(cell))), "").lower().replace(" ", "")
    labels = {cells.text_of(_at(row, index)).lower().replace(" ", "") for index in kept.labels} - {""} | {first}
    if any(label.startswith(SAMPLE) for label in labels):
        return Structural.SAMPLE
    if any(label.rstrip(":") in _TOTALS or label.startswith(("合计", "总计")) for label in labels):
        return Structural.TOTAL
    if first.startswith(_NOTES):
        return Structural.NOTE
    named = any(not cells.says_nothing(_at(row, index)) for index in kept.identity)
    if named and len(row) > 1 and not first.endswith(":"):
        return None
    return _unnamed(kept, row, labels, named=named)


def _unnamed(kept: Kept, row: Cells, labels: set[str], *, named: bool) -> Structural | None:
    said = [cell for cell in row if not cells.says_nothing(cell)]
    has_money = any(not cells.says_nothing(_at(row, index)) for index in kept.money)
    if not has_money and any(cells.text_of(cell).endswith(":") for cell in said if isinstance(cell, str)):
        return Structural.NOTE
    if len(said) == 1 and _is_day(said[0]):
        return Structural.NOTE
    texts = [cell for cell in said if isinstance(cell, str)]
    if named or not kept.identity or len(texts) > 1 or any(not cells.says_nothing(_at(row, i)) for i in kept.others):
        return None
    if any(label.endswith(("小计", "合计", "总计")) for label in labels):
        return Structural.TOTAL
    if not has_money or any(_GROUP.match(label) for label in labels):
        return Structural.GROUP
    return Structural.MAYBE


def _is_day(cell: object) -> bool:
    try:
        cells.day(cell)
    except cells.CellNotUnderstood:
        return False
    return not isinstance(cell, int | float)


def _at(row: Cells, index: int) -> object:
    return row[index] if index < len(row) else None
