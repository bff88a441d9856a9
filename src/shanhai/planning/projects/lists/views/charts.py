# SPDX-License-Identifier: Apache-2.0
"""Projects drawn: the board (看板), a column a stage, and the bar chart in time (横道图).

A card is moved after looking at what the gate asks for. The chart is a table whose last column is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

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
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb, Page, Status, page_number
from shanhai.planning.projects import labels
from shanhai.planning.projects.core.views import PROJECTS, crumbs, framed
from shanhai.planning.projects.dossier.forms import MoveForm
from shanhai.planning.projects.dossier.services.stages import DayNotAccepted, GateShut, ReasonMissing
from shanhai.planning.projects.dossier.views.pages import move_on
from shanhai.planning.projects.labels import STANDING
from shanhai.planning.projects.lists.rules import Axis, Stretch, axis_over
from shanhai.planning.projects.lists.selectors.overviews import (
    onward,
    project_board,
    project_timeline,
)
from shanhai.planning.projects.lists.views.lists import filter_form
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.states import NEED_REASON, ON_SITE, Stage, StopReason
from shanhai.planning.seasons.values import Season

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
    error: DomainError | None = None
    back = _kept(QueryDict(asked.get("back", "")[:500])) or f"programme={project.programme.code}"
    if form.is_valid():
        try:
            move_on(request, project.uuid, form)
        except (GateShut, DayNotAccepted, ReasonMissing) as refusal:
            error = refusal
        else:
            words = {"name": project.name, "stage": labels.STAGES[to]}
            messages.success(request, gettext("%(name)s 已进入“%(stage)s”。") % words)
            return redirect(f"{reverse('projects:board')}?{back}")
    board_address = f"{reverse('projects:board')}?{back}"
    context = {
        "crumbs": crumbs(project.programme, PROJECTS, replace(BOARD, url=board_address), Crumb(project.code)),
        "project": project,
        "asked": gate,
        "missing": sum(one.open for one in gate),
        "old": labels.STAGES[Stage(project.stage)],
        "new": labels.STAGES[to],
        "form": form,
        "error": error.message if error else None,
        "back": board_address,
        "kept": back,
    }
    status = error.status if error else 422 if form.errors else 200
    return render(request, "projects/board_move.html", context, status=status)


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
@framed("projects/timeline.html", PROJECTS, BARS)
def timeline(request: Request, scope: FigureScope, programme: Programme) -> dict[str, Any]:
    """GET /projects/timeline/: planned and actual time of the projects that match, fifty a page."""
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
    return {
        "form": form,
        "filtered": any(request.GET.get(name) for name in form.fields),
        "drawn": [_drawn(project, season, axis, scope.as_of) for project, season in found.rows],
        "page": Page(rows=found.rows, count=found.count, number=number, size=SIZE),
        "axis": axis,
        "today": scope.as_of,
        "today_x": axis.at(scope.as_of) if axis.holds(scope.as_of) else None,
        "is_sample": any(season is not None and season.is_sample for _, season in found.rows),
    }


def _drawn(project: Project, season: Season | None, axis: Axis, today: date) -> Drawn:
    stands, late_since = Stage(project.stage), project.late_since(today)
    stops = project.suspensions.all()
    dates, stage, going = project.dates, labels.STAGES[stands], stands in ON_SITE
    until = dates.finished_on if dates.finished_on else today if going else None
    stopped = (axis.stretch(stop.since_on, max(stop.restarted_on or today + _DAY, stop.since_on)) for stop in stops)
    return Drawn(
        project=project,
        stage=_("%(stage)s，已逾期") % {"stage": stage} if late_since else stage,
        status="late" if late_since else STANDING[stands],
        stops=tuple((labels.STOPS[StopReason(stop.reason)], stop.since_on, stop.restarted_on) for stop in stops),
        planned=axis.stretch(dates.planned_start_on, _day_after(dates.planned_finish_on)),
        actual=axis.stretch(dates.started_on, _day_after(until)),
        open_end=going,
        late=axis.stretch(_day_after(late_since), _day_after(today)) if late_since else None,
        stopped=tuple(stretch for stretch in stopped if stretch is not None),
        winters=axis.winters(season),
    )


def _day_after(day: date | None) -> date | None:
    return None if day is None else min(day, date.max - _DAY) + _DAY
