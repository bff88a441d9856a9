# SPDX-License-Identifier: Apache-2.0
"""Questions over years of observations, each an expression of Ibis over a table of them: no engine is named here.

``rows`` has the columns of a file of history; ``streams`` is a small table of datastreams (``datastream_id``, with
``station`` or ``interval_us``). Times are microseconds since 1970, days and months those of UTC+8. What is excluded
from roll-ups counts in none but the two that ask when anything came at all.
"""

from __future__ import annotations

from typing import Any

import ibis

from shanhai.field.sensors.store.rules.times import SECOND
from shanhai.field.sensors.values import EXCLUDED, HOUR

_AHEAD = 8 * HOUR
_DAY = 24 * HOUR


def _good(rows: Any) -> Any:
    return rows.filter(rows.number.notnull(), (rows.quality.cast("int64") & int(EXCLUDED)) == 0)


def days(rows: Any) -> Any:
    """Of each datastream and day: how many, least, mean, greatest; ``begin`` is when the day began."""
    good = _good(rows)
    day = ((good.time + _AHEAD) // _DAY).cast("int64")
    found = good.mutate(begin=day * _DAY - _AHEAD).group_by("datastream_id", "begin")
    return found.aggregate(
        count=lambda one: one.count(),
        low=lambda one: one.number.min(),
        mean=lambda one: one.number.mean(),
        high=lambda one: one.number.max(),
    ).order_by("datastream_id", "begin")


def months(rows: Any, streams: Any) -> Any:
    """Of each station, metric and month ("2026-03"): how many, least, mean, greatest."""
    good = _good(rows)
    at = ((good.time + _AHEAD) // SECOND).cast("int64").as_timestamp("s")
    number = at.year() * 100 + at.month()
    found = good.mutate(number_of_month=number).join(streams, "datastream_id")
    return (
        found.group_by("station", "metric", "number_of_month")
        .aggregate(
            count=lambda one: one.count(),
            low=lambda one: one.number.min(),
            mean=lambda one: one.number.mean(),
            high=lambda one: one.number.max(),
        )
        .mutate(month=lambda one: _named(one.number_of_month))
        .drop("number_of_month")
        .order_by("station", "metric", "month")
    )


def _named(month: Any) -> Any:
    text = month.cast("string")
    return text.substr(0, 4).concat("-").concat(text.substr(4, 2))


def above(rows: Any, threshold: float, longest_s: int) -> Any:
    """Of each datastream the seconds for which it was above ``threshold``, each number until the next one came.

    One that nothing followed for long counts ``longest_s``: what was in a gap is not known. The last one counts
    nothing; who was never above is not in the answer.
    """
    good = _good(rows)
    order = ibis.window(group_by="datastream_id", order_by="time")
    held = good.mutate(passed=good.time.lead().over(order) - good.time)
    counted = ibis.least(held.passed, ibis.literal(longest_s * SECOND, type="int64"))
    # Of nothing and a number, engines take the number for the lesser.
    found = held.mutate(counted=counted).filter(held.number > threshold, held.passed.notnull())
    return (
        found.group_by("datastream_id")
        .aggregate(seconds=lambda one: one.counted.sum() / SECOND)
        .order_by("datastream_id")
    )


def gaps(rows: Any) -> Any:
    """Of each datastream the longest time between two observations: its seconds, and when it began (the first one)."""
    order = ibis.window(group_by="datastream_id", order_by="time")
    times = rows.select("datastream_id", "time")
    passed = times.mutate(passed=times.time.lead().over(order) - times.time)
    longest = passed.mutate(most=passed.passed.max().over(ibis.window(group_by="datastream_id")))
    return (
        longest.filter(longest.passed == longest.most)
        .group_by("datastream_id")
        .aggregate(begin=lambda one: one.time.min(), seconds=lambda one: one.most.min() / SECOND)
        .order_by("datastream_id")
    )


def completeness(rows: Any, streams: Any, begin: int, end: int) -> Any:
    """Of each datastream with an expected interval: of how many intervals from ``begin`` to ``end`` something came.

    ``expected`` is how many there are, ``share`` how much of them came.
    """
    asked = rows.filter(rows.time >= begin, rows.time < end).join(streams, "datastream_id")
    slot = ((asked.time - begin) // asked.interval_us).cast("int64")
    came = asked.mutate(slot=slot).group_by("datastream_id").aggregate(came=lambda one: one.slot.nunique())
    found = streams.left_join(came, "datastream_id").select("datastream_id", "interval_us", "came")
    expected = (ibis.literal(end - begin, type="int64") // found.interval_us).cast("int64")
    found = found.mutate(came=found.came.fill_null(0), expected=expected)
    return found.mutate(share=found.came.cast("float64") / found.expected).drop("interval_us").order_by("datastream_id")
