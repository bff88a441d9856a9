# SPDX-License-Identifier: Apache-2.0
"""The bar chart of projects in time (横道图): a table whose last column is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page, Status, page_number
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.projects import labels
from shanhai.planning.projects.labels import STANDING
from shanhai.planning.projects.lists.rules import Axis, Stretch, axis_over
from shanhai.planning.projects.lists.selectors.timeline import TimedProject, project_timeline
from shanhai.planning.projects.lists.views.lists import PROJECTS, filter_form
from shanhai.planning.projects.states import ON_SITE

SIZE = 50
TITLE = message(gettext_noop("横道图"))
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row of the chart: the project, its state in words, and what is drawn of it."""

    row: TimedProject
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
    crumbs = (TODAY, Crumb(message(PROJECTS), reverse("projects:list")), Crumb(TITLE))
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
    dates, stage = row.dates, labels.STAGES[row.stage]
    started, going = dates.started_on, row.stage in ON_SITE
    until = dates.finished_on if dates.finished_on else today if going else None
    stopped = (axis.stretch(stop.since, max(stop.until or today + _DAY, stop.since)) for stop in row.stops)
    return Drawn(
        row=row,
        stage=_("%(stage)s，已逾期") % {"stage": stage} if row.late_since else stage,
        status="late" if row.late_since else STANDING[row.stage],
        stops=tuple((labels.STOPS[stop.reason], stop.since, stop.until) for stop in row.stops),
        planned=axis.stretch(dates.planned_start_on, _day_after(dates.planned_finish_on)),
        actual=axis.stretch(started, _day_after(until)),
        open_end=going,
        late=axis.stretch(_day_after(row.late_since), _day_after(today)) if row.late_since else None,
        stopped=tuple(stretch for stretch in stopped if stretch is not None),
        winters=axis.winters(row.season),
    )


def _day_after(day: date | None) -> date | None:
    return None if day is None else min(day, date.max - _DAY) + _DAY
