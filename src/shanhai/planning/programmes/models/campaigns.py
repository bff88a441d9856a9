# SPDX-License-Identifier: Apache-2.0
"""Work groups with their members, a year's campaign with its actions and tasks, and what was reported on each task."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.parts import Status
from shanhai.planning.programmes.labels import TASKS
from shanhai.planning.programmes.models.programmes import OfProgramme, Programme, Recorded
from shanhai.planning.programmes.states import TaskState
from shanhai.planning.programmes.values import PROVENANCES

NO_TASK = gettext_noop("没有找到这项活动或任务。请从计划页重新进入。")


class WorkGroup(Recorded):
    """A group that answers for tasks (综合组, 产业组, 县工作组). A retired one keeps its tasks and gets no new ones."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=60)
    duty = models.CharField(max_length=200, blank=True)
    retired_on = models.DateField(null=True)
    missing = gettext_noop("没有找到这个工作组。请从计划页重新进入。")

    objects = OfProgramme["WorkGroup"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"], name="programmes_workgroup_name_is_unique_in_its_programme"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="programmes_workgroup_name_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """A user, by the reference the audit trail knows them by, who may report for a group."""

    group = models.ForeignKey(WorkGroup, on_delete=models.CASCADE, related_name="members")
    ref = models.CharField(max_length=100)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "ref"], name="programmes_groupmember_belongs_once_to_a_group"),
            models.CheckConstraint(condition=~Q(ref=""), name="programmes_groupmember_is_somebody"),
        ]
        indexes = [models.Index(fields=["ref"], name="programmes_member_ref")]

    def __str__(self) -> str:
        return self.ref


class Campaign(Recorded):
    """A year's drive under one name, e.g. the eight upgrade actions of 2022."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="campaigns")
    year = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    starts_on = models.DateField()
    due_on = models.DateField()
    provenance = models.CharField(max_length=10, blank=True)
    missing = NO_TASK

    objects = OfProgramme["Campaign"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "year", "name"], name="programmes_campaign_name_is_unique_in_its_year"
            ),
            models.CheckConstraint(condition=Q(year__range=(1978, 2100)), name="programmes_campaign_year_is_possible"),
            models.CheckConstraint(condition=~Q(name=""), name="programmes_campaign_name_is_not_empty"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("starts_on")), name="programmes_campaign_is_due_not_before_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="programmes_campaign_provenance_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Action(Recorded):
    """One of a campaign's actions (行动), in order."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="actions")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    path = "campaign__programme__"
    missing = NO_TASK

    objects = OfProgramme["Action"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "position"], name="programmes_action_position_is_taken_once"),
            models.CheckConstraint(condition=Q(position__gte=1), name="programmes_action_position_starts_at_one"),
            models.CheckConstraint(condition=~Q(name=""), name="programmes_action_name_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name


class Task(Recorded):
    """A concrete task: which group leads it, who helps, by when, and by what its success is measured.

    ``carried_from`` is the task of the year before that this one goes on with.
    """

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="tasks")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    group = models.ForeignKey(WorkGroup, on_delete=models.PROTECT, related_name="tasks")
    helpers = models.ManyToManyField(WorkGroup, related_name="helped_tasks")
    starts_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    measure = models.CharField(max_length=200, blank=True)
    progress_percent = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, default=TaskState.OPEN)
    carried_from = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="carried_to")
    path = "action__campaign__programme__"
    missing = NO_TASK

    objects = OfProgramme["Task"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "position"], name="programmes_task_position_is_taken_once"),
            models.CheckConstraint(condition=Q(position__gte=1), name="programmes_task_position_starts_at_one"),
            models.CheckConstraint(condition=~Q(name=""), name="programmes_task_name_is_not_empty"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(due_on=None) | Q(due_on__gte=F("starts_on")),
                name="programmes_task_is_due_not_before_it_starts",
            ),
            models.CheckConstraint(condition=Q(state__in=list(TaskState)), name="programmes_task_state_is_known"),
            models.CheckConstraint(
                condition=Q(progress_percent__lte=100), name="programmes_task_progress_is_at_most_a_hundred"
            ),
            models.CheckConstraint(
                condition=Q(state=TaskState.DONE, progress_percent=100)
                | Q(state__in=[TaskState.OPEN, TaskState.CARRIED], progress_percent__lt=100)
                | Q(state=TaskState.DROPPED),
                name="programmes_task_is_done_exactly_at_a_hundred",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="programmes_task_due")]

    @property
    def status(self) -> tuple[Status, str]:
        """Its state by mark and word."""
        return TASKS[TaskState(self.state)]

    def __str__(self) -> str:
        return self.name


class TaskReport(models.Model):
    """What was reported on a task: the progress and the state, before and after."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="reports")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    old_percent = models.PositiveSmallIntegerField()
    progress_percent = models.PositiveSmallIntegerField()
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(old__in=list(TaskState), new__in=list(TaskState)),
                name="programmes_taskreport_states_are_known",
            ),
            models.CheckConstraint(
                condition=Q(progress_percent__lte=100, old_percent__lte=100),
                name="programmes_taskreport_progress_is_at_most_a_hundred",
            ),
        ]
        indexes = [models.Index(fields=["at"], name="programmes_report_at")]

    @property
    def status(self) -> tuple[Status, str]:
        """The state afterwards by mark and word."""
        return TASKS[TaskState(self.new)]

    def __str__(self) -> str:
        return f"{self.task_id} {self.progress_percent} %"
