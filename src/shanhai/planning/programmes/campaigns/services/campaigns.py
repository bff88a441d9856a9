# SPDX-License-Identifier: Apache-2.0
"""Campaigns with their actions, carrying what is open over into the next year; work groups and their members."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet

from shanhai.base.accounts import selectors as accounts
from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, Refused
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.numerals import same_code
from shanhai.planning.programmes.core import rules as fields
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.models import Action, Campaign, GroupMember, Task, TaskReport, WorkGroup
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.states import TaskState

CAMPAIGN = message(gettext_noop("活动名称"))
ACTION = message(gettext_noop("行动名称"))
NOTE = message(gettext_noop("进展说明"))
GROUP = message(gettext_noop("工作组名称"))
DUTY = message(gettext_noop("职责"))
AT_ONCE = 500
MOST_MEMBERS = 100


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
    found = programmes.managed_programme(viewer=by, code=programme)

    name = fields.checked_text(name, CAMPAIGN, 100)
    fields.checked_provenance(provenance)
    fields.check_year(year, found.starts_on, found.ends_on)
    starts_on, due_on = starts_on or date(year, 1, 1), due_on or date(year, 12, 31)
    fields.check_days(starts_on, due_on)
    if standing := fields.twin(name, found.campaigns.filter(year=year).values_list("name", flat=True)):
        raise Conflict(
            gettext_noop("%(year)s 年已经有“%(name)s”。请打开它，往里加行动。"),
            "programmes.campaign_already_there",
            year=str(year),
            name=standing,
        )

    days = {"starts_on": starts_on, "due_on": due_on}
    campaign = Campaign.objects.create(programme=found, year=year, name=name, provenance=provenance, **days)
    facts = {"year": year, "name": name, "starts_on": starts_on.isoformat(), "due_on": due_on.isoformat()}
    audit.record(by=by, at=at, action="programmes.campaign.started", on=campaign.subject(), changes=facts)
    return campaign


@transaction.atomic
def add_action(*, by: Actor, at: datetime, campaign: UUID, name: str) -> Action:
    """Add an action at the end of a campaign. Raises BadInput, NotVisible."""
    found = Campaign.objects.managed(by, campaign)

    name = fields.checked_text(name, ACTION, 100)
    last = found.actions.aggregate(last=Max("position"))["last"] or 0

    action = Action.objects.create(campaign=found, position=last + 1, name=name)
    facts = {"name": name, "position": last + 1}
    audit.record(by=by, at=at, action="programmes.action.added", on=action.subject(), changes=facts)
    return action


@transaction.atomic
def carry_over(
    *, by: Actor, at: datetime, campaign: UUID, year: int, name: str, because: str = ""
) -> tuple[Campaign, int]:
    """Go on next year with what is open (结转): each open task becomes one of a later year's campaign of that name.

    The campaign and the actions are made where they are missing; a task keeps its progress, its group and its measure,
    names the task it came from, and has no due day until somebody sets one. Done once for each task: what was carried
    over is no longer open. Answers that campaign, and how many went there. Raises Refused, BadInput, NotVisible.
    """
    found = Campaign.objects.managed(by, campaign)
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

    standing = programme.campaigns.filter(year=year)
    target, _ = Campaign.objects.get_or_create(
        programme=programme,
        year=year,
        name=fields.twin(name, standing.values_list("name", flat=True)) or name,
        defaults={"starts_on": date(year, 1, 1), "due_on": date(year, 12, 31), "provenance": found.provenance},
    )
    _carry(open_tasks, target, by=by, at=at, because=because)
    facts = {"to": str(target.uuid), "year": year, "tasks": len(open_tasks)}
    audit.record(by=by, at=at, action="programmes.campaign.carried_over", on=found.subject(), changes=facts)
    return target, len(open_tasks)


@transaction.atomic
def add_group(*, by: Actor, at: datetime, programme: str, name: str, duty: str = "") -> WorkGroup:
    """Add a work group. Raises Conflict, BadInput, NotVisible."""
    found = programmes.managed_programme(viewer=by, code=programme)

    name, duty = fields.checked_text(name, GROUP, 60), fields.checked_text(duty, DUTY, 200, optional=True)
    _check_free(name, found.groups.all())

    group = WorkGroup.objects.create(programme=found, name=name, duty=duty)
    audit.record(by=by, at=at, action="programmes.group.added", on=group.subject(), changes={"name": name})
    return group


@transaction.atomic
def correct_group(*, by: Actor, at: datetime, group: UUID, name: str, duty: str = "") -> WorkGroup:
    """Give a group another name or duty. Raises Conflict, BadInput, NotVisible."""
    found = WorkGroup.objects.managed(by, group)

    name, duty = fields.checked_text(name, GROUP, 60), fields.checked_text(duty, DUTY, 200, optional=True)
    _check_free(name, found.programme.groups.exclude(pk=found.pk))
    changes = {"name": [found.name, name], "duty": [found.duty, duty]}

    found.name, found.duty = name, duty
    found.save(update_fields=["name", "duty"])
    changes = {key: pair for key, pair in changes.items() if pair[0] != pair[1]}
    audit.record(by=by, at=at, action="programmes.group.corrected", on=found.subject(), changes=changes)
    return found


@transaction.atomic
def retire_group(*, by: Actor, at: datetime, group: UUID, on: date) -> WorkGroup:
    """Let a group rest: it keeps its past and gets no tasks. Raises Conflict, Refused, BadInput, NotVisible."""
    found = WorkGroup.objects.managed(by, group)

    if found.retired_on is not None:
        raise Conflict(
            gettext_noop("“%(group)s”已从 %(day)s 起停用。"),
            "programmes.group_already_retired",
            group=found.name,
            day=found.retired_on.isoformat(),
        )
    fields.check_day(on, found.programme.starts_on, clock.local_date(at))
    count = found.tasks.filter(state=TaskState.OPEN).count()
    if count:
        raise Refused(
            gettext_noop("“%(group)s”还有 %(count)s 项任务没有完成。请先把任务交给别的组，再停用。"),
            "programmes.group_at_work",
            group=found.name,
            count=str(count),
        )

    found.retired_on = on
    found.save(update_fields=["retired_on"])
    facts = {"retired_on": on.isoformat()}
    audit.record(by=by, at=at, action="programmes.group.retired", on=found.subject(), changes=facts)
    return found


@transaction.atomic
def choose_members(*, by: Actor, at: datetime, group: UUID, refs: Iterable[str]) -> WorkGroup:
    """Let just these users report for a group.

    Raises BadInput for who may not report in the programme, unless they belong to the group already; NotVisible.
    """
    found = WorkGroup.objects.managed(by, group)

    programme = found.programme.code
    wanted = frozenset(refs)
    holders = accounts.list_holders(permission=ProgrammePermission.REPORT_TASK, programme=programme, at=at)
    known = {one.ref for one in holders}
    before = set(found.members.values_list("ref", flat=True))
    if len(wanted) > MOST_MEMBERS or wanted - known - before:
        raise BadInput(
            gettext_noop("有人没有填报任务的岗位，不能加入“%(group)s”。请先请系统管理员给这个人岗位。"),
            "programmes.member_unknown",
            group=found.name,
        )

    found.members.filter(ref__in=before - wanted).delete()
    GroupMember.objects.bulk_create(GroupMember(group=found, ref=ref, since=at) for ref in sorted(wanted - before))
    if wanted != before:
        facts = {"members": [sorted(before), sorted(wanted)]}
        audit.record(by=by, at=at, action="programmes.group.members_chosen", on=found.subject(), changes=facts)
    return found


def _carry(tasks: Sequence[Task], target: Campaign, *, by: Actor, at: datetime, because: str) -> None:
    actions = _actions_named(target, [task.action.name for task in tasks])
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


def _actions_named(campaign: Campaign, names: Collection[str]) -> dict[str, Action]:
    """The campaign's actions of these names, the first of each; those that are missing are made at the end."""
    found = {same_code(action.name): action for action in campaign.actions.order_by("-position")}
    last = max((action.position for action in found.values()), default=0)
    for name in names:
        if same_code(name) not in found:
            last += 1
            found[same_code(name)] = Action.objects.create(campaign=campaign, name=name, position=last)
    return {name: found[same_code(name)] for name in names}


def _check_free(name: str, others: QuerySet[WorkGroup]) -> None:
    if standing := fields.twin(name, others.values_list("name", flat=True)):
        raise Conflict(
            gettext_noop("已经有“%(name)s”了。请换一个名称。"), "programmes.group_already_there", name=standing
        )
