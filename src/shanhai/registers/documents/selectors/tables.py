# SPDX-License-Identifier: Apache-2.0
"""Reading the rows of a table from xlsx, xls or csv. What the rows mean is the reading app's business."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import python_calamine
from django.conf import settings

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.documents.selectors import kinds
from shanhai.registers.documents.values import TABLES, Kind, Sheet

# Title rows, notes and totals come on top of the rows that count.
_EXTRA_ROWS = 50
_MAX_COLUMNS = 200
_MAX_CELL = 4000


class TableNotReadable(BadInput):
    """The file is no table, or none that can be opened."""

    code = "documents.table_not_readable"


class TooManyRows(BadInput):
    """More rows than SHANHAI_IMPORT_MAX_ROWS allows."""

    code = "documents.too_many_rows"


def read_sheet(*, path: Path, name: str = "", sheet: str | None = None) -> Sheet:
    """Read one sheet, by default the first that is not empty, at most SHANHAI_IMPORT_MAX_ROWS rows and some for titles.

    ``name`` is the name the file came with, where it differs from the path's. A csv may be UTF-8 (with or without its
    mark) or GB18030, separated by comma, semicolon or tab. Raises TableNotReadable, TooManyRows
    and what ``kinds.kind_of`` raises.
    """
    name = name or path.name
    kind = kinds.kind_of(path, name, unzipped_max=settings.UNZIPPED_MAX_BYTES)
    if kind not in TABLES:
        raise TableNotReadable(gettext_noop("“%(name)s”不是表格。请传 .xlsx、.xls 或 .csv。"), name=name)
    found = _from_csv(path, name) if kind == Kind.CSV else _from_workbook(path, name, sheet)
    limit = settings.IMPORT_MAX_ROWS + _EXTRA_ROWS
    if len(found.rows) > limit:
        raise TooManyRows(
            gettext_noop("“%(name)s”超过 %(limit)s 行。请分成几份，或请管理员调大 SHANHAI_IMPORT_MAX_ROWS。"),
            name=name,
            limit=settings.IMPORT_MAX_ROWS,
        )
    return found


def _from_workbook(path: Path, name: str, wanted: str | None) -> Sheet:
    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            names = tuple(book.sheet_names)
            if wanted is not None and wanted not in names:
                raise TableNotReadable(
                    gettext_noop("“%(name)s”里没有工作表“%(sheet)s”。有：%(names)s。"),
                    name=name,
                    sheet=wanted,
                    names="、".join(names),
                )
            for one in (wanted,) if wanted is not None else names:
                rows = _rows(book.get_sheet_by_name(one))
                if rows:
                    return Sheet(one, names, rows)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise TableNotReadable(
            gettext_noop("“%(name)s”打不开，可能已损坏或加了密码。请重新保存后再传。"), name=name
        ) from error
    raise TableNotReadable(gettext_noop("“%(name)s”里没有内容。请检查是不是传错了文件。"), name=name)


def _rows(sheet: python_calamine.CalamineSheet) -> tuple[tuple[object, ...], ...]:
    # Rows are read one by one: LibreOffice files may claim a million empty rows below the table.
    offset = sheet.start[0] if sheet.start else 0
    limit = settings.IMPORT_MAX_ROWS + _EXTRA_ROWS + 1
    found: list[tuple[object, ...]] = [()] * offset
    empty = 0
    for row in sheet.iter_rows():
        cells = _trimmed(row)
        empty = 0 if cells else empty + 1
        found.append(cells)
        if len(found) - empty > limit or empty > _EXTRA_ROWS:
            break
    return tuple(found[: len(found) - empty]) if any(found) else ()


def _trimmed(row: Sequence[object]) -> tuple[object, ...]:
    cells = [None if cell == "" else cell[:_MAX_CELL] if isinstance(cell, str) else cell for cell in row[:_MAX_COLUMNS]]
    while cells and cells[-1] is None:
        cells.pop()
    return tuple(cells)


def _from_csv(path: Path, name: str) -> Sheet:
    raw = path.read_bytes()
    text, encoding = _decoded(raw, name)
    sample = text[:4096].split("\n", 1)[0]
    separator = max(",;\t", key=sample.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        rows = [_trimmed(list(row)) for row in islice(reader, settings.IMPORT_MAX_ROWS + _EXTRA_ROWS + 1)]
    except csv.Error as error:
        raise TableNotReadable(
            gettext_noop("“%(name)s”打不开，可能已损坏或加了密码。请重新保存后再传。"), name=name
        ) from error
    while rows and not rows[-1]:
        rows.pop()
    if not rows:
        raise TableNotReadable(gettext_noop("“%(name)s”里没有内容。请检查是不是传错了文件。"), name=name)
    return Sheet("", ("",), tuple(rows), encoding)


def _decoded(raw: bytes, name: str) -> tuple[str, str]:
    for encoding in ("utf-8-sig",) if raw.startswith(b"\xef\xbb\xbf") else ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise TableNotReadable(
        gettext_noop("“%(name)s”的文字编码认不出来。请用 Excel 另存为 .xlsx，或存成 UTF-8 的 .csv。"), name=name
    )
