# SPDX-License-Identifier: Apache-2.0
import pytest
from django.urls import reverse

from shanhai.registers.places.models import Division
from shanhai.registers.places.tests.builders import a_division

pytestmark = pytest.mark.django_db


@pytest.fixture
def look(sign_in):
    """What somebody of that role is answered."""
    return lambda role="county_user", **asked: sign_in(role).get(reverse("places:list"), asked)


@pytest.mark.parametrize("asked", ["540581", "错那", "540530", "542232", "错那县"])
def test_a_division_is_found_by_any_code_or_name_it_has_had_and_shows_them(look, asked):
    a_division("540581", name="错那市")
    a_division("540502", name="乃东区")
    Division.objects.date()

    page = look(text=asked).content.decode()

    assert "错那市" in page
    assert "2023-04-03 起" in page
    assert "540530" in page
    assert "542232" in page
    assert "乃东区" not in page


def test_a_division_that_is_no_more_says_until_when(look):
    a_division("513321", name="康定县")
    Division.objects.date()

    assert "到 2015 为止" in look(level="county").content.decode()


@pytest.mark.parametrize(("asked", "shown"), [({}, False), ({"text": "513321"}, False), ({"ended": "on"}, True)])
def test_a_division_that_another_has_followed_is_listed_only_when_asked(look, asked, shown):
    a_division("513321", name="康定县")
    a_division("513301", name="康定市")
    Division.objects.date()

    page = look(**asked).content.decode()

    assert ("到 2015 为止" in page) is shown
    assert '<th scope="row">康定市' in page


def test_filters_that_find_nothing_or_say_nothing_are_told(look):
    assert "没有符合条件的行政区划" in look(text="不存在").content.decode()


def test_nothing_registered_is_told(look):
    assert "还没有登记行政区划" in look(level="nonsense").content.decode()


@pytest.mark.parametrize(("role", "status"), [("office", 200), ("administrator", 404), (None, 404)])
def test_who_sees_no_programme_sees_no_page(look, role, status):
    assert look(role).status_code == status


def test_the_list_asks_the_database_a_fixed_number_of_times(look, django_assert_max_num_queries):
    for number in range(21, 60):
        a_division(f"5133{number}")
    client = look().client

    with django_assert_max_num_queries(16):
        assert client.get(reverse("places:list")).status_code == 200
