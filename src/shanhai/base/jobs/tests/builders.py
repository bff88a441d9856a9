# SPDX-License-Identifier: Apache-2.0
"""A worker for tests of other apps."""

from unittest import mock

from shanhai.base.jobs.management.commands.worker import run_next
from shanhai.base.jobs.selectors import present


def run_all() -> None:
    """Do every job in the queue, as a worker would."""
    # The queue's worker closes a connection that is within a transaction, as every test's is.
    closing = mock.patch("django_tasks_db.management.commands.db_worker.close_old_connections")
    with present() as worker, closing:
        while run_next(worker=worker):
            pass
