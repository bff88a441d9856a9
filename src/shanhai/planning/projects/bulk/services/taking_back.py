# SPDX-License-Identifier: Apache-2.0
"""Taking back what a table brought to many projects and lines, as if it had never been."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction

from shanhai.base.database.services import insert_many
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.pinyin import initials_of
from shanhai.planning.programmes.money import services as chain
from shanhai.planning.projects.bulk.rules import grown_by, put_back
from shanhai.planning.projects.bulk.selectors import STEPS, require_untouched, spent, vouchers_since
from shanhai.planning.projects.bulk.services.taking_over import keep_lowered
from shanhai.planning.projects.bulk.values import (
    BATCH,
    MOVED,
    STATED,
    Origin,
    Taken,
    slices,
)
from shanhai.planning.projects.core.services import keep_plans
from shanhai.planning.projects.models import (
    TAGS,
    AllocationLine,
    LineChange,
    Project,
    ProjectChange,
    StageMove,
    Suspension,
)
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.shares.services import take_steps
from shanhai.planning.projects.states import MoveKind, Stage
from shanhai.planning.projects.values import Dates
from shanhai.registers.ledger.services.writing import FundsInsufficient
from shanhai.registers.ledger.values import PostingRow
from shanhai.registers.places.selectors import find_divisions

_DAYS = frozenset({*Dates.__dataclass_fields__, "since"})


@transaction.atomic
def take_back(
    *, by: Actor, at: datetime, programme: str, rows: Sequence[Taken], taken_at: datetime, origin: Origin
) -> dict[str, int]:
    """Undo what ``take_over`` did with these rows at ``taken_at``; answers how many projects were deleted and restored.

    The postings are reversed on their own day, so that no day shows them. Raises NotVisible, NotAllowed, and BuiltUpon
    with the vouchers to take back first where money was posted since or has gone elsewhere.
    """
    for place in {facts["place"] for row in rows for facts in (row.before, row.after) if facts}:
        by.require(ProjectPermission.IMPORT, programme=programme, place=place)

    projects = _by_uuid(Project.objects.select_related("place", "site", "owner"), [row.project for row in rows])
    of_lines = AllocationLine.objects.select_related("project__programme", "yearly_plan", "fund_source")
    lines = _by_uuid(of_lines, [row.line for row in rows])

    def since(subjects: Collection[str] | None) -> Sequence[PostingRow]:
        return vouchers_since(programme=programme, rows=rows, origin=origin, taken_at=taken_at, subjects=subjects)

    require_untouched(rows=rows, projects=projects, lines=lines, taken_at=taken_at, since=since)

    try:
        chain.take_back_steps(
            by=by,
            at=at,
            programme=programme,
            places={row.after["place"] for row in rows},
            sources=(origin.source(row.row, kind) for row in rows for kind in STEPS),
            recorded_at=taken_at,
            because=origin.because,
            under=ProjectPermission.IMPORT,
        )
    except FundsInsufficient as short:
        raise spent(short, since(None)) from short
    _restore(rows, projects, lines, by=by, at=at, taken_at=taken_at, because=origin.because)
    counts = _delete_made(rows, projects, lines)
    left = [lines[row.line] for row in rows if row.line_before is not None]
    take_steps(by=by, at=at, lines=left, steps=(), under=ProjectPermission.IMPORT, on=date.min)
    keep_lowered(by=by, at=at, changes=[one for one in put_back(rows) if one.before is not None])
    keep_plans(by=by, at=at, programme=programme, grown=grown_by(put_back(rows)))
    return counts


def _by_uuid(rows: models.QuerySet[Any], uuids: Sequence[UUID]) -> dict[UUID, Any]:
    return {row.uuid: row for some in slices(uuids) for row in rows.filter(uuid__in=some)}


def _restore(
    rows: Sequence[Taken],
    projects: Mapping[UUID, Project],
    lines: Mapping[UUID, AllocationLine],
    *,
    by: Actor,
    at: datetime,
    taken_at: datetime,
    because: str,
) -> None:
    known = [(row, projects[row.project], row.before) for row in rows if row.before is not None]
    places = find_divisions(before["place"] for _, _, before in known)
    moves, stopped, restarted = [], [], []
    for _, project, before in known:
        if before["stage"] != project.stage:
            move = (project.pk, project.stage, before["stage"], by.ref, at, local_date(at), because)
            moves.append((*move, MoveKind.CORRECTION.value))
            stopped += [project.pk] if project.stage == Stage.SUSPENDED else []
            restarted += [project.pk] if before["stage"] == Stage.SUSPENDED else []
        for name in STATED:
            if name in before and name != "place":
                value = before[name]
                setattr(project, name, date.fromisoformat(value) if name in _DAYS and value else value)
        project.place, project.initials = places[before["place"]], initials_of(before["name"])
    Project.objects.bulk_update([project for _, project, _ in known], STATED, batch_size=BATCH)
    for some in slices([project.pk for _, project, _ in known]):
        ProjectChange.objects.filter(project__in=some, at=taken_at).delete()
    for some in slices([project for project, *_ in moves]):
        StageMove.objects.filter(project__in=some, at=taken_at).update(kind=MoveKind.TAKEN_BACK)
    insert_many(StageMove, (*MOVED, "kind"), moves)
    Suspension.objects.filter(project__in=stopped, restarted_on=None).delete()
    last = {one.project_id: one.pk for one in Suspension.objects.filter(project__in=restarted).order_by("pk")}
    Suspension.objects.filter(pk__in=last.values()).update(restarted_on=None)
    kept = [(lines[row.line], row.line_before) for row, _, _ in known if row.line_before is not None]
    LineChange.objects.put_back(kept)
    for line, before in kept:
        line.since = date.fromisoformat(before["since"]) if "since" in before else line.since
    AllocationLine.objects.bulk_update([line for line, _ in kept], (*TAGS, "since", "changed_on"), batch_size=BATCH)


def _delete_made(
    rows: Sequence[Taken], projects: Mapping[UUID, Project], lines: Mapping[UUID, AllocationLine]
) -> dict[str, int]:
    made = list({projects[row.project].pk for row in rows if row.before is None})
    for some in slices([lines[row.line].pk for row in rows if row.line_before is None]):
        AllocationLine.objects.filter(pk__in=some).delete()
    for some in slices(made):
        StageMove.objects.filter(project__in=some).delete()
        Project.objects.filter(pk__in=some).delete()
    return {"deleted": len(made), "restored": len({row.project for row in rows if row.before is not None})}
