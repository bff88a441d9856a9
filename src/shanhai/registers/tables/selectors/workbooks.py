# SPDX-License-Identifier: Apache-2.0
"""Opening a file of tables once, and reading its sheets as often as it takes."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.documents import selectors as kinds
from shanhai.registers.documents.values import TABLES, TABLES_SHOWN, Kind
from shanhai.registers.tables.selectors import opening
from shanhai.registers.tables.values import Cells, Faulty, Range, Shown

SECONDS = 60
# Title rows, notes and totals come on top of the rows that count.
EXTRA_ROWS = 50
HEAD = 30
_SEPARATORS = ",;\t"


class TableNotReadable(BadInput):
    """The file is no table, or none that can be opened."""

    code = "tables.not_readable"


class TooManyRows(BadInput):
    """More rows than SHANHAI_IMPORT_MAX_ROWS allows."""

    code = "tables.too_many_rows"


class Sheet:
    """One sheet as it stands: its rows from the first on, read anew each time; ``count`` is how many there are.

    Cells are str, int, float, bool, date, datetime, None for an empty one, ``Faulty`` and ``Shown``. ``hidden_rows``
    are numbered as the sheet shows them, from 1, ``hidden_columns`` from 0. ``encoding`` is that of a text file.
    """

    def __init__(self, name: str, number: int, *, shown: bool = True, encoding: str = "") -> None:
        self.name, self.number, self.shown, self.encoding = name, number, shown, encoding
        self.hidden_rows: frozenset[int] = frozenset()
        self.hidden_columns: frozenset[int] = frozenset()
        self.merged: tuple[Range, ...] = ()
        self.count = 0
        self.head: tuple[Cells, ...] = ()
        self._file: IO[bytes] | None = None
        self._start = 0

    def place(self, file: IO[bytes], start: int) -> None:
        """Say where its rows lie."""
        self._file, self._start = file, start

    def rows(self) -> Iterator[Cells]:
        """Each row, without its empty end."""
        file, left = self._file, self.count
        place = self._start
        while file is not None and left > 0:
            # Another sheet, or the same a second time, may be read in between.
            file.seek(place)
            count, *batch = json.loads(file.readline(), object_hook=_unpacked)
            place = file.tell()
            left -= count
            yield from batch


class Workbook:
    """A file that is opened at most once, when somebody first asks for its sheets; they are in order, shown or not."""

    def __init__(self, path: Path, name: str, file: IO[bytes]) -> None:
        self.path, self.name, self._file = path, name, file
        self._sheets: tuple[Sheet, ...] | None = None
        self._fault: BadInput | None = None

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """Its sheets. Raises TableNotReadable, TooManyRows, and what ``kinds.kind_of`` raises."""
        if self._fault is not None:
            raise self._fault
        if self._sheets is None:
            try:
                self._sheets = _read(self.path, self.name, self._file)
            except BadInput as fault:
                self._fault = fault
                raise
        return self._sheets

    @property
    def first(self) -> Sheet:
        """The first sheet that is shown and not empty."""
        return next(sheet for sheet in self.sheets if sheet.shown and sheet.count)


@contextmanager
def open_workbook(*, path: Path, name: str = "") -> Iterator[Workbook]:
    """A file of tables for the time of the block; ``name`` is the name it came with, where the path has another.

    A csv may be UTF-8 (with or without its mark), UTF-16 with its mark, or GB18030, separated by comma, semicolon or
    tab. A sheet has at most SHANHAI_IMPORT_MAX_ROWS rows and some for titles.
    """
    with tempfile.TemporaryFile() as file:
        yield Workbook(path, name or path.name, file)


def _read(path: Path, name: str, file: IO[bytes]) -> tuple[Sheet, ...]:
    kind = kinds.kind_of(path, name, unzipped_max=settings.UNZIPPED_MAX_BYTES)
    if kind not in TABLES:
        raise TableNotReadable(gettext_noop("“%(name)s”不是表格。可以传：%(kinds)s。"), name=name, kinds=TABLES_SHOWN)
    limit = settings.IMPORT_MAX_ROWS + EXTRA_ROWS
    if kind == Kind.CSV:
        _write_csv(path, name, limit, file)
    else:
        _write_sheets(path, name, limit, file)
    sheets = tuple(_sheets(file))
    if not any(sheet.shown and sheet.count for sheet in sheets):
        raise TableNotReadable(gettext_noop("“%(name)s”里没有内容。请检查是不是传错了文件。"), name=name)
    if any(sheet.count > limit for sheet in sheets if sheet.shown):
        raise TooManyRows(
            gettext_noop("“%(name)s”超过 %(limit)s 行。请分成几份，或请管理员调大 SHANHAI_IMPORT_MAX_ROWS。"),
            name=name,
            limit=settings.IMPORT_MAX_ROWS,
        )
    return sheets


def _write_sheets(path: Path, name: str, limit: int, file: IO[bytes]) -> None:
    command = [sys.executable, "-I", opening.__file__, str(path), str(limit)]
    try:
        subprocess.run(command, stdout=file, stderr=subprocess.DEVNULL, timeout=SECONDS, check=True)  # noqa: S603 - ours
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise TableNotReadable(
            gettext_noop("“%(name)s”打不开：可能已损坏、加了密码，或在很远的单元格里有内容。请只留表格，另存后再传。"),
            name=name,
        ) from error


def _sheets(file: IO[bytes]) -> Iterator[Sheet]:
    file.seek(0)
    sheet: Sheet | None = None
    number = 0
    while line := file.readline():
        if line.startswith(b"{"):
            if sheet is not None:
                yield sheet
            said = json.loads(line)
            sheet = Sheet(said["name"], number, shown=said["shown"], encoding=said.get("encoding", ""))
            number += 1
            sheet.hidden_rows = frozenset(row + 1 for row in said["rows"])
            sheet.hidden_columns = frozenset(said["columns"])
            sheet.merged = tuple((a + 1, b, c + 1, d) for a, b, c, d in said["merged"])
            sheet.place(file, file.tell())
        elif sheet is not None:
            if len(sheet.head) < HEAD:
                sheet.head += tuple(json.loads(line, object_hook=_unpacked)[1:])[: HEAD - len(sheet.head)]
            sheet.count += int(line[1 : line.index(b",")])
    if sheet is not None:
        yield sheet


def _unpacked(packed: dict[str, Any]) -> object:
    if "day" in packed:
        return date.fromisoformat(packed["day"])
    if "instant" in packed:
        return datetime.fromisoformat(packed["instant"])
    return Shown(packed["number"], packed["shown"]) if "shown" in packed else Faulty(packed["error"])


def _write_csv(path: Path, name: str, limit: int, file: IO[bytes]) -> None:
    encoding = kinds.text_encoding(path) or "utf-8"
    said = {"name": "", "shown": True, "rows": [], "columns": [], "merged": [], "encoding": encoding}
    file.write(json.dumps(said).encode() + b"\n")
    try:
        with path.open(encoding=encoding, newline="") as text:
            # Above the header there may be titles, in which nothing is separated.
            first = next((line for line in islice(text, limit) if any(mark in line for mark in _SEPARATORS)), "")
            text.seek(0)
            reader = csv.reader(text, delimiter=max(_SEPARATORS, key=first.count))
            rows = [opening.trimmed(row) for row in islice(reader, limit + 1)]
    except csv.Error as error:
        raise TableNotReadable(
            gettext_noop("“%(name)s”的第 %(line)s 行读不懂，可能缺了一个引号。请用 Excel 另存为 .xlsx 后再传。"),
            name=name,
            line=reader.line_num,
        ) from error
    while rows and not rows[-1]:
        rows.pop()
    for start in range(0, len(rows), opening.A_LINE):
        batch = rows[start : start + opening.A_LINE]
        file.write(json.dumps([len(batch), *batch], ensure_ascii=False).encode() + b"\n")
