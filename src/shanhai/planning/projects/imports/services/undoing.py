# SPDX-License-Identifier: Apache-2.0
"""Undoing an imported batch: its postings are reversed, what it changed is as before, what it made is gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction

from shanhai.base.audit import services as audit
from shanhai.base.outbox import services as outbox
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.pinyin import initials_of
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.money.services import chain
from shanhai.planning.programmes.values import StepKind
from shanhai.planning.projects.events import BATCH_UNDONE
from shanhai.planning.projects.imports.selectors.batches import get_batch, lock_projects
from shanhai.planning.projects.imports.services.batches import BATCH, STATED, TAGS
from shanhai.planning.projects.models import AllocationLine, ImportBatch, ImportedRow, Project, StageMove
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.shares.services import take_steps
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.values import Dates, Standing
from shanhai.registers.ledger.services.writing import FundsInsufficient
from shanhai.registers.places.selectors import find_divisions

# What the import itself writes beside a project.
_OWN = (StageMove, AllocationLine)
_DAYS = frozenset(field.name for field in fields(Dates))
NAMED = 5
# The kind of job that undoes a large batch.
JOB = "projects.undo_batch"


class AlreadyUndone(Conflict):
    """Somebody has undone the batch before."""

    code = "projects.batch_already_undone"


class ReasonMissing(BadInput):
    """A batch is not undone without a reason."""

    code = "projects.batch_undone_without_reason"


class BuiltUpon(Refused):
    """Something has been recorded since that stands on what the batch brought."""

    code = "projects.batch_built_upon"


@transaction.atomic
def undo_batch(*, by: Actor, at: datetime, batch: UUID, because: str) -> dict[str, int]:
    """Undo a batch and answer how many projects were deleted and how many restored; all of it or nothing.

    The postings are reversed on their own day, so that no day shows them. A yearly plan that the import made stays.
    Raises NotVisible, NotAllowed, BadInput, AlreadyUndone, BuiltUpon.
    """
    found = get_batch(viewer=by, uuid=batch)
    programme = found.programme.code
    by.require(ProjectPermission.IMPORT, programme=programme)

    get_programme(viewer=by, code=programme, lock=True)
    lock_projects(programme)
    found.refresh_from_db(fields=["undone_at"])
    because = because.strip()[:500]
    if not because:
        raise ReasonMissing(gettext_noop("请写明为什么撤销这一批。"))
    if found.undone_at is not None:
        raise AlreadyUndone(gettext_noop("这一批已经撤销过了，不用再撤。"))
    rows = list(found.rows.order_by("row"))
    projects = _by_uuid(Project.objects.select_related("place", "site", "owner"), [row.project for row in rows])
    lines = _by_uuid(
        AllocationLine.objects.select_related("project__programme", "yearly_plan", "fund_source"),
        [row.line for row in rows],
    )

    _require_untouched(found, rows, projects, lines)

    _take_back_money(by, at, found, rows, because)
    _restore(rows, projects, lines, by=by, at=at, because=because)
    counts = _delete_made(rows, projects, lines)
    left = [lines[row.line] for row in rows if row.line_before is not None]
    take_steps(by=by, at=at, lines=left, steps=(), under=ProjectPermission.IMPORT, on=date.min)
    found.undone_by, found.undone_at, found.undone_because = by.ref, at, because
    found.save(update_fields=["undone_by", "undone_at", "undone_because"])
    audit.record(
        by=by,
        at=at,
        action=BATCH_UNDONE,
        subject_type="projects.batch",
        subject_id=found.uuid,
        programme=programme,
        changes=counts,
        because=because,
    )
    outbox.publish(
        by=by, at=at, name=BATCH_UNDONE, payload={"programme": programme, "batch": str(found.uuid), **counts}
    )
    return counts


def _by_uuid(rows: models.QuerySet[Any], uuids: Collection[UUID]) -> dict[UUID, Any]:
    wanted = list(uuids)
    found: dict[UUID, Any] = {}
    for start in range(0, len(wanted), BATCH):
        found |= {row.uuid: row for row in rows.filter(uuid__in=wanted[start : start + BATCH])}
    return found


def _require_untouched(
    batch: ImportBatch, rows: Collection[ImportedRow], projects: dict[UUID, Project], lines: dict[UUID, AllocationLine]
) -> None:
    changed, funded = [], []
    for row in rows:
        project, line = projects.get(row.project), lines.get(row.line)
        if project is None or line is None or _plain(project) != row.after or _plain_line(line) != row.line_after:
            changed.append(row.after["code"])
        elif [line.arrived_fen, line.allotted_fen, line.paid_fen] != row.funds:
            funded.append(row.after["code"])
    _refuse(changed, gettext_noop("有 %(count)s 个项目在导入以后又改过（%(codes)s），撤不了。请在项目页逐个更正。"))
    _refuse(
        funded,
        gettext_noop("有 %(count)s 个项目在导入以后又记过账（%(codes)s），撤不了。请先冲正后来的账，再撤销。"),
    )
    _refuse(
        _built_upon(batch, rows),
        gettext_noop("有 %(count)s 个导入的项目后来有了别的记录（%(codes)s），撤不了。请在项目页逐个处理。"),
    )


def _built_upon(batch: ImportBatch, rows: Collection[ImportedRow]) -> list[str]:
    """The codes of projects that the batch made and that papers, contracts, further lines or moves now stand on."""
    made = ImportedRow.objects.filter(batch=batch, before__isnull=True)
    new_lines = ImportedRow.objects.filter(batch=batch, line_before__isnull=True)
    projects = Project.objects.filter(uuid__in=made.values("project"))
    lines = AllocationLine.objects.filter(uuid__in=new_lines.values("line"))
    codes = set(AllocationLine.objects.filter(project__in=projects).exclude(pk__in=lines).values_list("project__code"))
    codes |= set(StageMove.objects.filter(project__in=projects).exclude(at=batch.at).values_list("project__code"))
    for model, things, path in ((Project, projects, ""), (AllocationLine, lines, "project__")):
        for relation in model._meta.get_fields(include_hidden=True):
            if isinstance(relation, models.ManyToOneRel) and relation.related_model not in _OWN:
                name = relation.field.name
                on_them = relation.related_model._base_manager.filter(**{f"{name}__in": things})
                codes |= set(on_them.values_list(f"{name}__{path}code"))
    return sorted(code for (code,) in codes)


def _refuse(codes: Collection[str], text: str) -> None:
    if codes:
        named = "、".join(sorted(codes)[:NAMED]) + ("……" if len(codes) > NAMED else "")
        raise BuiltUpon(text, count=len(codes), codes=named)


def _take_back_money(by: Actor, at: datetime, batch: ImportBatch, rows: Collection[ImportedRow], because: str) -> None:
    kinds = (StepKind.ISSUE, StepKind.ARRIVE, StepKind.ALLOT, StepKind.PAY)
    try:
        chain.take_back_steps(
            by=by,
            at=at,
            programme=batch.programme.code,
            places={row.after["place"] for row in rows},
            sources=(batch.source_of(row.row, kind) for row in rows for kind in kinds),
            recorded_at=batch.at,
            because=because,
            under=ProjectPermission.IMPORT,
        )
    except FundsInsufficient as short:
        text = gettext_noop("这一批记的钱后来又用到了别处，撤不了：%(reason)s")
        raise BuiltUpon(text, reason=short.message) from short


def _restore(
    rows: Iterable[ImportedRow],
    projects: dict[UUID, Project],
    lines: dict[UUID, AllocationLine],
    *,
    by: Actor,
    at: datetime,
    because: str,
) -> None:
    known = [(row, projects[row.project], row.before) for row in rows if row.before is not None]
    places = find_divisions(before["place"] for _, _, before in known)
    moves = []
    for _, project, before in known:
        if before["stage"] != project.stage:
            move = StageMove(project=project, old=project.stage, new=before["stage"], because=because)
            move.by, move.at, move.on_date = by.ref, at, local_date(at)
            moves.append(move)
        for name in STATED:
            if name in before and name != "place":
                value = before[name]
                setattr(project, name, date.fromisoformat(value) if name in _DAYS and value else value)
        project.place, project.initials = places[before["place"]], initials_of(before["name"])
    Project.objects.bulk_update([project for _, project, _ in known], STATED, batch_size=BATCH)
    StageMove.objects.bulk_create(moves, batch_size=BATCH)
    kept = []
    for row, _, _ in known:
        if row.line_before is not None:
            for name in TAGS:
                setattr(lines[row.line], name, row.line_before[name])
            kept.append(lines[row.line])
    AllocationLine.objects.bulk_update(kept, TAGS, batch_size=BATCH)


def _delete_made(
    rows: Collection[ImportedRow], projects: dict[UUID, Project], lines: dict[UUID, AllocationLine]
) -> dict[str, int]:
    made = list({projects[row.project].pk for row in rows if row.before is None})
    fresh = [lines[row.line].pk for row in rows if row.line_before is None]
    for start in range(0, len(fresh), BATCH):
        AllocationLine.objects.filter(pk__in=fresh[start : start + BATCH]).delete()
    for start in range(0, len(made), BATCH):
        some = made[start : start + BATCH]
        StageMove.objects.filter(project__in=some).delete()
        Project.objects.filter(pk__in=some).delete()
    return {"deleted": len(made), "restored": len({row.project for row in rows if row.before is not None})}


def _plain(project: Project) -> dict[str, Any]:
    standing = Standing(Stage(project.stage), project.facts.total_investment, project.progress_percent).plain | {
        "completed_investment_fen": project.completed_investment_fen
    }
    return project.facts.plain | standing


def _plain_line(line: AllocationLine) -> dict[str, Any]:
    return {
        "year": line.yearly_plan.year,
        "fund_source": line.fund_source.code,
        **{name: getattr(line, name) for name in TAGS},
    }
