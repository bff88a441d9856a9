# SPDX-License-Identifier: Apache-2.0
"""Projects that are not at their end: not accepted, without approved final accounts, not handed over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse

from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.planning.handovers.values import THE_OFFICE, Cause, ItemKind, Responsible, ResponsibleKind
from shanhai.planning.projects.selectors.lists import MAX_LIMIT, ProjectFilters, ProjectRow, list_projects
from shanhai.planning.projects.states import NOT_STARTED, ON_SITE, Delivery, Stage

_DUE_BY_PLAN = NOT_STARTED | ON_SITE
# What a stage leaves open. Final accounts come within three months of completion, whatever stage is recorded, so a
# project that is completed and not yet accepted owes both (财建〔2016〕503号).
_LEFT_OPEN: dict[Stage, tuple[ItemKind, ...]] = {
    **dict.fromkeys(_DUE_BY_PLAN, (ItemKind.UNFINISHED_PROJECT,)),
    Stage.COMPLETED: (ItemKind.UNFINISHED_PROJECT, ItemKind.OPEN_SETTLEMENT),
    Stage.ACCEPTED: (ItemKind.OPEN_SETTLEMENT, ItemKind.ASSET_NOT_TRANSFERRED),
    Stage.SETTLED: (ItemKind.ASSET_NOT_TRANSFERRED,),
}


def list_unfinished(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """What projects still owe. One that is not completed counts when its plan has it finished by ``until``.

    Four queries for every 500 projects of a stage.
    """
    for stage, kinds in _LEFT_OPEN.items():
        for row in _projects_at(stage, viewer=viewer, programme=programme, on=clock.local_date(at)):
            if stage not in _DUE_BY_PLAN or (row.planned_finish_on is not None and row.planned_finish_on <= until):
                yield from (_cause(kind, row) for kind in kinds)


def _projects_at(stage: Stage, *, viewer: Actor, programme: str, on: date) -> Iterator[ProjectRow]:
    offset, count = 0, 1
    while offset < count:
        found = list_projects(
            viewer=viewer,
            programme=programme,
            on=on,
            filters=ProjectFilters(stage=stage),
            offset=offset,
            limit=MAX_LIMIT,
        )
        yield from found.rows
        offset, count = offset + MAX_LIMIT, found.count


def _cause(kind: ItemKind, row: ProjectRow) -> Cause:
    return Cause(
        kind=kind,
        subject_type="projects.project",
        subject_id=str(row.uuid),
        label=f"{row.code} {row.name}",
        url=reverse("projects:detail", args=[row.uuid]),
        responsible=_builder(row),
        place=row.place,
        since=row.planned_finish_on if kind is ItemKind.UNFINISHED_PROJECT else None,
    )


def _builder(row: ProjectRow) -> Responsible:
    """The headquarters builds what it hands over by the key (交钥匙); the county what it is paid for (交支票)."""
    if row.delivery == Delivery.TURNKEY:
        return THE_OFFICE
    return Responsible(ResponsibleKind.ORGANISATION, row.place_name)
