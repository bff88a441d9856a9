# SPDX-License-Identifier: Apache-2.0
"""From the cells of a sheet to typed rows: finds the header, passes over notes, totals and the sample row.

Knows nothing of what is stored; every fault becomes a Problem with its row and column, and reading goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from shanhai.kernel.errors import Problem
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.planning.projects.imports.rules import cells
from shanhai.planning.projects.imports.rules.columns import (
    DATE_FIELDS,
    HEADERS,
    MONEY_FIELDS,
    Column,
    Columns,
    declared_unit,
    read_columns,
)
from shanhai.planning.projects.imports.rules.headers import Header, header_at, with_second_row
from shanhai.planning.projects.states import Delivery, Level, Novelty, Stage

HEADER_WITHIN = 20
SAMPLE = "示例"
_TOTALS = ("合计", "总计", "共计", "小计", "total", "subtotal", "sum", "grand total")
_NOTES = ("注:", "备注", "说明", "填表", "制表", "审核", "单位:", "note")

Cells = Sequence[object]
_READERS: dict[str, Callable[[object], Any]] = {
    "code": cells.code,
    "name": lambda cell: cells.text_of(cell)[:400],
    "place": lambda cell: cells.text_of(cell)[:60],
    "category": lambda cell: cells.text_of(cell)[:60],
    "fund_source": lambda cell: cells.text_of(cell)[:100],
    "delivery": lambda cell: cells.word(cell, cells.DELIVERIES, Delivery),
    "novelty": lambda cell: cells.word(cell, cells.NOVELTIES, Novelty),
    "stage": lambda cell: cells.word(cell, cells.STAGES, Stage),
    "beneficiary_level": lambda cell: cells.word(cell, cells.LEVELS, Level),
    "implementer_level": lambda cell: cells.word(cell, cells.LEVELS, Level),
    "cross_year": cells.yes_or_no,
    "capital": cells.yes_or_no,
    "year": lambda cell: cells.whole_number(cell, low=1990, high=2100),
    "altitude_m": lambda cell: cells.whole_number(cell, low=-200, high=9000),
    **dict.fromkeys(DATE_FIELDS, cells.day),
}


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of the sheet; ``values`` holds what could be read of the cells that are not empty, by field."""

    row: int
    values: dict[str, Any]


@dataclass(slots=True)
class Sheet:
    """What was read: the header, the columns, the rows of projects and of totals, and every fault on the way.

    ``told`` are the cells that have a problem, by row and field; ``faulty`` the rows with one that stops the import.
    """

    header: Header | None = None
    columns: Columns = field(default_factory=Columns)
    rows: list[SheetRow] = field(default_factory=list)
    totals: list[SheetRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    without_unit: set[str] = field(default_factory=set)
    told: set[tuple[int | None, str | None]] = field(default_factory=set)
    faulty: set[int | None] = field(default_factory=set)

    def header_of(self, name: str) -> str:
        """The header of a field as the sheet writes it, or as the template would."""
        column = self.columns.by_field.get(name)
        return column.header if column else HEADERS[name][0]

    def problem(self, row: int | None, name: str | None, code: str, text: Message, *, blocking: bool = True) -> None:
        """Note a fault at a row and a field."""
        column = self.header_of(name) if name else None
        where = " · ".join(part for part in (f"第 {row} 行" if row else "", column or "") if part)
        self.problems.append(Problem(where, f"projects.{code}", text, row, column, blocking))
        self.told.add((row, name))
        if blocking:
            self.faulty.add(row)


def read_sheet(rows: Iterable[tuple[int, Cells]]) -> Sheet:
    """Read the numbered rows of a sheet (numbers from 1, as the spreadsheet shows them)."""
    sheet = Sheet()
    above: list[object] = []
    before: Cells = ()
    for number, row in rows:
        if all(cells.text_of(cell) == "" for cell in row):
            before = ()
            continue
        if sheet.header is None:
            sheet.header = header_at(number, row, before)
            above.extend(() if sheet.header else row)
            if sheet.header is None and number > HEADER_WITHIN:
                break
        elif not sheet.columns.by_field and (both := with_second_row(sheet.header, number, row)):
            sheet.header = both
        else:
            _read_header(sheet, above)
            _read_row(sheet, number, row)
        before = row
    _read_header(sheet, above)
    if sheet.header is None:
        text = gettext_noop("前 %(count)s 行里没有找到表头。表头要有“项目编号”“项目名称”“县(市)”“援助资金（万元）”。")
        sheet.problem(None, None, "no_header", message(text, count=HEADER_WITHIN))
    elif not sheet.rows and not any(problem.blocking for problem in sheet.problems):
        sheet.problem(None, None, "no_rows", message(gettext_noop("表头下面没有项目。请填好后再导入。")))
    return sheet


def _read_header(sheet: Sheet, above: Sequence[object]) -> None:
    """Recognise the columns, once it is known that the header does not go on in the next row."""
    if sheet.header is not None and not sheet.columns.by_field:
        sheet.columns = read_columns(sheet.header.cells, declared_unit(above))
        _check_header(sheet, sheet.header.last)


def _check_header(sheet: Sheet, number: int) -> None:
    for name in sheet.columns.missing:
        text = gettext_noop("缺少“%(column)s”这一列。可下载模板对照。")
        sheet.problem(number, name, "column_missing", message(text, column=HEADERS[name][0]))
    for column in sheet.columns.repeated:
        text = gettext_noop("“%(one)s”和“%(two)s”说的是同一件事，不知道该用哪一列。请删去一列。")
        one = sheet.header_of(column.field)
        sheet.problem(number, column.field, "column_repeated", message(text, one=one, two=column.header))
    for header in sheet.columns.unknown:
        text = gettext_noop("不认识“%(header)s”这一列，没有读它。")
        where = f"第 {number} 行 · {header}"
        problem = Problem(where, "projects.column_unknown", message(text, header=header[:60]), number, header, False)
        sheet.problems.append(problem)


def _read_row(sheet: Sheet, number: int, row: Cells) -> None:
    first = next(text for cell in row if (text := cells.text_of(cell).lower()))
    names = {
        cells.text_of(row[sheet.columns.by_field[name].index]).lower().replace(" ", "")
        for name in ("code", "name", "place")
        if name in sheet.columns.by_field and sheet.columns.by_field[name].index < len(row)
    } | {first.replace(" ", "")}
    if any(name.startswith(_NOTES) for name in (first,)):
        return
    if any(name.startswith(SAMPLE) for name in names):
        text = gettext_noop("这是模板里的示例行，没有导入。")
        sheet.problem(number, None, "sample_row", message(text), blocking=False)
        return
    is_total = any(name.rstrip(":") in _TOTALS or name.startswith(("合计", "总计")) for name in names)
    before = len(sheet.problems)
    values = _values(sheet, number, row, only=MONEY_FIELDS if is_total else None)
    if is_total:
        # A total with a word in it cannot be compared; that is no fault of a project.
        del sheet.problems[before:]
        sheet.totals.append(SheetRow(number, values))
    else:
        sheet.rows.append(SheetRow(number, values))


def _values(sheet: Sheet, number: int, row: Cells, *, only: Sequence[str] | None) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, column in sheet.columns.by_field.items():
        cell = row[column.index] if column.index < len(row) else None
        text = cells.text_of(cell)
        if text in {"", "-", "—", "/", "--"} or (only is not None and name not in only):
            continue
        try:
            values[name] = _read_cell(column, cell)
        except cells.CellNotUnderstood as fault:
            # A missing unit is a fault of the column: once is enough.
            if fault.reason != "unit_undeclared" or name not in sheet.without_unit:
                sheet.problem(number, name, fault.reason, fault.message)
            if fault.reason == "unit_undeclared":
                sheet.without_unit.add(name)
                sheet.faulty.add(number)
    return values


def _read_cell(column: Column, cell: object) -> Any:
    if column.field in MONEY_FIELDS:
        return cells.amount(cell, column.unit)
    if column.field in ("livelihood_percent", "progress_percent"):
        return cells.percentage(cell, declared=column.percent)
    return _READERS[column.field](cell)


def compare_totals(sheet: Sheet) -> None:
    """Compare each total row (合计, not 小计, which covers only some rows) with what the rows above it add up to."""
    for total in sheet.totals[-1:]:
        for name, stated in total.values.items():
            added = sum(row.values.get(name, Money(0)).fen for row in sheet.rows)
            if added != stated.fen:
                text = gettext_noop("合计写的是 %(stated)s，逐行相加是 %(added)s。请核对；导入以逐行的数为准。")
                params = message(text, stated=stated, added=Money(added))
                sheet.problem(total.row, name, "total_differs", params, blocking=False)
