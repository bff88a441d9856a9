# SPDX-License-Identifier: Apache-2.0
"""Hand-overs that wait for who manages them, and items that wait for who answers for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shanhai.kernel.actors import Actor
from shanhai.planning.handovers.models import HandoverItem
from shanhai.planning.handovers.permissions import HandoverPermission
from shanhai.planning.handovers.selectors.handovers import HandoverRow, list_handovers
from shanhai.planning.handovers.states import HandoverState
from shanhai.planning.handovers.values import ItemKind


@dataclass(frozen=True, slots=True)
class OwnItem:
    """An open item that the viewer answers for, and the day their batch leaves."""

    handover: UUID
    kind: ItemKind
    label: str
    due_on: date


def list_waiting(*, viewer: Actor, programme: str) -> tuple[HandoverRow, ...]:
    """Open hand-overs of a programme, where the viewer manages them. Two queries, none for who does not."""
    if not viewer.may(HandoverPermission.MANAGE, programme=programme):
        return ()
    rows = list_handovers(viewer=viewer, programme=programme)
    return tuple(row for row in rows if row.state is HandoverState.OPEN)


def list_own_items(*, viewer: Actor, programme: str, limit: int) -> tuple[OwnItem, ...]:
    """Open items of the viewer in hand-overs that are not released, the first to be due first. One query."""
    rows = (
        HandoverItem.objects.visible_to(viewer)
        .open()
        .answered_for_by(viewer.ref)
        .filter(handover__programme__code=programme, handover__state=HandoverState.OPEN.value)
        .select_related("handover")
        .order_by("handover__due_on", "kind_order", "pk")
    )
    return tuple(OwnItem(row.handover.uuid, ItemKind(row.kind), row.label, row.handover.due_on) for row in rows[:limit])
