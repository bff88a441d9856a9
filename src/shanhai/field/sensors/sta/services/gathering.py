# SPDX-License-Identifier: Apache-2.0
"""Observations that come one by one at the same time are stored together: a transaction each would cost the most.

Whoever finds nobody storing stores for all who wait; who comes meanwhile waits for the next round. Nobody waits for
company: alone, one is stored at once. It is acknowledged once it is stored.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.db import InterfaceError, OperationalError

from shanhai.field.sensors.store.services.taking import take_in
from shanhai.field.sensors.store.values import Readings, TakenIn
from shanhai.kernel.actors import Actor


@dataclass(slots=True)
class _Waiting:
    readings: Readings
    by: Actor
    at: datetime
    done: threading.Event = field(default_factory=threading.Event)
    taken: TakenIn | None = None
    error: BaseException | None = None


_queue: list[_Waiting] = []
_guard, _storing = threading.Lock(), threading.Lock()


def gathered(*, readings: Readings, by: Actor, at: datetime) -> TakenIn:
    """What ``take_in`` answers for one row, stored in a transaction with those of others. Call it in none."""
    mine = _Waiting(readings, by, at)
    with _guard:
        _queue.append(mine)
    while not mine.done.is_set():
        # Whoever stores may have taken mine along, or not: the lock is free when it has told everybody.
        with _storing:
            if not mine.done.is_set():
                with _guard:
                    batch, _queue[:] = _queue[:], []
                _store(batch)
    if mine.error is not None:
        raise mine.error
    assert mine.taken is not None
    return mine.taken


def _store(batch: Sequence[_Waiting]) -> None:
    of: dict[Actor | str, list[_Waiting]] = defaultdict(list)
    for one in batch:
        of[one.by.ref].append(one)
    for many in of.values():
        try:
            _store_together(many)
        finally:
            for one in many:
                one.done.set()


def _store_together(many: Sequence[_Waiting]) -> None:
    try:
        taken = take_in(readings=_joined(many), by=many[-1].by, at=max(one.at for one in many))
    except BaseException as error:
        if len(many) > 1 and not isinstance(error, (OperationalError, InterfaceError)):
            # The fault of one is not that of the others.
            for one in many:
                _store_together([one])
            return
        for one in many:
            one.error = error
    else:
        for place, one in enumerate(many):
            because = {0: taken.because[place]} if place in taken.because else {}
            one.taken = TakenIn(taken.ids[place : place + 1], taken.fates[place : place + 1], because)


def _joined(many: Sequence[_Waiting]) -> Readings:
    all_of = [one.readings for one in many]
    if len(all_of) == 1:
        return all_of[0]

    def column(name: str) -> list[Any] | None:
        given = [getattr(one, name) for one in all_of]
        return [None if one is None else one[0] for one in given] if any(given) else None

    return Readings(
        np.concatenate([one.datastreams for one in all_of]),
        np.concatenate([one.times for one in all_of]),
        np.concatenate([one.numbers for one in all_of]),
        **{name: column(name) for name in ("values", "ends", "result_times", "features", "extras")},
    )
