# SPDX-License-Identifier: Apache-2.0
"""Jobs. The queue itself is django_tasks_db's; its one argument is the uuid of a job."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.base.jobs.states import ENDED, JobState
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.registry import registries
from shanhai.kernel.subjects import Subject

NO_NAME = message(gettext_noop("后台任务"))


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, viewer: Actor) -> JobQuerySet:
        """The viewer's own jobs: what one asked for is nobody else's business."""
        return self.filter(by=viewer.ref)


class Job(models.Model):
    """Long work that somebody asked for. ``outcome`` is what it answered, or the message of what stopped it.

    ``kind`` is the key of a ``kernel.registry.JobKind``; ``arguments`` are plain values and references. ``ran_at`` is
    when a worker last took it up.
    """

    # How many of how many steps are done, as ``get_job`` found it; 0 of 0 before the first.
    done = total = 0

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    kind = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    by = models.CharField(max_length=100)
    requested_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=JobState.QUEUED.value)
    ran_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=sorted(state.value for state in JobState)), name="jobs_job_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state=JobState.QUEUED.value) | Q(ran_at__isnull=False),
                name="jobs_job_has_run_unless_it_is_queued",
            ),
        ]
        indexes = [models.Index(fields=["by", "requested_at"], name="jobs_by_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"

    def subject(self) -> Subject:
        return Subject("jobs.job", self.uuid)

    @property
    def label(self) -> Message:
        """What it is, in words."""
        kind = registries.jobs.get(self.kind)
        return kind.label if kind else NO_NAME

    @property
    def name(self) -> str:
        """What it was started for."""
        return str(self.arguments.get("name", ""))

    @property
    def percent(self) -> int:
        """How far it is, in whole percent."""
        return self.done * 100 // self.total if self.total else 0

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ENDED

    @property
    def url(self) -> str:
        """Where its outcome stands."""
        return str(self.outcome.get("url", "")) if self.state == JobState.DONE else ""

    @property
    def then(self) -> Message | None:
        """What it leaves to do."""
        return message(self.outcome["then"]) if self.outcome.get("then") else None

    @property
    def error(self) -> Message | None:
        """What stopped it."""
        return Message(self.outcome["text"], self.outcome["params"]) if self.state == JobState.FAILED else None


class DailyRun(models.Model):
    """The last time the work of every day was done: ``key`` is that of a ``kernel.beats.Daily``.

    ``tried_at`` is when a worker last took it up, ``outcome`` what it said then, ``failed`` whether that was an error.
    """

    key = models.CharField(max_length=60, unique=True)
    done_on = models.DateField(null=True)
    tried_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True)
    failed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.key
