# SPDX-License-Identifier: Apache-2.0
"""A number from an article to a figure with its sentence, and a month's report from its first word to its rows."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import EN_PHONE

TODAY = date.today()  # noqa: DTZ011 - the demo runs on the real day
ARTICLE = """（演示）对口支援近期工作动态
截至目前，结对学校达到103所，培训本地骨干教师1380人次。
组织招聘会12场，提供岗位2600余个。
"""


def press(page, button):
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=button, exact=True).click()


def follow(page, scope, link):
    with page.expect_navigation():
        page.locator(scope).get_by_role("link", name=link).first.click()


def test_an_article_is_pasted_its_numbers_decided_and_the_figure_opens_its_sentence(visit):
    page = visit("information")
    follow(page, "#menu", "证据")
    follow(page, "main", "收材料")
    page.fill("main [name=text]", ARTICLE)
    page.fill("main [name=outlet]", "指挥部公众号")
    page.fill("main [name=published_on]", TODAY.isoformat())
    page.select_option("main [name=level]", value="own")
    press(page, "收下")
    # The title was left empty: it stands there now, to be looked at.
    expect(page.locator("main [name=title]")).to_have_value("（演示）对口支援近期工作动态")
    press(page, "收下")

    chosen = page.locator("#decide")
    expect(page.locator("main a.claim")).to_have_count(4)
    expect(chosen.locator("blockquote")).to_contain_text("结对学校达到103所")
    expect(page.locator("#decideform_indicator option:checked")).to_have_text("结对学校")
    expect(page.locator("#decideform_period")).to_have_value(TODAY.isoformat())
    press(page, "采用这个数")

    # The next one that waits stands open.
    expect(chosen.locator("h2")).to_have_text("1380人次")
    chosen.get_by_text("原文的数要更正").click()
    page.fill("#decideform_meant_value", "1308")
    page.fill("#decideform_because", "（演示）培训台账是 1308 人次")
    press(page, "按更正采用")
    page.fill("#decideform_because", "（演示）招聘会另有口径")
    press(page, "不采用这个数")
    for number, state in (("103所", "采用"), ("1380人次", "更正后采用"), ("12场", "不采用"), ("2600余个", "待核")):
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name=number))
        expect(row.locator(".status")).to_have_text(state)

    page.goto("/programmes/zj-ganzi/")
    figure = page.locator(".fig", has=page.get_by_text(re.compile("^结对学校 ")))
    expect(figure).to_contain_text("103")
    figure.get_by_role("link", name=re.compile("依据")).click()
    follow(page, "dialog", re.compile("结对学校达到103所"))
    expect(page.locator("a.claim:target")).to_be_in_viewport()
    expect(page.locator("a.claim:target")).to_contain_text("103所")
    expect(page.locator("main")).to_contain_text("截至目前，结对学校达到103所")


@pytest.fixture
def month():
    """The first month of the year before: a bulletin of it is not in the demo."""
    return TODAY.year - 1, 1


def test_a_months_report_is_written_approved_frozen_and_opened_again_to_its_rows(visit, month):
    year, number = month
    writer, deputy = visit("information"), visit("deputy")
    follow(writer, "#menu", "报告")
    for name, value in (("year", year), ("number", number), ("unit", "（演示）办公室")):
        writer.fill(f"main form[action$='/start'] [name={name}]", str(value))
    press(writer, "起草")
    writer.fill("[name=text-4]", "（演示）到位{到位资金}，请各县抓紧。")
    press(writer, "提交审签")
    expect(writer.locator("main")).to_contain_text("审签由另一个有权审签的人办理")
    address = writer.url

    deputy.goto("/inbox/")
    follow(deputy, "main", re.compile(f"{year}年{number}月月度报告"))
    deputy.locator("form[action$='/approve'] textarea").fill("（演示）同意，注意支付进度")
    press(deputy, "批准")

    writer.goto(address)
    expect(writer.locator("main")).to_contain_text("（演示）同意，注意支付进度")
    press(writer, "定稿")
    auditor = visit("auditor")
    auditor.goto(address)
    expect(auditor.locator("main")).to_contain_text("已定稿")
    expect(auditor.get_by_role("button", name="定稿")).to_have_count(0)
    said = auditor.locator(".bulletin p", has_text="请各县抓紧").get_by_role("link")
    shown = said.inner_text()
    with auditor.expect_navigation():
        said.click()
    expect(auditor.get_by_role("heading", level=1)).to_have_text("到位资金")
    expect(auditor.locator("main")).to_contain_text(re.sub(r"\D*$", "", shown))
    assert auditor.locator("main tbody tr").count() > 0


def test_axe_finds_no_fault_on_evidence_evaluations_and_reports_and_nothing_sticks_out(visit, faults):
    page, found = visit("information", **EN_PHONE), {}
    paths = ["/evidence/", "/evidence/take-in/", "/evidence/check/", "/evidence/indicators/", "/evaluations/"]
    paths += ["/bulletins/", "/bulletins/publicity/", "/bulletins/cases/"]
    behind = (
        ("/evidence/", "tbody th a"),
        ("/evidence/indicators/", "tbody th a"),
        ("/evaluations/", "a[href^='/evaluations/0']"),
        ("/evaluations/", "a[href^='/evaluations/templates/']"),
        ("/bulletins/?kind=quarter", "tbody th a"),
    )
    for path, where in behind:
        page.goto(path)
        paths.append(page.locator(f"main {where}").first.get_attribute("href"))
    paths.append(f"{paths[-1]}edit")
    for path in paths:
        assert page.goto(path).status == 200, path
        wrong = faults(page)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append("wider than the screen")
        if wrong:
            found[path] = wrong

    assert found == {}
