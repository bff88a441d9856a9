# SPDX-License-Identifier: Apache-2.0
"""``shanhai warnings PROGRAMME``: the warnings of a programme that are not closed, the gravest and oldest first.

With ``--evaluate`` all rules are asked first, in the name of the account that ``--by`` names; the worker does it once a
day by itself. With ``--json`` a JSON object: "evaluated" (counts, or null) and "warnings", an array.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from shanhai.base.accounts.services.sessions import person_at
from shanhai.base.accounts.values import add_person
from shanhai.kernel import clock
from shanhai.kernel.actors import system
from shanhai.kernel.errors import DomainError
from shanhai.kernel.registry import registries
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.warnings.models import EarlyWarning
from shanhai.planning.warnings.selectors import list_warnings
from shanhai.planning.warnings.services import evaluate_programme


class Command(BaseCommand):
    help = "Print the warnings of a programme; with --evaluate ask all rules first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", help="the programme's code")
        parser.add_argument("--evaluate", action="store_true", help="ask all rules first")
        add_person(parser)
        parser.add_argument("--json", action="store_true", help="print a JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        viewer, programme, evaluated = system("console", tuple(registries.permissions)), options["programme"], None
        at = clock.now()
        try:
            get_programme(viewer=viewer, code=programme)
            if options["evaluate"]:
                with transaction.atomic():
                    by = person_at(by=options["by"], at=at, command="warnings --evaluate", because=options["because"])
                    evaluated = asdict(evaluate_programme(by=by, at=at, programme=programme))
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        rows = [_plain(row) for row in list_warnings(viewer=viewer, programme=programme)]
        if options["json"]:
            self.stdout.write(json.dumps({"evaluated": evaluated, "warnings": rows}, ensure_ascii=False, indent=2))
            return
        if evaluated is not None:
            self.stdout.write("\t".join(f"{name} {count}" for name, count in evaluated.items()))
        for row in rows:
            self.stdout.write("\t".join(row[name] for name in ("severity", "since", "state", "label", "why")))


def _plain(row: EarlyWarning) -> dict[str, str]:
    return {
        "uuid": str(row.uuid),
        "rule": row.rule,
        "severity": row.its_rule.severity.value,
        "state": row.state,
        "since": row.since_on.isoformat(),
        "raised": row.raised_on.isoformat(),
        "place": row.place,
        "subject_kind": row.subject_kind,
        "subject": str(row.subject),
        "label": row.label,
        "why": str(row.sentence),
        "acts": row.its_rule.acts,
    }
