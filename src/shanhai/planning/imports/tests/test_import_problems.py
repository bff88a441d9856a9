# SPDX-License-Identifier: Apache-2.0
"""Every bad row is named by row and column, and stops the import; what is only odd is said and does not."""

from datetime import date

import pytest
import xlsxwriter

from shanhai.kernel.money import Money
from shanhai.planning.imports.providers import Projects
from shanhai.planning.imports.tests.builders import import_file
from shanhai.planning.programmes.tests.builders import a_yearly_plan
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.tests.builders import (
    a_line,
    a_plan,  # fmt: skip
    a_programme,
    a_project,
    a_row,
    a_workbook,
    some_money,
)
from shanhai.registers.tables.selectors.workbooks import open_workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def problems(tmp_path):
    """Writes a workbook of rows, imports it, and answers (row, column, code) of what stops it, and of the rest."""

    def found(*rows, above=()):
        path = a_workbook(tmp_path / "table.xlsx", *rows, above=above)
        report = import_file(path)
        told = [(item.row, item.column, item.code.removeprefix("projects."), item.blocking) for item in report.problems]
        assert report.applied is not any(item[3] for item in told)
        return [item[:3] for item in told if item[3]], [item[:3] for item in told if not item[3]]

    return found


@pytest.mark.parametrize(
    ("wrong", "column", "code"),
    [
        ({"县(市)": "513399"}, "县(市)", "unknown_division"),
        ({"县(市)": "阿坝县"}, "县(市)", "unknown_division"),
        ({"县(市)": 330000}, "县(市)", "place_outside"),
        ({"县(市)": "浙江省"}, "县(市)", "place_outside"),
        ({"县(市)": None}, "县(市)", "place_missing"),
        ({"项目编号": 5133012026000012.0}, "项目编号", "id_destroyed"),
        ({"项目编号": "5.13301E+15"}, "项目编号", "id_destroyed"),
        ({"项目编号": "9" * 41}, "项目编号", "too_long"),
        ({"项目名称": None}, "项目名称", "name_missing"),
        ({"项目名称": "校" * 201}, "项目名称", "too_long"),
        ({"类别": "娱乐"}, "类别", "unknown_category"),
        ({"建设方式": "交朋友"}, "建设方式", "unknown_word"),
        ({"建设方式": None}, "建设方式", "delivery_missing"),
        ({"阶段": "快完了"}, "阶段", "unknown_word"),
        ({"受益层级": "国家"}, "受益层级", "unknown_word"),
        ({"民生比例": 120}, "民生比例", "not_a_percentage"),
        ({"年度": 1066}, "年度", "not_a_number"),
        ({"年度": 2035}, "年度", "year_outside"),
        ({"资金来源": "彩票"}, "资金来源", "unknown_fund_source"),
        ({"援助资金（万元）": None}, "援助资金（万元）", "amount_missing"),
        ({"援助资金（万元）": -1}, "援助资金（万元）", "negative"),
        ({"总投资（万元）": "三百"}, "总投资（万元）", "not_an_amount"),
        ({"总投资（万元）": "9" * 30}, "总投资（万元）", "not_an_amount"),
        ({"总投资（万元）": 10**10}, "总投资（万元）", "too_large"),
        ({"实际开工": "2026-02-30"}, "实际开工", "impossible_date"),
        ({"实际开工": date(2027, 1, 1)}, "实际开工", "future_date"),
        ({"计划开工": date(2026, 9, 1), "计划完工": date(2026, 4, 1)}, "计划完工", "date_order"),
        ({"实际完工": date(2026, 9, 1)}, "实际完工", "stage_against_dates"),
        ({"阶段": "招投标", "实际开工": date(2026, 4, 1)}, "实际开工", "stage_against_dates"),
        ({"阶段": "验收", "验收日期": date(2026, 9, 1)}, "实际完工", "accepted_without_finish"),
        ({"支付（万元）": 0.11}, "支付（万元）", "payment_over_arrived"),
        ({"核拨（万元）": 0.11}, "核拨（万元）", "allotment_over_arrived"),
        ({"支付（万元）": 0.09}, "支付（万元）", "payment_over_allotted"),
        ({"到位（万元）": 200}, "到位（万元）", "wrong_unit"),
        ({"海拔": 12000}, "海拔", "not_a_number"),
    ],
)
def test_a_bad_cell_is_named_and_stops_everything(problems, wrong, column, code):
    a_programme()

    blocking, _ = problems(a_row(**wrong))

    assert blocking == [(2, column, code)]
    assert not Project.objects.exists()


def test_an_empty_code_is_a_problem(problems):
    a_programme()

    assert problems(a_row(项目编号=None))[0] == [(2, "项目编号", "code_missing")]


def test_a_code_that_stands_twice_is_named_at_the_second_row(problems):
    a_programme()

    assert problems(a_row(), a_row())[0] == [(3, "项目编号", "duplicate_code")]


def test_a_code_that_is_another_project_of_another_county_is_refused(problems):
    a_programme()
    a_project(code="GZ-2026-001", name="泸定县饮水管网", place="513322")

    blocking, _ = problems(a_row())

    assert (2, "项目编号", "code_of_another") in blocking


def test_a_new_name_in_the_same_county_is_said(problems):
    a_programme()
    a_project(code="GZ-2026-001", name="中心小学", stage="under_way")

    assert (2, "项目名称", "name_changed") in problems(a_row())[1]


def test_yuan_typed_as_ten_thousands_are_found_by_their_size(problems):
    a_programme()

    blocking, _ = problems(
        a_row(),
        a_row(项目编号="GZ-2"),
        a_row(项目编号="GZ-3", **{"援助资金（万元）": 2000, "总投资（万元）": 3000, "到位（万元）": 1000}),
    )

    assert [item for item in blocking if item[0] == 4] == [
        (4, "援助资金（万元）", "wrong_unit"),
        (4, "总投资（万元）", "wrong_unit"),
    ]


def test_a_single_row_is_compared_with_the_other_projects_of_the_plan(problems):
    a_programme(yuan=1_000_000)
    project = a_project(code="OLD")
    a_line(project=project, yuan=100)
    a_line(project=project, yuan=200)

    blocking, _ = problems(a_row(**{"援助资金（万元）": 15, "总投资（万元）": 15}))

    assert blocking == [(2, "援助资金（万元）", "wrong_unit")]


def test_a_whole_table_in_the_wrong_unit_is_found_against_the_plan(problems):
    a_programme(yuan=10_000)

    blocking, _ = problems(
        *(a_row(项目编号=f"GZ-{n}", **{"援助资金（万元）": 100, "总投资（万元）": 100}) for n in range(2))
    )

    assert blocking == [(None, "援助资金（万元）", name) for name in ("wrong_unit", "plan_overdrawn")]


def test_an_amount_without_a_unit_is_refused_once_for_its_column(problems):
    a_programme()
    row = a_row()
    row["到位"] = row.pop("到位（万元）")

    assert problems(row, {**row, "项目编号": "GZ-2"})[0] == [(2, "到位", "unit_undeclared")]


def test_a_unit_declared_above_the_table_holds_for_columns_without_one(problems):
    a_programme()
    row = a_row()
    row["到位"] = row.pop("到位（万元）")

    assert problems(row, above=("2026 年项目表", "单位：万元"))[0] == []


def test_less_than_the_ledger_knows_is_refused(problems):
    a_programme()
    project = a_project(code="GZ-2026-001", name="康定市中心小学教学楼", stage="under_way")
    line = a_line(project=project, yuan=2000)
    some_money("arrive", line, 1500)

    assert problems(a_row())[0] == [(2, "到位（万元）", "less_than_recorded")]


def test_a_stage_does_not_go_back(problems):
    a_programme()
    a_project(code="GZ-2026-001", name="康定市中心小学教学楼", stage="completed")

    assert problems(a_row())[0] == [(2, "阶段", "stage_backwards")]


def test_an_issued_amount_is_not_changed_by_an_import(problems):
    a_programme()
    a_project(code="GZ-2026-001", name="康定市中心小学教学楼", stage="under_way", yuan=1000)

    assert problems(a_row())[0] == [(2, "援助资金（万元）", "plan_amount_changed")]


def test_two_lines_of_one_year_and_source_are_not_guessed_between(problems):
    a_programme()
    project = a_project(code="GZ-2026-001", name="康定市中心小学教学楼", stage="under_way")
    a_line(project=project, yuan=2000)
    a_line(project=project, yuan=2000)

    assert problems(a_row())[0] == [(2, "援助资金（万元）", "line_ambiguous")]


@pytest.mark.parametrize(
    ("odd", "column", "code"),
    [
        ({"到位（万元）": 0.3}, "到位（万元）", "arrived_over_plan"),
        ({"总投资（万元）": 0.1}, "总投资（万元）", "parts_exceed_total"),
        ({"完成投资（万元）": 0.4}, "完成投资（万元）", "completed_exceeds_total"),
        ({"阶段": "待开工"}, "支付（万元）", "paid_before_start"),
        ({"民生比例": None, "类别": None}, "民生比例", "livelihood_unknown"),
        ({"联系人": "办公室"}, "联系人", "column_unknown"),
    ],
)
def test_what_is_only_odd_is_said_and_stored(problems, odd, column, code):
    a_programme()

    blocking, said = problems(a_row(**odd))

    assert blocking == []
    assert code in {item[2] for item in said if item[1] == column}
    assert Project.objects.exists()


def test_the_category_lends_its_livelihood_share_where_none_is_given(problems):
    a_programme()

    problems(a_row(民生比例=None, 类别="产业发展"))

    assert Project.objects.get().lines.get().livelihood_percent == 50


def test_totals_are_compared_and_not_taken_for_a_project(problems):
    a_programme()
    total = {"项目编号": "合计", "援助资金（万元）": 0.2, "到位（万元）": 0.2}

    blocking, said = problems(a_row(), total)

    assert (blocking, said) == ([], [(3, "到位（万元）", "total_differs")])
    assert Project.objects.count() == 1


def test_sums_beyond_the_plan_are_said(problems):
    a_programme(yuan=1500)

    assert problems(a_row())[0] == [(None, "援助资金（万元）", "plan_overdrawn")]


def test_the_reserve_of_a_plan_is_not_for_tables(problems):
    a_programme(yuan=0)
    a_yearly_plan(year=2026, yuan=2000, reserve=1, issued_on=date(2026, 1, 10))

    assert problems(a_row())[0] == [(None, "援助资金（万元）", "plan_overdrawn")]
    # The last yuan beside the reserve is.
    assert problems(a_row(**{"援助资金（万元）": 0.1999}))[0] == []


def test_all_lines_of_a_project_together_stay_within_its_investment(problems):
    a_programme()
    project = a_project(code="GZ-2026-001", name="康定市中心小学教学楼", stage="under_way")
    first = a_line(project=project, yuan=800, year=2026)
    some_money("arrive", first, 800)
    some_money("allot", first, 800)
    a_plan(year=2025)
    row = {"总投资（万元）": 0.1, "援助资金（万元）": 0.05, "年度": 2025, "到位（万元）": 0.05, "支付（万元）": 0}

    assert problems(a_row(**row, **{"核拨（万元）": 0.02}))[0] == []
    assert problems(a_row(**row, **{"核拨（万元）": 0.0201}))[0] == [(2, "核拨（万元）", "allotted_over_investment")]


def test_an_estimate_that_is_stored_is_left_and_the_row_is_told(problems):
    a_programme()
    a_project(code="GZ-2026-001", name="康定市中心小学教学楼", stage="under_way")

    blocking, told = problems(a_row())

    assert blocking == []
    assert (2, "总投资（万元）", "estimate_left") in told


def test_a_table_without_money_columns_is_told_what_it_lacks(problems):
    a_programme()
    a_project(code="GZ-2026-001", name="康定市中心小学教学楼", stage="under_way", yuan=100)
    row = {name: cell for name, cell in a_row().items() if "万元" not in name}

    assert [item[2] for item in problems(row)[0]] == ["column_missing"]


def test_missing_tag_columns_are_said_once(problems):
    a_programme()
    row = a_row()
    del row["受益层级"], row["实施层级"]

    assert [item[2] for item in problems(row)[1]] == ["tag_missing", "tag_missing"]


@pytest.mark.parametrize("empty", [(), ({"甲": "乙"},)])
def test_a_table_without_projects_says_so(problems, empty):
    a_programme()

    assert [item[2] for item in problems(*empty)[0]] == (["no_header"] if empty else ["no_rows"])


def test_the_sheet_with_the_projects_is_found_behind_others(tmp_path):
    a_programme()
    path = tmp_path / "two.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("封面").write(0, 0, "2026 年")
        book.add_worksheet("空")
        page, row = book.add_worksheet("表"), a_row()
        page.write_row(0, 0, list(row))
        page.write_row(1, 0, list(row.values()))

    report = import_file(path)

    assert report.applied
    assert Project.objects.count() == 1


def test_a_county_table_is_left_to_those_who_know_it(tmp_path):
    county = a_workbook(tmp_path / "county.xlsx", {"县市": "阿图什市", "项目数": 68, "计划投资": 6.98, "到位": 6.02})
    table = a_workbook(tmp_path / "projects.xlsx", a_row())
    (tmp_path / "noise.csv").write_bytes(b"\x00\x01")

    assert not recognises(county)
    assert recognises(table)
    assert not recognises(tmp_path / "noise.csv")


def recognises(path):
    with open_workbook(path=path) as file:
        return Projects().recognises(file)


def test_amounts_are_kept_to_the_fen(problems):
    a_programme()

    problems(a_row(**{"总投资（万元）": 0.300001, "援助资金（万元）": 0.1 + 0.2}))

    assert Project.objects.get().total_investment_fen == 300_001
    assert Project.objects.get().lines.get().amount_fen == Money.from_yuan(3000).fen
