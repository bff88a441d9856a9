# SPDX-License-Identifier: Apache-2.0
"""A job from its start to its end, what dead workers were at, and the work of every day.

The work of a day is done by whichever worker comes first, and tried again when it failed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from datetime import time as hour
from typing import Any
from uuid import UUID

import structlog
from django.core.cache import caches
from django.db import transaction
from django.db.models import Q
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from shanhai.base.accounts.selectors import actor_of
from shanhai.base.audit import services as audit
from shanhai.base.jobs.models import DailyRun, Job
from shanhai.base.jobs.selectors import PROGRESS, is_alive
from shanhai.base.jobs.states import ENDED, MOVES, JobState
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.beats import Daily
from shanhai.kernel.errors import BadInput, DomainError
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.registry import registries
from shanhai.kernel.states import require_move

log = structlog.get_logger("shanhai.jobs")

KEPT = timedelta(days=90)
BROKEN = message(gettext_noop("程序出了意外，这件事没有做成，数据没有改动。请告诉系统管理员。"))
KILLED = message(gettext_noop("做这件事的程序几次中途停了，不再重试，数据没有改动。请告诉系统管理员。"))
KIND_UNKNOWN = gettext_noop("这种后台任务已经没有了。请从原来的页面重新做一次。")
_SECONDS_BETWEEN_NOTES = 0.3
# A job that kills every worker that takes it (out of memory, say) must not do so for ever.
MAX_WORKERS = 3
# After a failure, or when the worker that took it died within.
AGAIN = timedelta(hours=1)
MOST_WORDS = 2000


def do_daily(*, by: Actor, at: datetime) -> int:
    """Do what is due today and not yet done, one after the other, and answer how much was tried."""
    return sum(
        _do(one, by=by, at=at) for one in registries.daily if hour.fromisoformat(one.after) <= clock.local(at).time()
    )


def _do(one: Daily, *, by: Actor, at: datetime) -> bool:
    if not _claim(one.key, at):
        return False
    try:
        # No transaction around it: a letter that was sent must not lose the row that says so.
        said, failed = one.run(by=by, at=at), False
    except Exception as error:
        log.exception("the work of every day failed", key=one.key)
        said, failed = f"{type(error).__name__}: {error}", True
    done = {} if failed else {"done_on": clock.local_date(at)}
    DailyRun.objects.filter(key=one.key).update(outcome=said[:MOST_WORDS], failed=failed, **done)
    return True


def _claim(key: str, at: datetime) -> bool:
    """Whether this worker may do it now: one update that only one of several workers succeeds with."""
    DailyRun.objects.get_or_create(key=key)
    today = clock.local_date(at)
    open_today = Q(done_on=None) | Q(done_on__lt=today)
    free = Q(tried_at=None) | Q(tried_at__lt=at - AGAIN)
    return bool(DailyRun.objects.filter(open_today, free, key=key).update(tried_at=at))


@transaction.atomic
def start(*, by: Actor, at: datetime, kind: str, arguments: Mapping[str, Any]) -> UUID:
    """Queue a job and answer its uuid. It runs in the name of ``by``, with what they may do when it runs.

    What they may do is asked by the kind, when it runs. Raises BadInput.
    """
    if registries.jobs.get(kind) is None:
        raise BadInput(KIND_UNKNOWN, "jobs.kind_unknown")

    job = Job.objects.create(kind=kind, arguments=dict(arguments), by=by.ref, requested_at=at)
    run_task.enqueue(str(job.uuid))

    audit.record(by=by, at=at, action="jobs.job.started", on=job.subject())
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
            raise BadInput(KIND_UNKNOWN, "jobs.kind_unknown")
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


def take_back(*, by: Actor, at: datetime) -> int:
    """Queue again what dead workers were at, and answer how much; what has had too many workers is given up."""
    taken = 0
    for result in DBTaskResult.objects.running():
        if is_alive(result.worker_ids[-1]):
            continue
        job = UUID(result.args_kwargs["args"][0])
        again = len(result.worker_ids) < MAX_WORKERS
        status = TaskResultStatus.READY if again else TaskResultStatus.FAILED
        with transaction.atomic():
            same = DBTaskResult.objects.filter(pk=result.pk, status=TaskResultStatus.RUNNING)
            if not same.update(status=status, started_at=None):
                continue
            _take_from_dead(by=by, at=at, job=job, again=again)
        log.warning("a worker died within a job", job=str(job), again=again)
        taken += 1
    return taken


def _take_from_dead(*, by: Actor, at: datetime, job: UUID, again: bool) -> None:
    """Put a job back whose worker died, to start from its beginning, or end one that has cost several their lives."""
    found = Job.objects.select_for_update().filter(uuid=job, state=JobState.RUNNING).first()
    if found is None:
        return
    if again:
        _move(found, JobState.QUEUED)
    else:
        _end(found, JobState.FAILED, outcome=_told("jobs.given_up", KILLED))
    act = "jobs.job.queued_again" if again else "jobs.job.given_up"
    audit.record(by=by, at=at, action=act, on=found.subject())
