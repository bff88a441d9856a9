# SPDX-License-Identifier: Apache-2.0
"""Writing tables as .xlsx: an export, an empty template, a table with what is wrong in it. Text stays text.

No text becomes a formula, a link or a number; it also bears the mark that makes a spreadsheet take it for text, so that
a cell that begins with =, +, - or @ does no harm when somebody edits it. Rows are written in constant memory.
"""

from __future__ import annotations

import io
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse

from shanhai.kernel.imports import SheetCells
from shanhai.kernel.units import WAN_YUAN
from shanhai.registers.tables.values import AS_TEXT, Cells, Faulty, Field, Holds

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a template leaves room for below its sample row.
ROOM = 5000
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_MOST_TEXT = 32_000
_FORMS = {
    Holds.MONEY: "#,##0.00####",
    Holds.PERCENT: "0",
    Holds.NUMBER: "0",
    Holds.DAY: "yyyy-mm-dd",
}
_RED = {"bg_color": "#f8c9c4"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table that is written: its header, its width in characters, and a number format for its cells."""

    header: str
    width: int = 14
    form: str = "@"


@dataclass(frozen=True, slots=True)
class Marked:
    """A sheet with what is wrong in it: by row the reasons, and the cells to be red. Rows from 1, columns from 0."""

    sheet: SheetCells
    header_row: int | None
    reasons: Mapping[int, str]
    red: frozenset[tuple[int, int]]


def columns_of(fields: Iterable[Field]) -> list[Column]:
    """The columns of an export, as the fields are declared."""
    return [Column(one.title, one.width, _FORMS.get(one.holds, "@")) for one in fields]


def in_wan(fen: int) -> float:
    """An amount as the number a cell holds in 万元: exact to the fen within the fifteen digits of a spreadsheet."""
    return fen / int(WAN_YUAN.factor)


def write_table(
    target: IO[bytes],
    *,
    tab: str,
    above: Sequence[str],
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
) -> None:
    """Write the lines ``above``, the headers and the rows; text, numbers, days and None are told apart by type."""
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        sheet = book.add_worksheet(tab)
        forms = [book.add_format({"num_format": column.form}) for column in columns]
        text, bold = _text(book), book.add_format({"bold": True})
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width, forms[index])
        for number, line in enumerate(above):
            sheet.write_string(number, 0, line, bold if number == 0 else text)
        header = book.add_format({"bold": True, "text_wrap": True, "border": 1, "valign": "top"})
        for index, column in enumerate(columns):
            sheet.write_string(len(above), index, column.header, header)
        sheet.freeze_panes(len(above) + 1, 2)
        write = _writers(sheet)
        for number, row in enumerate(rows, start=len(above) + 1):
            for index, value in enumerate(row):
                # An empty cell has the format of its column.
                if value is not None:
                    write[type(value)](number, index, value, text if type(value) is str else forms[index])


def downloaded(name: str, write: Callable[[IO[bytes]], object]) -> FileResponse:
    """A table to download, as ``write`` writes it into a file that is gone with the answer, which closes it."""
    target = tempfile.TemporaryFile()  # noqa: SIM115
    write(target)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=name, content_type=CONTENT_TYPE)


def write_marked(target: IO[bytes], *, marked: Sequence[Marked], title: str) -> None:
    """Write sheets as they came, with a last column ``title`` of what is wrong in each row, and red where it is.

    The file can be corrected and sent in again.
    """
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        for one in marked:
            _write_marked(book, one, title)


def write_template(*, tab: str, title: str, fields: Sequence[Field], notes: Cells) -> bytes:
    """An empty table for these fields: a title, headers, a row of examples, drop-downs of choices, ``notes``.

    ``notes`` are pairs of what a note is about and what it says.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet, told, options = (book.add_worksheet(name) for name in (tab, "填写说明", "选项"))
        header = book.add_format({"bold": True, "text_wrap": True, "border": 1, "valign": "top"})
        sheet.write_string(0, 0, title, book.add_format({"bold": True}))
        for index, one in enumerate(fields):
            star = "*" if one.required or one.starred else ""
            sheet.write_string(2, index, f"{one.headers[0]}{star}{one.bracket}", header)
            form = "@" if one.holds in AS_TEXT else _FORMS.get(one.holds, "")
            sheet.set_column(index, index, one.width, book.add_format({"num_format": form}) if form else None)
            _write_sample(book, sheet, index, one)
            if one.choices:
                options.write_column(0, index, one.choices)
                _limit(sheet, index, len(one.choices))
        sheet.freeze_panes(3, 2)
        told.set_column(0, 0, 22)
        told.set_column(1, 1, 90)
        for row, note in enumerate(notes):
            told.write_row(row, 0, note)
        options.hide()
    return buffer.getvalue()


def _write_sample(book: Any, sheet: Any, index: int, one: Field) -> None:
    if one.example is None:
        return
    shade = book.add_format(
        {"bg_color": "#f2f2f2", "italic": True, **({"num_format": "yyyy-mm-dd"} if one.holds is Holds.DAY else {})}
    )
    _writers(sheet)[type(one.example)](3, index, one.example, shade)


def _limit(sheet: Any, column: int, count: int) -> None:
    letter = xlsxwriter.utility.xl_col_to_name(column)
    sheet.data_validation(
        3,
        column,
        ROOM + 2,
        column,
        {
            "validate": "list",
            "source": f"=选项!${letter}$1:${letter}${count}",
            "error_title": "请从列表中选择",
            "error_message": "这一格只能填列表里的内容。",
        },
    )


def _write_marked(book: Any, one: Marked, title: str) -> None:
    sheet = book.add_worksheet(one.sheet.name[:31] or None)
    text, red, why, head = _text(book), _text(book, **_RED), _text(book, text_wrap=True), _text(book)
    head.set_bold()
    day, red_day = (book.add_format({"num_format": "yyyy-mm-dd", **also}) for also in ({}, _RED))
    last = max((len(row) for row in one.sheet.rows()), default=0)
    sheet.set_column(0, max(last - 1, 0), 14)
    sheet.set_column(last, last, 60, why)
    write = _writers(sheet)
    for number, row in enumerate(one.sheet.rows(), start=1):
        for index, value in enumerate(row):
            is_red = (number, index) in one.red
            form = (red_day if is_red else day) if isinstance(value, date) else red if is_red else text
            plain_number = not is_red and not isinstance(value, str | date | Faulty)
            if value is not None:
                write[type(value)](number - 1, index, value, None if plain_number else form)
        for index in range(last):
            if (number, index) in one.red and (index >= len(row) or row[index] is None):
                sheet.write_blank(number - 1, index, None, red)
        if number == one.header_row:
            sheet.write_string(number - 1, last, title, head)
        elif number in one.reasons:
            sheet.write_string(number - 1, last, one.reasons[number][:_MOST_TEXT], why)


def _text(book: Any, **also: Any) -> Any:
    return book.add_format({"num_format": "@", "quote_prefix": True, **also})


def _writers(sheet: Any) -> Mapping[type, Callable[..., object]]:
    """How a value of each type is written. What is of no plain type is an instant, an error, a kind of number."""

    def string(row: int, column: int, value: object, form: Any) -> object:
        return sheet.write_string(row, column, str(value)[:_MOST_TEXT], form)

    def anything(row: int, column: int, value: object, form: Any) -> object:
        if isinstance(value, datetime):
            return sheet.write_datetime(row, column, value.replace(tzinfo=None), form)
        if isinstance(value, int | float):
            return sheet.write_number(row, column, float(value), form)
        return string(row, column, value, form)

    by_type: dict[type, Callable[..., object]] = {
        str: string,
        int: sheet.write_number,
        float: sheet.write_number,
        Decimal: sheet.write_number,
        bool: sheet.write_boolean,
        date: sheet.write_datetime,
    }
    return defaultdict(lambda: anything, by_type)
