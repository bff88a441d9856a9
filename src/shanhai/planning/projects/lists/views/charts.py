# SPDX-License-Identifier: Apache-2.0
"""Projects drawn: the board (看板), a column a stage, and the bar chart in time (横道图).

A card is moved after looking at what the gate asks for. The chart is a table whose last column is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.kernel import clock, ids
from shanhai.kernel.errors import BadInput, DomainError
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page, Status, page_number
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.projects import labels
from shanhai.planning.projects.dossier.forms import MoveForm
from shanhai.planning.projects.dossier.services import stages
from shanhai.planning.projects.dossier.services.stages import DayNotAccepted, GateShut, ReasonMissing
from shanhai.planning.projects.labels import STANDING
from shanhai.planning.projects.lists.rules import Axis, Stretch, axis_over
from shanhai.planning.projects.lists.selectors.overviews import (
    BoardCard,
    BoardColumn,
    Onward,
    TimedProject,
    onward,
    project_board,
    project_timeline,
)
from shanhai.planning.projects.lists.views.lists import PROJECTS, filter_form
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.states import NEED_REASON, ON_SITE, Stage, StopReason

BOARD = message(gettext_noop("看板"))


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column with its words; each card with the stages it may go on to, in words."""

    column: BoardColumn
    name: Promise
    cards: tuple[tuple[BoardCard, tuple[tuple[Stage, Promise], ...]], ...]


@require_safe
def board(request: Request) -> HttpResponse:
    """GET /projects/board/: the projects that match, by stage."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    crumbs = (TODAY, Crumb(message(PROJECTS), reverse("projects:list")), Crumb(BOARD))
    if scope is None:
        return render(request, "projects/board.html", {"crumbs": crumbs})
    programme = programmes.get_programme(viewer=request.viewer, code=scope.programme)
    form = filter_form(request, programme, as_of=scope.as_of)
    filters = form.filters()
    columns = project_board(viewer=request.viewer, programme=programme.code, on=scope.as_of, filters=filters)
    fields = [field for field in form if field.name != "stage"]
    context = {
        "crumbs": crumbs,
        "programme": programme,
        "fields": fields,
        "filtered": any(request.GET.get(field.name) for field in fields),
        "columns": [_shown(column) for column in columns],
        "count": sum(column.count for column in columns),
        "may_move": any(card.onward for column in columns for card in column.cards),
        "kept": _kept(request.GET),
    }
    return render(request, "projects/board.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Request, uuid: str) -> HttpResponse:
    """GET, POST /projects/board/<uuid>/: what the move ``to`` asks for, on which day and why; then the move itself.

    ``back`` is the query of the board to come back to.
    """
    asked = request.POST or request.GET
    ahead = onward(viewer=request.viewer, uuid=ids.parse_id(uuid), to=_stage(asked.get("to", "")))
    if request.method != "POST":
        seen = {"to": ahead.to.value, "seen_stage": ahead.stage.value, "on": clock.local_date(request.at)}
        return _confirm(request, ahead, _form(ahead, initial=seen))
    form = _form(ahead, data=request.POST)
    if not form.is_valid():
        return _confirm(request, ahead, form, status=422)
    given = form.cleaned_data
    try:
        stages.move(
            by=request.viewer,
            at=request.at,
            project=ahead.uuid,
            to=ahead.to,
            because=given["because"],
            seen_stage=Stage(given["seen_stage"]),
            on=given["on"],
            stop=form.stop_reason,
            restart_expected_on=given.get("restart_expected_on"),
        )
    except (GateShut, DayNotAccepted, ReasonMissing) as error:
        return _confirm(request, ahead, form, status=error.status, error=error)
    messages.success(
        request, gettext("%(name)s 已进入“%(stage)s”。") % {"name": ahead.name, "stage": labels.STAGES[ahead.to]}
    )
    return redirect(_board_address(request, ahead))


def _shown(column: BoardColumn) -> ShownColumn:
    cards = tuple((card, tuple((to, labels.STAGES[to]) for to in card.onward)) for card in column.cards)
    return ShownColumn(column, labels.STAGES[column.stage], cards)


def _form(ahead: Onward, *, data: QueryDict | None = None, initial: Mapping[str, object] | None = None) -> MoveForm:
    form = MoveForm(data, initial=initial, allowed=(ahead.to,))
    form.fields["to"].widget = forms.HiddenInput()
    because = form.fields["because"]
    because.required = ahead.to in NEED_REASON
    because.help_text = because.help_text if because.required else ""
    return form


def _confirm(
    request: Request, ahead: Onward, form: MoveForm, *, status: int = 200, error: DomainError | None = None
) -> HttpResponse:
    back = _board_address(request, ahead)
    crumbs = (TODAY, Crumb(message(PROJECTS), reverse("projects:list")), Crumb(BOARD, back), Crumb(ahead.code))
    context = {
        "crumbs": crumbs,
        "ahead": ahead,
        "old": labels.STAGES[ahead.stage],
        "new": labels.STAGES[ahead.to],
        "form": form,
        "error": error.message if error else None,
        "back": back,
        "kept": _kept(QueryDict(_back(request))),
    }
    return render(request, "projects/board_move.html", context, status=status)


def _stage(text: str) -> Stage:
    try:
        return Stage(text)
    except ValueError:
        raise BadInput(
            gettext_noop("没有“%(text)s”这个阶段。请从看板重新选择。"), "projects.stage_not_known", text=text[:20]
        ) from None


def _back(request: Request) -> str:
    return (request.POST or request.GET).get("back", "")[:500]


def _kept(asked: QueryDict) -> str:
    """What the board was asked for, without what belongs to one move or one page."""
    kept = asked.copy()
    for name in ("back", "to", "page", "order"):
        kept.pop(name, None)
    return kept.urlencode()


def _board_address(request: Request, ahead: Onward) -> str:
    kept = _kept(QueryDict(_back(request))) or f"programme={ahead.programme}"
    return f"{reverse('projects:board')}?{kept}"


SIZE = 50
BARS = message(gettext_noop("横道图"))
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row of the chart: the project, its state in words, and what is drawn of it."""

    project: Project
    stage: Promise | str
    status: Status
    stops: tuple[tuple[Promise, date, date | None], ...]
    planned: Stretch | None
    actual: Stretch | None
    open_end: bool
    late: Stretch | None
    stopped: tuple[Stretch, ...]
    winters: tuple[Stretch, ...]


@require_safe
def timeline(request: Request) -> HttpResponse:
    """GET /projects/timeline/: planned and actual time of the projects that match, fifty a page."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    crumbs = (TODAY, Crumb(message(PROJECTS), reverse("projects:list")), Crumb(BARS))
    if scope is None:
        return render(request, "projects/timeline.html", {"crumbs": crumbs})
    programme = programmes.get_programme(viewer=request.viewer, code=scope.programme)
    form = filter_form(request, programme, as_of=scope.as_of)
    filters, number = form.filters(), page_number(request.GET.get("page", ""))
    found = project_timeline(
        viewer=request.viewer,
        programme=programme.code,
        on=scope.as_of,
        filters=filters,
        offset=(number - 1) * SIZE,
        limit=SIZE,
    )
    year = filters.year
    axis = Axis(year, year) if year is not None else axis_over(found.span, scope.as_of)
    context = {
        "crumbs": crumbs,
        "programme": programme,
        "form": form,
        "filtered": any(request.GET.get(name) for name in form.fields),
        "drawn": [_drawn(row, axis, scope.as_of) for row in found.rows],
        "page": Page(rows=found.rows, count=found.count, number=number, size=SIZE),
        "axis": axis,
        "today": scope.as_of,
        "today_x": axis.at(scope.as_of) if axis.holds(scope.as_of) else None,
        "is_sample": any(row.season is not None and row.season.is_sample for row in found.rows),
    }
    return render(request, "projects/timeline.html", context)


def _drawn(row: TimedProject, axis: Axis, today: date) -> Drawn:
    project, stands = row.project, Stage(row.project.stage)
    dates, stage, going = project.dates, labels.STAGES[stands], stands in ON_SITE
    until = dates.finished_on if dates.finished_on else today if going else None
    stopped = (axis.stretch(stop.since_on, max(stop.restarted_on or today + _DAY, stop.since_on)) for stop in row.stops)
    return Drawn(
        project=project,
        stage=_("%(stage)s，已逾期") % {"stage": stage} if row.late_since else stage,
        status="late" if row.late_since else STANDING[stands],
        stops=tuple((labels.STOPS[StopReason(stop.reason)], stop.since_on, stop.restarted_on) for stop in row.stops),
        planned=axis.stretch(dates.planned_start_on, _day_after(dates.planned_finish_on)),
        actual=axis.stretch(dates.started_on, _day_after(until)),
        open_end=going,
        late=axis.stretch(_day_after(row.late_since), _day_after(today)) if row.late_since else None,
        stopped=tuple(stretch for stretch in stopped if stretch is not None),
        winters=axis.winters(row.season),
    )


def _day_after(day: date | None) -> date | None:
    return None if day is None else min(day, date.max - _DAY) + _DAY
