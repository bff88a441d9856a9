# SPDX-License-Identifier: Apache-2.0
"""Opening the hand-over of a batch, bringing its items up to date, releasing the batch."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict, NotVisible, Refused
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.states import require_move
from shanhai.planning.handovers import labels
from shanhai.planning.handovers.models import BatchHandover
from shanhai.planning.handovers.permissions import HandoverPermission
from shanhai.planning.handovers.selectors.handovers import count_open_by_kind, get_handover
from shanhai.planning.handovers.services.comparing import Refreshed, compare_items
from shanhai.planning.handovers.states import HANDOVER_MOVES, HandoverState
from shanhai.planning.handovers.values import ItemKind
from shanhai.planning.programmes.core.selectors.programmes import get_programme, list_batches


@transaction.atomic
def open_handover(*, by: Actor, at: datetime, programme: str, batch: UUID, due_on: date) -> BatchHandover:
    """Open the hand-over of a batch that leaves on ``due_on``, with everything that is open now.

    Raises NotAllowed, NotVisible, Refused, Conflict.
    """
    by.require(HandoverPermission.MANAGE, programme=programme)

    found = get_programme(viewer=by, code=programme, lock=True)
    leaving = next((one for one in list_batches(viewer=by, programme=programme) if one.uuid == batch), None)
    if leaving is None:
        raise NotVisible(gettext_noop("这项对口支援没有这一批次。请从列表中选择。"), "handovers.batch_not_found")

    if due_on <= leaving.starts_on:
        raise Refused(
            gettext_noop("第 %(number)s 批 %(day)s 才到任，离任日期要晚于这一天。"),
            "handovers.leaves_before_it_comes",
            number=leaving.number,
            day=leaving.starts_on,
        )
    if BatchHandover.objects.filter(batch=leaving).exists():
        raise Conflict(
            gettext_noop("第 %(number)s 批的交接清单已经有了。请从列表打开它。"),
            "handovers.handover_exists",
            number=leaving.number,
        )

    handover = BatchHandover.objects.create(
        programme=found, batch=leaving, due_on=due_on, opened_at=at, opened_by=by.ref, refreshed_at=at
    )
    counted = compare_items(by=by, at=at, handover=handover)
    facts = {"batch": leaving.number, "due_on": due_on.isoformat(), "items": counted.added}
    _record(by, at, "opened", handover, facts)
    return handover


@transaction.atomic
def refresh(*, by: Actor, at: datetime, handover: UUID) -> Refreshed:
    """Compare the items with what is open now: new ones are added, those whose cause is gone are settled.

    Doing it twice changes nothing the second time. What was waived stays. Raises NotAllowed, NotVisible, Conflict.
    """
    found = _managed(by, handover)

    if found.state != HandoverState.OPEN:
        raise Conflict(gettext_noop("这一批已经准予离任，清单不再更新。"), "handovers.handover_released")

    counted = compare_items(by=by, at=at, handover=found)
    if counted.any:
        _record(by, at, "refreshed", found, counted.as_json())
    return counted


def release(*, by: Actor, at: datetime, handover: UUID) -> BatchHandover:
    """Let the batch leave. Its items are brought up to date first.

    Not one transaction: what the refresh finds stays on the list when the release is refused. Raises NotAllowed,
    NotVisible, Conflict, and Refused, which says how many of which kind.
    """
    refresh(by=by, at=at, handover=handover)
    return _release(by=by, at=at, handover=handover)


@transaction.atomic
def _release(*, by: Actor, at: datetime, handover: UUID) -> BatchHandover:
    found = _managed(by, handover)

    require_move(HANDOVER_MOVES, HandoverState(found.state), HandoverState.RELEASED)
    kinds = count_open_by_kind(handover=found)
    if kinds:
        raise Refused(
            gettext_noop("还不能准予离任：有 %(number)s 项未办（%(kinds)s）。请逐项办结，或由指挥长写明理由放行。"),
            "handovers.items_open",
            number=sum(kinds.values()),
            kinds=_listed(kinds),
        )

    old, found.state = found.state, HandoverState.RELEASED
    found.released_at, found.released_by = at, by.ref
    found.save(update_fields=["state", "released_at", "released_by"])
    _record(by, at, "released", found, {"state": [old, HandoverState.RELEASED.value]})
    return found


def _managed(by: Actor, handover: UUID) -> BatchHandover:
    found = get_handover(viewer=by, uuid=handover, lock=True)
    by.require(HandoverPermission.MANAGE, programme=found.programme.code)
    return found


def _listed(kinds: dict[ItemKind, int]) -> Message:
    words = [
        message(gettext_noop("%(kind)s %(number)s 项"), kind=message(labels.KINDS[kind]), number=number)
        for kind, number in kinds.items()
    ]
    listed = words[0]
    for word in words[1:]:
        listed = message(gettext_noop("%(first)s、%(next)s"), first=listed, next=word)
    return listed


def _record(by: Actor, at: datetime, verb: str, handover: BatchHandover, changes: dict[str, object]) -> None:
    audit.record(
        by=by,
        at=at,
        action=f"handovers.handover.{verb}",
        subject_type="handovers.batchhandover",
        subject_id=handover.uuid,
        programme=handover.programme.code,
        changes=changes,
    )
