# SPDX-License-Identifier: Apache-2.0
"""A record is corrected or withdrawn: its events are declared wrong, balances follow, others are told.

All in one transaction. Nothing is deleted: the wrong record stays and says why it was wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from shanhai.base.audit import services as audit
from shanhai.field.traceability.chains.rules.limits import fresh_grams, require_within_permit, require_yield
from shanhai.field.traceability.chains.selectors.lots import descendants, get_finding, standing
from shanhai.field.traceability.chains.selectors.products import definition_of, with_use
from shanhai.field.traceability.chains.services.holding import move_lots
from shanhai.field.traceability.chains.services.saying import said_of
from shanhai.field.traceability.chains.values import Does
from shanhai.field.traceability.models import (
    EarTag,
    Event,
    Finding,
    Lot,
    Party,
    Permit,
    Record,
    RecordLot,
    TestReport,
)
from shanhai.field.traceability.states import EventState, FindingKind, LotState, Part
from shanhai.field.traceability.store.services.putting import require_recorder
from shanhai.field.traceability.store.services.recording import declare_wrong
from shanhai.field.traceability.store.services.recording import record as store
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, NotVisible, Refused, checked_reason
from shanhai.kernel.messages import gettext_noop

_WHY = gettext_noop("请写明哪里错了，下家看得到。")
_WEIGHED = frozenset({Does.BEGIN, Does.CHANGE})
_RESTING = frozenset({LotState.HERE, LotState.USED})


@transaction.atomic
def correct_record(*, record: UUID, grams: Mapping[UUID, int], because: str, by: Actor, at: datetime) -> Record:
    """Put right the weights of lots (by uuid) in a record that made them, and answer the record that stands for it.

    Codes stay. Where more was used of a lot than it now weighs, that is found and told, and what came of it cannot be
    shipped. Raises BadInput, Refused for a limit, Conflict for one that is wrong already, NotAllowed, NotVisible.
    """
    old = _held(record, by=by, at=at)
    because = checked_reason(because, _WHY, "traceability")
    step = definition_of(old.product_class).step(old.step)
    rows = _rows(old)
    known = {row.lot.uuid: row for row in rows if row.grams and row.part in {Part.MADE, Part.USED}}
    if step is None or step.does not in _WEIGHED or not set(grams) <= set(known):
        text = gettext_noop("这一步的重量不能更正。请撤回后重记。")
        raise Refused(text, "traceability.not_correctable", field="because")
    if not grams or all(known[lot].grams == new for lot, new in grams.items()):
        raise BadInput(gettext_noop("重量和原来一样，没有要更正的。"), "traceability.nothing_corrected", field="grams")
    if any(not 0 < new <= 10**9 for new in grams.values()):
        raise BadInput(gettext_noop("请填重量，单位克，要大于 0。"), "traceability.weight_missing", field="grams")

    events = list(old.events.order_by("pk"))
    new = _standing_for(old, rows, grams, because, by=by, at=at)
    into, out = (sum(one.grams for one in new.lots.all() if one.part == part) for part in (Part.USED, Part.MADE))
    if step.does is Does.CHANGE and into:
        require_yield(into=into, out=out, at_most=step.at_most)
        new.lost = into - out
    if old.permit_id:
        _use_again(new, out)
    new.save(update_fields=["lost", "permit_grams"])
    made = [row.lot for row in rows if row.part == Part.MADE]
    for lot in made:
        lot.grams = grams.get(lot.uuid, lot.grams)
        lot.left = min(lot.left, lot.grams)
    Lot.objects.bulk_update(made, ["grams", "left"])
    _settle([row.lot for row in rows], record=new, by=by, at=at)
    contents = said_of(record=new, by=by, at=at)
    new.events.add(*_declare(events[0], "incorrect_data", contents, by=by, at=at))
    _tell_others(new, made, at)
    changes = {"grams": {str(lot): [known[lot].grams, weight] for lot, weight in grams.items()}}
    on = old.subject()
    audit.record(by=by, at=at, action="traceability.record.corrected", on=on, changes=changes, because=because)
    return new


@transaction.atomic
def withdraw_record(*, record: UUID, because: str, by: Actor, at: datetime) -> Record:
    """Say that a step did not happen: what it made is void, what it took is there again.

    Raises Refused where something came after it, BadInput without a reason, Conflict, NotAllowed, NotVisible.
    """
    old = _held(record, by=by, at=at)
    because = checked_reason(because, _WHY, "traceability")
    step = definition_of(old.product_class).step(old.step)
    rows = _rows(old)
    if step is None or step.retags:
        text = gettext_noop("补戴耳标不能撤回。号码写错了，请再补戴一次，写明原因。")
        raise Refused(text, "traceability.retag_stays", field="because")
    _require_last(old, rows, step.does)
    for event in old.events.order_by("pk"):
        _declare(event, "did_not_occur", [], by=by, at=at)
    _mark_wrong(old, because, by=by, at=at)
    TestReport.objects.filter(record=old).update(undone=True)
    made = [row.lot for row in rows if row.part == Part.MADE]
    EarTag.objects.filter(animal__in=made).delete()
    move_lots(lots=made, states=[LotState.VOID] * len(made), by=by, at=at, because=because)
    named = [row.lot for row in rows if row.part == Part.NAMED]
    if step.brings:
        # They went on by a paper that is none.
        _tell_others(old, named, at)
    _put_back(old, named, step.does)
    _settle([row.lot for row in rows if row.part != Part.MADE], record=old, by=by, at=at)
    audit.record(by=by, at=at, action="traceability.record.withdrawn", on=old.subject(), because=because)
    return old


def _declare(
    event: Event, reason: str, contents: Sequence[Mapping[str, Any]], *, by: Actor, at: datetime
) -> list[Event]:
    """Say that an event is wrong, unless a program of the party has said so before; the events that stand for it."""
    if event.state == EventState.IN_FORCE:
        return declare_wrong(event=event, reason=reason, corrective=contents, by=by, at=at)[1:]
    return store(party=event.party, contents=contents, by=by, at=at) if contents else []


def _rows(record: Record) -> list[RecordLot]:
    """The rows of a record; those of one lot, as what was weighed less when it came, hold one and the same object."""
    rows, lots = list(record.lots.select_related("lot").order_by("pk")), dict[int, Lot]()
    for row in rows:
        row.lot = lots.setdefault(row.lot_id, row.lot)
    return rows


def _held(uuid: UUID, *, by: Actor, at: datetime) -> Record:
    """A record of a party that one records for, locked with its lots."""
    found = Record.objects.visible_to(by).filter(uuid=uuid).select_related("party__programme").first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这条记录。请从溯源页重新进入。"))
    list(Party.objects.filter(pk=found.party_id).select_for_update(no_key=True).values_list("pk"))
    require_recorder(party=found.party, by=by, at=at)
    list(Lot.objects.filter(records__record=found).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    held = Record.objects.filter(pk=found.pk)
    of = ("party__programme", "party__organisation", "product_class", "permit", "zone", "other")
    record = held.select_related(*of).get()
    if record.wrong_at is not None:
        raise Conflict(gettext_noop("这条记录已经更正或撤回过。请打开最新的那一条。"), "traceability.record_wrong")
    return record


def _standing_for(
    old: Record, rows: Sequence[RecordLot], grams: Mapping[UUID, int], because: str, *, by: Actor, at: datetime
) -> Record:
    _mark_wrong(old, because, by=by, at=at)
    new = Record.objects.create(
        form_id=ids.new_id(), party=old.party, product_class=old.product_class, step=old.step, fields=old.fields,
        permit=old.permit, zone=old.zone, other=old.other, happened_at=old.happened_at, recorded_at=at, by=by.ref,
        corrects=old, codes=old.codes,
    )  # fmt: skip
    RecordLot.objects.bulk_create(
        RecordLot(record=new, lot=row.lot, part=row.part, grams=grams.get(row.lot.uuid, row.grams)) for row in rows
    )
    return new


def _mark_wrong(old: Record, because: str, *, by: Actor, at: datetime) -> None:
    old.wrong_at, old.wrong_by, old.wrong_because = at, by.ref, because
    old.save(update_fields=["wrong_at", "wrong_by", "wrong_because"])
    old.lots.update(undone=True)


def _use_again(new: Record, out: int) -> None:
    definition = definition_of(new.product_class)
    dry = new.fields.get("condition") == "dry"
    factor = definition.drying_factor
    new.permit_grams = fresh_grams(out, dry=dry, factor=factor) if factor else out
    permit = with_use(Permit.objects.filter(pk=new.permit_id or 0)).get()
    require_within_permit(permitted=permit.grams, used=permit.used, now=new.permit_grams)


def _settle(lots: Iterable[Lot], *, record: Record, by: Actor, at: datetime) -> None:
    """What is left of lots by what is recorded; where more was used than they weigh, whoever holds them is told."""
    found = list({lot.pk: lot for lot in lots}.values())
    rows = RecordLot.objects.filter(lot__in=found, part=Part.USED, undone=False)
    used = dict(rows.values("lot").annotate(total=Sum("grams")).values_list("lot", "total"))
    news = list[Finding]()
    for lot in found:
        before, spent = lot.short, used.get(lot.pk, 0)
        lot.left, lot.short = max(lot.grams - spent, 0), max(spent - lot.grams, 0)
        if lot.short > before:
            told = {"expected": lot.grams, "found": spent, "at": at}
            news.append(Finding(party=lot.held_by, lot=lot, record=record, kind=FindingKind.MORE_OUT, **told))
    columns = ("left", "short", "on_way_to", "held_by", "shipped_at", "sold_at")
    Lot.objects.bulk_update(
        [lot for lot in found if lot.state not in _RESTING | {LotState.ON_WAY, LotState.SOLD}], columns
    )
    moving = [lot for lot in found if lot.state in _RESTING | {LotState.ON_WAY, LotState.SOLD}]
    states = [standing(lot) for lot in moving]
    changed = [(lot, state) for lot, state in zip(moving, states, strict=True) if lot.state != state]
    move_lots(lots=[lot for lot, _ in changed], states=[state for _, state in changed], columns=columns, by=by, at=at)
    Lot.objects.bulk_update([lot for lot, state in zip(moving, states, strict=True) if lot.state == state], columns)
    Finding.objects.bulk_create(news)


def _tell_others(record: Record, made: Sequence[Lot], at: datetime) -> None:
    """Whoever else holds what was corrected, or what came of it, once each."""
    told = {lot.held_by_id: lot for lot in (*descendants(lots=made), *made) if lot.held_by_id != record.party_id}
    Finding.objects.bulk_create(
        Finding(party_id=party, lot=lot, record=record, kind=FindingKind.CORRECTED, at=at)
        for party, lot in told.items()
    )


def _require_last(old: Record, rows: Sequence[RecordLot], does: Does) -> None:
    moved = [row.lot_id for row in rows if row.part == Part.MADE or does in {Does.SHIP, Does.RECEIVE, Does.SELL}]
    others = RecordLot.objects.filter(lot__in=moved, undone=False).exclude(record=old).select_related("lot", "record")
    # One that was corrected stands where the first of it stood, whenever it was put right.
    began = _first(old).pk
    if one := next((row for row in others.order_by("-record") if _first(row.record).pk > began), None):
        text = gettext_noop("%(code)s 后来又记了别的。请先撤回后面的，从最后一步往前。")
        raise Refused(text, "traceability.not_the_last", field="because", code=one.lot.code)
    stopped = [row.lot for row in rows if row.lot.state in {LotState.HELD, LotState.RECALLED}]
    if stopped:
        text = gettext_noop("批次 %(code)s 已被扣下或召回，不能动。请联系监管员。")
        raise Refused(text, "traceability.lot_stopped", field="because", code=stopped[0].code)


def _first(record: Record) -> Record:
    """What a record stands for in the end: itself, or the one that it, and what it corrects, put right."""
    while record.corrects is not None:
        record = record.corrects
    return record


def _put_back(old: Record, named: Sequence[Lot], does: Does) -> None:
    for lot in named:
        if does is Does.SHIP:
            lot.on_way_to = None
            # It never left, unless it had before.
            lot.shipped_at = None if lot.shipped_at == old.happened_at else lot.shipped_at
        elif does is Does.RECEIVE and old.other is not None:
            lot.held_by, lot.on_way_to = old.other, old.party
        elif does is Does.SELL:
            lot.sold_at = None


@transaction.atomic
def answer_finding(*, finding: UUID, answer: str, by: Actor, at: datetime) -> Finding:
    """Explain in words what was found about a lot of a party that one records for. Raises BadInput, NotVisible."""
    found = get_finding(viewer=by, uuid=finding)
    answer = checked_reason(answer, gettext_noop("请写明是怎么回事。"), "traceability")
    found.answered_at, found.answered_by, found.answer = at, by.ref, answer
    found.save(update_fields=["answered_at", "answered_by", "answer"])
    audit.record(by=by, at=at, action="traceability.finding.answered", on=found.subject(), because=answer)
    return found
