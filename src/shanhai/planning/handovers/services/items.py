# SPDX-License-Identifier: Apache-2.0
"""Letting a batch leave although something is not finished."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.planning.handovers.models import HandoverItem, HandoverItemMove
from shanhai.planning.handovers.permissions import HandoverPermission
from shanhai.planning.handovers.rules import checked_reason
from shanhai.planning.handovers.selectors.handovers import get_handover, get_item, is_answered_for_by
from shanhai.planning.handovers.states import ITEM_MOVES, HandoverState, ItemState


@transaction.atomic
def waive(*, by: Actor, at: datetime, item: UUID, because: str) -> HandoverItem:
    """Let an open item go, with the reason and who carries on with it. It stays waived whatever comes.

    Raises NotVisible, NotAllowed, Refused for whoever answers for the item, Conflict, IllegalMove,
    BadInput.
    """
    found = get_item(viewer=by, uuid=item)
    programme = found.handover.programme.code
    by.require(HandoverPermission.WAIVE, programme=programme, place=found.place or None)

    # Every change of an item is made under the lock of its hand-over, so it is read again once that is held.
    handover = get_handover(viewer=by, uuid=found.handover.uuid, lock=True)
    found = get_item(viewer=by, uuid=item)

    if handover.state != HandoverState.OPEN:
        raise Conflict(gettext_noop("这一批已经准予离任，清单不再更新。"), "handovers.handover_released")
    require_move(ITEM_MOVES, ItemState(found.state), ItemState.WAIVED)
    if is_answered_for_by(item=found, ref=by.ref):
        raise Refused(gettext_noop("这一项由您自己负责，不能自己放行。请另一位指挥长决定。"), "handovers.own_item")
    because = checked_reason(because)

    old, found.state = found.state, ItemState.WAIVED.value
    found.waived_because, found.closed_at, found.closed_by = because, at, by.ref
    found.save(update_fields=["state", "waived_because", "closed_at", "closed_by"])
    HandoverItemMove.objects.create(item=found, old=old, new=found.state, at=at, by=by.ref, because=because)
    audit.record(
        by=by,
        at=at,
        action="handovers.item.waived",
        subject_type="handovers.handoveritem",
        subject_id=found.uuid,
        programme=programme,
        place=found.place,
        changes={
            "state": [old, found.state],
            "kind": found.kind,
            "subject": f"{found.subject_type}:{found.subject_id}",
        },
        because=because,
    )
    return found
