# SPDX-License-Identifier: Apache-2.0
"""How many companions a reception may have; the days on which a visit or a meeting may be.

党政机关国内公务接待管理规定 (2013), article 10: up to ten guests at most three, above ten at most a third of the
guests; one working meal during a reception.
"""

from __future__ import annotations

from datetime import date

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

FEW_GUESTS, FEW_COMPANIONS, SHARE = 10, 3, 3


def companions_allowed(guests: int) -> int:
    """How many of the hosts may sit at a meal with so many guests."""
    return FEW_COMPANIONS if guests <= FEW_GUESTS else guests // SHARE


def check_day(day: date, first: date, last: date) -> None:
    """Raise BadInput for a day on which a programme, which runs from ``first`` until ``last``, does not run."""
    if not first <= day <= last:
        text = gettext_noop("日期要在 %(first)s 和 %(last)s 之间，项目在这些日子里。")
        raise BadInput(text, "visits.day_not_possible", first=first.isoformat(), last=last.isoformat())
