# SPDX-License-Identifier: Apache-2.0
"""What is due goes out: a webhook that hangs holds a thread of its own, and nobody else's letters."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

import structlog

from shanhai.field.traceability.subscriptions.adapters.posting import post
from shanhai.field.traceability.subscriptions.services.delivering import claim_due, note_failed, note_taken
from shanhai.field.traceability.subscriptions.services.looking import look_due
from shanhai.field.traceability.subscriptions.values import Letter, NotTaken, Why
from shanhai.kernel.actors import Actor

log = structlog.get_logger("shanhai.epcis")

# Letters under way at the same time.
AT_ONCE = 16


class Webhooks:
    """Looks for what is new, hands over what waits, and marks what has come back. It never waits for an answer."""

    key = "traceability.webhooks"

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, "webhook")
        self._under_way: dict[Future[None], Letter] = {}

    def run(self, *, by: Actor, at: datetime) -> int:
        """Do what can be done now, and answer how much was done or is under way. Two queries where nothing is due.

        Killed between the hand-over and the mark, a letter goes once more when its claim has run out.
        """
        back = [future for future in self._under_way if future.done()]
        for future in back:
            self._note(self._under_way.pop(future), future, by=by, at=at)
        looked = look_due(by=by, at=at)
        for letter in claim_due(by=by, at=at, most=AT_ONCE - len(self._under_way)):
            self._under_way[self._pool.submit(post, letter)] = letter
        return len(back) + looked + len(self._under_way)

    def _note(self, letter: Letter, future: Future[None], *, by: Actor, at: datetime) -> None:
        error = future.exception()
        if error is None:
            note_taken(letter=letter, by=by, at=at)
            return
        if not isinstance(error, NotTaken):
            log.error("a letter to a subscriber failed", delivery=letter.key, error=type(error).__name__)
            error = NotTaken(Why.NOT_REACHED)
        note_failed(letter=letter, error=error, by=by, at=at)
