# SPDX-License-Identifier: Apache-2.0
"""What came later to a thing that is called back is on its list, too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.recalls.selectors.recalls import touched
from shanhai.field.traceability.recalls.services.recalling import list_again
from shanhai.field.traceability.store.values import CAPTURED
from shanhai.kernel.actors import system
from shanhai.kernel.registry import Subscriber

_BY = system("recalls", (TracePermission.VIEW, TracePermission.INSPECT))


class EventsCame(Subscriber):
    """Lists open recalls again of whose things new events say something."""

    key = "traceability.recalls.listing"
    event = CAPTURED

    def handle(self, *, payload: Mapping[str, str], event_id: UUID, at: datetime) -> None:
        """Add what came; what is on the list already stays as it was found."""
        for recall in touched(first=int(payload["first"]), last=int(payload["last"])):
            list_again(recall=recall.uuid, by=_BY, at=at)
