# SPDX-License-Identifier: Apache-2.0
"""Vehicles: registered, asked for, given, handed out, taken back. A clock never runs backwards, a car is given once."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from shanhai.base import formats
from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import (
    NO_TEXT,
    BadInput,
    Conflict,
    Faults,
    NotAllowed,
    Refused,
    checked_reason,
    checked_text,
    require_between,
)
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.registers.people.selectors import get_person
from shanhai.registers.places.selectors import get_division
from shanhai.team.conduct.models import Vehicle, VehicleUse, VehicleUseMove
from shanhai.team.conduct.permissions import VehiclePermission
from shanhai.team.conduct.selectors import limits_of
from shanhai.team.conduct.states import TAKEN, USE_MOVES, UseState
from shanhai.team.conduct.values import MOST_NAME, MOST_PLACE, MOST_REASON, LimitKey, UseFacts, VehicleFacts
from shanhai.team.conduct.vehicles import selectors
from shanhai.team.conduct.vehicles.rules import Drive, Tolerance, doubts
from shanhai.team.secondments.selectors.roster import find_own

MOST_PLATE, MOST_SEATS, MOST_DAYS, MOST_KM, MOST_FUEL = 12, 60, 31, 2_000_000, Decimal(2000)
_CODE, _NUMBER = "conduct.text_not_usable", "conduct.number_not_possible"
_TAKEN = gettext_noop("刚才有人把这辆车或这位驾驶员派给了别的用车单。请刷新后再看。")


@transaction.atomic
def add_vehicle(*, by: Actor, at: datetime, programme: str, facts: VehicleFacts, provenance: str = "") -> Vehicle:
    """Register a vehicle. Raises NotAllowed, NotVisible, BadInput, Conflict for a plate that is registered already."""
    by.require(VehiclePermission.DISPATCH, programme=programme, place=facts.place)
    of = get_programme(viewer=by, code=programme, lock=True)
    faults = Faults()
    with faults.of("place"):
        get_division(facts.place)
    with faults.of("plate"):
        plate = checked_text(facts.plate.upper(), NO_TEXT, _CODE, most=MOST_PLATE)
        if Vehicle.objects.filter(plate=plate).exists():
            raise Conflict(gettext_noop("“%(plate)s”已经登记过。"), "conduct.plate_known", plate=plate)
    with faults.of("name"):
        name = checked_text(facts.name, NO_TEXT, _CODE, most=MOST_NAME)
    with faults.of("seats"):
        require_between(facts.seats, 1, MOST_SEATS, _NUMBER)
    with faults.of("litres"):
        require_between(facts.litres, Decimal("0.1"), Decimal("99.9"), _NUMBER)
    with faults.of("odometer_km"):
        require_between(facts.odometer_km, 0, MOST_KM, _NUMBER)
    faults.tell()
    made = Vehicle.objects.create(
        programme=of, place=facts.place, plate=plate, name=name, seats=facts.seats, litres=facts.litres,
        odometer_km=facts.odometer_km, provenance=provenance,
    )  # fmt: skip
    audit.record(by=by, at=at, action="conduct.vehicle.added", on=made.subject(), changes={"plate": plate})
    return made


@transaction.atomic
def retire_vehicle(*, by: Actor, at: datetime, vehicle: UUID) -> Vehicle:
    """Take a vehicle out of service from today. Raises NotVisible, NotAllowed, Conflict while it is given or out."""
    found = selectors.get_vehicle(viewer=by, uuid=vehicle, lock=True)
    by.require(VehiclePermission.DISPATCH, programme=found.programme.code, place=found.place)
    if found.retired_on is not None:
        raise Conflict(gettext_noop("这辆车已经停用。"), "conduct.vehicle_retired")
    if found.uses.filter(state__in=[UseState.GIVEN, UseState.OUT]).exists():
        raise Conflict(gettext_noop("这辆车已经派出或还没有还。请先收车，或撤销派车。"), "conduct.vehicle_in_use")
    found.retired_on = clock.local_date(at)
    found.save(update_fields=["retired_on"])
    audit.record(by=by, at=at, action="conduct.vehicle.retired", on=found.subject())
    return found


@transaction.atomic
def ask_vehicle(*, by: Actor, at: datetime, facts: UseFacts, provenance: str = "") -> VehicleUse:
    """Ask for a vehicle for oneself and others. Later than the notice wants only with the reason.

    Raises NotAllowed for who is not seconded on that day, and BadInput, Refused with all that is wrong.
    """
    held = find_own(viewer=by, on=clock.local_date(facts.since))
    if held is None or not by.may(VehiclePermission.ASK, programme=held.programme.code, place=held.place):
        raise NotAllowed(gettext_noop("这一天您没有派驻，不能用车。日期有误请更正，派驻有误请找人事干部。"))
    faults = Faults()
    with faults.of("until"):
        if facts.until <= facts.since or facts.until - facts.since > timedelta(days=MOST_DAYS):
            text = gettext_noop("还车要晚于用车，一次最多 %(most)s 天。")
            raise BadInput(text, "conduct.time_not_usable", most=MOST_DAYS)
        if facts.until <= at:
            raise BadInput(gettext_noop("这段时间已经过去。"), "conduct.time_is_past")
    with faults.of("to_place"):
        to_place = get_division(facts.to_place).code if facts.to_place else ""
    texts = {}
    for name, most in (("destination", MOST_PLACE), ("purpose", MOST_REASON)):
        with faults.of(name):
            texts[name] = checked_text(getattr(facts, name), NO_TEXT, _CODE, most=most)
    with faults.of("people"):
        require_between(facts.people, 1, MOST_SEATS, _NUMBER)
    with faults.of("because"):
        because = _reason_for_haste(facts, held.programme.code, at)
    faults.tell()
    made = VehicleUse.objects.create(
        programme=held.programme, place=held.place, secondment=held, since=facts.since, until=facts.until, **texts,
        to_place=to_place, people=facts.people, because=because, asked_at=at, asked_by=by.ref, provenance=provenance,
    )  # fmt: skip
    VehicleUseMove.objects.create(use=made, new=UseState.ASKED, at=at, by=by.ref)
    changes = {"since": formats.moment(facts.since), "until": formats.moment(facts.until)}
    audit.record(by=by, at=at, action="conduct.use.asked", on=made.subject(), changes=changes)
    return made


@transaction.atomic
def give_vehicle(*, by: Actor, at: datetime, use: UUID, vehicle: UUID, driver: UUID) -> VehicleUse:
    """Give a vehicle and a driver for a use, or others than were given. Nobody gives one to themselves.

    Raises NotVisible, NotAllowed, Conflict for what is taken in this time, Refused, BadInput.
    """
    found = _at_the_desk(by, use)
    if found.state not in (UseState.ASKED, UseState.GIVEN):
        raise _moved_on(found)
    if found.secondment.person.is_actor(by):
        raise NotAllowed(gettext_noop("自己申请的车，请别的调度员派。"), "conduct.own_use")
    if found.until <= at:
        raise Refused(gettext_noop("用车的时间已经过去。请对方重新申请。"), "conduct.time_is_past")
    faults = Faults()
    with faults.of("vehicle"):
        # Two desks that give the same vehicle wait for one another here.
        car = selectors.get_vehicle(viewer=by, uuid=vehicle, lock=True)
        _require_fit(car, found)
    with faults.of("driver"):
        who = get_person(viewer=by, uuid=driver)
        if who.programme != found.programme.code:
            raise BadInput(gettext_noop("这个人不在这个项目里。请另选驾驶员。"), "conduct.driver_not_here")
        _require_free(found, since=found.since, driver=who)
    faults.tell()
    found.vehicle, found.driver = car, who
    changes = {"plate": car.plate}
    return _move(found, UseState.GIVEN, by=by, at=at, act="conduct.use.given", changes=changes)


@transaction.atomic
def refuse_use(*, by: Actor, at: datetime, use: UUID, because: str) -> VehicleUse:
    """Say that there is no vehicle, and why. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = _at_the_desk(by, use)
    if found.state != UseState.ASKED:
        raise _moved_on(found)
    reason = checked_reason(because, gettext_noop("请写明为什么不派车。"), "conduct")
    return _move(found, UseState.REFUSED, by=by, at=at, act="conduct.use.refused", because=reason)


@transaction.atomic
def cancel_use(*, by: Actor, at: datetime, use: UUID) -> VehicleUse:
    """Take back what one asked for, or, at the desk, what was given; before the car is out.

    Raises NotVisible, NotAllowed, Conflict.
    """
    found = selectors.get_use(viewer=by, uuid=use, lock=True)
    if not found.secondment.person.is_actor(by) and not _is_desk(by, found):
        raise NotAllowed(gettext_noop("撤销由申请人或调度员办。"))
    if found.state not in (UseState.ASKED, UseState.GIVEN):
        raise _moved_on(found)
    return _move(found, UseState.CANCELLED, by=by, at=at, act="conduct.use.cancelled")


@transaction.atomic
def hand_out(*, by: Actor, at: datetime, use: UUID, km_out: int) -> VehicleUse:
    """Let the car leave: the desk reads its clock. Who is early has it from now on.

    Raises NotVisible, NotAllowed, Conflict while it is out with somebody else, Refused for a clock below the last.
    """
    found = _at_the_desk(by, use)
    if found.state != UseState.GIVEN:
        raise _moved_on(found)
    if at >= found.until:
        raise Refused(gettext_noop("用车的时间已经过去。请对方重新申请。"), "conduct.time_is_past")
    assert found.vehicle is not None
    car = selectors.get_vehicle(viewer=by, uuid=found.vehicle.uuid, lock=True)
    other = car.uses.filter(state=UseState.OUT).first()
    if other is not None:
        text = gettext_noop("这辆车还没有还（%(destination)s，应在 %(until)s 还）。请先收车。")
        raise Conflict(text, "conduct.vehicle_is_out", destination=other.destination, until=formats.moment(other.until))
    faults = Faults()
    with faults.of("km_out"):
        _require_forward(km_out, car.odometer_km)
    faults.tell()
    if at < found.since:
        _require_free(found, since=at, vehicle=car)
        _require_free(found, since=at, driver=found.driver)
        found.since = at
    found.out_at, found.km_out = at, km_out
    car.odometer_km = km_out
    car.save(update_fields=["odometer_km"])
    return _move(found, UseState.OUT, by=by, at=at, act="conduct.use.out", changes={"km": km_out})


@transaction.atomic
def take_back(
    *, by: Actor, at: datetime, use: UUID, km_in: int, fuel: Decimal, overnight: str = "", explained: str = ""
) -> VehicleUse:
    """Take the car back: its clock, the litres that were filled, where it stood by night if not at home.

    What is unlikely is kept as doubts, which ``explained`` may answer at once. Time not used is free again.
    Raises NotVisible, NotAllowed, Conflict, Refused for a clock below that of leaving, BadInput.
    """
    found = _at_the_desk(by, use)
    if found.state != UseState.OUT:
        raise _moved_on(found)
    assert found.vehicle is not None
    assert found.km_out is not None
    assert found.out_at is not None
    car = selectors.get_vehicle(viewer=by, uuid=found.vehicle.uuid, lock=True)
    faults = Faults()
    with faults.of("km_in"):
        _require_forward(km_in, found.km_out)
    with faults.of("fuel"):
        require_between(fuel, Decimal(0), MOST_FUEL, _NUMBER)
    with faults.of("overnight"):
        found.overnight = _optional(overnight, MOST_PLACE)
    with faults.of("explained"):
        found.explained = _optional(explained, MOST_REASON)
    faults.tell()
    found.back_at, found.km_in, found.fuel = at, km_in, round(fuel, 1)
    found.doubts = ",".join(doubts(_drive(found, car), _tolerance(found, at)))
    # A late return takes nothing from who has the car by now: ``back_at`` says when it came.
    found.until = min(found.until, max(at, found.since + timedelta(minutes=1)))
    car.odometer_km = km_in
    car.save(update_fields=["odometer_km"])
    changes = {"km": km_in, "doubts": len(found.doubted)}
    return _move(found, UseState.RETURNED, by=by, at=at, act="conduct.use.returned", changes=changes)


@transaction.atomic
def explain_doubts(*, by: Actor, at: datetime, use: UUID, explained: str) -> VehicleUse:
    """Say why a drive was as it was: who asked for it or drove. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = selectors.get_use(viewer=by, uuid=use, lock=True)
    drove = found.driver is not None and found.driver.is_actor(by)
    if not drove and not found.secondment.person.is_actor(by):
        raise NotAllowed(gettext_noop("由用车人或驾驶员说明。"))
    if found.state != UseState.RETURNED or not found.doubts or found.explained:
        raise Conflict(gettext_noop("这一趟没有要说明的，或已经说明。"), "conduct.nothing_to_explain")
    faults = Faults()
    with faults.of("explained"):
        found.explained = checked_text(explained, NO_TEXT, _CODE, most=MOST_REASON)
    faults.tell()
    found.save(update_fields=["explained"])
    audit.record(by=by, at=at, action="conduct.use.explained", on=found.subject())
    return found


def _reason_for_haste(facts: UseFacts, programme: str, at: datetime) -> str:
    hours = limits_of(programme=programme, on=clock.local_date(at))[LimitKey.NOTICE_HOURS].value
    if facts.since - at >= timedelta(hours=hours):
        return ""
    text = gettext_noop("要提前 %(hours)s 小时申请。急用请写明原因。")
    if not facts.because.strip():
        raise Refused(text, "conduct.notice_too_short", hours=hours)
    return checked_text(facts.because, NO_TEXT, _CODE, most=MOST_REASON)


def _require_fit(car: Vehicle, use: VehicleUse) -> None:
    day = clock.local_date(use.since)
    if car.programme != use.programme or (car.retired_on is not None and car.retired_on <= day):
        raise Refused(gettext_noop("这辆车不在用。请另选。"), "conduct.vehicle_retired")
    if car.seats < use.people:
        text = gettext_noop("这辆车坐 %(seats)s 人，这次有 %(people)s 人。")
        raise Refused(text, "conduct.vehicle_too_small", seats=car.seats, people=use.people)
    _require_free(use, since=use.since, vehicle=car)


def _require_free(use: VehicleUse, *, since: datetime, **whose: Any) -> None:
    there = VehicleUse.objects.filter(**whose, state__in=list(TAKEN), since__lt=use.until, until__gt=since)
    other = there.exclude(pk=use.pk).order_by("since").first()
    if other is not None:
        text = gettext_noop("%(since)s 到 %(until)s 已经派给“%(destination)s”。请另选，或改时间。")
        raise Conflict(
            text,
            "conduct.taken_then",
            since=formats.moment(other.since),
            until=formats.moment(other.until),
            destination=other.destination,
        )


def _drive(use: VehicleUse, car: Vehicle) -> Drive:
    assert use.out_at is not None
    assert use.back_at is not None
    assert use.fuel is not None
    straight = selectors.straight_km(car.place, use.to_place)
    return Drive(use.km or 0, use.fuel, car.litres, straight, use.out_at, use.back_at, use.until, use.overnight)


def _tolerance(use: VehicleUse, at: datetime) -> Tolerance:
    held = limits_of(programme=use.programme.code, on=clock.local_date(at))
    names = (LimitKey.FUEL_PERCENT, LimitKey.ROAD_PERCENT, LimitKey.KM_AN_HOUR)
    return Tolerance(*(held[name].value for name in names))


def _move(
    use: VehicleUse, to: UseState, *, by: Actor, at: datetime, act: str, because: str = "", changes: Any = None
) -> VehicleUse:
    old = UseState(use.state)
    # Another car for a use that was given one is no step.
    if old != to:
        require_move(USE_MOVES, old, to)
        use.state = to.value
        VehicleUseMove.objects.create(use=use, old=old, new=to, at=at, by=by.ref, because=because)
    try:
        with transaction.atomic():
            use.save()
    except IntegrityError as error:
        raise Conflict(_TAKEN, "conduct.taken_then", field="vehicle") from error
    audit.record(by=by, at=at, action=act, on=use.subject(), changes=changes, because=because)
    return use


def _at_the_desk(by: Actor, use: UUID) -> VehicleUse:
    found = selectors.get_use(viewer=by, uuid=use, lock=True)
    if not _is_desk(by, found):
        raise NotAllowed(gettext_noop("派车、收车由车辆调度员办。"))
    return found


def _is_desk(by: Actor, use: VehicleUse) -> bool:
    return by.may(VehiclePermission.DISPATCH, programme=use.programme.code, place=use.place)


def _moved_on(use: VehicleUse) -> Conflict:
    return Conflict(
        gettext_noop("这张用车单现在是“%(state)s”，不能这样办。请刷新后再看。"),
        "conduct.use_moved_on",
        state=message(use.status[1]),
    )


def _require_forward(km: int, last: int) -> None:
    if not last <= km <= MOST_KM:
        text = gettext_noop("里程表上次是 %(last)s 公里，不能更小，也不能超过 %(most)s。")
        raise Refused(text, "conduct.clock_backwards", last=last, most=MOST_KM)


def _optional(text: str, most: int) -> str:
    return checked_text(text, NO_TEXT, _CODE, most=most) if text.strip() else ""
