# SPDX-License-Identifier: Apache-2.0
"""Reading tables of organisations (xlsx, xls, csv). What the cells say is checked by the rules."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.documents.selectors import tables
from shanhai.registers.organisations.labels import KINDS
from shanhai.registers.organisations.values import OrganisationRow

_COLUMNS = {
    "name": ("名称", "单位名称", "机构名称", "企业名称", "name"),
    "short_name": ("简称", "short_name", "short name"),
    "uscc": ("统一社会信用代码", "信用代码", "uscc"),
    "kind": ("类别", "类型", "kind"),
    "division": ("行政区划代码", "区划代码", "division"),
}
_KIND_WORDS = {word: kind.value for kind, word in KINDS.items()}
# A title and a note may stand above the header.
_HEADER_WITHIN = 10


class HeaderNotFound(BadInput):
    """No row near the top names the columns, or there is nothing below it."""

    code = "organisations.header_not_found"


def read_organisations(path: Path) -> tuple[OrganisationRow, ...]:
    """The organisations that the first sheet of a file states. Raises HeaderNotFound and what ``read_sheet`` raises."""
    rows = tables.read_sheet(path=path).rows
    for index, cells in enumerate(rows[:_HEADER_WITHIN]):
        positions = _positions(cells)
        if "name" in positions:
            below = enumerate(rows[index + 1 :], index + 2)
            found = tuple(_row(number, row, positions) for number, row in below if any(_text(cell) for cell in row))
            if found:
                return found
    raise HeaderNotFound(gettext_noop("没有找到写着“名称”的表头，或表头下面没有内容。请把列名放在前十行之内。"))


def _positions(cells: Sequence[object]) -> dict[str, int]:
    header = [_text(cell).lower() for cell in cells]
    return {key: header.index(name) for key, names in _COLUMNS.items() for name in reversed(names) if name in header}


def _row(number: int, cells: Sequence[object], positions: dict[str, int]) -> OrganisationRow:
    stated = {key: cells[index] if index < len(cells) else None for key, index in positions.items()}
    kind = _text(stated.get("kind"))
    return OrganisationRow(
        number,
        name=_text(stated.get("name")),
        short_name=_text(stated.get("short_name")),
        # As it stands in the sheet: a number here has lost digits, and the rules must see that.
        uscc=stated["uscc"] if stated.get("uscc") is not None else "",
        kind=_KIND_WORDS.get(kind, kind),
        division=_code(stated.get("division")),
    )


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _code(cell: object) -> str:
    """A division code, which a sheet may hold as the number 513301.0 without harm."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else _text(cell)
