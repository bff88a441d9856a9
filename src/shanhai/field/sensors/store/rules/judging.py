# SPDX-License-Identifier: Apache-2.0
"""What is to be said of observations beside their raw values, of many at once. Nothing is changed, nothing dropped.

Range, rate, stuck value, gap, clock drift, out of order: the checks of a universal-type (普适型) monitor. What nobody
has set for the datastream is not judged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shanhai.field.sensors.store.rules.times import SECOND
from shanhai.field.sensors.store.values import Floats, Ints
from shanhai.field.sensors.values import EXCLUDED, HOUR, Quality

# Looking a member of an enumeration up costs more than setting it, and there may be many datastreams.
_RANGE, _RATE, _STUCK, _GAP, _DRIFT, _LATE = map(
    int, (Quality.RANGE, Quality.RATE, Quality.STUCK, Quality.GAP, Quality.DRIFT, Quality.LATE)
)
# A clock that is ahead by less is as good as clocks in the field are.
CLOCK_AHEAD = 60 * SECOND


@dataclass(frozen=True, slots=True)
class Limits:
    """How a datastream is judged, and its latest observation: of what is None, nothing is said."""

    interval_s: int | None = None
    low: float | None = None
    high: float | None = None
    most_per_s: float | None = None
    stuck_after: int | None = None
    last_time: int | None = None
    last_number: float | None = None
    same: int = 0


def judge(times: Ints, numbers: Floats, limits: Limits, arrived: int) -> tuple[npt.NDArray[np.int16], int]:
    """The ``Quality`` of rows of one datastream, in order of time, and how many equal values the last one makes.

    What is not later than the latest is late: of it only range and clock are judged, since what lies beside it in time
    is not at hand. NaN is a result that is no number.
    """
    marks = np.zeros(len(times), np.int16)
    with np.errstate(invalid="ignore"):
        if limits.low is not None:
            marks[numbers < limits.low] |= _RANGE
        if limits.high is not None:
            marks[numbers > limits.high] |= _RANGE
    marks[times > arrived + CLOCK_AHEAD] |= _DRIFT
    first = 0 if limits.last_time is None else int(np.searchsorted(times, limits.last_time, side="right"))
    marks[:first] |= _LATE
    if first == len(times):
        return marks, limits.same

    # Each beside the one before: the first of all has none.
    before_t = np.concatenate(([times[first] if limits.last_time is None else limits.last_time], times[first:-1]))
    before_v = np.concatenate(([np.nan if limits.last_number is None else limits.last_number], numbers[first:-1]))
    passed, fresh, values = times[first:] - before_t, marks[first:], numbers[first:]
    if limits.interval_s:
        fresh[passed > 2 * limits.interval_s * SECOND] |= _GAP
    if limits.most_per_s is not None:
        # NaN beside a number compares as false: nothing is said of what has nothing beside it.
        fresh[np.abs(values - before_v) * SECOND > limits.most_per_s * passed] |= _RATE
    equal = values == before_v
    place = np.arange(len(values))
    broken = np.maximum.accumulate(np.where(equal, -1, place))
    run = np.where(broken < 0, place + 1 + max(limits.same, 1), place - broken + 1)
    if limits.stuck_after:
        fresh[run >= limits.stuck_after] |= _STUCK
    return marks, int(run[-1])


def good(numbers: Floats, marks: npt.NDArray[np.int16]) -> npt.NDArray[np.bool_]:
    """Which count in roll-ups: numbers that nothing excludes."""
    counted: npt.NDArray[np.bool_] = np.isfinite(numbers) & ((marks & int(EXCLUDED)) == 0)
    return counted


def by_hour(datastreams: Ints, times: Ints, numbers: Floats) -> list[tuple[int, int, int, float, float, float]]:
    """Datastream, hour, count, total, least and greatest of each hour, of good rows in order of datastream and time."""
    if not len(times):
        return []
    hours = times // HOUR
    starts = np.flatnonzero(np.diff(datastreams, prepend=-1) | np.diff(hours, prepend=-1))
    columns = (
        datastreams[starts],
        hours[starts],
        np.diff(starts, append=len(times)),
        np.add.reduceat(numbers, starts),
        np.minimum.reduceat(numbers, starts),
        np.maximum.reduceat(numbers, starts),
    )
    return list(zip(*(column.tolist() for column in columns), strict=True))
