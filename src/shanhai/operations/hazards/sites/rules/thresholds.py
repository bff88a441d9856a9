# SPDX-License-Identifier: Apache-2.0
"""Two versions of thresholds beside one another; and how fast a point moves while nothing happens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop

# Of fewer daily rates nobody can say how they spread.
FEWEST = 7


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that differs: where it stands, and both; None where one has none."""

    path: str
    old: Any
    new: Any


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """The numbers that differ between two versions, as ``Thresholds.write`` wrote them, in order."""
    before, after = dict(_flat(old)), dict(_flat(new))
    paths = [*after, *(one for one in before if one not in after)]
    return [Difference(one, before.get(one), after.get(one)) for one in paths if before.get(one) != after.get(one)]


def overlaid(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with the values ``given`` by their paths ("angle.red")."""
    found: dict[str, Any] = {key: dict(one) if isinstance(one, Mapping) else one for key, one in base.items()}
    for path, value in given.items():
        *above, last = path.split(".")
        place = found
        for name in above:
            inner = place.get(name)
            place[name] = dict(inner) if isinstance(inner, Mapping) else {}
            place = place[name]
        place[last] = value
    return found


def value_at(numbers: Mapping[str, Any], path: str) -> Any:
    """The value at a path."""
    found: Any = numbers
    for name in path.split("."):
        found = found[name]
    return found


@dataclass(frozen=True, slots=True)
class Measured:
    """The rates of a stretch of days, one a day: their mean (without its direction) and spread, and how many."""

    mean: float
    spread: float
    count: int


def measured(rates: Sequence[float]) -> Measured:
    """v̄ = |Σ r / n|; σ = √(Σ (r − Σ r / n)² / (n − 1)). Raises Refused for fewer than ``FEWEST`` rates."""
    if len(rates) < FEWEST:
        text = gettext_noop("这段时间只有 %(count)s 个日速率，至少要 %(fewest)s 个。请选长一点的平稳段。")
        raise Refused(text, "hazards.stretch_too_short", count=len(rates), fewest=FEWEST)
    mean = sum(rates) / len(rates)
    spread = sqrt(sum((one - mean) ** 2 for one in rates) / (len(rates) - 1))
    return Measured(abs(mean), spread, len(rates))


def _flat(numbers: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in numbers.items():
        path = f"{above}.{key}" if above else str(key)
        if isinstance(value, Mapping):
            yield from _flat(value, path)
        else:
            yield path, value
