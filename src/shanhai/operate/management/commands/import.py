# SPDX-License-Identifier: Apache-2.0
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel import clock
from shanhai.kernel.actors import system
from shanhai.kernel.errors import DomainError
from shanhai.portal import imports


class Command(BaseCommand):
    help = "Take in a file: projects (or a county table), returns, places, organisations."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("subject", choices=imports.subjects())
        parser.add_argument("file", type=Path)
        parser.add_argument("--programme", help="code of the programme")
        parser.add_argument("--crs", help="coordinate system of the file: wgs84, cgcs2000 or gcj02")
        parser.add_argument("--kind", help="for places: divisions or sites")
        parser.add_argument("--cut-off", help="for a county table: the day it stands for, as 2021-09-30")
        parser.add_argument("--dry-run", action="store_true", help="check only, store nothing")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        given = {key: options[key] for key in ("programme", "crs", "kind", "cut_off") if options[key]}
        by = system("console", tuple(permission.value for permission in Permission))
        try:
            report = imports.run(
                subject=options["subject"],
                path=options["file"],
                options=given,
                by=by,
                at=clock.now(),
                dry_run=options["dry_run"],
            )
        except DomainError as error:
            if options["json"]:
                self.stdout.write(
                    json.dumps({"applied": False, "error": error.code, "message": str(error)}, ensure_ascii=False)
                )
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False, default=str))
        else:
            self._print(report)
        if any(problem.get("blocking", True) for problem in report.get("problems", ())):
            raise SystemExit(1)

    def _print(self, report: dict[str, Any]) -> None:
        for problem in report.get("problems", ()):
            self.stdout.write(f"  {problem['where']}: {problem['message']}")
        for finding in report.get("findings", ()):
            self.stdout.write(f"  ? {finding['message']}")
        state = "stored" if report.get("applied") else "not stored"
        self.stdout.write(f"{report.get('kind')}: {report.get('rows')} rows, {state}")
