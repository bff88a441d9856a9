# SPDX-License-Identifier: Apache-2.0
"""Which lines of a report are complete, and when a month's round opens and is due by itself."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

from shanhai.planning.rounds.values import Said

OPENS = 25
DAYS_TO_REPORT = 7


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
