# SPDX-License-Identifier: Apache-2.0
"""What is said of a task, which lines are complete, and when a month's round opens and is due by itself."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

OPENS = 25
DAYS_TO_REPORT = 7


@dataclass(frozen=True, slots=True)
class Said:
    """How far a task has come in percent, and a word on it; no percent where nothing has been said yet."""

    percent: int | None
    words: str = ""


def usual_days(year: int, month: int) -> tuple[date, date]:
    """From which day a month is reported on, and by when: from the 25th, a week long.

    >>> usual_days(2026, 2)
    (datetime.date(2026, 2, 25), datetime.date(2026, 3, 4))
    """
    opens_on = date(year, month, min(OPENS, monthrange(year, month)[1]))
    return opens_on, opens_on + timedelta(days=DAYS_TO_REPORT)


def unsaid(lines: Iterable[tuple[str, int, Said | None]]) -> list[str]:
    """The names of tasks on which a report says too little: (name, percent now, what is said).

    Each needs a percent; one that has not moved, or has fallen, needs words, too: why, and what comes next.
    """
    missing = []
    for name, percent_now, said in lines:
        if said is None or said.percent is None or (said.percent <= percent_now and not said.words.strip()):
            missing.append(name)
    return missing
