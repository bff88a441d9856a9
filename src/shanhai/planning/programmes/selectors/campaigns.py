# SPDX-License-Identifier: Apache-2.0
"""Reading campaigns with their actions and tasks."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.models import Action, Campaign, Task
from shanhai.planning.programmes.rules.progress import mean_progress
from shanhai.planning.programmes.selectors.programmes import get_programme
from shanhai.planning.programmes.values import ActionLine, CampaignBoard, TaskLine


def list_campaign_board(*, viewer: Actor, programme: str, year: int | None = None) -> tuple[CampaignBoard, ...]:
    """The campaigns of a programme, of one year or of all (the newest first), each with its actions and tasks in order.

    Five queries, however much there is. Raises NotVisible.
    """
    found = get_programme(viewer=viewer, code=programme)
    rows = Campaign.objects.filter(programme=found).order_by("-year", "pk")
    if year is not None:
        rows = rows.filter(year=year)
    tasks = Prefetch(
        "tasks", Task.objects.select_related("group").prefetch_related("helpers").order_by("position", "pk")
    )
    actions = Prefetch("actions", Action.objects.order_by("position", "pk").prefetch_related(tasks))
    return tuple(_board(campaign) for campaign in rows.prefetch_related(actions))


def _board(campaign: Campaign) -> CampaignBoard:
    return CampaignBoard(
        uuid=str(campaign.uuid),
        year=campaign.year,
        name=campaign.name,
        provenance=campaign.provenance,
        starts_on=campaign.starts_on,
        due_on=campaign.due_on,
        actions=tuple(_action(action) for action in campaign.actions.all()),
    )


def _action(action: Action) -> ActionLine:
    tasks = tuple(_task(task) for task in action.tasks.all())
    return ActionLine(
        uuid=str(action.uuid),
        position=action.position,
        name=action.name,
        tasks=tasks,
        progress_percent=mean_progress(tasks),
    )


def _task(task: Task) -> TaskLine:
    return TaskLine(
        uuid=str(task.uuid),
        name=task.name,
        owner_group=task.group.name,
        helpers="、".join(sorted(group.name for group in task.helpers.all())),
        starts_on=task.starts_on,
        due_on=task.due_on,
        measure=task.measure,
        progress_percent=task.progress_percent,
        state=task.state,
    )


def get_campaign(*, viewer: Actor, uuid: UUID) -> Campaign:
    """A campaign with its programme. Raises NotVisible."""
    found = Campaign.objects.visible_to(viewer).select_related("programme").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这项活动或任务。请从计划页重新进入。"))
    return found


def list_campaigns(*, viewer: Actor, programme: str) -> list[Campaign]:
    """The campaigns of a programme, the newest first. Raises NotVisible."""
    return list(get_programme(viewer=viewer, code=programme).campaigns.order_by("-year", "pk"))


def list_actions(*, campaign: Campaign) -> list[Action]:
    """The actions of a campaign that the viewer was shown, in order."""
    return list(campaign.actions.order_by("position", "pk"))
