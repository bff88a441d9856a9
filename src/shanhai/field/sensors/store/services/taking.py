# SPDX-License-Identifier: Apache-2.0
"""Taking observations in: one way for the API, the pages and MQTT."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import structlog
from django.conf import settings
from django.db import connection, transaction

from shanhai.base.database.services import insert_columns, insert_many, new_keys, update_many
from shanhai.field.sensors.models import Datastream, Device, Hour, Observation
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.store.events import stored
from shanhai.field.sensors.store.rules.judging import Limits, by_hour, good, judge
from shanhai.field.sensors.store.rules.times import SECOND
from shanhai.field.sensors.store.selectors.months import known_archived
from shanhai.field.sensors.store.selectors.streams import KEPT, LIMITS, stream_rows
from shanhai.field.sensors.store.values import Fate, Floats, Ints, Readings, TakenIn, Unreadable
from shanhai.field.sensors.values import HOUR, Sender, instant_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import Message, gettext_noop, message

log = structlog.get_logger("shanhai.sensors")

ADD_HOURS = """ON CONFLICT (datastream_id, hour) DO UPDATE SET
    count = sensors_hour.count + excluded.count, total = sensors_hour.total + excluded.total,
    low = CASE WHEN excluded.low < sensors_hour.low THEN excluded.low ELSE sensors_hour.low END,
    high = CASE WHEN excluded.high > sensors_hour.high THEN excluded.high ELSE sensors_hour.high END"""
_HOUR = ("datastream_id", "hour", "count", "total", "low", "high")
_PLAIN = ("id", "datastream_id", "time", "arrived", "number", "quality")
_MISSING = gettext_noop("没有这个数据流。")
FORBIDDEN = gettext_noop("您不能向这个数据流写观测值。")
TOO_MANY = gettext_noop("这台设备一小时里发的观测值超过了它的限额。")
_UNSET = gettext_noop("观测时间在 1970 年：设备的时钟没有对过。请给设备对时，再把数发来。")
# Clocks that were never set count from 1970 on.
_SET_SINCE = 365 * 24 * HOUR
AHEAD = gettext_noop("观测时间比现在晚太多。请给设备对时。")


@dataclass(slots=True)
class _Stream:
    """A datastream while a batch is stored: its row, how it is judged, why nothing may be written, what changes."""

    row: dict[str, Any]
    limits: Limits
    because: Message | None = None
    changes: dict[str, Any] = field(default_factory=dict)


# What fails here fails with what it is part of: a savepoint would be two questions more.
@transaction.atomic(savepoint=False)
def take_in(
    *, readings: Readings, by: Actor, at: datetime, held: Mapping[int, dict[str, Any]] | None = None
) -> TakenIn:
    """Store, judge, count and roll up rows that came at ``at``, and answer what became of each, in their order.

    The same time with the same result is a duplicate, with another a conflict: the first stays. Refused, each with its
    reason, are rows of datastreams that are not there, that ``by`` may not write to, that are more than a device may
    send, or that are dated by a clock that was never set, or further ahead than a setting allows. Rows of one
    datastream are stored by one process at a time; nothing is stored in halves. ``held`` is what ``stream_rows`` has
    held in the same transaction.
    """
    arrived, size = instant_of(at), len(readings.times)
    result = TakenIn(np.zeros(size, np.int64), np.full(size, Fate.STORED, np.int8))
    if not size:
        return result
    streams = _locked(readings, by, held)
    order = np.lexsort((readings.times, readings.datastreams))
    _refuse(readings, order, streams, result, arrived)
    kept = order[result.fates[order] != Fate.REFUSED]
    if not len(kept):
        return result

    heads, group = _settle(readings, kept, streams, result)
    fresh = kept[result.fates[kept] == Fate.STORED]
    if len(fresh):
        keys = np.asarray(new_keys(Observation, len(fresh)), np.int64)
        result.ids[fresh] = keys
        marks = _judged(readings, fresh, streams, arrived)
        _store(readings, fresh, keys, marks, arrived, streams)
        counts = good(readings.numbers[fresh], marks)
        counted = fresh[counts]
        columns = (readings.datastreams[counted], readings.times[counted], readings.numbers[counted])
        insert_many(Hour, _HOUR, by_hour(*columns), ADD_HOURS)
    result.ids[kept] = result.ids[kept[heads]][group]
    _count(readings, kept, streams, result, arrived)
    if stored.has_listeners(None):
        transaction.on_commit(lambda: stored.send(None, readings=readings, taken_in=result, at=at), robust=True)
    return result


def _locked(readings: Readings, by: Actor, held: Mapping[int, dict[str, Any]] | None) -> dict[int, _Stream]:
    """The datastreams of the rows, held until the transaction ends."""
    ids = np.unique(readings.datastreams).tolist()
    rows = stream_rows(ids, hold=True) if held is None else held
    streams = {key: _Stream(row, Limits(**{name: row[name] for name in LIMITS})) for key, row in rows.items()}
    for stream in streams.values():
        stream.because = _not_allowed(stream.row, by)
    for key in ids:
        streams.setdefault(key, _Stream({}, Limits(), message(_MISSING)))
    return streams


def _not_allowed(row: Mapping[str, Any], by: Actor) -> Message | None:
    if isinstance(by, Sender):
        return None if row["device_id"] == by.device else message(_MISSING)
    scope = {"programme": row["programme"], "place": row["place"] or None}
    if by.may(SensorPermission.WRITE, **scope):
        return None
    return message(FORBIDDEN if by.may(SensorPermission.VIEW, **scope) else _MISSING)


def _refuse(readings: Readings, order: Ints, streams: Mapping[int, _Stream], result: TakenIn, arrived: int) -> None:
    """Set apart what cannot be stored, with the reason."""
    because: dict[int, Message] = {}
    ahead = order[readings.times[order] > arrived + settings.SENSORS_AHEAD_S * SECOND]
    because.update(dict.fromkeys(ahead.tolist(), message(AHEAD)))
    because.update(dict.fromkeys(order[readings.times[order] < _SET_SINCE].tolist(), message(_UNSET)))
    for key, start, end in _groups(readings.datastreams[order]):
        if (reason := streams[key].because) is not None:
            because.update(dict.fromkeys(order[start:end].tolist(), reason))
    result.fates[list(because)] = Fate.REFUSED
    result.because = because
    limited: dict[int, list[int]]
    if limited := {row["device_id"]: [] for one in streams.values() if (row := one.row).get("most_per_hour")}:
        for key, one in streams.items():
            if one.row.get("device_id") in limited:
                limited[one.row["device_id"]].append(key)
        _ration(readings, limited, result, arrived // HOUR)


def _ration(readings: Readings, limited: Mapping[int, Sequence[int]], result: TakenIn, hour: int) -> None:
    """Refuse what is more than a device may send in an hour, of its datastreams together, in the order it came."""
    devices = Device.objects.select_for_update(no_key=True).filter(pk__in=limited).order_by("pk")
    counted, over = [], message(TOO_MANY)
    for key, most, of_hour, sent in devices.values_list("pk", "most_per_hour", "sent_hour", "sent"):
        before = sent if of_hour == hour else 0
        rows = np.flatnonzero(np.isin(readings.datastreams, limited[key]) & (result.fates != Fate.REFUSED))
        refused = rows[max((most or 0) - before, 0) :]
        result.fates[refused] = Fate.REFUSED
        result.because |= dict.fromkeys(refused.tolist(), over)
        counted.append((key, hour, before + len(rows)))
    update_many(Device, ("sent_hour", "sent"), counted)


def _settle(readings: Readings, kept: Ints, streams: Mapping[int, _Stream], result: TakenIn) -> tuple[Ints, Ints]:
    """Say of rows whose datastream and time are there already, or came before in the batch, what they are.

    Answers the places in ``kept`` where another time begins, and to which of these each row belongs.
    """
    of, times = readings.datastreams[kept], readings.times[kept]
    new = (np.diff(of, prepend=-1) != 0) | (np.diff(times, prepend=-1) != 0)
    heads, group = np.flatnonzero(new), np.cumsum(new) - 1
    # By group: what is there, or else the first of the batch.
    ids, first = np.zeros(len(heads), np.int64), kept[heads]
    numbers = readings.numbers[first]
    values = [None if readings.values is None else readings.values[row] for row in first.tolist()]
    latest = np.empty(len(heads), np.int64)
    for key, start, end in _groups(of[heads]):
        last = streams[key].limits.last_time
        latest[start:end] = -1 if last is None else last
    asked = np.flatnonzero(times[heads] <= latest)
    if len(asked):
        there, ids_there, numbers_there, values_there = _there(of[heads][asked], times[heads][asked])
        ids[asked[there]], numbers[asked[there]] = ids_there, numbers_there
        for place, value in values_there.items():
            values[asked[place]] = value
        others = np.delete(asked, there)
        moved = _moved(of[heads][others], times[heads][others]) if len(others) else {}
        for place in others.tolist() if moved else ():
            known = moved.get((int(of[heads[place]]), int(times[heads[place]])))
            if known is not None:
                ids[place], numbers[place], values[place] = known
    result.ids[first] = ids
    repeated = np.flatnonzero(~new | (ids[group] != 0))
    rows, ones = kept[repeated], group[repeated]
    mine, theirs = readings.numbers[rows], numbers[ones]
    same = mine == theirs
    for place in np.flatnonzero(np.isnan(mine) & np.isnan(theirs)).tolist():
        value = None if readings.values is None else readings.values[rows[place]]
        same[place] = _same(value, values[ones[place]])
    result.fates[rows] = np.where(same, Fate.DUPLICATE, Fate.CONFLICT)
    return heads, group


def _moved(datastreams: Ints, times: Ints) -> dict[tuple[int, int], tuple[int, float, Any]]:
    """What is there of these datastreams and times in files; nothing where they cannot be read.

    What comes so late then is stored without being compared, rather than lost or holding up all others; when its month
    is moved, what is there in the file already is dropped, and counted no more.
    """
    try:
        return known_archived(datastreams, times)
    except Unreadable as error:
        log.warning("late observations are stored without a look at their month", error=str(error))
        return {}


def _there(datastreams: Ints, times: Ints) -> tuple[Ints, Ints, Floats, dict[int, Any]]:
    """Of which of these datastreams and times something is stored: their places, its ids, numbers (NaN for none).

    Beside these columns the values by place, of what is no number.
    """
    if connection.vendor == "postgresql":
        # One row of columns, in binary but for the values. Without OFFSET it would read the whole table where much is
        # asked for.
        statement = """
            SELECT array_send(array_agg(place - 1)), array_send(array_agg(id)),
                array_send(array_agg(coalesce(number, 'NaN'))),
                array_agg(place - 1) FILTER (WHERE number IS NULL), array_agg(value) FILTER (WHERE number IS NULL)
            FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS asked (stream, time, place),
                LATERAL (SELECT id, number, value FROM sensors_observation
                    WHERE datastream_id = asked.stream AND time = asked.time OFFSET 0) AS found"""
        given = [
            f"{{{orjson.dumps(column, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].decode()}}}"
            for column in (datastreams, times)
        ]
    else:
        statement = """
            SELECT asked.key, o.id, o.number, o.value FROM json_each(%s) AS asked CROSS JOIN sensors_observation o
            WHERE o.datastream_id = json_extract(asked.value, '$[0]') AND o.time = json_extract(asked.value, '$[1]')"""
        given = [json.dumps(np.column_stack((datastreams, times)).tolist())]
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        rows = cursor.fetchall()
    found: list[Any]
    if connection.vendor == "postgresql":
        *sent, no_numbers, values = rows[0]
        found = [_of_array(column, kind) for column, kind in zip(sent, (">i8", ">i8", ">f8"), strict=True)]
    else:
        *found, values = zip(*rows, strict=True) if rows else ((), (), (), ())
        no_numbers = found[0]
    places, keys, numbers = found
    others = {
        place: json.loads(one) if isinstance(one, str) else one
        for place, one in zip(no_numbers or (), values or (), strict=True)
    }
    return np.array(places, np.int64), np.array(keys, np.int64), np.array(numbers, np.float64), others


def _of_array(sent: bytes | None, kind: str) -> npt.NDArray[Any]:
    """The values of an array of numbers as PostgreSQL sends it: after 20 bytes of head, each behind its length."""
    return np.frombuffer(sent or b"", [("length", ">i4"), ("value", kind)], offset=20 if sent else 0)["value"]


def _same(value: Any, other: Any) -> bool:
    """Whether two results that are no numbers are one; JSON's true and 1 are two."""
    return bool(value == other and isinstance(value, bool) == isinstance(other, bool))


def _judged(readings: Readings, fresh: Ints, streams: Mapping[int, _Stream], arrived: int) -> npt.NDArray[np.int16]:
    marks = np.zeros(len(fresh), np.int16)
    times, numbers = readings.times[fresh], readings.numbers[fresh]
    for key, start, end in _groups(readings.datastreams[fresh]):
        marks[start:end], same = judge(times[start:end], numbers[start:end], streams[key].limits, arrived)
        streams[key].changes["same"] = same
    return marks


def _store(
    readings: Readings,
    fresh: Ints,
    keys: Ints,
    marks: npt.NDArray[np.int16],
    arrived: int,
    streams: Mapping[int, _Stream],
) -> None:
    of, times, numbers = readings.datastreams[fresh], readings.times[fresh], readings.numbers[fresh]
    moved = [streams[key].row["moved_feature_id"] for key in of.tolist()] if _any_moved(streams) else None
    if readings.plain and moved is None and np.isfinite(numbers).all():
        came = np.full(len(fresh), arrived, np.int64)
        insert_columns(Observation, _PLAIN, (keys, of, times, came, numbers, marks))
        return

    def column(given: Sequence[Any] | None) -> list[Any]:
        return [None] * len(fresh) if given is None else [given[row] for row in fresh.tolist()]

    features = column(readings.features)
    if moved is not None:
        features = [one or other for one, other in zip(features, moved, strict=True)]
    rows = zip(
        keys.tolist(),
        of.tolist(),
        times.tolist(),
        [arrived] * len(fresh),
        [one if one == one else None for one in numbers.tolist()],
        marks.tolist(),
        column(readings.ends),
        column(readings.result_times),
        [None if one is None else json.dumps(one) for one in column(readings.values)],
        features,
        [None if one is None else json.dumps(one) for one in column(readings.extras)],
        strict=True,
    )
    insert_many(Observation, (*_PLAIN, "end", "result_time", "value", "feature_id", "extra"), rows)


def _any_moved(streams: Mapping[int, _Stream]) -> bool:
    return any(stream.row.get("moved_feature_id") for stream in streams.values())


def _count(readings: Readings, kept: Ints, streams: Mapping[int, _Stream], result: TakenIn, arrived: int) -> None:
    """Write into the datastreams what they have now."""
    changed = []
    all_fates = result.fates[kept]
    for key, start, end in _groups(readings.datastreams[kept]):
        rows, row, limits = kept[start:end], streams[key].row, streams[key].limits
        fresh_ones, duplicates, conflicts, *_ = np.bincount(all_fates[start:end], minlength=len(Fate)).tolist()
        fresh = rows if fresh_ones == len(rows) else rows[all_fates[start:end] == Fate.STORED]
        now = {
            **{name: row[name] for name in KEPT},
            "arrived": arrived,
            "count": row["count"] + fresh_ones,
            "duplicates": row["duplicates"] + duplicates,
            "conflicts": row["conflicts"] + conflicts,
            **streams[key].changes,
        }
        if len(fresh):
            first, last = fresh[0], fresh[-1]
            if limits.last_time is not None:
                now["late"] += int((readings.times[fresh] < limits.last_time).sum())
            if limits.last_time is None or readings.times[last] > limits.last_time:
                number = float(readings.numbers[last])
                now["last_time"], now["last_number"] = int(readings.times[last]), number if number == number else None
            ends = [readings.ends[one] for one in fresh.tolist()] if readings.ends is not None else ()
            _widen(now, "phenomenon", [int(readings.times[first]), int(readings.times[last]), *ends])
            if readings.result_times is not None:
                _widen(now, "result", [readings.result_times[one] for one in fresh.tolist()])
        changed.append((key, *(now[name] for name in KEPT)))
    update_many(Datastream, KEPT, changed)


def _widen(now: dict[str, Any], what: str, instants: Sequence[int | None]) -> None:
    known = [one for one in (now[f"{what}_begin"], now[f"{what}_end"], *instants) if one is not None]
    now[f"{what}_begin"], now[f"{what}_end"] = min(known, default=None), max(known, default=None)


def _groups(keys: Ints) -> Iterator[tuple[int, int, int]]:
    """Each run of one key: the key, where it begins, where it ends."""
    starts = [0, *(np.flatnonzero(keys[1:] != keys[:-1]) + 1).tolist()] if len(keys) else []
    for start, end in zip(starts, [*starts[1:], len(keys)], strict=True):
        yield int(keys[start]), start, end
