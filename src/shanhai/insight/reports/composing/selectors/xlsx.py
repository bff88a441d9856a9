# SPDX-License-Identifier: Apache-2.0
"""A bulletin as XLSX: its text on the first sheet, each table on its own, numbers as numbers, sums as formulas."""

from __future__ import annotations

from typing import IO, Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from shanhai.insight.reports.composing.rules.drawing import joined, printable
from shanhai.insight.reports.values import Cell, Content, Grid

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
        sheet.write_string(0, 0, _clean(content.title), book.add_format({"bold": True, "font_size": 14}))
        lines = [*content.head]
        for part in content.parts:
            lines += [(part.heading, ""), *(("", joined(runs)) for runs in part.paragraphs)]
        for number, (label, words) in enumerate(lines, start=1):
            sheet.write_string(number, 0, _clean(label), text)
            sheet.write_string(number, 1, _clean(words), text)
        for number, part in enumerate(content.parts, start=1):
            if part.grid:
                # A sheet's name is short and holds few signs.
                name = "".join(sign for sign in part.heading if sign not in "[]:*?/\\'")[:26]
                _write_grid(book, book.add_worksheet(f"{number} {name}"), part.grid, bold, text)


def _write_grid(book: Any, sheet: Any, grid: Grid, bold: Any, text: Any) -> None:
    forms = {form: book.add_format({"num_format": form, "border": 1}) for form in {head.form for head in grid.heads}}
    for column, head in enumerate(grid.heads):
        sheet.set_column(column, column, max(head.width, 10))
        sheet.write_string(0, column, head.label, bold)
    sheet.freeze_panes(1, 1)
    for number, row in enumerate(grid.rows, start=1):
        for column, cell in enumerate(row):
            _write(sheet, number, column, cell, grid.heads[column].form, forms, text)
    last = len(grid.rows)
    for column, cell in enumerate(grid.total):
        head = grid.heads[column]
        if head.summed and last:
            letter = xl_col_to_name(column)
            formula = f"=SUM({letter}2:{letter}{last + 1})"
            sheet.write_formula(last + 1, column, formula, forms[head.form], float(cell.number))
        else:
            _write(sheet, last + 1, column, cell, head.form, forms, bold)
    if grid.note:
        sheet.write_string(last + 3, 0, _clean(grid.note), text)


def _write(sheet: Any, row: int, column: int, cell: Cell, form: str, forms: dict[str, Any], text: Any) -> None:
    if form and cell.number:
        sheet.write_number(row, column, float(cell.number), forms[form])
    else:
        sheet.write_string(row, column, _clean(cell.text), text)


def _clean(words: str) -> str:
    return printable(words)[:_MOST_TEXT]
