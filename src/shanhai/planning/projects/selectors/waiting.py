# SPDX-License-Identifier: Apache-2.0
"""Projects found by the search box, and those that are late and wait for somebody who may move them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, DateField, F, When

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.states import NOT_STARTED, Stage


@dataclass(frozen=True, slots=True)
class LateProject:
    """A late project: since when, and whether it is the start that is overdue."""

    uuid: UUID
    code: str
    name: str
    due_on: date
    not_started: bool


def find_projects(*, viewer: Actor, text: str, limit: int) -> list[Project]:
    """Projects of any programme whose name, code or pinyin initials hold ``text``, by code. One query."""
    found = Project.objects.visible_to(viewer).matching(text)
    return list(found.order_by("code", "pk")[:limit]) if text.strip() else []


def list_late(*, viewer: Actor, programme: str, on: date, limit: int) -> tuple[LateProject, ...]:
    """Late projects of a programme that the viewer may move, the longest late first. One query."""
    found = Project.objects.visible_to(viewer).visible_to(viewer, Permission.PROJECT_MOVE).late(on)
    overdue_start = When(stage__in=NOT_STARTED, planned_start_on__lt=on, then=F("planned_start_on"))
    due = Case(overdue_start, default=F("planned_finish_on"), output_field=DateField())
    rows: Any = found.filter(programme__code=programme).annotate(due_on=due).order_by("due_on", "pk")[:limit]
    return tuple(LateProject(row.uuid, row.code, row.name, row.due_on, _starts_late(row, on)) for row in rows)


def _starts_late(project: Project, on: date) -> bool:
    planned = project.planned_start_on
    return Stage(project.stage) in NOT_STARTED and planned is not None and planned < on
