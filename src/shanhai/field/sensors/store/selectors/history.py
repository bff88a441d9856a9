# SPDX-License-Identifier: Apache-2.0
"""Asking over the months that have moved to files: by DuckDB in this process, or by the engine of a setting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import ibis
import pyarrow as pa
from django.conf import settings

from shanhai.field.sensors.models import ArchivedMonth, Datastream
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.store.rules import history
from shanhai.field.sensors.store.rules.months import month_bounds
from shanhai.field.sensors.store.rules.times import SECOND
from shanhai.field.sensors.store.selectors.archive import engine, opened
from shanhai.field.sensors.store.selectors.months import check_archived
from shanhai.field.sensors.store.selectors.reading import list_rows
from shanhai.field.sensors.values import QUESTIONS
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, NotAllowed
from shanhai.kernel.messages import gettext_noop

# Of ClickHouse and whatever else brings its own tables: the name under which it has the files.
TABLE = "sensors_history"
_LONGEST_S = 3600
# Of one datastream, asked on a page: so many observations are looked at, and read so many at a time.
MOST_OF_ONE, _CHUNK = 1_000_000, 50_000


def ask(
    *, question: str, viewer: Actor, first: str = "", last: str = "", station: str = "", threshold: float | None = None
) -> list[dict[str, Any]]:
    """The answer to one of ``QUESTIONS`` over the months from ``first`` to ``last`` ("2026-03") that have moved.

    Of the datastreams of things that the viewer sees, of one station where one is named. Raises NotAllowed, and
    BadInput for a question that is not known or lacks its threshold, Unreadable for files that cannot be read.
    """
    if not viewer.may_somewhere(SensorPermission.VIEW):
        raise NotAllowed(gettext_noop("您不能看观测数据。"), "sensors.history_not_allowed")
    if question not in QUESTIONS:
        known = gettext_noop("没有这个问题。可以问：%(known)s。")
        raise BadInput(known, "sensors.question_unknown", known=", ".join(QUESTIONS))
    if question == "above" and threshold is None:
        raise BadInput(gettext_noop("请给出门槛值。"), "sensors.question_without_threshold", field="threshold")
    chosen = ArchivedMonth.objects.filter(month__gte=first or "", month__lte=last or "9999-12").order_by("month")
    months = list(chosen)
    streams = _streams(viewer, station)
    if not months or not streams:
        return []
    span = month_bounds(months[0].month)[0], month_bounds(months[-1].month)[1]
    with opened(months) as files:
        return _answer(question, *_tables(files, streams), span, threshold or 0.0)


def ask_one(
    *, datastream: int, question: str, begin: int, end: int, threshold: float | None = None
) -> list[dict[str, Any]]:
    """The answer to "above" or "gaps" of one datastream and a time, whether its months have moved or not.

    Whoever calls has asked whether the datastream may be seen. Raises BadInput for too many observations, Unreadable.
    """
    check_archived(begin, end)
    kinds = [("datastream_id", pa.int64()), ("time", pa.int64()), ("number", pa.float64()), ("quality", pa.int16())]
    parts, first, count = [pa.table([[]] * len(kinds), schema=pa.schema(kinds))], begin, 0
    while found := list_rows(datastream=datastream, begin=first, end=end, limit=_CHUNK):
        first, count = found[-1].time + 1, count + len(found)
        if count > MOST_OF_ONE:
            text = gettext_noop("这段时间有 %(most)s 个以上的观测值，一次问不完。请缩短时间。")
            raise BadInput(text, "sensors.history_too_long", field="last", most=MOST_OF_ONE)
        columns = [[datastream] * len(found), *([getattr(row, name) for row in found] for name, _kind in kinds[1:])]
        parts.append(pa.table(columns, schema=pa.schema(kinds)))
    rows = ibis.memtable(pa.concat_tables(parts))
    # An engine of its own: what is asked at the same time does not meet here.
    return _answer(question, rows, None, (begin, end), threshold or 0.0, ibis.duckdb.from_connection(engine().cursor()))


def _answer(
    question: str, rows: Any, small: Any, span: tuple[int, int], threshold: float, there: Any = None
) -> list[dict[str, Any]]:
    expressions: dict[str, Callable[[], Any]] = {
        "days": lambda: history.days(rows),
        "months": lambda: history.months(rows, small),
        "above": lambda: history.above(rows, threshold, _LONGEST_S),
        "gaps": lambda: history.gaps(rows),
        "completeness": lambda: history.completeness(rows, small.filter(small.interval_us.notnull()), *span),
    }
    asked = expressions[question]()
    answer: list[dict[str, Any]] = (there.to_pyarrow(asked) if there else asked.to_pyarrow()).to_pylist()
    return answer


def _streams(viewer: Actor, station: str) -> list[dict[str, Any]]:
    seen = Datastream.objects.visible_to(viewer)
    if station:
        seen = seen.filter(thing__code=station)
    found = seen.order_by("pk").values_list("pk", "thing__code", "thing__name", "metric", "name", "interval_s")
    return [
        {
            "datastream_id": key,
            "station": code or thing,
            "metric": metric or name,
            "interval_us": None if interval is None else interval * SECOND,
        }
        for key, code, thing, metric, name, interval in found
    ]


def _tables(files: Sequence[str], streams: list[dict[str, Any]]) -> tuple[Any, Any]:
    """Rows of the files that belong to the datastreams, and these, at the engine that is asked."""
    there = connected(settings.SENSORS_HISTORY_URL)
    kinds = [
        ("datastream_id", pa.int64()),
        ("station", pa.string()),
        ("metric", pa.string()),
        ("interval_us", pa.int64()),
    ]
    small = ibis.memtable(pa.Table.from_pylist(streams, schema=pa.schema(kinds)))
    if there.name == "duckdb":
        rows = there.read_parquet(files)
    elif there.name == "pyspark":
        # Ibis hands Spark one path alone, and makes nonsense of a list.
        rows = ibis.union(*map(there.read_parquet, files))
    else:
        rows = there.table(TABLE)
    return rows.semi_join(small, "datastream_id"), small


@cache
def connected(url: str) -> Any:
    """The engine: DuckDB within for "", else what Ibis makes of the address ("pyspark://", "clickhouse://host/db")."""
    return ibis.connect(url) if url else ibis.duckdb.from_connection(engine().cursor())
