# SPDX-License-Identifier: Apache-2.0
"""Creating: the checks of CITE (create, deep insert, invalid ones atomic) and of FROST's own tests."""

import pytest

from shanhai.field.sensors.models import (
    Datastream,
    FeatureOfInterest,
    HistoricalLocation,
    Location,
    Observation,
    ObservedProperty,
    Sensor,
    Thing,
)
from shanhai.field.sensors.tests.sta_client import (
    DATASTREAM,
    FEATURE,
    LOCATION,
    PROPERTY,
    SENSOR,
    THING,
    Program,
    a_program,
)

pytestmark = pytest.mark.django_db
MODELS = (Thing, Location, HistoricalLocation, Datastream, Sensor, ObservedProperty, FeatureOfInterest, Observation)


@pytest.fixture
def program(db):
    return a_program()


def counts():
    return [model.objects.count() for model in MODELS]


def a_datastream(program, **facts):
    thing = program.make("Things", {**THING, "Locations": [LOCATION]})
    return thing, program.make(f"Things({thing})/Datastreams", {**DATASTREAM, **facts})


def test_entities_are_created_one_by_one_and_linked_to_those_there(program):
    thing = program.make("Things", THING)
    assert program.location == f"http://testserver/sta/v1.1/Things({thing})"
    assert program.get(program.location)["properties"] == THING["properties"]
    ids = {"Thing": thing, "Sensor": program.make("Sensors", SENSOR)}
    ids["ObservedProperty"] = program.make("ObservedProperties", PROPERTY)
    location = program.make(f"Things({thing})/Locations", LOCATION)
    feature = program.make("FeaturesOfInterest", FEATURE)
    links = {name: {"@iot.id": key} for name, key in ids.items()}
    stream = program.make("Datastreams", {**DATASTREAM, **links})
    told = {"phenomenonTime": "2026-03-01T00:00:00Z", "result": 8.5, "FeatureOfInterest": {"@iot.id": feature}}
    seen = program.make("Observations", {**told, "Datastream": {"@iot.id": stream}})
    moved = {"time": "2015-03-01T00:00:00.000Z", "Thing": {"@iot.id": thing}, "Locations": [{"@iot.id": location}]}
    program.make("HistoricalLocations", moved)

    assert [one["@iot.id"] for one in program.many(f"Things({thing})/Datastreams")] == [stream]
    assert program.get(f"Observations({seen})/FeatureOfInterest")["@iot.id"] == feature
    found = program.get(f"Observations({seen})")
    assert (found["result"], found["phenomenonTime"]) == (8.5, "2026-03-01T00:00:00Z")
    assert counts() == [1, 1, 2, 1, 1, 1, 1, 1]


def test_a_deep_insert_makes_all_that_it_holds(program):
    observation = {"phenomenonTime": "2026-03-01T00:00:00Z", "result": 5}
    body = {**THING, "Locations": [LOCATION], "Datastreams": [{**DATASTREAM, "Observations": [observation]}]}
    thing = program.make("Things", body)

    stream = program.many(f"Things({thing})/Datastreams")[0]["@iot.id"]
    assert program.get(f"Datastreams({stream})/Sensor")["name"] == SENSOR["name"]
    assert program.get(f"Datastreams({stream})/ObservedProperty")["name"] == PROPERTY["name"]
    assert program.many(f"Datastreams({stream})/Observations")[0]["result"] == 5
    # The observation names no feature: it is about where the thing is.
    seen = program.many(f"Datastreams({stream})/Observations")[0]["@iot.id"]
    assert program.get(f"Observations({seen})/FeatureOfInterest")["feature"] == LOCATION["location"]
    assert len(program.many(f"Things({thing})/HistoricalLocations")) == 1
    assert counts() == [1, 1, 1, 1, 1, 1, 1, 1]
    found = program.get(f"Datastreams({stream})")
    assert found["observedArea"] == LOCATION["location"]
    assert found["phenomenonTime"].startswith("2026-03-01T00:00:00Z")


def test_an_observation_brings_its_feature_and_its_datastream(program):
    thing = program.make("Things", THING)
    stream = {**DATASTREAM, "Thing": {"@iot.id": thing}}
    seen = program.make("Observations", {"result": 1, "Datastream": stream, "FeatureOfInterest": FEATURE})

    assert program.get(f"Observations({seen})/Datastream/Thing")["@iot.id"] == thing
    assert program.get(f"Observations({seen})/FeatureOfInterest")["name"] == FEATURE["name"]
    assert program.get(f"Observations({seen})/Datastream")["observedArea"] == FEATURE["feature"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("Things", {**THING, "Locations": [{**LOCATION, "location": None}]}),
        ("Things", {**THING, "Locations": [{name: LOCATION[name] for name in ("name", "description")}]}),
        ("Things", {**THING, "Datastreams": [{**DATASTREAM, "Sensor": {"name": "x"}}]}),
        ("Things", {**THING, "Datastreams": [{**DATASTREAM, "ObservedProperty": {"@iot.id": 999}}]}),
        ("Things", {**THING, "Datastreams": [{**DATASTREAM, "Observations": [{"phenomenonTime": "2026-03-01"}]}]}),
        ("Things", {**THING, "Datastreams": [{**DATASTREAM, "Observations": [{"result": "x"}]}]}),
        (
            "Things",
            {
                **THING,
                "Datastreams": [
                    {
                        **DATASTREAM,
                        "Observations": [
                            {"phenomenonTime": "2026-03-01T00:00:00Z", "result": 1},
                            {"phenomenonTime": "2026-03-01T00:00:00Z", "result": 2},
                        ],
                    }
                ],
            },
        ),
        ("Locations", {**LOCATION, "Things": [{**THING, "name": 5}]}),
        ("Sensors", {**SENSOR, "Datastreams": [DATASTREAM]}),
    ],
)
def test_nothing_stays_of_a_deep_insert_that_is_wrong_somewhere(program, path, body):
    assert program.refused("POST", path, body) in (400, 409)

    assert counts() == [0] * len(MODELS)


@pytest.mark.parametrize(
    ("path", "body", "left_out"),
    [
        ("Things", THING, ("name", "description")),
        ("Locations", LOCATION, ("name", "description", "encodingType", "location")),
        ("Sensors", SENSOR, ("name", "description", "encodingType", "metadata")),
        ("ObservedProperties", PROPERTY, ("name", "definition", "description")),
        ("FeaturesOfInterest", FEATURE, ("name", "description", "encodingType", "feature")),
        ("Datastreams", {**DATASTREAM, "Thing": THING}, (*DATASTREAM, "Thing")),
        (
            "HistoricalLocations",
            {"time": "2026-03-01T00:00:00Z", "Thing": THING, "Locations": [LOCATION]},
            ("time", "Thing", "Locations"),
        ),
    ],
)
def test_what_the_standard_asks_for_must_be_there(program, path, body, left_out):
    for name in left_out:
        short = {key: value for key, value in body.items() if key != name}
        status, found = program.send("POST", path, short)
        assert (status, name in found["message"]) == (400, True), name

    assert counts() == [0] * len(MODELS)
    program.make(path, body)


def test_a_thing_made_with_several_locations_has_them_all_and_one_history(program):
    thing = program.make("Things", {**THING, "Locations": [LOCATION, {**LOCATION, "name": "上面"}]})

    assert len(program.many(f"Things({thing})/Locations")) == 2
    (history,) = program.many(f"Things({thing})/HistoricalLocations")
    assert len(program.many(f"HistoricalLocations({history['@iot.id']})/Locations")) == 2


def test_a_location_takes_the_place_of_that_of_its_encoding(program):
    thing = program.make("Things", {**THING, "Locations": [LOCATION]})
    text = {**LOCATION, "encodingType": "text/plain", "location": "310 省道 12 公里"}
    words = program.make(f"Things({thing})/Locations", text)
    other = program.make(f"Things({thing})/Locations", {**LOCATION, "name": "新址"})

    assert {one["@iot.id"] for one in program.many(f"Things({thing})/Locations")} == {words, other}
    assert len(program.many(f"Things({thing})/HistoricalLocations")) == 3


def test_a_history_told_later_moves_the_thing_only_if_it_is_the_latest(program):
    thing = program.make("Things", {**THING, "Locations": [LOCATION]})
    here = program.many(f"Things({thing})/Locations")[0]["@iot.id"]
    there = program.make("Locations", {**LOCATION, "name": "旧址"})
    told = {"Thing": {"@iot.id": thing}, "Locations": [{"@iot.id": there}]}

    program.make("HistoricalLocations", {**told, "time": "2001-01-01T00:00:00Z"})
    assert [one["@iot.id"] for one in program.many(f"Things({thing})/Locations")] == [here]
    HistoricalLocation.objects.filter(locations=here).delete()
    program.make(
        f"Things({thing})/HistoricalLocations", {"Locations": [{"@iot.id": there}], "time": "2002-01-01T00:00:00Z"}
    )
    assert [one["@iot.id"] for one in program.many(f"Things({thing})/Locations")] == [there]


def test_after_a_move_observations_are_about_the_new_place_and_earlier_ones_about_the_old(program):
    thing, stream = a_datastream(program)
    path = f"Datastreams({stream})/Observations"
    first = program.make(path, {"phenomenonTime": "2026-03-01T00:00:00Z", "result": 1})
    moved = {**LOCATION, "location": {"type": "Point", "coordinates": [102.5, 31.0]}}
    program.make(f"Things({thing})/Locations", moved)
    second = program.make(path, {"phenomenonTime": "2026-03-01T01:00:00Z", "result": 1})

    assert program.get(f"Observations({first})/FeatureOfInterest")["feature"] == LOCATION["location"]
    assert program.get(f"Observations({second})/FeatureOfInterest")["feature"] == moved["location"]
    area = program.get(f"Datastreams({stream})")["observedArea"]
    assert area["coordinates"][0][0] == [101.9, 30.05]
    assert area["coordinates"][0][2] == [102.5, 31.0]
    # Back where it was, it is about the same feature again.
    program.make(f"Things({thing})/Locations", LOCATION)
    third = program.make(path, {"phenomenonTime": "2026-03-01T02:00:00Z", "result": 1})
    of = [program.get(f"Observations({key})/FeatureOfInterest")["@iot.id"] for key in (first, third)]
    assert of[0] == of[1]


def test_the_datastreams_of_a_thing_share_its_feature_which_comes_back_when_deleted(program):
    thing, one = a_datastream(program)
    other = program.make(f"Things({thing})/Datastreams", DATASTREAM)
    for stream in (one, other):
        program.make(f"Datastreams({stream})/Observations", {"result": 1})
    (feature,) = program.many("FeaturesOfInterest")

    assert program.send("DELETE", f"FeaturesOfInterest({feature['@iot.id']})")[0] == 200
    assert Observation.objects.count() == 0
    program.make(f"Datastreams({one})/Observations", {"result": 1})
    (again,) = program.many("FeaturesOfInterest")
    assert again["feature"] == feature["feature"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"Thing": {"@iot.id": "x"}}, 400),
        ({"Thing": {"@iot.id": 999_999}}, 404),
        ({"Thing": []}, 400),
        ({"Sensor": {"@iot.id": 999_999}}, 400),
        ({"Observations": {}}, 400),
        ({"colour": "red"}, 400),
        ({"name": "x" * 256}, 400),
        ({"unitOfMeasurement": "Celsius"}, 400),
        ({"properties": [1]}, 400),
    ],
)
def test_a_wrong_link_or_value_is_named(program, body, status):
    thing = program.make("Things", THING)
    given = {**DATASTREAM, "Thing": {"@iot.id": thing}, **body}

    found = program.send("POST", "Datastreams", given)

    assert found[0] == status
    assert next(iter(body)).lower() in found[1]["message"].lower()
    assert not Datastream.objects.exists()


def test_an_address_and_a_body_that_name_two_things_are_refused(program):
    one, other = program.make("Things", THING), program.make("Things", THING)

    assert program.refused("POST", f"Things({one})/Datastreams", {**DATASTREAM, "Thing": {"@iot.id": other}}) == 400
    program.make(f"Things({one})/Datastreams", {**DATASTREAM, "Thing": {"@iot.id": one}})


def test_what_is_there_is_linked_by_posting_its_id(program):
    thing = program.make("Things", THING)
    location = program.make("Locations", LOCATION)

    status, _found = program.send("POST", f"Things({thing})/Locations", {"@iot.id": location})
    assert status == 201
    assert [one["@iot.id"] for one in program.many(f"Things({thing})/Locations")] == [location]


def test_new_entities_lie_where_the_token_writes_and_what_is_within_where_its_thing_is(ganzi):
    bound = a_program(programme="zj-ganzi", place="513301")
    bound.make("Things", {**THING, "Locations": [LOCATION], "Datastreams": [DATASTREAM]})

    for model in (Thing, Location, Sensor, ObservedProperty):
        row = model.objects.get()
        assert (row.programme.code, row.place) == ("zj-ganzi", "513301")
    other = a_program(programme="zj-ganzi", place="513322")
    thing = Thing.objects.get().pk
    assert other.send("POST", f"Things({thing})/Datastreams", DATASTREAM)[0] == 404
    assert other.send("POST", "Datastreams", {**DATASTREAM, "Thing": {"@iot.id": thing}})[0] == 404
    everywhere = a_program()
    everywhere.make(f"Things({thing})/Datastreams", {**DATASTREAM, "Sensor": {"@iot.id": Sensor.objects.get().pk}})
    assert {one.place for one in ObservedProperty.objects.all()} == {"513301"}


def test_who_only_reads_or_shows_no_token_or_a_wrong_one_writes_nothing(program):
    for strange, status in ((a_program(write=False), 403), (Program(None), 401), (Program("x"), 401)):
        assert strange.refused("POST", "Things", THING) == status
        answer = strange._client.post("/sta/v1.1/Things", THING, content_type="application/json")
        assert ("WWW-Authenticate" in answer.headers) is (status == 401)
    assert not Thing.objects.exists()
