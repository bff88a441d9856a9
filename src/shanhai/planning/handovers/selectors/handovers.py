# SPDX-License-Identifier: Apache-2.0
"""Hand-overs and their items, as the viewer may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.handovers.models import BatchHandover, HandoverItem
from shanhai.planning.handovers.states import HandoverState, ItemState
from shanhai.planning.handovers.values import ItemKind
from shanhai.planning.programmes.core.selectors.programmes import list_batches


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items stand where."""

    open: int = 0
    settled: int = 0
    waived: int = 0

    @property
    def all(self) -> int:
        """Every item there is."""
        return self.open + self.settled + self.waived


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """A hand-over as a list shows it; counts are of what the viewer may see."""

    uuid: UUID
    programme: str
    batch_number: int
    due_on: date
    state: HandoverState
    released_at: datetime | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class BatchChoice:
    """A batch for which no hand-over has been opened."""

    uuid: UUID
    number: int
    starts_on: date
    ends_on: date


COUNTED = {state.value: Count("pk", filter=Q(state=state.value)) for state in ItemState}


def get_handover(*, viewer: Actor, uuid: UUID, lock: bool = False) -> BatchHandover:
    """The hand-over with its programme and batch. ``lock`` holds its row until the transaction ends.

    Raises NotVisible.
    """
    rows = BatchHandover.objects.visible_to(viewer).select_related("programme", "batch")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(
            gettext_noop("没有找到这份交接清单，或者您的岗位看不到它。请从交接列表进入。"),
            "handovers.handover_not_found",
        )
    return found


def get_item(*, viewer: Actor, uuid: UUID) -> HandoverItem:
    """One item with its hand-over. Raises NotVisible."""
    found = HandoverItem.objects.visible_to(viewer).select_related("handover__programme").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(
            gettext_noop("没有找到这个交接事项，或者您的岗位看不到它。请从交接清单进入。"), "handovers.item_not_found"
        )
    return found


def list_handovers(*, viewer: Actor, programme: str) -> tuple[HandoverRow, ...]:
    """The hand-overs of a programme, the one that is due last first. Two queries."""
    found = BatchHandover.objects.visible_to(viewer).filter(programme__code=programme).select_related("batch")
    rows = list(found.order_by("-due_on", "-pk"))
    seen = HandoverItem.objects.visible_to(viewer).filter(handover__in=[row.pk for row in rows])
    counted: Any = seen.values("handover").annotate(**COUNTED).order_by("handover")
    counts = {row["handover"]: Counts(*(row[state.value] for state in ItemState)) for row in counted}
    return tuple(
        HandoverRow(
            uuid=row.uuid,
            programme=programme,
            batch_number=row.batch.number,
            due_on=row.due_on,
            state=HandoverState(row.state),
            released_at=row.released_at,
            counts=counts.get(row.pk, Counts()),
        )
        for row in rows
    )


def list_batches_without(*, viewer: Actor, programme: str) -> tuple[BatchChoice, ...]:
    """The batches of a programme for which a hand-over may be opened, by number. Raises NotVisible."""
    taken = set(BatchHandover.objects.filter(programme__code=programme).values_list("batch_id", flat=True))
    return tuple(
        BatchChoice(batch.uuid, batch.number, batch.starts_on, batch.ends_on)
        for batch in list_batches(viewer=viewer, programme=programme)
        if batch.pk not in taken
    )


def count_open_by_kind(*, handover: BatchHandover) -> dict[ItemKind, int]:
    """How many items of which kind hold a batch back, all of them, in the order of a pack; for the services here."""
    rows = handover.items.open().values_list("kind").annotate(Count("pk")).order_by("kind_order")
    return {ItemKind(kind): number for kind, number in rows}


def is_answered_for_by(*, item: HandoverItem, ref: str) -> bool:
    """Whether the user of that reference answers for the item."""
    return HandoverItem.objects.answered_for_by(ref).filter(pk=item.pk).exists()
