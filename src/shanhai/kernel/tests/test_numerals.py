# SPDX-License-Identifier: Apache-2.0
from decimal import Decimal

import pytest

from shanhai.kernel.numerals import CommaAmbiguous, NotANumber, has_odd_blanks, is_nil, read_number, same_code
from shanhai.kernel.units import WAN_YUAN, parse_money


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234.5", "1234.5"), ("1,234.5", "1234.5"), ("1，234，567", "1234567"), ("１２３", "123"), ("−7", "-7"),
        ("1\u00a0234.56", "1234.56"), ("1\u2009234", "1234"), ("100\u200b", "100"), (".5", "0.5"), ("+3", "3"),
    ],
)  # fmt: skip
def test_a_number_is_read_in_every_width_and_with_blanks_nobody_sees(text, number):
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "point", "thousands"),
    [
        ("12,5", "12.5", "125"),
        ("1，5", "1.5", "15"),
        ("1,2345", "1.2345", "12345"),
        ("12,34,567", "1234.567", "1234567"),
    ],
)
def test_a_comma_without_three_digits_behind_it_is_refused_with_both_readings(text, point, thousands):
    with pytest.raises(CommaAmbiguous) as refused:
        read_number(text)

    assert refused.value.message.params["point"] == point
    assert refused.value.message.params["thousands"] == thousands
    with pytest.raises(CommaAmbiguous):
        parse_money(f"{text}万元", WAN_YUAN)


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "-", "1,", ",5", "1e5", "٣٤", "9" * 41])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(NotANumber):
        read_number(text)


@pytest.mark.parametrize("text", ["——", "–", "无", "/", "", " - ", "－"])
def test_marks_for_nothing(text):
    assert is_nil(text)


def test_what_says_something_is_not_nothing():
    assert not is_nil("0")
    assert not is_nil("无锡")


def test_odd_blanks_are_noticed_and_plain_ones_are_not():
    assert has_odd_blanks("1\u2009234")
    assert not has_odd_blanks("1 234")


@pytest.mark.parametrize(
    ("one", "other"),
    [("001", "1"), ("t-9", "T-9"), ("T –11", "T-11"), ("ＧＺ-2026-001", "gz-2026-1"), ("A\u200bB", "AB")],
)
def test_codes_that_a_person_would_take_for_one_have_one_form(one, other):
    assert same_code(one) == same_code(other)


@pytest.mark.parametrize(("one", "other"), [("GZ-1", "GZ-10"), ("1", "10"), ("A-1", "A1"), ("100", "1"), ("0", "")])
def test_codes_that_differ_keep_their_forms(one, other):
    assert same_code(one) != same_code(other)
