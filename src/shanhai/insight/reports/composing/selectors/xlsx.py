# SPDX-License-Identifier: Apache-2.0
"""A bulletin as XLSX: its text on the first sheet, each table on its own; numbers are numbers, days are days.

Totals are numbers, too, and no formulas: they are figures that were signed, and stay what they are whatever somebody
does to the rows above them.
"""

from __future__ import annotations

from datetime import date
from typing import IO, Any

import xlsxwriter

from shanhai.insight.reports.composing.rules.drawing import joined, printable
from shanhai.insight.reports.values import DAY, Content, Grid

_TEXT_ONLY = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
_MOST_TEXT = 32_000


def write_xlsx(*, content: Content, target: IO[bytes]) -> None:
    """Write the form's tables with what is said around them."""
    with xlsxwriter.Workbook(target, _TEXT_ONLY) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1, "valign": "top"})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "quote_prefix": True})
        sheet = book.add_worksheet("正文")
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 1, 100)
        day = book.add_format({"num_format": DAY, "align": "left", "valign": "top"})
        sheet.write_string(0, 0, _clean(content.title), book.add_format({"bold": True, "font_size": 14}))
        lines = [line for label, words in content.head for line in _head_lines(label, words)]
        for part in content.parts:
            lines += [(part.heading, ""), *(("", joined(runs)) for runs in part.paragraphs)]
        for number, (label, words) in enumerate(lines, start=1):
            sheet.write_string(number, 0, _clean(label), text)
            if (on := _day(words)) is not None:
                sheet.write_datetime(number, 1, on, day)
            else:
                sheet.write_string(number, 1, _clean(words), text)
        for number, part in enumerate(content.parts, start=1):
            if part.grid:
                # A sheet's name is short and holds few signs.
                name = "".join(sign for sign in part.heading if sign not in "[]:*?/\\'")[:26]
                _write_grid(book, book.add_worksheet(f"{number} {name}"), part.grid, bold, text)


def _head_lines(label: str, words: str) -> list[tuple[str, str]]:
    """A line of the head; a stretch of days is two lines, for a cell holds one day."""
    first, _, last = words.partition(" 至 ")
    between = _day(first) is not None and _day(last) is not None
    return [(f"{label}（起）", first), (f"{label}（止）", last)] if between else [(label, words)]


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words) if len(words) == len(date.min.isoformat()) else None
    except ValueError:
        return None


def _write_grid(book: Any, sheet: Any, grid: Grid, bold: Any, text: Any) -> None:
    forms: dict[str, Any] = {}
    for column, head in enumerate(grid.heads):
        sheet.set_column(column, column, max(head.width, 10))
        sheet.write_string(0, column, head.label, bold)
    sheet.freeze_panes(1, 1)
    rows = [(row, text) for row in grid.rows] + [(grid.total, bold)]
    for number, (row, words) in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            form = cell.form or grid.heads[column].form
            if not form or not cell.number:
                sheet.write_string(number, column, _clean(cell.text), words)
                continue
            if form not in forms:
                forms[form] = book.add_format({"num_format": form, "border": 1, "valign": "top"})
            if form == DAY:
                sheet.write_datetime(number, column, date.fromisoformat(cell.number), forms[form])
            else:
                sheet.write_number(number, column, float(cell.number), forms[form])
    if grid.note:
        sheet.write_string(len(grid.rows) + 3, 0, _clean(grid.note), text)


def _clean(words: str) -> str:
    return printable(words)[:_MOST_TEXT]
