# SPDX-License-Identifier: Apache-2.0
"""A project's whole life, as its officer, finance and the commander lead it: recorded, built, closed, handed over."""

from datetime import date, timedelta

from playwright.sync_api import expect

from tests.journeys.conftest import EN_PHONE

PAPER = {"name": "材料.pdf", "mimeType": "application/pdf"}
TODAY = date.today()  # noqa: DTZ011 - the demo runs on the real day


def ago(days):
    return (TODAY - timedelta(days=days)).isoformat()


def send(page, form, button):
    """Press the button of a form and wait for the page that answers."""
    with page.expect_navigation():
        page.locator(form).get_by_role("button", name=button).click()


def unfold(page, dossier, form):
    """Open the dossier and one of its forms."""
    page.goto(dossier)
    around = f"details:has(> #{form})"
    if page.locator(f"{around}[open]").count() == 0:
        page.locator(f"{around} > summary").click()


def record_project(page, code):
    page.goto("/projects/new/?programme=zj-ganzi")
    for name, value in {
        "code": code,
        "name": f"（演示）供氧项目 {code}",
        "planned_start_on": ago(60),
        "planned_finish_on": ago(5),
        "total_investment": "10",
        "amount": "8",
        "livelihood_percent": "100",
    }.items():
        page.fill(f"#id_{name}", value)
    page.select_option("#id_place", value="513322")
    page.select_option("#id_year", index=0)
    send(page, "main form", "登记")
    return page.url


def file_paper(page, dossier, kind, signed=""):
    unfold(page, dossier, "paper")
    page.select_option("#paper [name=kind]", value=kind)
    content = f"%PDF-1.4\n% {dossier} {kind}\n%%EOF\n".encode()
    page.set_input_files("#paper [name=file]", {**PAPER, "buffer": content})
    page.fill("#paper [name=signed_on]", signed)
    send(page, "#paper", "存入")
    expect(page.locator(".messages")).to_contain_text("已存入")


def move(page, dossier, to, on, **more):
    page.goto(dossier.removesuffix("dossier/"))
    page.select_option("#moveform_to", value=to)
    page.fill("#moveform_on", on)
    for name, value in more.items():
        page.fill(f"#moveform_{name}", value)
    send(page, "form[action$='/move']", "记录")


def test_a_project_lives_from_its_recording_to_its_hand_over(visit):
    office, finance = visit("office"), visit("finance")
    dossier = record_project(office, "LIFE-1")
    project = dossier.removesuffix("dossier/")

    move(office, dossier, "tendering", ago(90))
    expect(office.locator("main")).to_contain_text("立项（或可研）批复")
    file_paper(office, dossier, "approval")
    move(office, dossier, "tendering", ago(90))
    expect(office.locator(".messages")).to_contain_text("招投标")

    file_paper(office, dossier, "award")
    unfold(office, dossier, "contract")
    office.fill("#contract [name=number]", "HT-LIFE")
    office.fill("#contract [name=contractor]", "（演示）施工单位")
    office.fill("#contract [name=amount]", "7.6")
    office.fill("#contract [name=signed_on]", ago(80))
    send(office, "#contract", "登记")
    move(office, dossier, "ready", ago(80))
    expect(office.locator(".messages")).to_contain_text("待开工")

    file_paper(office, dossier, "start_permit")
    move(office, dossier, "under_way", ago(60))
    expect(office.locator("main")).to_contain_text("资金已经到位")
    finance.goto("/funds/?programme=zj-ganzi")
    finance.fill("#id_amount", "600")
    finance.fill("#id_number", "D-LIFE")
    send(finance, "form[action$='/arrivals']", "记账")
    move(office, dossier, "under_way", ago(60))
    expect(office.locator(".messages")).to_contain_text("已开工")

    move(office, dossier, "suspended", ago(50), because="演示：封冻", restart_expected_on=ago(40))
    move(office, dossier, "under_way", ago(40))
    unfold(office, dossier, "progress")
    office.fill("#progress [name=percent]", "100")
    office.fill("#progress [name=words]", "演示：全部完成")
    office.fill("#progress [name=on]", ago(20))
    send(office, "#progress", "登记")
    move(office, dossier, "completed", ago(20))
    expect(office.locator(".messages")).to_contain_text("完工")

    file_paper(office, dossier, "acceptance")
    move(office, dossier, "accepted", ago(15))
    expect(office.locator("main")).to_contain_text("签好的验收报告")
    office.goto(dossier)
    row = office.locator("tbody tr", has_text="验收报告").first
    row.locator("input[type=date]").fill(ago(16))
    with office.expect_navigation():
        row.get_by_role("button", name="登记").click()
    move(office, dossier, "accepted", ago(15))
    expect(office.locator(".messages")).to_contain_text("验收")

    unfold(office, dossier, "accounts")
    office.fill("#accounts [name=approved]", "8")
    office.fill("#accounts [name=surplus]", "0")
    office.fill("#accounts [name=on]", ago(10))
    send(office, "#accounts", "登记")
    file_paper(office, dossier, "final_account")
    move(office, dossier, "settled", ago(8))
    expect(office.locator(".messages")).to_contain_text("竣工决算")

    unfold(office, dossier, "asset")
    office.fill("#asset [name=asset]", "（演示）供氧设备")
    office.fill("#asset [name=keeper]", "（演示）泸定县人民医院")
    office.fill("#asset [name=value]", "8")
    office.fill("#asset [name=on]", ago(3))
    send(office, "#asset", "登记")
    file_paper(office, dossier, "transfer_list", signed=ago(2))
    move(office, dossier, "handed_over", ago(1))

    expect(office.locator(".messages")).to_contain_text("移交")
    office.goto(project)
    for step in ("招投标", "停工", "已开工", "完工", "验收", "竣工决算", "移交"):
        expect(office.locator("main")).to_contain_text(step)


def test_axe_finds_no_fault_in_a_dossier_nor_in_the_form_of_a_project(visit, faults):
    page = visit("office", **EN_PHONE)
    page.goto("/search/?q=-HT")
    first = page.locator("a[href$='/dossier/']").first.get_attribute("href").removesuffix("dossier/")

    page.goto(f"{first}dossier/")
    dossier = faults(page)
    contract = page.locator("a[href*='/contracts/']").first.get_attribute("href")

    assert dossier == []
    for path in (contract, f"{first}correct/", "/projects/new/?programme=zj-ganzi"):
        page.goto(path)
        assert faults(page) == [], path
