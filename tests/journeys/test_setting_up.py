# SPDX-License-Identifier: Apache-2.0
"""A new programme, from nothing to its first issued plan, with the clicks counted; and from one to-do to the next."""

import re
from datetime import date

from playwright.sync_api import expect

from tests.journeys.conftest import EN_PHONE

YEAR = date.today().year  # noqa: DTZ011 - the demo runs on the real day
MOST_CLICKS = 15
# Every click of the person, whatever is clicked; what is typed is reached by key.
COUNT = """addEventListener("click", event => {
  if (event.isTrusted) localStorage.setItem("clicks", 1 + Number(localStorage.getItem("clicks")))
}, true)"""


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def fill(page, form, **values):
    for name, value in values.items():
        page.locator(f"{form} [name={name}]").fill(value)


def test_a_programme_comes_from_nothing_to_its_first_issued_plan_in_few_clicks(visit):
    page = visit("office")
    page.add_init_script(COUNT)
    page.goto("/")

    page.locator(".nav").get_by_role("link", name="计划", exact=True).click()
    page.get_by_role("link", name="登记对口支援").click()
    page.wait_for_url("**/programmes/new/")
    fill(page, "main form", code="zz-new", name="（演示）新的对口支援", supporter="330000", recipient="513300")
    fill(page, "main form", starts_on=f"{YEAR}-01-01", ends_on=f"{YEAR}-12-31", five_year_plan="800")
    press(page, "登记")
    fill(page, "form[action$='/batch']", number="88")
    press(page, "登记批次")
    fill(page, "form[action$='/source']", code="first", name="省级财政")
    press(page, "登记资金来源")
    fill(page, "form[action$='/make']", **{"amount-first": "500", "reserve-first": "20"})
    press(page, "编成草案")
    page.get_by_label(re.compile("已核对")).check()
    press(page, "下达这一年的计划")

    expect(page.get_by_text("已完成", exact=True)).to_have_count(5)
    expect(page.locator("main")).to_contain_text("计划已经下达")
    assert int(page.evaluate("localStorage.getItem('clicks')")) <= MOST_CLICKS


def test_the_set_up_page_fits_and_is_free_of_faults(visit, faults):
    page = visit("office", **EN_PHONE)
    page.goto("/programmes/zj-ganzi/setup/")

    assert faults(page) == []


def test_from_the_inbox_one_decides_and_the_next_thing_opens(visit):
    page = visit("deputy")
    # It comes by itself, later than the page.
    page.locator(".nav .count b").wait_for()
    page.locator(".nav").get_by_role("link", name=re.compile("待办")).click()
    page.wait_for_url("**/inbox/**")
    waiting = page.locator("ul.todo a[href^='/adjustments/']")
    # "+" where there may be more than were looked for.
    before, more = re.fullmatch(r"(\d+)(\+?)", page.locator(".nav .count b").inner_text()).groups()
    opened = waiting.first.get_attribute("href")
    with page.expect_navigation():
        waiting.first.click()
    page.locator("form[action$='/refuse'] [name=words], form [name=words]").first.fill("演示：今年不办")
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("不同意")).first.click()

    expect(page.locator(".messages")).to_contain_text("已记下：不同意。")
    expect(page.locator(".messages")).to_contain_text("办完，下一件：")
    assert opened.partition("?")[0] not in page.url
    expect(page.locator(".nav .count b")).to_have_text(f"{int(before) - 1}{more}")
