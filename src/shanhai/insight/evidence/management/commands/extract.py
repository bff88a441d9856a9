# SPDX-License-Identifier: Apache-2.0
"""``shanhai extract FILE``: the quantities that a file states.

With ``--json`` an object ``{"claims": […]}``: ``value`` (``upper`` of a range, ``step``) is a number in the base unit,
written digit for digit; ``start`` and ``end`` are characters of the original, whose text there is ``text``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shanhai.insight.evidence.texts.rules.claims import extract
from shanhai.insight.evidence.texts.rules.reading import read
from shanhai.insight.evidence.texts.selectors import open_text
from shanhai.insight.evidence.texts.values import Claim
from shanhai.kernel.errors import DomainError


class Command(BaseCommand):
    help = "List the quantities that a file states, each with the sentence it stands in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            original = open_text(path=path)
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from error
        for note in original.notes if original.text else ():
            self.stderr.write(str(note))
        if not original.text and original.notes:
            raise CommandError(str(original.notes[-1]))
        claims = extract(original.text, read(original))
        if options["json"]:
            self.stdout.write(f'{{"claims": [{", ".join(_row(one, original.text) for one in claims)}]}}')
            return
        for one in claims:
            self.stdout.write("\t".join(map(str, (one.text, one.value, one.unit, one.bound, one.subject))))


def _row(claim: Claim, text: str) -> str:
    # No float on the way: JSON has numbers of any length, Python's writer has not.
    numbers = {"value": claim.value, "step": claim.step, **({} if claim.upper is None else {"upper": claim.upper})}
    said = claim.sentence
    words = {
        "unit": claim.unit, "bound": claim.bound.value, "text": claim.text, "start": claim.start, "end": claim.end,
        "subject": claim.subject, "period": claim.period, "place": claim.place, "damaged": claim.damaged,
        "sentence": {"text": text[said.start : said.end], "start": said.start, "end": said.end},
    }  # fmt: skip
    exactly = ", ".join(f'"{key}": {value:f}' for key, value in numbers.items())
    return f"{{{exactly}, {json.dumps(words, ensure_ascii=False)[1:]}"
