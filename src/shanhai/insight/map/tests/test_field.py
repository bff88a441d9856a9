# SPDX-License-Identifier: Apache-2.0
"""The map on a phone: a county as data for who may see it, bounded and whole or said; what is kept is one person's."""

import pytest
import shapely
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shanhai.base.accounts.tests.builders import a_new_user, signed_in
from shanhai.base.accounts.values import KEPT_FOR
from shanhai.insight.map.phone.views import FILES
from shanhai.insight.map.tests.builders import Made, a_feature, registered
from shanhai.kernel.registry import registries
from shanhai.planning.projects.tests.builders import a_programme, a_project
from shanhai.registers.places.tests.builders import a_division

pytestmark = pytest.mark.django_db
KANGDING, LUDING = "/map/field/areas/513301.json", "/map/field/areas/513322.json"


@pytest.fixture(autouse=True)
def programme():
    for code, west in (("513301", 101.0), ("513322", 102.0), ("540602", 91.0)):
        a_division(code, box=(west, 29.0, west + 1, 31.0), label_lon=west + 0.5, label_lat=30.0)
    a_programme()
    for code, name, place in (("P-1", "康定桥", "513301"), ("P-2", "泸定路", "513322")):
        a_project(code=code, name=name, place=place, yuan=100)


def layer_of(answer, key):
    return next((one for one in answer.json()["layers"] if one["key"] == key), None)


def names(answer, key="projects"):
    layer = layer_of(answer, key)
    return layer and [one["name"] for one in layer["features"]]


def test_a_county_is_told_with_its_outline_and_its_things_in_words(sign_in):
    found = sign_in("commander").get(KANGDING)

    assert found.status_code == 200
    assert {one["geometry"]["type"] for one in found.json()["outline"]["features"]} >= {"Point"}
    (thing,) = layer_of(found, "projects")["features"]
    assert (thing["name"], thing["at"], thing["url"][:10]) == ("康定桥", [101.5, 30.0], "/projects/")
    assert all(thing[one] for one in ("tone", "sign", "state"))
    assert ["进度（%）", "0"] in thing["said"]
    # Codes are for filters.
    assert not {"513301", "zj-ganzi"} & {said for _, said in thing["said"]}
    assert {one["key"] for one in found.json()["layers"]}.isdisjoint({"divisions", "support"})
    assert found["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("role", "place", "first", "second"),
    [
        ("commander", "", ["康定桥"], ["泸定路"]),
        ("county_user", "513301", ["康定桥"], []),
        ("county_user", "513322", [], ["泸定路"]),
    ],
)
def test_everybody_gets_their_own_rows_and_no_others(sign_in, role, place, first, second):
    client = sign_in(role, **({"programme": "zj-ganzi", "place": place} if place else {}))

    assert names(client.get(KANGDING)) == first
    assert names(client.get(LUDING)) == second
    for address, listed in ((KANGDING, first), (LUDING, second)):
        page = client.get("/map/field/", {"area": address[-11:-5], "list": "1"}).content.decode()
        assert [one for one in ("康定桥", "泸定路") if one in page] == listed


def test_an_area_is_a_county_of_a_programme_that_the_viewer_sees(sign_in):
    client, nobody = sign_in("commander"), sign_in(None)

    for code in ("540602", "513300", "000000", "x"):
        assert client.get(f"/map/field/areas/{code}.json").status_code == 404
        assert client.get("/map/field/", {"area": code}).status_code == 404
    assert nobody.get(KANGDING).status_code == 404
    assert Client().get(KANGDING).status_code == 401
    assert Client().get("/map/field/")["Location"].startswith("/accounts/login/")


def test_what_has_not_changed_is_not_sent_again(sign_in):
    client = sign_in("commander")
    tag = client.get(KANGDING)["ETag"]
    again = client.get(KANGDING, headers={"If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")
    assert again["X-As-Of"]
    assert client.get(LUDING)["ETag"] != tag
    assert client.get(KANGDING, headers={"Accept-Language": "en"})["ETag"] != tag
    a_project(code="P-3", name="康定渠", place="513301", yuan=100)
    changed = client.get(KANGDING, headers={"If-None-Match": tag})
    assert (changed.status_code, names(changed)) == (200, ["康定桥", "康定渠"])


def test_what_is_beyond_the_limit_is_counted(sign_in, settings):
    settings.MAP_FIELD_MOST = 3
    with registered(Made(*(a_feature(f"a{one}", at=(101.1 + one / 10, 30.0)) for one in range(5)))):
        found = sign_in("commander").get(KANGDING)

    counts = {one["key"]: (len(one["features"]), one["more"]) for one in found.json()["layers"]}
    assert (counts["made"], counts["projects"]) == ((3, 2), (0, 1))


@pytest.mark.parametrize("at", ["edition", "items"])
def test_a_layer_that_fails_is_named_and_the_rest_stands(sign_in, at, monkeypatch):
    with registered(Made(a_feature(at=(101.5, 30.0)))) as layer:
        client = sign_in("commander")
        if at == "edition":
            layer.fault = RuntimeError("away")
        else:
            monkeypatch.setattr(Made, "tones", None)
        found = client.get(KANGDING)

    assert found.status_code == 200
    assert "暂时读不出来" in layer_of(found, "made")["failed"]
    assert names(found) == ["康定桥"]
    # A phone asks again for what is not whole.
    assert "ETag" not in found


def test_an_area_is_drawn_simply_and_stands_at_a_point_within(sign_in):
    shape = shapely.MultiPolygon([shapely.Point(101.5, 30.0).buffer(0.05, quad_segs=200)])
    layer = Made(a_feature(at=shape))
    layer.geometry = "MultiPolygon"
    with registered(layer):
        (thing,) = layer_of(sign_in("commander").get(KANGDING), "made")["features"]

    assert shapely.get_num_coordinates(shapely.geometry.shape(thing["shape"])) < 100
    assert shape.contains(shapely.Point(thing["at"]))


def test_twenty_more_features_ask_the_database_no_more_often(sign_in):
    client = sign_in("commander")

    def asked():
        client.get(KANGDING)
        with CaptureQueriesContext(connection) as found:
            client.get(KANGDING)
        return len(found)

    before = asked()
    for number in range(20):
        a_project(code=f"Q-{number}", name=f"桥{number}", place="513301", yuan=100)

    # A few for who asks and for the county, two for a layer.
    assert asked() == before <= 8 + 2 * len(registries.layers)
    assert len(names(client.get(KANGDING))) == 21


def test_a_county_user_begins_at_home_and_others_choose(sign_in):
    home = sign_in("county_user", programme="zj-ganzi", place="513322").get("/map/field/").content.decode()
    free = sign_in("commander").get("/map/field/").content.decode()

    assert '<option value="513322" selected>' in home
    assert 'data-area="513322"' in home
    assert 'value="513301"' not in home
    assert "selected>" not in free
    assert "540602" not in free


def test_what_a_phone_keeps_of_the_page_has_nobody_in_it(sign_in):
    shell, worker = Client().get("/map/field/shell/"), Client().get("/map/field/worker.js")
    page = sign_in("commander").get("/map/field/", {"area": "513301"}).content.decode()

    text = shell.content.decode()
    assert 'data-owner=""' in text
    assert "csrfmiddlewaretoken" not in text
    assert not shell.cookies
    assert worker["Content-Type"].startswith("text/javascript")
    assert worker["Cache-Control"] == "no-cache"
    # All that the page loads is kept with it.
    for one in FILES:
        assert one in worker.content.decode()
    loaded = {part.partition('"')[0] for part in page.replace('src="', 'href="').split('href="/static/')[1:]}
    assert {one.partition("#")[0] for one in loaded} <= set(FILES)
    assert Client().get("/map/field/worker.js", headers={"Accept-Language": "en"}).content != worker.content


def test_what_is_kept_goes_at_sign_out_and_before_somebody_else():
    for name in ("first", "second"):
        a_new_user(username=name)
    browser = signed_in("first")
    browser.get("/map/field/")
    kept = browser.cookies[KEPT_FOR].value
    assert kept

    browser.get("/accounts/")
    browser.cookies.pop("sessionid")
    again = browser.post("/accounts/login/", {"login": "first", "password": "only-in-tests-9431"})
    assert "Clear-Site-Data" not in again
    browser.cookies.pop("sessionid")
    wrong = browser.post("/accounts/login/", {"login": "second", "password": "wrong"})
    assert "Clear-Site-Data" not in wrong
    other = browser.post("/accounts/login/", {"login": "second", "password": "only-in-tests-9431"})
    assert other["Clear-Site-Data"] == '"storage"'
    assert not browser.cookies[KEPT_FOR].value

    browser.get("/map/field/")
    assert browser.cookies[KEPT_FOR].value not in ("", kept)
    assert browser.post("/accounts/logout/")["Clear-Site-Data"] == '"storage"'
    assert not browser.cookies[KEPT_FOR].value
    assert "Clear-Site-Data" not in browser.get("/accounts/login/")

    browser = signed_in("second")
    browser.get("/map/field/")
    browser.cookies.pop(KEPT_FOR)
    assert browser.post("/accounts/logout/")["Clear-Site-Data"] == '"storage"'
