# SPDX-License-Identifier: Apache-2.0
"""Reading by resource paths: the root, sets, entities, properties, addresses; what is not there or not seen."""

import pytest

from shanhai.field.sensors.sta.selectors.entities import TYPES
from shanhai.field.sensors.tests.builders import a_thing

pytestmark = pytest.mark.django_db
ROOT = "http://testserver/sta/v1.1"


def test_the_root_lists_the_sets_and_what_is_served(get):
    root = get()

    assert {one["name"]: one["url"] for one in root["value"]} == {
        one.set_name: f"{ROOT}/{one.set_name}" for one in TYPES.values()
    }
    assert all(
        one.startswith("http://www.opengis.net/spec/iot_sensing/1.1/req/")
        for one in root["serverSettings"]["conformance"]
    )


def test_the_root_tells_where_the_broker_is_and_no_account(get, settings):
    def served():
        told = get()["serverSettings"]
        found = {name.rpartition("/")[2]: one for name, one in told.items() if name != "conformance"}
        assert {*told} - {"conformance"} <= {*told["conformance"]}
        return found

    settings.MQTT_BROKER, settings.MQTT_URL, settings.MQTT_PUBLISH = "mosquitto", "mqtts://us:secret@mqtt:8883", True
    assert served() == {"observations-creation": {"endpoints": ["mqtts://mqtt:8883"]}}
    settings.MQTT_BROKER, settings.MQTT_PUBLIC_URL = "embedded", "mqtt://example.org"
    here = {"endpoints": ["mqtt://example.org"]}
    assert served() == {"observations-creation": here, "receive-updates": here}


@pytest.mark.parametrize("key", TYPES)
def test_an_entity_has_its_control_information_what_is_mandatory_and_its_links(get, world, key):
    kind, pk = TYPES[key], world[key]

    found = get(f"/{kind.set_name}({pk})")

    own = f"{ROOT}/{kind.set_name}({pk})"
    assert (found["@iot.id"], found["@iot.selfLink"]) == (pk, own)
    assert [one.name for one in kind.properties if one.required and one.name not in found] == []
    absent = {"MultiDatastream"} if key == "Observation" else set()
    assert {name: url for name, url in found.items() if name.endswith("navigationLink")} == {
        f"{one.name}@iot.navigationLink": f"{own}/{one.name}" for one in kind.links if one.name not in absent
    }
    assert found in get(f"/{kind.set_name}")["value"]


@pytest.mark.parametrize("key", TYPES)
def test_each_link_leads_to_its_entities(get, world, key):
    for link in TYPES[key].links:
        path = f"/{TYPES[key].set_name}({world[key]})/{link.name}"
        if (key, link.name) == ("Observation", "MultiDatastream"):
            get(path, status=404)
            continue
        found = get(path)
        assert (found["value"] if link.many else [found])[0]["@iot.selfLink"].startswith(
            f"{ROOT}/{TYPES[link.target].set_name}("
        )


def test_an_observation_of_a_multidatastream_leads_to_it(get, world):
    found = get(f"/Observations({world['several']})")

    assert found["result"] == [1, 2]
    assert "Datastream@iot.navigationLink" not in found
    assert get(f"/Observations({world['several']})/MultiDatastream")["@iot.id"] == world["MultiDatastream"]
    assert [one["name"] for one in get(f"/MultiDatastreams({world['MultiDatastream']})/ObservedProperties")["value"]]


def test_paths_go_on_from_entity_to_entity(get, world):
    stream, thing = world["Datastream"], world["Thing"]

    found = get(f"/Things({thing})/Datastreams({stream})/Observations")["value"]

    assert [one["result"] for one in found] == [4.5, 5]
    assert get(f"/Observations({found[0]['@iot.id']})/Datastream/Thing/name") == {"name": "五色二号"}
    get(f"/Things({thing})/Datastreams({stream + 99})/Observations", status=404)
    get(f"/Things({thing + 99})/Datastreams", status=404)


def test_a_property_is_read_by_itself_and_bare(get, world):
    thing, first = f"/Things({world['Thing']})", f"/Observations({world['Observation']})"

    assert get(f"{thing}/name") == {"name": "五色二号"}
    assert get(f"{thing}/name/$value") == "五色二号"
    assert get(f"{thing}/properties/owner/$value") == "泸定县"
    assert get(f"{first}/result/$value") == "4.5"
    assert get(f"{first}/phenomenonTime") == {"phenomenonTime": "2026-03-01T00:00:00Z"}
    get(f"{first}/validTime", status=404)


@pytest.mark.parametrize(
    "path",
    [
        "/Nothing",
        "/Things(99999)",
        "/Things(1e3)",
        "/Things(-1)",
        "/Things(123456789012345678901234567890)",
        "/Things('a')",
        "/Things/name",
        "/Things(1)/nothing",
        "/Things/Datastreams",
        "/Datastreams(1)/Thing(1)",
        "/$ref",
        "/$value",
        "/Things(1)/name/$ref",
        "/Things(1)/name/more",
        "/Things(1)(2)",
        "/Things(1)" + "/Datastreams(1)/Thing" * 9,
        "/" + "%F0%9F%98%80" * 50,
    ],
)
def test_what_is_not_there_is_not_found(get, path):
    assert get(path, status=404)["message"]


def test_who_shows_a_wrong_token_is_not_somebody_else(client):
    answer = client.get("/sta/v1.1/Things", headers={"Authorization": "Bearer wrong"})

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_session_alone_reads_and_does_not_write(sign_in):
    client, thing = sign_in("commander"), a_thing()

    assert [one["@iot.id"] for one in client.get("/sta/v1.1/Things").json()["value"]] == [thing.pk]
    assert client.post("/sta/v1.1/Things", {}, content_type="application/json").status_code == 401


def test_pages_of_others_may_show_what_everybody_sees(client, sign_in):
    assert client.get("/sta/v1.1/Things").headers["Access-Control-Allow-Origin"] == "*"
    assert client.options("/sta/v1.1/Things").headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Origin" not in sign_in("commander").get("/sta/v1.1/Things").headers
