# SPDX-License-Identifier: Apache-2.0
"""The page of analysis: what lies in a shape or near it, of what the viewer may see, by page, table and GeoJSON."""

import io
import json
from urllib.parse import parse_qs, urlsplit

import pytest
import python_calamine
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile

from shanhai.insight.map.tests.builders import Made, a_feature, registered
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.tests.builders import a_programme, a_project
from shanhai.registers.places.tests.builders import a_division

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
PAGE = "/map/analysis/"
ROUND = "POLYGON((101.4 29.9, 101.6 29.9, 101.6 30.1, 101.4 30.1, 101.4 29.9))"


@pytest.fixture(autouse=True)
def world(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    for code, west in (("513301", 101.0), ("513322", 102.0)):
        a_division(code, box=(west, 29.0, west + 1, 31.0), label_lon=west + 0.5, label_lat=30.0)
    a_programme()
    a_project(code="P-1", name="康定桥", place="513301")
    a_project(code="P-2", name="泸定路", place="513322")
    Project.objects.filter(code="P-1").update(altitude_m=3500)


def text_of(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[-2000:]
    return answer.content.decode()


@pytest.mark.parametrize(
    ("asked", "there", "missing"),
    [
        ({"place": "513301"}, ["康定桥"], ["泸定路"]),
        ({"place": "513300"}, ["康定桥", "泸定路"], []),
        ({"wkt": ROUND}, ["康定桥"], ["泸定路"]),
        # A degree of longitude at 30° is 96.5 km.
        ({"wkt": "POINT(101.5 30)", "km": "96"}, ["康定桥", "在里面"], ["泸定路"]),
        ({"wkt": "POINT(101.5 30)", "km": "97"}, ["康定桥", "泸定路", "96.4"], []),
        ({"wkt": ROUND, "near": "projects"}, ["最近的", "泸定路", "86.8"], []),
    ],
)
def test_what_lies_in_a_shape_or_near_it(sign_in, asked, there, missing):
    page = text_of(sign_in("commander").get(PAGE, asked))
    assert [one for one in there if one not in page] == []
    assert [one for one in missing if one in page] == []


def test_a_shape_is_given_and_asked_about_by_who_gave_it_alone(sign_in):
    mine, other = sign_in("commander"), sign_in("office")
    file = SimpleUploadedFile("范围.wkt", ROUND.encode())
    answer = mine.post(f"{PAGE}shape?programme=zj-ganzi&km=", {"file": file, "text": "", "crs": ""})
    assert answer.status_code == 302
    page = text_of(mine.get(answer["Location"]))
    assert "范围.wkt" in page
    assert "康定桥" in page
    assert "泸定路" not in page
    assert "康定桥" not in text_of(other.get(answer["Location"]), 404)
    ticket = parse_qs(urlsplit(answer["Location"]).query)["shape"][0]
    assert "范围.wkt" in text_of(mine.get(PAGE, {"shape": ticket, "km": "3"}))
    assert text_of(mine.get(PAGE, {"shape": ticket + "a"}), 404)


def test_a_feature_of_a_layer_is_a_shape(sign_in):
    slope = shapely.box(101.45, 29.95, 101.55, 30.05)
    made = Made(a_feature("坡", slope), key="slopes")
    made.geometry = "MultiPolygon"
    with registered(made):
        client = sign_in("commander")
        assert "康定桥" in text_of(client.get(PAGE, {"layer": "slopes", "feature": "坡"}))
        assert client.get(PAGE, {"layer": "slopes", "feature": "无"}).status_code == 404


def test_who_sees_one_county_gets_nothing_of_another(sign_in):
    client = sign_in("county_user", programme="zj-ganzi", place="513301")
    asked = {"place": "513300", "near": "projects", "programme": "zj-ganzi"}
    for answer in (client.get(PAGE, asked), client.get(f"{PAGE}found.geojson", asked)):
        assert "康定桥" in answer.content.decode()
        assert "泸定路" not in answer.content.decode()


def test_a_layer_that_fails_is_named_on_page_and_table_and_the_rest_stands(sign_in):
    client = sign_in("commander")
    with registered(Made(a_feature(at=(101.5, 30.0)))) as layer:
        layer.fault = RuntimeError("away")
        asked = {"place": "513301", "near": "made"}
        page, table = text_of(client.get(PAGE, asked)), client.get(f"{PAGE}found.xlsx", asked)
        counted = text_of(client.get(f"{PAGE}counted", {"of": "made", "areas": "divisions"}))
    assert page.count("暂时读不出来") == 2
    assert "康定桥" in page
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(b"".join(table)))
    rows = book.get_sheet_by_index(0).to_python()
    assert any("试验图层" in str(row[0]) and "暂时读不出来" in str(row[0]) for row in rows)
    assert any("康定桥" in row[1] for row in rows)
    assert "暂时读不出来" in counted


def test_the_files_have_all_that_the_page_counts(sign_in):
    client = sign_in("commander")
    asked = {"wkt": "POINT(101.5 30)", "km": "200"}
    found = json.loads(client.get(f"{PAGE}found.geojson", asked).content)
    things = [one["properties"] for one in found["features"][1:]]
    projects = {one["name"].split()[-1]: one for one in things if one["layer"] == "projects"}
    assert projects["康定桥"]["km"] == 0
    assert abs(projects["泸定路"]["km"] - 96.486) < 0.001
    assert projects["康定桥"]["altitude_m"] == 3500
    assert client.get(f"{PAGE}found.csv", asked).status_code == 404
    assert client.get(f"{PAGE}found.xlsx").status_code == 404


def test_projects_are_counted_by_band_and_the_unknown_are_named(sign_in):
    page = text_of(sign_in("commander").get(PAGE, {"place": "513300"}))
    for band, number in (("3500–4500 米", 1), ("海拔没有登记", 1), ("2500 米以下", 0)):
        assert f'data-label="{band}">{number}<' in page


def test_features_are_counted_in_each_area(sign_in):
    made = Made(
        a_feature("a", shapely.box(101, 29, 102, 31)), a_feature("b", shapely.box(110, 29, 111, 31)), key="zones"
    )
    made.geometry = "MultiPolygon"
    client = sign_in("commander")
    with registered(made):
        page = text_of(client.get(f"{PAGE}counted", {"of": "projects", "areas": "zones"}))
        by_county = text_of(client.get(f"{PAGE}counted", {"of": "projects", "areas": "divisions"}))
    assert "共 2 个，其中 1 个不在任何一个面里" in page
    assert "共 2 个，其中 0 个不在任何一个面里" in by_county
    assert page.count('<tr><th scope="row">') == 1


@pytest.mark.parametrize(
    ("asked", "words", "status"),
    [
        ({"wkt": "POLYGON((101 30, 102 31, 102 30, 101 31, 101 30))"}, "和自己相交", 400),
        ({"wkt": "POINT(30 101)", "km": "1"}, "填反了", 400),
        ({"wkt": "POINT(101 30)"}, "点和线没有面积", 400),
        ({"wkt": "X" * 7000}, "7000 个字符", 400),
        ({"wkt": ROUND, "km": "501"}, "最多 500 公里", 422),
        ({"wkt": ROUND, "km": "1,5"}, "1,5", 422),
        ({"wkt": ROUND, "near": "nothing"}, "", 422),
        ({"place": "540602"}, "没有这个县", 404),
        ({"place": "1"}, "没有这个县", 404),
        ({"shape": "x"}, "只保留一小时", 404),
    ],
)
def test_a_wrong_question_is_told_on_the_page(sign_in, asked, words, status):
    page = text_of(sign_in("commander").get(PAGE, asked), status)
    assert words in page


def test_a_ticket_of_another_file_of_theirs_is_no_shape(sign_in):
    client = sign_in("commander")
    other = SimpleUploadedFile("shape.json", b'{"wkb": 1, "name": "a", "said": [3]}')
    page = text_of(client.post(f"{PAGE}shape", {"file": other, "text": "", "crs": "mars"}), 422)
    ticket = page.partition('name="held-file" value="')[2].partition('"')[0]
    assert ticket
    assert "只保留一小时" in text_of(client.get(PAGE, {"shape": ticket}), 404)


@pytest.mark.parametrize(
    ("sent", "words", "status"),
    [
        ({"text": ""}, "两样里给一样", 400),
        ({"text": "你好"}, "WKT", 400),
        ({"text": "POINT(30 101)"}, "填反了", 400),
        ({"text": ROUND, "crs": "mars"}, "mars", 422),
    ],
)
def test_a_wrong_shape_is_told_beside_its_field(sign_in, sent, words, status):
    page = text_of(sign_in("commander").post(f"{PAGE}shape", {"crs": "", **sent}), status)
    assert words in page
    assert sent["text"] in page


def test_it_asks_no_more_of_the_database_for_many(sign_in, django_assert_max_num_queries):
    client = sign_in("commander")
    many = [a_feature(str(at), (101.5, 30 + at / 1000)) for at in range(200)]
    with registered(Made(*many)):
        client.get(PAGE, {"place": "513301", "near": "made"})
        with django_assert_max_num_queries(40):
            page = text_of(client.get(PAGE, {"place": "513301", "near": "made"}))
    assert "另有 180 个" in page


def test_of_too_many_it_is_said_how_many_were_looked_at(sign_in, settings):
    settings.MAP_PAGE_MOST = 3
    with registered(Made(*[a_feature(str(at), (101.5, 30 + at / 1000)) for at in range(5)])):
        page = text_of(sign_in("commander").get(PAGE, {"place": "513301"}))
    assert "只细看了其中 3 个" in page
    assert "另有 2 个" in page


def test_what_has_no_place_of_its_own_is_said_to_have_none(sign_in):
    client = sign_in("commander")
    page = text_of(client.get(PAGE, {"place": "513300", "near": "projects"}))
    assert page.count("位置没有登记") == 4
    assert "其中 2 个没有登记自己的位置" in page
    found = json.loads(client.get(f"{PAGE}found.geojson", {"place": "513301"}).content)["features"]
    assert [one["properties"]["located"] for one in found[1:]] == [False]
