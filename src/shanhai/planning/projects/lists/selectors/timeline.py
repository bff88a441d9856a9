# SPDX-License-Identifier: Apache-2.0
"""Projects in time: planned and actual days, stops of the work, and the season of the altitude."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Aggregate, Count, F, Max, Min, Prefetch

from shanhai.kernel.actors import Actor
from shanhai.planning.projects.core.rules import Timeline, is_late
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, filtered
from shanhai.planning.projects.models import Project, Suspension
from shanhai.planning.projects.states import Stage, StopReason
from shanhai.planning.projects.values import Dates
from shanhai.planning.seasons.selectors import bands_in_force
from shanhai.planning.seasons.values import Season


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of the work from ``since`` until before ``until``; without ``until`` it lasts."""

    reason: StopReason
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class TimedProject:
    """A project in time. ``late_since`` is the planned day that has passed; ``season`` None without an altitude."""

    uuid: UUID
    code: str
    name: str
    place_name: str
    place_name_en: str
    stage: Stage
    dates: Dates
    progress_percent: int
    late_since: date | None
    stops: tuple[Stop, ...]
    season: Season | None
    provenance: str


@dataclass(frozen=True, slots=True)
class TimedProjects:
    """A page of rows out of ``count``; ``span`` are the earliest and the latest day of all ``count``."""

    rows: tuple[TimedProject, ...]
    count: int
    span: tuple[date | None, ...]


def project_timeline(
    *, viewer: Actor, programme: str, on: date, filters: ProjectFilters, offset: int = 0, limit: int = 50
) -> TimedProjects:
    """The projects that match, by planned start, those without one last. Five queries. Raises NotVisible."""
    found = filtered(viewer=viewer, programme=programme, on=on, filters=filters)
    ends: dict[str, Aggregate] = {"start": Min("planned_start_on"), "began": Min("started_on")}
    ends |= {"finish": Max("planned_finish_on"), "ended": Max("finished_on")}
    whole = found.aggregate(count=Count("pk"), **ends)
    stops = Prefetch("suspensions", Suspension.objects.order_by("since_on", "pk"))
    page = found.select_related("place").prefetch_related(stops)
    page = page.order_by(F("planned_start_on").asc(nulls_last=True), "code", "pk")[max(offset, 0) :][:limit]
    bands = bands_in_force(viewer=viewer, programme=programme)
    rows = tuple(_timed(project, bands, on) for project in page)
    return TimedProjects(rows, whole["count"], tuple(whole[name] for name in ends))


def _timed(project: Project, bands: Sequence[Season], on: date) -> TimedProject:
    stage, altitude = Stage(project.stage), project.altitude_m
    return TimedProject(
        uuid=project.uuid,
        code=project.code,
        name=project.name,
        place_name=project.place.name,
        place_name_en=project.place.name_en,
        stage=stage,
        dates=project.dates,
        progress_percent=project.progress_percent,
        late_since=_late_since(project, stage, on),
        stops=tuple(
            Stop(StopReason(stop.reason), stop.since_on, stop.restarted_on) for stop in project.suspensions.all()
        ),
        season=None if altitude is None else next(band for band in bands if band.covers(max(altitude, 0))),
        provenance=project.provenance,
    )


def _late_since(project: Project, stage: Stage, on: date) -> date | None:
    if not is_late(Timeline(stage, project.planned_start_on, project.planned_finish_on), on):
        return None
    finish = project.planned_finish_on
    return finish if finish is not None and finish < on else project.planned_start_on
