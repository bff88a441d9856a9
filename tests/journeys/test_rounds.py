# SPDX-License-Identifier: Apache-2.0
"""A month's round, from the group's draft to the task; the board by hand and by key; carrying over."""

import re
from datetime import date

from playwright.sync_api import expect

from tests.journeys.conftest import ZH_DESK

YEAR = date.today().year  # noqa: DTZ011 - the demo runs on the real day


def press(page, scope, button):
    with page.expect_navigation():
        page.locator(scope).get_by_role("button", name=button, exact=True).click()


def open_board(page, programme="zj-ganzi"):
    page.goto(f"/programmes/{programme}/")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile(f"{YEAR} · 年度重点任务")).click()


def column(page, key):
    return page.locator(f".board-column[data-column={key}]")


def test_a_month_is_reported_returned_corrected_and_accepted(visit):
    lead, office = visit("project"), visit("office")
    lead.goto("/inbox/")
    with lead.expect_navigation():
        lead.get_by_role("link", name=re.compile("项目组.*月报")).click()
    address = lead.url
    lead.locator("input[name^=percent]").nth(0).fill("90")
    lead.locator("input[name^=percent]").nth(1).fill("10")
    lead.fill("#id_summary", "演示：全部开工")
    press(lead, "main form", "上报")
    expect(lead.locator("main .error").first).to_contain_text("年度投资完成九成")
    lead.locator("textarea[name^=words]").nth(1).fill("演示：冬歇，支付推迟")
    press(lead, "main form", "上报")
    # What was opened from the inbox is done: the next thing stands open, and says so.
    expect(lead.locator(".messages")).to_contain_text("等办公室审核")
    address = address.partition("?")[0]

    office.goto(address)
    office.fill("#opinion", "演示：请写明金额")
    press(office, "main form", "退回")
    lead.goto(address)
    expect(lead.locator("main")).to_contain_text("演示：请写明金额")
    lead.locator("textarea[name^=words]").nth(1).fill("演示：冬歇，推迟支付 300 万元")
    press(lead, "main form", "上报")
    office.goto(address)
    with office.expect_navigation():
        office.get_by_role("button", name=re.compile("^通过")).click()

    office.goto(address)
    expect(office.locator("main")).to_contain_text("已通过")
    lead.goto(address)
    with lead.expect_navigation():
        lead.get_by_role("link", name="新建项目全部开工").click()
    expect(lead.locator("main")).to_contain_text("→ 90 %")


def test_the_office_reminds_and_closes_only_with_a_reason(visit):
    office = visit("office")
    office.goto("/rounds/?programme=zj-ganzi")
    with office.expect_navigation():
        office.locator("tbody th a").first.click()

    with office.expect_navigation():
        office.get_by_role("button", name=re.compile("催报")).click()
    expect(office.locator("main")).to_contain_text("已催报")
    detail = office.url
    press(office, "main form[action$='/close']", "结束这一期")

    expect(office.locator("main")).to_contain_text("没有通过")
    expect(office.get_by_role("button", name="改好后再提交")).to_be_visible()
    office.goto(detail)
    expect(office.locator("main")).to_contain_text("填报中")


def test_a_card_is_moved_by_key_and_by_hand(visit):
    office = visit("office")
    open_board(office, "fj-changdu")
    card = column(office, "at_work").locator(".board-card").first
    name = card.locator("a").first.inner_text()
    card.locator("a").first.focus()
    with office.expect_navigation():
        office.keyboard.press("Shift+ArrowRight")
    press(office, "main form", "移动")
    expect(office.locator("main")).to_contain_text(f"“{name}”已移到“已完成”")

    moved = column(office, "done").locator(".board-card", has_text=name)
    with office.expect_navigation():
        moved.drag_to(column(office, "at_work"))
    office.fill("#taskmoveform_progress_percent", "30")
    press(office, "main form", "移动")
    expect(office.locator("main")).to_contain_text(f"“{name}”已移到")
    expect(column(office, "at_work").locator(".board-card", has_text=name)).to_contain_text("30 %")


def test_what_is_open_goes_on_next_year(visit):
    office = visit("office")
    open_board(office, "zj-aksu")
    with office.expect_navigation():
        office.get_by_role("link", name="加行动、任务").click()
    office.fill("#carryoverform_name", "演示：接续任务")
    press(office, "main form[action$='/carry-over']", "结转")

    expect(office.locator("h1")).to_contain_text(f"{YEAR + 1} · 演示：接续任务")
    with office.expect_navigation():
        office.locator(".board-card a").first.click()
    expect(office.locator("main")).to_contain_text("接续")


PAGES = (
    "/rounds/?programme=zj-ganzi",
    "/programmes/zj-ganzi/campaigns/new/",
    "/programmes/zj-ganzi/groups/",
    "/programmes/zj-ganzi/targets/",
    "/programmes/zj-ganzi/edit/",
    "/programmes/new/",
    f"/programmes/zj-ganzi/plans/{YEAR}/",
    "/projects/board/?programme=zj-ganzi",
    "/projects/timeline/?programme=zj-ganzi",
    "/projects/counties/?programme=zj-ganzi",
    "/funds/flow/?programme=zj-ganzi",
    f"/adjustments/plan?programme=zj-ganzi&year={YEAR}",
)


def test_axe_finds_no_fault_on_the_pages_of_the_year_and_none_is_wider_than_the_screen(visit, faults):
    page = visit("office", **ZH_DESK)
    paths = list(PAGES)
    page.goto("/rounds/?programme=zj-ganzi")
    month = page.locator("tbody th a").first.get_attribute("href")
    page.goto(month)
    report = page.locator("tbody th a").first.get_attribute("href")
    page.goto("/programmes/zj-ganzi/")
    board = page.locator("a[href^='/programmes/campaigns/']").first.get_attribute("href")
    page.goto(board)
    task = page.locator(".board-card a").first.get_attribute("href")
    paths += [month, report, board, f"{board}tasks/", f"{board}timeline/", f"{board}edit/", task, f"{task}move?to=done"]
    found = {}
    for path in paths:
        assert page.goto(path).status == 200, path
        if wrong := faults(page):
            found[path] = wrong

    assert found == {}
