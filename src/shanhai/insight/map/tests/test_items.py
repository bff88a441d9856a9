# SPDX-License-Identifier: Apache-2.0
"""Features over HTTP: who sees which, by box, filter and page, and what is told of a bad question."""

import json

import pytest
from django.test import Client

from shanhai.base.audit import services as audit
from shanhai.insight.map.models import MapToken
from shanhai.insight.map.ogc.rules.crs import CODES
from shanhai.insight.map.services import give_token, revoke_token
from shanhai.insight.map.tests.builders import Made, a_feature, registered
from shanhai.kernel.actors import system
from shanhai.kernel.subjects import Subject
from shanhai.planning.projects.tests.builders import a_project
from shanhai.registers.places.models import Division
from shanhai.registers.places.tests.builders import a_site
from tests.cast import AT, a_user, actor_of

pytestmark = pytest.mark.django_db
ITEMS = "/ogc/collections/made/items"
MERCATOR = next(one for one, code in CODES.items() if code == 3857)


@pytest.fixture
def made():
    at = [(100.0, 30.0), (101.0, 31.0), (102.0, 32.0), (-179.0, 0.0), (179.0, 0.0)]
    given = [a_feature(f"f{number}", one, level=number, name=f"{number}%_x") for number, one in enumerate(at)]
    with registered(Made(*given)) as layer:
        yield layer


@pytest.fixture
def client(sign_in, ganzi):
    return sign_in("commander")


def ids(client, **query):
    answer = client.get(ITEMS, query)
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["features"]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-02-28", ""),
        ("2026-03-01", "a c"),
        ("2026-04-30T15:59:59Z", "a c"),
        ("2026-04-30T16:00:00Z", "b c"),
        ("../2026-03-15", "a c"),
        ("2026-05-01/", "b c"),
        ("2026-02-01/2026-12-01", "a b c"),
    ],
)
def test_a_day_chooses_what_was_there(client, text, found):
    begun, none = {"a": "2026-03-01", "b": "2026-05-01", "c": "2026-03-01"}, {"b": None, "c": None}
    ends = {"a": "2026-04-30", **none}
    with registered(Made(*(a_feature(one, name=ends[one], on=begun[one]) for one in "abc"))) as layer:
        layer.since, layer.until = "on", "name"
        assert ids(client, datetime=text) == found.split()
        layer.since = layer.until = ""
        assert ids(client, datetime=text) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("level = 1", "f1"),
        ("2 <= level", "f2 f3 f4"),
        ("level <> 1 AND NOT level = 2", "f0 f3 f4"),
        ("level BETWEEN 1 AND 2 OR id = 'f4'", "f1 f2 f4"),
        ("level IN (0, 4)", "f0 f4"),
        ("name LIKE '1%'", "f1"),
        (r"name LIKE '_\%%'", "f0 f1 f2 f3 f4"),
        ("name LIKE '%X'", ""),
        ("level IS NULL", ""),
        ("open = TRUE AND share < 0.6", "f0 f1 f2 f3 f4"),
        ("\"on\" > DATE('2026-11-29')", "f0 f1 f2 f3 f4"),
        ("level = level", "f0 f1 f2 f3 f4"),
        ("S_INTERSECTS(geometry, POLYGON((99 29, 101 29, 101 31, 99 31, 99 29)))", "f0 f1"),
        ("S_INTERSECTS(geometry, POLYGON((99 29, 103 33, 99 33, 99 29))) AND level > 1", "f2"),
    ],
)  # fmt: skip
def test_a_filter_chooses(client, made, text, found):
    assert ids(client, filter=text) == found.split()


def test_a_box_chooses_also_over_the_date_line(client, made):
    assert ids(client, bbox="100,30,101,31") == ["f0", "f1"]
    assert ids(client, bbox="100.0001,30,101,31") == ["f1"]
    assert ids(client, bbox="178,-1,-178,1") == ["f3", "f4"]
    assert ids(client, **{"bbox": "30,100,31,101", "bbox-crs": next(iter(CODES))}) == ["f0", "f1"]
    assert ids(client, **{"bbox": "11131949,3503549,11243271,3632750", "bbox-crs": MERCATOR}) == ["f0", "f1"]
    assert ids(client, bbox="99,29,103,33", filter="level > 0 AND S_INTERSECTS(geom, BBOX(99,29,101.5,33))") == ["f1"]


def test_coordinates_come_in_the_system_that_is_asked_for(client, made):
    def first(crs):
        answer = client.get(ITEMS, {"crs": crs, "limit": 1})
        assert answer.headers["Content-Crs"] == f"<{crs}>"
        return answer.json()["features"][0]["geometry"]["coordinates"]

    assert [first(one) for one in CODES] == [[30, 100], [30, 100], [11131949.08, 3503549.84]]


def test_pages_neither_lose_nor_repeat_and_end_with_their_edition(client, made):
    page, seen = client.get(ITEMS, {"limit": 2, "filter": "level < 4"}).json(), []
    while page:
        seen += [one["id"] for one in page["features"]]
        onward = next((one["href"] for one in page["links"] if one["rel"] == "next"), "")
        page = client.get(onward).json() if onward else None
        assert len(seen) < 10
    assert seen == ["f0", "f1", "f2", "f3"]

    onward = next(one["href"] for one in client.get(ITEMS, {"limit": 2}).json()["links"] if one["rel"] == "next")
    made.given.pop()
    audit.record(by=system("test"), at=AT, action="map.token.given", on=Subject("x", "1"), changes={})
    assert client.get(onward).status_code == 409


def test_what_has_not_changed_is_not_sent_again(client, made):
    tag = client.get(ITEMS).headers["ETag"]
    assert client.get(ITEMS, headers={"If-None-Match": tag}).status_code == 304
    assert client.get(f"{ITEMS}?limit=1", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"filter": "colour = 1"}, "colour"),
        ({"filter": "level = 'a'"}, "level"),
        ({"filter": "level = 1; DROP TABLE features"}, "CQL2"),
        ({"filter": "name = '' OR 1 = 1"}, "1"),
        ({"filter": "\"x\"\" OR 1=1 --\" = 1"}, "x"),
        ({"filter": "level + 1 = 2"}, "+"),
        ({"filter": "T_AFTER(\"on\", DATE('2026-01-01'))"}, "t_after"),
        ({"filter": "(" * 41 + "level = 1" + ")" * 41}, "40"),
        ({"filter": "level = 1 " + "OR level = 1 " * 400}, "4000"),
        ({"filter": "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))"}, "自相交"),
        ({"filter": "S_INTERSECTS(geometry, POINT EMPTY)"}, "CQL2"),
        ({"filter": "S_INTERSECTS(geometry, POLYGON EMPTY)"}, "空"),
        ({"filter": "level = " + "-" * 3900 + "1"}, "40"),
        ({"filter": "level = " + "-" * 30 + "(" + "- " * 30 + "1)"}, "40"),
        ({"filter": "level = 1" + "+1" * 1900}, "+"),
        ({"filter": "level = 1" + "=1" * 1900}, "="),
        ({"filter": "level = 9007199254740993"}, "53"),
        ({"filter-lang": "cql2-json"}, "cql2-text"),
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "30,100,31,101"}, "bbox"),
        ({"bbox": "nan,0,1,1"}, "bbox"),
        ({"bbox": "9_0,31,93,32.5"}, "bbox"),
        ({"bbox": "٩٠,31,93,32"}, "bbox"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "٣"}, "limit"),
        ({"crs": "EPSG:4326"}, "crs"),
        ({"datetime": "yesterday"}, "datetime"),
        ({"datetime": "2026-11-30/2026-11-01"}, "datetime"),
        ({"datetime": "../.."}, "datetime"),
        ({"datetime": "9999-12-31T23:59:59Z"}, "datetime"),
        ({"datetime": "0001-01-01T00:00:00+14:00"}, "datetime"),
        ({"datetime": "2026-11-30T00:00:00"}, "datetime"),
        ({"size": "10"}, "size"),
    ],
)  # fmt: skip
def test_a_bad_question_is_told_what_would_do(client, made, query, field):
    answer = client.get(ITEMS, query)

    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert field in answer.json()["detail"]


def test_no_address_takes_a_parameter_that_it_does_not_know(client, made):
    for path in ("", "conformance", "api", "collections", "collections/made", "collections/made/queryables"):
        assert client.get(f"/ogc/{path}?f=json").status_code == 200
        assert client.get(f"/ogc/{path}?colour=1").status_code == 400
        assert client.get(f"/ogc/{path}?f=html").status_code == 400


def test_a_layer_whose_app_fails_says_so_and_the_others_go_on(client, made):
    made.fault = ValueError("broken")

    answer = client.get(ITEMS)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "试验图层" in answer.json()["detail"]
    assert client.get("/ogc/collections/divisions/items").status_code == 200
    for page in ("cards/made/f1/", "analysis/?layer=made&feature=f1&km=1", "analysis/?place=513301"):
        assert client.get(f"/map/{page}").status_code in (200, 404, 503), page
    assert "试验图层" in client.get("/map/cards/made/f1/").text


def test_nobody_hears_of_a_row_that_is_not_theirs(sign_in, ganzi):
    """Neither in a list, a count, a filter, nor by its address."""
    there, here = (a_project(place=code, code=code) for code in ("513301", "513322"))
    Division.objects.update(label_lon=101.5, label_lat=30.0)
    county = sign_in("county_user", programme="zj-ganzi", place="513322")

    answer = county.get("/ogc/collections/projects/items").json()
    filtered = county.get("/ogc/collections/projects/items", {"filter": "code = '513301'"}).json()

    assert [one["id"] for one in answer["features"]] == [str(here.uuid)]
    assert (answer["numberMatched"], filtered["numberMatched"]) == (1, 0)
    assert county.get(f"/ogc/collections/projects/items/{there.uuid}").status_code == 404
    assert county.get("/ogc/collections/nothing/items").status_code == 404


def test_a_token_reads_what_its_holder_may_and_ends_at_once(ganzi):
    program, user = Client(), a_user("commander")
    by = actor_of(user)
    a_site("折多塘小学")
    head = {"Authorization": f"Bearer {give_token(name='QGIS', by=by, at=AT)}"}
    asked = "/ogc/collections/sites/items"

    assert program.get(asked).status_code == 401
    assert [one["properties"]["name"] for one in program.get(asked, headers=head).json()["features"]] == ["折多塘小学"]
    revoke_token(token=MapToken.objects.get().uuid, by=by, at=AT)
    assert program.get(asked, headers=head).status_code == 401


def test_the_description_names_the_layers_that_its_reader_sees(client, made):
    told = json.loads(client.get("/ogc/api").content)
    keys = told["paths"]["/collections/{collectionId}"]["get"]["parameters"][0]["schema"]["enum"]
    assert "made" in keys
    names = client.get("/ogc/collections/made/queryables").json()["properties"]
    assert set(names) == {"geometry", "id", "name", "level", "share", "open", "on"}
