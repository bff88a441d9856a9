# SPDX-License-Identifier: Apache-2.0
"""Changing and deleting: the checks of CITE (PATCH, invalid PATCH, DELETE with its cascades), PUT and JSON Patch."""

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.field.sensors.models import (
    Datastream,
    FeatureOfInterest,
    HistoricalLocation,
    Hour,
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
    MULTI,
    PROPERTY,
    THING,
    a_program,
)

pytestmark = pytest.mark.django_db
STEPS = "application/json-patch+json"
OBSERVATION = {"phenomenonTime": "2026-03-01T00:00:00Z", "result": 1, "FeatureOfInterest": FEATURE}
BODY = {**THING, "Locations": [LOCATION], "Datastreams": [{**DATASTREAM, "Observations": [OBSERVATION]}]}


@pytest.fixture
def program(db):
    return a_program()


@pytest.fixture
def ids(program):
    """A thing with all that belongs to it, by kind."""
    program.make("Things", BODY)
    models = (Thing, Location, HistoricalLocation, Datastream, Sensor, ObservedProperty, FeatureOfInterest, Observation)
    return {model.__name__: model.objects.get().pk for model in models}


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("Things({Thing})", {"description": "改"}),
        ("Things({Thing})", {"properties": {"a": [1, {"b": None}]}}),
        ("Locations({Location})", {"location": {"type": "Point", "coordinates": [114.05, -50]}}),
        ("HistoricalLocations({HistoricalLocation})", {"time": "2015-07-01T00:00:00Z"}),
        ("Sensors({Sensor})", {"metadata": "x"}),
        ("ObservedProperties({ObservedProperty})", {"definition": "urn:x"}),
        ("FeaturesOfInterest({FeatureOfInterest})", {"feature": {"type": "Point", "coordinates": [14, 5]}}),
        ("Datastreams({Datastream})", {"unitOfMeasurement": {"name": "K", "symbol": "K", "definition": "urn:K"}}),
        ("Observations({Observation})", {"result": 20.5}),
        ("Observations({Observation})", {"phenomenonTime": "2026-03-02T00:00:00Z/2026-03-02T01:00:00Z"}),
        ("Observations({Observation})", {"resultTime": "2026-03-02T00:00:00Z", "parameters": {"a": 1}}),
    ],
)
def test_patch_changes_what_it_says_and_nothing_else(program, ids, path, change):
    address = path.format(**ids)
    before = program.get(address)

    status, answered = program.send("PATCH", address, change)

    assert status == 200
    assert program.get(address) == answered == {**before, **change}


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("Things({Thing})", {"Locations": [LOCATION]}),
        ("Things({Thing})", {"Datastreams": [DATASTREAM]}),
        ("Sensors({Sensor})", {"Datastreams": [DATASTREAM]}),
        ("Datastreams({Datastream})", {"Thing": THING}),
        ("Datastreams({Datastream})", {"ObservedProperty": PROPERTY}),
        ("Datastreams({Datastream})", {"Observations": [OBSERVATION]}),
        ("Datastreams({Datastream})", {"Sensor": {"@iot.id": 999_999}}),
        ("Datastreams({Datastream})", {"name": None}),
        ("Observations({Observation})", {"FeatureOfInterest": FEATURE}),
        ("Observations({Observation})", {"result": "warm"}),
        ("Observations({Observation})", {"Datastream": {"@iot.id": 999_999}}),
        ("Locations({Location})", {"location": {"type": "Point", "coordinates": [200, 95]}}),
        ("HistoricalLocations({HistoricalLocation})", {"time": None}),
    ],
)
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_change_that_is_wrong_or_brings_entities_changes_nothing(program, ids, path, change, method):
    address = path.format(**ids)
    before = program.get(address)
    body = {name: value for name, value in before.items() if "@iot" not in name} if method == "PUT" else {}

    assert program.refused(method, address, {**body, **change}) in (400, 404)

    assert program.get(address) == before
    assert Thing.objects.count() == Location.objects.count() == Datastream.objects.count() == 1


def test_put_empties_what_it_leaves_out_and_asks_for_what_must_be_there(program, ids):
    address = f"Things({ids['Thing']})"

    assert program.refused("PUT", address, {"name": "新"}) == 400
    status, answered = program.send("PUT", address, {"name": "新", "description": "述"})
    assert (status, answered["name"], "properties" in answered) == (200, "新", False)
    seen = f"Observations({ids['Observation']})"
    program.send("PATCH", seen, {"parameters": {"a": 1}, "resultQuality": "good"})
    program.send("PUT", seen, {"result": 2, "resultQuality": "poor"})
    found = program.get(seen)
    assert (found["result"], found["resultQuality"], "parameters" in found) == (2, "poor", False)
    assert found["phenomenonTime"] == OBSERVATION["phenomenonTime"]


def test_links_are_changed_by_id(program, ids):
    other = program.make("Things", THING)
    assert program.send("PATCH", f"Datastreams({ids['Datastream']})", {"Thing": {"@iot.id": other}})[0] == 200
    assert program.get(f"Datastreams({ids['Datastream']})/Thing")["@iot.id"] == other
    program.send("PATCH", f"Things({other})", {"Locations": [{"@iot.id": ids["Location"]}]})
    assert [one["@iot.id"] for one in program.many(f"Things({other})/Locations")] == [ids["Location"]]
    assert len(program.many(f"Things({other})/HistoricalLocations")) == 1


@pytest.mark.parametrize(
    ("steps", "after"),
    [
        ([{"op": "add", "path": "/properties/new", "value": {"a": 1}}], {"owner": "县气象局", "new": {"a": 1}}),
        ([{"op": "replace", "path": "/properties/owner", "value": 5}], {"owner": 5}),
        (
            [{"op": "copy", "from": "/properties/owner", "path": "/properties/b"}],
            {"owner": "县气象局", "b": "县气象局"},
        ),
        ([{"op": "move", "from": "/properties/owner", "path": "/properties/b"}], {"b": "县气象局"}),
        ([{"op": "test", "path": "/name", "value": "站"}, {"op": "remove", "path": "/properties/owner"}], {}),
    ],
)
def test_json_patch_changes_by_steps(program, ids, steps, after):
    status, answered = program.send("PATCH", f"Things({ids['Thing']})", steps, content_type=STEPS)

    assert status == 200
    assert answered["properties"] == after


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ({}, 400),
        ([5], 400),
        ([{"op": "fly", "path": "/name"}], 400),
        ([{"op": "replace", "path": "name", "value": "x"}], 400),
        ([{"op": "remove", "path": "/properties/nothing"}], 400),
        ([{"op": "remove", "path": "/name"}], 400),
        ([{"op": "add", "path": "/colour", "value": 1}], 400),
        ([{"op": "replace", "path": "", "value": 1}], 400),
        ([{"op": "replace", "path": 5, "value": 1}], 400),
        ([{"op": "test", "path": "/name", "value": "no"}], 409),
        ([{"op": "copy", "from": "", "path": "/properties/a"}] * 40, 400),
        ([{"op": "add", "path": "/properties/owner/x", "value": 1}], 400),
        ([{"op": "test"}] * 501, 400),
    ],
)
def test_steps_that_cannot_be_done_change_nothing(program, ids, steps, status):
    address = f"Things({ids['Thing']})"
    before = program.get(address)

    assert program.refused("PATCH", address, steps, content_type=STEPS) == status
    assert program.get(address) == before


def test_steps_copy_only_so_much_even_where_nothing_grows(program):
    thing = program.make("Things", {**THING, "properties": {"a": "x" * 100_000, "b": 0}})
    copy = {"op": "copy", "from": "/properties/a", "path": "/properties/b"}

    assert program.send("PATCH", f"Things({thing})", [copy] * 10, content_type=STEPS)[0] == 200
    status, told = program.send("PATCH", f"Things({thing})", [copy] * 30, content_type=STEPS)
    assert (status, "复制得太大" in told["message"]) == (400, True)


@pytest.mark.parametrize(
    ("kind", "path", "gone"),
    [
        ("Thing", "Things", {"Thing", "HistoricalLocation", "Datastream", "Observation"}),
        ("Location", "Locations", {"Location", "HistoricalLocation"}),
        ("HistoricalLocation", "HistoricalLocations", {"HistoricalLocation"}),
        ("Datastream", "Datastreams", {"Datastream", "Observation"}),
        ("Sensor", "Sensors", {"Sensor", "Datastream", "Observation"}),
        ("ObservedProperty", "ObservedProperties", {"ObservedProperty", "Datastream", "Observation"}),
        ("FeatureOfInterest", "FeaturesOfInterest", {"FeatureOfInterest", "Observation"}),
        ("Observation", "Observations", {"Observation"}),
    ],
)
def test_what_cannot_be_without_it_goes_along(program, ids, kind, path, gone):
    sets = {
        "Thing": Thing,
        "Location": Location,
        "HistoricalLocation": HistoricalLocation,
        "Datastream": Datastream,
        "Sensor": Sensor,
        "ObservedProperty": ObservedProperty,
        "FeatureOfInterest": FeatureOfInterest,
        "Observation": Observation,
    }

    assert program.send("DELETE", f"{path}({ids[kind]})")[0] == 200

    assert {name for name, model in sets.items() if not model.objects.exists()} == gone
    assert program.refused("DELETE", f"{path}({ids[kind]})") == 404
    assert program.refused("PATCH", f"{path}({ids[kind]})", {"name": "x"}) == 404
    assert Hour.objects.exists() is ("Observation" not in gone)
    if kind in ("FeatureOfInterest", "Observation"):
        found = Datastream.objects.get()
        assert (found.count, found.last_time) == (0, None)


@pytest.mark.parametrize("how", ["observation", "feature", "corrected"])
def test_the_observed_area_shrinks_with_what_was_observed(program, ids, how, settings):
    """By the observation that is taken away or is about another feature, or by the feature; bounded."""
    stream, here = f"Datastreams({ids['Datastream']})", FEATURE["feature"]
    far = program.make("FeaturesOfInterest", {**FEATURE, "feature": {"type": "Point", "coordinates": [103, 31]}})
    told = {"result": 2, "FeatureOfInterest": {"@iot.id": far}}
    seen, other = (
        program.make(f"{stream}/Observations", {**told, "phenomenonTime": f"2026-03-0{day}T00:00:00Z"})
        for day in (2, 3)
    )

    def area():
        return program.get(stream)["observedArea"]

    assert program.send("DELETE", f"Observations({other})")[0] == 200
    assert area()["type"] == "Polygon"
    settings.SENSORS_LOOKED_AT = 10
    if how == "observation":
        settings.SENSORS_LOOKED_AT = 0
        program.send("DELETE", f"Observations({seen})")
        assert area()["type"] == "Polygon"
        settings.SENSORS_LOOKED_AT = 10
        seen = program.make(f"{stream}/Observations", told)
        program.send("DELETE", f"Observations({seen})")
    elif how == "feature":
        program.send("DELETE", f"FeaturesOfInterest({far})")
    else:
        back = {"FeatureOfInterest": {"@iot.id": ids["FeatureOfInterest"]}}
        program.send("PATCH", f"Observations({seen})", back)
        assert area() == here
        program.send("PATCH", f"Observations({seen})", {"FeatureOfInterest": {"@iot.id": far}})
        assert area()["type"] == "Polygon"
        program.send("DELETE", f"Observations({seen})")

    assert area() == here


def test_a_multidatastream_goes_with_any_of_its_properties(program):
    thing = program.make("Things", {**THING, "MultiDatastreams": [MULTI]})
    second = ObservedProperty.objects.order_by("-pk").first()

    assert program.send("DELETE", f"ObservedProperties({second.pk})")[0] == 200

    assert program.many(f"Things({thing})/MultiDatastreams") == []


def test_nobody_deletes_what_takes_along_what_others_write(ganzi):
    everywhere, bound = a_program(), a_program(programme="zj-ganzi", place="513301")
    bound.make("Things", {**THING, "Datastreams": [DATASTREAM]})
    sensor = Sensor.objects.get().pk
    elsewhere = a_program(programme="zj-ganzi", place="513322").make("Things", THING)
    everywhere.make(f"Things({elsewhere})/Datastreams", {**DATASTREAM, "Sensor": {"@iot.id": sensor}})

    assert bound.refused("DELETE", f"Sensors({sensor})") == 403
    assert Datastream.objects.count() == 2
    assert everywhere.send("DELETE", f"Sensors({sensor})")[0] == 200
    assert Datastream.objects.count() == 0


def test_a_registered_station_goes_only_with_who_manages_stations(program):
    thing = program.make("Things", THING)
    Thing.objects.update(code="wuse-2")

    assert program.refused("DELETE", f"Things({thing})") == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "Things"),
        ("PATCH", "Things"),
        ("PUT", ""),
        ("DELETE", "Things({Thing})/name"),
        ("POST", "Things({Thing})"),
    ],
)
def test_sets_and_properties_are_not_changed(program, ids, method, path):
    assert program.refused(method, path.format(**ids), {}) == 405


def test_the_trail_tells_of_entities_and_not_of_each_observation(program, ids):
    program.make(f"Datastreams({ids['Datastream']})/Observations", {"result": 5})
    program.send("PATCH", f"Things({ids['Thing']})", {"name": "新名"})
    program.send("DELETE", f"Things({ids['Thing']})")

    told = list(AuditRow.objects.filter(action__startswith="sensors.entity").order_by("seq"))
    created = [one.subject_type for one in told if one.action == "sensors.entity.created"]
    assert sorted(created) == [
        "sensors.datastream",
        "sensors.featureofinterest",
        "sensors.location",
        "sensors.observedproperty",
        "sensors.sensor",
        "sensors.thing",
    ]
    assert [one.changes for one in told[-2:]] == [
        {"name": ["站", "新名"]},
        {"name": "新名", "datastreams": 1, "observations": 2},
    ]


@pytest.mark.parametrize("path", ["Things({Thing})/Locations({other})", "Locations({other})/Things({Thing})"])
def test_a_thing_is_taken_off_a_location_from_either_end(program, ids, path):
    text = {**LOCATION, "encodingType": "text/plain", "location": "坡脚"}
    other = program.make(f"Things({ids['Thing']})/Locations", text)

    assert program.send("DELETE", f"{path}/$ref".format(**ids, other=other)) == (200, None)

    thing = Thing.objects.get()
    assert [one.pk for one in thing.locations.all()] == [ids["Location"]]
    assert Location.objects.filter(pk=other).exists()
    latest = thing.historical_locations.order_by("-pk")[0]
    assert [one.pk for one in latest.locations.all()] == [ids["Location"]]
    assert AuditRow.objects.filter(action="sensors.entity.changed").latest("pk").changes["unlinked"]
    assert program.refused("DELETE", f"{path}/$ref".format(**ids, other=other)) == 404


def test_a_thing_may_be_nowhere_and_its_history_stays_as_it_was(program, ids):
    where = [ids["Location"]]
    assert program.send("DELETE", f"Things({ids['Thing']})/Locations({where[0]})/$ref")[0] == 200

    assert not Thing.objects.get().locations.exists()
    assert [one.pk for one in HistoricalLocation.objects.get().locations.all()] == where


def test_a_historical_location_keeps_one_location(program, ids):
    history = f"HistoricalLocations({ids['HistoricalLocation']})"
    second = Location.objects.create(name="二", encoding_type="text/plain", location="x")
    HistoricalLocation.objects.get().locations.add(second)

    assert program.send("DELETE", f"{history}/Locations({ids['Location']})/$ref")[0] == 200
    assert program.refused("DELETE", f"Locations({second.pk})/{history}/$ref") == 409
    assert [one.pk for one in HistoricalLocation.objects.get().locations.all()] == [second.pk]


@pytest.mark.parametrize(
    ("path", "without"),
    [
        ("Datastreams({Datastream})/Thing", "Datastream 不能没有 Thing"),
        ("Things({Thing})/Datastreams({Datastream})", "Datastream 不能没有 Thing"),
        ("Sensors({Sensor})/Datastreams({Datastream})", "Datastream 不能没有 Sensor"),
        ("Observations({Observation})/FeatureOfInterest", "Observation 不能没有 FeatureOfInterest"),
        ("FeaturesOfInterest({FeatureOfInterest})/Observations({Observation})", "Observation 不能没有"),
        ("HistoricalLocations({HistoricalLocation})/Thing", "HistoricalLocation 不能没有 Thing"),
    ],
)
def test_a_link_that_must_be_there_stays_and_that_is_said(program, ids, path, without):
    where = path.format(**ids)
    before = program.get(where)
    status, found = program.send("DELETE", f"{where}/$ref")

    assert (status, without in found["message"]) == (409, True)
    assert program.get(where) == before


def test_a_link_is_removed_by_who_may_write(program, ids):
    path = f"Things({ids['Thing']})/Locations({ids['Location']})/$ref"

    assert a_program(write=False).refused("DELETE", path) == 403
    assert program.refused("DELETE", f"Things({ids['Thing']})/Locations/$ref") == 405
    assert Thing.objects.get().locations.exists()
