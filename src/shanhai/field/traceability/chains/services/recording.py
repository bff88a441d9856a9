# SPDX-License-Identifier: Apache-2.0
"""A step is recorded, once for a form: lots are made, used and moved, and the events of it said by the standard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from shanhai.base.audit import services as audit
from shanhai.field.traceability.chains.rules.limits import (
    fresh_grams,
    out_of_bounds,
    require_in_season,
    require_within_permit,
    require_yield,
)
from shanhai.field.traceability.chains.rules.outputs import outputs_checked
from shanhai.field.traceability.chains.rules.typed import read_fields
from shanhai.field.traceability.chains.selectors.papers import require_papers
from shanhai.field.traceability.chains.selectors.products import called, definition_of, permits_of
from shanhai.field.traceability.chains.services.holding import move_lots
from shanhai.field.traceability.chains.services.making import make_lots
from shanhai.field.traceability.chains.services.papers import keep_papers
from shanhai.field.traceability.chains.services.saying import say
from shanhai.field.traceability.chains.services.taking import Input, take
from shanhai.field.traceability.chains.values import Definition, Does, Made, Step, Taken
from shanhai.field.traceability.models import Finding, Lot, Party, Permit, ProductClass, Record, RecordLot
from shanhai.field.traceability.states import FindingKind, LotState, Part
from shanhai.field.traceability.store.services.putting import require_recorder
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict, Faults, NotAllowed, Refused
from shanhai.kernel.messages import gettext_noop

# A phone's clock may be ahead by so much.
AHEAD = timedelta(minutes=5)
# What a step may change of a lot that it takes, beside its state.
_CHANGED = ("left", "on_way_to", "held_by", "shipped_at", "sold_at")
STOPPED = frozenset({LotState.HELD, LotState.RECALLED})
_HANDS_ON = frozenset({Does.SHIP, Does.RECEIVE, Does.SELL})


@dataclass(slots=True)
class _Work:
    """A step while it is recorded."""

    party: Party
    product: ProductClass
    definition: Definition
    step: Step
    by: Actor
    at: datetime
    happened_at: datetime
    fields: dict[str, str] = field(default_factory=dict)
    inputs: list[Input] = field(default_factory=list)
    made: list[tuple[Made, dict[str, str]]] = field(default_factory=list)
    permit: Permit | None = None
    permit_grams: int = 0
    other: Party | None = None


@transaction.atomic
def record_step(
    *,
    party: Party,
    product_class: ProductClass,
    step: str,
    form_id: UUID,
    inputs: Sequence[Taken] = (),
    outputs: Sequence[Made] = (),
    fields: Mapping[str, str] | None = None,
    permit: UUID | None = None,
    to: Party | None = None,
    covered: bool = False,
    happened_at: datetime | None = None,
    provenance: str = "",
    by: Actor,
    at: datetime,
) -> Record:
    """Record a step of a chain for a party. A form that comes again changes nothing and is answered as at first.

    Weights are whole grams. ``inputs`` without grams are taken whole; of a lot that is received they are what the
    receiver weighed. ``to`` is who is to receive what is shipped. Boxes are ``covered`` whose labels shall
    have a covered code. ``happened_at`` is now where it is None. Raises
    Refused for a limit, BadInput with all faults, Conflict for a form that was used for another step, NotAllowed,
    NotVisible. Nothing of it is kept then.
    """
    # Of two who send the same form one waits here, and then finds what the other has recorded.
    list(Party.objects.filter(pk=party.pk).select_for_update(no_key=True).values_list("pk"))
    require_recorder(party=party, by=by, at=at)
    known = Record.objects.filter(party=party, form_id=form_id).select_related("party__programme").first()
    if known is not None:
        if (known.step, known.product_class_id) != (step, product_class.pk):
            text = gettext_noop("这张表已经用来记了另一步。请从“溯源”重新打开要记的那一步。")
            raise Conflict(text, "traceability.form_used")
        return known

    work = _opened(party, product_class, step, by, at, happened_at)
    work.inputs = take(party=party, product=product_class, step=work.step, asked=inputs, by=by, at=at)
    _require_newest(work)
    work.happened_at = _after_inputs(work)
    _read(work, fields or {}, outputs)
    _apply_limits(work, permit, to)
    record = _keep(work, form_id, provenance, covered=covered and work.step.does is Does.PACK)
    say(records=[record], by=by, at=at)
    changes = {"lots": record.lots.count(), "product": str(product_class.uuid)}
    audit.record(by=by, at=at, action="traceability.record.recorded", on=record.subject(), changes=changes)
    return record


def _opened(
    party: Party, product: ProductClass, key: str, by: Actor, at: datetime, happened_at: datetime | None
) -> _Work:
    definition = definition_of(product)
    step = definition.step(key)
    if step is None:
        text = gettext_noop("“%(product)s”没有步骤“%(step)s”。请从“溯源”重新打开。")
        name = called(definition.names)
        raise BadInput(text, "traceability.step_unknown", field="step", product=name, step=key[:40])
    if product.programme_id not in {None, party.programme_id}:
        raise Refused(gettext_noop("这种产品属于别的对口支援。请换一种。"), "traceability.product_of_another")
    if step.by and party.kind not in step.by:
        text = gettext_noop("“%(party)s”不做“%(step)s”这一步。请核对是不是选错了主体。")
        raise NotAllowed(text, "traceability.step_of_others", party=party.organisation.name, step=called(step.names))
    when = happened_at or at
    if when > at + AHEAD:
        raise BadInput(gettext_noop("日子在今天以后。请核对。"), "traceability.day_ahead", field="day")
    return _Work(party, product, definition, step, by, at, when)


def _require_newest(work: _Work) -> None:
    """That nothing begins, or changes to, a definition that another has followed: lots keep the one they began with."""
    newer = ProductClass.objects.filter(
        programme=work.product.programme_id, key=work.product.key, version__gt=work.product.version
    )
    kept = bool(work.inputs) and all(one.lot.product_class_id == work.product.pk for one in work.inputs)
    if not kept and newer.exists():
        text = gettext_noop("“%(product)s”的产品定义已经更新。请从“溯源”重新打开这一步。")
        raise Refused(text, "traceability.product_outdated", product=called(work.definition.names))


def _after_inputs(work: _Work) -> datetime:
    """A step comes after what it takes was made and came here; what is handed on, also after all else recorded of it.

    On the same day the order of recording decides.
    """
    if not work.inputs:
        return work.happened_at
    made = max(one.lot.made_at for one in work.inputs)
    before = Record.objects.in_force().filter(lots__lot__in=[one.lot for one in work.inputs], lots__undone=False)
    if work.step.does not in _HANDS_ON and not work.step.retags:
        before = before.filter(other__isnull=False)
    last = max(made, before.aggregate(last=Max("happened_at"))["last"] or made)
    if work.happened_at > last:
        return work.happened_at
    if local_date(last) > local_date(work.happened_at):
        text = gettext_noop("批次 %(day)s 才有，这一步不能更早。请核对日子。")
        if last > made:
            text = gettext_noop("批次 %(day)s 还记过一步，这一步不能更早。请核对日子。")
        raise Refused(text, "traceability.before_its_lot", field="day", day=local_date(last).isoformat())
    return last + timedelta(milliseconds=1)


def _read(work: _Work, fields: Mapping[str, str], outputs: Sequence[Made]) -> None:
    faults, on = Faults(), local_date(work.happened_at)
    with faults.of():
        work.fields = read_fields(work.step.fields, fields, product=work.definition, on=on)
    with faults.of("outputs"):
        work.made = outputs_checked(step=work.step, definition=work.definition, outputs=outputs, on=on)
    faults.tell()


def _apply_limits(work: _Work, permit: UUID | None, to: Party | None) -> None:
    step, out = work.step, sum(made.grams * made.count for made, _ in work.made)
    if step.permit:
        _use_permit(work, permit, out)
    elif step.season:
        day = local_date(work.happened_at)
        require_in_season(day, season=step.season, valid=(day, day), closed=())
    if step.does is Does.CHANGE and (into := sum(one.grams for one in work.inputs)):
        require_yield(into=into, out=out, at_most=step.at_most)
    if step.does is Does.PACK:
        source = work.inputs[0]
        require_yield(into=source.lot.left, out=out, at_most=step.at_most)
        source.grams = out
    require_papers(step=step, lots=[one.lot for one in work.inputs])
    if step.does is Does.SHIP:
        work.other = _receiver(work, to)
    elif step.does is Does.RECEIVE:
        senders = {one.lot.held_by_id for one in work.inputs}
        if len(senders) > 1:
            text = gettext_noop("这些货不是同一家发来的。请分开收。")
            raise Refused(text, "traceability.several_senders", field="inputs")
        work.other = work.inputs[0].lot.held_by


def _use_permit(work: _Work, wanted: UUID | None, grams: int) -> None:
    found = permits_of(work.party, work.definition.key).filter(uuid=wanted).first() if wanted else None
    if found is None:
        text = gettext_noop("请选采集证。没有的，请让指挥部办公室登记。")
        raise BadInput(text, "traceability.permit_missing", field="permit")
    closed = [(one.starts_on, one.ends_on, one.because) for one in found.zone.closures.all()]
    day = local_date(work.happened_at)
    require_in_season(day, season=work.step.season, valid=(found.starts_on, found.ends_on), closed=closed)
    dry = work.fields.get("condition") == "dry" and work.definition.drying_factor is not None
    factor = work.definition.drying_factor
    work.permit_grams = fresh_grams(grams, dry=dry, factor=factor) if factor else grams
    require_within_permit(permitted=found.grams, used=found.used, now=work.permit_grams)
    work.permit = found


def _receiver(work: _Work, to: Party | None) -> Party:
    if to is None or to.pk == work.party.pk or to.ended_on is not None:
        text = gettext_noop("请选发给谁，不能发给自己或已停用的主体。")
        raise BadInput(text, "traceability.receiver_missing", field="to")
    if to.programme_id != work.party.programme_id:
        text = gettext_noop("收货方属于别的对口支援。请另选。")
        raise Refused(text, "traceability.receiver_of_another", field="to")
    return to


def _keep(work: _Work, form_id: UUID, provenance: str, *, covered: bool) -> Record:
    out = sum(made.grams * made.count for made, _ in work.made)
    into = sum(one.grams for one in work.inputs) if work.step.does in {Does.CHANGE, Does.PACK} else 0
    record = Record.objects.create(
        form_id=form_id,
        party=work.party,
        product_class=work.product,
        step=work.step.key,
        fields=work.fields,
        permit=work.permit,
        permit_grams=work.permit_grams,
        zone=work.permit.zone if work.permit else None,
        lost=max(into - out, 0),
        other=work.other,
        happened_at=work.happened_at,
        recorded_at=work.at,
        by=work.by.ref,
    )
    made = make_lots(
        record=record, step=work.step, made=work.made, sources=[one.lot for one in work.inputs],
        provenance=provenance, covered=covered, by=work.by, at=work.at,
    )  # fmt: skip
    rows = [RecordLot(record=record, lot=lot, part=Part.MADE, grams=lot.grams) for lot in made]
    rows += _moved(work, record)
    RecordLot.objects.bulk_create(rows)
    keep_papers(
        record=record, step=work.step, made=made, named=[one.lot for one in work.inputs], by=work.by, at=work.at
    )
    _note_temperature(work, record, [one.lot for one in work.inputs])
    return record


def _moved(work: _Work, record: Record) -> list[RecordLot]:
    """What the step does to the lots that it takes: less of them, another state, another holder."""
    does, lots, rows = work.step.does, [one.lot for one in work.inputs], list[RecordLot]()
    new: dict[int, LotState] = {}
    for one in work.inputs:
        lot = one.lot
        if does in {Does.CHANGE, Does.PACK}:
            lot.left -= one.grams
            rows.append(RecordLot(record=record, lot=lot, part=Part.USED, grams=one.grams))
            if not lot.left:
                new[lot.pk] = LotState.USED
            continue
        rows.append(RecordLot(record=record, lot=lot, part=Part.NAMED, grams=one.grams))
        if does is Does.SHIP:
            lot.on_way_to, lot.shipped_at = work.other, lot.shipped_at or work.happened_at
            new[lot.pk] = LotState.ON_WAY
        elif does is Does.SELL:
            lot.sold_at = work.happened_at
            new[lot.pk] = LotState.SOLD
        elif does is Does.RECEIVE:
            rows += _received(work, record, one)
            if lot.state not in STOPPED:
                new[lot.pk] = LotState.HERE
    moved, others = [lot for lot in lots if lot.pk in new], [lot for lot in lots if lot.pk not in new]
    states = [new[lot.pk] for lot in moved]
    move_lots(lots=moved, states=states, columns=_CHANGED, by=work.by, at=work.at)
    Lot.objects.bulk_update(others, _CHANGED)
    return rows


def _received(work: _Work, record: Record, one: Input) -> list[RecordLot]:
    """The receiver holds it; what they weighed less is gone, what they weighed more is only told, to both."""
    lot, sender = one.lot, one.lot.held_by
    lot.held_by, lot.on_way_to = work.party, None
    if not lot.grams or one.grams == lot.left:
        return []
    told = {"kind": FindingKind.WEIGHT_DIFFERS, "expected": lot.left, "found": one.grams, "at": work.at}
    Finding.objects.bulk_create(Finding(party=of, lot=lot, record=record, **told) for of in (sender, work.party))
    gone = lot.left - one.grams
    if gone <= 0:
        return []
    lot.left -= gone
    record.lost += gone
    record.save(update_fields=["lost"])
    return [RecordLot(record=record, lot=lot, part=Part.USED, grams=gone)]


def _note_temperature(work: _Work, record: Record, lots: Sequence[Lot]) -> None:
    """Too warm or too cold: refused where it is to leave, told where it was measured or arrived."""
    limit, found = work.step.temperature, list[Finding]()
    for lot in lots if limit else ():
        outside = out_of_bounds(limit, {**lot.facts, **work.fields}) if limit else None
        if outside is None:
            continue
        if work.step.does is Does.SHIP:
            text = gettext_noop("量得 %(found)s ℃，应在 %(least)s 到 %(most)s ℃。请先降温再发货。")
            numbers = {"found": str(outside[0]), "least": str(outside[1]), "most": str(outside[2])}
            raise Refused(text, "traceability.too_warm", field=limit.field if limit else "", **numbers)
        # In thousandths of a degree, since a finding holds whole numbers.
        told = {"expected": int(outside[2] * 1000), "found": int(outside[0] * 1000), "at": work.at}
        found.append(Finding(party=work.party, lot=lot, record=record, kind=FindingKind.TEMPERATURE, **told))
    Finding.objects.bulk_create(found)
