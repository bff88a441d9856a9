# SPDX-License-Identifier: Apache-2.0
"""``shanhai check-report FILE``: what in a bulletin does not fit, before it goes out. Nothing is stored.

With ``--json`` an object: "findings", each with "kind", "message", "spans" and "suspect" ("text", "start", "end") or
null. Offsets are characters of the original. It exits with 0 whether there are findings or not; with 1 for what cannot
be read, such as a scan. What could not be read of a file is said on stderr.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shanhai.base.formats import say
from shanhai.insight.evidence.texts.selectors import check_text, open_text
from shanhai.insight.evidence.texts.values import Finding
from shanhai.kernel.actors import system
from shanhai.kernel.errors import DomainError
from shanhai.kernel.registry import registries


class Command(BaseCommand):
    help = "Name the numbers of a report that do not fit, and which of them is most probably the slip."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a report: .txt .html .docx .pdf .xlsx")
        parser.add_argument("--json", action="store_true", help="print a JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"there is no file {path}")
        viewer = system("console", tuple(registries.permissions))
        try:
            original = open_text(path=path)
            found = check_text(viewer=viewer, original=original).findings
        except DomainError as error:
            raise CommandError(say(error.message)) from error
        if not original.text and original.notes:
            raise CommandError(say(original.notes[-1]))
        for note in original.notes:
            self.stderr.write(say(note))
        if options["json"]:
            self.stdout.write(json.dumps({"findings": [_plain(one) for one in found]}, ensure_ascii=False, indent=2))
            return
        for one in found:
            self.stdout.write(f"{one.kind}\t{say(one.message)}")


def _plain(one: Finding) -> dict[str, Any]:
    suspect = one.suspect
    return {
        "kind": one.kind,
        "message": say(one.message),
        "spans": [{"start": span.start, "end": span.end} for span in one.spans],
        "suspect": suspect and {"text": suspect.text, "start": suspect.start, "end": suspect.end},
    }
