# SPDX-License-Identifier: Apache-2.0
"""Observations of months that have moved to files: one is found by its id, those of one datastream by time are read on.

Of other questions (with other terms than times, in other orders, of several datastreams) the answer says up to which
month there may be more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from odata_query import ast

from shanhai.field.sensors.models import ArchivedMonth, Datastream, Observation
from shanhai.field.sensors.sta.selectors.plans import Plan
from shanhai.field.sensors.sta.selectors.shapes import Shape
from shanhai.field.sensors.store.rules.months import month_of
from shanhai.field.sensors.store.rules.times import parse_period
from shanhai.field.sensors.store.selectors.months import count_archived, find_archived_row, read_archived
from shanhai.kernel.actors import Actor

# Times are below this: of the year 9999.
_BEYOND = 2**60
# From which column of a file each comes that a question may have.
_FROM = {
    "pk": "id",
    **{one.attname: one.attname for one in Observation._meta.concrete_fields},
    **dict.fromkeys(("Datastream", "MultiDatastream", "datastream__multi"), "datastream_id"),
    "FeatureOfInterest": "feature_id",
}
_MIRRORED = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE, ast.Eq: ast.Eq}
# Asked before each answer: building it anew by the ORM costs more than what the database takes.
_LAST = f"SELECT MAX(month) FROM {ArchivedMonth._meta.db_table}"  # noqa: S608 - a name of ours
Row = Sequence[Any]


@dataclass(slots=True)
class _Range:
    """Times from ``begin`` to before ``end``; what lasts to ``last`` or longer is left out."""

    begin: int = 0
    end: int = _BEYOND
    last: int = _BEYOND


def last_moved() -> str:
    """The latest month that has moved ("2026-03"), "" for none."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST)
        return cursor.fetchone()[0] or ""


def read_on(
    rows: list[Row], plan: Plan, *, datastream: int, most: int, moved: str, files: bool = True
) -> list[Row] | None:
    """The first rows of the datastream with those that have moved, ``most`` of both; ``rows`` where none are wanted.

    ``rows`` are as many that have not, ``moved`` is the latest month that has. None where that cannot be done, and
    where ``files`` are wanted and not to be asked.
    """
    span, places, names = _range(plan), plan.shape.places, _names(plan.shape)
    if span is None or not {*names} <= _FROM.keys() or not {"time", "end"} <= places.keys():
        return None
    backwards, at = plan.keys[0][1], places["time"]
    full = len(rows) == most and most > 0
    if month_of(span.begin) > moved or (backwards and full and month_of(rows[-1][at]) > moved):
        return rows
    if not files:
        return None
    columns = sorted({_FROM[one] for one in names})
    given: dict[str, Any] = {"begin": span.begin, "end": span.end, "limit": most, "newest_first": backwards}
    read = read_archived(datastream=datastream, columns=columns, **given)
    found: list[Row] = []
    if read:
        stream = Datastream.objects.values("multi", "feature_id").get(pk=datastream)
        found = [_shaped(names, dict(zip(columns, row, strict=True)), stream) for row in read]
    # By time: what moves between the two queries is in both.
    both = {row[at]: row for row in (*found, *rows) if (row[places["end"]] or row[at]) < span.last}
    return [both[time] for time in sorted(both, reverse=backwards)[:most]]


def count_on(plan: Plan, *, datastream: int) -> int:
    """How many there are of the datastream that have moved, where ``read_on`` reads them; else 0."""
    span = _range(plan)
    return 0 if span is None else count_archived(datastream=datastream, begin=span.begin, end=span.end, last=span.last)


@dataclass(frozen=True, slots=True)
class Moved:
    """An observation that has moved, and what its datastream adds to it."""

    columns: Mapping[str, Any]
    stream: Mapping[str, Any]

    def shaped(self, shape: Shape) -> Row:
        """A row as the database has it for that shape."""
        return _shaped(_names(shape), self.columns, self.stream)

    def linked(self, link: str) -> int | None:
        """The id that a link to one row leads to."""
        key: int | None = _shaped([link], self.columns, self.stream)[0]
        return key


def find_moved(key: int, *, viewer: Actor) -> Moved | None:
    """The observation of this id, where it has moved and the viewer sees it."""
    found = find_archived_row(key)
    if found is None:
        return None
    seen = Datastream.objects.visible_to(viewer).filter(pk=found["datastream_id"])
    stream = seen.values("multi", "feature_id").first()
    return None if stream is None else Moved(found, stream)


def _names(shape: Shape) -> list[str]:
    """What stands in each column of a shape: a column, or the id of a link."""
    links = {place: name for name, place in shape.places.items()}
    return [one if isinstance(one, str) else links[place] for place, one in enumerate(shape.columns)]


def _shaped(names: Sequence[str], columns: Mapping[str, Any], stream: Mapping[str, Any]) -> Row:
    row = []
    for name in names:
        value = stream["multi"] if name == "datastream__multi" else columns[_FROM[name]]
        row.append(stream["feature_id"] if value is None and name == "FeatureOfInterest" else value)
    return row


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
