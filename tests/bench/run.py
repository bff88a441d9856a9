# SPDX-License-Identifier: Apache-2.0
"""The whole measurement, from outside (places of their own, peers beside) and from inside (build, measure)."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random

from django.db import connection

from shanhai.operate import serving
from shanhai.operate.demo.load import make_tables
from tests.bench.apart import own_place
from tests.bench.building import BATCH, Say, build
from tests.bench.measuring import REPEATS, parts, signed_in, visits
from tests.bench.peers import beside
from tests.bench.report import Cost, Measured, line
from tests.bench.visiting import measure_demo, measure_served

ROWS, MANY_ROWS = 10_000, 50_000
IMPORT_SECONDS, IMPORT_MB, WAIT_SECONDS, EXPORT_LEAST = 20, 300, 1, "export, least"
POSTED_BY_PEERS = {"hordak": BATCH, "tryton": 200}
ABSENT = "not read: peer absent"


class Parts:
    """What was measured, part by part: one that fails says so, and those after it are measured all the same."""

    def __init__(self, say: Say, tell: Callable[[Measured], None]) -> None:
        self._say, self._tell = say, tell
        self.found: list[Measured] = []
        self.failed = False

    def measure(self, part: Callable[[], Iterable[Measured]]) -> None:
        """Tell each figure as soon as it is known."""
        try:
            for one in part():
                self.found.append(one)
                self._tell(one)
        except Exception as error:
            self.failed = True
            self._say(f"FAILED: {type(error).__name__}: {error}")


def measure_apart(options: Sequence[str], *, quick: bool, say: Say) -> Parts:
    """Measure in databases and folders of their own; ``options`` go on to the command inside."""
    # Told as they come, too: whoever stops a long measurement keeps what it has found.
    found = Parts(say, lambda one: say(line(one)))
    found.measure(partial(inside, "portfolio", options))
    found.measure(partial(_posted_by_peers, found.found, quick, say))
    found.measure(partial(_imports, found.found, quick, say))
    if not quick:
        say("demo …")
        found.measure(_demo)
    return found


def measure_inside(
    *, at: datetime, projects: int, postings: int, quick: bool, say: Say, tell: Callable[[Measured], None]
) -> bool:
    """Build and measure in the database at hand, which must be empty; whether every part could be measured."""
    make_tables()
    serving.prepare_static()
    built = build(at=at, projects=projects, postings=postings, say=say)
    found = Parts(say, tell)
    for part in parts(built, quick=quick, say=say):
        found.measure(part)
    if not quick:
        say("server …")
        found.measure(lambda: measure_served(signed_in(built), visits(built, Random(1))))
    return not found.failed


def inside(subject: str, options: Sequence[str]) -> Iterator[Measured]:
    """What the command finds in a place of its own."""
    return _told("data", ["shanhai", "bench", subject, "--inside", *options])


def of_module(name: str, *arguments: object) -> Iterator[Measured]:
    """What the module of that name here finds in a place of its own."""
    return _told(name, [f"tests.bench.{name}", *map(str, arguments)])


def _told(place: str, command: Sequence[str]) -> Iterator[Measured]:
    with own_place(place) as environment:
        environment["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
        command = [sys.executable, "-m", *command]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout or ():
                yield Measured(**json.loads(line))
        if process.returncode:
            raise RuntimeError(f"the measurement inside ended with {process.returncode}")


def _demo() -> Iterator[Measured]:
    with own_place("demo") as environment:
        # The demo makes a key of its own.
        del environment["SHANHAI_SECRET_KEY"]
        yield measure_demo(environment, connection.vendor)


def _against(ours: Measured, peer: str, theirs: Cost | None, limit: float, scale: float = 1) -> Measured:
    """``ours`` beside a peer that did the ``scale``th part of the same work."""
    wall = ours.unit == "s"
    other = (theirs.seconds if wall else theirs.cpu) * scale if theirs else None
    ratio = None if other is None else round(ours.value / other, 4)
    return replace(ours, beside=peer, ratio=ratio, limit=limit, said="" if theirs else ABSENT)


def _posted_by_peers(known: Sequence[Measured], quick: bool, say: Say) -> Iterator[Measured]:
    ours = next((one for one in known if one.name.startswith("post ") and one.beside), None)
    if ours is None:
        raise RuntimeError("no posting of ours was measured, so peers have nothing to stand beside")
    for peer, count in POSTED_BY_PEERS.items():
        say(f"{peer} …")
        wanted = min(count, 20) if quick else count
        with own_place(peer) as environment:
            theirs = beside(peer, [str(wanted)], environment)
        yield _against(ours, peer, theirs, 1, scale=BATCH / wanted)


def _imports(known: Sequence[Measured], quick: bool, say: Say) -> Iterator[Measured]:
    rows, many = (50, 250) if quick else (ROWS, MANY_ROWS)
    named, repeats, vendor = f"import of {rows} rows", 1 if quick else REPEATS - 1, connection.vendor
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "projects.xlsx"
        say(f"{named} …")
        runs = [_import(rows, path) for _ in range(repeats)]
        few = Cost(min(run["cpu"] for run in runs), min(run["seconds"] for run in runs))
        ours = Measured(named, round(few.cpu, 3), "s CPU", 0, vendor)
        yield Measured(f"{named}, by the clock", round(few.seconds, 3), "s", IMPORT_SECONDS, vendor)
        yield Measured(f"{named}, memory", round(max(run["mb"] for run in runs)), "MB", IMPORT_MB, vendor)
        waited = min(run["waited"] for run in runs)
        yield Measured(f"{named}, longest wait of another writer", round(waited, 4), "s", WAIT_SECONDS, vendor)
        with own_place("bare") as environment:
            yield _against(ours, "bare read and insert", _bare(path, environment, repeats), 22)
        for what, mine, limit in (("import", ours, 0.2), ("export", _export_of(known), 0.5)):
            with own_place(what) as environment:
                theirs = beside("tables", [what, str(path)], environment)
            if mine:
                yield _against(mine, f"django-import-export, {what} in bulk", theirs, limit)
        say(f"import of {many} rows …")
        run = _import(many, Path(folder) / "many.xlsx")
        more = f"import of {many} rows"
        yield _against(Measured(more, round(run["cpu"], 3), "s CPU", 0, vendor), named, few, 5.2)
        yield Measured(f"{more}, memory", round(run["mb"]), "MB", IMPORT_MB, vendor)


def _export_of(known: Sequence[Measured]) -> Measured | None:
    return next((one for one in known if one.name == EXPORT_LEAST), None)


def _import(rows: int, path: Path) -> dict[str, float]:
    with own_place(f"import{rows}") as environment:
        environment |= {"SHANHAI_IMPORT_MAX_ROWS": str(MANY_ROWS), "DJANGO_SETTINGS_MODULE": "shanhai.config.settings"}
        command = [sys.executable, "-m", "tests.bench.importing", str(rows), str(path)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _bare(path: Path, environment: dict[str, str], repeats: int) -> Cost:
    code = (
        "import json, sys, django; django.setup(); from dataclasses import asdict; from pathlib import Path;"
        "from tests.bench import floors; from tests.bench.report import cost;"
        f"print(json.dumps(asdict(cost(lambda: floors.take_in_bare(Path(sys.argv[1])), {repeats}))))"
    )
    environment = {**environment, "DJANGO_SETTINGS_MODULE": "shanhai.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return Cost(**json.loads(done.stdout))
