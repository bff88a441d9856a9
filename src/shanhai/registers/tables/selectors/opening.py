# SPDX-License-Identifier: Apache-2.0
"""Opens a workbook in a process of its own, with a bound on memory and time, and writes it out line by line.

A workbook of five kilobytes whose only two cells lie in opposite corners makes the reader ask for more memory than
there is, which ends the process that asks. So this file runs as a script, and needs nothing else of the product.

Lines of JSON: first what the sheets are, then for each sheet a line with what the reader of cells does not tell (hidden
rows and columns, merged cells), and its rows, hundreds to a line behind their number. A cell that is no plain value is
an object: ``{"day": …}``, ``{"instant": …}``, ``{"error": "#N/A"}``, ``{"shown": "2026.10", "number": 2026.1}``.
"""

from __future__ import annotations

import json
import re
import resource
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from xml.parsers import expat

import python_calamine

MEMORY_BYTES = 1 << 30
A_LINE = 250
MAX_COLUMNS = 200
MAX_CELL = 4000
_CHUNK = 1 << 20
# The same four things as ``Marks`` looks for, in XML as nearly all programs write it, twenty times as fast.
_ERROR = re.compile(rb'<c ([^>]*\bt="e"[^>]*)>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>([^<]*)</v>')
_UNVALUED = re.compile(rb"<c ([^>]*)><f(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v ?/>|<v>(0?)</v>)?</c>")
_MONTH = re.compile(rb"<c ([^>]*)><v>((?:19|20)\d\d\.\d{1,2})</v>")
_HIDDEN = re.compile(rb'<(row|col) ([^>]*(?:hidden="(?:1|true)"|ht="0"|width="0")[^>]*)>')
_ATTRIBUTE = re.compile(rb'(\w+)="([^"]*)"')
_YEAR_MONTH = re.compile(r"(?:19|20)\d\d\.\d{1,2}")
_DECIMALS = re.compile(r"0\.(0+)")
# [MS-CFB] 2.1: numbers from here on are marks, not sectors. [MS-XLS] 2.5.10: errors by their codes.
_MARKS_FROM = 0xFFFFFFFA
_OLD_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
Overlay = dict[tuple[int, int], dict[str, object]]


def trimmed(row: Sequence[object]) -> list[object]:
    """A row without its empty end, empty cells as None, within bounds of width and length."""
    cells = [
        (None if cell == "" else cell if len(cell) <= MAX_CELL else cell[:MAX_CELL]) if isinstance(cell, str) else cell
        for cell in row[:MAX_COLUMNS]
    ]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


class Marks:
    """What the XML of one sheet says of its cells beyond their values."""

    def __init__(self, decimals: dict[int, int], *, uncalculated: bool) -> None:
        self.cells: Overlay = {}
        self.rows: list[int] = []
        self.columns: list[int] = []
        self._decimals, self._uncalculated = decimals, uncalculated
        self._row = self._column = -1
        self._given: dict[str, str] = {}
        self._formula, self._value, self._text = False, "", False

    def hidden(self, kind: str, given: dict[str, str], row: int) -> None:
        """A row or columns that bear a mark of being hidden."""
        if kind == "row" and (given.get("hidden") in ("1", "true") or given.get("ht") == "0"):
            self.rows.append(row)
        elif kind == "col" and (given.get("hidden") in ("1", "true") or given.get("width") == "0"):
            self.columns += range(int(given["min"]) - 1, min(int(given["max"]), MAX_COLUMNS))

    def cell(self, place: tuple[int, int], given: dict[str, str], *, formula: bool, value: str) -> None:
        """A cell that may be more than its value."""
        kind, style = given.get("t", "n"), int(given.get("s") or 0)
        if kind == "e":
            self.cells[place] = {"error": value or "#"}
        elif formula and (value == "" or (self._uncalculated and value == "0")) and kind != "str":
            self.cells[place] = {"error": ""}
        elif kind == "n" and style in self._decimals and _YEAR_MONTH.fullmatch(value):
            self.cells[place] = {"shown": f"{float(value):.{self._decimals[style]}f}", "number": float(value)}

    def scan(self, part: bytes) -> None:
        """Look through whole rows of XML without prefixes, whose cells all say where they are."""
        for pattern in (_ERROR, _UNVALUED, _MONTH):
            for match in pattern.finditer(part):
                given = _attributes(match[1])
                value = (match[2] or b"").decode()
                self.cell(_place(given["r"]), given, formula=pattern is _UNVALUED, value=value)
        for match in _HIDDEN.finditer(part):
            given = _attributes(match[2])
            self.hidden(match[1].decode(), given, int(given.get("r", 0)) - 1)

    def start(self, name: str, given: dict[str, str]) -> None:
        """A tag opens."""
        local = name.rpartition(":")[2]
        if local == "c":
            self._row, self._column = _place(given["r"]) if "r" in given else (self._row, self._column + 1)
            self._given, self._formula, self._value = given, False, ""
        elif local == "row":
            self._row, self._column = int(given["r"]) - 1 if "r" in given else self._row + 1, -1
        self._formula = self._formula or local == "f"
        self._text = local == "v"
        self.hidden(local, given, self._row)

    def text(self, text: str) -> None:
        """Text inside a tag."""
        if self._text:
            self._value += text

    def end(self, name: str) -> None:
        """A tag closes."""
        self._text = False
        if name.rpartition(":")[2] == "c":
            self.cell((self._row, self._column), self._given, formula=self._formula, value=self._value.strip())


def _attributes(written: bytes) -> dict[str, str]:
    return {key.decode(): value.decode() for key, value in _ATTRIBUTE.findall(written)}


def _place(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    return int(reference[len(letters) :]) - 1, _column(letters)


def _column(letters: str) -> int:
    found = 0
    for letter in letters:
        found = found * 26 + ord(letter) - 64
    return found - 1


def _parts(packed: zipfile.ZipFile) -> tuple[dict[str, str], bool]:
    """The path of each sheet by its name, and whether the program that wrote it left its formulas uncalculated."""
    targets: dict[str, str] = {}
    sheets: list[tuple[str, str]] = []
    left: list[bool] = []

    def related(name: str, given: dict[str, str]) -> None:
        targets[given.get("Id", "")] = given.get("Target", "")

    def listed(name: str, given: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "sheet":
            relation = next((value for key, value in given.items() if key.rpartition(":")[2] == "id"), "")
            sheets.append((given.get("name", ""), relation))
        elif local == "calcPr":
            left.append(given.get("fullCalcOnLoad") in ("1", "true"))

    for part, start in (("xl/_rels/workbook.xml.rels", related), ("xl/workbook.xml", listed)):
        parser = expat.ParserCreate()
        parser.StartElementHandler = start
        parser.Parse(packed.read(part), True)
    paths = {name: targets.get(relation, "") for name, relation in sheets}
    return {name: path.lstrip("/") if path.startswith("/") else f"xl/{path}" for name, path in paths.items()}, any(left)


def _decimals(packed: zipfile.ZipFile) -> dict[int, int]:
    """How many decimals each format of a cell shows, by its number, where that is fixed."""
    formats = {2: "0.00", 4: "#,##0.00"}
    found: dict[int, int] = {}
    inside: list[str] = []
    count = 0

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal count
        local = name.rpartition(":")[2]
        inside.append(local)
        if local == "numFmt":
            formats[int(given["numFmtId"])] = given.get("formatCode", "")
        elif local == "xf" and "cellXfs" in inside:
            match = _DECIMALS.search(formats.get(int(given.get("numFmtId", "0")), ""))
            if match:
                found[count] = len(match[1])
            count += 1

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: inside.pop()
    if "xl/styles.xml" in packed.namelist():
        parser.Parse(packed.read("xl/styles.xml"), True)
    return found


def _marks(packed: zipfile.ZipFile, path: str, *, uncalculated: bool) -> Marks:
    marks = Marks(_decimals(packed), uncalculated=uncalculated)
    with packed.open(path) as content:
        rest = content.read(_CHUNK)
        if (first := re.search(rb"<(?:\w+:)?c\b[^>]*", rest)) and b' r="' in first[0] and first[0].startswith(b"<c "):
            while chunk := content.read(_CHUNK):
                whole, end, rest = (rest + chunk).rpartition(b"</row>")
                marks.scan(whole + end)
            marks.scan(rest)
            return marks
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = marks.start, marks.end
    parser.CharacterDataHandler = marks.text
    with packed.open(path) as content:
        parser.ParseFile(content)
    return marks


class Compound:
    """The one stream of an old Office file ([MS-CFB]) that holds its workbook."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._size = 1 << self._number(30, 2)
        places = [self._number(place) for place in range(76, 512, 4)]
        more = self._number(68)
        while more < _MARKS_FROM and (more + 1) * self._size < len(content):
            start = (more + 1) * self._size
            places += [self._number(place) for place in range(start, start + self._size - 4, 4)]
            more = self._number(start + self._size - 4)
        tables = b"".join(self._sector(place) for place in places if place < _MARKS_FROM)
        self._next = memoryview(tables[: len(tables) // 4 * 4]).cast("I")

    def _number(self, place: int, width: int = 4) -> int:
        return int.from_bytes(self._content[place : place + width], "little")

    def _sector(self, number: int) -> bytes:
        return self._content[(number + 1) * self._size : (number + 2) * self._size]

    def _chain(self, sector: int) -> bytes:
        parts, seen = [], set()
        while sector < len(self._next) and sector not in seen:
            seen.add(sector)
            parts.append(self._sector(sector))
            sector = self._next[sector]
        return b"".join(parts)

    def workbook(self) -> bytes:
        """The stream "Workbook"; nothing where it lies among the small ones."""
        listed = self._chain(self._number(48))
        for start in range(0, len(listed), 128):
            entry = listed[start : start + 128]
            name = entry[: max(int.from_bytes(entry[64:66], "little") - 2, 0)].decode("utf-16-le", "ignore")
            if name in ("Workbook", "Book"):
                size = int.from_bytes(entry[120:124], "little")
                small = size < self._number(56)
                return b"" if small else self._chain(int.from_bytes(entry[116:120], "little"))[:size]
        return b""


def _old_marks(path: str) -> list[Marks]:
    """The marks of the sheets of an old workbook ([MS-XLS] 2.4), in order."""
    with open(path, "rb") as file:
        stream = Compound(file.read()).workbook()
    starts = [
        int.from_bytes(content[:4], "little")
        for kind, content in _records(stream, 0)
        if kind == 0x85 and content[5] == 0
    ]
    found = []
    for start in starts:
        marks = Marks({}, uncalculated=False)
        for kind, content in _records(stream, start):
            _mark(marks, kind, content)
        found.append(marks)
    return found


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += (kind == 0x809) - (kind == 0x0A)
        yield kind, stream[at + 4 : at + 4 + size]
        if depth == 0:
            return
        at += 4 + size


def _mark(marks: Marks, kind: int, content: bytes) -> None:
    row, column = struct.unpack_from("<HH", content) if len(content) >= 4 else (0, 0)
    if kind == 0x208 and struct.unpack_from("<I", content, 12)[0] & 0x20:
        marks.rows.append(row)
    elif kind == 0x7D and struct.unpack_from("<H", content, 8)[0] & 1:
        marks.columns += range(row, min(column + 1, MAX_COLUMNS))
    elif kind == 0x205 and content[7]:
        marks.cells[row, column] = {"error": _OLD_ERRORS.get(content[6], "#")}
    elif kind == 0x06 and content[12:14] == b"\xff\xff" and content[6] == 2:
        marks.cells[row, column] = {"error": _OLD_ERRORS.get(content[8], "#")}


def _rows(sheet: python_calamine.CalamineSheet, cells: Overlay, most: int) -> Iterator[list[list[object]]]:
    """The rows, some at a time, to the last that holds something; no more than ``most`` and one that says so."""
    overlay: dict[int, dict[int, object]] = {}
    for (at, column), mark in cells.items():
        if column >= MAX_COLUMNS:
            continue
        overlay.setdefault(at, {})[column] = mark
    # The reader of cells drops empty columns before the first, and what has no value at the end of a sheet.
    before = [None] * (sheet.start[1] if sheet.start else 0)
    beyond = max(overlay, default=-1)
    batch: list[list[object]] = []
    waiting = sent = 0
    for number, stored in enumerate(_and_beyond(sheet, beyond)):
        row: list[object] = [*before, *stored]
        if number in overlay:
            row += [None] * (max(overlay[number]) + 1 - len(row))
            for index, put in overlay[number].items():
                row[index] = put
        found = trimmed(row)
        if not found:
            waiting += 1
            continue
        batch += [[]] * waiting
        sent, waiting = sent + waiting + 1, 0
        batch.append(found)
        if len(batch) >= A_LINE:
            yield batch
            batch = []
        if sent > most:
            break
    if batch:
        yield batch


def _and_beyond(sheet: python_calamine.CalamineSheet, beyond: int) -> Iterator[Sequence[object]]:
    number = -1
    for number, row in enumerate(sheet.iter_rows()):  # noqa: B007 - where it ended is needed after it
        yield row
    for _ in range(number, beyond):
        yield ()


def _packed(cell: object) -> object:
    if isinstance(cell, datetime):
        return {"instant": cell.isoformat()}
    return {"day": cell.isoformat()} if isinstance(cell, date) else str(cell)


def _teller(path: str) -> Callable[[str, int], Marks]:
    """Answers the marks of a sheet, by its name and place; each kind of file has its own way of writing them.

    One whose way is not known here is refused: errors in it would pass for empty cells.
    """
    nothing = Marks({}, uncalculated=False)
    if not zipfile.is_zipfile(path):
        old = _old_marks(path)
        return lambda name, number: old[number] if number < len(old) else nothing
    packed = zipfile.ZipFile(path)
    parts, uncalculated = _parts(packed)
    there = {name: part for name, part in parts.items() if part in packed.namelist()}
    return lambda name, number: _marks(packed, there[name], uncalculated=uncalculated) if name in there else nothing


def _write(path: str, most: int) -> None:
    said = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_packed).encode

    def line(value: Any) -> None:
        sys.stdout.buffer.write(f"{said(value)}\n".encode())

    marks_of = _teller(path)
    with python_calamine.CalamineWorkbook.from_path(path) as book:
        sheets = [one for one in book.sheets_metadata if one.typ == python_calamine.SheetTypeEnum.WorkSheet]
        for number, one in enumerate(sheets):
            sheet = book.get_sheet_by_name(one.name)
            marks = marks_of(one.name, number)
            merged = [
                (first[0], first[1], last[0], last[1])
                for first, last in sheet.merged_cell_ranges or ()
                if first != last
            ]
            shown = one.visible == python_calamine.SheetVisibleEnum.Visible
            line({"name": one.name, "shown": shown, "rows": marks.rows, "columns": marks.columns, "merged": merged})
            for batch in _rows(sheet, marks.cells, most):
                line([len(batch), *batch])


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _write(sys.argv[1], int(sys.argv[2]))
