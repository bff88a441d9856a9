# SPDX-License-Identifier: Apache-2.0
"""What a step takes: lots held by the party, that may go into it, with as much left as is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shanhai.field.traceability.chains.selectors.products import called
from shanhai.field.traceability.chains.values import Does, Step, Taken
from shanhai.field.traceability.models import Finding, Lot, Party, ProductClass, RecordLot
from shanhai.field.traceability.states import FindingKind, LotState, Part
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, NotVisible, Refused
from shanhai.kernel.messages import gettext_noop

_LEAVES = frozenset({Does.SHIP, Does.SELL, Does.PACK})


@dataclass(slots=True)
class Input:
    """A lot, its row locked, and how many grams of it a step takes or names."""

    lot: Lot
    grams: int


def take(
    *, party: Party, product: ProductClass, step: Step, asked: Sequence[Taken], by: Actor, at: datetime
) -> list[Input]:
    """The lots that a step takes, locked until the transaction ends. Raises BadInput, Refused, NotVisible."""
    if not step.takes:
        if asked:
            raise BadInput(
                gettext_noop("这一步不从别的批次来。请不要选批次。"), "traceability.takes_nothing", field="inputs"
            )
        return []
    if not 1 <= len(asked) <= step.takes_most:
        text = gettext_noop("请选 1 到 %(most)s 个批次，这里选了 %(count)s 个。")
        raise BadInput(text, "traceability.inputs_count", field="inputs", most=step.takes_most, count=len(asked))
    wanted = {one.lot: one.grams for one in asked}
    if len(wanted) < len(asked):
        raise BadInput(gettext_noop("同一个批次选了两次。请只留一次。"), "traceability.input_twice", field="inputs")
    receives = step.does is Does.RECEIVE
    of = {"on_way_to": party} if receives else {"held_by": party}
    rows = Lot.objects.filter(uuid__in=wanted, product_class__key=product.key, **of).select_for_update(of=("self",))
    found = list(rows.select_related("held_by__organisation", "held_by__programme", "product_class").order_by("pk"))
    if len(found) < len(wanted):
        text = gettext_noop("有的批次不在您这里，或者已经不在路上。请刷新后再选。")
        raise NotVisible(text, "traceability.input_not_here")
    for lot in found:
        _require_usable(lot, step, receives=receives)
    if step.does in _LEAVES:
        _require_sound(found, at)
    return [Input(lot, _grams(lot, wanted[lot.uuid], step)) for lot in found]


def _require_usable(lot: Lot, step: Step, *, receives: bool) -> None:
    if lot.state in {LotState.HELD, LotState.RECALLED} and not receives and step.does is not Does.NAME:
        text = gettext_noop("批次 %(code)s 已被扣下或召回，不能动。请联系监管员。")
        raise Refused(text, "traceability.lot_stopped", field="inputs", code=lot.code)
    if lot.state == LotState.USED and not lot.grams and step.makes:
        text = gettext_noop("%(code)s 已经屠宰过，一头牲畜只能屠宰一次。请核对耳标。")
        raise Refused(text, "traceability.slaughtered_twice", field="inputs", code=lot.code)
    if not receives and lot.state not in {LotState.HERE, LotState.HELD, LotState.RECALLED}:
        text = gettext_noop("批次 %(code)s 已经用完、发出或售出。请刷新后再选。")
        raise Refused(text, "traceability.lot_gone", field="inputs", code=lot.code)
    if lot.step not in step.takes or any(lot.facts.get(key) != value for key, value in step.facts.items()):
        text = gettext_noop("批次 %(code)s 不能用在“%(step)s”这一步。请核对前面的步骤。")
        raise Refused(text, "traceability.lot_unfit", field="inputs", code=lot.code, step=called(step.names))


def _require_sound(lots: Sequence[Lot], at: datetime) -> None:
    """What leaves the house is not out of date, has no temperature to be explained, comes of nothing that was short."""
    today = local_date(at)
    for lot in lots:
        if lot.expires_on is not None and lot.expires_on < today:
            text = gettext_noop("批次 %(code)s 到 %(day)s 已过保质期。请扣下处理。")
            raise Refused(
                text, "traceability.lot_expired", field="inputs", code=lot.code, day=lot.expires_on.isoformat()
            )
    keys = [lot.pk for lot in lots]
    warm = Finding.objects.filter(lot__in=keys, kind=FindingKind.TEMPERATURE, answered_at=None).select_related("lot")
    if first := warm.first():
        text = gettext_noop("批次 %(code)s 的温度超出过范围，还没有说明。请先在批次页说明。")
        raise Refused(text, "traceability.temperature_open", field="inputs", code=first.lot.code)
    made = RecordLot.objects.filter(lot__in=keys, part=Part.MADE, undone=False).values("record")
    short = RecordLot.objects.filter(record__in=made, part=Part.USED, undone=False, lot__short__gt=0)
    if one := short.select_related("lot").first():
        text = gettext_noop("前面的批次 %(code)s 出的比进的多 %(grams)s 克，对不上。请先更正。")
        raise Refused(text, "traceability.balance_open", field="inputs", code=one.lot.code, grams=one.lot.short)


def _grams(lot: Lot, asked: int | None, step: Step) -> int:
    if not lot.grams:
        return 0
    grams = lot.left if asked is None else asked
    if step.does is Does.RECEIVE:
        if not 0 < grams <= 10**9:
            raise BadInput(gettext_noop("请填收到的重量，单位克。"), "traceability.weight_missing", field="inputs")
        return grams
    if step.does not in {Does.CHANGE, Does.PACK}:
        return lot.left
    if not 0 < grams <= lot.left:
        text = gettext_noop("批次 %(code)s 还剩 %(left)s 克，不能用 %(grams)s 克。请核对称重。")
        numbers = {"left": lot.left, "grams": grams}
        raise Refused(text, "traceability.more_than_left", field="inputs", code=lot.code, **numbers)
    return grams
