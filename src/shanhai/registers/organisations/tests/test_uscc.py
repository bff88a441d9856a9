# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanhai.kernel.errors import BadInput
from shanhai.registers.organisations.rules import (
    ALPHABET,
    check_character,
    check_uscc,
    organisation_check_character,
    uscc_doubts,
)
from tests.refusals import refused

DestroyedByExcel = (BadInput, "organisations.destroyed_by_excel")
UsccNotUnderstood = (BadInput, "organisations.uscc_not_understood")
WrongCheckCharacter = (BadInput, "organisations.wrong_check_character")

# The example of GB 32100-2015.
STANDARD = "91350100M000100Y43"


@pytest.mark.parametrize("code", [STANDARD, "91110000100010433L", "12100000400010275N", "911100007109310534"])
def test_a_right_code_is_taken_without_doubts(code):
    assert check_uscc(code) == code
    assert uscc_doubts(code) == ()


@pytest.mark.parametrize(
    "written",
    [
        "91350100m000100y43",
        "  91350100M000100Y43\n",
        "91350100 M000100Y4 3",
        "9135-0100-M000-100Y-43",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        "\u300091350100M000100Y43",
    ],
)
def test_lower_case_full_width_blanks_and_hyphens_are_put_right(written):
    assert check_uscc(written) == STANDARD


def test_a_wrong_check_character_is_told_with_its_position():
    with refused(WrongCheckCharacter, match="第 18 位") as caught:
        check_uscc("91350100M000100Y44")

    assert "3" not in str(caught.value)


@given(st.integers(min_value=0, max_value=16), st.sampled_from(ALPHABET))
def test_any_single_wrong_character_is_noticed(position, other):
    wrong = STANDARD[:position] + other + STANDARD[position + 1 :]

    if wrong != STANDARD:
        with pytest.raises(BadInput):
            check_uscc(wrong)


@given(st.integers(min_value=8, max_value=16))
def test_two_neighbours_that_changed_places_are_noticed(position):
    swapped = list(STANDARD)
    swapped[position], swapped[position + 1] = swapped[position + 1], swapped[position]

    if "".join(swapped) != STANDARD:
        with refused(WrongCheckCharacter):
            check_uscc("".join(swapped))


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "0 位"),
        ("91350100M000100Y4", "17 位"),
        ("91350100M000100Y431", "19 位"),
        ("9" * 100_000, "100000 位"),
        ("9135O100M000100Y43", "第 5 位不能是“O”"),
        ("91350100M000100Z43", "第 16 位不能是“Z”"),
        ("91350100M00010SY43", "第 15 位不能是“S”"),
        ("9135010AM000100Y43", "第 8 位不能是“A”"),
        ("91350100M000100Y4中", "第 18 位不能是“中”"),
        ("91350100Ⅿ0001𝟘𝟘Y4é", "第 18 位"),
        ("9135010²M000100Y4?", "第 18 位"),
    ],
)
def test_what_is_no_code_is_refused_with_the_place_of_the_fault(written, why):
    with refused(UsccNotUnderstood, match=why):
        check_uscc(written)


@pytest.mark.parametrize(
    "written",
    [9.1350100123456e17, 913501001234567890, True, "9.13501E+17", "9.135e17", "9E+17", "913501001234567000"],
)
def test_what_a_spreadsheet_destroyed_is_refused_with_the_remedy(written):
    with refused(DestroyedByExcel, match="文本"):
        check_uscc(written)


def test_an_impossible_division_or_organisation_code_is_only_a_doubt():
    first = "91990100M000100Y5"
    code = first + check_character(first)

    doubts = [str(doubt) for doubt in uscc_doubts(check_uscc(code))]

    assert doubts == [
        "统一社会信用代码第 3 至 8 位 990100 不是行政区划代码。请对照证书。",
        "统一社会信用代码第 9 至 17 位 M000100Y5 不符合组织机构代码的校验规则。请对照证书。",
    ]


def test_the_check_character_of_an_organisation_code_is_that_of_the_standard():
    assert organisation_check_character("D2143569") == "X"
    assert organisation_check_character("10001043") == "3"
