# SPDX-License-Identifier: Apache-2.0
"""A car is asked for, given once, goes out and comes back; its clock never runs backwards; what is unlikely is said."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.registers.people.tests.builders import a_person
from shanhai.team.conduct.models import Vehicle, VehicleUse
from shanhai.team.conduct.tests.builders import DESK, NOON, a_car, a_given_use, a_use, driven, may_also, somebody
from shanhai.team.conduct.values import Doubt, UseFacts
from shanhai.team.conduct.vehicles import selectors, services
from shanhai.team.conduct.vehicles.rules import Drive, Tolerance, doubts
from shanhai.team.secondments.tests.builders import two_counties
from tests.cast import AT, OFFICE, STRANGER, waiting_for

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def me():
    return somebody(two_counties())[0]


def test_from_asking_to_the_return(me):
    car = a_car()
    use = a_use(me)
    assert waiting_for(DESK, "conduct.vehicles") == [f"/vehicles/uses/{use.uuid}/"]

    services.give_vehicle(by=DESK, at=AT, use=use.uuid, vehicle=car.uuid, driver=a_person("驾驶员").uuid)
    services.hand_out(by=DESK, at=NOON + HOUR, use=use.uuid, km_out=10_020)
    assert waiting_for(me, "conduct.vehicles", at=NOON + 9 * HOUR) == [f"/vehicles/uses/{use.uuid}/"]
    services.take_back(by=DESK, at=NOON + 5 * HOUR, use=use.uuid, km_in=10_140, fuel=Decimal("12.34"))

    use.refresh_from_db()
    car.refresh_from_db()
    assert (use.state, use.km, use.fuel, use.doubts) == ("returned", 120, Decimal("12.3"), "")
    # Time that was not used is free again.
    assert use.until == NOON + 5 * HOUR
    assert car.odometer_km == 10_140
    assert [one.new for one in use.moves.order_by("pk")] == ["asked", "given", "out", "returned"]


def test_a_car_and_a_driver_are_given_once_for_any_moment(me):
    car, driver = a_car(), a_person("驾驶员")
    first = a_given_use(me, car, driver)
    second = a_use(me, NOON + 7 * HOUR)

    with pytest.raises(Conflict, match="已经派给“泸定县医院”") as refused:
        services.give_vehicle(by=DESK, at=AT, use=second.uuid, vehicle=car.uuid, driver=driver.uuid)
    assert [refused.value.field, *(one.field for one in refused.value.others)] == ["vehicle", "driver"]
    # The database says so, too.
    VehicleUse.objects.filter(pk=second.pk).update(since=first.until)
    for vehicle, who in ((car, a_person("另一位")), (a_car("川V2"), driver)):
        with transaction.atomic():
            VehicleUse.objects.filter(pk=second.pk).update(state="given", vehicle=vehicle, driver=who)
            with pytest.raises(IntegrityError), transaction.atomic():
                VehicleUse.objects.filter(pk=second.pk).update(since=first.until - timedelta(minutes=1))
            transaction.set_rollback(True)


def test_another_car_may_be_given_before_it_is_out(me):
    use = a_given_use(me, a_car())
    other = a_car("川V2")

    services.give_vehicle(by=DESK, at=AT, use=use.uuid, vehicle=other.uuid, driver=use.driver.uuid)

    use.refresh_from_db()
    assert use.vehicle == other
    assert use.moves.count() == 2
    # Until its time it stands at home.
    before, then = (
        dict(selectors.where_now(viewer=DESK, programme="zj-ganzi", at=at)) for at in (use.since - HOUR, use.since)
    )
    assert (before[other], then[other]) == (None, use)


def test_who_is_late_keeps_the_car_and_takes_nothing_from_the_next(me):
    car = a_car()
    first = a_given_use(me, car)
    after = a_given_use(me, car, a_person("驾驶员二"), since=NOON + 8 * HOUR)
    services.hand_out(by=DESK, at=NOON, use=first.uuid, km_out=10_000)

    with pytest.raises(Conflict, match="还没有还"):
        services.hand_out(by=DESK, at=NOON + 9 * HOUR, use=after.uuid, km_out=10_000)
    services.take_back(by=DESK, at=NOON + 10 * HOUR, use=first.uuid, km_in=10_120, fuel=Decimal(12))
    services.hand_out(by=DESK, at=NOON + 10 * HOUR, use=after.uuid, km_out=10_120)

    first.refresh_from_db()
    assert first.doubts == Doubt.LATE
    assert first.until == NOON + 8 * HOUR


def test_a_clock_never_runs_backwards(me):
    use = a_given_use(me, a_car())

    with pytest.raises(Refused, match="上次是 10000 公里") as refused:
        services.hand_out(by=DESK, at=NOON, use=use.uuid, km_out=9_999)
    assert refused.value.field == "km_out"
    services.hand_out(by=DESK, at=NOON, use=use.uuid, km_out=10_050)
    with pytest.raises(Refused, match="上次是 10050 公里"):
        services.take_back(by=DESK, at=NOON + HOUR, use=use.uuid, km_in=10_049, fuel=Decimal(0))
    assert VehicleUse.objects.get(pk=use.pk).state == "out"
    with pytest.raises(IntegrityError), transaction.atomic():
        VehicleUse.objects.filter(pk=use.pk).update(
            state="returned", km_in=10_049, back_at=NOON + HOUR, fuel=Decimal(0)
        )


def test_who_leaves_early_has_the_car_from_then_on(me):
    car = a_car()
    use = a_given_use(me, car)
    before = a_given_use(me, car, a_person("驾驶员二"), since=NOON - 4 * HOUR, hours=3)

    with pytest.raises(Conflict):
        services.hand_out(by=DESK, at=NOON - 2 * HOUR, use=use.uuid, km_out=10_000)
    services.cancel_use(by=DESK, at=AT, use=before.uuid)
    services.hand_out(by=DESK, at=NOON - 2 * HOUR, use=use.uuid, km_out=10_000)

    use.refresh_from_db()
    assert use.since == NOON - 2 * HOUR


@pytest.mark.parametrize(
    ("drive", "found"),
    [
        ({}, set()),
        ({"fuel": Decimal("16.9")}, {Doubt.MUCH_FUEL}),
        ({"fuel": Decimal("16.8")}, set()),
        ({"fuel": Decimal("7.1")}, {Doubt.LITTLE_FUEL}),
        ({"fuel": Decimal(0)}, set()),
        ({"km": 70, "fuel": Decimal(0)}, {Doubt.FEW_KM}),
        ({"km": 300, "fuel": Decimal(30)}, {Doubt.MANY_KM}),
        ({"km": 300, "fuel": Decimal(30), "straight_km": None}, set()),
        ({"hours": 1}, {Doubt.FAST}),
        ({"hours": 10}, {Doubt.LATE}),
        ({"overnight": "路边"}, {Doubt.ELSEWHERE}),
    ],
    ids=str,
)
def test_what_is_unlikely(drive, found):
    drive = {"km": 120, "fuel": Decimal(12), "straight_km": Decimal(40), "hours": 4, "overnight": "", **drive}
    hours = drive.pop("hours")
    made = Drive(litres=Decimal(10), out_at=NOON, back_at=NOON + hours * HOUR, until=NOON + 8 * HOUR, **drive)
    assert set(doubts(made, Tolerance(40, 250, 100))) == found


@given(st.integers(50, 2000), st.integers(50, 300))
def test_usual_fuel_is_never_doubted(km, litres):
    usual = Decimal(litres) / 10
    made = Drive(km, usual * km / 100, usual, None, NOON, NOON + timedelta(days=2), NOON + timedelta(days=3), "")
    assert not set(doubts(made, Tolerance(5, 250, 100)))


def test_a_doubt_is_explained_by_who_drove_or_asked_and_once(me):
    use = driven(a_given_use(me, a_car()), km=900)
    assert use.doubts == "little_fuel,fast"
    assert waiting_for(me, "conduct.vehicles") == [f"/vehicles/uses/{use.uuid}/"]

    with pytest.raises(NotAllowed):
        services.explain_doubts(by=DESK, at=AT, use=use.uuid, explained="绕路")
    services.explain_doubts(by=me, at=AT, use=use.uuid, explained="塌方绕路")
    with pytest.raises(Conflict):
        services.explain_doubts(by=me, at=AT, use=use.uuid, explained="再说一次")
    assert waiting_for(me, "conduct.vehicles") == []


def test_the_straight_line_is_there_and_nowhere_else(me):
    from shanhai.registers.places.models import Division  # noqa: PLC0415

    for code, lon, lat in (("513301", 101.96, 30.05), ("513322", 102.23, 29.91)):
        Division.objects.filter(code=code).update(label_lon=lon, label_lat=lat)
    assert Decimal(30) < selectors.straight_km("513301", "513322") < Decimal(31)
    assert selectors.straight_km("513301", "513301") is None
    assert selectors.straight_km("513301", "") is None


def test_haste_has_a_reason(me):
    soon = AT + 2 * HOUR
    with pytest.raises(Refused, match="提前 12 小时") as refused:
        a_use(me, soon)
    assert refused.value.field == "because"
    assert a_use(me, soon, because="急诊").because == "急诊"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"until": NOON}, "until"),
        ({"until": NOON + timedelta(days=32)}, "until"),
        ({"destination": " "}, "destination"),
        ({"purpose": "去" * 201}, "purpose"),
        ({"people": 0}, "people"),
        ({"to_place": "999999"}, "to_place"),
        ({"since": AT - 9 * HOUR, "until": AT, "because": "补"}, "until"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_for(me, facts, field):
    whole = {"since": NOON, "until": NOON + HOUR, "destination": "泸定", "purpose": "会诊", "people": 1, **facts}
    with pytest.raises((BadInput, NotVisible)) as refused:
        services.ask_vehicle(by=me, at=AT, facts=UseFacts(**whole))
    assert refused.value.field == field
    assert not VehicleUse.objects.exists()


def test_nobody_gives_to_themselves_and_no_stranger_asks(me):
    car, use = a_car(), a_use(me)
    also = may_also(me, "vehicle_dispatcher")
    with pytest.raises(NotAllowed, match="请别的调度员派"):
        services.give_vehicle(by=also, at=AT, use=use.uuid, vehicle=car.uuid, driver=a_person("驾驶员").uuid)
    with pytest.raises(NotVisible):
        services.give_vehicle(by=STRANGER, at=AT, use=use.uuid, vehicle=car.uuid, driver=a_person("乙").uuid)
    with pytest.raises(NotAllowed):
        services.refuse_use(by=me, at=AT, use=use.uuid, because="不")
    with pytest.raises(NotAllowed):
        a_use(OFFICE)


def test_a_car_too_small_or_out_of_service_is_not_given(me):
    small, gone = a_car(seats=2), a_car("川V2")
    use = a_use(me, people=3)
    services.retire_vehicle(by=DESK, at=AT, vehicle=gone.uuid)
    for car, why in ((small, "坐 2 人"), (gone, "不在用")):
        with pytest.raises(Refused, match=why):
            services.give_vehicle(by=DESK, at=AT, use=use.uuid, vehicle=car.uuid, driver=a_person(car.plate).uuid)
    assert list(selectors.list_free(viewer=DESK, use=use)) == []


def test_a_car_that_is_given_is_not_retired_and_a_plate_is_there_once(me):
    car = a_car()
    a_given_use(me, car)
    with pytest.raises(Conflict, match="请先收车"):
        services.retire_vehicle(by=DESK, at=AT, vehicle=car.uuid)
    with pytest.raises(Conflict, match="已经登记过"):
        a_car(car.plate.lower())
    assert Vehicle.objects.count() == 1


@pytest.mark.parametrize(
    ("act", "given"),
    [
        ("give_vehicle", True), ("refuse_use", {"because": "不"}), ("cancel_use", {}), ("hand_out", {"km_out": 10_120}),
        ("take_back", {"km_in": 10_130, "fuel": Decimal(0)}),
    ],
)  # fmt: skip
def test_what_has_moved_on_says_where_it_is(me, act, given):
    use = driven(a_given_use(me, a_car()))
    more = {"vehicle": use.vehicle.uuid, "driver": use.driver.uuid} if given is True else given
    with pytest.raises(Conflict, match="现在是“已还车”"):
        getattr(services, act)(by=DESK, at=NOON, use=use.uuid, **more)
