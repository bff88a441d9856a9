# SPDX-License-Identifier: Apache-2.0
"""Storing observations that come as entities: one, or several of a deep insert."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from django.db import connection, transaction

from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.sta.rules.results import checked, is_number
from shanhai.field.sensors.sta.selectors.streams import Stream, streams_for
from shanhai.field.sensors.sta.services.gathering import Gathering
from shanhai.field.sensors.sta.services.places import give_features, widen_areas
from shanhai.field.sensors.store.selectors.streams import stream_rows
from shanhai.field.sensors.store.services.taking import take_in
from shanhai.field.sensors.store.values import Fate, Readings, TakenIn
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, DomainError, NotVisible
from shanhai.kernel.messages import gettext_noop

NO_STREAM = gettext_noop("没有编号为 %(id)s 的数据流，或者您看不到它。")
CONFLICT = gettext_noop("这个数据流在这个时间已经有另一个结果，原来的不动。要更正请修改原来的观测值。")


@dataclass(slots=True)
class Observed:
    """An observation on its way in: its datastream, its feature (None: that of the datastream), what a body said.

    ``multi`` says whether it was called a MultiDatastream. ``columns`` has its time in any case.
    """

    datastream: int
    multi: bool
    feature: int | None
    columns: Mapping[str, Any]


class Stored(NamedTuple):
    """The id of an observation that is stored, and whether it is so only now."""

    id: int
    fresh: bool


def store_observed(*, observed: Sequence[Observed], by: Actor, at: datetime) -> list[Stored]:
    """Store observations, all or none; of what is there already, the answer has its id.

    One alone that is in no transaction is stored together with those that others send at the same time. Raises
    BadInput, NotVisible, NotAllowed, and Conflict where another result is there for that time.
    """
    if len(observed) == 1 and observed[0].feature is None and not connection.in_atomic_block:
        return [_together.take(observed[0], by=by, at=at)]
    with transaction.atomic():
        stored = []
        for one in _store(observed, by, at):
            if isinstance(one, DomainError):
                raise one
            stored.append(one)
        widen_areas(features=_own_features(observed), by=by, at=at)
    return stored


@transaction.atomic
def _store(observed: Sequence[Observed], by: Actor, at: datetime) -> list[Stored | DomainError]:
    """What became of each."""
    held = stream_rows({one.datastream for one in observed}, hold=True)
    streams = streams_for(held.values(), by=by)
    refused = [_refusal(one, streams, by) for one in observed]
    good = [one for one, reason in zip(observed, refused, strict=True) if reason is None]
    if good:
        without = {one.datastream for one in good if one.feature is None}
        give_missing_features(streams=streams, without=without, by=by, at=at)
    taken = take_in(readings=_readings(good), by=by, at=at, held=held)
    rows = iter(range(len(good)))
    return [_outcome(taken, next(rows)) if reason is None else reason for reason in refused]


# Those that come one by one at the same time, in one transaction.
_together: Gathering[Observed, Stored] = Gathering(_store)


def _refusal(one: Observed, streams: Mapping[int, Stream], by: Actor) -> DomainError | None:
    stream = streams.get(one.datastream)
    if stream is None or stream.multi != one.multi:
        return NotVisible(NO_STREAM, "sta.not_found", id=one.datastream)
    try:
        by.require(SensorPermission.WRITE, programme=stream.programme, place=stream.place or None)
        checked(one.columns["result"], stream.observation_type, stream.multi_types)
    except DomainError as error:
        return error
    return None


def _outcome(taken: TakenIn, row: int) -> Stored | DomainError:
    if (reason := taken.because.get(row)) is not None:
        return BadInput(reason.text, "sta.not_taken", **reason.params)
    if taken.fates[row] == Fate.CONFLICT:
        return Conflict(CONFLICT, "sta.observation_there", field="phenomenonTime")
    return Stored(int(taken.ids[row]), bool(taken.fates[row] == Fate.STORED))


def give_missing_features(*, streams: Mapping[int, Stream], without: Collection[int], by: Actor, at: datetime) -> None:
    """Let datastreams that have no feature have that of where their thing is, if observations name none."""
    if missing := [key for key in without if streams[key].feature is None and streams[key].placed]:
        with transaction.atomic():
            give_features(datastreams=missing, by=by, at=at)


def _readings(observed: Sequence[Observed]) -> Readings:
    columns = [one.columns for one in observed]
    results = [given["result"] for given in columns]
    numbers = [float(one) if is_number(one) else np.nan for one in results]
    values = [None if is_number(one) else one for one in results]
    return Readings(
        np.array([one.datastream for one in observed], np.int64),
        np.array([given["time"] for given in columns], np.int64),
        np.array(numbers, np.float64),
        values=_any(values),
        ends=_any([given.get("end") for given in columns]),
        result_times=_any([given.get("result_time") for given in columns]),
        features=_any([one.feature for one in observed]),
        extras=_any([given.get("extra") for given in columns]),
    )


def _own_features(observed: Sequence[Observed]) -> dict[int, set[int]]:
    own: dict[int, set[int]] = defaultdict(set)
    for one in observed:
        if one.feature is not None:
            own[one.datastream].add(one.feature)
    return own


def _any(column: list[Any]) -> list[Any] | None:
    return column if any(one is not None for one in column) else None
