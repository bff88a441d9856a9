# SPDX-License-Identifier: Apache-2.0
"""From the sheets of a file to typed rows of one kind of table.

Knows nothing of what is stored; every fault becomes a Problem with its row and column, and reading goes on. What only a
person can decide (hidden rows, several sheets) becomes a Question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from shanhai.kernel.errors import BadInput
from shanhai.kernel.imports import Choice, Question, SheetCells, TableFile
from shanhai.kernel.messages import Message, first_of, gettext_noop, message
from shanhai.kernel.numerals import has_odd_blanks
from shanhai.registers.tables.rules import cells
from shanhai.registers.tables.rules.headers import (
    HEADER_WITHIN,
    Column,
    Columns,
    Header,
    declared_unit,
    find_header,
    read_columns,
)
from shanhai.registers.tables.rules.table import A_SHEET, Kept, Part, Structural, Table, TableRow, kept_apart
from shanhai.registers.tables.values import Cells, Field, Holds, TableKind

TAKE, LEAVE = "take", "leave"
_NOTHING = object()
_PLAIN = (str, float, int, date, datetime)
# What differs in every row is read anew in every row.
_UNLIKE = frozenset({Holds.TEXT, Holds.CODE})
_IN_NUMBERS = frozenset({Holds.MONEY, Holds.PERCENT, Holds.NUMBER, Holds.COUNT})


def carries(kind: TableKind, sheet: SheetCells) -> bool:
    """Whether a sheet has the header of such a table."""
    return sheet.count > 0 and find_header(kind, sheet.head) is not None


def is_of(kind: TableKind, file: TableFile) -> bool:
    """Whether a shown sheet has the header of such a table; False for a file that cannot be read."""
    try:
        return any(carries(kind, sheet) for sheet in file.sheets if sheet.shown)
    except BadInput:
        return False


def read_table(kind: TableKind, sheets: Sequence[SheetCells], answers: Mapping[str, str]) -> Table:
    """Read the shown sheets that carry the header, as ``answers`` say; without one the table has a problem.

    Hidden sheets are never read, only named. Rows are numbered as the spreadsheet shows them.
    """
    table = Table(kind)
    found = [sheet for sheet in sheets if sheet.shown and carries(kind, sheet)]
    if not found:
        text = gettext_noop("前 %(count)s 行里没有找到表头。表头要有：%(asked)s。")
        table.problem(None, None, "no_header", message(text, count=HEADER_WITHIN, asked=kind.asks_for))
        return table
    for sheet in _chosen(table, found, answers):
        _read_sheet(table, sheet, answers)
    for sheet in sheets:
        if not sheet.shown and carries(kind, sheet):
            text = gettext_noop("隐藏的工作表“%(sheet)s”没有读。要导入请先取消隐藏。")
            table.problem(None, None, "hidden_sheet", message(text, sheet=sheet.name), blocking=False)
    _settle_days(table)
    if table.odd_blanks:
        text = gettext_noop("有 %(count)s 格的数字里有看不见的空格，已忽略。")
        table.problem(None, None, "odd_blanks", message(text, count=table.odd_blanks), blocking=False)
    if not table.rows and not table.blocked:
        table.problem(None, None, "no_rows", message(gettext_noop("表头下面没有内容。请填好后再导入。")))
    return table


def _chosen(table: Table, found: Sequence[SheetCells], answers: Mapping[str, str]) -> Sequence[SheetCells]:
    """The sheets to be read: the only one, or those that the person named."""
    if len(found) == 1:
        return found
    wanted = {key for key in answers.get("sheets", "").split(",") if key}
    text = gettext_noop("有 %(count)s 张工作表都有表头。要导入哪些？没有选的不读。")
    choices = tuple(Choice(str(one.number + 1), Message(one.name)) for one in found)
    known = ",".join(choice.key for choice in choices if choice.key in wanted)
    table.ask(Question("sheets", message(text, count=len(found)), choices, known, several=not table.kind.is_form))
    taken = [sheet for sheet in found if str(sheet.number + 1) in wanted]
    for sheet in found:
        if taken and sheet not in taken:
            text = gettext_noop("工作表“%(sheet)s”没有选，没有读。")
            table.problem(None, None, "sheet_unread", message(text, sheet=sheet.name), blocking=False)
    return (taken or found)[:1] if table.kind.is_form else taken or found


def _read_sheet(table: Table, sheet: SheetCells, answers: Mapping[str, str]) -> None:
    kind = table.kind
    header = find_header(kind, sheet.head)
    assert header is not None
    above = [cell for row in sheet.head[: header.first - 1] for cell in row]
    columns = read_columns(kind, header.cells, declared_unit(above))
    base = sheet.number * A_SHEET
    table.parts[sheet.number] = Part(sheet.name, header, columns, above)
    columns = _shown_columns(table, sheet, columns, answers)
    table.parts[sheet.number] = Part(sheet.name, header, columns, above)
    _check_header(table, columns, base + header.last)
    asked, hidden = hidden_rows(sheet, header.last, answers)
    if asked is not None:
        table.ask(asked)
    reader, start = _Reader(table, base, columns), len(table.rows)
    apart = Kept(kind, columns)
    for number, row in _below(table, sheet, header, columns):
        if number in hidden:
            continue
        structural = kept_apart(apart, row)
        if structural is not None and not (kind.is_form and structural is Structural.TOTAL):
            apart.note(base + number, structural, {} if kind.is_form else reader.money(row), row)
            continue
        table.rows.append(TableRow(base + number, reader.values(base + number, row)))
    _tell_structure(table, apart, reader, start)


def _shown_columns(table: Table, sheet: SheetCells, columns: Columns, answers: Mapping[str, str]) -> Columns:
    """The columns to be read: a hidden one only when the person says so."""
    hidden = [column for column in columns.by_field.values() if column.index in sheet.hidden_columns]
    if not hidden:
        return columns
    names = tuple(f"“{column.header}”" for column in hidden)
    text = gettext_noop("“%(sheet)s”里有隐藏的列：%(names)s。要读吗？")
    table.ask(_about_hidden("hidden_columns", message(text, sheet=sheet.name, names=names), answers))
    if answers.get("hidden_columns") != LEAVE:
        return columns
    kept = {name: column for name, column in columns.by_field.items() if column not in hidden}
    return Columns(kept, columns.unknown, columns.repeated)


def hidden_rows(sheet: SheetCells, below: int, answers: Mapping[str, str]) -> tuple[Question | None, frozenset[int]]:
    """What is asked about hidden rows ``below`` a row, and those to be passed over as the person says."""
    hidden = frozenset(number for number in sheet.hidden_rows if below < number <= sheet.count)
    if not hidden:
        return None, hidden
    text = gettext_noop("“%(sheet)s”里有 %(count)s 行是隐藏（或筛选掉）的：第 %(rows)s 行。要读吗？")
    said = message(text, sheet=sheet.name, count=len(hidden), rows=first_of(sorted(hidden), 10))
    left = answers.get("hidden_rows") == LEAVE
    return _about_hidden("hidden_rows", said, answers), hidden if left else frozenset()


def _about_hidden(key: str, text: Message, answers: Mapping[str, str]) -> Question:
    choices = (Choice(LEAVE, message(gettext_noop("不读"))), Choice(TAKE, message(gettext_noop("一起读"))))
    answer = answers.get(key, "")
    return Question(key, text, choices, answer if answer in (LEAVE, TAKE) else "")


def _check_header(table: Table, columns: Columns, row: int) -> None:
    for one in table.kind.fields:
        if one.required and one.key not in columns.by_field:
            text = gettext_noop("缺少“%(column)s”这一列。可下载模板对照。")
            table.problem(row, one.key, "column_missing", message(text, column=one.headers[0]))
    for column in columns.repeated:
        text = gettext_noop("“%(one)s”和“%(two)s”说的是同一件事，不知道该用哪一列。请删去一列。")
        said = message(text, one=table.header_of(column.field, row), two=column.header)
        table.problem(row, column.field, "column_repeated", said)
    for _, header in columns.unknown:
        text = gettext_noop("不认识“%(header)s”这一列，没有读它。")
        said = message(text, header=header[:60])
        table.problem(row, None, "column_unknown", said, blocking=False, column=header)


def _below(table: Table, sheet: SheetCells, header: Header, columns: Columns) -> Iterator[tuple[int, Cells]]:
    """The rows below the header that hold something; a cell merged over rows stands in each of them."""
    index_of = {column.index: column for column in columns.by_field.values()}
    tops: dict[int, list[tuple[int, int]]] = defaultdict(list)
    covered: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for first, left, last, _ in sheet.merged:
        if last > first > header.last and left in index_of:
            tops[first].append((left, last))
            for number in range(first + 1, min(last, sheet.count) + 1):
                covered[number].append((first, left))
    held: dict[tuple[int, int], object] = {}
    for number, row in enumerate(sheet.rows(), start=1):
        if number <= header.last or not row:
            continue
        for left, _ in tops.get(number, ()):
            held[number, left] = row[left] if left < len(row) else None
        if number in covered:
            filled = list(row)
            for first, left in covered[number]:
                if table.kind.field(index_of[left].field).adds_up:
                    text = gettext_noop("这一格和第 %(first)s 行合并在一起，不知道各行是多少。请拆开后分别填写。")
                    where = sheet.number * A_SHEET + number
                    table.problem(where, index_of[left].field, "merged_amount", message(text, first=first))
                    continue
                filled += [None] * (left + 1 - len(filled))
                filled[left] = held.get((first, left))
            row = filled
        if any(cell is not None and (not isinstance(cell, str) or cell.strip()) for cell in row):
            yield number, row


class _Reader:
    """Reads the cells of one sheet; equal cells of a column are read once."""

    def __init__(self, table: Table, base: int, columns: Columns) -> None:
        self._table, self._base = table, base
        self._plan: list[tuple[int, Field, Callable[[object], Any], dict[object, Any] | None]] = []
        for name, column in columns.by_field.items():
            one = table.kind.field(name)
            cache: dict[object, Any] | None = None if one.holds in _UNLIKE else {}
            self._plan.append((column.index, one, _reader(one, column), cache))

    def values(self, number: int, row: Cells) -> dict[str, Any]:
        """What could be read of a row's cells that say something."""
        found: dict[str, Any] = {}
        width = len(row)
        for index, one, read, cache in self._plan:
            cell = row[index] if index < width else None
            if cell is None:
                continue
            known = cache is not None and type(cell) in _PLAIN
            if known and cell in cache:  # type: ignore[operator]
                value = cache[cell]  # type: ignore[index]
            else:
                value = self._read(number, one, read, cell, found)
                if known and value is not _NOTHING and not (isinstance(cell, str) and has_odd_blanks(cell)):
                    cache[cell] = value  # type: ignore[index]
            if value is not _NOTHING:
                found[one.key] = value
        return found

    def money(self, row: Cells) -> dict[str, Any]:
        """The amounts of a total; a word in one cannot be compared, and that is no fault."""
        found = {}
        for index, one, read, _ in self._plan:
            cell = row[index] if index < len(row) else None
            if one.holds is Holds.MONEY and not cells.says_nothing(cell):
                try:
                    cells.require_value(cell)
                    found[one.key] = read(cell)
                except cells.CellNotUnderstood:
                    continue
        return found

    def _read(
        self, number: int, one: Field, read: Callable[[object], Any], cell: object, values: dict[str, Any]
    ) -> Any:
        table = self._table
        if cells.says_nothing(cell) and not (one.holds is Holds.WORD and cells.text_of(cell) == "无"):
            return _NOTHING
        if one.holds is Holds.DAY and cells.writes_two_digits(cell):
            table.two_digits.add(one.key)
        if one.holds in _IN_NUMBERS and isinstance(cell, str) and has_odd_blanks(cell):
            table.odd_blanks += 1
        try:
            cells.require_value(cell)
            return read(cell)
        except cells.CellNotUnderstood as fault:
            if fault.reason == "month_ambiguous":
                table.doubtful.append((values, number, one.key, cell))
            elif fault.reason != "unit_undeclared":
                table.problem(number, one.key, fault.reason, fault.message)
            elif (self._base, one.key) not in table.without_unit:
                # A missing unit is a fault of the column: once is enough.
                table.without_unit.add((self._base, one.key))
                table.problem(number, one.key, fault.reason, fault.message)
            else:
                table.told.add((number, one.key))
                table.faulty.add(number)
        return _NOTHING


def _reader(one: Field, column: Column) -> Callable[[object], Any]:
    if one.read is not None:
        return one.read
    if one.holds is Holds.MONEY:
        return lambda cell: cells.amount(cell, column.unit)
    if one.holds is Holds.PERCENT:
        return lambda cell: cells.percentage(cell, declared=column.percent)
    if one.holds is Holds.DAY:
        return cells.day
    return cells.text_of


def _settle_days(table: Table) -> None:
    """Read 2026.1 as its column writes months, once the whole column has been seen."""
    for values, number, name, cell in table.doubtful:
        try:
            values[name] = cells.day(cell, two_digits=name in table.two_digits)
        except cells.CellNotUnderstood as fault:
            table.problem(number, name, fault.reason, fault.message)


def _tell_structure(table: Table, apart: Kept, reader: _Reader, start: int) -> None:
    """Name the rows that are none of content, compare totals with what they total, take back what was no total."""
    rows = table.rows[start:]
    back = [TableRow(row, reader.values(row, cellsrow)) for row, cellsrow in apart.settle(rows)]
    rows = sorted([*rows, *back], key=lambda item: item.row)
    table.rows[start:] = rows
    for structural, text in _TOLD.items():
        found = apart.rows_of(structural)
        if found:
            named = first_of([row % A_SHEET for row in found], 10)
            table.problem(found[0], None, f"{structural}_row", message(text, rows=named), blocking=False)
    for row, name, stated, added in apart.differing(rows):
        text = gettext_noop("合计写的是 %(stated)s，逐行相加是 %(added)s。请核对；导入以逐行的数为准。")
        table.problem(row, name, "total_differs", message(text, stated=stated, added=added), blocking=False)


_TOLD = {
    Structural.SAMPLE: gettext_noop("这是模板里的示例行，没有导入。"),
    Structural.GROUP: gettext_noop("第 %(rows)s 行没有编号，是分组或小计，没有当作内容导入。"),
    Structural.NOTE: gettext_noop("第 %(rows)s 行是落款、日期或说明，没有当作内容导入。"),
}
