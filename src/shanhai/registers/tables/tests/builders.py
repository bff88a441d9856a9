# SPDX-License-Identifier: Apache-2.0
"""A small kind of table, and sheets of it without a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shanhai.kernel.messages import message
from shanhai.registers.tables.rules import cells
from shanhai.registers.tables.selectors.workbooks import open_workbook
from shanhai.registers.tables.values import Cells, Field, Holds, TableKind

KIND = TableKind(
    "works",
    message("工程表"),
    (
        Field("code", ("编号",), Holds.CODE, cells.code, required=True, identity=True, example="示例-1"),
        Field("name", ("名称",), Holds.TEXT, cells.text(40), required=True, width=30, example="示例：学校"),
        Field("place", ("县",), Holds.TEXT, cells.text(40), required=True),
        Field("year", ("年度",), Holds.NUMBER, cells.whole_number(1990, 2100)),
        Field("capital", ("固投",), Holds.WORD, cells.yes_or_no),
        Field("amount", ("资金",), Holds.MONEY, bracket="（万元）", required=True, example=300),
        Field("share", ("比例",), Holds.PERCENT, bracket="（%）"),
        Field("done_on", ("完工",), Holds.DAY),
    ),
    tells=lambda keys: "name" in keys and bool({"code", "amount"} & set(keys)) and len(set(keys)) >= 3,
    passed_over=frozenset({"备注"}),
    asks_for="“编号”“名称”“资金（万元）”",
)
HEADER = ("编号", "名称", "县", "年度", "固投", "资金（万元）", "完工")


@dataclass
class MadeSheet:
    """A sheet that was never a file."""

    cells: Sequence[Cells]
    name: str = "表"
    number: int = 0
    shown: bool = True
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    head: tuple[Cells, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.head = tuple(self.cells[:30])

    @property
    def count(self) -> int:
        return len(self.cells)

    def rows(self) -> Iterator[Cells]:
        return iter(self.cells)


def rows_in(path: Path, sheet: str = "") -> tuple[tuple[object, ...], ...]:
    """The rows of a sheet of a file, by default of the first that is shown."""
    with open_workbook(path=path) as book:
        found = next((one for one in book.sheets if one.name == sheet), None) if sheet else book.first
        assert found is not None
        return tuple(tuple(row) for row in found.rows())
