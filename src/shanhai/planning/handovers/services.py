# SPDX-License-Identifier: Apache-2.0
"""The hand-over of a batch: opened, brought up to what is open now, an item waived, released."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, NotVisible, Refused, checked_reason
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.states import require_move
from shanhai.planning.handovers import labels
from shanhai.planning.handovers.models import BatchHandover, HandoverItem, HandoverItemMove
from shanhai.planning.handovers.permissions import KEEPER, HandoverPermission
from shanhai.planning.handovers.rules import changes_between
from shanhai.planning.handovers.selectors.causes import collector_for, list_causes
from shanhai.planning.handovers.selectors.packs import count_open_by_kind, get_handover, get_item
from shanhai.planning.handovers.states import HANDOVER_MOVES, ITEM_MOVES, HandoverState, ItemState
from shanhai.planning.handovers.values import Cause, ItemKind
from shanhai.planning.programmes.core.selectors.programmes import get_programme, list_batches
from shanhai.registers.documents.services import attach_proof, store_document

if TYPE_CHECKING:
    from django.core.files.base import File

    from shanhai.registers.documents.models import Proof

AT_ONCE = 500
MOST_RECEIVER = 100
NO_REASON = gettext_noop("请写明为什么可以不办就离任，交给谁接着办。")
_ORDER = {kind: order for order, kind in enumerate(ItemKind, start=1)}
_TOLD = ("label", "url", "place", "responsible_kind", "responsible", "since")


class Refreshed(NamedTuple):
    """How many items a refresh added, settled, opened again, and told anew because their cause says otherwise now."""

    added: int = 0
    settled: int = 0
    reopened: int = 0
    told_anew: int = 0


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
            field="due_on",
            number=leaving.number,
            day=leaving.starts_on,
        )
    if BatchHandover.objects.filter(batch=leaving).exists():
        raise Conflict(
            gettext_noop("第 %(number)s 批的交接清单已经有了。请从列表打开它。"),
            "handovers.handover_exists",
            field="batch",
            number=leaving.number,
        )

    handover = BatchHandover.objects.create(
        programme=found, batch=leaving, due_on=due_on, opened_at=at, opened_by=by.ref, refreshed_at=at
    )
    counted = _compare(by, at, handover)
    facts = {"batch": leaving.number, "due_on": due_on.isoformat(), "items": counted.added}
    audit.record(by=by, at=at, action="handovers.handover.opened", on=handover.subject(), changes=facts)
    return handover


@transaction.atomic
def refresh(*, by: Actor, at: datetime, handover: UUID) -> Refreshed:
    """Compare the items with what is open now: new ones are added, those whose cause is gone are settled.

    Doing it twice changes nothing the second time. What was waived stays. Raises NotAllowed, NotVisible, Conflict.
    """
    found = _managed(by, handover)

    if found.state != HandoverState.OPEN:
        raise Conflict(gettext_noop("这一批已经准予离任，清单不再更新。"), "handovers.handover_released")

    counted = _compare(by, at, found)
    if any(counted):
        changes = counted._asdict()
        audit.record(by=by, at=at, action="handovers.handover.refreshed", on=found.subject(), changes=changes)
    return counted


def keep_fresh(*, by: Actor, at: datetime, handover: UUID) -> bool:
    """Bring a list up to date because ``by`` looks at it, and answer whether anything changed. Raises NotVisible."""
    found = get_handover(viewer=by, uuid=handover)
    return found.state == HandoverState.OPEN and any(refresh(by=KEEPER, at=at, handover=found.uuid))


def keep_all_fresh(*, by: Actor, at: datetime) -> int:
    """Bring every open list up to date, and answer how many have changed."""
    rows = BatchHandover.objects.visible_to(by).filter(state=HandoverState.OPEN.value).order_by("pk")
    return sum(any(refresh(by=by, at=at, handover=uuid)) for uuid in rows.values_list("uuid", flat=True))


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
    changes = {"state": [old, HandoverState.RELEASED.value]}
    audit.record(by=by, at=at, action="handovers.handover.released", on=found.subject(), changes=changes)
    return found


@transaction.atomic
def add_paper(*, by: Actor, at: datetime, handover: UUID, file: File[bytes]) -> Proof:
    """Keep a file with the hand-over, the signed list above all, before the batch leaves or after.

    Raises NotAllowed, NotVisible, BadInput.
    """
    found = _managed(by, handover)
    given: dict[str, Any] = {"by": by, "at": at, "programme": found.programme.code, "place": ""}
    document = store_document(file=file, name=file.name or "", **given)
    on = found.subject()
    return attach_proof(document=document, subject_type=on.type, subject_id=on.id, label=file.name or "", **given)


@transaction.atomic
def waive_together(*, by: Actor, at: datetime, items: Collection[UUID], because: str) -> int:
    """Let several open items go with one reason, all or none, and answer how many. Raises what ``waive`` raises."""
    return len([waive(by=by, at=at, item=item, because=because) for item in _bounded(items)])


@transaction.atomic
def name_receiver(*, by: Actor, at: datetime, handover: UUID, items: Collection[UUID], receiver: str) -> int:
    """Say who takes items over when the batch leaves (接收人), and answer of how many; "" takes the word back.

    Raises NotAllowed, NotVisible, Conflict, BadInput.
    """
    found = _managed(by, handover)

    if found.state != HandoverState.OPEN:
        raise Conflict(gettext_noop("这一批已经准予离任，清单不再更新。"), "handovers.handover_released")
    receiver = " ".join(receiver.replace("\x00", " ").split())
    if len(receiver) > MOST_RECEIVER:
        text = gettext_noop("接收人不能超过 %(most)s 个字。请写短些。")
        raise BadInput(text, "handovers.receiver_too_long", field="receiver", most=str(MOST_RECEIVER))
    rows = found.items.filter(uuid__in=_bounded(items))
    if rows.count() != len(items):
        raise NotVisible(gettext_noop("没有找到这个交接事项，或者您的岗位看不到它。请从交接清单进入。"))

    count = rows.update(receiver=receiver)
    changes = {"items": count, "receiver": receiver}
    audit.record(by=by, at=at, action="handovers.items.handed_to", on=found.subject(), changes=changes)
    return count


def _bounded(items: Collection[UUID]) -> list[UUID]:
    if not 0 < len(items) <= AT_ONCE:
        text = gettext_noop("没有选事项，或者一次选得太多。请选 1 到 %(most)s 项。")
        raise BadInput(text, "handovers.nothing_chosen", most=str(AT_ONCE))
    return sorted(items)


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
    if found.is_answered_for_by(by.ref):
        raise Refused(
            gettext_noop("“%(item)s”由您自己负责，不能自己放行。请另一位指挥长决定。"),
            "handovers.own_item",
            item=found.label,
        )
    because = checked_reason(because, NO_REASON, "handovers")

    old, found.state = found.state, ItemState.WAIVED.value
    found.waived_because, found.closed_at, found.closed_by = because, at, by.ref
    found.save(update_fields=["state", "waived_because", "closed_at", "closed_by"])
    HandoverItemMove.objects.create(item=found, old=old, new=found.state, at=at, by=by.ref, because=because)
    changes = {"state": [old, found.state], "kind": found.kind, "subject": f"{found.subject_type}:{found.subject_id}"}
    audit.record(by=by, at=at, action="handovers.item.waived", on=found.subject(), changes=changes, because=because)
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


def _compare(by: Actor, at: datetime, handover: BatchHandover) -> Refreshed:
    """Add, settle and open again the items of a hand-over whose row is held, with a history row each."""
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
