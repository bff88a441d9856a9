# SPDX-License-Identifier: Apache-2.0
"""What is read off the desk: lists on paper, a figure's proof as a table, the trail of what was done."""

import io
import re

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from tests.journeys.conftest import PHONE

# What lies between the margins of A4 at 96 dots an inch, upright and across, see print.css and landscape.css.
UPRIGHT, ACROSS = 672, 1031
HERE = "programme=zj-ganzi"


@pytest.mark.parametrize(
    ("path", "rows", "width"),
    [
        (f"/projects/?view=all&rows=all&{HERE}", "table.sh tbody tr", ACROSS),
        (f"/projects/timeline/?rows=all&{HERE}", "tbody tr", ACROSS),
        (f"/funds/entries/?{HERE}", "table.sh tbody tr", ACROSS),
        (f"/proof/?key=livelihood_share&rows=all&{HERE}", ".proof-panel tbody tr", UPRIGHT),
    ],
)
def test_a_list_fits_its_paper_with_all_its_rows(visit, path, rows, width):
    page = visit("deputy", viewport={"width": width, "height": 900})
    page.goto(path)
    count = int(re.sub(r"\D", "", page.locator(".pager p").first.inner_text().split("这里")[0]))

    page.emulate_media(media="print")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cells = page.locator(f"{rows} > *, thead th, tfoot td").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().right)"
    )
    assert max(cells) <= width
    shown = page.locator(rows).evaluate_all("all => all.filter(one => one.getClientRects().length).length")
    assert shown >= (count if "rows=all" in path else min(count, 50))
    expect(page.locator(".nav")).to_be_hidden()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) >= 1


def test_a_proof_is_taken_along_as_a_table_in_exact_yuan_with_what_counts_in_part(visit):
    page = visit("deputy")
    page.goto(f"/proof/?key=livelihood_share&{HERE}")
    with page.expect_download() as table:
        page.get_by_role("link", name="导出全部各行").click()
    page.get_by_role("link", name="打印全部各行").click()
    part, whole = (page.locator(".proof-panel section", has=page.locator(".pager")).nth(at) for at in (0, 1))

    sheet = CalamineWorkbook.from_path(table.value.path()).get_sheet_by_index(0).to_python()[4:]

    shown = part.locator("tbody tr").count()
    assert len(sheet) == shown + whole.locator("tbody tr").count()
    half = part.locator("tbody tr", has_text="50% × ").first
    name = half.locator("td").first.inner_text().split("\n")[0]
    (row,) = [row for row in sheet[:shown] if row[0] == name or name in row]
    assert row[5] == row[3] / 2
    exact = sum(round(row[5] * 100) for row in sheet[:shown])
    total = part.locator("tfoot td .exact, tfoot td [title]").first
    words = (total.get_attribute("title") or "") + (total.text_content() or "")
    assert f"{exact / 100:,.2f}".removesuffix(".00") in words


def look(page):
    with page.expect_navigation():
        page.get_by_role("button", name="查看", exact=True).click()


def test_the_trail_is_narrowed_taken_along_and_leads_to_what_it_is_about(visit):
    page = visit("auditor", viewport=PHONE)
    page.goto("/audit/")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    page.select_option("[name=area]", value="projects.project.created")
    page.fill("[name=who]", "系统")
    look(page)
    page.fill("[name=since]", page.locator(".trail time").first.get_attribute("datetime")[:10])
    look(page)
    about = page.locator(".trail a[href^='/projects/']").first
    name = about.inner_text()
    page.fill("[name=about]", name.split(" ")[0])
    look(page)
    expect(page.locator(".trail a[href^='/projects/']").first).to_have_text(name)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    with page.expect_download() as table:
        page.get_by_role("link", name="导出").click()
    book = CalamineWorkbook.from_filelike(io.BytesIO(table.value.path().read_bytes()))
    page.locator(".trail a[href^='/projects/']").first.click()

    rows = book.get_sheet_by_index(0).to_python()[4:]
    assert {(row[2], row[3], row[4]) for row in rows} == {("系统", "新建项目", name)}
    expect(page.locator("h1")).to_contain_text(name.split(" ", 1)[1])
