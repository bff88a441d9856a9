# SPDX-License-Identifier: Apache-2.0
"""The tasks of an action, and what was reported on each."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from shanhai.base.accounts.permissions import Permission
from shanhai.base.database.selectors import around
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.models.campaigns import Action
from shanhai.planning.programmes.models.groups import WorkGroup
from shanhai.planning.programmes.states import TaskState


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, viewer: Actor) -> TaskQuerySet:
        """Tasks of the programmes that the viewer may see."""
        return self.filter(around(viewer, Permission.PROGRAMME_VIEW, programme="action__campaign__programme__"))


class Task(models.Model):
    """A concrete task: which group leads it, who helps, by when, and by what its success is measured.

    ``carried_from`` is the task of the year before that this one goes on with.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
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

    objects = TaskQuerySet.as_manager()

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

    def __str__(self) -> str:
        return f"{self.task_id} {self.progress_percent} %"
