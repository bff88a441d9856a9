# SPDX-License-Identifier: Apache-2.0
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shanhai.base.audit import selectors
from shanhai.kernel.registry import registries


class Command(BaseCommand):
    help = "verify: walk the audit chain, and run every check of what is stored against what it must add up to."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["verify"])
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        chain = selectors.verify_chain()
        checks = {check.key: list(check.run()) for check in registries.integrity}
        sound = chain.whole and not any(checks.values())
        if options["json"]:
            report = {
                "sound": sound,
                "rows": chain.rows,
                "head": {"seq": chain.head_seq, "hash": chain.head_hash},
                "chain": list(chain.faults),
                "checks": checks,
            }
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self.stdout.write(f"audit chain: {chain.rows} rows, head {chain.head_seq} {chain.head_hash[:16]}…")
            for fault in chain.faults:
                self.stdout.write(f"  ✗ {fault}")
            for check in registries.integrity:
                faults = checks[check.key]
                self.stdout.write(f"{check.key}: {check.label}{'' if faults else ' ✓'}")
                for fault in faults:
                    self.stdout.write(f"  ✗ {fault}")
        if not sound:
            raise SystemExit(1)
