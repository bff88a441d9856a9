# SPDX-License-Identifier: Apache-2.0
"""A job from its start to its end."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.core.cache import caches
from django.db import transaction
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from shanhai.base.accounts.selectors import actor_of
from shanhai.base.audit import services as audit
from shanhai.base.jobs.models import Job
from shanhai.base.jobs.selectors.jobs import PROGRESS
from shanhai.base.jobs.states import ENDED, MOVES, JobState
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.errors import BadInput, DomainError
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.registry import registries
from shanhai.kernel.states import require_move

log = structlog.get_logger("shanhai.jobs")

KEPT = timedelta(days=90)
BROKEN = message(gettext_noop("程序出了意外，这件事没有做成，数据没有改动。请告诉系统管理员。"))
KILLED = message(gettext_noop("做这件事的程序几次中途停了，不再重试，数据没有改动。请告诉系统管理员。"))
_SECONDS_BETWEEN_NOTES = 0.3


class KindUnknown(BadInput):
    """There is no such kind of job."""

    code = "jobs.kind_unknown"


@transaction.atomic
def start(*, by: Actor, at: datetime, kind: str, arguments: Mapping[str, Any]) -> UUID:
    """Queue a job and answer its uuid. It runs in the name of ``by``, with what they may do when it runs.

    What they may do is asked by the kind, when it runs. Raises KindUnknown.
    """
    if registries.jobs.get(kind) is None:
        raise KindUnknown(gettext_noop("不认识的后台任务“%(kind)s”。"), kind=kind)

    job = Job.objects.create(kind=kind, arguments=dict(arguments), by=by.ref, requested_at=at)
    run_task.enqueue(str(job.uuid))

    audit.record(by=by, at=at, action="jobs.job.started", subject_type="jobs.job", subject_id=job.uuid)
    return job.uuid


@task()
def run_task(job: str) -> None:
    """What the queue calls."""
    run(by=system("worker"), at=clock.now(), job=UUID(job))


def run(*, by: Actor, at: datetime, job: UUID) -> None:
    """Do a job that has not ended, and keep its outcome; whatever goes wrong becomes the outcome of a failed job.

    ``by`` is the worker; the job itself acts as who started it.
    """
    with transaction.atomic():
        found = Job.objects.select_for_update().filter(uuid=job).exclude(state__in=ENDED).first()
        if found is None:
            return
        found.ran_at = at
        # One that runs already came back without its worker: restored from a backup, for one.
        if found.state == JobState.RUNNING:
            _move(found, JobState.QUEUED)
        _move(found, JobState.RUNNING)
    try:
        kind = registries.jobs.get(found.kind)
        if kind is None:
            raise KindUnknown(gettext_noop("不认识的后台任务“%(kind)s”。"), kind=found.kind)
        starter, note = actor_of(ref=found.by, at=at), Progress(job)
        outcome = kind.run(arguments=found.arguments, job=job, by=starter, at=at, progress=note)
    except DomainError as error:
        _end(found, JobState.FAILED, outcome=_told(error.code, error.message))
    except Exception:
        log.exception("job failed", kind=found.kind, job=str(job))
        _end(found, JobState.FAILED, outcome=_told("jobs.broken", BROKEN))
    else:
        _end(found, JobState.DONE, outcome={**outcome.kept, "url": outcome.url, "then": outcome.then})


@transaction.atomic
def queue_again(*, by: Actor, at: datetime, job: UUID) -> None:
    """Put a job back whose worker died; it starts again from its beginning."""
    found = Job.objects.select_for_update().filter(uuid=job, state=JobState.RUNNING).first()
    if found is not None:
        _move(found, JobState.QUEUED)
        audit.record(by=by, at=at, action="jobs.job.queued_again", subject_type="jobs.job", subject_id=job)


@transaction.atomic
def give_up(*, by: Actor, at: datetime, job: UUID) -> None:
    """End a job that has cost several workers their lives."""
    found = Job.objects.select_for_update().filter(uuid=job, state=JobState.RUNNING).first()
    if found is not None:
        _end(found, JobState.FAILED, outcome=_told("jobs.given_up", KILLED))
        audit.record(by=by, at=at, action="jobs.job.given_up", subject_type="jobs.job", subject_id=job)


@transaction.atomic
def purge_ended(*, by: Actor, at: datetime) -> int:
    """Delete jobs that ended more than 90 days ago, and answer how many; what they did stays."""
    DBTaskResult.objects.finished().filter(enqueued_at__lt=at - KEPT).delete()
    return Job.objects.filter(state__in=ENDED, ran_at__lt=at - KEPT).delete()[0]


class Progress:
    """Notes how far a job is where its page can read it at once, even while the job is within a transaction."""

    def __init__(self, job: UUID) -> None:
        self._key, self._noted = str(job), 0.0

    def __call__(self, done: int, total: int) -> None:
        moment = time.monotonic()
        if moment - self._noted >= _SECONDS_BETWEEN_NOTES:
            self._noted = moment
            caches[PROGRESS].set(self._key, (done, total))


def _move(job: Job, new: JobState) -> None:
    require_move(MOVES, JobState(job.state), new)
    job.state = new.value
    job.save(update_fields=["state", "ran_at", "outcome"])


def _end(job: Job, new: JobState, *, outcome: Mapping[str, Any]) -> None:
    job.outcome = dict(outcome)
    _move(job, new)
    caches[PROGRESS].delete(str(job.uuid))


def _told(code: str, text: Message) -> dict[str, Any]:
    params = {name: str(value) for name, value in text.params.items()}
    return {"error": code, "text": text.text, "params": params}
