# SPDX-License-Identifier: Apache-2.0
"""The one place that reads the system clock. Entry points call ``now()`` once and pass ``at`` down."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_frozen: ContextVar[datetime | None] = ContextVar("shanhai_clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def local(at: datetime) -> datetime:
    """``at`` as a wall clock in Asia/Shanghai shows it. Raises ValueError for a naive datetime."""
    if at.tzinfo is None:
        raise ValueError("a datetime without a zone cannot be shown: pass an aware one")
    return at.astimezone(SHANGHAI)


def local_date(at: datetime) -> date:
    """The calendar day on which ``at`` falls in Asia/Shanghai; money and deadlines count by this day."""
    return local(at).date()


def months_later(day: date, months: int) -> date:
    """The same day of a later month (of an earlier one, if negative), or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@contextmanager
def frozen(at: datetime) -> Iterator[datetime]:
    """Within the block ``now()`` answers ``at``: for tests and for walking the demo on another day."""
    if at.tzinfo is None:
        raise ValueError("freeze the clock at an aware datetime")
    token = _frozen.set(at)
    try:
        yield at
    finally:
        _frozen.reset(token)
