# SPDX-License-Identifier: Apache-2.0
"""How jobs stand, for those who started them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.cache import caches

from shanhai.base.jobs.models import Job
from shanhai.base.jobs.states import ENDED, JobState
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.registry import registries

# The cache that holds how far each running job is: (done, total) by its uuid.
PROGRESS = "progress"
# How many of a week's jobs are looked through for what is left to do.
MOST = 100
NO_NAME = message(gettext_noop("后台任务"))


class JobNotVisible(NotVisible):
    """There is no such job, or somebody else started it."""

    code = "jobs.not_found"


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as its page shows it: ``done`` of ``total`` steps (0 of 0 before the first), and what came of it."""

    uuid: UUID
    label: Message
    name: str
    state: JobState
    requested_at: datetime
    done: int
    total: int
    url: str
    then: Message | None
    error: Message | None
    outcome: dict[str, Any]
    arguments: dict[str, Any]

    @property
    def percent(self) -> int:
        """How far it is, in whole percent."""
        return self.done * 100 // self.total if self.total else 0

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ENDED


def get_job(*, viewer: Actor, uuid: UUID) -> JobView:
    """A job that the viewer started. Raises JobNotVisible."""
    job = Job.objects.visible_to(viewer).filter(uuid=uuid).first()
    if job is None:
        raise JobNotVisible(gettext_noop("没有找到这个后台任务，或者不是您开始的。"))
    return _view(job)


def list_jobs(*, viewer: Actor, limit: int = 20) -> tuple[JobView, ...]:
    """The viewer's latest jobs, newest first. One query."""
    rows = Job.objects.visible_to(viewer).order_by("-requested_at", "-pk")
    return tuple(_view(job) for job in rows[:limit])


def list_unfinished_business(*, viewer: Actor, programme: str, at: datetime) -> tuple[JobView, ...]:
    """The viewer's jobs of the last week that failed or left something to do, the newest first. One query.

    One that was started again, or carried on, under the same name is done with. Jobs of no programme go with each.
    """
    rows = (
        Job.objects.visible_to(viewer).filter(requested_at__gte=at - timedelta(days=7)).order_by("-requested_at", "-pk")
    )
    newest: dict[tuple[str, str], Job] = {}
    for job in rows[:MOST]:
        if job.arguments.get("programme", programme) == programme:
            newest.setdefault((job.kind, job.arguments.get("name", "")), job)
    views = (_view(job) for job in newest.values())
    return tuple(view for view in views if view.error is not None or view.then)


def _view(job: Job) -> JobView:
    kind, state = registries.jobs.get(job.kind), JobState(job.state)
    done, total = caches[PROGRESS].get(str(job.uuid), (0, 0)) if state is JobState.RUNNING else (0, 0)
    failed = state is JobState.FAILED
    return JobView(
        uuid=job.uuid,
        label=kind.label if kind else NO_NAME,
        name=str(job.arguments.get("name", "")),
        state=state,
        requested_at=job.requested_at,
        done=done,
        total=total,
        url=str(job.outcome.get("url", "")) if state is JobState.DONE else "",
        then=message(job.outcome["then"]) if job.outcome.get("then") else None,
        error=Message(job.outcome["text"], job.outcome["params"]) if failed else None,
        outcome=job.outcome,
        arguments=job.arguments,
    )
