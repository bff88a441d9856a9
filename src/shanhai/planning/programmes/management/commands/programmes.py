# SPDX-License-Identifier: Apache-2.0
"""``shanhai programmes [--json]``: which programmes there are."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shanhai.kernel.actors import system
from shanhai.kernel.registry import registries
from shanhai.planning.programmes.core.selectors import programmes


class Command(BaseCommand):
    help = "List the programmes: code, name, supporter, recipient."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print a JSON array instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = [
            {
                "code": programme.code,
                "name": programme.name,
                "supporter": programme.supporter.name,
                "recipient": programme.recipient.name,
                "supporter_code": programme.supporter.code,
                "recipient_code": programme.recipient.code,
            }
            for programme in programmes.list_programmes(viewer=system("console", tuple(registries.permissions)))
        ]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
            return
        for row in rows:
            self.stdout.write(f"{row['code']}\t{row['name']}\t{row['supporter']} → {row['recipient']}")
