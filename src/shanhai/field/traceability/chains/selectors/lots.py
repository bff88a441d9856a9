# SPDX-License-Identifier: Apache-2.0
"""Reading lots: where one stands, what waits for whom."""

from __future__ import annotations

from django.db.models import QuerySet

from shanhai.base.database.selectors import in_programme
from shanhai.field.traceability.models import Finding, Lot, Party
from shanhai.field.traceability.states import LotState, Part
from shanhai.kernel.actors import Actor


def standing(lot: Lot) -> LotState:
    """Where a lot stands that nobody stopped, by what is written of it."""
    if lot.sold_at is not None:
        return LotState.SOLD
    if lot.on_way_to_id is not None:
        return LotState.ON_WAY
    alive = not lot.grams and not lot.records.filter(part=Part.USED, undone=False).exists()
    return LotState.HERE if lot.left or alive else LotState.USED


def list_coming(*, viewer: Actor, programme: str | None = None) -> QuerySet[Lot]:
    """The lots that are on their way to the parties for which the viewer records, the oldest first."""
    coming = Lot.objects.filter(state=LotState.ON_WAY, on_way_to__in=Party.objects.acted_for_by(viewer))
    found = coming.filter(in_programme(programme, "on_way_to__programme"))
    return found.select_related("on_way_to__programme", "held_by__organisation").order_by("shipped_at", "pk")


def list_findings(*, viewer: Actor, programme: str | None = None) -> QuerySet[Finding]:
    """What was found about lots of the parties for which the viewer records and nobody answered, the oldest first."""
    open_ones = Finding.objects.filter(answered_at=None, party__in=Party.objects.acted_for_by(viewer))
    found = open_ones.filter(in_programme(programme, "party__programme"))
    return found.select_related("party__programme", "lot").order_by("at", "pk")
