# SPDX-License-Identifier: Apache-2.0
"""The first walk, as four people take it: the deputy commander, a county user, the auditor, finance; and a stranger."""

import re

import pytest
from playwright.sync_api import expect

KEZHOU = "克州 2021"
PAGES_OF_THE_AUDITOR = ("/", "/programmes/", "/programmes/zj-ganzi/", "/projects/", "/funds/", "/returns/", "/audit/")


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


def test_the_deputy_sees_four_real_programmes(visit):
    page = visit("deputy")

    page.goto("/programmes/")

    for name in ("浙江 → 甘孜州", "浙江 → 那曲市", "福建 → 昌都市", "浙江 → 阿克苏地区"):
        expect(page.get_by_role("link", name=name)).to_be_visible()


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


def test_a_picture_named_like_a_table_is_refused_with_a_sentence(visit, tmp_path):
    page, fake = visit("deputy"), tmp_path / "表.xlsx"
    fake.write_bytes(bytes.fromhex("89504e470d0a1a0a0000000d49484452") + b"\x00" * 60)
    page.goto("/import/")
    page.set_input_files("input[type=file]", fake)

    page.get_by_role("button", name="检查").click()

    expect(page.locator(".error")).to_contain_text("与扩展名不符")


def test_the_county_user_sees_the_county_and_nothing_else(visit):
    page = visit("kangding")
    page.goto("/projects/")
    counties = set(page.locator("tbody td[data-label='县（市）']").all_inner_texts())
    deputy = visit("deputy")
    deputy.goto("/projects/?programme=zj-ganzi&county=513322")
    elsewhere = deputy.locator("tbody th a").first.get_attribute("href")

    assert counties == {"康定市"}
    for path in (
        elsewhere,
        "/users/",
        "/audit/",
        "/programmes/zj-nagqu/",
        "/projects/0190aaaa-0000-7000-8000-000000000000/",
    ):
        answer = page.goto(path)
        assert answer.status == 404, path
        expect(page.locator("h1")).not_to_contain_text("513322")


def test_the_county_user_moves_his_project_on(visit):
    page = visit("kangding")
    page.goto("/projects/?stage=under_way")
    page.locator("tbody th a").first.click()
    page.select_option("#moveform_to", value="suspended")
    page.select_option("#moveform_stop", value="winter")
    page.fill("#moveform_because", "演示：入冬停工")

    page.get_by_role("button", name="记录").click()

    expect(page.get_by_role("status").or_(page.locator(".messages"))).to_contain_text("已记录")


@pytest.mark.parametrize("path", PAGES_OF_THE_AUDITOR)
def test_the_auditor_finds_nothing_that_changes_anything(visit, path):
    page = visit("auditor")

    answer = page.goto(path)

    assert answer.status == 200
    actions = page.eval_on_selector_all(
        "form[method=post]", "forms => forms.map(form => new URL(form.action).pathname)"
    )
    own = {"/i18n/setlang/", "/accounts/logout/", "/views/", "/projects/together"}
    assert {action for action in actions if action not in own} == set()
    expect(page.get_by_role("button", name="推动选中的项目")).to_have_count(0)


def test_the_auditor_is_refused_when_he_posts_by_hand(visit):
    page = visit("auditor")
    page.goto("/projects/")
    href = page.locator("tbody th a").first.get_attribute("href").split("?")[0]
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "csrftoken")

    answer = page.request.post(
        f"{href}move",
        form={
            "to": "cancelled",
            "because": "x",
            "on": "2026-11-20",
            "seen_stage": "accepted",
            "csrfmiddlewaretoken": token,
        },
        headers={"Referer": page.url},
    )

    assert answer.status in {403, 404, 409}


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


def test_a_stolen_session_is_worth_nothing_in_another_browser(visit, browser, demo):
    page = visit("deputy")
    thief = browser.new_context(base_url=demo.url, user_agent="Thief/1.0")
    thief.add_cookies(page.context.cookies())

    stolen = thief.new_page()
    stolen.goto("/funds/")

    expect(stolen).to_have_url(re.compile("/accounts/login/"))
    thief.close()
