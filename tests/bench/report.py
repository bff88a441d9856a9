# SPDX-License-Identifier: Apache-2.0
"""What a measurement says, and how it is printed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure beside its limit, the most it may be at full size; ``database`` is "sqlite" or "postgresql"."""

    name: str
    value: float
    unit: str
    limit: float
    database: str

    @property
    def ok(self) -> bool:
        """Whether the limit holds."""
        return self.value <= self.limit

    def as_json(self) -> dict[str, Any]:
        """The figure for a machine."""
        return {**asdict(self), "ok": self.ok}


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed (the nearest rank). Raises ValueError for none."""
    if not values:
        raise ValueError("nothing was measured")
    return sorted(values)[math.ceil(len(values) * 0.95) - 1]


def table(found: Iterable[Measured]) -> str:
    """The figures as lines of text, those over their limit marked."""
    lines = [f"{'':34}{'value':>10} {'limit':>10} unit"]
    for one in found:
        mark = "" if one.ok else "  OVER"
        lines.append(f"{one.name:34}{one.value:>10g} {one.limit:>10g} {one.unit}  {one.database}{mark}")
    return "\n".join(lines)
