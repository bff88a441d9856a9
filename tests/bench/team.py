# SPDX-License-Identifier: Apache-2.0
"""How fast the team is counted and leave is asked for, of many people and of a tenth of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from tests.bench.building import Say
from tests.bench.report import Measured
from tests.bench.run import Parts, of_module

# What grows with the people shows beside a tenth of them.
PEOPLE, FEW = (2000, 20_000), (50,)


def measure_team(*, quick: bool, parts: Sequence[str], say: Say) -> Parts:
    """Measure the parts asked for."""
    found = Parts(say, lambda one: None)
    for name in parts:
        say(f"{name} …")
        found.measure(partial(PARTS[name], quick, say))
    return found


def _staff(quick: bool, say: Say) -> Iterator[Measured]:
    for people in FEW if quick else PEOPLE:
        say(f"{people} people …")
        yield from of_module("staffing", people)


PARTS: dict[str, Callable[[bool, Say], Iterable[Measured]]] = {"staff": _staff}
