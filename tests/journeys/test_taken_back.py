# SPDX-License-Identifier: Apache-2.0
"""A wrong step of a project is taken back; then it is cancelled, once the money that came for it has gone back."""

from playwright.sync_api import expect

from tests.journeys.test_project_life import ago, file_paper, move, record_project, send, unfold


def voucher(page, project, act, amount, number):
    page.goto(project)
    page.select_option("#id_act", value=act)
    page.fill("#id_amount", amount)
    page.fill("#id_number", number)
    send(page, "form[action$='/vouchers']", "记账")
    expect(page.locator(".messages")).to_contain_text(number)


def test_a_wrong_step_is_taken_back_and_the_project_cancelled(visit):
    office, finance, approver = visit("office"), visit("finance"), visit("approver")
    dossier = record_project(office, "BACK-1")
    project = dossier.removesuffix("dossier/")
    file_paper(office, dossier, "approval")
    move(office, dossier, "tendering", ago(30))

    office.get_by_role("link", name="上一步记错了？退回").click()
    unfold(office, dossier, "correction")
    office.select_option("#correction [name=what]", value="step.tendering")
    office.fill("#correction [name=because]", "演示：招标的是另一个项目")
    send(office, "#correction", "退回")
    office.goto(project)
    expect(office.locator(".timeline s")).to_have_text("招投标")
    expect(office.locator(".timeline")).to_contain_text("演示：招标的是另一个项目")
    assert "cancelled" not in office.locator("#moveform_to option").evaluate_all("all => all.map(one => one.value)")

    voucher(finance, project, "arrive", "2", "D-BACK")
    office.get_by_role("link", name="提出调整").click()
    office.get_by_role("link", name="取消项目").click()
    office.fill("[name=reason]", "演示：选址不成")
    send(office, "main form[method=post]", "保存草稿")
    asked = office.url
    expect(office.locator("main")).to_contain_text("取消以前要先处理的钱")
    send(office, "main form[action$='/submit']", "报送审批")
    approver.goto(asked)
    send(approver, "main form[action$='/submit']", "批准")
    office.goto(asked)
    send(office, "main form[action$='/submit']", "执行")
    expect(office.locator("body")).to_contain_text("到位没有核拨")

    voucher(finance, project, "hand_back", "2", "T-BACK")
    office.goto(asked)
    expect(office.locator("main")).not_to_contain_text("取消以前要先处理的钱")
    send(office, "main form[action$='/submit']", "执行")
    office.goto(project)

    expect(office.locator(".timeline li").first).to_contain_text("取消")
    expect(office.locator("table.sh tbody td[data-label='安排']").first).to_contain_text("0")
