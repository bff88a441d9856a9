# SPDX-License-Identifier: Apache-2.0
"""Events that came wake the streams."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from shanhai.field.traceability.store.values import CAPTURED
from shanhai.field.traceability.subscriptions.services.looking import wake
from shanhai.kernel.actors import system


class WakeStreams:
    """Looks are cheap and know their cursor: every stream looks, since each may see what came."""

    key = "traceability.streams"
    event = CAPTURED

    def handle(self, *, payload: Mapping[str, str], event_id: UUID, at: datetime) -> None:
        """Let all of them look at once."""
        wake(by=system("outbox"), at=at)
