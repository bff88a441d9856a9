# SPDX-License-Identifier: Apache-2.0
"""Opens a workbook in a process of its own, with a bound on memory and time.

A workbook of five kilobytes whose only two cells lie in opposite corners makes the reader ask for more memory than
there is, which ends the process that asks. So this file runs as a script, too, and needs nothing else of the product.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import python_calamine

MEMORY_BYTES = 1 << 30
SECONDS = 60
_MAX_COLUMNS = 200
_MAX_CELL = 4000


class WorkbookNotOpened(Exception):
    """The file is damaged, locked with a password, or lays its cells out over too wide a field."""


def open_workbook(*, path: Path, sheet: str | None, max_rows: int) -> dict[str, Any]:
    """The ``names`` of all sheets, the ``sheet`` read (None when there is none to read) and its ``rows``.

    Reads the named sheet, else the first that is shown and not empty; at most ``max_rows`` rows and one more, which
    says that there are more. Raises WorkbookNotOpened.
    """
    command = [sys.executable, "-I", __file__, str(path), json.dumps(sheet), str(max_rows)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)  # noqa: S603 - our own script
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise WorkbookNotOpened from error
    found: dict[str, Any] = json.loads(done.stdout, object_hook=_unpacked)
    return found


def trimmed(row: Sequence[object]) -> tuple[object, ...]:
    """A row without its empty end, empty cells as None, within bounds of width and length."""
    cells = [None if cell == "" else cell[:_MAX_CELL] if isinstance(cell, str) else cell for cell in row[:_MAX_COLUMNS]]
    while cells and cells[-1] is None:
        cells.pop()
    return tuple(cells)


def _unpacked(packed: dict[str, Any]) -> Any:
    if "instant" in packed:
        return datetime.fromisoformat(packed["instant"])
    return date.fromisoformat(packed["day"]) if "day" in packed else packed


def _packed(cell: object) -> object:
    if isinstance(cell, datetime):
        return {"instant": cell.isoformat()}
    return {"day": cell.isoformat()} if isinstance(cell, date) else str(cell)


def _read(path: str, wanted: str | None, max_rows: int) -> dict[str, Any]:
    with python_calamine.CalamineWorkbook.from_path(path) as book:
        names = list(book.sheet_names)
        shown = [
            one.name
            for one in book.sheets_metadata
            if one.visible == python_calamine.SheetVisibleEnum.Visible
            and one.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        candidates = shown if wanted is None else [name for name in names if name == wanted]
        for name in candidates:
            rows = _rows(book.get_sheet_by_name(name), max_rows)
            if rows:
                return {"names": names, "sheet": name, "rows": rows}
    return {"names": names, "sheet": wanted if candidates else None, "rows": []}


def _rows(sheet: python_calamine.CalamineSheet, max_rows: int) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    last = 0
    for row in sheet.iter_rows():
        found.append(trimmed(row))
        if found[-1]:
            last = len(found)
            if last > max_rows:
                break
    return found[: min(last, max_rows + 1)]


def _main(path: str, sheet: str, max_rows: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.write(json.dumps(_read(path, json.loads(sheet), int(max_rows)), default=_packed))


if __name__ == "__main__":
    _main(*sys.argv[1:])
