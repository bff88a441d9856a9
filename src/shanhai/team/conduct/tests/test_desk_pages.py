# SPDX-License-Identifier: Apache-2.0
"""Vehicles, integrity, health and the topics in the browser's terms: what each page offers, answers and refuses."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from shanhai.base.accounts.models import User
from shanhai.kernel import clock
from shanhai.registers.people.tests.builders import a_person
from shanhai.team.conduct.models import CaseFile, Declaration, HealthSheet, Limit, VehicleUse
from shanhai.team.conduct.tests.builders import (
    NOON,
    a_car,
    a_given_use,
    a_letter,
    a_trip,
    a_use,
    driven,
    somebody,
    the_lists,
)
from shanhai.team.secondments.tests.builders import two_counties
from tests.cast import AT, a_user

pytestmark = pytest.mark.django_db
SCOPED = {"programme": "zj-ganzi"}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def now():
    with clock.frozen(AT):
        yield


@pytest.fixture
def me():
    return somebody(two_counties())


def signed_in(role, username=""):
    user = User.objects.get(username=username) if username else a_user(role, programme="zj-ganzi")
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def text(answer):
    return answer.content.decode()


def test_a_car_from_the_phone_to_the_desk_and_back(me, tmp_path):
    mine, desk = signed_in("", "甲一"), signed_in("vehicle_dispatcher")
    car, driver = a_car(), a_person("驾驶员一")
    asked = {
        "since": "2026-11-30T12:00", "until": "2026-11-30T20:00", "destination": "泸定县医院", "to_place": "513322",
        "people": "2", "purpose": "会诊",
    }  # fmt: skip

    assert mine.post("/vehicles/", asked).status_code == 302
    use = VehicleUse.objects.get()
    assert use.since == NOON
    page = f"/vehicles/uses/{use.uuid}/"
    assert page in text(desk.get("/vehicles/"))
    assert f"{page}cancel" in text(mine.get(page))
    assert f"{page}give" not in text(mine.get(page))
    given = {"vehicle": str(car.uuid), "driver": str(driver.uuid)}
    assert mine.post(f"{page}give", given).status_code == 403
    assert desk.post(f"{page}give", given).status_code == 302
    again = desk.post(f"{page}back", {"km_in": "10100", "fuel": "0"})
    assert again.status_code == 409
    assert "现在是“已派车”" in text(again)
    with clock.frozen(NOON):
        desk = signed_in("", "vehicle_dispatcher")
        assert desk.post(f"{page}out", {"km_out": "9000"}).status_code == 422
        assert desk.post(f"{page}out", {"km_out": "10000"}).status_code == 302
    with clock.frozen(NOON + timedelta(hours=4)):
        assert desk.post(f"{page}back", {"km_in": "10120", "fuel": "12", "overnight": ""}).status_code == 302
        sheet = tmp_path / "month.xlsx"
        sheet.write_bytes(desk.get("/vehicles/month.xlsx").content)
    rows = CalamineWorkbook.from_path(sheet).get_sheet_by_index(0).to_python()
    assert next(one for one in rows if one[0] == car.plate)[2:6] == [1, 120, 12, 10]
    assert "120" in text(desk.get(f"/vehicles/{car.uuid}/"))


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        ("vehicle_dispatcher", (200, 200, 404, 404, 404, 404)),
        ("discipline_officer", (404, 404, 200, 200, 404, 200)),
        ("health_keeper", (404, 404, 404, 404, 200, 404)),
        ("office", (200, 200, 200, 404, 404, 200)),
        ("secondee", (200, 404, 200, 404, 404, 404)),
        ("auditor", (404, 404, 404, 404, 404, 404)),
    ],
    ids=str,
)
def test_who_may_look(me, role, statuses):
    car = a_car()
    client = signed_in(role)
    paths = ("/vehicles/", f"/vehicles/{car.uuid}/", "/integrity/", "/integrity/desk/", "/health/desk/", "/topics/")
    assert tuple(client.get(path).status_code for path in paths) == statuses


def test_integrity_on_a_phone_and_at_the_desk(me):
    mine, discipline, lead = signed_in("", "甲一"), signed_in("discipline_officer"), signed_in("work_group_lead")
    letter_of_year = {"year": "2026", "text": "守纪律。", "source": "示例"}
    assert discipline.post("/integrity/desk/", letter_of_year).status_code == 302
    assert "还没有签" in text(discipline.get("/integrity/desk/"))
    letter = next(one for one in text(mine.get("/integrity/")).split('"') if one.endswith("/sign"))

    assert mine.post(letter).status_code == 302
    twice = mine.post(letter)
    assert twice.status_code == 409
    assert "您已经签过" in text(twice)
    beside = next(one for one in text(lead.get("/integrity/")).split('"') if one.endswith("/countersign"))
    assert lead.post(beside).status_code == 302
    assert "双方签完 1 人" in text(discipline.get("/integrity/desk/"))

    matter = {"kind": "abroad", "happened_on": "2026-11-01", "words": ""}
    refused = mine.post("/integrity/", matter)
    assert refused.status_code == 400
    assert mine.post("/integrity/", {**matter, "words": "出国"}).status_code == 302
    declared = Declaration.objects.get()
    assert discipline.get(f"/integrity/declarations/{declared.uuid}/").status_code == 200
    assert "discipline_officer" in text(mine.get("/integrity/"))
    report = {"kind": "traffic", "happened_on": "2026-11-20", "place": "513301", "words": "擦碰"}
    assert mine.post("/integrity/report/", report).status_code == 302
    case = f"/integrity/cases/{CaseFile.objects.get().uuid}/"
    assert discipline.post(f"{case}inquire").status_code == 302
    assert discipline.post(f"{case}find", {"confirmed": "yes", "finding": "属实"}).status_code == 302
    assert "属实" in text(discipline.get(case))


def test_a_trip_is_planned_taught_and_begun(me):
    lead = signed_in("work_group_lead")
    held = me[1]
    plan = {"title": "夏令营", "destination": "杭州", "since": "2026-11-22", "until": "2026-11-25"}
    plan |= {"members": [str(held.uuid)]}
    answer = lead.post("/integrity/trips/new?programme=zj-ganzi", plan)
    assert answer.status_code == 302
    early = lead.post(f"{answer.url}begin")
    assert early.status_code == 422
    assert "还没有行前教育：甲一" in text(early)
    assert lead.post(f"{answer.url}teach", {"on": "2026-11-21", "about": "八项规定"}).status_code == 302
    assert lead.post(f"{answer.url}begin").status_code == 302
    mine = signed_in("", "甲一")
    assert mine.post(f"{answer.url}end").status_code == 302
    assert "已返回" in text(mine.get(answer.url))
    assert mine.get(f"/integrity/trips/{a_trip(somebody(held.programme, '乙二')[1]).uuid}/").status_code == 404


def test_health_on_a_phone_and_at_the_desk(me):
    mine, keeper = signed_in("", "甲一"), signed_in("health_keeper")
    assert keeper.post("/health/desk/samples?programme=zj-ganzi").status_code == 302
    page = text(mine.get("/health/"))
    assert page.count("/health/fill/") == 5

    wrong = mine.post("/health/fill/monthly/", {"day": "2026-11-22", "item-0": "999", "item-3": "91"})
    assert wrong.status_code == 400
    assert 'value="91"' in text(wrong)
    right = {"day": "2026-11-22", "item-0": "150", "item-5": "yes"}
    assert mine.post("/health/fill/monthly/", right).status_code == 302
    sheet = f"/health/sheets/{HealthSheet.objects.get().uuid}/"
    assert text(mine.get(sheet)).count("要留意") == 2
    assert sheet in text(keeper.get("/health/desk/"))
    assert keeper.get(f"/health/people/{me[1].uuid}/").status_code == 200
    assert "health_keeper" in text(mine.get("/health/"))
    assert keeper.post(f"{sheet}erase").status_code == 403
    assert mine.post(f"{sheet}erase").status_code == 302
    assert not re.search(r"[^\w-]150[^\w-]", text(mine.get(sheet)))
    new = {"kind": "monthly", "items": "体温 | Temperature | 数字 | ℃ | 30 | 45 | 36 | 37.5", "source": "医嘱"}
    new |= {"valid_from": "2026-11-22"}
    assert keeper.post("/health/desk/template?programme=zj-ganzi", {**new, "items": "体温"}).status_code == 400
    assert keeper.post("/health/desk/template?programme=zj-ganzi", new).status_code == 302
    assert "体温" in text(mine.get("/health/fill/monthly/"))
    assert mine.get("/health/fill/nothing/").status_code == 404


def test_a_limit_is_set_on_the_page_of_topics(me):
    office = signed_in("office")
    given = {"key": "case_days", "value": "60", "source": "通知", "valid_from": "2026-11-22"}
    assert office.post("/topics/", {**given, "value": "9999"}).status_code == 400
    assert office.post("/topics/", given).status_code == 302
    assert Limit.objects.get().value == 60
    assert "通知" in text(office.get("/topics/"))


def test_a_page_takes_a_bounded_number_of_queries_however_many_there_are(me, django_assert_max_num_queries):
    by, _held = me
    lists = the_lists()
    assert lists
    a_letter()
    roles = ("discipline_officer", "vehicle_dispatcher", "health_keeper")
    discipline, desk, keeper = map(signed_in, roles)
    for number in range(6):
        somebody(_held.programme, f"人{number}")
        a_use(by, NOON + timedelta(days=number))
        given = a_given_use(by, a_car(f"川{number}"), a_person(f"司机{number}"), since=NOON + timedelta(days=number))
        driven(given, km=900)
    asked = (
        (discipline, "/integrity/desk/", 26), (desk, "/vehicles/", 24), (keeper, "/health/desk/", 26),
        (discipline, "/topics/", 32),
    )  # fmt: skip
    for client, path, most in asked:
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200
