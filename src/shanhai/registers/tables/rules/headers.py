# SPDX-License-Identifier: Apache-2.0
"""Finding the header of a table: which column holds what, in which unit, and whether it takes one row or two.

A header of two rows has a group (资金（万元）) merged over its parts (援助资金, 到位, 支付). A merged cell holds
its text in its first column only, so a group stands until the next text beside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from shanhai.kernel.units import WAN_YUAN, YI_YUAN, YUAN, Unit
from shanhai.registers.tables.values import Cells, Holds, TableKind

HEADER_WITHIN = 20
_UNITS: dict[str, Unit] = {
    "元": YUAN, "人民币元": YUAN, "yuan": YUAN, "cny": YUAN, "rmb": YUAN,
    "万元": WAN_YUAN, "万": WAN_YUAN, "人民币万元": WAN_YUAN, "wanyuan": WAN_YUAN, "10kyuan": WAN_YUAN,
    "10kcny": WAN_YUAN, "10,000yuan": WAN_YUAN, "cny10,000": WAN_YUAN, "10,000cny": WAN_YUAN,
    "亿元": YI_YUAN, "亿": YI_YUAN, "100myuan": YI_YUAN, "100mcny": YI_YUAN,
}  # fmt: skip
_BRACKET = re.compile(r"\(([^()]*)\)")
_DECLARED = re.compile(r"(?:单位|unit)\s*[:：(（]?\s*([^\s,，;；、()（）]+(?: yuan| cny)?)", re.IGNORECASE)
# 累计到位资金额 is 到位资金, 开工时间 is 开工.
_BEFORE = re.compile(r"^(?:累计|已|项目)")
_AFTER = (re.compile(r"(?:额|数|情况|日期|时间|on|date)$"), re.compile(r"金额$"))


@dataclass(frozen=True, slots=True)
class Column:
    """One column that was recognised: its place in the row (from 0), its field, the header as written, its unit."""

    index: int
    field: str
    header: str
    unit: Unit | None = None
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a sheet by field; headers nobody knows with their places, and fields that two columns claim."""

    by_field: dict[str, Column] = field(default_factory=dict)
    unknown: tuple[tuple[int, str], ...] = ()
    repeated: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Header:
    """The headers of a table, and the numbers of the first and the last row they take up."""

    cells: Cells
    first: int
    last: int


def plain(text: object) -> str:
    """A header as it is compared: half width, lower case, without spaces, strokes and what stands in brackets."""
    return re.sub(r"[\s/_\-*·:]+", "", _BRACKET.sub("", _half_width(text)))


def _half_width(text: object) -> str:
    return unicodedata.normalize("NFKC", "" if text is None else str(text)).lower().strip()


@lru_cache(maxsize=32)
def _known(kind: TableKind) -> dict[str, str]:
    return {plain(name): one.key for one in kind.fields for name in (one.key, *one.headers)}


def field_of(kind: TableKind, header: str) -> str | None:
    """The field that a header names, or None."""
    known, text = _known(kind), plain(header)
    forms = [text, _BEFORE.sub("", text)]
    forms += [after.sub("", form) for form in forms for after in _AFTER]
    return next((known[form] for form in forms if form in known), None)


def unit_in(header: object) -> Unit | None:
    """The unit of money that a header names in brackets, or None."""
    for inside in _BRACKET.findall(_half_width(header)):
        for part in (inside, *re.split(r"[:,，、;]", inside)):
            unit = _UNITS.get(re.sub(r"\s+|^单位|:", "", part))
            if unit is not None:
                return unit
    return None


def declared_unit(cells: Cells) -> Unit | None:
    """The unit that the cells above the table declare for all its amounts, or None.

    It may stand behind who reports (填报单位：发改局　单位：万元), or in the cell beside its word.
    """
    said = _DECLARED.findall(" ".join(map(_half_width, cells)))
    return next((_UNITS[one] for one in (text.replace(" ", "") for text in said) if one in _UNITS), None)


def read_columns(kind: TableKind, header: Cells, default: Unit | None = None) -> Columns:
    """Recognise the columns of a header row; ``default`` is the unit declared above the table."""
    found: dict[str, Column] = {}
    unknown: list[tuple[int, str]] = []
    repeated = []
    money = kind.having(Holds.MONEY)
    for index, cell in enumerate(header):
        text = _half_width(cell)
        if not text:
            continue
        name = None if any(word in text for word in kind.left_out) else field_of(kind, text)
        if name is None:
            unknown += [] if plain(text) in kind.passed_over else [(index, str(cell).strip())]
            continue
        unit = (unit_in(text) or default) if name in money else None
        written = re.sub(r"\s*[\r\n]+\s*", "", str(cell)).strip()
        column = Column(index, name, written, unit, percent="%" in text or "百分" in text)
        if name in found:
            repeated.append(column)
        else:
            found[name] = column
    return Columns(found, tuple(unknown), tuple(repeated))


def find_header(kind: TableKind, rows: Sequence[Cells]) -> Header | None:
    """The header within the first rows of a sheet, or None: one row, or two of which one names groups of columns."""
    before: Cells = ()
    for number, row in enumerate(rows[:HEADER_WITHIN], start=1):
        found = _header_at(kind, number, row, before)
        if found is not None:
            below = rows[number] if number < len(rows) else ()
            return _with_second_row(kind, found, below) or found
        before = row
    return None


def _heads(kind: TableKind, row: Cells) -> bool:
    return kind.tells(read_columns(kind, row).by_field.keys())


def _header_at(kind: TableKind, number: int, row: Cells, before: Cells) -> Header | None:
    if _heads(kind, row):
        return Header(_joined(kind, before, row, fill=False), number, number)
    if before and _goes_on(kind, before, row) and _heads(kind, both := _joined(kind, before, row)):
        return Header(both, number - 1, number)
    return None


def _with_second_row(kind: TableKind, header: Header, row: Cells) -> Header | None:
    if header.first != header.last or not _goes_on(kind, header.cells, row):
        return None
    return Header(_joined(kind, header.cells, row), header.first, header.last + 1)


def _goes_on(kind: TableKind, header: Cells, below: Cells) -> bool:
    """Whether ``below`` names columns, and stands only where ``header`` has nothing or a group.

    A row of data names none, and has a name and a code: it stands below those.
    """
    indices = [index for index in range(len(below)) if _at(below, index)]
    named = [index for index in indices if field_of(kind, _at(below, index))]
    return bool(named) and not any(field_of(kind, _at(header, index)) for index in indices)


def _joined(kind: TableKind, header: Cells, below: Cells, *, fill: bool = True) -> list[str]:
    """One row of two: each part with the unit of its group where it has none; with ``fill``, the group where none."""
    found, group = [], ""
    money = kind.having(Holds.MONEY)
    for index in range(max(len(header), len(below))):
        top, part = _at(header, index), _at(below, index)
        group = top or group
        unit = unit_in(group)
        if part and unit is not None and unit_in(part) is None and field_of(kind, part) in money:
            part = f"{part}（{unit}）"
        found.append(part or (top if fill else ""))
    return found


def _at(row: Cells, index: int) -> str:
    return "" if index >= len(row) or row[index] is None else str(row[index]).strip()
