# SPDX-License-Identifier: Apache-2.0
"""Months of UTC, by which history is cut: "2026-03"."""

from __future__ import annotations

from datetime import UTC, datetime

from shanhai.field.sensors.values import MONTH_FORMAT, datetime_of, instant_of

# Of the year 9999: a month after it has no name.
_LAST = 253402300799_999_999


def month_of(instant: int) -> str:
    """The month of an instant; one before 1970 or beyond the year 9999 counts as the first or the last there is."""
    return datetime_of(min(max(instant, 0), _LAST)).strftime(MONTH_FORMAT)


def month_bounds(month: str) -> tuple[int, int]:
    """The first instant of a month, and the first after it."""
    begin = datetime.strptime(month, MONTH_FORMAT).replace(tzinfo=UTC)
    return instant_of(begin), instant_of(_later(begin, 1))


def closed_before(at: datetime, kept: int) -> int:
    """The instant before which months are closed and older than the ``kept`` whole months before that of ``at``."""
    return instant_of(_later(at.astimezone(UTC), -kept))


def _later(month: datetime, by: int) -> datetime:
    years, rest = divmod(month.year * 12 + month.month - 1 + by, 12)
    return datetime(years, rest + 1, 1, tzinfo=UTC)
