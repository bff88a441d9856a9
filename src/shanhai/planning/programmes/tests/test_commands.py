# SPDX-License-Identifier: Apache-2.0
"""What the console prints."""

import io
import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from shanhai.kernel.figures import Figure, Strength
from shanhai.kernel.messages import message
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Base, Share
from shanhai.kernel.units import ITEM, PERCENT, SCHOOL, WAN_YUAN, YUAN, Quantity
from shanhai.planning.programmes.core.rules import plain_figure, plain_value
from shanhai.planning.programmes.tests.builders import a_division, a_programme
from shanhai.planning.programmes.tests.test_chain import take
from shanhai.planning.programmes.tests.test_statements import a_statement
from shanhai.planning.programmes.values import StepKind


def printed(*asked: str) -> str:
    out = io.StringIO()
    call_command(*asked, stdout=out)
    return out.getvalue()


def a_figure(value, unit=YUAN, **kw) -> Figure:
    return Figure("k", message("数"), value, unit, message("式"), date(2023, 1, 1), Strength.FORM, **kw)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Money(123456789), YUAN, "1234567.89"),
        (Money(100), YUAN, "1.00"),
        (Money(123450000), WAN_YUAN, "123.45"),
        (Money(-5), YUAN, "-0.05"),
        (Quantity(92, SCHOOL), SCHOOL, "92"),
        (Quantity(Decimal("300.0000"), ITEM), ITEM, "300"),
        (Quantity(Decimal("2.5000"), ITEM), ITEM, "2.5"),
        (Share(Money(2), Money(3), Base("b", message("基"))), PERCENT, "66.67"),
        (Share(Money(1), Money(1), Base("b", message("基"))), PERCENT, "100.00"),
    ],
)
def test_a_value_is_a_decimal_string_in_its_unit(value, unit, text):
    assert plain_value(a_figure(value, unit)) == text


def test_a_gap_is_null_beside_its_sentence():
    row = plain_figure(a_figure(None, gap=message("还没有。")))

    assert (row["value"], row["gap"], row["base"]) == (None, "还没有。", None)


@pytest.mark.django_db
def test_programmes_are_listed_for_people_and_for_machines():
    a_programme()
    a_programme(code="zj-aksu", recipient="652900", name="浙江省对口支援阿克苏地区")

    lines = printed("programmes")
    rows = json.loads(printed("programmes", "--json"))

    assert lines.splitlines() == [
        "zj-aksu\t浙江省对口支援阿克苏地区\t浙江省 → 阿克苏地区",
        "zj-ganzi\t浙江省对口支援甘孜州\t浙江省 → 甘孜藏族自治州",
    ]
    assert rows[1] == {
        "code": "zj-ganzi",
        "name": "浙江省对口支援甘孜州",
        "supporter": "浙江省",
        "recipient": "甘孜藏族自治州",
        "supporter_code": "330000",
        "recipient_code": "513300",
    }


@pytest.mark.django_db
def test_no_programme_is_an_empty_list():
    assert json.loads(printed("programmes", "--json")) == []


@pytest.mark.django_db
def test_figures_are_printed_for_machines_with_base_formula_day_and_strength():
    a_programme()
    take(StepKind.ISSUE, 110, day="2023-01-01")
    take(StepKind.ARRIVE, "45.80", day="2023-04-30")
    a_statement(flags=["rounded"])

    rows = {row["key"]: row for row in json.loads(printed("figures", "zj-ganzi", "--json", "--as-of", "2023-05-01"))}

    assert rows["funds_arrived"]["value"] == "45.80"
    assert rows["funds_arrived"]["unit"] == "yuan"
    assert rows["arrival_rate"] == {
        "key": "arrival_rate",
        "label": "到位率",
        "value": "41.64",
        "unit": "percent",
        "base": "issued",
        "formula": "到位率 = 到位资金 ÷ 下达计划",
        "as_of": "2023-05-01",
        "strength": "voucher",
        "flags": [],
        "gap": None,
        "other_bases": {"issued_without_reserve": "41.64"},
        "provenance": "",
    }
    assert rows["statement:schools"]["flags"] == ["原文是约数。"]


@pytest.mark.django_db
def test_figures_take_a_day_a_place_and_a_year():
    a_programme()
    a_division("513301")
    take(StepKind.ARRIVE, 10, day="2022-04-30", place="513301")
    take(StepKind.ARRIVE, 20, day="2023-04-30")

    def arrived(*asked: str) -> str:
        rows = json.loads(printed("figures", "zj-ganzi", "--json", *asked))
        return next(row["value"] for row in rows if row["key"] == "funds_arrived")

    assert arrived() == "30.00"
    assert arrived("--as-of", "2022-12-31") == "10.00"
    assert arrived("--as-of", "2022年12月31日") == arrived("--as-of", "2022/12/31") == "10.00"
    assert arrived("--year", "2023") == "20.00"
    assert arrived("--place", "513301") == "10.00"


@pytest.mark.django_db
def test_figures_are_printed_for_people():
    a_programme()
    take(StepKind.ARRIVE, 20)

    lines = printed("figures", "zj-ganzi").splitlines()

    assert "funds_arrived\t到位资金\t20.00 yuan\t到位资金 = 各笔到位之和，扣除冲正\tvoucher" in lines
    assert any(line.startswith("arrival_rate\t到位率\t在所看的范围内还没有下达计划") for line in lines)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("zj-nowhere",), "没有找到对口支援“zj-nowhere”"),
        (("zj-ganzi", "--place", "999999"), "没有登记代码为 999999 的行政区划"),
        (("zj-ganzi", "--as-of", "2023-02-30"), "--as-of"),
        (("zj-ganzi", "--year", "0"), "--year"),
    ],
)
def test_what_cannot_be_answered_is_a_sentence(asked, sentence):
    a_programme()

    with pytest.raises(CommandError, match=sentence) as error:
        printed("figures", *asked)

    assert error.value.returncode == 1
