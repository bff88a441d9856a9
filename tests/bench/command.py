# SPDX-License-Identifier: Apache-2.0
import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shanhai.kernel import clock
from shanhai.kernel.errors import DomainError
from tests.bench import epcis, hazards, maps, team
from tests.bench.evidence import measure_evidence
from tests.bench.report import Measured, line, table
from tests.bench.run import Parts, inside, measure_apart, measure_inside
from tests.bench.sensors import PARTS, Sizes, measure_sensors

QUICK = (50, 2000)
SENSORS = {
    "rows": "observations that are stored",
    "past": "observations of history",
    "bulk": "observations at once",
    "posts": "single observations",
    "devices": "devices that send",
    "seconds": "how long they send",
}


class Command(BaseCommand):
    help = "Measure speed and size on made-up data, in a database and a data folder of its own."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("subject", choices=["portfolio", "evidence", "sensors", "hazards", "epcis", "map", "team"])
        parser.add_argument("--projects", type=int, default=10_000)
        parser.add_argument("--postings", type=int, default=1_000_000)
        for one, what in SENSORS.items():
            parser.add_argument(f"--{one}", type=int, help=f"{what} (sensors)")
        parts = {
            "sensors": PARTS,
            "hazards": hazards.PARTS,
            "epcis": epcis.PARTS,
            "map": maps.PARTS,
            "team": team.PARTS,
        }
        known = "some of " + ", ".join(f"{','.join(some)} ({subject})" for subject, some in parts.items())
        parser.add_argument("--parts", default="", help=known)
        parser.add_argument("--curve", type=Path, help="a file for the table of all criteria (hazards)")
        parser.add_argument("--quick", action="store_true", help="50 projects, 2,000 postings, no server: a trial")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")
        parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        quick = options["quick"]
        projects, postings = QUICK if quick else (options["projects"], options["postings"])
        if options["subject"] == "evidence":
            self._print(measure_evidence(quick=quick, say=self._say), options["json"])
            return
        if options["subject"] == "hazards":
            chosen = _chosen(options["parts"], hazards.PARTS)
            found = hazards.measure_hazards(quick=quick, parts=chosen, curve=options["curve"], say=self._say)
            self._print(found, options["json"])
            return
        if options["subject"] == "epcis":
            chosen = _chosen(options["parts"], epcis.PARTS)
            self._print(epcis.measure_epcis(quick=quick, parts=chosen, say=self._say), options["json"])
            return
        if options["subject"] == "map":
            chosen = _chosen(options["parts"], maps.PARTS)
            self._print(maps.measure_map(quick=quick, parts=chosen, say=self._say), options["json"])
            return
        if options["subject"] == "team":
            chosen = _chosen(options["parts"], team.PARTS)
            self._print(team.measure_team(quick=quick, parts=chosen, say=self._say), options["json"])
            return
        if options["subject"] == "sensors":
            self._sensors(**options)
            return
        if projects < 1 or postings < 4:
            raise CommandError("要测量，至少要有 1 个项目、4 笔账。")
        try:
            if options["inside"]:
                whole = measure_inside(
                    at=clock.now(), projects=projects, postings=postings, quick=quick, say=self._say, tell=self._tell
                )
                sys.exit(0 if whole else 1)
            sizes = ["--projects", str(projects), "--postings", str(postings), *(["--quick"] if quick else [])]
            found = measure_apart(sizes, quick=quick, say=self._say)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self._print(found, options["json"])

    def _sensors(self, *, parts: str, quick: bool, **options: Any) -> None:
        given = {one: options[one] for one in SENSORS if options[one] is not None}
        sizes = replace(Sizes.quick() if quick else Sizes(), **given)
        chosen = _chosen(parts, PARTS)
        if options["inside"]:
            whole = measure_sensors(at=clock.now(), sizes=sizes, parts=chosen, say=self._say, tell=self._tell)
            sys.exit(0 if whole else 1)
        found = Parts(self._say, lambda one: self._say(line(one)))
        handed = [f"--{name}={value}" for name, value in asdict(sizes).items()]
        found.measure(lambda: inside("sensors", ["--parts", ",".join(chosen), *handed]))
        self._print(found, options["json"])

    def _print(self, found: Parts, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps([one.as_json() for one in found.found], ensure_ascii=False))
        else:
            self.stdout.write(table(found.found))
        if found.failed:
            raise CommandError("有的部分没有测成，见上面的 FAILED。测成的已经列出。")

    def _tell(self, one: Measured) -> None:
        self.stdout.write(json.dumps(asdict(one)))
        self.stdout.flush()

    def _say(self, what: str) -> None:
        self.stderr.write(f"  {what}")
        self.stderr.flush()


def _chosen(parts: str, known: Iterable[str]) -> list[str]:
    chosen, names = parts.split(",") if parts else list(known), list(known)
    if unknown := [one for one in chosen if one not in names]:
        raise CommandError(f"no part of the measurement: {', '.join(unknown)}; there are {', '.join(names)}")
    return chosen
