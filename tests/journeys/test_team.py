# SPDX-License-Identifier: Apache-2.0
"""A doctor asks for leave on a phone and the lead answers with one tap; a county's post is filled by several hands."""

import re
from datetime import date, timedelta

from playwright.sync_api import expect

from tests.journeys.conftest import EN_PHONE, PHONE, ZH_DESK

# The demo runs on the real day; a Monday that nobody has asked for yet.
TODAY = date.today()  # noqa: DTZ011
SINCE = TODAY + timedelta(days=28 - TODAY.weekday())


def press(page, scope, button):
    with page.expect_navigation():
        page.locator(scope).get_by_role("button", name=button, exact=True).click()


def test_leave_is_asked_for_on_a_phone_and_answered_with_one_tap(visit, faults):
    doctor = visit("doctor", **EN_PHONE)
    doctor.goto("/leave/")
    assert faults(doctor) == []
    # All others want days of notice, or count working days of a year that may not be published.
    doctor.select_option("[name=kind]", label="Leaving the county")
    doctor.fill("[name=since]", SINCE.isoformat())
    doctor.fill("[name=until]", (SINCE + timedelta(days=2)).isoformat())
    doctor.fill("[name=where]", "演示：泸定县")
    with doctor.expect_navigation():
        doctor.locator("#ask .btn-primary").click()
    expect(doctor.locator("main")).to_contain_text(f"Leaving the county from {SINCE.isoformat()}")

    lead = visit("project", viewport=PHONE)
    lead.goto("/leave/")
    mine = lead.locator("li").filter(has_text=SINCE.isoformat())
    with lead.expect_navigation():
        mine.get_by_role("button", name="准假", exact=True).click()
    expect(lead.locator(".messages")).to_contain_text("已准假")

    doctor.goto("/leave/")
    expect(doctor.locator("li").filter(has_text=SINCE.isoformat())).to_contain_text("Approved")
    office = visit("office", **ZH_DESK)
    for path in ("/leave/tonight/", "/leave/rules/?programme=zj-ganzi", "/leave/"):
        office.goto(path)
        assert faults(office) == [], path


def test_a_post_is_agreed_to_and_somebody_is_named_checked_and_dispatched(visit, faults):
    personnel = visit("personnel", **ZH_DESK)
    personnel.goto("/team/posts/?programme=zj-ganzi&text=急诊")
    with personnel.expect_navigation():
        personnel.get_by_role("link", name="急诊科医生").click()
    post = personnel.url
    press(personnel, "main", "同意选派")
    # Whoever is in no full-time post: the teacher who is named for another one.
    teacher = personnel.locator("[name=person] option").filter(has_text="演示语文教师").get_attribute("value")
    personnel.select_option("[name=person]", value=teacher)
    press(personnel, "main", "推荐")
    assert faults(personnel) == []

    deputy = visit("deputy", **EN_PHONE)
    for _check in ("papers", "fitness"):
        deputy.goto(post)
        deputy.locator("summary").filter(has_text=re.compile("^Check$")).click()
        deputy.select_option("[name=passed]", value="yes")
        with deputy.expect_navigation():
            deputy.locator("form[action$='/check'] button").click()
    assert faults(deputy) == []

    personnel.goto(post)
    personnel.fill("form[action$='/dispatch'] [name=since]", TODAY.isoformat())
    personnel.fill("form[action$='/dispatch'] [name=until]", (TODAY + timedelta(days=90)).isoformat())
    with personnel.expect_navigation():
        personnel.locator("form[action$='/dispatch'] button").click()
    expect(personnel.locator("main")).to_contain_text("演示语文教师")

    county = visit("kangding", **EN_PHONE)
    for path in ("/team/?programme=zj-ganzi", "/team/posts/?programme=zj-ganzi", post):
        county.goto(path)
        assert faults(county) == [], path
    county.goto("/team/?programme=zj-ganzi")
    expect(county.locator("table.sh")).to_contain_text("急诊科医生")
