# SPDX-License-Identifier: Apache-2.0
"""The map on a desk: the counties have the figures of their own pages, and nobody gets what they may not see."""

import json
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanhai.insight.map.desk.rules.classing import class_of, limits_of
from shanhai.insight.map.desk.selectors import list_shades, number_of, outlines, shade
from shanhai.insight.map.tests.builders import Made, a_feature, registered
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.proofs import get_figure
from shanhai.planning.projects.tests.builders import a_programme, a_project, some_money
from shanhai.registers.places.models import Division
from shanhai.registers.places.tests.builders import a_division
from tests.cast import AT, a_user, actor_of

VALUES = st.decimals(-(10**9), 10**12, places=2)


@given(st.lists(VALUES, min_size=1, max_size=30), st.booleans())
def test_at_most_five_round_classes_hold_all_values(values, whole):
    limits = limits_of(values, whole=whole)

    assert 2 <= len(limits) <= 6
    assert limits[0] <= min(values)
    assert max(values) <= limits[-1]
    assert all(limits[class_of(one, limits)] <= one <= limits[class_of(one, limits) + 1] for one in values)
    widths = {high - low for low, high in pairwise(limits)}
    assert len(widths) == 1
    assert widths.pop().normalize().as_tuple().digits in ((1,), (2,), (2, 5), (5,))


@pytest.mark.parametrize(
    ("values", "whole", "limits"),
    [
        (("0", "31200000"), False, ("0", "1E+7", "2E+7", "3E+7", "4E+7")),
        (("61.3", "100"), False, ("60", "70", "80", "90", "100")),
        (("0", "3"), True, ("0", "1", "2", "3")),
        (("7",), True, ("6", "8")),
        ((), False, ()),
    ],
)
def test_limits_are_those_a_person_would_draw(values, whole, limits):
    assert limits_of([Decimal(one) for one in values], whole=whole) == tuple(map(Decimal, limits))


@pytest.fixture
def scope():
    for code, west in (("513301", 101.0), ("513322", 102.0)):
        a_division(code, box=(west, 29.0, west + 1, 31.0), label_lon=west + 0.5, label_lat=30.0)
    a_programme()
    for code, name, place, paid in (("P-1", "康定桥", "513301", 40), ("P-2", "泸定路", "513322", 0)):
        line = a_project(code=code, name=name, place=place, yuan=100).lines.get()
        some_money("arrive", line, 60)
        if paid:
            some_money("allot", line, paid)
    return FigureScope("zj-ganzi", AT.date())


@pytest.mark.django_db
def test_a_county_has_the_figures_of_its_own_page(scope):
    viewer = actor_of(a_user("commander"))
    keys = [one.key for one in list_shades(viewer=viewer, scope=scope)]
    assert {"funds_arrived", "livelihood_share", "late_count"} <= set(keys)

    for key in keys:
        found = shade(viewer=viewer, scope=scope, key=key)
        own = {
            one.code: get_figure(viewer, FigureScope(scope.programme, scope.as_of, one.code), key)
            for one in found.counties
        }
        shown = {code: number_of(one) for code, one in found.figures.items() if number_of(one) is not None}
        assert shown == {code: number_of(one) for code, one in own.items() if number_of(one) is not None}, key
    assert number_of(shade(viewer=viewer, scope=scope, key="project_count").figures["513301"]) == 1


@pytest.mark.django_db
def test_who_sees_one_county_gets_no_figure_and_no_feature_of_another(scope, sign_in):
    client = sign_in("county_user", programme="zj-ganzi", place="513301")
    page = client.get("/map/", {"programme": "zj-ganzi", "shade": "project_count"}).content.decode()
    rows = {row.partition('"')[0]: row for row in page.split('data-county="')[1:]}

    assert 'data-class="0"' in rows["513301"]
    assert 'data-class=""' in rows["513322"]
    for code, status in (("513301", 200), ("513322", 200), ("540602", 404)):
        answer = client.get(f"/map/counties/{code}/", {"programme": "zj-ganzi"})
        assert answer.status_code == status
        assert ("泸定路" in answer.content.decode()) is False
    assert "康定桥" in client.get("/map/counties/513301/", {"programme": "zj-ganzi"}).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/map/", "/map/sheet/"])
def test_who_sees_no_figure_has_the_map_with_the_layers_that_are_theirs(scope, sign_in, path):
    answer = sign_in("duty_officer", programme="zj-ganzi").get(path)

    assert answer.status_code == 200
    assert 'value="funds_arrived"' not in answer.content.decode()
    assert 'value="hazard-sites"' in answer.content.decode()


@pytest.mark.django_db
def test_a_card_is_of_who_may_see_the_feature_and_leads_to_its_page(scope, sign_in):
    commander, liaison = sign_in("commander"), sign_in("county_user", programme="zj-ganzi", place="513301")
    item = commander.get("/ogc/collections/projects/items").json()["features"][0]
    address = f"/map/cards/projects/{item['id']}/"

    card = commander.get(address).content.decode()
    assert item["properties"]["name"] in card
    assert f"/projects/{item['id']}/" in card
    assert liaison.get(address).status_code == (200 if item["properties"]["place"] == "513301" else 404)
    assert commander.get("/map/cards/projects/nothing/").status_code == 404
    assert commander.get("/map/cards/nothing/a/").status_code == 404


@pytest.mark.django_db
def test_a_layer_that_fails_is_named_and_the_rest_is_there(scope, sign_in):
    with registered(Made(a_feature(at=(101.9, 30.0)))) as layer:
        layer.fault = RuntimeError("away")
        answer = sign_in("commander").get("/map/counties/513301/", {"programme": "zj-ganzi"})

    assert answer.status_code == 200
    page = answer.content.decode()
    assert "试验图层" in page
    assert "暂时读不出来" in page
    assert "康定桥" in page


@pytest.mark.django_db
def test_outlines_hold_each_county_once_with_its_name_beside(scope):
    found = json.loads(outlines(list(Division.objects.filter(parent__code="513300").order_by("code"))))
    kinds = [(one["properties"]["code"], one["geometry"]["type"] == "Point") for one in found["features"]]
    assert kinds == sorted(kinds, key=lambda one: one[0])
    assert len(kinds) == len(set(kinds)) == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"limits": "3,1"},
        {"limits": "a"},
        {"limits": "1"},
        {"limits": "NaN,1"},
        {"limits": "0,1e999999"},
        {"as_of": "2999-01-01"},
    ],
)
def test_a_bad_address_says_what_would_do(scope, sign_in, wrong):
    assert sign_in("commander").get("/map/", {"shade": "project_count", **wrong}).status_code == 400


@pytest.mark.django_db
def test_a_figure_that_no_county_has_is_not_there(scope, sign_in):
    client = sign_in("commander")
    for key in ("target:1", "nothing"):
        assert client.get("/map/", {"shade": key}).status_code == 404
