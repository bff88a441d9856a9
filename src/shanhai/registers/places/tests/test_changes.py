# SPDX-License-Identifier: Apache-2.0
import re

import pytest

from shanhai.registers.places.rules.changes import changes, ended, successors
from shanhai.registers.places.selectors.words import PlaceWords
from shanhai.registers.places.tests.builders import a_division


def test_each_change_is_whole():
    for change in changes():
        assert re.fullmatch(r"[1-9]\d{5}", change.code_new)
        assert re.fullmatch(r"([1-9]\d{5})?", change.code_old)
        assert change.code_old[:2] in ("", change.code_new[:2])
        assert change.kind in {"renamed", "recoded", "merged", "split", "ceded", "founded"}
        assert re.fullmatch(r"20(1[2-9]|2[0-4])(-\d\d-\d\d)?", change.since)
        assert (change.name_old == change.name_new) == (change.kind == "recoded")
        assert change.source


def test_one_old_code_becomes_several_only_by_a_split():
    old = [change.code_old for change in changes() if change.code_old and ended(change) and change.kind != "split"]
    assert len(old) == len(set(old))


@pytest.mark.parametrize(
    ("code", "today"),
    [
        ("542121", ("540302",)),
        ("542232", ("540581",)),
        ("632121", ("630203",)),
        ("330104", ("330102", "330114")),
        ("330110", ("330110",)),
        ("513301", ("513301",)),
    ],
)
def test_a_code_is_followed_over_all_changes(code, today):
    assert successors(code) == today


@pytest.mark.django_db
class TestWords:
    @pytest.fixture
    def shannan(self):
        recipient = a_division("540500", name="山南市")
        a_division("540502", name="乃东区")
        a_division("540581", name="错那市")
        return recipient

    @pytest.mark.parametrize(
        ("written", "code", "former"),
        [
            ("错那市", "540581", False),
            ("错那", "540581", False),
            ("错那县", "540581", True),
            ("542232", "540581", True),
            ("540530", "540581", True),
            ("山南地区 错那县", "540581", True),
            ("山南市乃东县", "540502", True),
            ("山南地区", "540500", True),
            ("山南地区本级", "540500", False),
        ],
    )
    def test_an_old_code_or_name_finds_what_followed(self, shannan, written, code, former):
        words = PlaceWords(shannan)
        assert (words.find(written), words.is_former(written)) == ((code,), former)

    def test_what_is_registered_still_is_found_by_what_followed_it(self, shannan):
        a_division("540530", name="错那县")
        assert PlaceWords(shannan).find("错那县") == ("540581",)

    def test_the_old_one_stays_while_nothing_that_followed_is_registered(self):
        recipient = a_division("540500", name="山南市")
        a_division("540530", name="错那县")
        words = PlaceWords(recipient)
        assert (words.find("错那县"), words.is_former("错那县")) == (("540530",), False)

    def test_a_split_leaves_the_choice(self):
        recipient = a_division("330100", name="杭州市")
        a_division("330102", name="上城区")
        a_division("330114", name="钱塘区")
        assert PlaceWords(recipient).find("江干区") == ("330102", "330114")

    def test_a_name_in_force_is_not_taken_for_an_old_one(self):
        recipient = a_division("540200", name="日喀则市")
        a_division("540202", name="桑珠孜区")
        words = PlaceWords(recipient)
        assert (words.find("日喀则市"), words.find("542301")) == (("540200",), ("540202",))
