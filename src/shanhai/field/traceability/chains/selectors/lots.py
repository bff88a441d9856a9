# SPDX-License-Identifier: Apache-2.0
"""Reading lots: where one stands, what waits for whom."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from shanhai.base.database.selectors import in_programme
from shanhai.field.traceability.models import Finding, Lot, Party, Record, RecordLot
from shanhai.field.traceability.states import LotState, Part
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop

# What is stopped on its way arrives all the same: whoever has it then is to be told.
COMING = (LotState.ON_WAY, LotState.HELD, LotState.RECALLED)


def standing(lot: Lot) -> LotState:
    """Where a lot stands that nobody stopped, by what is written of it."""
    if lot.sold_at is not None:
        return LotState.SOLD
    if lot.on_way_to_id is not None:
        return LotState.ON_WAY
    alive = not lot.grams and not lot.records.filter(part=Part.USED, undone=False).exists()
    return LotState.HERE if lot.left or alive else LotState.USED


def in_hand(lots: QuerySet[Lot]) -> QuerySet[Lot]:
    """Those of lots that somebody has and could hold back: neither sold nor used up, as ``standing`` says of one."""
    used = RecordLot.objects.filter(lot=OuterRef("pk"), part=Part.USED, undone=False)
    there = Q(on_way_to__isnull=False) | Q(left__gt=0) | Q(grams=0) & ~Exists(used)
    return lots.filter(there, sold_at=None)


def list_coming(*, viewer: Actor, programme: str | None = None) -> QuerySet[Lot]:
    """The lots that are on their way to the parties for which the viewer records, the oldest first."""
    coming = Lot.objects.filter(state__in=COMING, on_way_to__in=Party.objects.acted_for_by(viewer))
    found = coming.filter(in_programme(programme, "on_way_to__programme"))
    return found.select_related("on_way_to__programme", "held_by__organisation", "product_class").order_by(
        "shipped_at", "pk"
    )


def list_findings(*, viewer: Actor, programme: str | None = None) -> QuerySet[Finding]:
    """What was found about lots of the parties for which the viewer records and nobody answered, the oldest first."""
    open_ones = Finding.objects.filter(answered_at=None, party__in=Party.objects.acted_for_by(viewer))
    found = open_ones.filter(in_programme(programme, "party__programme"))
    return found.select_related("party__programme", "party__organisation", "lot").order_by("at", "pk")


def descendants(*, lots: Collection[Lot], most: int = 12) -> list[Lot]:
    """All that was made of lots by our own records, in at most so many steps. Two queries a step."""
    seen, level = {lot.pk for lot in lots}, {lot.pk for lot in lots}
    found = list[Lot]()
    for _ in range(most):
        used = RecordLot.objects.filter(lot__in=level, part=Part.USED, undone=False).values("record")
        made = Lot.objects.filter(records__record__in=used, records__part=Part.MADE, records__undone=False)
        fresh = [lot for lot in made.select_related("held_by") if lot.pk not in seen]
        if not fresh:
            break
        found += fresh
        level = {lot.pk for lot in fresh}
        seen |= level
    return found


def lots_made(record: Record) -> list[Lot]:
    """The lots that a record made, in their order. One query."""
    made = Lot.objects.filter(records__record=record, records__part=Part.MADE)
    return list(made.select_related("product_class").order_by("pk"))


def get_finding(*, viewer: Actor, uuid: UUID) -> Finding:
    """What was found about a lot of a party that the viewer records for and nobody answered. Raises NotVisible."""
    found = list_findings(viewer=viewer).filter(uuid=uuid).select_related("party__organisation").first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到，或者已经说明过。请刷新。"))
    return found
