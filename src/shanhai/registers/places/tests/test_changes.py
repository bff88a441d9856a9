# SPDX-License-Identifier: Apache-2.0
import re

import pytest
from django.db import IntegrityError, transaction

from shanhai.kernel.errors import BadInput
from shanhai.registers.places.models import Division, DivisionChange
from shanhai.registers.places.rules.rows import Succession
from shanhai.registers.places.selectors import (
    PlaceWords,
    codes_of_one_place,
    divisions_of,
    find_divisions,
    get_division,
    said_of_change,
    succession,
)
from shanhai.registers.places.subscribers import bring_changes
from shanhai.registers.places.tests.builders import a_division
from shanhai.registers.places.values import ENDING, ChangeKind
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def test_each_change_that_the_product_brings_is_whole():
    changes = DivisionChange.objects.order_by("pk")
    assert changes.count() > 100
    for change in changes:
        assert change.code_old[:2] in ("", change.code_new[:2])
        assert re.fullmatch(r"20(1[2-9]|2[0-4])(-\d\d-\d\d)?", change.since)
        assert (change.name_old == change.name_new) == (change.kind == "recoded")


def test_one_old_code_becomes_several_only_by_a_split():
    ended = DivisionChange.objects.filter(kind__in=ENDING).exclude(kind=ChangeKind.SPLIT).exclude(code_old="")
    old = list(ended.values_list("code_old", flat=True))
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
    assert succession().of(code) == today


def test_changes_that_lead_in_a_circle_come_to_an_end():
    round_about = Succession([("renamed", "510001", "510002"), ("renamed", "510002", "510001")])
    assert round_about.of("510001") == ("510002",)
    assert set(round_about.one_place("510001")) == {"510001", "510002"}


@pytest.mark.parametrize(
    ("code", "one_place"),
    [
        ("540581", {"540581", "540530", "542232"}),
        ("542232", {"540581", "540530", "542232"}),
        ("330212", {"330212", "330204"}),
        ("330603", {"330603"}),
        ("330621", {"330621"}),
        ("513322", {"513322"}),
    ],
    ids=["today's", "an old one", "merged", "split off", "split", "unchanged"],
)
def test_old_and_new_codes_are_one_place(code, one_place, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = codes_of_one_place(code)
    assert (found[0], set(found)) == (code, one_place)


def test_what_the_product_brings_is_brought_once_and_what_an_operator_added_stays():
    before = DivisionChange.objects.count()
    DivisionChange.objects.filter(code_old="513321").delete()
    added = DivisionChange.objects.create(
        code_old="513322",
        code_new="513381",
        name_old="泸定县",
        name_new="泸定市",
        kind="renamed",
        since="2026",
        source="例",
    )
    bring_changes(using="default")
    bring_changes(using="default")

    assert DivisionChange.objects.count() == before + 1
    assert codes_of_one_place(added.code_old) == ("513322", "513381")


def test_registered_divisions_hold_from_and_until_what_the_changes_say():
    for code in ("513321", "513301", "330102", "513322"):
        a_division(code)
    Division.objects.date()

    found = {one.code: (one.valid_from, one.valid_to) for one in Division.objects.all()}
    assert found["513321"] == ("", "2015")
    assert found["513301"] == ("2015", "")
    # A part of another joined it: it was there before.
    assert found["330102"] == found["513322"] == ("", "")


@pytest.mark.parametrize(
    "wrong",
    [{"since": "2015年"}, {"code_new": "5133"}, {"kind": "lost"}, {"source": ""}, {"name_new": ""}, {"code_old": "5"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_change_that_is_none_is_not_stored(wrong):
    facts = {"code_old": "513322", "code_new": "513381", "name_old": "甲", "name_new": "乙", "kind": "renamed"}
    with pytest.raises(IntegrityError), transaction.atomic():
        DivisionChange.objects.create(**{**facts, "since": "2026", "source": "例", **wrong})


class TestByCode:
    def test_an_old_code_finds_what_followed_and_that_is_said(self):
        a_division("540581", name="错那市")
        found = get_division("542232")
        assert found.code == "540581"
        assert str(said_of_change("542232", found)) == "代码 542232 已经变更，按 540581（错那市）登记。"
        assert said_of_change("540581", found) is None

    def test_the_old_one_is_found_while_nothing_that_followed_is_registered(self):
        a_division("513321")
        assert get_division("513321").code == "513321"
        a_division("513301")
        Division.objects.date()
        assert get_division("513321").code == "513301"

    def test_what_is_stored_keeps_the_code_of_its_day(self):
        a_division("513321")
        a_division("513301")
        assert find_divisions(["513321"])["513321"].code == "513321"

    def test_a_split_one_is_never_guessed(self):
        a_division("330114", name="钱塘区")
        with refused(BadInput, "places.division_not_found", match="钱塘区"):
            get_division("330104")
        a_division("330104")
        assert get_division("330104").code == "330104"

    def test_many_are_found_in_two_queries(self, django_assert_num_queries):
        a_division("513301")
        with django_assert_num_queries(2):
            found = divisions_of(["513321", "513301", "", "999999"])
        assert {code: one.code for code, one in found.items()} == {"513321": "513301", "513301": "513301"}


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
