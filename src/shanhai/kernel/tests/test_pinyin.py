# SPDX-License-Identifier: Apache-2.0
import pytest

from shanhai.kernel.pinyin import MOST, SEVERAL, initials_of


@pytest.mark.parametrize(
    ("name", "readings"),
    [
        ("康定市藏医院住院楼", "kdscyyzyl kdszyyzyl"),
        ("浙江省能源集团", "zjsnyjt zjxnyjt"),
        ("重庆援建队", "cqyjd zqyjd"),
        ("A股份-2公司", "agf2gs"),
        ("昌都市", "cds"),
        ("", ""),
        ("ཀ😀", ""),
    ],
)
def test_the_usual_reading_comes_first_then_the_others(name, readings):
    assert initials_of(name) == readings


@pytest.mark.parametrize(
    ("name", "typed"), [("单县", "sx"), ("朝阳", "cy"), ("洪洞", "ht"), ("浚县", "xx"), ("漯河", "lh"), ("长白", "cb")]
)
def test_a_place_is_found_as_those_who_live_there_say_it(name, typed):
    assert typed in initials_of(name).split()


def test_several_names_stand_beside_each_other_their_usual_readings_first():
    assert initials_of("广州藏医药", "广藏").split()[:2] == ["gzcyy", "gc"]


def test_a_name_of_very_many_readings_keeps_each_character_changed_by_itself():
    readings = initials_of("长" * 5).split()

    assert MOST < 2**5
    assert len(set(readings)) == 6


def test_no_character_is_listed_twice_or_with_one_letter():
    assert all(len(set(letters)) == len(letters) > 1 for letters in SEVERAL.values())
