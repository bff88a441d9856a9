# SPDX-License-Identifier: Apache-2.0
"""A set in other forms: dataArray, CSV, GeoJSON."""

import pytest

pytestmark = pytest.mark.django_db
ROOT = "http://testserver/sta/v1.1"


def test_a_data_array_has_a_block_of_rows_for_each_datastream(get, world):
    found = get("/Observations", resultFormat="dataArray", count="true", select="id,result")

    assert found["@iot.count"] == 3
    assert [(block["components"], block["dataArray@iot.count"]) for block in found["value"]] == [
        (["id", "result"], 2),
        (["id", "result"], 1),
    ]
    assert found["value"][0]["dataArray"][0] == [world["Observation"], 4.5]
    assert found["value"][0]["Datastream@iot.navigationLink"] == f"{ROOT}/Datastreams({world['Datastream']})"
    assert "MultiDatastream@iot.navigationLink" in found["value"][1]
    first = get("/Observations", resultFormat="dataArray", top="1")
    assert "resultFormat=dataArray" in first["@iot.nextLink"]
    assert first["value"][0]["components"][:3] == ["id", "phenomenonTime", "result"]
    get("/Things", resultFormat="dataArray", status=400)
    get("/Observations", resultFormat="dataArray", expand="Datastream", status=400)


def test_csv_has_a_line_for_each_entity(get, world):
    assert get("/Observations", resultFormat="CSV", select="phenomenonTime,result").splitlines() == [
        "phenomenonTime,result",
        "2026-03-01T00:00:00Z,4.5",
        "2026-03-01T00:10:00Z,5",
        '2026-03-01T00:00:00Z,"[1,2]"',
    ]
    assert (
        get("/Things", resultFormat="csv", select="name,properties").splitlines()[1]
        == '五色二号,"{""owner"":""泸定县""}"'
    )


def test_the_page_after_one_of_csv_is_told_by_a_header(client, sign_in, world):
    answer = sign_in("commander").get("/sta/v1.1/Observations?$resultFormat=CSV&$top=1")

    assert answer.headers["Link"].endswith('rel="next"')


@pytest.mark.parametrize("path", ["/Things", "/Locations", "/FeaturesOfInterest"])
def test_geojson_is_a_collection_of_features(client, sign_in, world, path):
    answer = sign_in("commander").get(f"/sta/v1.1{path}?$resultFormat=GeoJSON")

    found = answer.json()
    assert answer.headers["Content-Type"] == "application/geo+json"
    assert found["type"] == "FeatureCollection"
    assert found["features"][0]["geometry"] == {"type": "Point", "coordinates": [101.96, 30.05]}
    assert found["features"][0]["properties"]["name"]


def test_geojson_is_refused_where_there_is_no_place(get):
    get("/Sensors", resultFormat="GeoJSON", status=400)
