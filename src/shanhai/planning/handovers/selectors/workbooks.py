# SPDX-License-Identifier: Apache-2.0
"""A pack as an xlsx table, in the language of who asks. Every cell is text, so that nothing in it is ever computed."""

from __future__ import annotations

import io
from uuid import UUID

from django.utils.translation import gettext

from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.planning.handovers import labels
from shanhai.planning.handovers.selectors.packs import ItemRow, PackFilters, get_pack
from shanhai.registers.tables.selectors.writing import Column, write_table


def pack_workbook(*, viewer: Actor, uuid: UUID, filters: PackFilters | None = None) -> bytes:
    """The items that match, as far as the viewer sees them. Raises NotVisible."""
    pack = get_pack(viewer=viewer, uuid=uuid, filters=filters)
    title = gettext("第 %(number)s 批离任交接") % {"number": pack.batch_number}
    buffer = io.BytesIO()
    write_table(
        buffer,
        tab=gettext("交接清单"),
        above=(title, f"{gettext('离任日期')} {pack.due_on.isoformat()}"),
        columns=_columns(),
        rows=((str(number), *_cells(item)) for number, item in enumerate(pack.items, start=1)),
    )
    return buffer.getvalue()


def _columns() -> tuple[Column, ...]:
    return (
        Column(gettext("序号"), 6),
        Column(gettext("事项"), 46),
        Column(gettext("类别"), 22),
        Column(gettext("责任类别")),
        Column(gettext("责任人或单位"), 24),
        Column(gettext("应办结日")),
        Column(gettext("状态")),
        Column(gettext("放行理由"), 30),
        Column(gettext("办结或放行人")),
        Column(gettext("办结或放行时间"), 18),
        Column(gettext("下一步"), 46),
    )


def _cells(item: ItemRow) -> tuple[str, ...]:
    return (
        item.label,
        gettext(labels.KINDS[item.kind]),
        gettext(labels.RESPONSIBLE_KINDS[item.responsible.kind]),
        item.name,
        item.since.isoformat() if item.since else "",
        gettext(labels.ITEM_STATES[item.state][1]),
        item.waived_because,
        item.closed_by,
        clock.local(item.closed_at).strftime("%Y-%m-%d %H:%M") if item.closed_at else "",
        gettext(labels.NEXT_STEPS[item.kind]),
    )
