# SPDX-License-Identifier: Apache-2.0
"""How jobs stand, for those who started them, how the work of every day does, and which workers are alive.

Each worker holds a lock on a file of its own, and the system lets go of it when the process ends; the queue only knows
which worker took a task, and would wait for a killed one for ever.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import caches

from shanhai.base.accounts.permissions import Permission
from shanhai.base.jobs.models import DailyRun, Job
from shanhai.base.jobs.states import ENDED, JobState
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.registry import registries

# The cache that holds how far each running job is: (done, total) by its uuid.
PROGRESS = "progress"
# How many of a week's jobs are looked through for what is left to do.
MOST = 100
NO_NAME = message(gettext_noop("后台任务"))


@dataclass(frozen=True, slots=True)
class DailyRow:
    """Work of every day: when it is due, when it was done last, what it said, and whether that was an error."""

    label: Message
    after: str
    done_on: date | None
    tried_at: datetime | None
    outcome: str
    failed: bool


def list_daily(*, viewer: Actor) -> tuple[DailyRow, ...]:
    """Everything the worker does every day; nothing to who does not manage users. One query."""
    if not viewer.may_somewhere(Permission.USER_MANAGE):
        return ()
    runs = {run.key: run for run in DailyRun.objects.all()}
    return tuple(_row(one.label, one.after, runs.get(one.key)) for one in registries.daily)


def _row(label: Message, after: str, run: DailyRun | None) -> DailyRow:
    if run is None:
        return DailyRow(label, after, None, None, "", False)
    return DailyRow(label, after, run.done_on, run.tried_at, run.outcome, run.failed)


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
    """A job that the viewer started. Raises NotVisible."""
    job = Job.objects.visible_to(viewer).filter(uuid=uuid).first()
    if job is None:
        raise NotVisible(gettext_noop("没有找到这个后台任务，或者不是您开始的。"), "jobs.not_found")
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


@contextmanager
def present() -> Iterator[str]:
    """Within the block a worker of the answered name is alive."""
    name = str(ids.new_id())
    path = _path(name)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with path.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield name
        finally:
            path.unlink(missing_ok=True)


def is_alive(name: str) -> bool:
    """Whether the process of that worker still runs; what a dead one left behind is removed."""
    path = _path(name)
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(handle)


def _path(name: str) -> Path:
    return Path(settings.DATA_DIR) / "workers" / name
