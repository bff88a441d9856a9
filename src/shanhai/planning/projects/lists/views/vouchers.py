# SPDX-License-Identifier: Apache-2.0
"""The vouchers of a programme, narrowed and added up, as a page and as a table to keep."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.http import FileResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request
from shanhai.kernel.actors import Actor
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb, Page, page_number
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.projects.core.views import FUNDS, framed
from shanhai.planning.projects.lists.forms import VoucherFilter
from shanhai.planning.projects.lists.selectors.vouchers import shown_postings
from shanhai.registers.ledger.labels import KIND_LABELS
from shanhai.registers.ledger.selectors.postings import search_postings, sum_postings
from shanhai.registers.ledger.values import Wanted
from shanhai.registers.places.selectors import county_choices
from shanhai.registers.tables.selectors.writing import Column, downloaded, write_table

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme

SIZE, CHUNK, MOST_ROWS = 50, 2000, 100_000


@require_safe
@framed("projects/entries.html", FUNDS, Crumb(message(gettext_noop("凭证"))))
def voucher_list(request: Request, scope: FigureScope, programme: Programme) -> dict[str, Any]:
    """GET /funds/entries/: newest first, fifty a page, with the sums of all that match."""
    form, sources = _form(request, programme)
    wanted = form.wanted(request.viewer, programme.code, scope.place)
    count, sums = sum_postings(viewer=request.viewer, programme=programme.code, wanted=wanted)
    number = page_number(request.GET.get("page", ""))
    rows = search_postings(
        viewer=request.viewer, programme=programme.code, wanted=wanted, offset=(number - 1) * SIZE, limit=SIZE
    )
    return {
        "form": form,
        "rows": shown_postings(request.viewer, rows, sources),
        "sums": [(KIND_LABELS[kind], amount) for kind, amount in sums.items()],
        "page": Page(rows=rows, count=count, number=number, size=SIZE),
        "filtered": any(request.GET.get(name) for name in form.fields),
    }


@require_safe
@framed()
def export(request: Request, scope: FigureScope, programme: Programme) -> FileResponse:
    """GET /funds/entries.xlsx: what the filter of the list keeps, amounts in yuan, with its sums by station below."""
    form, sources = _form(request, programme)
    wanted = form.wanted(request.viewer, programme.code, scope.place)
    titles = (
        gettext("日期"), gettext("凭证号"), gettext("摘要"), gettext("从"), gettext("到"), gettext("项目编号"),
        gettext("项目"), gettext("哪里"), gettext("资金来源"),
    )  # fmt: skip
    columns = [*(Column(title, 18) for title in titles), Column(gettext("计入金额（元）"), 18, "#,##0.00")]
    count, sums = sum_postings(viewer=request.viewer, programme=programme.code, wanted=wanted)
    above = (
        gettext("%(programme)s 凭证") % {"programme": formats.named(programme)},
        gettext("筛选：%(words)s · 共 %(count)s 条")
        % {"words": gettext("；").join(form.words()) or gettext("全部"), "count": formats.number(count)},
        gettext("至多 %(count)s 条，新的在前。") % {"count": formats.number(MOST_ROWS)},
    )
    blank = (None,) * (len(titles) - 1)
    below = (
        (gettext("%(kind)s合计") % {"kind": formats.say(KIND_LABELS[kind])}, *blank, amount.yuan)
        for kind, amount in sums.items()
    )
    cells = chain(_cells(request.viewer, programme.code, wanted, sources), below)
    return downloaded(
        f"{programme.code}-vouchers-{scope.as_of.isoformat()}.xlsx",
        lambda target: write_table(target, tab=gettext("凭证"), above=above, columns=columns, rows=cells),
    )


def _form(request: Request, programme: Programme) -> tuple[VoucherFilter, dict[str, str]]:
    """The filter that the address asks for, and the fund sources by their codes."""
    found = programmes.list_fund_sources(viewer=request.viewer, programme=programme.code)
    sources = {one.code: formats.named(one) for one in found}
    counties = county_choices(programme.recipient.code)
    return VoucherFilter(request.GET, counties=counties, sources=list(sources.items())), sources


def _cells(viewer: Actor, programme: str, wanted: Wanted, sources: dict[str, str]) -> Iterator[tuple[object, ...]]:
    for offset in range(0, MOST_ROWS, CHUNK):
        rows = search_postings(viewer=viewer, programme=programme, wanted=wanted, offset=offset, limit=CHUNK)
        for one in shown_postings(viewer, rows, sources):
            row, project = one["row"], one["project"]
            code, name = (project.code, project.name) if project else ("", "")
            number = one["number"] or one["made_from"]
            yield (
                row.on_date, number, row.memo, one["from"], one["to"], code, name, one["place"], one["source"],
                row.counted.yuan,
            )  # fmt: skip
        if len(rows) < CHUNK:
            return
