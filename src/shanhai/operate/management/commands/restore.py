# SPDX-License-Identifier: Apache-2.0
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from shanhai.kernel.errors import DomainError
from shanhai.operate.archive import read_backup


class Command(BaseCommand):
    help = "Read a backup into an empty database (migrated first), then verify it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="print the manifest")

    def handle(self, *args: Any, **options: Any) -> None:
        def progress(label: str, rows: int) -> None:
            if rows and not options["json"]:
                self.stderr.write(f"  {label}: {rows}")

        call_command("migrate", verbosity=0, interactive=False)
        try:
            manifest = read_backup(options["file"], progress=progress)
        except DomainError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(manifest, ensure_ascii=False))
        else:
            call_command("audit", "verify", stdout=self.stdout)
