# SPDX-License-Identifier: Apache-2.0
"""When a query is asked again: the schedule of EPCIS 2.0 (section 8.2.5.3), on the clock of Asia/Shanghai."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from shanhai.kernel import clock
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

# The finest first: what is finer than the finest that is given is its least.
_FIELDS = {
    "second": range(60),
    "minute": range(60),
    "hour": range(24),
    "dayOfMonth": range(1, 32),
    "month": range(1, 13),
    "dayOfWeek": range(1, 8),
}
_ELEMENT = re.compile(r"(\d{1,2})|\[?(\d{1,2})-(\d{1,2})\]?|(\*|\d{1,2})/(\d{1,2})|(\*)", re.ASCII)
# Leap days come eight years apart at most.
_DAYS = 366 * 8 + 2

Schedule = dict[str, list[int]]


def read_schedule(given: Mapping[str, Any]) -> Schedule:
    """The numbers that each field may have. Raises BadInput for what no clock ever shows.

    An element is a number or a range in brackets; also * and steps (0/30), as examples of the standard have them.
    """
    if not given or given.keys() - _FIELDS.keys():
        text = gettext_noop("schedule 里要有 %(known)s 中的至少一项，不能有别的。请核对。")
        raise BadInput(text, "traceability.epcis_schedule", field="schedule", known=tuple(_FIELDS))
    order = list(_FIELDS)
    # The day of the week is a day, as that of the month is.
    finest = min(min(order.index(name), order.index("dayOfMonth")) for name in given)
    made: Schedule = {}
    for at, (name, known) in enumerate(_FIELDS.items()):
        if name in given:
            made[name] = _numbers(name, given[name], known)
        else:
            made[name] = [0] if at < finest else list(known)
    if next_time(made, datetime(2024, 1, 1, tzinfo=UTC)) is None:
        text = gettext_noop("schedule 里的日期从来没有，例如 2 月 30 日。请核对 dayOfMonth 和 month。")
        raise BadInput(text, "traceability.epcis_schedule", field="schedule")
    return made


def next_time(schedule: Schedule, after: datetime) -> datetime | None:
    """The first instant after ``after`` that the schedule names; None for none within eight years."""
    local = clock.local(after).replace(microsecond=0)
    for ahead in range(_DAYS):
        day = local.date() + timedelta(days=ahead)
        if not _fits(schedule, day):
            continue
        from_now = local.time() if ahead == 0 else None
        found = next(
            (
                time(hour, minute, second)
                for hour in schedule["hour"]
                if from_now is None or hour >= from_now.hour
                for minute in schedule["minute"]
                for second in schedule["second"]
                if from_now is None or time(hour, minute, second) > from_now
            ),
            None,
        )
        if found is not None:
            return datetime.combine(day, found, clock.SHANGHAI).astimezone(UTC)
    return None


def _fits(schedule: Schedule, day: date) -> bool:
    return (
        day.month in schedule["month"]
        and day.day in schedule["dayOfMonth"]
        and day.isoweekday() in schedule["dayOfWeek"]
    )


def _numbers(name: str, given: Any, known: range) -> list[int]:
    found: set[int] = set()
    for one in str(given).split(",") if isinstance(given, str | int) and not isinstance(given, bool) else [""]:
        element = _ELEMENT.fullmatch(one.strip())
        if element is None:
            raise _wrong(name, given, known)
        number, low, high, start, step, _ = element.groups()
        if number:
            some = range(int(number), int(number) + 1)
        elif low:
            some = range(int(low), int(high) + 1)
        elif step and int(step):
            some = range(known.start if start == "*" else int(start), known.stop, int(step))
        else:
            some = range(0) if step else known
        if not some or some[0] not in known or some[-1] not in known:
            raise _wrong(name, given, known)
        found |= set(some)
    return sorted(found)


def _wrong(name: str, given: Any, known: range) -> BadInput:
    text = gettext_noop(
        "schedule 的 %(name)s 不能是“%(given)s”。可以写 %(least)s 到 %(most)s 的数、用逗号分开的几个数，或 [起-止]。"
    )
    return BadInput(
        text,
        "traceability.epcis_schedule",
        field=name,
        name=name,
        given=str(given)[:40],
        least=known.start,
        most=known.stop - 1,
    )
