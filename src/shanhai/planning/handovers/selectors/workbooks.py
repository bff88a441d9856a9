# SPDX-License-Identifier: Apache-2.0
"""A pack as an xlsx table, in the language of who asks. Every cell is text, so that nothing in it is ever computed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from uuid import UUID

import xlsxwriter
from django.utils.translation import gettext

from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.planning.handovers import labels
from shanhai.planning.handovers.rules import plain_cell
from shanhai.planning.handovers.selectors.packs import GroupRow, ItemRow, PackFilters, get_pack

_WIDTHS = (6, 22, 46, 14, 24, 12, 10, 30, 16, 18, 46)


def pack_workbook(*, viewer: Actor, uuid: UUID, filters: PackFilters | None = None) -> bytes:
    """The items that match, as far as the viewer sees them, and on a second sheet the counts of everybody.

    Raises HandoverNotFound.
    """
    pack = get_pack(viewer=viewer, uuid=uuid, filters=filters)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as book:
        head = book.add_format({"bold": True, "border": 1, "num_format": "@"})
        text = book.add_format({"num_format": "@"})
        items = book.add_worksheet(gettext("交接清单"))
        for column, width in enumerate(_WIDTHS):
            items.set_column(column, column, width, text)
        _write(items, 0, _item_head(), head)
        for number, item in enumerate(pack.items, start=1):
            _write(items, number, (str(number), *_item_cells(item)), text)
        items.freeze_panes(1, 0)
        groups = book.add_worksheet(gettext("责任汇总"))
        groups.set_column(0, 4, 18, text)
        _write(groups, 0, _group_head(), head)
        for number, group in enumerate(pack.groups, start=1):
            _write(groups, number, _group_cells(group), text)
    return buffer.getvalue()


def _item_head() -> tuple[str, ...]:
    return (
        gettext("序号"), gettext("类别"), gettext("事项"), gettext("责任类别"), gettext("责任人或单位"),
        gettext("应办结日"), gettext("状态"), gettext("放行理由"), gettext("办结或放行人"), gettext("办结或放行时间"),
        gettext("下一步"),
    )  # fmt: skip


def _item_cells(item: ItemRow) -> tuple[str, ...]:
    return (
        gettext(labels.KINDS[item.kind]),
        item.label,
        gettext(labels.RESPONSIBLE_KINDS[item.responsible.kind]),
        item.name,
        item.since.isoformat() if item.since else "",
        gettext(labels.ITEM_STATES[item.state][1]),
        item.waived_because,
        item.closed_by,
        clock.local(item.closed_at).strftime("%Y-%m-%d %H:%M") if item.closed_at else "",
        gettext(labels.NEXT_STEPS[item.kind]),
    )


def _group_head() -> tuple[str, ...]:
    return gettext("责任类别"), gettext("责任人或单位"), gettext("未办"), gettext("已办结"), gettext("已放行")


def _group_cells(group: GroupRow) -> tuple[str, ...]:
    counts = group.counts
    kind = gettext(labels.RESPONSIBLE_KINDS[group.responsible.kind])
    return kind, group.name, str(counts.open), str(counts.settled), str(counts.waived)


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, cells: Sequence[str], style: object) -> None:
    for column, cell in enumerate(cells):
        sheet.write_string(row, column, plain_cell(cell), style)
