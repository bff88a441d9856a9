# SPDX-License-Identifier: Apache-2.0
"""A table with mistakes: checked, corrected in the file of errors, taken in, and taken back."""

import csv
from datetime import date

import xlsxwriter
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

YEAR = date.today().year  # noqa: DTZ011 - the demo runs on the real day
HEADER = (
    "项目编号", "项目名称", "县(市)", "类别", "建设方式", "新建/续建", "阶段", "年度", "资金来源", "总投资(万元)",
    "援助资金(万元)", "完成投资(万元)", "民生比例(%)", "受益层级", "实施层级", "计划开工", "计划完工",
)  # fmt: skip


def row(code, county="540302", finish=f"{YEAR}/11/30", aid="80", name="（演示）乡村道路"):
    return (
        code, f"{name}{code}", county, "education", "交钥匙", "新建", "前期准备", YEAR, "provincial", "100",
        aid, "0", "100", "乡镇", "县", f"{YEAR}年3月1日", finish,
    )  # fmt: skip


def check(page, table):
    page.goto("/import/?programme=fj-changdu")
    page.set_input_files("input[type=file]", table)
    page.select_option("#id_programme", value="fj-changdu")
    with page.expect_navigation():
        page.get_by_role("button", name="检查").click()


def test_a_table_with_mistakes_is_corrected_taken_in_and_taken_back(visit, tmp_path):
    page, table = visit("office"), tmp_path / "项目.csv"
    with table.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(
            [HEADER, row("IMP-1"), row("IMP-2", county="没有的县"), row("IMP-3", finish=f"{YEAR}-02-30"), row("IMP-1")]
        )
    check(page, table)
    expect(page.locator("main")).to_contain_text("有问题，还不能导入")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载错误文件").click()
    errors = tmp_path / "待改.xlsx"
    download.value.save_as(errors)
    rows = CalamineWorkbook.from_path(errors).get_sheet_by_index(0).to_python()
    assert [bool(one[len(HEADER)]) for one in rows[1:]].count(True) >= 3

    corrected = tmp_path / "改好.xlsx"
    with xlsxwriter.Workbook(corrected) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for number, code in enumerate(("IMP-1", "IMP-2", "IMP-3"), start=1):
            sheet.write_row(number, 0, row(code))
    check(page, corrected)
    with page.expect_navigation():
        page.get_by_role("button", name="确认导入").click()
    page.goto("/projects/?programme=fj-changdu&text=IMP-")
    expect(page.locator("tbody tr")).to_have_count(3)

    page.goto("/projects/imports/?programme=fj-changdu")
    with page.expect_navigation():
        page.locator("tbody a").first.click()
    page.fill("#why", "演示：报错了年度")
    with page.expect_navigation():
        page.locator("form[action$='/undo']").get_by_role("button", name="撤销").click()
    page.goto("/projects/?programme=fj-changdu&text=IMP-")
    expect(page.locator("main")).to_contain_text("没有符合条件的项目")
