# SPDX-License-Identifier: Apache-2.0
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from shanhai.base.outbox import services
from shanhai.kernel import clock
from shanhai.kernel.actors import system

SECONDS_BETWEEN_LOOKS = 1.0
LOOKS_BETWEEN_PURGES = 3600


class Command(BaseCommand):
    help = "Deliver events from the outbox until stopped; stops between two deliveries, never within one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="deliver what is due and exit")

    def handle(self, *args: Any, **options: Any) -> None:
        by, stopping = system("worker"), threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        looks = 0
        while not stopping.is_set():
            close_old_connections()
            # One at a time, so that a stop is heard between two.
            while services.deliver_due(by=by, at=clock.now(), limit=1) and not stopping.is_set():
                pass
            if options["once"]:
                return
            if looks % LOOKS_BETWEEN_PURGES == 0:
                services.purge_delivered(by=by, at=clock.now())
            looks += 1
            stopping.wait(SECONDS_BETWEEN_LOOKS)
