# SPDX-License-Identifier: Apache-2.0
import signal
import threading
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from shanhai.base.outbox import services
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor, system

SECONDS_BETWEEN_LOOKS = 1.0
LOOKS_BETWEEN_PURGES = 3600

log = structlog.get_logger("shanhai.outbox")


class Command(BaseCommand):
    help = "Deliver events from the outbox until stopped; stops between two deliveries, never within one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="deliver what is due and exit")

    def handle(self, *args: Any, **options: Any) -> None:
        by, stopping = system("worker"), threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        if options["once"]:
            deliver_until(stopping, by=by)
            return
        log.info("worker started")
        looks = 0
        while not stopping.is_set():
            try:
                close_old_connections()
                deliver_until(stopping, by=by)
                if looks % LOOKS_BETWEEN_PURGES == 0:
                    services.purge_delivered(by=by, at=clock.now())
            except (OperationalError, InterfaceError) as error:
                # A locked or restarting database is no reason to leave the outbox without a worker.
                log.warning("the database did not answer", error=str(error))
                connection.close()
            looks += 1
            stopping.wait(SECONDS_BETWEEN_LOOKS)
        log.info("worker stopped")


def deliver_until(stopping: threading.Event, *, by: Actor) -> None:
    """Deliver what is due, one at a time, so that a stop is heard between two."""
    while not stopping.is_set() and services.deliver_due(by=by, at=clock.now(), limit=1):
        pass
