# SPDX-License-Identifier: Apache-2.0
"""What dead workers were at goes back into the queue."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from shanhai.base.jobs.selectors.presence import is_alive
from shanhai.base.jobs.services import jobs
from shanhai.kernel.actors import Actor

log = structlog.get_logger("shanhai.jobs")

# A job that kills every worker that takes it (out of memory, say) must not do so for ever.
MAX_WORKERS = 3


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
            if again:
                jobs.queue_again(by=by, at=at, job=job)
            else:
                jobs.give_up(by=by, at=at, job=job)
        log.warning("a worker died within a job", job=str(job), again=again)
        taken += 1
    return taken
