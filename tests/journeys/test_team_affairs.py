# SPDX-License-Identifier: Apache-2.0
"""A doctor asks for a car and fills in the health table on a phone; at a desk a contest and an honour end."""

import re
from datetime import date, timedelta

from playwright.sync_api import expect

from tests.journeys.conftest import EN_PHONE, PHONE, ZH_DESK

# The demo runs on the real day; nobody else asks for a car then.
TODAY = date.today()  # noqa: DTZ011
DAY = TODAY + timedelta(days=9)


def press(page, scope, button):
    with page.expect_navigation():
        page.locator(scope).get_by_role("button", name=button, exact=True).click()


def test_a_car_is_asked_for_on_a_phone_and_given_at_the_desk(visit, faults):
    doctor = visit("doctor", **EN_PHONE)
    doctor.goto("/vehicles/")
    assert faults(doctor) == []
    doctor.fill("[name=since]", f"{DAY.isoformat()}T09:00")
    doctor.fill("[name=until]", f"{DAY.isoformat()}T17:00")
    doctor.fill("[name=destination]", "演示：磨西镇")
    doctor.fill("[name=people]", "2")
    doctor.fill("[name=purpose]", "演示：巡诊")
    with doctor.expect_navigation():
        doctor.locator("#ask .btn-primary").click()
    expect(doctor.locator("main")).to_contain_text("Waits for a car")

    desk = visit("dispatcher", viewport=PHONE)
    desk.goto("/vehicles/")
    assert faults(desk) == []
    with desk.expect_navigation():
        desk.get_by_role("link", name="演示：磨西镇").first.click()
    car = desk.locator("[name=vehicle] option:not([value=''])").first.get_attribute("value")
    desk.select_option("[name=vehicle]", value=car)
    driver = desk.locator("[name=driver] option").filter(has_text="演示驾驶员").get_attribute("value")
    desk.select_option("[name=driver]", value=driver)
    press(desk, "main", "派车")
    doctor.goto("/vehicles/")
    expect(doctor.locator("li").filter(has_text="演示：磨西镇")).to_contain_text("Car given")


def test_the_health_table_is_filled_in_on_a_phone_and_the_keeper_s_opening_is_seen(visit, faults):
    doctor = visit("doctor", **EN_PHONE)
    doctor.goto("/health/fill/monthly/")
    assert faults(doctor) == []
    doctor.fill("[name=item-0]", "168")
    doctor.fill("[name=item-3]", "90")
    with doctor.expect_navigation():
        doctor.locator("main .btn-primary").click()
    expect(doctor.locator(".messages")).to_contain_text("Only you and the health keeper see it")

    keeper = visit("keeper", **ZH_DESK)
    keeper.goto("/health/desk/")
    assert faults(keeper) == []
    with keeper.expect_navigation():
        keeper.get_by_role("link", name="演示骨科医生").first.click()
    expect(keeper.locator("main")).to_contain_text("168")
    doctor.goto("/health/")
    expect(doctor.locator("main")).to_contain_text("健康管理员")
    discipline = visit("discipline", **ZH_DESK)
    for path in ("/integrity/", "/integrity/desk/", "/topics/"):
        discipline.goto(path)
        assert faults(discipline) == [], path


def test_a_contest_is_judged_and_an_honour_becomes_a_certificate(visit, faults):
    office = visit("office", **ZH_DESK)
    office.goto("/contests/?programme=zj-ganzi")
    assert faults(office) == []
    with office.expect_navigation():
        office.get_by_role("link", name="上一轮“五比”竞赛（演示）").click()
    expect(office.locator("table.sh")).to_contain_text("1")
    with office.expect_navigation():
        office.locator("tbody a").first.click()
    expect(office.locator("#made")).to_contain_text("计入")
    assert faults(office) == []

    judge = visit("information", viewport=PHONE)
    judge.goto("/contests/?programme=zj-ganzi")
    with judge.expect_navigation():
        judge.get_by_role("link", name="这一轮“五比”竞赛（演示）").click()
    with judge.expect_navigation():
        judge.locator("tbody a").first.click()
    for position in range(1, 6):
        judge.fill(f"[name=score-{position}]", "88")
    press(judge, "#vote", "评")
    expect(judge.locator(".messages")).to_contain_text("已评")

    office.goto("/honours/?programme=zj-ganzi")
    assert faults(office) == []
    granted = office.locator("tr").filter(has_text="已授予").first
    with office.expect_navigation():
        granted.locator("a").first.click()
    certificate = office.request.get(office.get_by_role("link", name="证书").get_attribute("href"))
    assert certificate.body().startswith(b"%PDF")
    for path in ("/inspections/?programme=zj-ganzi", "/visits/?programme=zj-ganzi", "/visits/mechanisms/"):
        office.goto(path)
        assert faults(office) == [], path
    with office.expect_navigation():
        office.goto("/visits/?programme=zj-ganzi")
        office.get_by_role("link", name=re.compile("杭州医院代表团")).first.click()
    assert faults(office) == []
