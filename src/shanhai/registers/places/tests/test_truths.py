# SPDX-License-Identifier: Apache-2.0
"""What the database itself refuses, whoever writes."""

import pytest
from django.db import IntegrityError, transaction

from shanhai.registers.places import providers
from shanhai.registers.places.models import Division, Outline
from shanhai.registers.places.tests.builders import a_division, a_site
from tests.cast import AT

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"code": "5133A1", "level": "county"}, "code_is_six_digits"),
        ({"code": "51330", "level": "county"}, "code_is_six_digits"),
        ({"code": "013301", "level": "county"}, "code_is_six_digits"),
        ({"code": "51330\n", "level": "county"}, "code_is_six_digits"),
        ({"code": "513302", "level": "prefecture"}, "level_follows_from_its_code"),
        ({"code": "513302", "level": "village"}, "level_follows_from_its_code"),
        ({"code": "513302", "parent": None}, "only_a_province_has_no_parent"),
        ({"code": "513302", "name": ""}, "name_is_not_empty"),
        ({"code": "513302", "label_lon": 101.0}, "label_is_a_point"),
        ({"code": "513302", "label_lon": 181.0, "label_lat": 0.0}, "label_is_a_point"),
        ({"code": "513302", "provenance": "invented"}, "provenance_is_known"),
    ],
)
def test_a_division_that_cannot_be_is_refused(values, constraint):
    parent = a_division("513300")

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Division.objects.create(**{"name": "某县", "level": "county", "parent": parent, "changed_at": AT, **values})


@pytest.mark.parametrize("code", ["510000", "513300", "513301"])
def test_a_division_that_can_be_is_taken(code):
    assert a_division(code).pk


@pytest.mark.parametrize(
    "box", [(101, 29, 181, 30), (101, -91, 102, 30), (102, 29, 101, 30), (101, 30, 102, 29), (101, 29, 101, 30)]
)
def test_a_box_that_cannot_be_is_refused(box):
    west, south, east, north = box

    with pytest.raises(IntegrityError, match="places_outline_box"), transaction.atomic():
        Outline.objects.create(division=a_division(), wkb=b"", west=west, south=south, east=east, north=north)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"lon": 181.0}, "point_on_earth"),
        ({"lat": -90.1}, "point_on_earth"),
        ({"altitude_m": 9001}, "altitude_is_possible"),
        ({"altitude_m": -201}, "altitude_is_possible"),
        ({"kind": "castle"}, "kind_is_known"),
        ({"name": ""}, "name_is_not_empty"),
        ({"provenance": "invented"}, "provenance_is_known"),
    ],
)
def test_a_site_that_cannot_be_is_refused(values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        a_site(**{"name": "某地", **values})


def test_a_name_stands_once_in_a_division():
    a_site("小学")

    with pytest.raises(IntegrityError), transaction.atomic():
        a_site("小学")
    assert a_site("小学", division=a_division("513322")).pk


def test_a_box_that_is_not_its_outlines_is_told():
    division = a_division("513301", box=(101, 29, 102, 30))
    assert providers.Boxes().run() == ()

    Outline.objects.filter(division=division).update(east=103)

    assert providers.Boxes().run() == ("513301 的外包矩形与轮廓不符。请重新导入它的轮廓。",)
