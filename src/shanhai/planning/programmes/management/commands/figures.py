# SPDX-License-Identifier: Apache-2.0
"""``shanhai figures PROGRAMME``: every figure of a programme, with its base, formula and strength of evidence.

With ``--json`` a JSON array: ``value`` is a decimal string in ``unit`` (money in 元 to the fen, a share in percent with
two decimals), or null beside the sentence ``gap``; ``other_bases`` gives the same share on every other base in use.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shanhai.kernel import clock, proofs
from shanhai.kernel.actors import system
from shanhai.kernel.errors import DomainError
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.registry import registries
from shanhai.planning.programmes.core.rules import plain_figure
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.registers.places import selectors as places
from shanhai.registers.tables.forms import day_option


class Command(BaseCommand):
    help = "Print the key figures of a programme."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", help="the programme's code")
        parser.add_argument("--json", action="store_true", help="print a JSON array instead of lines")
        parser.add_argument("--as-of", type=day_option, help="a day, as 2026-03-01 or 2026年3月1日; else today")
        parser.add_argument("--place", help="a GB/T 2260 code: only what lies in there")
        parser.add_argument(
            "--year", type=int, choices=range(1978, 2101), metavar="YEAR", help="only what happened in that year"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        viewer = system("console", tuple(registries.permissions))
        scope = FigureScope(
            programme=options["programme"],
            as_of=options["as_of"] or clock.local_date(clock.now()),
            place=options["place"],
            year=options["year"],
        )
        try:
            programmes.get_programme(viewer=viewer, code=scope.programme)
            if scope.place is not None:
                places.get_division(scope.place)
            rows = [plain_figure(figure) for figure in proofs.all_figures(viewer, scope)]
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
            return
        for row in rows:
            value = row["gap"] if row["value"] is None else f"{row['value']} {row['unit']}"
            self.stdout.write(f"{row['key']}\t{row['label']}\t{value}\t{row['formula']}\t{row['strength']}")
