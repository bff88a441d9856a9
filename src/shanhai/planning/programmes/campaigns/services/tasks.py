# SPDX-License-Identifier: Apache-2.0
"""Tasks: given to a group, corrected, reported on, given up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import IO, TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.numerals import same_code
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.access import require_reporter
from shanhai.planning.programmes.core import rules as fields
from shanhai.planning.programmes.models import Action, Programme, Task, TaskReport, WorkGroup
from shanhai.planning.programmes.states import TASK_MOVES, TaskState
from shanhai.registers.documents.services import attach_proof, store_document

if TYPE_CHECKING:
    from shanhai.registers.documents.models import Document

TASK = message(gettext_noop("任务名称"))
MEASURE = message(gettext_noop("衡量标准"))
NOTE = message(gettext_noop("进展说明"))


@transaction.atomic
def add_task(
    *,
    by: Actor,
    at: datetime,
    action: UUID,
    name: str,
    owner_group: str,
    helpers: Iterable[str] = (),
    starts_on: date | None = None,
    due_on: date | None = None,
    measure: str = "",
) -> Task:
    """Add a task at the end of an action; groups are named by their names.

    Raises BadInput, NotVisible.
    """
    found = Action.objects.managed(by, action)

    owner, helping = _groups(found.campaign.programme, owner_group, helpers)
    fields.check_task_days(found.campaign.starts_on, starts_on, due_on)
    last = found.tasks.aggregate(last=Max("position"))["last"] or 0

    task = Task.objects.create(
        action=found,
        position=last + 1,
        name=fields.checked_text(name, TASK, 200),
        group=owner,
        starts_on=starts_on,
        due_on=due_on,
        measure=fields.checked_text(measure, MEASURE, 200, optional=True),
    )
    task.helpers.set(helping)
    facts = _facts(task, helping)
    audit.record(by=by, at=at, action="programmes.task.added", on=task.subject(), changes=facts)
    return task


@transaction.atomic
def correct_task(
    *,
    by: Actor,
    at: datetime,
    task: UUID,
    name: str,
    owner_group: str,
    helpers: Iterable[str] = (),
    starts_on: date | None = None,
    due_on: date | None = None,
    measure: str = "",
) -> Task:
    """Write a task anew; what was reported stays. Raises what ``add_task`` raises."""
    found = Task.objects.managed(by, task)
    campaign = found.action.campaign

    kept = {found.group_id, *found.helpers.values_list("pk", flat=True)}
    owner, helping = _groups(campaign.programme, owner_group, helpers, kept)
    fields.check_task_days(campaign.starts_on, starts_on, due_on)
    old = _facts(found, list(found.helpers.all()))

    found.name = fields.checked_text(name, TASK, 200)
    found.group, found.starts_on, found.due_on = owner, starts_on, due_on
    found.measure = fields.checked_text(measure, MEASURE, 200, optional=True)
    found.save(update_fields=["name", "group", "starts_on", "due_on", "measure"])
    found.helpers.set(helping)
    new = _facts(found, helping)
    changes = {key: [old[key], new[key]] for key in new if old[key] != new[key]}
    if changes:
        audit.record(by=by, at=at, action="programmes.task.corrected", on=found.subject(), changes=changes)
    return found


@transaction.atomic
def report_progress(*, by: Actor, at: datetime, task: UUID, progress_percent: int, note: str = "") -> Task:
    """Report how far a task has come; at 100 it is done, and a lower report opens it again.

    A report below 100 takes a dropped task up again. Raises BadInput, IllegalMove, NotAllowed for who is not of the
    group, NotVisible.
    """
    found = Task.objects.held(by, task)
    require_reporter(by, found.group, found.subject().programme)

    if not 0 <= progress_percent <= 100:
        raise BadInput(
            gettext_noop("进展应在 0 到 100 之间，现在是 %(progress)s。"),
            "programmes.progress_not_a_percentage",
            progress=str(progress_percent)[:20],
        )
    new = TaskState.DONE if progress_percent == 100 else TaskState.OPEN
    if found.state != new:
        require_move(TASK_MOVES, TaskState(found.state), new)

    _report(found, by=by, at=at, new=new, progress_percent=progress_percent, note=note)
    return found


@transaction.atomic
def drop_task(*, by: Actor, at: datetime, task: UUID, because: str) -> Task:
    """Give a task up, with the reason; its progress stays. Only who manages the programme decides that.

    Raises IllegalMove, BadInput, NotAllowed, NotVisible.
    """
    found = Task.objects.managed(by, task)

    require_move(TASK_MOVES, TaskState(found.state), TaskState.DROPPED)
    fields.checked_text(because, NOTE, 2000)

    _report(found, by=by, at=at, new=TaskState.DROPPED, progress_percent=found.progress_percent, note=because)
    return found


@transaction.atomic
def prove_task(*, by: Actor, at: datetime, task: UUID, file: IO[bytes], name: str) -> Document:
    """Store a file that proves what was reported of a task.

    Raises NotAllowed for who may not report on it, what storing a file raises, NotVisible.
    """
    found = Task.objects.held(by, task)
    programme = found.subject().programme
    require_reporter(by, found.group, programme)

    document = store_document(by=by, at=at, file=file, name=name, programme=programme)
    attach_proof(
        by=by,
        at=at,
        document=document,
        subject_type="programmes.task",
        subject_id=found.uuid,
        label=name,
        programme=programme,
    )
    return document


def _groups(
    programme: Programme, owner: str, helpers: Iterable[str], kept: Iterable[int] = ()
) -> tuple[WorkGroup, list[WorkGroup]]:
    groups = [group for group in programme.groups.all() if group.retired_on is None or group.pk in kept]
    known = {same_code(group.name): group for group in groups}
    named = [owner, *(name for name in helpers if name.strip())]
    if unknown := [name for name in named if same_code(name) not in known]:
        raise BadInput(
            gettext_noop("没有工作组“%(name)s”，或者它已停用。请先在“工作组”里登记。"),
            "programmes.group_unknown",
            name=unknown[0].strip()[:60],
        )
    leading, *helping = dict.fromkeys(known[same_code(name)] for name in named)
    return leading, helping


def _report(task: Task, *, by: Actor, at: datetime, new: TaskState, progress_percent: int, note: str) -> None:
    note = fields.checked_text(note, NOTE, 2000, optional=True)
    old_percent = task.progress_percent
    changes = {"state": [task.state, new.value], "progress_percent": [old_percent, progress_percent]}
    TaskReport.objects.create(
        task=task,
        old=task.state,
        new=new,
        old_percent=old_percent,
        progress_percent=progress_percent,
        note=note,
        at=at,
        by=by.ref,
    )
    task.state, task.progress_percent = new, progress_percent
    task.save(update_fields=["state", "progress_percent"])
    audit.record(by=by, at=at, action="programmes.task.reported", on=task.subject(), changes=changes)


def _facts(task: Task, helpers: Iterable[WorkGroup]) -> dict[str, object]:
    return {
        "name": task.name,
        "owner_group": task.group.name,
        "helpers": sorted(group.name for group in helpers),
        "starts_on": task.starts_on.isoformat() if task.starts_on else None,
        "due_on": task.due_on.isoformat() if task.due_on else None,
        "measure": task.measure,
    }
