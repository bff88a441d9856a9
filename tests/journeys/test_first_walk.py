# SPDX-License-Identifier: Apache-2.0
"""The first walk, as four people take it: the deputy commander, a county user, the auditor, finance; and a stranger."""

import re

from playwright.sync_api import expect

KEZHOU = "克州 2021"


def download_county_table(page, folder):
    """The table that the import page offers."""
    page.goto("/import/")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("下载克州")).click()
    download.value.save_as(folder / "kezhou-2021.xlsx")
    return folder / "kezhou-2021.xlsx"


def check_county_table(page, table):
    """Have the table read and judged, without confirming it."""
    page.goto("/import/")
    page.set_input_files("input[type=file]", table)
    page.select_option("#id_programme", value="kezhou-2021")
    with page.expect_navigation():
        page.get_by_role("button", name="检查").click()


def choose(page, name):
    page.select_option("#programme", label=name)
    page.get_by_role("button", name="切换").click()


def test_the_deputy_goes_from_a_figure_to_its_voucher(visit):
    page = visit("deputy")
    expect(page.get_by_role("heading", name="今日", level=1)).to_be_visible()
    expect(page.locator(".fig", has_text="到位率").first).to_contain_text("下达计划")

    page.locator(".fig", has_text="到位率").first.get_by_role("link", name=re.compile("依据")).click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("换一个基数")
    drawer.locator("tbody a").last.click()

    expect(page.get_by_role("heading", name="凭证", level=1)).to_be_visible()


def test_the_county_table_is_imported_its_wrong_figure_is_marked_and_the_same_again_changes_nothing(visit, tmp_path):
    page = visit("deputy")

    table = download_county_table(page, tmp_path)
    check_county_table(page, table)
    expect(page.locator("main")).to_contain_text("17.44")
    page.get_by_role("button", name="确认导入").click()
    page.goto("/?programme=kezhou-2021")

    arrived = page.locator(".fig", has_text="到位资金（县级报表）")
    expect(arrived).to_contain_text("17.44")
    expect(arrived).to_contain_text("存疑")
    expect(page.locator(".todo")).to_contain_text("17.87")

    check_county_table(page, table)
    expect(page.get_by_role("button", name="确认导入")).to_have_count(0)
    page.goto("/returns/?programme=kezhou-2021")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_the_county_user_moves_his_project_on(visit):
    page = visit("kangding")
    page.goto("/projects/?stage=under_way")
    page.locator("tbody th a").first.click()
    page.select_option("#moveform_to", value="suspended")
    page.select_option("#moveform_stop", value="winter")
    page.fill("#moveform_because", "演示：入冬停工")

    page.get_by_role("button", name="记录").click()

    expect(page.get_by_role("status").or_(page.locator(".messages"))).to_contain_text("已记录")


def test_the_auditor_reads_who_did_what(visit):
    page = visit("auditor")

    page.goto("/audit/")

    expect(page.locator("ol.trail > li").first).to_be_visible()


def pay(page, amount, number):
    """Record a payment for a project of Aksu whose money has come."""
    page.goto("/projects/?programme=zj-aksu&stage=under_way")
    with page.expect_navigation():
        page.locator("tbody th a").first.click()
    page.select_option("#id_act", value="pay")
    page.fill("#id_amount", amount)
    page.fill("#id_number", number)
    with page.expect_navigation():
        page.locator("form", has=page.locator("#id_act")).get_by_role("button", name="记账").click()


def test_finance_pays_and_cannot_pay_more_than_was_allotted(visit):
    page = visit("finance")

    pay(page, "1", "J-0001")
    expect(page.locator(".messages")).to_contain_text("J-0001")
    pay(page, "9999999", "J-0002")

    expect(page.locator("main")).to_contain_text("已核拨未支付的只有")


def test_finance_reverses_a_voucher_once(visit):
    page = visit("finance")
    pay(page, "1", "J-0003")
    page.get_by_role("link", name="J-0003").click()
    page.fill("form[action$='/reverse'] [name=because]", "演示：记错了")
    page.get_by_role("button", name="冲正").click()
    expect(page.locator("main")).to_contain_text("这是一张冲正凭证")

    page.get_by_role("link", name="看原凭证").click()

    expect(page.get_by_role("button", name="冲正")).to_have_count(0)
