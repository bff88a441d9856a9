# SPDX-License-Identifier: Apache-2.0
import signal
import threading
import time
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from shanhai.base.jobs import services as jobs
from shanhai.base.jobs.selectors import present
from shanhai.base.outbox import services as outbox
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.registry import registries

SECONDS_BETWEEN_LOOKS = 1.0
LOOKS_BETWEEN_PURGES = 3600
LOOKS_BETWEEN_DAILY = 60

log = structlog.get_logger("shanhai.worker")


class Command(BaseCommand):
    help = "Deliver events and do jobs until stopped; stops between two of them, never within one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due and exit")

    def handle(self, *args: Any, **options: Any) -> None:
        by, stopping = system("worker"), threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        with present() as worker:
            if options["once"]:
                work_until(stopping, by=by, worker=worker)
                jobs.do_daily(by=by, at=clock.now())
                while beat(by=by) and not stopping.wait(SECONDS_BETWEEN_LOOKS / 20):
                    pass
                return
            beside = threading.Thread(target=keep_beating, args=(stopping, by), name="beats")
            beside.start()
            log.info("worker started")
            try:
                self._work(stopping, by=by, worker=worker)
            finally:
                stopping.set()
                beside.join()
            log.info("worker stopped")

    def _work(self, stopping: threading.Event, *, by: Actor, worker: str) -> None:
        looks = 0
        while not stopping.is_set():
            try:
                close_old_connections()
                work_until(stopping, by=by, worker=worker)
                if looks % LOOKS_BETWEEN_DAILY == 0:
                    jobs.do_daily(by=by, at=clock.now())
                if looks % LOOKS_BETWEEN_PURGES == 0:
                    outbox.purge_delivered(by=by, at=clock.now())
                    jobs.purge_ended(by=by, at=clock.now())
            except (OperationalError, InterfaceError) as error:
                # A locked or restarting database is no reason to leave the outbox without a worker.
                log.warning("the database did not answer", error=str(error))
                connection.close()
            looks += 1
            stopping.wait(SECONDS_BETWEEN_LOOKS)


def keep_beating(stopping: threading.Event, by: Actor) -> None:
    """Look at what must not wait for a job, every second, over a connection of its own."""
    while not stopping.wait(SECONDS_BETWEEN_LOOKS):
        close_old_connections()
        beat(by=by)
    connection.close()


def beat(*, by: Actor) -> int:
    """Let each of them do what is due, and answer how much that was; the fault of one stops none of the others."""
    done = 0
    for one in registries.beats:
        try:
            done += one.run(by=by, at=clock.now())
        except Exception:
            log.exception("a look at what is due failed", key=one.key)
            connection.close_if_unusable_or_obsolete()
    return done


def work_until(stopping: threading.Event, *, by: Actor, worker: str) -> None:
    """Deliver what is due and do the jobs there are, one at a time, so that a stop is heard between two."""
    jobs.take_back(by=by, at=clock.now())
    busy = True
    while busy and not stopping.is_set():
        began = time.monotonic()
        while not stopping.is_set() and outbox.deliver_due(by=by, at=clock.now(), limit=1):
            # SQLite knows no queue: who waits to write looks again ever more seldom, and would wait until all is
            # delivered. So the worker rests as long as it wrote.
            if connection.vendor == "sqlite":
                stopping.wait(time.monotonic() - began)
            began = time.monotonic()
        # News first, and again after each job: a job may take minutes, a delivery takes none.
        busy = not stopping.is_set() and run_next(worker=worker)


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
