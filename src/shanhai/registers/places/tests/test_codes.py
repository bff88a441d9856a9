# SPDX-License-Identifier: Apache-2.0
import pytest

from shanhai.kernel.errors import BadInput
from shanhai.registers.places.rules.rows import full_code, level_of, parent_codes
from shanhai.registers.places.values import Level
from tests.refusals import refused

UnknownDivisionCode = (BadInput, "places.unknown_division_code")


@pytest.mark.parametrize(
    ("text", "code"), [("54", "540000"), ("5406", "540600"), ("540602", "540602"), ("65", "650000")]
)
def test_a_short_code_stands_for_six_digits(text, code):
    assert full_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "540",
        "54060",
        "5406021",
        "990000",
        "000000",
        "16",
        "5406O2",
        "540602.0",
        " 540602",
        "540602\n",
        "５４",
        "-4",
    ],
)
def test_what_is_no_code_of_the_standard_is_refused(text):
    with refused(UnknownDivisionCode, match="六位数字"):
        full_code(text)


def test_a_very_long_text_is_not_repeated_whole():
    with refused(UnknownDivisionCode) as caught:
        full_code("9" * 100_000)

    assert len(str(caught.value)) < 120


@pytest.mark.parametrize(
    ("code", "level", "parents"),
    [
        ("540000", Level.PROVINCE, ()),
        ("540600", Level.PREFECTURE, ("540000",)),
        ("540602", Level.COUNTY, ("540600", "540000")),
        ("429004", Level.COUNTY, ("429000", "420000")),
        ("110101", Level.COUNTY, ("110100", "110000")),
    ],
)
def test_level_and_parents_follow_from_the_digits(code, level, parents):
    assert level_of(code) is level
    assert parent_codes(code) == parents
