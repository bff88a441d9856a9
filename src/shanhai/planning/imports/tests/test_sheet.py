# SPDX-License-Identifier: Apache-2.0
"""From rows of cells to rows of projects."""

from shanhai.kernel.money import Money
from shanhai.planning.projects.labels.tables import PROJECTS
from shanhai.registers.tables.rules.reading import read_table
from shanhai.registers.tables.tests.builders import MadeSheet

HEADER = ("项目编号", "项目名称", "县(市)", "援助资金（万元）")


def rows(*body, header=HEADER, above=()):
    return [*above, header, *body]


def read_sheet(cells):
    return read_table(PROJECTS, [MadeSheet(cells)], {})


def codes(sheet):
    return [(problem.row, problem.column, problem.code) for problem in sheet.problems]


def test_rows_carry_the_number_the_spreadsheet_shows():
    sheet = read_sheet(
        rows(("A1", "学校", "康定市", 100), (None, "", " ", None), ("A2", "医院", "泸定县", 50), above=[("表",), ()])
    )

    assert [(row.row, row.values["code"]) for row in sheet.rows] == [(4, "A1"), (6, "A2")]
    assert sheet.rows[0].values["amount"] == Money(100_000_000)
    assert sheet.problems == ()


def test_totals_notes_and_the_sample_row_are_not_projects():
    sheet = read_sheet(
        rows(
            ("示例-请删除", "某某学校", "康定市", 100),
            ("A1", "学校", "康定市", 100),
            ("", "小计", "", 100),
            ("合  计", "", "", 100),
            ("注：本表含续建项目", "", "", ""),
            ("填表人：办公室", "", "", ""),
        )
    )

    assert [row.values["code"] for row in sheet.rows] == ["A1"]
    assert codes(sheet) == [(2, None, "projects.sample_row"), (6, None, "projects.note_row")]
    assert not sheet.blocked


def test_a_total_that_does_not_add_up_is_a_warning_with_both_sums():
    sheet = read_sheet(rows(("A1", "学校", "康定市", 100), ("A2", "医院", "康定市", 50), ("合计", "", "", 160)))

    (problem,) = sheet.problems
    assert (problem.row, problem.column, problem.code, problem.blocking) == (
        4,
        "援助资金（万元）",
        "projects.total_differs",
        False,
    )
    assert "1,600,000.00" in str(problem.message)
    assert "1,500,000.00" in str(problem.message)


def test_a_total_that_adds_up_says_nothing():
    sheet = read_sheet(rows(("A1", "学校", "康定市", 100), ("总计", "", "", 100)))

    assert sheet.problems == ()


def test_each_bad_cell_is_one_problem_at_its_row_and_column():
    header = (*HEADER, "实际开工", "阶段")
    sheet = read_sheet(rows(("A1", "学校", "康定市", "很多", "2026-02-30", "完了"), header=header))

    assert codes(sheet) == [
        (2, "援助资金（万元）", "projects.not_an_amount"),
        (2, "实际开工", "projects.impossible_date"),
        (2, "阶段", "projects.unknown_word"),
    ]
    assert str(sheet.problems[0].where) == "第 2 行 · 援助资金（万元）"


def test_a_missing_column_is_named():
    sheet = read_sheet(rows(("学校", "康定市", 1), header=("项目名称", "县(市)", "援助资金（元）")))

    assert codes(sheet) == [(1, "项目编号", "projects.column_missing")]


def test_a_sheet_without_a_header_says_what_a_header_is():
    assert codes(read_sheet([])) == [(None, None, "projects.no_header")]
    assert codes(read_sheet([("甲", "乙")] * 99)) == [(None, None, "projects.no_header")]


def test_a_header_without_rows_says_so():
    assert codes(read_sheet(rows())) == [(None, None, "projects.no_rows")]


def test_an_undeclared_unit_is_named_once_for_its_column():
    sheet = read_sheet(
        rows(
            ("A1", "学校", "康定市", 100),
            ("A2", "医院", "康定市", 50),
            header=("项目编号", "项目名称", "县(市)", "援助资金"),
        )
    )

    assert codes(sheet) == [(2, "援助资金", "projects.unit_undeclared")]


def test_a_short_row_has_empty_cells():
    sheet = read_sheet(rows(("A1", "学校")))

    assert sheet.rows[0].values == {"code": "A1", "name": "学校"}
