# SPDX-License-Identifier: Apache-2.0
"""Reading campaigns with their actions and tasks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Prefetch, Q, Sum

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import rounded
from shanhai.planning.programmes.campaigns.rules import mean_progress
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.models import Action, Campaign, Task
from shanhai.planning.programmes.states import GIVEN_UP, TaskState
from shanhai.planning.programmes.values import (
    ActionLine,
    ActionSummary,
    CampaignBoard,
    CampaignSummary,
    TaskLine,
)


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


def list_tasks_plainly(*, viewer: Actor, programme: str) -> list[tuple[Any, ...]]:
    """(uuid, name, year and name of its campaign, leading group, day due, state) of each task of a programme.

    One query, no objects: for looking at all of them. Raises NotVisible.
    """
    rows = Task.objects.filter(action__campaign__programme=get_programme(viewer=viewer, code=programme))
    columns = ("uuid", "name", "action__campaign__year", "action__campaign__name", "group__name", "due_on", "state")
    return list(rows.order_by("-action__campaign__year", "action", "position", "pk").values_list(*columns))


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


def list_actions(*, campaign: Campaign) -> list[Action]:
    """The actions of a campaign that the viewer was shown, in order."""
    return list(campaign.actions.order_by("position", "pk"))


def list_campaign_summaries(*, viewer: Actor, programme: str, on: date) -> tuple[CampaignSummary, ...]:
    """The campaigns of a programme, the newest first, each action with how many of its tasks are done and late.

    One query beside the programme's, however many tasks there are. Raises NotVisible.
    """
    kept = ~Q(actions__tasks__state__in=GIVEN_UP)
    rows = (
        Campaign.objects.filter(programme=get_programme(viewer=viewer, code=programme))
        .order_by("-year", "pk", "actions__position", "actions__pk")
        .values("uuid", "year", "name", "provenance", "starts_on", "due_on")
        .annotate(
            action=F("actions__uuid"),
            position=F("actions__position"),
            action_name=F("actions__name"),
            tasks=Count("actions__tasks", filter=kept),
            done=Count("actions__tasks", filter=Q(actions__tasks__state=TaskState.DONE)),
            late=Count("actions__tasks", filter=Q(actions__tasks__state=TaskState.OPEN, actions__tasks__due_on__lt=on)),
            progress=Sum("actions__tasks__progress_percent", filter=kept),
        )
    )
    return tuple(_summary([dict(row) for row in found]) for _campaign, found in groupby(rows, key=itemgetter("uuid")))


def _summary(rows: list[dict[str, Any]]) -> CampaignSummary:
    first = rows[0]
    return CampaignSummary(
        uuid=first["uuid"],
        year=first["year"],
        name=first["name"],
        provenance=first["provenance"],
        starts_on=first["starts_on"],
        due_on=first["due_on"],
        actions=tuple(
            ActionSummary(
                uuid=row["action"],
                position=row["position"],
                name=row["action_name"],
                tasks=row["tasks"],
                done=row["done"],
                late=row["late"],
                progress_percent=int(rounded(Decimal(row["progress"]) / row["tasks"])) if row["tasks"] else None,
            )
            for row in rows
            if row["action"] is not None
        ),
    )
