# SPDX-License-Identifier: Apache-2.0
"""Storing observations that come as arrays: all rows of all datastreams at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from django.db import transaction

from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.sta.rules.arrays import Block, Columns, columns_of
from shanhai.field.sensors.sta.rules.bodies import NOT_THERE
from shanhai.field.sensors.sta.rules.results import short, unfit
from shanhai.field.sensors.sta.selectors.entities import TYPES, rows_of
from shanhai.field.sensors.sta.selectors.streams import Stream, streams_for
from shanhai.field.sensors.sta.services.observing import CONFLICT, NO_STREAM, give_missing_features
from shanhai.field.sensors.sta.services.places import widen_areas
from shanhai.field.sensors.store.selectors.streams import stream_rows
from shanhai.field.sensors.store.services.taking import FORBIDDEN, take_in
from shanhai.field.sensors.store.values import Fate, Ints, Readings
from shanhai.field.sensors.values import instant_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import Message, message


class Rows(NamedTuple):
    """By row the id of what is stored, 0 of what was refused; then ``because`` has the reason."""

    ids: Ints
    because: dict[int, Message]


@transaction.atomic
def store_arrays(*, blocks: Sequence[Block], by: Actor, at: datetime) -> Rows:
    """Store what can be stored, and answer what became of each row; of what is there already with its id.

    Raises NotAllowed for who may write to none of the datastreams that are there.
    """
    streams = streams_for(stream_rows({one.datastream for one in blocks}).values(), by=by)
    allowed = {key for key, one in streams.items() if one.may_be_written(by)}
    if streams and not allowed:
        one = next(iter(streams.values()))
        by.require(SensorPermission.WRITE, programme=one.programme, place=one.place or None)
    stored = Rows(np.zeros(sum(len(one.rows) for one in blocks), np.int64), {})
    asked, start = [], 0
    for block in blocks:
        stream = streams.get(block.datastream)
        if stream is None or stream.multi != block.multi:
            _refuse(stored, start, block, message(NO_STREAM, id=block.datastream))
        elif stream.pk not in allowed:
            _refuse(stored, start, block, message(FORBIDDEN))
        else:
            asked.append((start, stream, block))
        start += len(block.rows)
    if not asked:
        return stored
    understood = columns_of(
        [block for *_at, block in asked], now=instant_of(at), observation=TYPES["Observation"], types=TYPES
    )
    starts, found = [], []
    for (start, stream, _block), given in zip(asked, understood, strict=True):
        columns = _fitting(given, stream, _features(given, by))
        stored.because.update({start + place: one for place, one in columns.because.items()})
        if len(columns.places):
            starts.append(columns.places + start)
            found.append((stream, columns))
    if not found:
        return stored
    without = {stream.pk for stream, columns in found if not _all_name_features(columns)}
    give_missing_features(streams=streams, without=without, by=by, at=at)
    taken, rows = take_in(readings=_readings(found), by=by, at=at), np.concatenate(starts)
    stored.because.update({int(rows[row]): one for row, one in taken.because.items()})
    stored.because.update(dict.fromkeys(rows[taken.fates == Fate.CONFLICT].tolist(), message(CONFLICT)))
    stored.ids[rows] = np.where(np.isin(taken.fates, (Fate.STORED, Fate.DUPLICATE)), taken.ids, 0)
    own: dict[int, set[int]] = defaultdict(set)
    for stream, columns in found:
        own[stream.pk] |= {one["feature"] for one in columns.others or () if one["feature"] is not None}
    widen_areas(features={key: many for key, many in own.items() if many}, by=by, at=at)
    return stored


def _refuse(stored: Rows, start: int, block: Block, reason: Message) -> None:
    stored.because.update(dict.fromkeys(range(start, start + len(block.rows)), reason))


def _features(columns: Columns, by: Actor) -> set[int]:
    """Those of the features that rows name which are there."""
    named = {one["feature"] for one in columns.others or () if one["feature"] is not None}
    if not named:
        return set()
    return set(rows_of("FeatureOfInterest", viewer=by).filter(pk__in=named).values_list("pk", flat=True))


def _fitting(columns: Columns, stream: Stream, features: set[int]) -> Columns:
    """Without the rows whose result does not fit the datastream, or whose feature is not there."""
    wrong = _unfit(columns, stream, features)
    if not wrong:
        return columns
    because = columns.because | {int(columns.places[row]): one for row, one in wrong.items()}
    good = [row for row in range(len(columns.places)) if row not in wrong]
    return Columns(
        columns.places[good],
        columns.times[good],
        columns.numbers[good],
        None if columns.values is None else [columns.values[row] for row in good],
        None if columns.others is None else [columns.others[row] for row in good],
        because,
    )


def _unfit(columns: Columns, stream: Stream, features: set[int]) -> dict[int, Message]:
    """Why rows of these columns do not fit."""
    wrong = {}
    if columns.others is None:
        rows: Sequence[int] = ()
        kind = short(stream.observation_type)
        if stream.multi or kind in ("OM_TruthObservation", "OM_CategoryObservation"):
            rows = range(len(columns.numbers))
        elif kind == "OM_CountObservation":
            rows = np.flatnonzero(columns.numbers != np.trunc(columns.numbers)).tolist()
        results: Iterable[tuple[int, Any]] = ((row, float(columns.numbers[row])) for row in rows)
    else:
        results = ((row, one["result"]) for row, one in enumerate(columns.others))
        for row, one in enumerate(columns.others):
            if one["feature"] is not None and one["feature"] not in features:
                wrong[row] = message(NOT_THERE, name="FeatureOfInterest", id=one["feature"])
    for row, result in results:
        if (reason := unfit(result, stream.observation_type, stream.multi_types)) is not None:
            wrong[row] = reason
    return wrong


def _all_name_features(columns: Columns) -> bool:
    return columns.others is not None and all(one["feature"] is not None for one in columns.others)


def _readings(found: Sequence[tuple[Stream, Columns]]) -> Readings:
    sizes = [len(columns.places) for _stream, columns in found]
    readings = Readings(
        np.repeat(np.array([stream.pk for stream, _columns in found], np.int64), sizes),
        np.concatenate([columns.times for _stream, columns in found]),
        np.concatenate([columns.numbers for _stream, columns in found]),
    )
    if all(columns.others is None for _stream, columns in found):
        return readings
    rows: list[Mapping[str, Any]] = []
    values: list[Any] = []
    for size, (_stream, columns) in zip(sizes, found, strict=True):
        rows += [{}] * size if columns.others is None else columns.others
        values += [None] * size if columns.values is None else columns.values
    readings.values = _any(values)
    readings.ends = _any([one.get("end") for one in rows])
    readings.result_times = _any([one.get("result_time") for one in rows])
    readings.features = _any([one.get("feature") for one in rows])
    readings.extras = _any([one.get("extra") for one in rows])
    return readings


def _any(column: list[Any]) -> list[Any] | None:
    return column if any(one is not None for one in column) else None
