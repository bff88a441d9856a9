# SPDX-License-Identifier: Apache-2.0
"""What texts, codes, days, amounts and years are refused."""

from datetime import date

import pytest

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import message
from shanhai.kernel.money import Money
from shanhai.planning.programmes.core import rules as fields
from tests.refusals import refused

WHAT = message("名称")


def test_outer_spaces_are_taken_off():
    assert fields.checked_text("  牦牛产业集群 ", WHAT, 20) == "牦牛产业集群"


@pytest.mark.parametrize("text", ["", "   ", "字" * 21, "a\x00b", "\ud800"])
def test_a_text_that_is_missing_too_long_or_broken_is_refused(text):
    with refused(BadInput, "programmes.text_not_accepted", match="名称"):
        fields.checked_text(text, WHAT, 20)


def test_an_optional_text_may_be_empty():
    assert fields.checked_text(" ", WHAT, 20, optional=True) == ""


@pytest.mark.parametrize("code", ["", "ZJ", "浙江", "zj ganzi", "-zj", "zj_ganzi", "zj\n", "a" * 41, "'; drop"])
def test_a_code_with_other_signs_is_refused(code):
    with refused(BadInput, "programmes.code_not_accepted", match="小写字母"):
        fields.checked_code(code, WHAT)


@pytest.mark.parametrize("code", ["a", "zj-ganzi", "9", "a" * 40])
def test_a_plain_code_is_taken(code):
    assert fields.checked_code(code, WHAT) == code


def test_days_may_be_one_day_and_not_run_backwards():
    fields.check_days(date(2021, 1, 1), date(2021, 1, 1))
    with refused(BadInput, "programmes.dates_out_of_order", match="2020-12-31 早于开始日期 2021-01-01"):
        fields.check_days(date(2021, 1, 1), date(2020, 12, 31))


@pytest.mark.parametrize("amount", [Money(-1), Money(0), Money(100, "USD")])
def test_an_amount_that_is_not_positive_or_in_another_currency_is_refused(amount):
    with refused(BadInput, "programmes.amount_not_accepted"):
        fields.check_amount(amount, "CNY")


def test_zero_is_taken_where_it_may_be():
    fields.check_amount(Money(0), "CNY", zero=True)
    with refused(BadInput, "programmes.amount_not_accepted"):
        fields.check_amount(Money(-1), "CNY", zero=True)


@pytest.mark.parametrize(("year", "taken"), [(2020, False), (2021, True), (2025, True), (2026, False)])
def test_a_year_lies_within_the_programme(year, taken):
    days = (date(2021, 7, 1), date(2025, 12, 31))

    if taken:
        fields.check_year(year, *days)
    else:
        with refused(BadInput, "programmes.year_outside", match="2021 至 2025"):
            fields.check_year(year, *days)


def test_an_unknown_provenance_is_refused():
    assert fields.checked_provenance("demo") == "demo"
    with refused(BadInput, "programmes.provenance_unknown"):
        fields.checked_provenance("hearsay")
