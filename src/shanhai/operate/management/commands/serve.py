# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shanhai.kernel.errors import DomainError
from shanhai.operate import serving


class Command(BaseCommand):
    help = "Serve pages and the API, with the worker beside."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=1, help="web processes")
        parser.add_argument("--threads", type=int, default=8, help="threads in each web process")
        parser.add_argument("--no-worker", action="store_true", help="do not run the outbox worker beside")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            serving.require_ready(options["host"])
        except DomainError as error:
            raise CommandError(str(error)) from error
        serving.prepare_static()
        self.stdout.write(f"http://{options['host']}:{options['port']}/")
        serving.serve(
            host=options["host"],
            port=options["port"],
            workers=options["workers"],
            threads=options["threads"],
            with_worker=not options["no_worker"],
        )
