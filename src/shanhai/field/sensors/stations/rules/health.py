# SPDX-License-Identifier: Apache-2.0
"""How a datastream and a station are: from the row of the datastream, what its device has sent, and its last hour."""

from __future__ import annotations

from collections.abc import Iterable

from shanhai.field.sensors.states import Health
from shanhai.field.sensors.stations.values import Standing
from shanhai.field.sensors.store.rules.judging import CLOCK_AHEAD
from shanhai.field.sensors.store.rules.times import SECOND
from shanhai.field.sensors.values import HOUR

# So many expected intervals without a word are silence; so many times what an hour should bring is a flood.
SILENT_AFTER = 3
FLOOD = 3
LOW_BATTERY = 20.0
WORST = tuple(Health)


def standing(
    *,
    now: int,
    interval_s: int | None,
    last_time: int | None,
    arrived: int | None,
    same: int = 0,
    stuck_after: int | None = None,
    in_last_hour: int = 0,
    most_per_hour: int | None = None,
    sent: int = 0,
    sent_hour: int = 0,
) -> Standing:
    """How a datastream is at ``now``, the worst that holds of it. Times in microseconds.

    ``in_last_hour`` observations lie in the hour of its latest: a month that comes in one burst is no flood. ``sent``
    are those of its device in ``sent_hour``. What nobody expects (no interval, no limit) is not judged.
    """
    if last_time is None or arrived is None:
        return Standing(Health.NEVER)
    if interval_s and now - arrived > SILENT_AFTER * interval_s * SECOND:
        return Standing(Health.SILENT, arrived)
    spent = most_per_hour is not None and sent_hour == now // HOUR and sent >= most_per_hour
    if spent or (interval_s and in_last_hour * interval_s > FLOOD * 3600 + interval_s):
        return Standing(Health.FLOODING, min(last_time, arrived) // HOUR * HOUR)
    if last_time - arrived > CLOCK_AHEAD:
        return Standing(Health.DRIFTING, arrived)
    if stuck_after and same >= stuck_after:
        return Standing(Health.FLAT, last_time - (same - 1) * interval_s * SECOND if interval_s else None)
    return Standing(Health.FINE)


def worst_of(found: Iterable[Standing]) -> Standing:
    """How a whole is whose parts are so: the worst of them, since the earliest; of nothing that nothing has come."""
    return min(found, key=lambda one: (WORST.index(one.health), one.since or 0), default=Standing(Health.NEVER))


def is_low(battery: float | None) -> bool:
    """Whether a battery (percent, None for one that is not told) has to be seen to."""
    return battery is not None and battery < LOW_BATTERY
