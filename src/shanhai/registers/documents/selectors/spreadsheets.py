# SPDX-License-Identifier: Apache-2.0
"""Writing a table as .xlsx, row after row in constant memory. Text stays text: no formula, no link, no number.

It also bears the mark that makes a spreadsheet take it for text: a cell that begins with =, +, - or @ does no harm
when somebody edits it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_MOST_TEXT = 32_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table that is written: its header, its width in characters, and a number format for its cells."""

    header: str
    width: int = 14
    form: str = "@"


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
        for number, row in enumerate(rows, start=len(above) + 1):
            for index, value in enumerate(row):
                _write(sheet, number, index, value, text if isinstance(value, str) else forms[index])


def write_with_reasons(
    target: IO[bytes],
    *,
    tab: str,
    rows: Sequence[Sequence[object]],
    header_row: int | None,
    reasons: dict[int, str],
    marked: Collection[tuple[int, int]],
    title: str,
) -> None:
    """Write a sheet as it came, with a last column ``title`` of what is wrong in each row, and red where it is.

    Rows are numbered from 1 as in the sheet, columns from 0. The file can be corrected and sent in again.
    """
    last = max((len(row) for row in rows), default=0)
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        sheet = book.add_worksheet(tab[:31] or None)
        text, red, why, head = _text(book), _text(book, bg_color="#f8c9c4"), _text(book, text_wrap=True), _text(book)
        head.set_bold()
        day, red_day = (book.add_format({"num_format": "yyyy-mm-dd", **also}) for also in ({}, {"bg_color": "#f8c9c4"}))
        sheet.set_column(0, max(last - 1, 0), 14)
        sheet.set_column(last, last, 60, why)
        for number, row in enumerate(rows, start=1):
            for index, value in enumerate(row):
                is_red = (number, index) in marked
                form = (red_day if is_red else day) if isinstance(value, date) else red if is_red else text
                plain_number = not is_red and not isinstance(value, str | date)
                _write(sheet, number - 1, index, value, None if plain_number else form)
            for index in range(len(row), last):
                if (number, index) in marked:
                    sheet.write_blank(number - 1, index, None, red)
            if number == header_row:
                sheet.write_string(number - 1, last, title, head)
            elif number in reasons:
                sheet.write_string(number - 1, last, reasons[number][:_MOST_TEXT], why)


def _text(book: Any, **also: Any) -> Any:
    return book.add_format({"num_format": "@", "quote_prefix": True, **also})


def _write(sheet: Any, row: int, column: int, value: object, form: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value[:_MOST_TEXT], form)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, form)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, value, form)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), form)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, form)
    elif form is not None:
        sheet.write_blank(row, column, None, form)
