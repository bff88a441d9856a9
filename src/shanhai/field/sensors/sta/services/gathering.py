# SPDX-License-Identifier: Apache-2.0
"""Observations that come one by one at the same time are stored together: a transaction each would cost the most.

Whoever finds nobody storing stores for all who wait; who comes meanwhile waits for the next round. Alone, one is stored
at once. Clients that were told at the same time come again at nearly the same time: after a round of several, the next
waits for as many, but no longer than ``COMPANY_S``. It is acknowledged once it is stored.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from django.db import InterfaceError, OperationalError

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import DomainError

COMPANY_S = 0.003

One = TypeVar("One")
Result = TypeVar("Result")


@dataclass(slots=True)
class _Waiting(Generic[One, Result]):
    one: One
    by: Actor
    at: datetime
    done: threading.Event = field(default_factory=threading.Event)
    results: list[Result] = field(default_factory=list)
    error: BaseException | None = None


class Gathering(Generic[One, Result]):
    """Those who wait; ``store`` says of each of many what became of it, and raises where nothing was stored."""

    def __init__(self, store: Callable[[Sequence[One], Actor, datetime], Sequence[Result | DomainError]]) -> None:
        self._store = store
        self.queue: list[_Waiting[One, Result]] = []
        self.storing, self._came, self._expected = threading.Lock(), threading.Condition(), 1

    def take(self, one: One, *, by: Actor, at: datetime) -> Result:
        """Store one in a transaction with those of others, and answer or raise what became of it. Call it in none."""
        mine: _Waiting[One, Result] = _Waiting(one, by, at)
        with self._came:
            self.queue.append(mine)
            self._came.notify()
        while not mine.done.is_set():
            # Whoever stores may have taken mine along, or not: the lock is free when it has told everybody.
            with self.storing:
                if not mine.done.is_set():
                    self._store_all(self._who_waits())
        if mine.error is not None:
            raise mine.error
        return mine.results[0]

    def _who_waits(self) -> list[_Waiting[One, Result]]:
        with self._came:
            self._came.wait_for(lambda: len(self.queue) >= self._expected, COMPANY_S)
            batch, self.queue[:] = self.queue[:], []
        self._expected = len(batch)
        return batch

    def _store_all(self, batch: Sequence[_Waiting[One, Result]]) -> None:
        of: dict[str, list[_Waiting[One, Result]]] = defaultdict(list)
        for waiting in batch:
            of[waiting.by.ref].append(waiting)
        for many in of.values():
            try:
                self._store_together(many)
            finally:
                for waiting in many:
                    waiting.done.set()

    def _store_together(self, many: Sequence[_Waiting[One, Result]]) -> None:
        try:
            found = self._store([waiting.one for waiting in many], many[-1].by, max(one.at for one in many))
        except BaseException as error:
            if len(many) > 1 and not isinstance(error, (OperationalError, InterfaceError)):
                # The fault of one is not that of the others.
                for waiting in many:
                    self._store_together([waiting])
                return
            for waiting in many:
                waiting.error = error
        else:
            for waiting, result in zip(many, found, strict=True):
                if isinstance(result, DomainError):
                    waiting.error = result
                else:
                    waiting.results.append(result)
