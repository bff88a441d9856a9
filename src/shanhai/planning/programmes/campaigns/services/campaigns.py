# SPDX-License-Identifier: Apache-2.0
"""Campaigns and their actions, and carrying what is open over into the next year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict, NotVisible, Refused
from shanhai.kernel.messages import gettext_noop, message
from shanhai.planning.programmes.core.rules import fields
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.models import Action, Campaign, Task, TaskReport
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.states import TaskState
from shanhai.planning.programmes.values import PROVENANCES, CarriedOver

CAMPAIGN = message(gettext_noop("活动名称"))
ACTION = message(gettext_noop("行动名称"))
NOTE = message(gettext_noop("进展说明"))
NOT_FOUND = gettext_noop("没有找到这项活动或任务。请从计划页重新进入。")
AT_ONCE = 500


@transaction.atomic
def start_campaign(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    year: int,
    name: str,
    starts_on: date | None = None,
    due_on: date | None = None,
    provenance: str = "",
) -> Campaign:
    """Start a year's campaign; it runs from the first to the last day of the year unless other days are given.

    Raises BadInput, Conflict, NotVisible.
    """
    by.require(ProgrammePermission.MANAGE, programme=programme)

    found = programmes.get_programme(viewer=by, code=programme, lock=True)

    name = fields.checked_text(name, CAMPAIGN, 100)
    fields.checked_provenance(provenance, PROVENANCES)
    fields.check_year(year, found.starts_on, found.ends_on)
    starts_on, due_on = starts_on or date(year, 1, 1), due_on or date(year, 12, 31)
    fields.check_days(starts_on, due_on)
    if found.campaigns.filter(year=year, name=name).exists():
        raise Conflict(
            gettext_noop("%(year)s 年已经有“%(name)s”。请打开它，往里加行动。"),
            "programmes.campaign_already_there",
            year=str(year),
            name=name,
        )

    days = {"starts_on": starts_on, "due_on": due_on}
    campaign = Campaign.objects.create(programme=found, year=year, name=name, provenance=provenance, **days)
    facts = {"year": year, "name": name, "starts_on": starts_on.isoformat(), "due_on": due_on.isoformat()}
    _record(by, at, "campaign.started", "campaign", campaign.uuid, programme, facts)
    return campaign


@transaction.atomic
def add_action(*, by: Actor, at: datetime, campaign: UUID, name: str) -> Action:
    """Add an action at the end of a campaign. Raises BadInput, NotVisible."""
    found = _locked(by, campaign)

    name = fields.checked_text(name, ACTION, 100)
    last = found.actions.aggregate(last=Max("position"))["last"] or 0

    action = Action.objects.create(campaign=found, position=last + 1, name=name)
    facts = {"name": name, "position": last + 1}
    _record(by, at, "action.added", "action", action.uuid, found.programme.code, facts)
    return action


@transaction.atomic
def carry_over(*, by: Actor, at: datetime, campaign: UUID, year: int, name: str, because: str = "") -> CarriedOver:
    """Go on next year with what is open (结转): each open task becomes one of a later year's campaign of that name.

    The campaign and the actions are made where they are missing; a task keeps its progress, its group and its measure,
    names the task it came from, and has no due day until somebody sets one. Done once for each task: what was carried
    over is no longer open. Raises Refused, BadInput, NotVisible.
    """
    found = _locked(by, campaign)
    programme = found.programme

    name = fields.checked_text(name, CAMPAIGN, 100)
    because = fields.checked_text(because, NOTE, 2000, optional=True)
    fields.check_year(year, programme.starts_on, programme.ends_on)
    rows = Task.objects.filter(action__campaign=found, state=TaskState.OPEN).select_for_update(of=("self",))
    open_tasks = list(
        rows.select_related("action").prefetch_related("helpers").order_by("action__position", "position")
    )
    if year <= found.year or not open_tasks:
        raise Refused(
            gettext_noop("“%(name)s”没有可以结转到 %(year)s 年的任务：要有未完成的任务，并结转到以后的年份。"),
            "programmes.nothing_to_carry_over",
            name=found.name,
            year=str(year),
        )

    target, _ = Campaign.objects.get_or_create(
        programme=programme,
        year=year,
        name=name,
        defaults={"starts_on": date(year, 1, 1), "due_on": date(year, 12, 31), "provenance": found.provenance},
    )
    _carry(open_tasks, target, by=by, at=at, because=because)
    facts = {"to": str(target.uuid), "year": year, "tasks": len(open_tasks)}
    _record(by, at, "campaign.carried_over", "campaign", found.uuid, programme.code, facts)
    return CarriedOver(campaign=target.uuid, year=year, tasks=len(open_tasks))


def _carry(tasks: Sequence[Task], target: Campaign, *, by: Actor, at: datetime, because: str) -> None:
    actions = _actions_named(target, dict.fromkeys(task.action.name for task in tasks))
    last = dict(target.actions.annotate(last=Max("tasks__position")).values_list("pk", "last"))
    carried = []
    for task in tasks:
        action = actions[task.action.name]
        last[action.pk] = (last.get(action.pk) or 0) + 1
        carried.append(
            Task(
                action=action,
                position=last[action.pk],
                name=task.name,
                group_id=task.group_id,
                measure=task.measure,
                progress_percent=task.progress_percent,
                carried_from=task,
            )
        )
    Task.objects.bulk_create(carried, batch_size=AT_ONCE)
    Helper = Task.helpers.through
    Helper.objects.bulk_create(
        (
            Helper(task_id=new.pk, workgroup_id=group.pk)
            for old, new in zip(tasks, carried, strict=True)
            for group in old.helpers.all()
        ),
        batch_size=AT_ONCE,
    )
    TaskReport.objects.bulk_create(
        (
            TaskReport(
                task=task,
                old=task.state,
                new=TaskState.CARRIED,
                old_percent=task.progress_percent,
                progress_percent=task.progress_percent,
                note=because,
                at=at,
                by=by.ref,
            )
            for task in tasks
        ),
        batch_size=AT_ONCE,
    )
    for start in range(0, len(tasks), AT_ONCE):
        Task.objects.filter(pk__in=[task.pk for task in tasks[start : start + AT_ONCE]]).update(state=TaskState.CARRIED)


def _actions_named(campaign: Campaign, names: Iterable[str]) -> dict[str, Action]:
    """The campaign's actions of these names, the first of each; those that are missing are made at the end."""
    found: dict[str, Action] = {}
    for action in campaign.actions.order_by("-position"):
        found[action.name] = action
    last = max((action.position for action in found.values()), default=0)
    for name in names:
        if name not in found:
            last += 1
            found[name] = Action.objects.create(campaign=campaign, name=name, position=last)
    return found


def _locked(by: Actor, campaign: UUID) -> Campaign:
    rows = Campaign.objects.visible_to(by).select_related("programme").select_for_update(of=("self",))
    found = rows.filter(uuid=campaign).first()
    if found is None:
        raise NotVisible(NOT_FOUND)
    by.require(ProgrammePermission.MANAGE, programme=found.programme.code)
    return found


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
