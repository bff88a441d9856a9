# SPDX-License-Identifier: Apache-2.0
"""Campaigns, their actions and tasks, and the reports on each task."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from shanhai.base.accounts.permissions import Permission
from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.models import Action, Campaign, Task, TaskReport
from shanhai.planning.programmes.rules import fields
from shanhai.planning.programmes.selectors import programmes
from shanhai.planning.programmes.states import TASK_MOVES, TaskState
from shanhai.planning.programmes.values import PROVENANCES

CAMPAIGN = message(gettext_noop("活动名称"))
ACTION = message(gettext_noop("行动名称"))
TASK = message(gettext_noop("任务名称"))
OWNER = message(gettext_noop("牵头组"))
HELPERS = message(gettext_noop("配合组"))
MEASURE = message(gettext_noop("衡量标准"))
NOTE = message(gettext_noop("进展说明"))
NOT_FOUND = gettext_noop("没有找到这项活动或任务。请从计划页重新进入。")


class CampaignAlreadyThere(Conflict):
    """The year has a campaign of that name."""

    code = "programmes.campaign_already_there"


class ProgressNotAPercentage(BadInput):
    """A progress below 0 or above 100."""

    code = "programmes.progress_not_a_percentage"


@transaction.atomic
def start_campaign(*, by: Actor, at: datetime, programme: str, year: int, name: str, provenance: str = "") -> Campaign:
    """Start a year's campaign. Raises YearOutside, CampaignAlreadyThere, TextNotAccepted, ProvenanceUnknown."""
    by.require(Permission.PROGRAMME_MANAGE, programme=programme)

    found = programmes.get_programme(viewer=by, code=programme, lock=True)

    name = fields.checked_text(name, CAMPAIGN, 100)
    fields.checked_provenance(provenance, PROVENANCES)
    fields.check_year(year, found.starts_on, found.ends_on)
    if found.campaigns.filter(year=year, name=name).exists():
        raise CampaignAlreadyThere(
            gettext_noop("%(year)s 年已经有“%(name)s”。请打开它，往里加行动。"), year=str(year), name=name
        )

    campaign = Campaign.objects.create(programme=found, year=year, name=name, provenance=provenance)
    _record(by, at, "campaign.started", "campaign", campaign.uuid, programme, {"year": year, "name": name})
    return campaign


@transaction.atomic
def add_action(*, by: Actor, at: datetime, campaign: UUID, name: str) -> Action:
    """Add an action at the end of a campaign. Raises TextNotAccepted, NotVisible."""
    found = Campaign.objects.visible_to(by).filter(uuid=campaign).select_for_update(of=("self",)).first()
    if found is None:
        raise NotVisible(NOT_FOUND)
    programme = found.programme.code
    by.require(Permission.PROGRAMME_MANAGE, programme=programme)

    name = fields.checked_text(name, ACTION, 100)
    last = found.actions.aggregate(last=Max("position"))["last"] or 0

    action = Action.objects.create(campaign=found, position=last + 1, name=name)
    _record(by, at, "action.added", "action", action.uuid, programme, {"name": name, "position": last + 1})
    return action


@transaction.atomic
def add_task(
    *,
    by: Actor,
    at: datetime,
    action: UUID,
    name: str,
    owner_group: str,
    helpers: str = "",
    due_on: date | None = None,
    measure: str = "",
) -> Task:
    """Add a task at the end of an action. Raises TextNotAccepted, NotVisible."""
    visible = Campaign.objects.visible_to(by).values("pk")
    found = (
        Action.objects.filter(uuid=action, campaign__in=visible)
        .select_related("campaign__programme")
        .select_for_update(of=("self",))
        .first()
    )
    if found is None:
        raise NotVisible(NOT_FOUND)
    programme = found.campaign.programme.code
    by.require(Permission.PROGRAMME_MANAGE, programme=programme)

    last = found.tasks.aggregate(last=Max("position"))["last"] or 0

    task = Task.objects.create(
        action=found,
        position=last + 1,
        name=fields.checked_text(name, TASK, 200),
        owner_group=fields.checked_text(owner_group, OWNER, 60),
        helpers=fields.checked_text(helpers, HELPERS, 200, optional=True),
        due_on=due_on,
        measure=fields.checked_text(measure, MEASURE, 200, optional=True),
    )
    facts = {"name": task.name, "owner_group": task.owner_group, "due_on": due_on.isoformat() if due_on else None}
    _record(by, at, "task.added", "task", task.uuid, programme, facts)
    return task


@transaction.atomic
def report_progress(*, by: Actor, at: datetime, task: UUID, progress_percent: int, note: str = "") -> Task:
    """Report how far a task has come; at 100 it is done, and a lower report opens it again.

    A report below 100 takes a dropped task up again. Raises ProgressNotAPercentage, IllegalMove, TextNotAccepted,
    NotVisible.
    """
    found = _locked_task(by, task)

    if not 0 <= progress_percent <= 100:
        raise ProgressNotAPercentage(
            gettext_noop("进展应在 0 到 100 之间，现在是 %(progress)s。"), progress=str(progress_percent)[:20]
        )
    new = TaskState.DONE if progress_percent == 100 else TaskState.OPEN
    if found.state != new:
        require_move(TASK_MOVES, TaskState(found.state), new)

    _report(found, by=by, at=at, new=new, progress_percent=progress_percent, note=note)
    return found


@transaction.atomic
def drop_task(*, by: Actor, at: datetime, task: UUID, because: str) -> Task:
    """Give a task up, with the reason; its progress stays. Raises IllegalMove, TextNotAccepted, NotVisible."""
    found = _locked_task(by, task)

    require_move(TASK_MOVES, TaskState(found.state), TaskState.DROPPED)
    fields.checked_text(because, NOTE, 2000)

    _report(found, by=by, at=at, new=TaskState.DROPPED, progress_percent=found.progress_percent, note=because)
    return found


def _locked_task(by: Actor, task: UUID) -> Task:
    found = (
        Task.objects.visible_to(by)
        .filter(uuid=task)
        .select_related("action__campaign__programme")
        .select_for_update(of=("self",))
        .first()
    )
    if found is None:
        raise NotVisible(NOT_FOUND)
    by.require(Permission.TASK_REPORT, programme=found.action.campaign.programme.code)
    return found


def _report(task: Task, *, by: Actor, at: datetime, new: TaskState, progress_percent: int, note: str) -> None:
    note = fields.checked_text(note, NOTE, 2000, optional=True)
    changes = {"state": [task.state, new.value], "progress_percent": [task.progress_percent, progress_percent]}
    TaskReport.objects.create(
        task=task, old=task.state, new=new, progress_percent=progress_percent, note=note, at=at, by=by.ref
    )
    task.state, task.progress_percent = new, progress_percent
    task.save(update_fields=["state", "progress_percent"])
    _record(by, at, "task.reported", "task", task.uuid, task.action.campaign.programme.code, changes)


def _record(
    by: Actor, at: datetime, act: str, kind: str, uuid: UUID, programme: str, changes: Mapping[str, object]
) -> None:
    audit.record(
        by=by,
        at=at,
        action=f"programmes.{act}",
        subject_type=f"programmes.{kind}",
        subject_id=uuid,
        programme=programme,
        changes=changes,
    )
