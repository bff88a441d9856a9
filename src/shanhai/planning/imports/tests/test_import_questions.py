# SPDX-License-Identifier: Apache-2.0
"""What a table of projects leaves to the person, and the product's own export given back."""

import re
from datetime import date

import pytest
import xlsxwriter
from django.urls import reverse

from shanhai.kernel.money import Money
from shanhai.planning.imports.models import ImportBatch
from shanhai.planning.imports.tests.builders import import_file
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, export_projects
from shanhai.planning.projects.models import AllocationLine, Project
from shanhai.planning.projects.tests.builders import (
    a_line,
    a_plan,
    a_programme,
    a_project,
    a_row,
    a_workbook,
    some_money,
)
from shanhai.registers.places.tests.builders import a_division
from shanhai.registers.tables.tests.builders import rows_in
from tests.cast import AT, AUDITOR, OFFICE, a_user

pytestmark = pytest.mark.django_db
NO_MONEY = {"到位（万元）": None, "核拨（万元）": None, "支付（万元）": None}


@pytest.fixture
def table(tmp_path):
    def imported(*rows, name="t.xlsx", **kw):
        return import_file(a_workbook(tmp_path / name, *rows), **kw)

    return imported


@pytest.fixture
def exported(tmp_path):
    def write(**filters):
        path = tmp_path / "out.xlsx"
        with path.open("wb") as target:
            export_projects(
                viewer=AUDITOR, programme="zj-ganzi", on=AT.date(), target=target, above=("标题", "单位：万元"),
                filters=ProjectFilters(**filters),
            )  # fmt: skip
        return path

    return write


def codes(report):
    return [problem.code.removeprefix("projects.") for problem in report.problems if problem.blocking]


def test_the_own_export_has_a_row_a_line_and_given_back_changes_nothing(exported):
    a_programme()
    a_plan(year=2025)
    project = a_project(code="P-1", stage="under_way", altitude_m=3300)
    some_money("arrive", a_line(project=project, yuan=300), 200)
    a_line(project=project, yuan=100, year=2025, livelihood_percent=40)
    a_project(code="P-2", name="没有资金的项目")

    path = exported()

    rows = list(rows_in(path)[3:])
    assert [(row[0], row[9], row[12]) for row in rows] == [
        ("P-1", 2025, 0.01),
        ("P-1", 2026, 0.03),
        ("P-2", None, None),
    ]
    report = import_file(path, by=OFFICE)
    assert (report.problems, report.questions, report.counts) == ((), (), {"new": 0, "changed": 0, "unchanged": 3})
    assert not ImportBatch.objects.exists()
    again = import_file(exported(year=2025), by=OFFICE)
    assert (again.counts["unchanged"], again.counts["changed"]) == (1, 0)


def test_two_lines_of_one_year_and_source_come_back_unchanged_and_a_change_of_one_is_refused(exported, tmp_path):
    a_programme()
    project = a_project(code="P-1")
    a_line(project=project, yuan=300)
    a_line(project=project, yuan=200)

    path = exported()

    assert import_file(path, by=OFFICE).counts["unchanged"] == 2
    header, *rows = rows_in(path)[2:]
    with xlsxwriter.Workbook(tmp_path / "other.xlsx") as made:
        sheet = made.add_worksheet()
        for number, row in enumerate([header, (*rows[0][:12], 0.05, *rows[0][13:20]), rows[1]]):
            sheet.write_row(number, 0, [cell.isoformat() if isinstance(cell, date) else cell for cell in row])
    assert codes(import_file(tmp_path / "other.xlsx", by=OFFICE)) == ["line_ambiguous"]


def test_a_table_without_a_year_is_asked_about_where_projects_have_lines_of_other_years(table):
    a_programme()
    a_plan(year=2025)
    a_line(
        project=a_project(code="GZ-2026-001", stage="under_way", total_investment=Money.from_yuan(3000)),
        yuan=2000,
        year=2025,
    )
    row = a_row(年度=None, **NO_MONEY)

    asked = table(row, by=OFFICE)
    (question,) = asked.questions
    assert (question.key, [one.key for one in question.choices], asked.applied) == (
        "year",
        ["own", "2025", "2026"],
        False,
    )

    own = table(row, by=OFFICE, answers={"year": "own"})
    assert (own.applied, own.counts["changed"]) == (True, 1)
    assert [line.yearly_plan.year for line in AllocationLine.objects.all()] == [2025]

    this = table(row, by=OFFICE, answers={"year": "2026"}, name="this.xlsx")
    assert this.applied
    assert sorted(line.yearly_plan.year for line in AllocationLine.objects.all()) == [2025, 2026]


def test_codes_that_differ_only_in_spelling_are_told_as_possible_twins(table):
    a_programme(yuan=100_000)
    a_project(code="T-9", total_investment=Money.from_yuan(3000))
    rows = [a_row(项目编号=code, 阶段="前期准备", **NO_MONEY) for code in ("001", "1", "t-9", "T –11", "T-11", "T-12")]

    asked = table(*rows, by=OFFICE)

    (question,) = asked.questions
    assert question.key == "twins"
    assert all(pair in str(question.text) for pair in ("001 = 1", "T-9 = t-9", "T –11 = T-11"))
    assert "T-12" not in str(question.text)
    assert table(*rows, by=OFFICE, answers={"twins": "apart"}).applied
    assert Project.objects.count() == 7


@pytest.mark.parametrize("word", ["康定市", "513301", "康 定 市", "康定", "甘孜州康定市", "甘孜藏族自治州 康定市"])
def test_a_county_is_found_as_it_is_written(table, word):
    a_programme()

    assert table(a_row(阶段="前期准备", **{"县(市)": word}, **NO_MONEY), by=OFFICE).applied
    assert Project.objects.get().place.code == "513301"


@pytest.mark.parametrize("word", ["州本级", "甘孜藏族自治州", "甘孜州", "513300"])
def test_the_prefecture_itself_is_the_place_of_a_project(table, word):
    a_programme()

    assert table(a_row(阶段="前期准备", **{"县(市)": word}, **NO_MONEY), by=OFFICE).applied
    assert Project.objects.get().place.code == "513300"


@pytest.mark.parametrize("word", ["康定县", "513321", "甘孜州康定县"])
def test_an_old_division_stands_for_the_one_that_followed_and_this_is_said(table, word):
    a_programme()

    report = table(a_row(阶段="前期准备", **{"县(市)": word}, **NO_MONEY), by=OFFICE)

    assert report.applied
    assert [one.code for one in report.problems] == ["projects.place_followed"]
    assert Project.objects.get().place.code == "513301"


def test_a_short_name_that_fits_two_is_asked_about(table):
    a_programme()
    a_division("513328", name="甘孜县")

    report = table(a_row(阶段="前期准备", **{"县(市)": "甘孜"}, **NO_MONEY), by=OFFICE)

    assert codes(report) == ["place_ambiguous"]
    assert "甘孜县" in str(report.problems[0].message)


def test_the_page_asks_checks_again_and_takes_in_what_was_decided(client, tmp_path):
    a_programme()
    client.force_login(a_user("office"))
    path = tmp_path / "t.xlsx"
    header = ("项目编号", "项目名称", "县(市)", "建设方式", "年度", "援助资金（万元）", "民生比例")
    with xlsxwriter.Workbook(path) as made:
        for name in ("康定", "泸定"):
            sheet = made.add_worksheet(name)
            sheet.write_row(0, 0, header)
            sheet.write_row(1, 0, (f"{name}-1", name, "康定市", "交钥匙", 2026, 0.1, 100))
            sheet.write_row(2, 0, (f"{name}-2", "旧稿", "康定市", "交钥匙", 2026, 0.1, 100))
            sheet.set_row(2, None, None, {"hidden": True})

    with path.open("rb") as file:
        page = client.post(reverse("import"), {"file": file, "programme": "zj-ganzi"}).content.decode()

    assert "要您决定" in page
    assert "确认导入" not in page
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert hidden["kind"] == "projects"
    assert client.post(reverse("import-confirm"), hidden).status_code == 422

    answers = {"answer_sheets": ["1", "2"], "answer_hidden_rows": "leave"}
    page = client.post(reverse("import-answer"), {**hidden, **answers}).content.decode()
    assert "确认导入" in page
    given = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.partition("确认导入")[0]))
    client.post(reverse("import-confirm"), {**given, **answers})
    assert sorted(Project.objects.values_list("code", flat=True)) == ["康定-1", "泸定-1"]
