# SPDX-License-Identifier: Apache-2.0
"""From sheets to typed rows: what is asked, what is refused, what is kept apart."""

from datetime import date

import pytest

from shanhai.kernel.money import Money
from shanhai.registers.tables.rules.reading import read_table
from shanhai.registers.tables.tests.builders import HEADER, KIND, MadeSheet
from shanhai.registers.tables.values import Faulty, Shown


def read(*body, header=HEADER, answers=None, **sheet):
    return read_table(KIND, [MadeSheet((header, *body), **sheet)], answers or {})


def said(table):
    return [(one.row, one.column, one.code.removeprefix("works."), one.blocking) for one in table.problems]


def values(table, name):
    return [row.values.get(name) for row in table.rows]


ROW = ("A1", "学校", "康定市", 2026, "是", 100, date(2026, 5, 1))


def test_rows_are_typed_and_numbered_as_the_sheet_shows_them():
    table = read((), ROW, (None, " "), ("A2", "医院", "泸定县", "2026年", "否", "1,200.5", "2026年6月"))

    assert said(table) == []
    assert [row.row for row in table.rows] == [3, 5]
    assert values(table, "amount") == [Money(100_000_000), Money(1_200_500_000)]
    assert values(table, "capital") == [True, False]
    assert values(table, "done_on") == [date(2026, 5, 1), date(2026, 6, 1)]


@pytest.mark.parametrize(("cell", "code"), [(Faulty("#N/A"), "cell_error"), (Faulty(), "not_calculated")])
def test_an_error_or_a_formula_without_a_value_blocks_its_row_and_names_the_cell(cell, code):
    table = read((*ROW[:5], cell, None))

    assert said(table) == [(2, "资金（万元）", code, True)]
    assert table.faulty == {2}


def test_a_decimal_comma_is_refused_with_both_readings():
    table = read((*ROW[:5], "12,5", None), (*ROW[:5], "12，345", None))

    assert said(table) == [(2, "资金（万元）", "comma_ambiguous", True)]
    assert "12.5" in str(table.problems[0].message)
    assert "125" in str(table.problems[0].message)
    assert values(table, "amount")[1] == Money(12_345_000_000)


def test_blanks_nobody_sees_are_ignored_and_counted_and_marks_for_nothing_say_nothing():
    table = read((*ROW[:5], "1\u00a0234.56", "——"), ("A2", "乙", "康定市", "–", "无", "100\u200b", "/"))

    assert values(table, "amount") == [Money(1_234_560_000), Money(100_000_000)]
    assert values(table, "done_on") == [None, None]
    assert values(table, "capital") == [True, False]
    assert said(table) == [(None, None, "odd_blanks", False)]
    assert "2" in str(table.problems[0].message)


def test_a_line_break_is_a_blank_and_nothing_between_chinese_characters():
    table = read(("A1", "康定市\n第一小学 A\r\nB", "康定\n市", *ROW[3:]))

    assert (table.rows[0].values["name"], table.rows[0].values["place"]) == ("康定市第一小学 A B", "康定市")


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        ([Shown(2026.1, "2026.10")], [date(2026, 10, 1)]),
        ([2026.3, 2026.12], [date(2026, 3, 1), date(2026, 12, 1)]),
        # The column writes two digits elsewhere, before or after.
        ([2026.1, 2026.03], [date(2026, 10, 1), date(2026, 3, 1)]),
        (["2026.10", 2026.1], [date(2026, 10, 1), date(2026, 10, 1)]),
    ],
)
def test_a_year_and_a_month_are_read_as_the_column_shows_them(cells, days):
    table = read(*((*ROW[:6], cell) for cell in cells))

    assert said(table) == []
    assert values(table, "done_on") == days


@pytest.mark.parametrize("cell", [2026.1, "2026.1"])
def test_a_month_that_may_be_two_is_refused_and_never_the_first_of_january(cell):
    table = read((*ROW[:6], cell), (*ROW[:6], 2026.3))

    assert said(table) == [(2, "完工", "month_ambiguous", True)]
    assert values(table, "done_on") == [None, date(2026, 3, 1)]


def test_a_merged_cell_stands_in_every_row_it_covers():
    table = read(
        ROW, ("A2", "乙", None, None, "否", 50, None), ("A3", "丙", "泸定县", 2025, "否", 50, None),
        merged=((2, 2, 3, 2), (2, 3, 3, 3)),
    )  # fmt: skip

    assert values(table, "place") == ["康定市", "康定市", "泸定县"]
    assert values(table, "year") == [2026, 2026, 2025]


def test_a_merged_amount_is_refused_in_the_rows_it_only_covers():
    table = read(ROW, ("A2", "乙", "康定市", 2026, "否"), merged=((2, 5, 3, 5),))

    assert said(table) == [(3, "资金（万元）", "merged_amount", True)]


def test_hidden_rows_are_left_to_the_person():
    def with_answer(**answers):
        return read(ROW, ("A2", "旧稿", *ROW[2:]), hidden_rows=frozenset({3}), answers=answers)

    (asked,) = with_answer().questions
    assert (asked.key, asked.answer, [one.key for one in asked.choices]) == ("hidden_rows", "", ["leave", "take"])
    assert len(with_answer(hidden_rows="take").rows) == 2
    assert [row.values["code"] for row in with_answer(hidden_rows="leave").rows] == ["A1"]
    assert with_answer(hidden_rows="leave").questions[0].answer == "leave"
    # An answer nobody offered is none.
    assert with_answer(hidden_rows="maybe").questions[0].answer == ""


def test_hidden_columns_are_left_to_the_person_and_others_need_no_question():
    assert read(ROW, hidden_columns=frozenset({30})).questions == []

    table = read(ROW, hidden_columns=frozenset({6}), answers={"hidden_columns": "leave"})

    assert values(table, "done_on") == [None]
    assert [one.key for one in table.questions] == ["hidden_columns"]


def test_all_sheets_with_the_header_are_offered_and_what_is_left_is_named():
    sheets = [
        MadeSheet((HEADER, ROW), "康定", 0),
        MadeSheet((("说明",),), "说明", 1),
        MadeSheet((HEADER, ("A2", "乙", *ROW[2:])), "泸定", 2),
        MadeSheet((HEADER, ("A3", "丙", *ROW[2:])), "旧", 3, shown=False),
    ]

    asked = read_table(KIND, sheets, {})
    (question,) = asked.questions
    assert (question.several, [one.key for one in question.choices]) == (True, ["1", "3"])

    both = read_table(KIND, sheets, {"sheets": "1,3"})
    assert values(both, "code") == ["A1", "A2"]
    assert len({row.row for row in both.rows}) == 2
    assert [(one.code, one.blocking) for one in both.problems] == [("works.hidden_sheet", False)]

    one = read_table(KIND, sheets, {"sheets": "3"})
    assert values(one, "code") == ["A2"]
    assert {problem.code for problem in one.problems} == {"works.hidden_sheet", "works.sheet_unread"}


def test_a_fault_says_its_sheet_where_several_are_read():
    bad = ("A2", "乙", "泸定县", 2026, "否", "很多", None)
    sheets = [MadeSheet((HEADER, ROW), "康定", 0), MadeSheet((HEADER, bad), "泸定", 1)]

    (problem,) = read_table(KIND, sheets, {"sheets": "1,2"}).problems

    assert (problem.sheet, problem.row, str(problem.where)) == ("泸定", 2, "泸定 · 第 2 行 · 资金（万元）")


def test_groups_subtotals_totals_signatures_and_dates_are_named_and_block_nothing():
    table = read(
        ("", "一、教育类", "", "", "", 150),
        ROW,
        ("A2", "乙", "康定市", 2026, "否", 50),
        ("", "康定市小计", "", "", "", 150),
        ("", "卫生", "", "", "", ""),
        ("A3", "丙", "泸定县", 2026, "否", 70),
        ("合计", "", "", "", "", 220),
        ("单位负责人：", "", "填表人：", "", "联系电话："),
        ("2026年11月20日",),
    )

    assert values(table, "code") == ["A1", "A2", "A3"]
    assert said(table) == [(2, None, "group_row", False), (9, None, "note_row", False)]
    assert "2、6" in str(table.problems[0].message)


def test_a_subtotal_that_is_no_sum_of_rows_beside_it_is_named():
    table = read(ROW, ("A2", "乙", "康定市", 2026, "否", 50), ("", "康定市小计", "", "", "", 140))

    assert said(table) == [(4, "资金（万元）", "total_differs", False)]
    assert "1,500,000" in str(table.problems[0].message)


def test_a_row_that_only_lacks_its_code_is_no_structure():
    table = read(ROW, ("", "医院", "", "", "", 70), ("", "学校二", "泸定县", 2026, "否", 100))

    assert [row.row for row in table.rows] == [2, 3, 4]


def test_amounts_without_a_unit_are_refused_once_and_a_line_above_declares_one():
    header = ("编号", "名称", "县", "资金")

    assert said(read(("A1", "甲", "康定市", 1), ("A2", "乙", "康定市", 2), header=header)) == [
        (2, "资金", "unit_undeclared", True)
    ]
    sheet = MadeSheet((("单位：元",), header, ("A1", "甲", "康定市", 1)))
    assert values(read_table(KIND, [sheet], {}), "amount") == [Money(100)]


def test_what_is_missing_unknown_or_said_twice_in_the_header_is_named():
    table = read(("学校", 1, 2, "x", 2026), header=("名称", "资金（元）", "资金（万元）", "神秘", "年度", "备注"))

    assert said(table) == [
        (1, "编号", "column_missing", True), (1, "县", "column_missing", True),
        (1, "资金（元）", "column_repeated", True),
        (1, "神秘", "column_unknown", False),
    ]  # fmt: skip


def test_without_a_header_or_rows_it_says_so():
    assert said(read_table(KIND, [MadeSheet((("甲", "乙"),) * 60)], {})) == [(None, None, "no_header", True)]
    assert said(read()) == [(None, None, "no_rows", True)]
