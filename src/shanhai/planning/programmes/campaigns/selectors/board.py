# SPDX-License-Identifier: Apache-2.0
"""Tasks on a board, on a time line and one by one; what has moved lately, what is late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.models import Campaign, Task, TaskReport
from shanhai.planning.programmes.states import Column, TaskState

# As many cards as an old phone scrolls through; the rest is a filter or a click away.
CARDS = 40

_COLUMN = Case(
    When(state=TaskState.OPEN, progress_percent=0, then=Value(Column.WAITING.value)),
    When(state=TaskState.OPEN, then=Value(Column.AT_WORK.value)),
    When(state=TaskState.DONE, then=Value(Column.DONE.value)),
    default=Value(Column.DROPPED.value),
)


@dataclass(frozen=True, slots=True)
class TaskFilters:
    """Which tasks to keep: of a group (leading or helping), of an action, late ones, those whose name holds a text."""

    group: UUID | None = None
    action: UUID | None = None
    late: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A task on the board; ``late`` when it is open after its due day."""

    uuid: UUID
    name: str
    action: str
    group: str
    due_on: date | None
    late: bool
    progress_percent: int
    state: TaskState


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A column with its first cards, the most urgent first, out of ``count``."""

    key: Column
    count: int
    cards: tuple[Card, ...]

    @property
    def hidden(self) -> int:
        """How many cards are not shown."""
        return self.count - len(self.cards)


@dataclass(frozen=True, slots=True)
class Moved:
    """A report on a task: who said what, and from where to where it went."""

    task: UUID
    name: str
    group: str
    old: TaskState
    new: TaskState
    old_percent: int
    progress_percent: int
    note: str
    at: datetime
    by: str


def list_columns(
    *, viewer: Actor, campaign: Campaign, on: date, filters: TaskFilters | None = None, limit: int = CARDS
) -> tuple[BoardColumn, ...]:
    """The board of a campaign: every column, with its first ``limit`` cards. Two queries, however long it is."""
    found = _matching(viewer, campaign, on, filters or TaskFilters()).annotate(column=_COLUMN)
    counts = dict(found.values_list("column").annotate(Count("pk")).order_by("column"))
    order = [F("due_on").asc(nulls_last=True), F("pk").asc()]
    ranked = found.annotate(rank=Window(RowNumber(), partition_by=F("column"), order_by=order))
    shown = ranked.filter(rank__lte=limit).select_related("action", "group").order_by("rank", "pk")
    cards: dict[str, list[Card]] = {}
    for task in shown:
        cards.setdefault(task.column, []).append(_card(task, on))
    return tuple(BoardColumn(key, counts.get(key.value, 0), tuple(cards.get(key.value, ()))) for key in Column)


def list_tasks(
    *, viewer: Actor, campaign: Campaign, on: date, filters: TaskFilters | None = None, offset: int = 0, limit: int = 50
) -> tuple[int, list[Task]]:
    """How many tasks of a campaign match, and a page of them in the order of the actions. Two queries."""
    found = _matching(viewer, campaign, on, filters or TaskFilters())
    page = found.select_related("action", "group").order_by("action__position", "position", "pk")
    return found.count(), list(page[offset : offset + limit])


def get_task(*, viewer: Actor, uuid: UUID) -> Task:
    """A task with its action, campaign, groups, and the tasks before and after it in other years. Raises NotVisible."""
    rows = Task.objects.visible_to(viewer).filter(uuid=uuid)
    found = rows.select_related(
        "action__campaign__programme", "group", "carried_from__action__campaign", "carried_to__action__campaign"
    ).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这项活动或任务。请从计划页重新进入。"))
    return found


def list_reports(*, task: Task) -> list[TaskReport]:
    """What was reported on a task that the viewer was shown, the newest first."""
    return list(task.reports.order_by("-at", "-pk"))


def list_moved(
    *, viewer: Actor, programme: str, since: datetime, campaign: Campaign | None = None, limit: int = 30
) -> tuple[int, tuple[Moved, ...]]:
    """How many reports moved a task since an instant, and the newest of them. Two queries. Raises NotVisible."""
    found = TaskReport.objects.filter(
        ~Q(old=F("new")) | ~Q(old_percent=F("progress_percent")),
        task__action__campaign__programme=get_programme(viewer=viewer, code=programme),
        at__gte=since,
    )
    if campaign is not None:
        found = found.filter(task__action__campaign=campaign)
    rows = found.select_related("task__group").order_by("-at", "-pk")[:limit]
    return found.count(), tuple(_moved(row) for row in rows)


def _matching(viewer: Actor, campaign: Campaign, on: date, filters: TaskFilters) -> QuerySet[Any]:
    found: QuerySet[Any] = Task.objects.visible_to(viewer).filter(action__campaign=campaign)
    if filters.group is not None:
        helping = Task.helpers.through.objects.filter(workgroup__uuid=filters.group).values("task")
        found = found.filter(Q(group__uuid=filters.group) | Q(pk__in=helping))
    if filters.action is not None:
        found = found.filter(action__uuid=filters.action)
    if filters.late:
        found = found.filter(state=TaskState.OPEN, due_on__lt=on)
    return found.filter(name__icontains=filters.text) if filters.text else found


def _card(task: Task, on: date) -> Card:
    return Card(
        uuid=task.uuid,
        name=task.name,
        action=task.action.name,
        group=task.group.name,
        due_on=task.due_on,
        late=is_late(task, on),
        progress_percent=task.progress_percent,
        state=TaskState(task.state),
    )


def is_late(task: Task, on: date) -> bool:
    """Whether a task is still open after its due day."""
    return task.state == TaskState.OPEN and task.due_on is not None and task.due_on < on


def _moved(row: TaskReport) -> Moved:
    return Moved(
        task=row.task.uuid,
        name=row.task.name,
        group=row.task.group.name,
        old=TaskState(row.old),
        new=TaskState(row.new),
        old_percent=row.old_percent,
        progress_percent=row.progress_percent,
        note=row.note,
        at=row.at,
        by=row.by,
    )


def list_tasks_of_group(*, viewer: Actor, group: UUID, until_year: int, also: Iterable[int] = ()) -> list[Task]:
    """The open tasks that a group leads in campaigns up to a year, and those whose primary keys are in ``also``."""
    open_ones = Q(group__uuid=group, state=TaskState.OPEN, action__campaign__year__lte=until_year)
    found = Task.objects.visible_to(viewer).filter(open_ones | Q(pk__in=list(also)))
    return list(
        found.select_related("action__campaign").order_by(
            "action__campaign__year", "action__position", "position", "pk"
        )
    )
