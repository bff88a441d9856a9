# SPDX-License-Identifier: Apache-2.0
"""Headers of merged cells and of two rows: understood, or refused where they cannot be."""

import pytest

from shanhai.kernel.money import Money
from shanhai.planning.projects.labels.tables import PROJECTS
from shanhai.registers.tables.rules.reading import read_table
from shanhai.registers.tables.tests.builders import MadeSheet

DATA = ("A1", "学校", "康定市", 300, 120.5)


def read(*rows):
    return read_table(PROJECTS, [MadeSheet(rows)], {})


def seen(sheet):
    return [(problem.row, problem.column, problem.code.removeprefix("projects.")) for problem in sheet.problems]


@pytest.mark.parametrize(
    "rows",
    [
        # A group merged over two parts; its text stands in the first cell only.
        (("项目编号", "项目名称", "县(市)", "资金（万元）", None), (None, None, None, "援助资金", "到位")),
        # The same below a title and a unit.
        (
            ("甘孜州项目表",),
            ("单位：元",),
            ("项目编号", "项目名称", "县(市)", "资金（万元）", None),
            (None, None, None, "援助资金", "到位"),
        ),
        # Every part in the lower row, groups above.
        (("项目", None, None, "资金（万元）", None), ("项目编号", "项目名称", "县(市)", "援助资金", "到位")),
        # Neither row would do alone.
        (("项目名称", None, None, "资金（万元）", None), (None, "项目编号", "县(市)", "援助资金", "到位")),
        # A part with a unit of its own keeps it.
        (("项目编号", "项目名称", "县(市)", "资金（元）", None), (None, None, None, "援助资金（万元）", "到位(万元)")),
    ],
)
def test_two_rows_are_one_header_and_parts_take_the_unit_of_their_group(rows):
    data = ("A1", "学校", "康定市", 300, 120.5)
    if rows[0][0] == "项目名称":
        data = ("学校", "A1", "康定市", 300, 120.5)

    sheet = read(*rows, data)

    assert seen(sheet) == []
    [row] = sheet.rows
    assert (row.row, row.values["code"], row.values["name"]) == (len(rows) + 1, "A1", "学校")
    assert (row.values["amount"], row.values["arrived"]) == (Money(300_000_000), Money(120_500_000))


def test_a_row_of_data_right_below_is_no_second_row():
    sheet = read(("项目编号", "项目名称", "县(市)", "援助资金（万元）", "到位（万元）"), DATA)

    assert [row.row for row in sheet.rows] == [2]


def test_a_part_nobody_knows_is_named_with_its_place():
    sheet = read(
        ("项目编号", "项目名称", "县(市)", "资金（万元）", None), (None, None, None, "援助资金", "神秘资金"), DATA
    )

    assert seen(sheet) == [(2, "神秘资金", "column_unknown")]
    assert sheet.rows[0].values["amount"] == Money(300_000_000)


def test_parts_below_a_name_of_their_own_are_refused_where_they_stand():
    sheet = read(
        ("项目编号", "项目名称", "县(市)", "援助资金（万元）", "到位（万元）"), (None, None, None, "到位", "支付"), DATA
    )

    assert (2, "援助资金（万元）", "not_an_amount") in seen(sheet)
    assert (2, "到位（万元）", "not_an_amount") in seen(sheet)


def test_a_header_that_never_ends_is_asked_for():
    sheet = read(*[("项目名称", None), (None, "资金")] * 12)

    assert seen(sheet)[0][2] == "no_header"
