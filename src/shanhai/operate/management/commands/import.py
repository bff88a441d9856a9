# SPDX-License-Identifier: Apache-2.0
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shanhai.base.accounts.selectors import actor_named
from shanhai.base.accounts.services.sessions import person_at
from shanhai.base.accounts.values import add_person
from shanhai.base.formats import say
from shanhai.kernel import clock
from shanhai.kernel.errors import DomainError
from shanhai.kernel.imports import ImportReport
from shanhai.kernel.registry import registries
from shanhai.portal import imports
from shanhai.registers.tables.selectors.workbooks import open_workbook


class Command(BaseCommand):
    help = "Take in a file of a kind in the name of an account."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("subject", choices=[importer.key for importer in registries.importers])
        parser.add_argument("file", type=Path)
        add_person(parser)
        parser.add_argument("--programme", help="code of the programme")
        parser.add_argument("--crs", help="coordinate system of the file: wgs84, cgcs2000, gcj02 or bd09")
        parser.add_argument("--cut-off", help="for a county table: its day, as 2021-09-30 or 2021年9月30日")
        parser.add_argument(
            "--answer", action="append", default=[], metavar="KEY=CHOICE", help="what you decide; the report asks"
        )
        parser.add_argument("--dry-run", action="store_true", help="check only, store nothing")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["file"].is_file():
            raise CommandError(f"there is no file {options['file']}")
        given = {key: options[key] for key in ("programme", "crs", "cut_off") if options[key]}
        at = clock.now()
        try:
            if options["dry_run"]:
                by = actor_named(username=options["by"], at=at)
            else:
                by = person_at(
                    by=options["by"], at=at, command=f"import {options['subject']}", because=options["because"]
                )
            with open_workbook(path=options["file"]) as file:
                report = imports.run(
                    importer=imports.importer_for(file, by=by, kind=options["subject"]),
                    file=file,
                    options={**given, "note": options["because"]},
                    answers=dict(one.split("=", 1) for one in options["answer"] if "=" in one),
                    by=by,
                    at=at,
                    dry_run=options["dry_run"],
                )
        except DomainError as error:
            if options["json"]:
                self.stdout.write(
                    json.dumps({"applied": False, "error": error.code, "message": str(error)}, ensure_ascii=False)
                )
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(imports.plain(report), ensure_ascii=False))
        else:
            self._print(report)
        if report.blocked:
            raise SystemExit(1)

    def _print(self, report: ImportReport) -> None:
        for problem in report.problems:
            self.stdout.write(f"  {say(problem.where)}: {say(problem.message)}")
        for finding in report.findings:
            self.stdout.write(f"  ? {say(finding.message)}")
        for question in report.questions:
            choices = " | ".join(f"{one.key} ({say(one.label)})" for one in question.choices)
            answer = f" → {question.answer}" if question.answer else ""
            self.stdout.write(f"  {say(question.text)}{answer}\n    --answer {question.key}=… : {choices}")
        state = "stored" if report.applied else "not stored"
        self.stdout.write(f"{report.kind}: {report.rows} rows, {state}")
