# SPDX-License-Identifier: Apache-2.0
"""What became of divisions that are no more: renamed, recoded, merged or split since 2012, as ``changes.csv`` says."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from shanhai.registers.places.values import DivisionChange

_FILE = Path(__file__).parent.parent / "changes.csv"
# After these the old division goes on.
_GOING_ON = frozenset({"ceded", "founded"})


@lru_cache(maxsize=1)
def changes() -> tuple[DivisionChange, ...]:
    """All changes on file, oldest first."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return tuple(DivisionChange(**row) for row in csv.DictReader(lines))


def ended(change: DivisionChange) -> bool:
    """Whether the old division is no more."""
    return change.kind not in _GOING_ON


def successors(code: str) -> tuple[str, ...]:
    """The codes in force today of what followed ``code``, over all changes since; itself when nothing did."""
    followed = [change.code_new for change in changes() if change.code_old == code and ended(change)]
    return tuple(dict.fromkeys(last for new in followed for last in successors(new))) or (code,)
