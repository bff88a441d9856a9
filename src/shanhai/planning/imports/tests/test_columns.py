# SPDX-License-Identifier: Apache-2.0
"""Recognising headers."""

from datetime import date

import pytest

from shanhai.kernel.units import WAN_YUAN, YI_YUAN, YUAN
from shanhai.planning.imports.rules.matching import stage_from_dates
from shanhai.planning.projects.labels.tables import LEVELS, PROJECTS, STAGES
from shanhai.planning.projects.states import Level, Stage
from shanhai.planning.projects.values import Dates
from shanhai.registers.tables.rules import cells
from shanhai.registers.tables.rules.headers import declared_unit, find_header, read_columns


@pytest.mark.parametrize(
    ("header", "field", "unit"),
    [
        ("总投资（万元）", "total_investment", WAN_YUAN),
        ("援助资金(计划)（万元）", "amount", WAN_YUAN),
        ("援助资金（计划，万元）", "amount", WAN_YUAN),
        ("到位（元）", "arrived", YUAN),
        ("完成投资(亿元)", "completed_investment", YI_YUAN),
        ("Total investment (CNY 10,000)", "total_investment", WAN_YUAN),
        ("Funds paid (yuan)", "paid", YUAN),
        ("县（市）", "place", None),
        ("新建/续建", "novelty", None),
        ("固投/非固投", "capital", None),
        ("项 目 名 称", "name", None),
        ("Project Code", "code", None),
        ("planned_start", "planned_start_on", None),
        ("海拔（米）", "altitude_m", None),
        ("县市", "place", None),
        ("县（市、区）", "place", None),
        ("累计到位资金额（万元）", "arrived", WAN_YUAN),
        ("已支付金额（元）", "paid", YUAN),
        ("实际开工时间", "started_on", None),
        ("竣工日期", "finished_on", None),
        ("planned_finish_on", "planned_finish_on", None),
        ("援藏资金（万元）", "amount", WAN_YUAN),
    ],
)
def test_a_header_names_its_field_and_its_unit(header, field, unit):
    (column,) = read_columns(PROJECTS, [header]).by_field.values()

    assert (column.field, column.unit, column.header) == (field, unit, header)


def test_every_field_is_known_by_its_first_chinese_name():
    found = read_columns(PROJECTS, [one.headers[0] for one in PROJECTS.fields])

    assert list(found.by_field) == [one.key for one in PROJECTS.fields]
    assert (found.unknown, found.repeated) == ((), ())


@pytest.mark.parametrize(
    ("cells", "unit"),
    [
        (["单位：万元"], WAN_YUAN),
        (["", "计量单位: 元"], YUAN),
        (["（单位：人民币万元）"], WAN_YUAN),
        (["Unit: yuan"], YUAN),
        (["填报单位：康定市发展和改革局"], None),
        (["2026 年项目表"], None),
        ([None], None),
    ],
)
def test_a_unit_may_be_declared_above_the_table(cells, unit):
    assert declared_unit(cells) == unit


def test_the_unit_in_a_header_outweighs_the_one_above_the_table():
    found = read_columns(PROJECTS, ["总投资（元）", "到位"], WAN_YUAN).by_field

    assert (found["total_investment"].unit, found["arrived"].unit) == (YUAN, WAN_YUAN)


def test_a_column_nobody_knows_is_named_and_one_of_this_month_is_passed_over():
    found = read_columns(PROJECTS, ["序号", "项目名称", "联系人", "到位（本月，万元）", "到位（累计，万元）", "备注"])

    assert found.unknown == ((2, "联系人"), (3, "到位（本月，万元）"))
    assert found.by_field["arrived"].index == 4


def test_two_columns_for_one_field_are_found():
    found = read_columns(PROJECTS, ["项目名称", "名称"])

    assert [column.header for column in found.repeated] == ["名称"]


@pytest.mark.parametrize(
    ("header", "is_one"),
    [
        (["项目编号", "项目名称", "县(市)", "援助资金（万元）"], True),
        (["县市", "项目数", "计划投资", "到位", "支付"], False),
        (["项目名称"], False),
        ([], False),
    ],
)
def test_a_county_table_is_not_taken_for_a_table_of_projects(header, is_one):
    assert (find_header(PROJECTS, [header]) is not None) is is_one


@pytest.mark.parametrize(
    ("cell", "stage"), [("已开工", "under_way"), ("前期", "preparation"), ("冬歇", "suspended"),
                        ("handed over", "handed_over"), ("accepted", "accepted"), (" 已完工 ", "completed")]
)  # fmt: skip
def test_stages_are_known_by_their_names(cell, stage):
    assert cells.word(STAGES, Stage)(cell) == stage


def test_an_unknown_word_is_answered_with_the_known_ones():
    with pytest.raises(cells.CellNotUnderstood, match="“州”、“县”、“乡”、“村”"):
        cells.word(LEVELS, Level)("国家级")


@pytest.mark.parametrize(
    ("dates", "stage"),
    [
        (Dates(date(2026, 3, 1), date(2026, 6, 1)), "preparation"),
        (Dates(started_on=date(2026, 3, 1)), "under_way"),
        (Dates(started_on=date(2026, 3, 1), finished_on=date(2026, 6, 1)), "completed"),
        (Dates(finished_on=date(2026, 6, 1), accepted_on=date(2026, 10, 1)), "accepted"),
    ],
)
def test_dates_tell_the_stage_where_no_column_does(dates, stage):
    assert stage_from_dates(dates) == stage
