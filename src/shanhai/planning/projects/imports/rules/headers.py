# SPDX-License-Identifier: Apache-2.0
"""Headers that take two rows: a group (资金（万元）) merged over its parts (援助资金, 到位, 支付).

A merged cell holds its text in its first column only, so a group stands until the next text beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shanhai.planning.projects.imports.rules.columns import (
    MONEY_FIELDS,
    field_of,
    is_project_header,
    unit_in,
)

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Header:
    """The headers of a table, and the numbers of the first and the last row they take up."""

    cells: Row
    first: int
    last: int


def header_at(number: int, row: Row, before: Row) -> Header | None:
    """The header that ends in this row, alone or together with the row ``before`` it, or None."""
    if is_project_header(row):
        return Header(_joined(before, row, fill=False), number, number)
    if before and goes_on(before, row) and is_project_header(both := _joined(before, row)):
        return Header(both, number - 1, number)
    return None


def with_second_row(header: Header, number: int, row: Row) -> Header | None:
    """The header together with this row, when it stands right below and names the parts of groups; else None."""
    if number != header.last + 1 or header.first != header.last or not goes_on(header.cells, row):
        return None
    return Header(_joined(header.cells, row), header.first, number)


def goes_on(header: Row, below: Row) -> bool:
    """Whether ``below`` names columns, and stands only where ``header`` has nothing or a group.

    A row of data names none, and has a name and a code: it stands below those.
    """
    indices = [index for index in range(len(below)) if _at(below, index)]
    named = [index for index in indices if field_of(_at(below, index))]
    return bool(named) and not any(field_of(_at(header, index)) for index in indices)


def _joined(header: Row, below: Row, *, fill: bool = True) -> list[str]:
    """One row of two: each part with the unit of its group where it has none; with ``fill``, the group where none."""
    found, group = [], ""
    for index in range(max(len(header), len(below))):
        top, part = _at(header, index), _at(below, index)
        group = top or group
        unit = unit_in(group)
        if part and unit is not None and unit_in(part) is None and field_of(part) in MONEY_FIELDS:
            part = f"{part}（{unit}）"
        found.append(part or (top if fill else ""))
    return found


def _at(row: Row, index: int) -> str:
    return "" if index >= len(row) or row[index] is None else str(row[index]).strip()
