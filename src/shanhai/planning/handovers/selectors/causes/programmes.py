# SPDX-License-Identifier: Apache-2.0
"""Tasks and yearly plans that are still open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse

from shanhai.kernel.actors import Actor
from shanhai.planning.handovers.values import THE_OFFICE, Cause, ItemKind, Responsible, ResponsibleKind
from shanhai.planning.programmes.campaigns.selectors.campaigns import list_campaign_board
from shanhai.planning.programmes.plans.selectors import list_yearly_plans
from shanhai.planning.programmes.states import PlanState, TaskState


def list_open_tasks(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Open tasks that are due by ``until``; one without a day is due when its campaign's year ends."""
    for board in list_campaign_board(viewer=viewer, programme=programme):
        for task in (task for action in board.actions for task in action.tasks):
            due_on = task.due_on or date(board.year, 12, 31)
            if task.state == TaskState.OPEN and due_on <= until:
                yield Cause(
                    kind=ItemKind.OPEN_TASK,
                    subject_type="programmes.task",
                    subject_id=task.uuid,
                    label=f"{board.year} {board.name} · {task.name}",
                    url=reverse("programmes:task", args=[task.uuid]),
                    responsible=Responsible(ResponsibleKind.GROUP, task.owner_group),
                    since=due_on,
                )


def list_open_plans(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Yearly plans of years that are over by ``until`` and were not closed."""
    page = reverse("programmes:detail", args=[programme])
    for plan in list_yearly_plans(viewer=viewer, programme=programme):
        over_on = date(plan.year, 12, 31)
        if plan.state != PlanState.CLOSED and over_on <= until:
            yield Cause(
                kind=ItemKind.OPEN_PLAN,
                subject_type="programmes.yearlyplan",
                subject_id=str(plan.uuid),
                label=str(plan.year),
                url=page,
                responsible=THE_OFFICE,
                since=over_on,
            )
