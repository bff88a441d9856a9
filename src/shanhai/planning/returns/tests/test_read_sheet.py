# SPDX-License-Identifier: Apache-2.0
"""From the cells of a sheet to a county table, with bad sheets of every kind."""

from datetime import UTC, date, datetime

import pytest

from shanhai.kernel.units import WAN_YUAN, YI_YUAN
from shanhai.planning.returns.rules.sheet import header_row, read_sheet
from shanhai.planning.returns.rules.verdicts import reconcile
from shanhai.planning.returns.tests.tables import COUNTIES, RECIPIENT, kezhou, lines_of

HEAD = ["县市", "项目数", "到位资金（万元）", "核拨率"]


def read(*lines):
    return read_sheet([list(line) for line in lines], counties=COUNTIES, recipient=RECIPIENT)


def problems(sheet):
    return [(problem.code, problem.row, problem.column, problem.blocking) for problem in sheet.problems]


def test_the_published_table_is_read_as_it_stands():
    sheet = read(["克州援疆项目进展（截至2021年9月30日）"], *lines_of("kezhou-2021.csv"))

    assert problems(sheet) == []
    assert sheet.table() == kezhou()
    assert sheet.unit == YI_YUAN
    assert sheet.cut_off_on == date(2021, 9, 30)
    assert sheet.title == "克州援疆项目进展(截至2021年9月30日)"
    assert sheet.places == {
        "阿图什市": "653001", "阿克陶县": "653022", "乌恰县": "653024", "阿合奇县": "653023"
    }  # fmt: skip


def test_numbers_that_a_spreadsheet_stripped_of_their_zeros_get_them_back():
    sheet = read(HEAD, ["阿图什市", 68.0, 6.02, 0.9278], ["阿克陶县", 181, 8.2, 0.9], ["合计", 249, 14.22, 0.91])

    rows = {row.label: {key: cell.text for key, cell in row.cells.items()} for row in (*sheet.rows, sheet.total)}
    assert rows == {
        "阿图什市": {"project_count": "68", "arrived": "6.02", "allotment_rate": "92.78%"},
        "阿克陶县": {"project_count": "181", "arrived": "8.20", "allotment_rate": "90.00%"},
        "合计": {"project_count": "249", "arrived": "14.22", "allotment_rate": "91.00%"},
    }


def test_the_results_of_spreadsheet_formulas_are_read_without_binary_dust():
    sheet = read(HEAD, ["阿图什市", 68, 6.02 + 8.2 + 1.84 + 1.38, 61 / 68])

    assert [cell.text for cell in sheet.rows[0].cells.values()] == ["68", "17.44", "89.71%"]


@pytest.mark.parametrize("label", ["阿图什市", "阿图什", "653001", 653001, 653001.0, " 阿图什市　"])
def test_a_county_is_known_by_its_name_short_or_long_and_by_its_code(label):
    sheet = read(HEAD, [label, 1, 2, "3%"])

    assert list(sheet.places.items()) == [("阿图什市", "653001")]


@pytest.mark.parametrize("label", ["合计", "总 计", "全州", "克州合计", "克孜勒苏柯尔克孜自治州", "653000", "Total"])
def test_the_total_is_known_by_its_usual_names(label):
    sheet = read(HEAD, ["阿图什市", 1, 2, "3%"], [label, 1, 2, "3%"])

    assert sheet.total is not None
    assert sheet.problems == []


def test_the_prefectures_own_projects_are_a_row_of_the_prefecture():
    assert read(HEAD, ["州本级", 4, 2912, "50%"]).places == {"州本级": "653000"}


def test_the_unit_may_stand_above_the_table():
    sheet = read(["单位：万元"], ["县（市）", "项目数", "到位资金"], ["阿图什市", 1, 2])

    assert (sheet.unit, sheet.blocked) == (WAN_YUAN, False)


def test_a_county_alone_needs_no_total():
    assert read(HEAD, ["阿图什市", 1, 2, "3%"]).problems == []


def test_a_programme_for_one_county_tells_the_county_from_the_total():
    lines = [HEAD, ["康定市", 1, 2, "3%"], ["合计", 1, 2, "3%"]]

    sheet = read_sheet(lines, counties={"513301": "康定市"}, recipient=("513301", "康定市"))

    assert (sheet.places, sheet.total.label, sheet.problems) == ({"康定市": "513301"}, "合计", [])


def test_blank_lines_notes_and_dashes_say_nothing():
    sheet = read(HEAD, [], ["阿图什市", 1, "—", "/"], [None, None], ["注：数据由各县市提供"], ["制表人", ""])

    assert [list(row.cells) for row in sheet.rows] == [["project_count"]]
    assert not sheet.blocked


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], [("returns.header_missing", None, None, True)]),
        ([["a", "b"], [1, 2]], [("returns.header_missing", None, None, True)]),
        ([HEAD], [("returns.no_rows", None, None, True)]),
        (
            [["县市", "项目数", "到位资金"], ["阿图什市", 1, 2], ["合计", 1, 2]],
            [("returns.unit_undeclared", 1, "到位资金", True)],
        ),
        (
            [["县市", "计划投资（亿元）", "到位资金（万元）"], ["阿图什市", 1, 2], ["合计", 1, 2]],
            [("returns.unit_mixed", 1, None, True)],
        ),
        (
            [["县市", "项目数", "开工率", "开工率"], ["阿图什市", 1, "1%", "2%"], ["合计", 1, "1%", "1%"]],
            [("returns.column_repeated", 1, "开工率", True)],
        ),
        (
            [[*HEAD, "天气"], ["阿图什市", 1, 2, "3%", "晴"], ["合计", 1, 2, "3%", ""]],
            [("returns.column_unknown", 1, "天气", False)],
        ),
        (
            [HEAD, ["康定市", 1, 2, "3%"], ["阿图什市", 1, 2, "3%"], ["合计", 1, 2, "3%"]],
            [("returns.place_unknown", 2, "县市", True)],
        ),
        (
            [HEAD, ["", 1, 2, "3%"], ["阿图什市", 1, 2, "3%"], ["合计", 1, 2, "3%"]],
            [("returns.place_unknown", 2, "县市", True)],
        ),
        (
            [HEAD, ["阿图什市", 1, 2, "3%"], ["653001", 1, 2, "3%"], ["合计", 1, 2, "3%"]],
            [("returns.place_repeated", 3, "县市", True)],
        ),
        (
            [HEAD, ["阿图什市", 1, 2, "3%"], ["合计", 1, 2, "3%"], ["全州", 1, 2, "3%"]],
            [("returns.place_repeated", 4, "县市", True)],
        ),
        (
            [HEAD, ["阿图什市", 1, 2, "3%"], ["乌恰县", 1, 2, "3%"]],
            [("returns.total_missing", None, None, False)],
        ),
        (
            [HEAD, ["阿图什市", "多", -2, datetime(2021, 9, 30, tzinfo=UTC)], ["合计", 1, 2, True]],
            [
                ("returns.number_not_understood", 2, "项目数", True),
                ("returns.number_not_understood", 2, "到位资金(万元)", True),
                ("returns.number_not_understood", 2, "核拨率", True),
                ("returns.number_not_understood", 3, "核拨率", True),
            ],
        ),
    ],
)
def test_every_fault_is_named_with_its_row_and_column(lines, expected):
    sheet = read(*lines)

    assert problems(sheet) == expected
    assert all(str(problem.message).endswith("。") for problem in sheet.problems)


def test_a_sheet_with_more_rows_than_counties_is_refused_at_once():
    counties = {str(code): f"第{code}县" for code in range(100001, 100302)}
    lines = [HEAD, *([code, 1, 2, "3%"] for code in counties)]

    sheet = read_sheet(lines, counties=counties, recipient=RECIPIENT)

    assert problems(sheet) == [("returns.too_many_rows", 202, None, True)]


def test_a_table_of_projects_is_not_taken_for_a_county_table():
    assert header_row([["项目名称", "县(市)", "计划投资(万元)", "到位资金", "核拨", "支付"]]) is None
    assert header_row([["说明"], HEAD]) == 1


def test_hostile_cells_are_only_text():
    sheet = read(HEAD, ['=HYPERLINK("http://x")', 1, 2, "3%"], ["<script>" * 50, 1, 2, "%s%(a)s"])

    assert [problem.code for problem in sheet.problems] == ["returns.place_unknown", "returns.place_unknown"]
    assert "=HYPERLINK" in str(sheet.problems[0].message)


def test_what_was_read_can_be_reconciled():
    sheet = read(*lines_of("kezhou-2021.csv"))

    assert len(reconcile(sheet.table()).findings) == 3
