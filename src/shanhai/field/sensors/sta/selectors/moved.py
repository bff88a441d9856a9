# SPDX-License-Identifier: Apache-2.0
"""Observations of months that have moved to files: those of one datastream, by time, are read on in them.

Of other questions (with other terms than times, in other orders, of several datastreams) the answer says up to which
month there may be more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from odata_query import ast

from shanhai.field.sensors.models import ArchivedMonth, Observation
from shanhai.field.sensors.sta.selectors.plans import Plan
from shanhai.field.sensors.store.rules.months import month_of
from shanhai.field.sensors.store.rules.times import parse_period
from shanhai.field.sensors.store.selectors.months import read_archived

# Times are below this: of the year 9999.
_BEYOND = 2**60
_COLUMNS = {"pk": "id", **{one.attname: one.attname for one in Observation._meta.concrete_fields}}
_MIRRORED = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE, ast.Eq: ast.Eq}
Row = Sequence[Any]


@dataclass(slots=True)
class _Range:
    """Times from ``begin`` to before ``end``; what lasts to ``last`` or longer is left out."""

    begin: int = 0
    end: int = _BEYOND
    last: int = _BEYOND


def last_moved() -> str:
    """The latest month that has moved ("2026-03"), "" for none."""
    return ArchivedMonth.objects.order_by("-month").values_list("month", flat=True).first() or ""


def read_on(rows: Sequence[Row], plan: Plan, *, datastream: int, most: int, moved: str) -> list[Row] | None:
    """The first rows of the datastream with those that have moved, ``most`` of both; None where that cannot be done.

    ``rows`` are as many that have not, ``moved`` is the latest month that has.
    """
    span = _range(plan)
    places = plan.shape.places
    if span is None or not set(plan.shape.columns) <= _COLUMNS.keys() or not {"time", "end"} <= places.keys():
        return None
    backwards, at = plan.keys[0][1], places["time"]
    full = len(rows) == most and most > 0
    if month_of(span.begin) > moved or (backwards and full and month_of(rows[-1][at]) > moved):
        return list(rows)
    found = read_archived(
        datastream=datastream,
        begin=span.begin,
        end=span.end,
        limit=most,
        columns=[_COLUMNS[one] for one in plan.shape.columns],
        newest_first=backwards,
    )
    # By time: what moves between the two queries is in both.
    both = {row[at]: row for row in (*found, *rows) if (row[places["end"]] or row[at]) < span.last}
    return [both[time] for time in sorted(both, reverse=backwards)[:most]]


def _range(plan: Plan) -> _Range | None:
    if len(plan.keys) != 1 or plan.keys[0][0] != "time" or not (plan.condition is None or plan.narrowed.whole):
        return None
    span = _Range()
    for term in plan.narrowed.times:
        if not isinstance(term, ast.Compare):
            return None
        sign, other = type(term.comparator), term.right
        if isinstance(term.left, ast.DateTime):
            sign, other = _MIRRORED.get(sign, sign), term.left
        begin, end = parse_period(other.val) if isinstance(other, ast.DateTime) else (0, 0)
        if end is not None or sign not in _MIRRORED:
            return None
        _narrow(span, sign, begin)
    if plan.options.after:
        _narrow(span, ast.Lt if plan.keys[0][1] else ast.Gt, int(plan.options.after), lasting=True)
    return span


def _narrow(span: _Range, sign: type[Any], time: int, *, lasting: bool = False) -> None:
    if sign in (ast.GtE, ast.Gt, ast.Eq):
        span.begin = max(span.begin, time + (sign is ast.Gt))
    if sign in (ast.LtE, ast.Lt, ast.Eq):
        beyond = time + (sign is not ast.Lt)
        span.end = min(span.end, beyond)
        span.last = span.last if lasting else min(span.last, beyond)
