# SPDX-License-Identifier: Apache-2.0
"""Lots are held, recalled and released; and every other move that a lot makes from state to state."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.field.traceability.chains.selectors.lots import standing
from shanhai.field.traceability.models import Lot, LotMove
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.states import LOT_MOVES, LotState
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move

AT_ONCE = 500


@transaction.atomic
def hold(*, lots: Collection[UUID], recalled: bool = False, because: str, by: Actor, at: datetime) -> int:
    """Stop these lots wherever they stand, ``recalled`` or only held, and answer how many were not so before.

    One that was used or sold already can be recalled, not held, and is passed over by a hold. Nothing is taken from,
    shipped or sold of a lot that is stopped. Raises BadInput without a reason, NotVisible, NotAllowed.
    """
    because = checked_reason(because, gettext_noop("请写明为什么扣货，持货方才知道怎么办。"), "traceability")
    goal = LotState.RECALLED if recalled else LotState.HELD
    found = [lot for lot in _stopped_by(by, lots) if goal in LOT_MOVES[LotState(lot.state)]]
    move_lots(lots=found, states=[goal] * len(found), because=because, by=by, at=at)
    action = "traceability.lot.recalled" if recalled else "traceability.lot.held"
    audit.record_many(by=by, at=at, acts=[audit.Act(action, lot.subject(), because=because) for lot in found])
    return len(found)


@transaction.atomic
def release(*, lots: Collection[UUID], because: str, by: Actor, at: datetime) -> int:
    """Let lots that are held or recalled go back to where they stood, and answer how many.

    Raises BadInput without a reason, NotVisible, NotAllowed.
    """
    because = checked_reason(because, gettext_noop("请写明为什么放行。"), "traceability")
    found = [lot for lot in _stopped_by(by, lots) if lot.state in {LotState.HELD, LotState.RECALLED}]
    move_lots(lots=found, states=[standing(lot) for lot in found], because=because, by=by, at=at)
    acts = [audit.Act("traceability.lot.released", lot.subject(), because=because) for lot in found]
    audit.record_many(by=by, at=at, acts=acts)
    return len(found)


def move_lots(
    *,
    lots: Sequence[Lot],
    states: Sequence[LotState],
    columns: Sequence[str] = (),
    by: Actor,
    at: datetime,
    because: str = "",
) -> None:
    """Set the states of locked lots, in the caller's transaction, with the history of it.

    ``columns`` are others that changed and are saved with it. Raises IllegalMove.
    """
    moves = []
    for lot, new in zip(lots, states, strict=True):
        require_move(LOT_MOVES, LotState(lot.state), new)
        moves.append(LotMove(lot=lot, old=lot.state, new=new, at=at, by=by.ref, because=because))
        lot.state = new
    LotMove.objects.bulk_create(moves, batch_size=AT_ONCE)
    Lot.objects.bulk_update(lots, ["state", *columns], batch_size=AT_ONCE)


def _stopped_by(by: Actor, lots: Collection[UUID]) -> list[Lot]:
    wanted = list(dict.fromkeys(lots))
    found: list[Lot] = []
    for start in range(0, len(wanted), AT_ONCE):
        rows = Lot.objects.visible_to(by).filter(uuid__in=wanted[start : start + AT_ONCE])
        rows = rows.select_related("made_by__programme").select_for_update(of=("self",))
        found += rows.order_by("pk")
    if len(found) < len(wanted):
        raise NotVisible(gettext_noop("有的批次没有找到，或者您的岗位看不到。请从批次页重新进入。"))
    for programme, place in {(lot.made_by.programme.code, lot.made_by.place) for lot in found}:
        by.require(TracePermission.INSPECT, programme=programme, place=place)
    return found
