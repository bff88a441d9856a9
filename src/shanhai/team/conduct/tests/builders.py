# SPDX-License-Identifier: Apache-2.0
"""Builders of kinds of leave and of people who ask: keywords, sensible defaults, nothing random."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from shanhai.base.accounts.models import User
from shanhai.kernel.actors import Actor
from shanhai.planning.programmes.models import Programme
from shanhai.registers.people.models import Person
from shanhai.registers.people.tests.builders import a_person
from shanhai.team.conduct.health import services as health
from shanhai.team.conduct.health.selectors import templates_of
from shanhai.team.conduct.integrity.services import cases, letters, trips
from shanhai.team.conduct.leave.services import leaves, setting
from shanhai.team.conduct.models import (
    CaseFile,
    ExchangeTrip,
    HealthSheet,
    HealthTemplate,
    Leave,
    LeaveKind,
    Letter,
    Vehicle,
    VehicleUse,
)
from shanhai.team.conduct.values import CaseKind, Counts, LeaveFacts, Level, ListKind, UseFacts, VehicleFacts
from shanhai.team.conduct.vehicles import services as vehicles
from shanhai.team.secondments.models import Secondment
from shanhai.team.secondments.tests.builders import a_post, a_secondment
from tests.cast import AT, OFFICE, a_user, actor, actor_of

GROUP_LEAD = actor("work_group_lead", programme="zj-ganzi")


def a_kind(name: str = "探亲假", **kw: Any) -> LeaveKind:
    """Ten working days of home leave a year from 2026 on, without a stand-in."""
    given = {
        "programme": "zj-ganzi", "name_en": "Home leave", "counts": Counts.WORKDAYS, "days_a_year": 10,
        "notice_days": 0, "needs_stand_in": False, "source": "示例", "valid_from": date(2026, 1, 1), **kw,
    }  # fmt: skip
    return setting.set_kind(by=OFFICE, at=AT, name=name, **given)


def a_rule(level: Level, from_days: int, *months: int) -> None:
    """Who approves from so many days on."""
    given = {"level": level, "from_days": from_days, "months": months, "source": "示例"}
    setting.set_rule(by=OFFICE, at=AT, programme="zj-ganzi", **given)


def somebody(programme: Programme, name: str = "甲一", *, until: date = date(2027, 6, 1)) -> tuple[Actor, Secondment]:
    """Somebody seconded to Kangding since 2026, who can sign in, and their secondment."""
    user = a_user("secondee", username=name, programme="zj-ganzi")
    person = a_person(name, user=user)
    post = a_post(programme, title=f"{name}的岗位", until=until)
    return actor_of(user), a_secondment(post, person, until=until)


def a_leave(by: Actor, kind: LeaveKind, since: date, until: date, **kw: Any) -> Leave:
    """A leave that somebody asks for."""
    facts = LeaveFacts(kind.uuid, since, until, **{"where": "杭州", **kw})
    return leaves.ask_leave(by=by, at=AT, facts=facts)


DESK = actor("vehicle_dispatcher", programme="zj-ganzi")
DISCIPLINE = actor("discipline_officer", programme="zj-ganzi")
KEEPER = actor("health_keeper", programme="zj-ganzi")
NOON = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)


def a_car(plate: str = "川V12345", **kw: Any) -> Vehicle:
    """A car with five seats at Kangding that has driven 10,000 km and takes ten litres."""
    given = {"name": "越野车", "seats": 5, "litres": Decimal(10), "place": "513301", "odometer_km": 10_000, **kw}
    return vehicles.add_vehicle(by=DESK, at=AT, programme="zj-ganzi", facts=VehicleFacts(plate, **given))


def a_use(by: Actor, since: datetime = NOON, *, hours: int = 8, at: datetime = AT, **kw: Any) -> VehicleUse:
    """Somebody asks for a car to Luding, at noon of the thirtieth of November unless keywords say otherwise."""
    given = {"destination": "泸定县医院", "purpose": "会诊", "people": 2, "to_place": "513322", **kw}
    return vehicles.ask_vehicle(by=by, at=at, facts=UseFacts(since, since + timedelta(hours=hours), **given))


def a_given_use(by: Actor, car: Vehicle, driver: Person | None = None, *, at: datetime = AT, **kw: Any) -> VehicleUse:
    """The same with its car and its driver."""
    asked = a_use(by, at=at, **kw)
    who = driver or a_person("驾驶员一")
    return vehicles.give_vehicle(by=DESK, at=at, use=asked.uuid, vehicle=car.uuid, driver=who.uuid)


def driven(use: VehicleUse, km: int = 120, fuel: int = 12, *, back: datetime | None = None, **kw: Any) -> VehicleUse:
    """A given use that went out on time and came back after four hours."""
    car = Vehicle.objects.get(pk=use.vehicle_id)
    vehicles.hand_out(by=DESK, at=use.since, use=use.uuid, km_out=car.odometer_km)
    at = back or use.since + timedelta(hours=4)
    return vehicles.take_back(by=DESK, at=at, use=use.uuid, km_in=car.odometer_km + km, fuel=Decimal(fuel), **kw)


def a_letter(year: int = 2026) -> Letter:
    """The letter of a year."""
    return letters.set_letter(by=DISCIPLINE, at=AT, programme="zj-ganzi", year=year, text="守纪律。", source="示例")


def a_trip(*members: Secondment, since: date = date(2026, 11, 22), **kw: Any) -> ExchangeTrip:
    """A trip to Hangzhou that begins today, unless keywords say otherwise."""
    given = {"title": "三交夏令营", "destination": "杭州", "until": date(2026, 11, 28), **kw}
    uuids = [one.uuid for one in members]
    return trips.plan_trip(by=DISCIPLINE, at=AT, programme="zj-ganzi", since=since, members=uuids, **given)


def a_case(by: Actor, *concerns: Secondment, **kw: Any) -> CaseFile:
    """A traffic accident of the week before."""
    given = {"kind": CaseKind.TRAFFIC, "place": "513301", "happened_on": date(2026, 11, 15), "words": "擦碰。", **kw}
    uuids = [one.uuid for one in concerns]
    return cases.report_case(by=by, at=AT, programme="zj-ganzi", concerns=uuids, **given)


def the_lists() -> dict[ListKind, HealthTemplate]:
    """The lists that come with the product, in force."""
    health.publish_samples(by=KEEPER, at=AT, programme="zj-ganzi", valid_from=date(2026, 1, 1))
    return templates_of(programme="zj-ganzi", on=date(2026, 11, 22))


def a_sheet(by: Actor, template: HealthTemplate, *, day: date = date(2026, 11, 20), **answers: Any) -> HealthSheet:
    """A sheet with the answers by number of item ("n3")."""
    given = {name.removeprefix("n"): value for name, value in (answers or {"n0": 120}).items()}
    return health.fill_sheet(by=by, at=AT, template=template.uuid, day=day, answers=given)


def may_also(by: Actor, role: str) -> Actor:
    """The same person with another role in all programmes."""
    return Actor(by.ref, name=by.name, grants={**by.grants, **actor(role).grants})


def pages_with_forms(user: User) -> list[str]:
    """The pages on which somebody who may do everything, and is seconded, finds each form once."""
    programme = Programme.objects.get(code="zj-ganzi")
    kind, until = a_kind(), programme.ends_on
    a_secondment(a_post(programme, title="信息员", until=until), a_person("己六", user=user), until=until)
    other, _held = somebody(programme, "庚七", until=until)
    asked = a_leave(other, kind, date(2026, 11, 30), date(2026, 12, 5))
    mine = Secondment.objects.get(person__user=user)
    a_letter()
    case, lists = a_case(other), the_lists()
    cases.inquire(by=DISCIPLINE, at=AT, case=case.uuid)
    car, by = a_car(), other
    uses = [
        a_use(by),
        a_given_use(by, car, since=NOON + timedelta(days=1)),
        a_given_use(by, a_car("川V1"), a_person("驾驶员二")),
    ]
    vehicles.hand_out(by=DESK, at=NOON, use=uses[2].uuid, km_out=10_000)
    doubted = driven(a_given_use(by, a_car("川V2"), mine.person), km=900)
    sheet = a_sheet(actor_of(user), lists[ListKind.MONTHLY])
    trip = a_trip(mine)
    return [
        *(
            "/leave/",
            f"/leave/{asked.uuid}/",
            "/leave/rules/?programme=zj-ganzi",
            "/vehicles/",
            f"/vehicles/{car.uuid}/",
        ),
        *(f"/vehicles/uses/{one.uuid}/" for one in (*uses, doubted)),
        *("/integrity/", "/integrity/desk/", "/integrity/report/", "/integrity/trips/new", "/topics/", "/health/desk/"),
        *(f"/integrity/trips/{trip.uuid}/", f"/integrity/cases/{case.uuid}/", f"/health/sheets/{sheet.uuid}/"),
        *(
            "/health/fill/monthly/",
            f"/health/people/{mine.uuid}/monthly/",
            "/health/desk/?programme=zj-ganzi&list=chronic",
        ),
    ]
