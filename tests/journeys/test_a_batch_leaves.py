# SPDX-License-Identifier: Apache-2.0
"""A programme made on its pages, and a batch that leaves it: one task is finished, one waived, the batch released."""

import re
from datetime import date

from playwright.sync_api import expect

YEAR = date.today().year  # noqa: DTZ011 - the demo runs on the real day
LEAVES = f"{YEAR}-12-31"


def send(page, form, button):
    with page.expect_navigation():
        page.locator(form).get_by_role("button", name=button, exact=True).click()


def fill(page, form, **values):
    for name, value in values.items():
        page.locator(f"{form} [name={name}]").fill(value)


def make_a_programme(page):
    page.goto("/programmes/new/")
    fill(
        page,
        "main form",
        code="zj-leaving",
        name="（演示）浙江 → 嘉黎",
        name_en="Zhejiang → Lhari (demo)",
        supporter="330000",
        recipient="540621",
        starts_on=f"{YEAR}-01-01",
        ends_on=LEAVES,
        five_year_plan="100",
    )
    page.locator("main form .btn-primary").click()
    page.wait_for_url(re.compile("/programmes/zj-leaving/"))
    page.goto("/programmes/zj-leaving/edit/")
    batches = "form[action$='/batches']"
    page.locator("details", has=page.locator(batches)).locator("summary").click()
    fill(page, batches, number="77", starts_on=f"{YEAR}-01-01", ends_on=LEAVES)
    send(page, batches, "增加批次")


def give_a_group_two_tasks(page):
    page.goto("/programmes/zj-leaving/groups/")
    form = "form:has([name=duty])"
    if not page.locator(f"{form} [name=name]").first.is_visible():
        page.locator("details", has=page.locator(form)).locator("summary").first.click()
    page.locator(f"{form} [name=name]").first.fill("综合组")
    with page.expect_navigation():
        page.locator(form).first.locator("button").first.click()
    page.goto("/programmes/zj-leaving/campaigns/new/")
    fill(page, "main form", year=str(YEAR), name="（演示）收官")
    send(page, "main form", "建立")
    page.fill("#actionform_name", "收尾")
    send(page, "form[action$='/edit/actions']", "加行动")
    for task in ("（演示）档案移交", "（演示）总结报告"):
        fill(page, "form[action$='/edit/tasks']", name=task, due_on=f"{YEAR}-12-01")
        send(page, "form[action$='/edit/tasks']", "加任务")


def test_a_batch_leaves_when_everything_is_settled_or_waived(visit):
    office, deputy = visit("office"), visit("deputy")
    make_a_programme(office)
    give_a_group_two_tasks(office)
    office.goto("/handovers/?programme=zj-leaving")
    with office.expect_navigation():
        office.locator("form[action$='/open'] button").click()
    pack = office.url
    expect(office.locator("main")).to_contain_text("还有 2 项未办，不能离任")

    with office.expect_navigation():
        office.get_by_role("link", name=re.compile("档案移交")).click()
    office.fill("#taskreportform_progress_percent", "100")
    send(office, "form[action$='/report']", "填报")
    # Nobody asks for it: the list is looked through once it is open, and what somebody begins meanwhile stays.
    asked = []
    office.route("**/refresh*", lambda route: asked.append(route))
    with office.expect_request("**/refresh*"):
        office.goto(pack)
    office.locator("tr", has_text="总结报告").locator("input[name=item]").check()
    office.fill("[name=receiver]", "第七十八批")
    asked.pop().continue_()
    expect(office.locator("main")).to_contain_text("还有 1 项未办，不能离任")
    expect(office.locator("tr", has_text="档案移交")).to_contain_text("已办结")
    expect(office.locator("tr", has_text="总结报告").locator("input[name=item]")).to_be_checked()
    expect(office.locator("[name=receiver]")).to_have_value("第七十八批")
    expect(office.locator("[name=receiver]")).to_be_focused()
    expect(office.get_by_role("button", name="放行选中的")).to_have_count(0)

    deputy.goto(pack)
    with deputy.expect_navigation():
        deputy.get_by_role("button", name="准予离任").click()
    expect(deputy.locator("main")).to_contain_text("还不能准予离任")
    deputy.goto(pack)
    deputy.locator("input[name=item]").check()
    deputy.fill("[name=because]", "演示：由下一批接着写")
    with deputy.expect_navigation():
        deputy.get_by_role("button", name="放行选中的").click()
    with deputy.expect_navigation():
        deputy.get_by_role("button", name="准予离任").click()

    expect(deputy.locator("main")).to_contain_text("这一批已准予离任")
    expect(deputy.locator("main")).to_contain_text("演示：由下一批接着写")
