# SPDX-License-Identifier: Apache-2.0
"""Messages that are due are handed to their channels."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta

import structlog
from django.conf import settings

from shanhai.kernel.actors import Actor
from shanhai.operations.hazards.calls.adapters.channels import adapter_of
from shanhai.operations.hazards.calls.services.sending import Claimed, claim_due, note_failed, note_handed
from shanhai.operations.hazards.calls.values import Later, Letter, NotSent, Why
from shanhai.operations.hazards.values import Channel

log = structlog.get_logger("shanhai.calls")

# A hand-over may take several waits for the other side, and no more than so many.
PATIENCE = 3


def send_due(*, by: Actor, at: datetime, channel: Channel | None = None) -> int:
    """Hand over messages that are due, of one ``channel`` or of all; answers how many were dealt with.

    One query where nothing is due. They are claimed in one transaction, handed over outside of any, all at the same
    time, and marked each in one of its own. Killed between the hand-over and the mark, a message is due again when its
    claim has run out (``LEASE``): it goes once more, and is never lost; its id is the same, by which mail programs and
    gateways may see that. A channel that hangs holds up what is sent by the same call for as long as it is waited for:
    who has a thread to spare for each channel asks for them one by one. Raises NotAllowed.
    """
    adapters = {one: found for one in Channel if (found := adapter_of(one)) is not None}
    claimed, skipped = claim_due(by=by, at=at, channel=channel, set_up=adapters.keys())
    if not claimed:
        return skipped
    pool, began = ThreadPoolExecutor(len(claimed)), time.monotonic()
    running: dict[Future[str], Claimed] = {pool.submit(_hand, adapters[one.channel], one): one for one in claimed}
    try:
        for done in as_completed(running, timeout=settings.CALLS_TIMEOUT_S * PATIENCE):
            _note(running.pop(done), done, by=by, at=at, took=timedelta(seconds=time.monotonic() - began))
    except TimeoutError:
        # Each word of the other side came in time, and there is no end of them.
        for one in running.values():
            note_failed(by=by, at=at, claimed=one, error=Later(Why.TIMED_OUT))
    pool.shutdown(wait=False, cancel_futures=True)
    return skipped + len(claimed)


def _note(one: Claimed, done: Future[str], *, by: Actor, at: datetime, took: timedelta) -> None:
    error = done.exception()
    if error is None:
        # When the channel had it, not when we began: a server may take its time.
        note_handed(by=by, at=at + took, claimed=one, reference=done.result())
        return
    if not isinstance(error, NotSent):
        # Not what it says: that may hold an address.
        log.error("a message was not handed over", dispatch=one.key, error=type(error).__name__)
    note_failed(by=by, at=at, claimed=one, error=error)


def _hand(adapter: Callable[[Letter], str], one: Claimed) -> str:
    if one.letter is None:
        raise one.fault or ValueError
    return adapter(one.letter)
