# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
import shapely

from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.ids import new_id
from shanhai.registers.places.models import Division, DivisionChange
from shanhai.registers.places.selectors import (
    find_divisions,
    get_division,
    get_site,
    list_counties_of,
    list_divisions,
    list_shapes,
    list_sites,
    locate,
)
from shanhai.registers.places.tests.builders import a_division, a_site
from shanhai.registers.places.values import Level
from tests.cast import ADMIN, AT, DEPUTY, KANGDING, STRANGER
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def _divisions():
    for code in ("513301", "513322", "540602", "330000"):
        a_division(code)


@pytest.mark.usefixtures("_divisions")
class TestByCode:
    def test_one_is_got_or_there_is_none(self):
        assert get_division("513301").name == "康定市"
        for code in ("513399", "", "5133", "'; --", "9" * 1000):
            with refused(BadInput, "places.division_not_found"):
                get_division(code)

    def test_many_are_found_in_one_query(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            found = find_divisions(["513301", "540602", "999999"])

        assert {code: division.name for code, division in found.items()} == {"513301": "康定市", "540602": "色尼区"}

    def test_thousands_of_codes_are_still_one_query(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            assert len(find_divisions(["513301", *map(str, range(600_000, 605_000))])) == 1

    def test_lists_follow_level_and_place(self):
        def codes(**kw):
            return [division.code for division in list_divisions(**kw)]

        assert codes(level=Level.PROVINCE) == ["330000", "510000", "540000"]
        assert codes(under="510000") == ["513300", "513301", "513322"]
        assert codes(under="510000", level=Level.COUNTY) == ["513301", "513322"]
        assert codes(under="513301") == []

    def test_counties_of_any_level(self):
        def codes(code):
            return [division.code for division in list_counties_of(code)]

        assert codes("510000") == codes("513300") == ["513301", "513322"]
        assert codes("540602") == ["540602"]
        assert codes("330000") == []

    @pytest.mark.parametrize("last", ["540530", "540581", "540599"])
    def test_counties_that_a_registered_one_has_followed_are_left_out_until_asked(self, last):
        DivisionChange.objects.create(
            code_old="540581", code_new="540599", name_new="错那区", kind="recoded", since="2026", source="例"
        )
        a_division("542232")
        a_division("542299")
        Division.objects.date()
        assert [one.code for one in list_counties_of("542232")] == ["542232"]

        a_division(last)
        Division.objects.date()

        assert not list_counties_of("542232")
        assert [one.code for one in list_counties_of("542232", ended=True)] == ["542232"]
        assert [one.code for one in list_counties_of("542299")] == ["542299"]

    def test_joining_a_division_loads_no_outline(self, django_assert_num_queries):
        a_division("513301", box=(101, 29, 102, 30))

        with django_assert_num_queries(1):
            division = get_division("513301")
        assert "wkb" not in vars(division)


class TestByLocation:
    def test_a_point_is_found_in_its_county(self, django_assert_num_queries):
        a_division("513301", box=(101, 29, 102, 30))
        a_division("513322", box=(102, 29, 103, 30))

        with django_assert_num_queries(2):
            assert locate([(102.5, 29.5)]) == ["513322"]

    def test_a_point_on_a_common_border_belongs_to_the_lower_code(self):
        a_division("513322", box=(102, 29, 103, 30))
        a_division("513301", box=(101, 29, 102, 30))

        assert locate([(102.0, 29.5)]) == ["513301"]

    def test_the_box_alone_does_not_decide(self):
        division = a_division("513301", box=(101, 29, 102, 30))
        division.outline.wkb = shapely.to_wkb(shapely.Polygon([(101, 29), (102, 29), (101, 30)]))
        division.outline.save()

        assert locate([(101.2, 29.2)]) == ["513301"]
        assert locate([(101.8, 29.8)]) == [""]

    def test_another_level_is_found_only_when_asked_for(self):
        a_division("513300", box=(97, 28, 103, 34))

        assert locate([(101.5, 29.5)]) == [""]
        assert locate([(101.5, 29.5)], level=Level.PREFECTURE) == ["513300"]

    def test_many_points_take_two_queries(self, django_assert_num_queries):
        a_division("513301", box=(101, 29, 102, 30))

        with django_assert_num_queries(2):
            assert locate([(101.5, 29.5), (99.0, 29.5), (101.1, 29.9)]) == ["513301", "", "513301"]

    def test_no_points_take_no_query(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert locate([]) == []


class TestShapes:
    def test_the_counties_of_a_prefecture_are_drawn(self):
        a_division("513301", box=(101, 29, 102, 30))
        a_division("513322", box=(102, 29, 103, 30))
        a_division("513323")

        shapes = list_shapes(under="513300", width=320, height=240)

        assert [shape.name for shape in shapes] == ["康定市", "泸定县"]
        assert all(shape.path.startswith("M") and shape.path.endswith("Z") for shape in shapes)

    def test_a_second_look_costs_one_query_until_a_division_changes(self, django_assert_num_queries):
        division = a_division("513301", box=(101, 29, 102, 30))
        list_shapes(under="513300", width=321, height=240)
        with django_assert_num_queries(1):
            list_shapes(under="513300", width=321, height=240)

        division.name, division.changed_at = "打箭炉", AT + timedelta(seconds=1)
        division.save()

        assert list_shapes(under="513300", width=321, height=240)[0].name == "打箭炉"

    def test_another_level_may_be_asked_for(self):
        a_division("513300", box=(97, 28, 103, 34))
        a_division("513301", box=(101, 29, 102, 30))

        assert [s.code for s in list_shapes(under="510000", width=99, height=99)] == ["513300"]
        assert [s.code for s in list_shapes(under="510000", width=99, height=99, level=Level.COUNTY)] == ["513301"]
        assert [s.code for s in list_shapes(under="513301", width=99, height=99)] == ["513301"]
        assert list_shapes(under="653000", width=99, height=99) == ()


class TestSites:
    def test_a_site_is_for_those_who_may_view_some_programme(self):
        site = a_site()

        assert get_site(viewer=KANGDING, uuid=site.uuid) == site
        assert list(list_sites(viewer=DEPUTY, under="513300")) == [site]
        assert not list_sites(viewer=DEPUTY, under="540000")
        for viewer in (STRANGER, ADMIN):
            assert not list_sites(viewer=viewer)
            with pytest.raises(NotVisible):
                get_site(viewer=viewer, uuid=site.uuid)

    def test_what_does_not_exist_is_answered_like_what_is_not_visible(self):
        with pytest.raises(NotVisible):
            get_site(viewer=DEPUTY, uuid=new_id())

    def test_sites_come_with_their_divisions(self, django_assert_num_queries):
        a_site("甲")
        a_site("乙")

        with django_assert_num_queries(1):
            assert [site.division.name for site in list_sites(viewer=DEPUTY)] == ["康定市", "康定市"]
