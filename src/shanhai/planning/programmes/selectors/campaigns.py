# SPDX-License-Identifier: Apache-2.0
"""Reading campaigns as boards of actions and tasks."""

from __future__ import annotations

from django.db.models import Prefetch

from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.models import Action, Campaign, Task
from shanhai.planning.programmes.rules.progress import mean_progress
from shanhai.planning.programmes.selectors.programmes import get_programme
from shanhai.planning.programmes.values import ActionLine, CampaignBoard, TaskLine


def list_campaign_board(*, viewer: Actor, programme: str, year: int | None = None) -> tuple[CampaignBoard, ...]:
    """The campaigns of a programme, of one year or of all (the newest first), each with its actions and tasks in order.

    Four queries, however much there is. Raises NotVisible.
    """
    found = get_programme(viewer=viewer, code=programme)
    rows = Campaign.objects.filter(programme=found).order_by("-year", "pk")
    if year is not None:
        rows = rows.filter(year=year)
    tasks = Prefetch("tasks", Task.objects.order_by("position", "pk"))
    actions = Prefetch("actions", Action.objects.order_by("position", "pk").prefetch_related(tasks))
    return tuple(_board(campaign) for campaign in rows.prefetch_related(actions))


def _board(campaign: Campaign) -> CampaignBoard:
    return CampaignBoard(
        uuid=str(campaign.uuid),
        year=campaign.year,
        name=campaign.name,
        provenance=campaign.provenance,
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
        owner_group=task.owner_group,
        helpers=task.helpers,
        due_on=task.due_on,
        measure=task.measure,
        progress_percent=task.progress_percent,
        state=task.state,
    )
