# SPDX-License-Identifier: Apache-2.0
"""How fast the map serves tiles and pages and makes its files; tiles beside PostGIS and tipg."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.bench.building import Say
from tests.bench.peers import ABSENT as PEER_ABSENT
from tests.bench.report import Measured
from tests.bench.run import ABSENT, Parts, of_module

FULL, FEW = (100_000, 3000), (500, 30)
PEER = "tipg on PostGIS"
# At least ten times as many a second.
MOST_OF_PEER = 0.1


def measure_map(*, quick: bool, parts: Sequence[str], say: Say) -> Parts:
    """Measure the parts asked for."""
    found = Parts(say, lambda one: None)
    for name in parts:
        say(f"{name} …")
        found.measure(partial(PARTS[name], quick, say))
    return found


def _served(quick: bool, say: Say) -> Iterator[Measured]:
    with tempfile.TemporaryDirectory() as folder:
        # The database server of the peer reads as another user.
        Path(folder).chmod(0o755)
        points, areas = FEW if quick else FULL
        ours = list(of_module("mapping", points, areas, folder))
        yield from ours
        say(f"{PEER} …")
        theirs = _peer(folder)
        for one in ours:
            if one.name.startswith("tiles at z"):
                yield _beside(one, theirs)


def _peer(folder: str) -> dict[str, list[float]]:
    command = [sys.executable, "-m", "tests.with_postgres", sys.executable, "-m", "tests.bench.peers.tipg", folder]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == PEER_ABSENT:
        return {}
    if done.returncode:
        raise RuntimeError(f"the peer ended with {done.returncode}")
    found: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _beside(ours: Measured, theirs: dict[str, list[float]]) -> Measured:
    """The time that a tile takes of all, ours to theirs."""
    name = ours.name.removesuffix(", p95")
    rate = float(ours.said.split()[0])
    value, known = round(1000 / rate, 3), theirs.get(name.removeprefix("tiles at z"))
    made = replace(ours, name=name, value=value, unit="ms each", limit=MOST_OF_PEER, beside=PEER, said=ABSENT)
    if known is None:
        return made
    said = f"{rate:.0f} a second, the peer {known[0]:.1f} with p95 {known[1]:.0f} ms, at most 10,000 features a tile"
    return replace(made, ratio=round(known[0] / rate, 5), said=said)


PARTS: dict[str, Callable[[bool, Say], Iterable[Measured]]] = {"served": _served}
