# SPDX-License-Identifier: Apache-2.0
"""Cars, letters, a trip and health of the demo's team: all made up. Nobody's health is; a few sheets are filled in."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.operate.demo.accounts import acting
from shanhai.registers.people.services import add_person
from shanhai.registers.people.values import PersonFacts
from shanhai.team.conduct.health.selectors import templates_of
from shanhai.team.conduct.health.services import fill_sheet, publish_samples
from shanhai.team.conduct.integrity.services.cases import find, inquire, report_case
from shanhai.team.conduct.integrity.services.letters import countersign, set_letter, sign_letter
from shanhai.team.conduct.integrity.services.trips import plan_trip, teach
from shanhai.team.conduct.values import CaseKind, ListKind, UseFacts, VehicleFacts
from shanhai.team.conduct.vehicles.services import add_vehicle, ask_vehicle, give_vehicle, hand_out, take_back
from shanhai.team.secondments.selectors.roster import find_own, list_roster

KANGDING, LUDING = "513301", "513322"
CARS = (
    ("川V演001", "越野车", 5, "11.5", 48_200),
    ("川V演002", "商务车", 7, "9.8", 23_610),
    ("川V演003", "皮卡", 5, "12.2", 71_040),
)
LETTER = (
    "一、守纪律：请假销假、外出报备，按规定办。\n二、管好车：公车公用，不私用，过夜停回原处。\n"
    "三、勤俭：接待按标准，不超人数，不超费用。\n四、讲廉洁：个人重大事项如实报告，不收礼品礼金。\n"
    "五、保安全：行车、高原、施工现场，安全第一。（演示数据，不是真实责任书）"
)
# Of as many people the month's table is filled in, so that there is a figure.
FILLED = 12


def load_conduct(*, by: Actor, at: datetime, programme: str) -> None:
    """Three cars and a drive with a doubt, the year's letter half signed, a trip untaught, sheets of twelve people."""
    _cars(at, programme)
    _letters(at, programme)
    _health(at, programme)


def _cars(at: datetime, programme: str) -> None:
    desk, doctor, personnel = (acting(username=one, at=at) for one in ("dispatcher", "doctor", "personnel"))
    made = [
        add_vehicle(
            by=desk, at=at, programme=programme, provenance="demo",
            facts=VehicleFacts(plate, name, seats, Decimal(litres), KANGDING, km),
        )
        for plate, name, seats, litres, km in CARS
    ]  # fmt: skip
    facts = PersonFacts("演示驾驶员", "驾驶员", programme, local_date(at) - timedelta(days=400), KANGDING)
    driver = add_person(by=personnel, at=at, facts=facts, provenance="demo")

    # The day before yesterday at ten, until six in the evening.
    morning = at.replace(hour=2, minute=0, second=0, microsecond=0) - timedelta(days=2)
    asked = UseFacts(morning, morning + timedelta(hours=8), "泸定县人民医院", "会诊", 3, LUDING, because="病情急")
    use = ask_vehicle(by=doctor, at=morning - timedelta(hours=1), facts=asked, provenance="demo")
    give_vehicle(by=desk, at=morning, use=use.uuid, vehicle=made[0].uuid, driver=driver.uuid)
    hand_out(by=desk, at=morning, use=use.uuid, km_out=CARS[0][4])
    take_back(by=desk, at=morning + timedelta(hours=7), use=use.uuid, km_in=CARS[0][4] + 214, fuel=Decimal(41))
    # One that waits for the desk.
    soon = at.replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    facts_of_next = UseFacts(soon, soon + timedelta(hours=9), "泸定县磨西镇卫生院", "巡诊", 4, LUDING)
    ask_vehicle(by=doctor, at=at, facts=facts_of_next, provenance="demo")


def _letters(at: datetime, programme: str) -> None:
    discipline, doctor, lead = (acting(username=one, at=at) for one in ("discipline", "doctor", "project"))
    today = local_date(at)
    letter = set_letter(
        by=discipline, at=at, programme=programme, year=today.year, text=LETTER, source="示例", provenance="demo"
    )
    signed = sign_letter(by=doctor, at=at, letter=letter.uuid)
    countersign(by=lead, at=at, letter=letter.uuid, secondment=signed.secondment.uuid)
    case = report_case(
        by=doctor, at=at, programme=programme, kind=CaseKind.TRAFFIC, place=KANGDING,
        words="倒车时擦碰护栏，无人受伤。", happened_on=today - timedelta(days=45), provenance="demo",
    )  # fmt: skip
    inquire(by=discipline, at=at, case=case.uuid)
    find(by=discipline, at=at, case=case.uuid, confirmed=True, finding="当事人已赔付，已提醒安全驾驶。")

    own = find_own(viewer=doctor, on=today)
    others = list_roster(viewer=discipline, programme=programme, on=today, kind="school_team")[:2]
    trip = plan_trip(
        by=discipline, at=at, programme=programme, title="浙川学生夏令营带队（演示）", destination="杭州",
        since=today + timedelta(days=6), until=today + timedelta(days=13),
        members=[one.uuid for one in (own, *others) if one is not None], provenance="demo",
    )  # fmt: skip
    teach(by=lead, at=at, trip=trip.uuid, about="外出纪律、八项规定精神、安全", on=today)


def _health(at: datetime, programme: str) -> None:
    keeper, today = acting(username="keeper", at=at), local_date(at)
    publish_samples(by=keeper, at=at, programme=programme, valid_from=date(2021, 1, 1))
    table = templates_of(programme=programme, on=today)[ListKind.MONTHLY]
    for number, one in enumerate(list_roster(viewer=keeper, programme=programme, on=today)[:FILLED]):
        answers = {"0": 112 + 3 * number, "1": 70 + number, "2": 66 + 2 * number, "3": 93 - number}
        fill_sheet(
            by=keeper, at=at, template=table.uuid, day=today, answers=answers, secondment=one.uuid, provenance="demo"
        )
