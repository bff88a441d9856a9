# SPDX-License-Identifier: Apache-2.0
"""Tasks: given to a group, corrected, reported on, given up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import IO, TYPE_CHECKING, Required, TypedDict, Unpack
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
from shanhai.planning.programmes.models import Action, Task, TaskReport
from shanhai.planning.programmes.states import TASK_MOVES, TaskState
from shanhai.registers.documents.services import attach_proof, store_document

if TYPE_CHECKING:
    from shanhai.registers.documents.models import Document

TASK = message(gettext_noop("任务名称"))
MEASURE = message(gettext_noop("衡量标准"))
NOTE = message(gettext_noop("进展说明"))


class TaskFacts(TypedDict, total=False):
    """What is written about a task; groups are named by their names."""

    name: Required[str]
    owner_group: Required[str]
    helpers: Iterable[str]
    starts_on: date | None
    due_on: date | None
    measure: str


@transaction.atomic
def add_task(*, by: Actor, at: datetime, action: UUID, **written: Unpack[TaskFacts]) -> Task:
    """Add a task at the end of an action. Raises BadInput, NotVisible."""
    found = Action.objects.managed(by, action)
    last = found.tasks.aggregate(last=Max("position"))["last"] or 0

    task = Task(action=found, position=last + 1)
    facts = _write(task, written)
    audit.record(by=by, at=at, action="programmes.task.added", on=task.subject(), changes=facts)
    return task


@transaction.atomic
def correct_task(*, by: Actor, at: datetime, task: UUID, **written: Unpack[TaskFacts]) -> Task:
    """Write a task anew; what was reported stays. Raises what ``add_task`` raises."""
    found = Task.objects.managed(by, task)
    old = _facts(found)

    new = _write(found, written)
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


def _write(task: Task, written: TaskFacts) -> dict[str, object]:
    """Store what is written of a task, and answer with it; groups that rest stay where they are."""
    campaign = task.action.campaign
    kept = {task.group_id, *task.helpers.values_list("pk", flat=True)} if task.pk else set()
    groups = [group for group in campaign.programme.groups.all() if group.retired_on is None or group.pk in kept]
    known = {same_code(group.name): group for group in groups}
    named = [written["owner_group"], *(name for name in written.get("helpers", ()) if name.strip())]
    if unknown := [name for name in named if same_code(name) not in known]:
        raise BadInput(
            gettext_noop("没有工作组“%(name)s”，或者它已停用。请先在“工作组”里登记。"),
            "programmes.group_unknown",
            name=unknown[0].strip()[:60],
        )
    task.starts_on, task.due_on = written.get("starts_on"), written.get("due_on")
    fields.check_task_days(campaign.starts_on, task.starts_on, task.due_on)
    task.name = fields.checked_text(written["name"], TASK, 200)
    task.measure = fields.checked_text(written.get("measure", ""), MEASURE, 200, optional=True)
    task.group, *helping = dict.fromkeys(known[same_code(name)] for name in named)
    task.save()
    task.helpers.set(helping)
    return _facts(task)


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


def _facts(task: Task) -> dict[str, object]:
    return {
        "name": task.name,
        "owner_group": task.group.name,
        "helpers": sorted(task.helpers.values_list("name", flat=True)),
        "starts_on": task.starts_on.isoformat() if task.starts_on else None,
        "due_on": task.due_on.isoformat() if task.due_on else None,
        "measure": task.measure,
    }
