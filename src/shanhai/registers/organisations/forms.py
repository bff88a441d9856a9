# SPDX-License-Identifier: Apache-2.0
"""The table of organisations: its columns, and its rows as the rules check them."""

from __future__ import annotations

from collections.abc import Mapping

from shanhai.kernel.imports import TableFile
from shanhai.kernel.messages import gettext_noop, message
from shanhai.registers.organisations.labels import KINDS
from shanhai.registers.organisations.values import OrganisationRow
from shanhai.registers.tables.rules import cells
from shanhai.registers.tables.rules.reading import read_table
from shanhai.registers.tables.rules.table import A_SHEET, Table
from shanhai.registers.tables.values import Field, Holds, TableKind

_KIND_WORDS = {word: kind.value for kind, word in KINDS.items()}
# A longer one is refused by the rules, which say how long it may be.
_LONG = 400


def _kind(cell: object) -> str:
    text = cells.text_of(cell)
    return _KIND_WORDS.get(text, text)


ORGANISATIONS = TableKind(
    "organisations",
    message(gettext_noop("单位")),
    (
        Field(
            "name", ("名称", "单位名称", "机构名称", "企业名称"), Holds.TEXT, cells.text(_LONG),
            required=True, identity=True, width=36,
        ),
        Field("short_name", ("简称", "short name"), Holds.TEXT, cells.text(_LONG)),
        # As it stands in the sheet: a number here has lost digits, and the rules must see that.
        Field("uscc", ("统一社会信用代码", "信用代码"), Holds.CODE, lambda cell: cell, width=22),
        Field("kind", ("类别", "类型"), Holds.TEXT, _kind),
        Field("division", ("行政区划代码", "区划代码"), Holds.TEXT, cells.text_of),
    ),
    tells=lambda keys: "name" in keys,
    passed_over=frozenset({"序号", "备注", "说明", "原因"}),
    asks_for="“名称”",
)  # fmt: skip


def read_organisations(file: TableFile, answers: Mapping[str, str]) -> tuple[Table, tuple[OrganisationRow, ...]]:
    """What a file states, and its rows as the rules take them. Raises what opening the file raises."""
    table = read_table(ORGANISATIONS, file.sheets, answers)
    return table, tuple(OrganisationRow(row.row % A_SHEET, **{"name": "", **row.values}) for row in table.rows)
