# SPDX-License-Identifier: Apache-2.0
"""What a measurement says, and how it is printed."""

from __future__ import annotations

import math
import resource
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure beside its limit, the most it may be at full size; ``database`` is "sqlite" or "postgresql".

    Where ``beside`` names a floor or a peer that did the same work in the same run, the limit is one of ``ratio``, ours
    to the other's; ``said`` tells why there is none, or more of the figure.
    """

    name: str
    value: float
    unit: str
    limit: float
    database: str
    beside: str = ""
    ratio: float | None = None
    said: str = ""

    @property
    def ok(self) -> bool | None:
        """Whether the limit holds; None when there is nothing to hold it against."""
        if self.beside:
            return None if self.ratio is None else self.ratio <= self.limit
        return self.value <= self.limit

    def as_json(self) -> dict[str, Any]:
        """The figure for a machine."""
        return {**asdict(self), "ok": self.ok}


@dataclass(frozen=True, slots=True)
class Cost:
    """What some work took: CPU seconds of this process and its children, seconds by the clock."""

    cpu: float
    seconds: float


def cost(do: Callable[[], object], repeats: int = 1) -> Cost:
    """What ``do`` takes, the least of ``repeats``: machines are noisy, and noise only adds."""
    found = [_once(do) for _ in range(repeats)]
    return Cost(min(one.cpu for one in found), min(one.seconds for one in found))


def _once(do: Callable[[], object]) -> Cost:
    cpu, start = _cpu(), time.perf_counter()
    do()
    return Cost(_cpu() - cpu, time.perf_counter() - start)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed (the nearest rank). Raises ValueError for none."""
    return _rank(values, 0.95)


def _rank(values: Sequence[float], share: float) -> float:
    if not values:
        raise ValueError("nothing was measured")
    return sorted(values)[math.ceil(len(values) * share) - 1]


def p99(values: Sequence[float]) -> float:
    """The value that 99 of 100 do not exceed. Raises ValueError for none."""
    return _rank(values, 0.99)


def table(found: Iterable[Measured]) -> str:
    """The figures as lines of text, those over their limit marked."""
    return "\n".join([f"{'':46}{'value':>10} {'limit':>8} unit", *map(line, found)])


def line(one: Measured) -> str:
    """A figure as a line of text."""
    ratio = "" if one.ratio is None else f" {one.ratio:.3g} × {one.beside}"
    said, mark = one.said and f" {one.said}", "  OVER" if one.ok is False else ""
    return f"{one.name:46}{one.value:>10g} {one.limit:>8.3g} {one.unit:8} {one.database}{ratio}{said}{mark}"
