# SPDX-License-Identifier: Apache-2.0
"""How jobs stand, for those who started them, how the work of every day does, and which workers are alive.

Each worker holds a lock on a file of its own, and the system lets go of it when the process ends; the queue only knows
which worker took a task, and would wait for a killed one for ever.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.cache import caches

from shanhai.base.accounts.permissions import Permission
from shanhai.base.jobs.models import DailyRun, Job
from shanhai.base.jobs.states import JobState
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.beats import Daily
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import Message, gettext_noop
from shanhai.kernel.registry import registries

# The cache that holds how far each running job is: (done, total) by its uuid.
PROGRESS = "progress"
# How many of a week's jobs are looked through for what is left to do.
MOST = 100


def list_daily(*, viewer: Actor) -> tuple[tuple[Daily, DailyRun], ...]:
    """Everything the worker does every day, and its last run; nothing to who does not manage users. One query."""
    if not viewer.may_somewhere(Permission.USER_MANAGE):
        return ()
    runs = {run.key: run for run in DailyRun.objects.all()}
    return tuple((one, runs.get(one.key) or DailyRun(key=one.key)) for one in registries.daily)


def get_job(*, viewer: Actor, uuid: UUID) -> Job:
    """A job that the viewer started, with how far it is. Raises NotVisible."""
    job = Job.objects.visible_to(viewer).filter(uuid=uuid).first()
    if job is None:
        raise NotVisible(gettext_noop("没有找到这个后台任务，或者不是您开始的。"), "jobs.not_found")
    if job.state == JobState.RUNNING:
        job.done, job.total = caches[PROGRESS].get(str(job.uuid), (0, 0))
    return job


def what_stopped(*, jobs: Sequence[UUID]) -> dict[UUID, Message]:
    """What stopped those of the jobs that failed: for the app that started them, whoever asks it. One query."""
    failed = Job.objects.filter(uuid__in=jobs, state=JobState.FAILED)
    return {job.uuid: job.error for job in failed if job.error is not None}


def progress_of(*, job: UUID) -> tuple[int, int]:
    """How far a running job is, as (done, total): for the app that started it. No query."""
    found: tuple[int, int] = caches[PROGRESS].get(str(job), (0, 0))
    return found


def list_jobs(*, viewer: Actor, limit: int = 20) -> tuple[Job, ...]:
    """The viewer's latest jobs, newest first. One query."""
    return tuple(Job.objects.visible_to(viewer).order_by("-requested_at", "-pk")[:limit])


def list_unfinished_business(*, viewer: Actor, programme: str | None, at: datetime) -> tuple[Job, ...]:
    """The viewer's jobs of the last week that failed or left something to do, the newest first. One query.

    One that was started again, or carried on, under the same name is done with. Jobs of no programme go with each;
    without a ``programme`` those of all.
    """
    rows = (
        Job.objects.visible_to(viewer).filter(requested_at__gte=at - timedelta(days=7)).order_by("-requested_at", "-pk")
    )
    newest: dict[tuple[str, str, str | None], Job] = {}
    for job in rows[:MOST]:
        of = job.arguments.get("programme", programme)
        if programme is None or of == programme:
            newest.setdefault((job.kind, job.arguments.get("name", ""), of), job)
    return tuple(job for job in newest.values() if job.error is not None or job.then)


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
