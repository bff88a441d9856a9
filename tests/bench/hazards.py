# SPDX-License-Identifier: Apache-2.0
"""How soon made-up collapses are red, how often made-up slopes that stay are; how fast the past is replayed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from django.db import connection

from tests.bench.building import Say
from tests.bench.judging import CURVES, Outcome, judge_collapse, judge_stable
from tests.bench.report import Measured
from tests.bench.run import Parts, of_module
from tests.bench.slopes import STABLE_DAYS

COLLAPSES, STABLE, ROWS, SITES = 500, 500, 525_600, 1000
FEW_COLLAPSES, FEW_STABLE, FEW_ROWS, FEW_SITES = 3, 2, 5000, 2
# The thresholds to begin with were chosen on the seeds from 9000 on, and some of the first 300 were seen meanwhile.
FIRST_SEED = 1001
_YEARS = STABLE_DAYS / 365


def measure_hazards(*, quick: bool, parts: Sequence[str], curve: Path | None, say: Say) -> Parts:
    """Measure the parts asked for; the whole curve goes to the file ``curve`` as tables."""
    found = Parts(say, lambda one: None)
    for name in parts:
        say(f"{name} …")
        found.measure(partial(PARTS[name], quick, curve, say))
    return found


def _replay(quick: bool, curve: Path | None, say: Say) -> Iterator[Measured]:
    rows = FEW_ROWS if quick else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path, criteria = Path(folder) / "years.csv", Path(folder) / "criteria.json"
        begin = datetime(2016, 1, 1, tzinfo=UTC)
        lines = (
            f"{(begin + timedelta(minutes=10 * at)).isoformat()},{at / 300 + 0.3 * (at * 7919 % 11 - 5) / 5:.2f}\n"
            for at in range(rows)
        )
        path.write_text("time,d\n" + "".join(lines), "utf-8")
        criteria.write_text('{"references": {"d": {"rate": 0.5, "spread": 0.5, "approved": true}}}', "utf-8")
        command = [sys.executable, "-m", "shanhai", "hazards", "replay", str(path), "--criteria", str(criteria)]
        start = time.perf_counter()
        subprocess.run([*command, "--json"], stdout=subprocess.DEVNULL, check=True)
        took = time.perf_counter() - start
    said = f"{1e6 * took / rows:.1f} µs a row"
    yield Measured(f"replay of {rows} readings of a sensor", round(took, 2), "s", 10, connection.vendor, said=said)


def _slopes(quick: bool, curve: Path | None, say: Say) -> Iterator[Measured]:
    collapses, stable = (FEW_COLLAPSES, FEW_STABLE) if quick else (COLLAPSES, STABLE)
    say(f"collapses, seeds {FIRST_SEED}–{FIRST_SEED + collapses - 1}")
    fallen = _all(judge_collapse, collapses)
    say(f"slopes that stay, seeds {FIRST_SEED}–{FIRST_SEED + stable - 1}")
    stayed = _all(judge_stable, stable)
    red = "all together, red"
    leads = sorted(one.leads.get(red, 0.0) for one in fallen)
    missed = [one for one in fallen if red not in one.leads]
    for one in missed:
        say(f"  not red before it came down: seed {one.seed}, {one.said}")
    for one in stayed:
        if one.alarms.get(red):
            say(f"  red {one.alarms[red]} × and stayed: seed {one.seed}, {one.said}")
    if curve is not None:
        curve.write_text(_table(fallen, stayed), "utf-8")
    name, vendor = f"of {collapses} made-up collapses", connection.vendor
    said = f"median lead {_median(leads):.1f} h, a tenth below {leads[len(leads) // 10]:.1f} h"
    yield Measured(f"{name}, not red before", 100 * len(missed) / collapses, "%", 1, vendor, said=said)
    years = stable * _YEARS
    reds = sum(one.alarms.get(red, 0) for one in stayed)
    invalid = sum(one.invalid for one in stayed) / sum(one.judged for one in stayed)
    said = f"{reds} in {years:.0f} years of a site; {100 * invalid:.1f} % of the time its data were invalid"
    name = f"red of {stable} made-up slopes that stay, in 100 years"
    yield Measured(name, round(100 * reds / years, 2), "reds", 1, vendor, said=said)


def _all(judge: Callable[[int], Outcome], count: int) -> list[Outcome]:
    with ProcessPoolExecutor(min(os.cpu_count() or 1, count)) as pool:
        return list(pool.map(judge, range(FIRST_SEED, FIRST_SEED + count), chunksize=4))


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def _table(fallen: Sequence[Outcome], stayed: Sequence[Outcome]) -> str:
    """For each criterion and cut: what it costs in alarms that were none, what it gives in hours."""
    head = (
        "| criterion | alarm from | before the collapse | median lead, h | alarms in 100 years of a site that stays |"
    )
    lines = [head, "|---|---|---|---|---|"]
    for criterion, cut in CURVES:
        key = f"{criterion}, {cut}"
        leads = [one.leads[key] for one in fallen if key in one.leads]
        share, lead = 100 * len(leads) / len(fallen), f"{_median(leads):.1f}" if leads else "-"
        false = 100 * sum(one.alarms.get(key, 0) for one in stayed) / (len(stayed) * _YEARS)
        lines.append(f"| {criterion} | {cut} | {share:.1f} % | {lead} | {false:.1f} |")
    return "\n".join(lines) + "\n"


def _watching(quick: bool, curve: Path | None, say: Say) -> Iterator[Measured]:
    return of_module("watching", FEW_SITES if quick else SITES)


PARTS: dict[str, Callable[[bool, Path | None, Say], Iterable[Measured]]] = {
    "replay": _replay,
    "watching": _watching,
    "slopes": _slopes,
}
