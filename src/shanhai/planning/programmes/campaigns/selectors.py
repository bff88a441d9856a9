# SPDX-License-Identifier: Apache-2.0
"""Campaigns, their tasks on the board and one by one, what has moved and what waits; work groups and their members."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber

from shanhai.base.database.selectors import in_programme, visible
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.page_memory import remembered
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.models import Action, Campaign, Task, TaskReport, WorkGroup
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.states import GIVEN_UP, Column, TaskState
from shanhai.planning.programmes.values import ActionSummary, CampaignSummary, TaskStanding

# As many cards as an old phone scrolls through; the rest is a filter or a click away.
CARDS = 40

_COLUMN = Case(
    When(state=TaskState.OPEN, progress_percent=0, then=Value(Column.WAITING.value)),
    When(state=TaskState.OPEN, then=Value(Column.AT_WORK.value)),
    When(state=TaskState.DONE, then=Value(Column.DONE.value)),
    default=Value(Column.DROPPED.value),
)


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A column with its first cards, the most urgent first, out of ``count``."""

    key: Column
    count: int
    cards: tuple[Task, ...]

    @property
    def hidden(self) -> int:
        """How many cards are not shown."""
        return self.count - len(self.cards)


def list_columns(
    *, viewer: Actor, campaign: Campaign, on: date, limit: int = CARDS, **filters: Any
) -> tuple[BoardColumn, ...]:
    """The board of a campaign: every column, with its first ``limit`` cards; ``filters`` are those of ``list_tasks``.

    Two queries, however long it is.
    """
    found = list_tasks(viewer=viewer, campaign=campaign, on=on, **filters).annotate(column=_COLUMN).order_by()
    counts = dict(found.values_list("column").annotate(Count("pk")).order_by("column"))
    order = [F("due_on").asc(nulls_last=True), F("pk").asc()]
    ranked = found.annotate(rank=Window(RowNumber(), partition_by=F("column"), order_by=order))
    shown = ranked.filter(rank__lte=limit).order_by("rank", "pk")
    cards: dict[str, list[Task]] = {}
    for task in shown:
        cards.setdefault(task.column, []).append(task)
    return tuple(BoardColumn(key, counts.get(key.value, 0), tuple(cards.get(key.value, ()))) for key in Column)


def list_tasks(
    *,
    viewer: Actor,
    campaign: Campaign,
    on: date,
    group: UUID | None = None,
    action: UUID | None = None,
    late: bool = False,
    text: str = "",
) -> QuerySet[Any]:
    """The tasks of a campaign in the order of the actions.

    Those only of a ``group`` (leading or helping), of an ``action``, ``late`` ones, those whose name holds a ``text``.
    """
    found: QuerySet[Any] = Task.objects.visible_to(viewer).filter(action__campaign=campaign)
    if group is not None:
        helping = Task.helpers.through.objects.filter(workgroup__uuid=group).values("task")
        found = found.filter(Q(group__uuid=group) | Q(pk__in=helping))
    if action is not None:
        found = found.filter(action__uuid=action)
    if late:
        found = found.filter(state=TaskState.OPEN, due_on__lt=on)
    found = found.filter(name__icontains=text) if text else found
    return found.select_related("action", "group").order_by("action__position", "position", "pk")


def get_task(*, viewer: Actor, uuid: UUID) -> Task:
    """A task with its action, campaign, groups, and the tasks before and after it in other years. Raises NotVisible."""
    rows = Task.objects.select_related("group", "carried_from__action__campaign", "carried_to__action__campaign")
    return rows.one(viewer, uuid)


def list_reports(*, task: Task) -> list[TaskReport]:
    """What was reported on a task that the viewer was shown, the newest first."""
    return list(task.reports.order_by("-at", "-pk"))


def list_moved(
    *, viewer: Actor, programme: str, since: datetime, campaign: Campaign | None = None, limit: int = 30
) -> tuple[int, list[TaskReport]]:
    """How many reports moved a task since an instant, and the newest of them. Two queries. Raises NotVisible."""
    found = TaskReport.objects.filter(
        ~Q(old=F("new")) | ~Q(old_percent=F("progress_percent")),
        task__action__campaign__programme=get_programme(viewer=viewer, code=programme),
        at__gte=since,
    )
    if campaign is not None:
        found = found.filter(task__action__campaign=campaign)
    return found.count(), list(found.select_related("task__group").order_by("-at", "-pk")[:limit])


def is_late(task: Task, on: date) -> bool:
    """Whether a task is still open after its due day."""
    return task.state == TaskState.OPEN and task.due_on is not None and task.due_on < on


def list_tasks_of_group(*, viewer: Actor, group: UUID, until_year: int, also: Iterable[int] = ()) -> list[Task]:
    """The open tasks that a group leads in campaigns up to a year, and those whose primary keys are in ``also``."""
    open_ones = Q(group__uuid=group, state=TaskState.OPEN, action__campaign__year__lte=until_year)
    found = Task.objects.visible_to(viewer).filter(open_ones | Q(pk__in=list(also)))
    return list(
        found.select_related("action__campaign").order_by(
            "action__campaign__year", "action__position", "position", "pk"
        )
    )


def get_campaign(*, viewer: Actor, uuid: UUID) -> Campaign:
    """A campaign with its programme. Raises NotVisible."""
    return Campaign.objects.one(viewer, uuid)


def list_actions(*, campaign: Campaign) -> list[Action]:
    """The actions of a campaign that the viewer was shown, in order."""
    return list(campaign.actions.order_by("position", "pk"))


def list_tasks_plainly(*, viewer: Actor, programme: str) -> list[tuple[Any, ...]]:
    """(uuid, name, year and name of its campaign, leading group, day due, state) of each task of a programme.

    One query, no objects: for looking at all of them. Raises NotVisible.
    """
    rows = Task.objects.filter(action__campaign__programme=get_programme(viewer=viewer, code=programme))
    columns = ("uuid", "name", "action__campaign__year", "action__campaign__name", "group__name", "due_on", "state")
    return list(rows.order_by("-action__campaign__year", "action", "position", "pk").values_list(*columns))


@remembered
def list_campaign_summaries(*, viewer: Actor, programme: str, on: date) -> tuple[CampaignSummary, ...]:
    """The campaigns of a programme, the newest first, with how their tasks stood at the end of the day ``on``.

    One query beside the programme's, however many tasks there are. Raises NotVisible.
    """
    since = datetime.combine(on + timedelta(days=1), time(), tzinfo=clock.SHANGHAI)
    # What stood before the first of the later reports; what a task was carried over into later was not there yet.
    later = TaskReport.objects.filter(task=OuterRef("actions__tasks"), at__gte=since).order_by("at", "pk")
    carried = TaskReport.objects.filter(
        task__carried_to=OuterRef("actions__tasks"), at__gte=since, new=TaskState.CARRIED
    )
    rows = Campaign.objects.filter(programme=get_programme(viewer=viewer, code=programme)).values_list(
        "uuid", "year", "name", "provenance", "starts_on", "due_on",
        "actions__uuid", "actions__position", "actions__name",
        "actions__tasks__uuid", "actions__tasks__name", "actions__tasks__due_on",
        Coalesce(Subquery(later.values("old")[:1]), "actions__tasks__state"),
        Coalesce(Subquery(later.values("old_percent")[:1]), "actions__tasks__progress_percent"),
        Exists(carried),
    )  # fmt: skip
    ordered = rows.order_by("-year", "pk", "actions__position", "actions__pk", "actions__tasks__position")
    return tuple(_summary(key, list(part), on) for key, part in groupby(ordered, key=itemgetter(slice(6))))


def _summary(key: Any, rows: list[Any], on: date) -> CampaignSummary:
    actions = []
    for (action, position, name), part in groupby(rows, key=itemgetter(slice(6, 9))):
        standing = []
        for uuid, task, due_on, state, percent, not_yet in (row[9:] for row in part):
            if uuid is not None and state not in GIVEN_UP and not not_yet:
                late = state == TaskState.OPEN and due_on is not None and due_on < on
                standing.append(TaskStanding(uuid, task, percent, state == TaskState.DONE, late))
        if action is not None:
            actions.append(ActionSummary(action, name, tuple(standing), position))
    uuid, year, name, provenance, starts_on, due_on = key
    whole = tuple(task for action in actions for task in action.standing)
    return CampaignSummary(uuid, name, whole, year, provenance, starts_on, due_on, tuple(actions))


def list_groups(*, viewer: Actor, programme: str, retired: bool = False) -> list[WorkGroup]:
    """The work groups of a programme in the order they were made, each with its members and ``open_tasks``.

    Those that were retired are left out unless asked for. Two queries. Raises NotVisible.
    """
    rows: QuerySet[Any] = get_programme(viewer=viewer, code=programme).groups.prefetch_related("members")
    rows = rows if retired else rows.filter(retired_on=None)
    return list(rows.annotate(open_tasks=Count("tasks", filter=Q(tasks__state=TaskState.OPEN))).order_by("pk"))


def own_groups(*, viewer: Actor, programme: str) -> list[WorkGroup]:
    """The groups of a programme that the viewer, who belongs to them, may report for."""
    if not viewer.may(ProgrammePermission.REPORT_TASK, programme=programme):
        return []
    rows = get_programme(viewer=viewer, code=programme).groups.filter(members__ref=viewer.ref, retired_on=None)
    return list(rows.order_by("pk"))


def get_group(*, viewer: Actor, uuid: UUID, programme: str) -> WorkGroup:
    """A work group of a programme with its members. Raises NotVisible."""
    return WorkGroup.objects.filter(programme__code=programme).prefetch_related("members").one(viewer, uuid)


def list_waiting_tasks(*, viewer: Actor, programme: str | None, on: date, limit: int) -> list[Task]:
    """Open tasks that wait for the viewer, the most urgent first. At most one query.

    For who reports, those that a group of theirs leads in campaigns up to this year; for who manages the programme,
    those that were carried over and have no due day yet.
    """
    code, own = "action__campaign__programme__code", WorkGroup.objects.filter(members__ref=viewer.ref).values("pk")
    mine = Q(group__in=own, action__campaign__year__lte=on.year)
    mine &= visible(viewer, ProgrammePermission.REPORT_TASK, programme=code, place=None)
    undated = Q(due_on=None, carried_from__isnull=False)
    undated &= visible(viewer, ProgrammePermission.MANAGE, programme=code, place=None)
    rows = Task.objects.visible_to(viewer).filter(mine | undated, state=TaskState.OPEN)
    rows = rows.filter(in_programme(programme, "action__campaign__programme"))
    rows = rows.select_related("action__campaign__programme")
    return list(rows.order_by(F("due_on").asc(nulls_last=True), "pk")[:limit])


def list_campaigns_to_carry_over(*, viewer: Actor, programme: str | None, on: date) -> list[tuple[Campaign, int]]:
    """Campaigns that are over with tasks still open, and how many, for who manages the programme. One query."""
    managed = visible(viewer, ProgrammePermission.MANAGE, programme="programme__code", place=None)
    rows = Campaign.objects.visible_to(viewer).filter(managed, in_programme(programme), due_on__lt=on)
    left = rows.select_related("programme").annotate(
        left=Count("actions__tasks", filter=Q(actions__tasks__state=TaskState.OPEN))
    )
    return [(campaign, campaign.left) for campaign in left.filter(left__gt=0).order_by("due_on", "pk")]
