# SPDX-License-Identifier: Apache-2.0
"""The table of counties (县表), on a page and as a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from django.http import FileResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.parts import Crumb, Shape
from shanhai.kernel.shares import Share
from shanhai.kernel.units import WAN_YUAN, in_unit
from shanhai.planning.projects.core.views import PROJECTS, framed
from shanhai.planning.projects.lists.selectors.overviews import CountyLine, CountyLines, county_lines
from shanhai.planning.projects.lists.views.lists import downloaded, filter_form
from shanhai.planning.projects.states import Stage
from shanhai.registers.places import selectors as places
from shanhai.registers.tables.selectors.writing import Column as SheetColumn
from shanhai.registers.tables.selectors.writing import write_table

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme


TITLE = Crumb(message(gettext_noop("县表")))
MAP_WIDTH, MAP_HEIGHT = 320, 240
CLASSES = 5
FORMS = {"count": "0", "money": "#,##0.00####", "share": "0.0%"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its words, what it shows of a line, and the filter of the list that shows the same projects.

    The list filters by one stage; a group of stages leads to its first column of the board instead.
    """

    label: Promise
    kind: Literal["count", "money", "share"]
    value: Callable[[CountyLine], int | Money | Share]
    asks: tuple[tuple[str, str], ...] | None = ()
    board: Stage | None = None
    base: Promise | str = ""


COLUMNS = (
    Column(_("项目"), "count", lambda line: line.row.counts.total),
    Column(_("前期"), "count", lambda line: line.count("before"), board=Stage.PREPARATION),
    Column(_("在建"), "count", lambda line: line.count("on_site"), board=Stage.UNDER_WAY),
    Column(_("完工"), "count", lambda line: line.count("finished"), board=Stage.COMPLETED),
    Column(_("移交"), "count", lambda line: line.count("handed_over"), (("stage", Stage.HANDED_OVER.value),)),
    Column(_("逾期"), "count", lambda line: line.late, (("late", "on"),)),
    Column(_("停工"), "count", lambda line: line.stages.get(Stage.SUSPENDED, 0), (("stage", Stage.SUSPENDED.value),)),
    Column(_("总投资"), "money", lambda line: line.row.planned_investment, (("order", "-total_investment"),)),
    Column(_("援助安排"), "money", lambda line: line.row.amount("plan")),
    Column(_("到位"), "money", lambda line: line.row.amount("arrived")),
    Column(_("核拨"), "money", lambda line: line.row.amount("allotted")),
    Column(_("支付"), "money", lambda line: line.row.amount("paid")),
    Column(_("到位率"), "share", lambda line: line.arrival_rate, None, base=_("占计划安排")),
    Column(_("支付率"), "share", lambda line: line.payment_rate, None, base=_("占到位")),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a line, with the address of the projects it counts; "" where there are none, or no such list."""

    column: Column
    value: int | Money | Share
    url: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line with its cells and the address of its projects."""

    line: CountyLine
    cells: tuple[Cell, ...]
    url: str = ""


@require_safe
@framed("projects/counties.html", PROJECTS, TITLE)
def counties(request: Request, scope: FigureScope, programme: Programme) -> dict[str, Any]:
    """GET /projects/counties/: each county in a row, with the sums; ``year`` keeps what that year's plan pays for."""
    form = filter_form(request, programme, as_of=scope.as_of)
    filters = form.filters()
    found = _found(request, scope, filters.county, filters.year)
    kept = {"year": str(filters.year or ""), "as_of": request.GET.get("as_of", "")}
    asked = {"programme": programme.code} | {name: value for name, value in kept.items() if value}
    return {
        "fields": (form["county"], form["year"]),
        "filtered": filters.county or filters.year,
        "columns": COLUMNS,
        "shown": [_shown(line, asked) for line in found.lines],
        "total": _shown(found.total, asked) if len(found.lines) > 1 and not filters.county else None,
        "cancelled": found.total.stages[Stage.CANCELLED],
        "shapes": _shapes(programme.recipient.code, found, asked),
    }


@require_safe
@framed()
def workbook(request: Request, scope: FigureScope, programme: Programme) -> FileResponse:
    """GET /projects/counties.xlsx: the same table, amounts in 万元."""
    filters = filter_form(request, programme, as_of=scope.as_of).filters()
    found = _found(request, scope, filters.county, filters.year)
    year = str(filters.year) if filters.year else gettext("全部年度")
    above = (
        gettext("%(programme)s 县表") % {"programme": programme.name},
        gettext("数据截至 %(day)s · 年度：%(year)s · 不含取消的项目 · 金额单位：万元")
        % {"day": scope.as_of.isoformat(), "year": year},
    )
    columns = [
        SheetColumn(gettext("县（市）"), 16),
        *(SheetColumn(_header(one), 12, FORMS[one.kind]) for one in COLUMNS),
    ]
    return downloaded(
        f"{programme.code}-counties-{scope.as_of.isoformat()}.xlsx",
        lambda target: write_table(target, tab=gettext("县表"), above=above, columns=columns, rows=_sheet_rows(found)),
    )


def _found(request: Request, scope: FigureScope, county: str | None, year: int | None) -> CountyLines:
    return county_lines(
        viewer=request.viewer,
        programme=scope.programme,
        as_of=scope.as_of,
        place=county or scope.place,
        year=year,
    )


def _shown(line: CountyLine, asked: dict[str, str]) -> Shown:
    # The list cannot be asked for the prefecture without its counties.
    linked = not line.own
    county = {"county": line.row.place} if line.row.place else {}
    cells = []
    for column in COLUMNS:
        value = column.value(line)
        url = _address(column, asked | county) if linked and (isinstance(value, Money) or value) else ""
        cells.append(Cell(column, value, url))
    return Shown(line, tuple(cells), f"{reverse('projects:list')}?{urlencode(asked | county)}" if linked else "")


def _address(column: Column, asked: dict[str, str]) -> str:
    if column.asks is None:
        return ""
    if column.board:
        return f"{reverse('projects:board')}?{urlencode(asked)}#{column.board.value}"
    return f"{reverse('projects:list')}?{urlencode(asked | dict(column.asks))}"


def _header(column: Column) -> str:
    return f"{column.label}（{column.base}）" if column.base else str(column.label)


def _sheet_rows(found: CountyLines) -> Iterator[list[object]]:
    for line in found.lines:
        name = formats.named(line.row)
        yield [gettext("%(place)s本级") % {"place": name} if line.own else name, *_sheet_cells(line)]
    yield [gettext("合计"), *_sheet_cells(found.total)]


def _sheet_cells(line: CountyLine) -> list[object]:
    values = (column.value(line) for column in COLUMNS)
    return [
        in_unit(value, WAN_YUAN, 6) if isinstance(value, Money) else value.ratio if isinstance(value, Share) else value
        for value in values
    ]


def _shapes(recipient: str, found: CountyLines, asked: dict[str, str]) -> list[Shape]:
    by_place = {line.row.place: line for line in found.lines}
    most = max((line.row.counts.total for line in found.lines), default=0) or 1
    drawn = []
    for shape in places.list_shapes(under=recipient, width=MAP_WIDTH, height=MAP_HEIGHT):
        line = by_place.get(shape.code)
        count = line.row.counts.total if line else 0
        drawn.append(
            Shape(
                path=shape.path,
                name=formats.named(shape),
                label_x=shape.label_x,
                label_y=shape.label_y,
                value=gettext("%(count)s 个项目") % {"count": count} if line else "",
                bucket=-(-CLASSES * count // most) if line else None,
                url=f"{reverse('projects:list')}?{urlencode(asked | {'county': shape.code})}" if count else "",
            )
        )
    return drawn
