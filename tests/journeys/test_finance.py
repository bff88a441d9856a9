# SPDX-License-Identifier: Apache-2.0
"""Finance keeps the books of one programme: money comes in, is allotted, is paid; nothing counts twice or too much."""

import re
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

FUNDS = "/funds/?programme=fj-changdu"


@pytest.fixture
def page(visit):
    return visit("finance")


@pytest.fixture
def project(page):
    """A project under way that still waits for money."""
    page.goto("/projects/?programme=fj-changdu&text=CD-2026-003")
    link = page.locator("tbody th a").first
    # The address of the link, not of the page: a click returns before the next page is there.
    page.goto(urljoin(page.url, link.get_attribute("href")))
    return page.url


def line_cells(page):
    """Planned, arrived, allotted, paid of the project's only line, in 万元."""
    cells = page.locator("table", has_text="援助资金安排").locator("tbody td.num")
    expect(cells).not_to_have_count(0)
    cells = cells.all_inner_texts()
    return [float(re.sub(r"[^\d.]", "", text)) for text in cells[:4]]


def record_voucher(page, project, act, amount, number):
    page.goto(project)
    page.select_option("#id_act", value=act)
    page.fill("#id_amount", amount)
    page.fill("#id_number", number)
    # The answer has to be there: the page before it has a table too.
    with page.expect_navigation():
        page.locator("form", has=page.locator("#id_act")).get_by_role("button", name="记账").click()


def record_arrival(page, amount, number):
    page.goto(FUNDS)
    page.fill("#id_amount", amount)
    page.fill("#id_number", number)
    with page.expect_navigation():
        page.get_by_role("button", name="记账").click()


def test_money_comes_in_and_is_shared_over_what_still_waits(page, project):
    before = line_cells(page)

    record_arrival(page, "100", "D-2026-01")
    expect(page.locator("main")).to_contain_text("已记到位，凭证号 D-2026-01。")
    page.goto(project)

    after = line_cells(page)
    assert before[1] < after[1] <= after[0]
    assert after[2:] == before[2:]


def test_more_than_still_waits_is_refused_with_both_sums(page):
    record_arrival(page, "8888", "D-2026-02")

    expect(page.locator("main")).to_contain_text(re.compile(r"到位 8,888 万元，.*还未到位的合计只有 [\d,.]+ 万元"))


def test_an_allotment_then_a_payment_move_the_sums_of_the_line(page, project):
    _plan, _arrived, allotted, paid = line_cells(page)

    record_voucher(page, project, "allot", "3", "H-2026-01")
    expect(page.locator(".messages")).to_contain_text("已记账，凭证号 H-2026-01。")
    record_voucher(page, project, "pay", "2", "Z-2026-01")
    expect(page.locator(".messages")).to_contain_text("已记账，凭证号 Z-2026-01。")

    assert line_cells(page)[2:] == [allotted + 3, paid + 2]


def test_a_payment_over_the_allotted_is_refused_with_both_sums(page, project):
    _plan, _arrived, allotted, paid = line_cells(page)

    record_voucher(page, project, "pay", "8888", "Z-2026-02")

    expect(page.locator("main")).to_contain_text("要支付 88,880,000.00 元")
    expect(page.locator("main")).to_contain_text(f"已核拨未支付的只有 {(allotted - paid) * 10_000:,.2f} 元")
    page.goto(project)
    assert line_cells(page)[2:] == [allotted, paid]


def test_the_same_voucher_number_twice_is_recorded_once(page, project):
    record_voucher(page, project, "allot", "1", "H-2026-03")
    once = line_cells(page)

    record_voucher(page, project, "allot", "1", "H-2026-03")

    page.goto(project)
    assert line_cells(page) == once


def test_the_same_voucher_number_with_another_amount_is_refused(page, project):
    record_voucher(page, project, "allot", "1", "H-2026-04")
    once = line_cells(page)

    record_voucher(page, project, "allot", "2", "H-2026-04")

    expect(page.locator(".callout")).to_contain_text("没有保存")
    page.goto(project)
    assert line_cells(page) == once


def test_a_reversed_voucher_takes_its_money_back_and_stays_to_be_seen(page, project):
    before = line_cells(page)
    record_voucher(page, project, "allot", "5", "H-2026-05")
    page.get_by_role("link", name="H-2026-05").click()

    page.fill("form[action$='/reverse'] [name=because]", "演示：记错了项目")
    page.get_by_role("button", name="冲正").click()
    expect(page.locator("main")).to_contain_text("这是一张冲正凭证")

    page.goto(project)
    assert line_cells(page) == before
    expect(page.get_by_role("link", name="H-2026-05").first).to_be_visible()


NO_AMOUNTS = {
    "0": "text=应大于零",
    "-5": "text=应大于零",
    **dict.fromkeys(("一大笔", "1.23456789", "1e9"), "#id_amount_error"),
}


def test_an_amount_that_is_none_is_told_and_changes_nothing(page, project):
    before = line_cells(page)

    for amount, said in NO_AMOUNTS.items():
        record_voucher(page, project, "allot", amount, "H-2026-06")
        expect(page.locator(said)).to_be_visible()

    page.goto(project)
    assert line_cells(page) == before


def test_an_allotment_below_the_floor_needs_the_commander_and_a_reason(visit):
    office, finance, deputy = visit("office"), visit("finance"), visit("deputy")
    deputy.goto("/projects/new/?programme=zj-aksu")
    for name, value in {
        # Far more than the year's plan has left.
        "because": "演示：专项批准",
        "code": "FLOOR-1",
        "name": "（演示）机关办公用房 FLOOR-1",
        "planned_start_on": "2026-03-01",
        "planned_finish_on": "2026-12-01",
        "total_investment": "9000",
        "amount": "9000",
        "livelihood_percent": "0",
    }.items():
        deputy.fill(f"#id_{name}", value)
    deputy.select_option("#id_year", index=0)
    with deputy.expect_navigation():
        deputy.locator("main form").get_by_role("button", name="登记").click()
    office.goto("/projects/?programme=zj-aksu&text=FLOOR-1")
    project = urljoin(office.url, office.locator("tbody th a").first.get_attribute("href"))

    # What has arrived for the line is a ceiling of its own, asked first.
    record_voucher(finance, project, "arrive", "9000", "D-FLOOR")
    record_voucher(finance, project, "allot", "3300", "H-FLOOR")
    expect(finance.locator("main")).to_contain_text("民生占比")
    deputy.goto(project)
    voucher = deputy.locator("form", has=deputy.locator("#id_act"))
    voucher.locator("[name=act]").select_option("allot")
    for name, value in {"amount": "3300", "number": "H-FLOOR", "because": "演示：专项批准"}.items():
        voucher.locator(f"[name={name}]").fill(value)
    with deputy.expect_navigation():
        voucher.get_by_role("button", name="记账").click()

    deputy.goto(project)
    assert line_cells(deputy)[2] == 3300
