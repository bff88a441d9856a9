# SPDX-License-Identifier: Apache-2.0
"""A year's campaign, its actions, their tasks, and what was reported on each task."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.models.programmes import Programme, seen_by
from shanhai.planning.programmes.states import TaskState
from shanhai.planning.programmes.values import PROVENANCES


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, viewer: Actor) -> CampaignQuerySet:
        """Campaigns of the programmes that the viewer may see."""
        return self.filter(seen_by(viewer, "programme__"))


class Campaign(models.Model):
    """A year's drive under one name, e.g. the eight upgrade actions of 2022."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="campaigns")
    year = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    provenance = models.CharField(max_length=10, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "year", "name"], name="programmes_campaign_name_is_unique_in_its_year"
            ),
            models.CheckConstraint(condition=Q(year__range=(1978, 2100)), name="programmes_campaign_year_is_possible"),
            models.CheckConstraint(condition=~Q(name=""), name="programmes_campaign_name_is_not_empty"),
            models.CheckConstraint(
                condition=Q(provenance__in=PROVENANCES), name="programmes_campaign_provenance_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Action(models.Model):
    """One of a campaign's actions (行动), in order."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="actions")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "position"], name="programmes_action_position_is_taken_once"),
            models.CheckConstraint(condition=Q(position__gte=1), name="programmes_action_position_starts_at_one"),
            models.CheckConstraint(condition=~Q(name=""), name="programmes_action_name_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, viewer: Actor) -> TaskQuerySet:
        """Tasks of the programmes that the viewer may see."""
        return self.filter(seen_by(viewer, "action__campaign__programme__"))


class Task(models.Model):
    """A concrete task: which group leads it, who helps, by when, and by what its success is measured."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="tasks")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    owner_group = models.CharField(max_length=60)
    helpers = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(null=True)
    measure = models.CharField(max_length=200, blank=True)
    progress_percent = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, default=TaskState.OPEN)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "position"], name="programmes_task_position_is_taken_once"),
            models.CheckConstraint(condition=Q(position__gte=1), name="programmes_task_position_starts_at_one"),
            models.CheckConstraint(condition=~Q(name=""), name="programmes_task_name_is_not_empty"),
            models.CheckConstraint(condition=~Q(owner_group=""), name="programmes_task_has_a_group_that_leads_it"),
            models.CheckConstraint(condition=Q(state__in=list(TaskState)), name="programmes_task_state_is_known"),
            models.CheckConstraint(
                condition=Q(progress_percent__lte=100), name="programmes_task_progress_is_at_most_a_hundred"
            ),
            models.CheckConstraint(
                condition=Q(state=TaskState.DONE, progress_percent=100)
                | Q(state=TaskState.OPEN, progress_percent__lt=100)
                | Q(state=TaskState.DROPPED),
                name="programmes_task_is_done_exactly_at_a_hundred",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="programmes_task_due")]

    def __str__(self) -> str:
        return self.name


class TaskReport(models.Model):
    """What was reported on a task: the progress, and the state before and after."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="reports")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
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
                condition=Q(progress_percent__lte=100), name="programmes_taskreport_progress_is_at_most_a_hundred"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.progress_percent} %"
