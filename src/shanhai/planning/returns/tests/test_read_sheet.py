# SPDX-License-Identifier: Apache-2.0
"""From the cells of a sheet to a county table, with bad sheets of every kind."""

from datetime import UTC, date, datetime

import pytest

from shanhai.kernel.units import WAN_YUAN, YI_YUAN
from shanhai.planning.returns.rules.sheet import COUNTIES as KIND
from shanhai.planning.returns.rules.sheet import county_sheet
from shanhai.planning.returns.rules.verdicts import reconcile
from shanhai.planning.returns.tests.builders import kezhou_programme
from shanhai.planning.returns.tests.tables import COUNTIES, RECIPIENT, kezhou, lines_of
from shanhai.registers.places.models import Division
from shanhai.registers.places.selectors import PlaceWords
from shanhai.registers.places.tests.builders import a_division
from shanhai.registers.tables.rules.headers import find_header
from shanhai.registers.tables.rules.reading import carries, read_table
from shanhai.registers.tables.tests.builders import MadeSheet
from shanhai.registers.tables.values import Faulty

HEAD = ["县市", "项目数", "到位资金（万元）", "核拨率"]


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def programme():
    kezhou_programme()


def read(*lines, counties=COUNTIES, recipient=RECIPIENT[0], **sheet):
    found = read_table(KIND, [MadeSheet([list(line) for line in lines], **sheet)], {})
    places = PlaceWords(Division.objects.get(code=recipient))
    return county_sheet(found, places=places, counties=list(counties), recipient=recipient)


def problems(sheet):
    return [(problem.code, problem.row, problem.column, problem.blocking) for problem in sheet.read.problems]


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
    assert sheet.read.problems == ()


def test_the_prefectures_own_projects_are_a_row_of_the_prefecture():
    assert read(HEAD, ["州本级", 4, 2912, "50%"]).places == {"州本级": "653000"}


def test_the_unit_may_stand_above_the_table():
    sheet = read(["单位：万元"], ["县（市）", "项目数", "到位资金"], ["阿图什市", 1, 2])

    assert (sheet.unit, sheet.read.held) == (WAN_YUAN, False)


def test_a_county_alone_needs_no_total():
    assert read(HEAD, ["阿图什市", 1, 2, "3%"]).read.problems == ()


def test_a_programme_for_one_county_tells_the_county_from_the_total():
    lines = [HEAD, ["康定市", 1, 2, "3%"], ["合计", 1, 2, "3%"]]

    a_division("513301", name="康定市")
    sheet = read(*lines, counties=["513301"], recipient="513301")

    assert (sheet.places, sheet.total.label, sheet.read.problems) == ({"康定市": "513301"}, "合计", ())


def test_blank_lines_notes_and_dashes_say_nothing():
    sheet = read(HEAD, [], ["阿图什市", 1, "—", "/"], [None, None], ["注：数据由各县市提供"], ["制表人", ""])

    assert [list(row.cells) for row in sheet.rows] == [["project_count"]]
    assert not sheet.read.held


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], [("returns.no_header", None, None, True)]),
        ([["a", "b"], [1, 2]], [("returns.no_header", None, None, True)]),
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
                ("returns.number_not_understood", 2, "到位资金（万元）", True),
                ("returns.number_not_understood", 2, "核拨率", True),
                ("returns.number_not_understood", 3, "核拨率", True),
            ],
        ),
    ],
)
def test_every_fault_is_named_with_its_row_and_column(lines, expected):
    sheet = read(*lines)

    assert problems(sheet) == expected
    assert all(str(problem.message).endswith("。") for problem in sheet.read.problems)


def test_a_sheet_with_more_rows_than_counties_is_refused_at_once():
    counties = {str(code): f"第{code}县" for code in range(100001, 100302)}
    lines = [HEAD, *([code, 1, 2, "3%"] for code in counties)]

    for code, name in counties.items():
        a_division(code, name=name)
    sheet = read(*lines, counties=counties, recipient="100000")

    assert problems(sheet) == [("returns.too_many_rows", 202, None, True)]


def test_a_table_of_projects_is_not_taken_for_a_county_table():
    assert not carries(KIND, MadeSheet([["项目名称", "县(市)", "计划投资(万元)", "到位资金", "核拨", "支付"]]))
    assert find_header(KIND, [["说明"], HEAD]).last == 2


def test_hostile_cells_are_only_text():
    sheet = read(HEAD, ['=HYPERLINK("http://x")', 1, 2, "3%"], ["<script>" * 50, 1, 2, "%s%(a)s"])

    assert [problem.code for problem in sheet.read.problems] == ["returns.place_unknown", "returns.place_unknown"]
    assert "=HYPERLINK" in str(sheet.read.problems[0].message)


def test_what_was_read_can_be_reconciled():
    sheet = read(*lines_of("kezhou-2021.csv"))

    assert len(reconcile(sheet.table()).findings) == 3


def test_a_merged_county_stands_in_each_row_and_a_merged_number_in_none():
    rows = (HEAD, ["阿图什市", 1, 2, "3%"], [None, 4, 5, "6%"], ["乌恰县", 7, 8, "9%"], ["阿合奇县", None, 2, "9%"])

    sheet = read(*rows, merged=((2, 0, 3, 0), (4, 1, 5, 1)))

    assert problems(sheet)[:2] == [
        ("returns.place_repeated", 3, "县市", True),
        ("returns.merged_amount", 5, "项目数", True),
    ]


def test_an_error_and_a_formula_that_was_never_calculated_stop_the_table_at_their_cell():
    sheet = read(HEAD, ["阿图什市", Faulty("#N/A"), Faulty(), "3%"])

    assert problems(sheet) == [
        ("returns.cell_error", 2, "项目数", True),
        ("returns.not_calculated", 2, "到位资金（万元）", True),
    ]


def test_a_header_of_two_rows_gives_each_column_its_group_and_its_unit():
    head = (["县市", "项目", None, "资金（万元）", None], [None, "项目数", "开工", "计划投资", "到位资金"])

    sheet = read(*head, ["阿图什市", 10, 5, 100, 80])

    assert (list(sheet.rows[0].cells), sheet.unit, sheet.read.held) == (
        ["project_count", "planned", "started", "arrived"], WAN_YUAN, False,
    )  # fmt: skip


def test_a_hidden_column_and_a_second_table_are_asked_about():
    sheet = read(HEAD, ["阿图什市", 1, 2, "3%"], hidden_columns=frozenset({2}))
    twice = read_table(KIND, [MadeSheet([HEAD, ["阿图什市", 1, 2, "3%"]], number=n, name=f"表{n}") for n in (0, 1)], {})

    assert ([one.key for one in sheet.read.questions], sheet.read.held) == (["hidden_columns"], True)
    assert ([(one.key, one.several) for one in twice.questions], len(twice.rows)) == ([("sheets", False)], 1)


def test_an_old_name_is_followed_and_said_and_a_short_one_that_fits_two_is_not_taken():
    a_division("513328", name="甘孜县")
    a_division("513301", name="康定市")
    given = {"counties": ["513301", "513328"], "recipient": "513300"}

    followed = read(HEAD, ["康定县", 1, 2, "3%"], **given)
    doubtful = read(HEAD, ["甘孜", 1, 2, "3%"], **given)

    assert (followed.places, problems(followed)) == (
        {"康定市": "513301"}, [("returns.place_followed", 2, "县市", False)],
    )  # fmt: skip
    assert problems(doubtful)[0] == ("returns.place_ambiguous", 2, "县市", True)
