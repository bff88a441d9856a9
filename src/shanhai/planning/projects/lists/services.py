# SPDX-License-Identifier: Apache-2.0
"""One step for many projects: each is moved or refused by itself, and every one is answered for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, DomainError
from shanhai.kernel.messages import Message, gettext_noop
from shanhai.planning.projects.dossier.services.stages import move
from shanhai.planning.projects.lists.selectors.lists import list_these
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.states import Stage

MOST = 100


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of one project: ``refusal`` is None where it was moved."""

    project: Project
    refusal: Message | None


def move_together(
    *, by: Actor, at: datetime, programme: str, seen: Mapping[UUID, Stage], to: Stage, on: date, because: str
) -> tuple[Moved, ...]:
    """Move each project of ``seen``, which maps it to the stage the person saw, to ``to``; in the order of their codes.

    Every project is a step of its own, so what a gate or somebody else refuses of one keeps nothing from the others.
    Raises BadInput; ProjectNotFound, and moves nothing, when one is not of the programme or not visible.
    """
    if not 1 <= len(seen) <= MOST:
        raise BadInput(gettext_noop("请选 1 到 %(most)s 个项目。"), "projects.too_many_at_once", most=str(MOST))
    found = list_these(viewer=by, programme=programme, projects=seen)
    return tuple(_move(one, by=by, at=at, seen=seen[one.uuid], to=to, on=on, because=because) for one in found)


def _move(project: Project, *, by: Actor, at: datetime, seen: Stage, to: Stage, on: date, because: str) -> Moved:
    try:
        move(by=by, at=at, project=project.uuid, to=to, because=because, seen_stage=seen, on=on)
    except DomainError as error:
        return Moved(project, error.message)
    return Moved(project, None)
