# SPDX-License-Identifier: Apache-2.0
"""All divisions of the country come with the product, and are found by what people call them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shanhai.kernel.errors import BadInput
from shanhai.registers.places.models import Division
from shanhai.registers.places.rules.names import short_names
from shanhai.registers.places.selectors import list_divisions, meant_division
from shanhai.registers.places.subscribers import bring_divisions
from shanhai.registers.places.tests.builders import a_division
from shanhai.registers.places.values import Level
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def test_all_of_them_stand_under_what_they_lie_in_and_are_in_force(country):
    counted = [list_divisions(level=level).count() for level in Level]

    assert counted == [34, 333, 2846]
    assert not Division.objects.filter(name_en="").exists()
    assert Division.objects.get(code="110101").parent.name == "北京市"
    assert Division.objects.get(code="540602").valid_from == "2017"


def test_what_the_operator_has_stays_as_it_is_named_and_a_second_time_writes_nothing():
    a_division("513301", name="打箭炉")
    bring_divisions(using="default")

    assert Division.objects.get(code="513301").name == "打箭炉"
    assert Division.objects.count() == 3213
    with CaptureQueriesContext(connection) as asked:
        bring_divisions(using="default")
    assert not [one for one in asked if one["sql"].startswith(("INSERT", "UPDATE"))]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("513301", "513301"),
        ("浙江", "330000"),
        ("甘孜州", "513300"),
        ("ganzizhou", "513300"),
        ("康定", "513301"),
        ("kangding", "513301"),
        ("garze tibetan", "513300"),
        ("内蒙古", "150000"),
        ("hongtong", "141024"),
        ("hongdong", "141024"),
        ("那曲", "540600"),
        ("urumqi city", "650100"),
        ("色尼区", "540602"),
        ("hn", None),
        ("鼓楼区", None),
        ("甘孜", None),
        ("某某县", None),
        ("", None),
    ],
)
def test_one_is_meant_by_its_code_a_name_or_pinyin_or_a_person_is_asked(country, typed, code):
    if code:
        assert meant_division(typed).code == code
        return
    with refused(BadInput, "places.division_not_found") as told:
        meant_division(typed)
    if typed == "鼓楼区":
        assert "350102 福州市鼓楼区" in str(told.value)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("甘孜藏族自治州", ("甘孜", "甘孜州")),
        ("内蒙古自治区", ("内蒙古",)),
        ("木里藏族自治县", ("木里", "木里县")),
        ("积石山保安族东乡族撒拉族自治县", ("积石山", "积石山县")),
        ("浦东新区", ("浦东",)),
        ("康县", ()),
    ],
)
def test_short_names(name, short):
    assert short_names(name) == short
