# SPDX-License-Identifier: Apache-2.0
"""What a worker does with the queue of tasks: the next one, and those that dead workers were at."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.db import transaction
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from shanhai.base.jobs.services import jobs
from shanhai.base.jobs.services.presence import is_alive

log = structlog.get_logger("shanhai.jobs")

# A job that kills every worker that takes it (out of memory, say) must not do so for ever.
MAX_WORKERS = 3


def run_next(*, worker: str) -> bool:
    """Run the next task of the queue, if there is one, in the name of a ``present`` worker."""
    # Asked first without the lock that taking a task needs, since most looks find nothing.
    if not DBTaskResult.objects.ready().exists():
        return False
    Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=1,
        worker_id=worker,
        excluded_queue_names=[],
    ).run()
    return True


def take_back() -> int:
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
            if again:
                jobs.queue_again(job=job)
            else:
                jobs.give_up(job=job)
        log.warning("a worker died within a job", job=str(job), again=again)
        taken += 1
    return taken
