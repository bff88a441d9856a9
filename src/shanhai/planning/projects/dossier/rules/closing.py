# SPDX-License-Identifier: Apache-2.0
"""When the final accounts and the hand-over are due.

Final accounts: three months after completion; an extension of at most two months, or six for a large project
(财建〔2016〕503号). Hand-over: three months after acceptance, a local rule, so a parameter.
"""

from __future__ import annotations

from datetime import date

from shanhai.planning.projects.states import Size

SETTLE_MONTHS = 3
TRANSFER_MONTHS = 3
EXTENSION_MONTHS = {Size.SMALL: 2, Size.LARGE: 6}


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(f"no day {day.day} in any month")  # pragma: no cover - every month has 28 days


def settlement_due(completed_on: date) -> date:
    """The day by which the final accounts are due."""
    return months_later(completed_on, SETTLE_MONTHS)


def latest_extension(due_on: date, size: Size) -> date:
    """The latest day to which the final accounts may be put off."""
    return months_later(due_on, EXTENSION_MONTHS[size])


def transfer_due(accepted_on: date, months: int = TRANSFER_MONTHS) -> date:
    """The day by which what was built is due to be handed over."""
    return months_later(accepted_on, months)
