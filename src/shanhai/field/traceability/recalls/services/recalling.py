# SPDX-License-Identifier: Apache-2.0
"""A recall or a drill: begun, its list frozen as it is found, told, answered, ended."""

from __future__ import annotations

from datetime import datetime
from time import monotonic
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from shanhai.base.audit import services as audit
from shanhai.base.database.selectors import row_of, visible
from shanhai.base.database.services import insert_many
from shanhai.field.traceability.chains.selectors.lots import in_hand
from shanhai.field.traceability.chains.services.holding import hold, release
from shanhai.field.traceability.models import Event, Lot, Party, Recall, RecallLot, RecallMove, RecallReach
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.recalls.selectors.holders import whereabouts
from shanhai.field.traceability.recalls.selectors.recalls import NO_RECALL
from shanhai.field.traceability.recalls.selectors.things import find_thing
from shanhai.field.traceability.recalls.selectors.trees import among, tree_of
from shanhai.field.traceability.recalls.values import NEVER, moment_of
from shanhai.field.traceability.states import RECALL_MOVES, LotState, RecallState
from shanhai.field.traceability.store.rules.keys import key_of
from shanhai.field.traceability.store.values import undisturbed
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, Refused, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move

MOST_WORDS = 500
_COLUMNS = (
    "recall_id", "key", "identifier", "depth", "through", "event", "holder_id", "left_at", "found_at", "later", "held",
)  # fmt: skip


@transaction.atomic
def start_recall(*, thing: str, level: int, drill: bool, because: str, by: Actor, at: datetime) -> Recall:
    """Call back a thing (in any spelling) and all that was made of it, or drill that.

    The list is made and frozen, what is in the house is stopped unless it is a drill, every party that it reached has
    it among what waits for them. Raises NotVisible, NotAllowed, BadInput without a reason, Conflict where one of this
    thing is open.
    """
    found = find_thing(viewer=by, text=thing)
    by.require(TracePermission.INSPECT, **found.scope)
    because = checked_reason(because, gettext_noop("请写明为什么召回，收到的人才知道怎么办。"), "traceability")
    if level not in (1, 2, 3):
        raise BadInput(gettext_noop("召回分一级、二级、三级。请选一级。"), "traceability.recall_level", field="level")
    try:
        with transaction.atomic():
            recall = Recall.objects.create(
                programme=found.party.programme,
                place=found.party.place,
                identifier=found.identifier,
                key=key_of(found.identifier),
                level=level,
                drill=drill,
                because=because,
                started_at=at,
                started_by=by.ref,
            )
    except IntegrityError:
        text = gettext_noop("这批货已经有一次没有结束的召回。请在召回页上打开它。")
        raise Conflict(text, "traceability.recall_open") from None
    RecallMove.objects.create(recall=recall, old="", new=RecallState.OPEN, at=at, by=by.ref, because=because)
    _list(recall, by=by, at=at)
    facts = {"level": level, "drill": drill, "things": recall.lots.count(), "parties": recall.reached.count()}
    audit.record(
        by=by, at=at, action="traceability.recalls.started", on=recall.subject(), changes=facts, because=because
    )
    return recall


@transaction.atomic
def list_again(*, recall: UUID, by: Actor, at: datetime) -> int:
    """Add to the list of an open recall what came to it since, and answer how many things. Raises NotVisible."""
    found = _open(recall, by)
    by.require(TracePermission.INSPECT, programme=found.programme.code, place=found.place)
    added = _list(found, by=by, at=at)
    if added:
        facts = {"added": added}
        audit.record(by=by, at=at, action="traceability.recalls.listed", on=found.subject(), changes=facts)
    return added


@transaction.atomic
def answer_recall(
    *, reach: UUID, found_grams: int, withdrawn_grams: int, words: str = "", by: Actor, at: datetime
) -> RecallReach:
    """Answer for a party for which one records: how much was found, how much of it withdrawn, in whole grams.

    A later answer replaces an earlier one until the recall has ended. Raises NotVisible, Conflict, BadInput.
    """
    rows = RecallReach.objects.filter(party__in=Party.objects.acted_for_by(by)).select_related("recall__programme")
    found = row_of(rows, reach, NO_RECALL, "traceability.recall_not_found", lock=True)
    if found.recall.state != RecallState.OPEN:
        raise Conflict(gettext_noop("这次召回已经结束，不用再答复。"), "traceability.recall_ended")
    if found_grams < 0 or withdrawn_grams < 0:
        raise BadInput(gettext_noop("重量不能小于 0。"), "traceability.recall_weight", field="found_grams")
    if withdrawn_grams > found_grams:
        text = gettext_noop("撤下的比找到的还多。请核对两个重量。")
        raise BadInput(text, "traceability.recall_weight", field="withdrawn_grams")
    found.answered_at, found.answered_by, found.words = at, by.ref, words.replace("\x00", "").strip()[:MOST_WORDS]
    found.found_grams, found.withdrawn_grams = found_grams, withdrawn_grams
    found.save(update_fields=["answered_at", "answered_by", "found_grams", "withdrawn_grams", "words"])
    facts = {"party": str(found.party), "found_grams": found_grams, "withdrawn_grams": withdrawn_grams}
    audit.record(by=by, at=at, action="traceability.recalls.answered", on=found.recall.subject(), changes=facts)
    return found


@transaction.atomic
def end_recall(*, recall: UUID, because: str, let_go: bool = False, by: Actor, at: datetime) -> Recall:
    """End a recall with its result; ``let_go`` lets what it stopped in the house go on.

    Raises NotVisible, NotAllowed, BadInput without a result, Conflict for one that has ended.
    """
    found = _open(recall, by)
    by.require(TracePermission.INSPECT, programme=found.programme.code, place=found.place)
    result = checked_reason(because, gettext_noop("请写明结果：追回多少，怎样处理。"), "traceability")
    require_move(RECALL_MOVES, RecallState(found.state), RecallState.CLOSED)
    found.state, found.ended_at, found.result = RecallState.CLOSED, at, result
    found.save(update_fields=["state", "ended_at", "result"])
    RecallMove.objects.create(
        recall=found, old=RecallState.OPEN, new=RecallState.CLOSED, at=at, by=by.ref, because=result
    )
    if let_go and not found.drill:
        others = RecallLot.objects.filter(recall__state=RecallState.OPEN, recall__drill=False, left_at=None)
        own = RecallLot.objects.filter(recall=found, left_at=None).exclude(identifier__in=others.values("identifier"))
        lots = Lot.objects.filter(identifier__in=own.values("identifier"), state=LotState.RECALLED)
        release(lots=[*_allowed(lots, by)], because=result, by=by, at=at)
    audit.record(by=by, at=at, action="traceability.recalls.ended", on=found.subject(), because=result)
    return found


def _open(recall: UUID, by: Actor) -> Recall:
    rows = Recall.objects.visible_to(by).select_related("programme")
    found = row_of(rows, recall, NO_RECALL, "traceability.recall_not_found", lock=True)
    if found.state != RecallState.OPEN:
        raise Conflict(gettext_noop("这次召回已经结束。"), "traceability.recall_ended")
    return found


@undisturbed()
def _list(recall: Recall, *, by: Actor, at: datetime) -> int:
    """Put what is not on the list yet onto it, tell who is reached, stop what is in the house; how many were added."""
    began = monotonic()
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    tree = tree_of(viewer=None, root=recall.identifier, forward=True)
    if tree.cut:
        text = gettext_noop("这批货的去向超过 %(most)s 项，一次召回列不完。请从更小的批次开始。")
        raise Refused(text, "traceability.recall_too_large", most=len(tree.nodes))
    where = whereabouts(tree)
    there = set(RecallLot.objects.filter(recall=recall).values_list("identifier", flat=True))
    new = [thing for thing in tree.nodes if thing not in there]
    later = bool(there)
    insert_many(
        RecallLot,
        _COLUMNS,
        (
            (
                recall.pk, where.keys[thing], thing, node.depth, where.keys.get(node.through, 0), node.event,
                where.holders.get(thing),
                None if node.left == NEVER else moment_of(node.left), at, later, False,
            )
            for thing, node in ((one, tree.nodes[one]) for one in new)
        ),
    )  # fmt: skip
    told = [
        RecallReach(recall=recall, party_id=party, things=things, told_at=at) for party, things in where.reached.items()
    ]
    RecallReach.objects.bulk_create(told, ignore_conflicts=True)
    recall.seen_to, recall.list_ms = last, recall.list_ms or max(1, round((monotonic() - began) * 1000))
    recall.save(update_fields=["seen_to", "list_ms"])
    if new and not recall.drill:
        _stop(recall, by=by, at=at)
    return len(new)


def _stop(recall: Recall, *, by: Actor, at: datetime) -> None:
    listed = RecallLot.objects.filter(recall=recall, left_at=None, held=False)
    lots = Lot.objects.filter(identifier__in=listed.values("identifier")).exclude(state=LotState.VOID)
    if stopped := [*_allowed(lots, by)]:
        hold(lots=stopped, recalled=True, because=recall.because, by=by, at=at)
        # What was sold or used up is recalled, too, but nobody has it to hold it back.
        held = in_hand(Lot.objects.filter(identifier__in=listed.values("identifier"), state=LotState.RECALLED))
        listed.filter(key__in=among(held.values_list("key", flat=True))).update(held=True)


def _allowed(lots: QuerySet[Lot], by: Actor) -> list[UUID]:
    """Those of lots that ``by`` may stop: the others are their own inspectors' to stop, who see the recall."""
    here = visible(by, TracePermission.INSPECT, programme="made_by__programme__code", place="made_by__place")
    return [*lots.visible_to(by).filter(here).values_list("uuid", flat=True).order_by("pk")]  # type: ignore[attr-defined]
