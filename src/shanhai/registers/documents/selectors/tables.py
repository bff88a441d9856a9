# SPDX-License-Identifier: Apache-2.0
"""Reading the cells of a table as they stand, from a workbook or a text file. What they mean is for those who ask."""

from __future__ import annotations

import csv
from itertools import islice
from pathlib import Path

from django.conf import settings

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.documents.selectors import kinds, workbooks
from shanhai.registers.documents.values import TABLES, Kind, Sheet

# Title rows, notes and totals come on top of the rows that count.
_EXTRA_ROWS = 50
_SEPARATORS = ",;\t"


class TableNotReadable(BadInput):
    """The file is no table, or none that can be opened."""

    code = "documents.table_not_readable"


class TooManyRows(BadInput):
    """More rows than SHANHAI_IMPORT_MAX_ROWS allows."""

    code = "documents.too_many_rows"


def read_sheet(*, path: Path, name: str = "", sheet: str | None = None) -> Sheet:
    """Read one sheet, by default the first that is shown and not empty, with the rows numbered as in the sheet.

    ``name`` is the name the file came with, where it differs from the path's. At most SHANHAI_IMPORT_MAX_ROWS rows and
    some for titles. A csv may be UTF-8 (with or without its mark), UTF-16 with its mark, or GB18030, separated by
    comma, semicolon or tab. Raises TableNotReadable, TooManyRows and what ``kinds.kind_of`` raises.
    """
    name = name or path.name
    kind = kinds.kind_of(path, name, unzipped_max=settings.UNZIPPED_MAX_BYTES)
    if kind not in TABLES:
        raise TableNotReadable(gettext_noop("“%(name)s”不是表格。请传 .xlsx、.xls 或 .csv。"), name=name)
    limit = settings.IMPORT_MAX_ROWS + _EXTRA_ROWS
    found = _from_csv(path, name, limit) if kind == Kind.CSV else _from_workbook(path, name, sheet, limit)
    if not found.rows:
        raise TableNotReadable(gettext_noop("“%(name)s”里没有内容。请检查是不是传错了文件。"), name=name)
    if len(found.rows) > limit:
        raise TooManyRows(
            gettext_noop("“%(name)s”超过 %(limit)s 行。请分成几份，或请管理员调大 SHANHAI_IMPORT_MAX_ROWS。"),
            name=name,
            limit=settings.IMPORT_MAX_ROWS,
        )
    return found


def _from_workbook(path: Path, name: str, wanted: str | None, limit: int) -> Sheet:
    try:
        found = workbooks.open_workbook(path=path, sheet=wanted, max_rows=limit)
    except workbooks.WorkbookNotOpened as error:
        raise TableNotReadable(
            gettext_noop("“%(name)s”打不开：可能已损坏、加了密码，或在很远的单元格里有内容。请只留表格，另存后再传。"),
            name=name,
        ) from error
    names = tuple(found["names"])
    if wanted is not None and found["sheet"] is None:
        raise TableNotReadable(
            gettext_noop("“%(name)s”里没有工作表“%(sheet)s”。有：%(names)s。"),
            name=name,
            sheet=wanted,
            names="、".join(names),
        )
    return Sheet(found["sheet"] or "", names, tuple(tuple(row) for row in found["rows"]))


def _from_csv(path: Path, name: str, limit: int) -> Sheet:
    encoding = kinds.text_encoding(path) or "utf-8"
    try:
        with path.open(encoding=encoding, newline="") as file:
            # Above the header there may be titles, in which nothing is separated.
            first = next((line for line in islice(file, limit) if any(mark in line for mark in _SEPARATORS)), "")
            file.seek(0)
            reader = csv.reader(file, delimiter=max(_SEPARATORS, key=first.count))
            rows = [workbooks.trimmed(row) for row in islice(reader, limit + 1)]
    except csv.Error as error:
        raise TableNotReadable(
            gettext_noop("“%(name)s”的第 %(line)s 行读不懂，可能缺了一个引号。请用 Excel 另存为 .xlsx 后再传。"),
            name=name,
            line=reader.line_num,
        ) from error
    while rows and not rows[-1]:
        rows.pop()
    return Sheet("", ("",), tuple(rows), encoding)
