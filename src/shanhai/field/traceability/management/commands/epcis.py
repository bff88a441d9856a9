# SPDX-License-Identifier: Apache-2.0
"""``shanhai epcis hash FILE`` prints the hash id of each event, one a line; ``validate FILE`` says what is wrong.

``validate`` exits 0 for a valid document, 1 for another, 2 where it cannot be opened; ``hash`` likewise.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shanhai.base.formats import say
from shanhai.field.traceability.events.rules.checking import check, sound
from shanhai.field.traceability.events.rules.hashing import hash_id
from shanhai.field.traceability.events.rules.reading import MOST_BYTES
from shanhai.field.traceability.views.console import as_json, as_lines
from shanhai.kernel.errors import DomainError
from shanhai.kernel.messages import gettext_noop, message


class Command(BaseCommand):
    help = "The hash ids of events of EPCIS, and whether a document of EPCIS is valid."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        hashing = acts.add_parser("hash", help="the hash id (CBV 2.0) of each event, one a line")
        hashing.add_argument("file", type=Path, help="EPCIS 2.0 as JSON or JSON-LD; 1.2 or 2.0 as XML")
        checking = acts.add_parser("validate", help="what is wrong with a document, with place and remedy")
        checking.add_argument("file", type=Path, help="EPCIS 2.0 as JSON or JSON-LD; 1.2 or 2.0 as XML")
        checking.add_argument("--json", action="store_true", help="print a JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as opened:
                content = opened.read(MOST_BYTES + 1)
        except OSError as error:
            text = message(gettext_noop("打不开 %(file)s：%(reason)s。"), file=error.filename, reason=error.strerror)
            raise CommandError(say(text), returncode=2) from error
        if options["act"] == "hash":
            self._hash(content)
        else:
            self._validate(content, as_object=options["json"])

    def _hash(self, content: bytes) -> None:
        try:
            events = sound(content).events
        except DomainError as error:
            raise CommandError(say(error.message), returncode=1) from error
        for event in events:
            self.stdout.write(hash_id(event))

    def _validate(self, content: bytes, *, as_object: bool) -> None:
        verdict = check(content)
        self.stdout.write(as_json(verdict) if as_object else as_lines(verdict))
        if not verdict.valid:
            raise SystemExit(1)
