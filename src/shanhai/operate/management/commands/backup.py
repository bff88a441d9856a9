# SPDX-License-Identifier: Apache-2.0
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shanhai.kernel import clock
from shanhai.kernel.errors import DomainError
from shanhai.operate.archive import write_backup


class Command(BaseCommand):
    help = "Save all records and documents into one file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="print the manifest")

    def handle(self, *args: Any, **options: Any) -> None:
        def progress(label: str, rows: int) -> None:
            if rows and not options["json"]:
                self.stderr.write(f"  {label}: {rows}")

        try:
            manifest = write_backup(options["file"], at=clock.now(), progress=progress)
        except DomainError as error:
            raise CommandError(str(error)) from error
        rows = sum(table["rows"] for table in manifest["tables"].values())
        if options["json"]:
            self.stdout.write(json.dumps(manifest, ensure_ascii=False))
        else:
            self.stdout.write(f"{options['file']}: {rows} rows, {manifest['documents']} documents")
        history = manifest["history"]
        if history["files"]:
            self.stdout.write(f"  {history['files']} months of observations")
        for why, names in (("lies elsewhere, save it there", history["elsewhere"]), ("is missing", history["missing"])):
            for name in names:
                self.stderr.write(f"  not in the backup, because it {why}: {name}")
