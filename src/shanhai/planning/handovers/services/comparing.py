# SPDX-License-Identifier: Apache-2.0
"""Bringing the items of a hand-over to what is open now. The caller has asked, holds the lock, and audits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from shanhai.kernel.actors import Actor
from shanhai.planning.handovers.access import collector_for
from shanhai.planning.handovers.models import BatchHandover, HandoverItem, HandoverItemMove
from shanhai.planning.handovers.rules import changes_between
from shanhai.planning.handovers.selectors.causes import list_causes
from shanhai.planning.handovers.states import ItemState
from shanhai.planning.handovers.values import Cause, ItemKind

AT_ONCE = 500
_ORDER = {kind: order for order, kind in enumerate(ItemKind, start=1)}
_TOLD = ("label", "url", "place", "responsible_kind", "responsible", "since")


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How many items a refresh added, settled, opened again, and told anew because their cause says otherwise now."""

    added: int = 0
    settled: int = 0
    reopened: int = 0
    told_anew: int = 0

    @property
    def any(self) -> bool:
        """Whether anything has changed."""
        return any(asdict(self).values())

    def as_json(self) -> dict[str, Any]:
        """The counts as plain values."""
        return asdict(self)


@transaction.atomic
def compare_items(*, by: Actor, at: datetime, handover: BatchHandover) -> Refreshed:
    """Add, settle and open again the items of a hand-over whose row the caller holds, with a history row each."""
    programme = handover.programme.code
    causes = list_causes(viewer=collector_for(programme), programme=programme, until=handover.due_on, at=at)
    items = {item.cause.key: item for item in handover.items.order_by("pk")}
    changes = changes_between({key: (ItemState(item.state), item.cause) for key, item in items.items()}, causes)

    added = HandoverItem.objects.bulk_create(
        (_told(HandoverItem(handover=handover), cause) for cause in changes.added), batch_size=AT_ONCE
    )
    settled = [items[key] for key in changes.gone]
    reopened = [_told(items[cause.key], cause) for cause in changes.back]
    told_anew = [_told(items[cause.key], cause) for cause in changes.told_anew]
    _put(settled, ItemState.SETTLED, closed_at=at, closed_by=by.ref)
    _put(reopened, ItemState.OPEN, closed_at=None, closed_by="")
    HandoverItem.objects.bulk_update(reopened + told_anew, _TOLD, batch_size=AT_ONCE)

    _write_moves("", ItemState.OPEN, added, by=by, at=at)
    _write_moves(ItemState.OPEN.value, ItemState.SETTLED, settled, by=by, at=at)
    _write_moves(ItemState.SETTLED.value, ItemState.OPEN, reopened, by=by, at=at)
    handover.refreshed_at = at
    handover.save(update_fields=["refreshed_at"])
    return Refreshed(len(added), len(settled), len(reopened), len(told_anew))


def _told(item: HandoverItem, cause: Cause) -> HandoverItem:
    item.kind, item.kind_order = cause.kind.value, _ORDER[cause.kind]
    item.subject_type, item.subject_id = cause.subject_type, cause.subject_id
    item.label, item.url, item.place, item.since = cause.label, cause.url, cause.place, cause.since
    item.responsible_kind, item.responsible = cause.responsible.kind.value, cause.responsible.name
    return item


def _put(items: Sequence[HandoverItem], state: ItemState, **closed: Any) -> None:
    for start in range(0, len(items), AT_ONCE):
        keys = [item.pk for item in items[start : start + AT_ONCE]]
        HandoverItem.objects.filter(pk__in=keys).update(state=state.value, **closed)


def _write_moves(old: str, new: ItemState, items: Iterable[HandoverItem], *, by: Actor, at: datetime) -> None:
    HandoverItemMove.objects.bulk_create(
        (HandoverItemMove(item=item, old=old, new=new.value, at=at, by=by.ref) for item in items), batch_size=AT_ONCE
    )
