# SPDX-License-Identifier: Apache-2.0
"""Projects at a glance: the board (看板), a column a stage; the bars in time (横道图); the table of counties (县表).

A card is moved after looking at what the gate asks for. The bars are a table whose last column is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import saved, status_of
from shanhai.kernel import clock, ids
from shanhai.kernel.errors import BadInput
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.parts import TODAY, Crumb, Page, Shape, page_number
from shanhai.kernel.shares import Share
from shanhai.kernel.units import WAN_YUAN, in_unit
from shanhai.planning.projects import labels
from shanhai.planning.projects.core.views import PROJECTS, framed
from shanhai.planning.projects.dossier.forms import MoveForm
from shanhai.planning.projects.dossier.services import stages
from shanhai.planning.projects.lists.rules import Axis, axis_over
from shanhai.planning.projects.lists.selectors.overviews import (
    CountyLine,
    CountyLines,
    county_lines,
    county_shapes,
    onward,
    project_board,
    project_timeline,
)
from shanhai.planning.projects.lists.views.lists import filter_form, rows_asked
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.states import NEED_REASON, ON_SITE, Stage, StopReason
from shanhai.planning.seasons.values import Season
from shanhai.registers.tables.selectors.writing import Column as SheetColumn
from shanhai.registers.tables.selectors.writing import downloaded, write_table

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme


BOARD = Crumb(message(gettext_noop("看板")))


@require_safe
@framed("projects/board.html", PROJECTS, BOARD)
def board(request: Request, scope: FigureScope, programme: Programme) -> dict[str, Any]:
    """GET /projects/board/: the projects that match, by stage."""
    form = filter_form(request, programme, as_of=scope.as_of)
    filters = form.filters()
    columns = project_board(viewer=request.viewer, programme=programme.code, on=scope.as_of, filters=filters)
    fields = [field for field in form if field.name != "stage"]
    return {
        "fields": fields,
        "filtered": any(request.GET.get(field.name) for field in fields),
        "columns": [
            (
                column,
                labels.STAGES[column.stage],
                [(card, [(to, labels.STAGES[to]) for to in card.onward]) for card in column.cards],
            )
            for column in columns
        ],
        "count": sum(column.count for column in columns),
        "may_move": any(card.onward for column in columns for card in column.cards),
        "kept": _kept(request.GET),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Request, uuid: str) -> HttpResponse:
    """GET, POST /projects/board/<uuid>/: what the move ``to`` asks for, on which day and why; then the move itself.

    ``back`` is the query of the board to come back to.
    """
    asked = request.POST or request.GET
    to = _stage(asked.get("to", ""))
    project, gate = onward(viewer=request.viewer, uuid=ids.parse_id(uuid), to=to)
    form = _form(project, to, request)
    back = _kept(QueryDict(asked.get("back", "")[:500])) or f"programme={project.programme.code}"
    step = partial(stages.move, by=request.viewer, at=request.at, project=project.uuid)
    if request.method == "POST" and saved(request, form, lambda given: step(**given)):
        words = {"name": project.name, "stage": labels.STAGES[to]}
        messages.success(request, gettext("%(name)s 已进入“%(stage)s”。") % words)
        return redirect(f"{reverse('projects:board')}?{back}")
    board_address = f"{reverse('projects:board')}?{back}"
    context = {
        "crumbs": (TODAY, PROJECTS, replace(BOARD, url=board_address), Crumb(project.code)),
        "project": project,
        "programme": project.programme,
        "asked": gate,
        "missing": sum(one.open for one in gate),
        "old": labels.STAGES[Stage(project.stage)],
        "new": labels.STAGES[to],
        "form": form,
        "back": board_address,
        "kept": back,
    }
    return render(request, "projects/board_move.html", context, status=status_of(form))


def _form(project: Project, to: Stage, request: Request) -> MoveForm:
    seen = {"to": to.value, "seen_stage": project.stage, "on": clock.local_date(request.at)}
    form = MoveForm(request.POST if request.method == "POST" else None, initial=seen, allowed=(to,))
    form.fields["to"].widget = forms.HiddenInput()
    because = form.fields["because"]
    because.required = to in NEED_REASON
    because.help_text = because.help_text if because.required else ""
    return form


def _stage(text: str) -> Stage:
    try:
        return Stage(text)
    except ValueError:
        raise BadInput(
            gettext_noop("没有“%(text)s”这个阶段。请从看板重新选择。"), "projects.stage_not_known", text=text[:20]
        ) from None


def _kept(asked: QueryDict) -> str:
    """What the board was asked for, without what belongs to one move or one page."""
    kept = asked.copy()
    for name in ("back", "to", "page", "order"):
        kept.pop(name, None)
    return kept.urlencode()


SIZE = 50
BARS = Crumb(message(gettext_noop("横道图")))
_DAY = timedelta(days=1)


@require_safe
@framed("projects/timeline.html", PROJECTS, BARS)
def timeline(request: Request, scope: FigureScope, programme: Programme) -> dict[str, Any]:
    """GET /projects/timeline/: planned and actual time of the projects that match, fifty a page."""
    form = filter_form(request, programme, as_of=scope.as_of)
    filters, number, size = form.filters(), page_number(request.GET.get("page", "")), rows_asked(request) or SIZE
    found = project_timeline(
        viewer=request.viewer,
        programme=programme.code,
        on=scope.as_of,
        filters=filters,
        offset=(number - 1) * size,
        limit=size,
    )
    year = filters.year
    axis = Axis(year, year) if year is not None else axis_over(found.span, scope.as_of)
    return {
        "form": form,
        "filtered": any(request.GET.get(name) for name in form.fields),
        "drawn": [_drawn(project, season, axis, scope.as_of) for project, season in found.rows],
        "page": Page(rows=found.rows, count=found.count, number=number, size=size),
        "axis": axis,
        "today": scope.as_of,
        "today_x": axis.at(scope.as_of) if axis.holds(scope.as_of) else None,
        "is_sample": any(season is not None and season.is_sample for _, season in found.rows),
    }


def _drawn(project: Project, season: Season | None, axis: Axis, today: date) -> dict[str, Any]:
    """A row of the chart: the project, its state in words, and what is drawn of it."""
    stands, late_since = Stage(project.stage), project.late_since(today)
    stops = project.suspensions.all()
    dates, going = project.dates, stands in ON_SITE
    status, stage = labels.stage_words(stands, late_since, project.planned_finish_on)
    until = dates.finished_on if dates.finished_on else today if going else None
    stopped = (axis.stretch(stop.since_on, max(stop.restarted_on or today + _DAY, stop.since_on)) for stop in stops)
    return {
        "project": project,
        "stage": stage,
        "status": status,
        "stops": [(labels.STOPS[StopReason(stop.reason)], stop.since_on, stop.restarted_on) for stop in stops],
        "planned": axis.stretch(dates.planned_start_on, _day_after(dates.planned_finish_on)),
        "actual": axis.stretch(dates.started_on, _day_after(until)),
        "open_end": going,
        "late": axis.stretch(_day_after(late_since), _day_after(today)) if late_since else None,
        "stopped": [stretch for stretch in stopped if stretch is not None],
        "winters": axis.winters(season),
    }


def _day_after(day: date | None) -> date | None:
    return None if day is None else min(day, date.max - _DAY) + _DAY


TITLE = Crumb(message(gettext_noop("县表")))
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
    Column(_("逾期"), "count", lambda line: line.row.counts.late, (("late", "on"),)),
    Column(_("停工"), "count", lambda line: line.stages.get(Stage.SUSPENDED, 0), (("stage", Stage.SUSPENDED.value),)),
    Column(_("总投资"), "money", lambda line: line.row.planned_investment, (("order", "-total_investment"),)),
    Column(_("援助安排"), "money", lambda line: line.row.amount("plan")),
    Column(_("到位"), "money", lambda line: line.row.amount("arrived")),
    Column(_("核拨"), "money", lambda line: line.row.amount("allotted")),
    Column(_("支付"), "money", lambda line: line.row.amount("paid")),
    Column(_("到位率"), "share", lambda line: line.arrival_rate, None, base=_("占计划安排")),
    Column(_("支付率"), "share", lambda line: line.payment_rate, None, base=_("占到位")),
)


@require_safe
@framed("projects/counties.html", PROJECTS, TITLE)
def counties(request: Request, scope: FigureScope, programme: Programme) -> dict[str, Any]:
    """GET /projects/counties/: each county in a row, with the sums; ``year`` keeps what that year's plan pays for."""
    form = filter_form(request, programme, as_of=scope.as_of)
    filters = form.filters()
    asked_for = {"place": filters.county or scope.place, "year": filters.year}
    found = county_lines(viewer=request.viewer, **scope.selection | asked_for)
    amounts: list[Any] = [one.value for one in COLUMNS if one.kind == "money"]
    kept = {"year": str(filters.year or ""), "as_of": request.GET.get("as_of", "")}
    asked = {"programme": programme.code} | {name: value for name, value in kept.items() if value}
    return {
        "fields": (form["county"], form["year"]),
        "filtered": filters.county or filters.year,
        "columns": COLUMNS,
        "shown": [_shown(line, asked) for line in found.lines],
        "total": _shown(found.total, asked) if len(found.lines) > 1 and not filters.county else None,
        "rounding": formats.rounding_note(*((map(of, found.lines), of(found.total)) for of in amounts)),
        "cancelled": found.total.stages[Stage.CANCELLED],
        "shapes": _shapes(programme.recipient.code, found, asked),
    }


@require_safe
@framed()
def workbook(request: Request, scope: FigureScope, programme: Programme) -> FileResponse:
    """GET /projects/counties.xlsx: the same table, amounts in 万元."""
    filters = filter_form(request, programme, as_of=scope.as_of).filters()
    asked_for = {"place": filters.county or scope.place, "year": filters.year}
    found = county_lines(viewer=request.viewer, **scope.selection | asked_for)
    year = str(filters.year) if filters.year else gettext("全部年度")
    above = (
        gettext("%(programme)s 县表") % {"programme": formats.named(programme)},
        gettext("数据截至 %(day)s · 年度：%(year)s · 不含取消的项目 · 金额单位：万元")
        % {"day": scope.as_of.isoformat(), "year": year},
    )
    based = gettext("%(label)s（%(base)s）")
    titles = [based % {"label": one.label, "base": one.base} if one.base else str(one.label) for one in COLUMNS]
    columns = [
        SheetColumn(gettext("县（市）"), 16),
        *(SheetColumn(title, 12, FORMS[one.kind]) for one, title in zip(COLUMNS, titles, strict=True)),
    ]
    return downloaded(
        f"{programme.code}-counties-{scope.as_of.isoformat()}.xlsx",
        lambda target: write_table(target, tab=gettext("县表"), above=above, columns=columns, rows=_sheet_rows(found)),
    )


def _shown(line: CountyLine, asked: dict[str, str]) -> dict[str, Any]:
    """A line with its figures and the addresses of the projects they count; "" where none, or no list, has them."""
    # The list cannot be asked for the prefecture without its counties.
    linked = not line.own
    asked = asked | ({"county": line.row.place} if line.row.place else {})
    cells = []
    for column in COLUMNS:
        value = column.value(line)
        url = _address(column, asked) if linked and (isinstance(value, Money) or value) else ""
        cells.append({"column": column, "value": value, "url": url})
    return {"line": line, "cells": cells, "url": f"{reverse('projects:list')}?{urlencode(asked)}" if linked else ""}


def _address(column: Column, asked: dict[str, str]) -> str:
    if column.asks is None:
        return ""
    if column.board:
        return f"{reverse('projects:board')}?{urlencode(asked)}#{column.board.value}"
    return f"{reverse('projects:list')}?{urlencode(asked | dict(column.asks))}"


def _sheet_rows(found: CountyLines) -> Iterator[list[object]]:
    for line in (*found.lines, found.total):
        name = gettext("合计") if line is found.total else formats.named(line.row)
        row: list[object] = [gettext("%(place)s本级") % {"place": name} if line.own else name]
        for value in (column.value(line) for column in COLUMNS):
            plain = in_unit(value, WAN_YUAN, 6) if isinstance(value, Money) else value
            row.append(plain.ratio if isinstance(plain, Share) else plain)
        yield row


def _shapes(recipient: str, found: CountyLines, asked: dict[str, str]) -> list[Shape]:
    counts = {line.row.place: line.row.counts.total for line in found.lines}
    most = max(counts.values(), default=0) or 1
    drawn = {}
    for code, count in counts.items():
        url = f"{reverse('projects:list')}?{urlencode(asked | {'county': code})}" if count else ""
        drawn[code] = (gettext("%(count)s 个项目") % {"count": count}, -(-CLASSES * count // most), url)
    return county_shapes(under=recipient, drawn=drawn)
