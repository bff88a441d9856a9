# SPDX-License-Identifier: Apache-2.0
"""A stranger learns of what is published, and of nothing else, whichever way they ask."""

import pytest

from shanhai.base.programs import hashed
from shanhai.field.sensors.models import ApiToken, Datastream
from shanhai.field.sensors.tests.builders import (
    a_datastream,
    a_feature,
    a_location,
    a_move,
    a_property,
    a_sensor,
    a_thing,
    observations,
)
from tests.cast import AT

pytestmark = pytest.mark.django_db
SECRET = "暗号"


@pytest.fixture
def published(ganzi):
    """A thing with a published datastream; beside it, linked in every way, what is hidden and is called SECRET."""
    place, sensor, prop = a_location("公开"), a_sensor("公开"), a_property("公开")
    thing = a_thing("公开", programme=ganzi, place="513301", locations=[place])
    a_move(thing, 0, place)
    shown = a_datastream(
        "公开", thing=thing, sensor=sensor, observed_property=prop, feature=a_feature("公开"), published=True
    )
    observations(shown, 1, 2)
    other = a_thing(SECRET, programme=ganzi, place="513322", locations=[place], properties={"x": 1})
    a_move(other, 60, place)
    far = {"type": "Point", "coordinates": [10, 10]}
    other.locations.add(a_location(SECRET, far, programme=ganzi, place="513322"))
    for owner in (thing, other):
        stream = a_datastream(
            SECRET,
            thing=owner,
            sensor=sensor,
            observed_property=prop,
            feature=a_feature(SECRET, far),
            unit={"name": SECRET},
        )
        observations(stream, 77.125, SECRET, 99)
    return shown


@pytest.fixture(params=["stranger", "token"])
def ask(request, client, published):
    """A stranger, and who reads with the token of the one datastream."""
    headers = {}
    if request.param == "token":
        ApiToken.objects.create(name="one", hashed=hashed("one"), datastream=published, made_at=AT, made_by="tests")
        headers = {"Authorization": "Bearer one"}

    def answer(path, **options):
        found = client.get(f"/sta/v1.1{path}", {f"${name}": value for name, value in options.items()}, headers=headers)
        assert found.status_code in (200, 404), found.content.decode()
        assert SECRET not in found.content.decode()
        return found.json()

    return answer


SETS = [
    "Things",
    "Locations",
    "HistoricalLocations",
    "Datastreams",
    "Sensors",
    "ObservedProperties",
    "FeaturesOfInterest",
]


@pytest.mark.parametrize("name", SETS)
def test_a_set_holds_what_is_published(ask, name):
    found = ask(f"/{name}", count="true")

    assert found["@iot.count"] == len(found["value"]) == 1


def test_observations_are_those_of_published_datastreams(ask, published):
    assert ask("/Observations", count="true")["@iot.count"] == 2
    assert {one["result"] for one in ask("/Observations")["value"]} == {1, 2}
    hidden = Datastream.objects.exclude(pk=published.pk)
    for stream in hidden:
        assert ask(f"/Datastreams({stream.pk})")["code"] == 404
        assert ask(f"/Datastreams({stream.pk})/Observations")["code"] == 404
        assert ask(f"/Observations({stream.observations.first().pk})")["code"] == 404
        assert ask(f"/FeaturesOfInterest({stream.feature_id})/Observations")["code"] == 404
        assert ask("/Observations", filter=f"Datastream/id eq {stream.pk}")["value"] == []


@pytest.mark.parametrize(
    ("path", "expand", "ways"),
    [
        ("/Things", "Datastreams($count=true;$expand=Observations($count=true))", ["Datastreams"]),
        ("/Locations", "Things($count=true),HistoricalLocations($count=true)", ["Things", "HistoricalLocations"]),
        ("/Sensors", "Datastreams($count=true)", ["Datastreams"]),
        ("/ObservedProperties", "Datastreams($count=true;$expand=Thing)", ["Datastreams"]),
        ("/HistoricalLocations", "Locations($count=true;$expand=Things),Thing", ["Locations"]),
    ],
)
def test_what_comes_along_is_published_too(ask, path, expand, ways):
    for one in ask(path, expand=expand)["value"]:
        for name in ways:
            assert one[f"{name}@iot.count"] == len(one[name]) == 1


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/Things", f"Datastreams/name eq '{SECRET}'"),
        ("/Things", f"Datastreams/any(d:d/name eq '{SECRET}')"),
        ("/Things", "not Datastreams/all(d:d/name eq '公开')"),
        ("/Things", "Datastreams/Observations/result eq 77.125"),
        ("/Things", f"Datastreams/unitOfMeasurement/name eq '{SECRET}'"),
        ("/Things", "Datastreams/phenomenonTime eq 2026-03-01T00:00:00Z/2026-03-01T00:20:00Z"),
        ("/Locations", f"Things/name eq '{SECRET}'"),
        ("/Locations", "Things/properties/x eq 1"),
        ("/Locations", "Things/any(t:t/name ne '公开')"),
        ("/Locations", "HistoricalLocations/time eq 2026-03-01T00:01:00Z"),
        ("/Locations", "HistoricalLocations/Thing/properties/x eq 1"),
        ("/Locations", "st_within(location,geography'POLYGON ((9 9, 11 9, 11 11, 9 11, 9 9))')"),
        ("/Things", "st_within(Locations/location,geography'POLYGON ((9 9, 11 9, 11 11, 9 11, 9 9))')"),
        ("/Sensors", f"Datastreams/name eq '{SECRET}'"),
        ("/Sensors", f"Datastreams/Thing/name eq '{SECRET}'"),
        ("/ObservedProperties", "Datastreams/Thing/properties/x eq 1"),
        ("/Datastreams", f"Sensor/Datastreams/name eq '{SECRET}'"),
        ("/Datastreams", f"Thing/Locations/Things/name eq '{SECRET}'"),
        ("/Observations", f"Datastream/Thing/Datastreams/name eq '{SECRET}'"),
        ("/Observations", "Datastream/ObservedProperty/Datastreams/Observations/result eq 77.125"),
    ],
)
def test_no_filter_tells_of_what_is_hidden(client, sign_in, published, asked, path):
    def found(who):
        answer = who.get(f"/sta/v1.1{path}", {"$filter": asked, "$count": "true"}).json()
        return [one["@iot.id"] for one in answer["value"]], answer["@iot.count"]

    # There is something to be told: who sees all is told it.
    assert found(sign_in("commander"))[1] > 0
    assert found(client) == ([], 0)


def test_no_order_tells_of_what_is_hidden(client, published, ganzi):
    """The sensor of a published datastream is seen; that of a hidden one, of another programme, is not."""
    thing = a_thing("丙", programme=ganzi, place="513301")
    hidden = a_sensor("aaa", programme=ganzi, place="513322")
    a_datastream("丙", thing=thing, sensor=hidden, published=True)
    ApiToken.objects.create(
        name="county", hashed=hashed("county"), programme="zj-ganzi", place="513301", made_at=AT, made_by="tests"
    )
    Datastream.objects.filter(name="丙").update(published=False)

    def ask(path, **options):
        given = {f"${name}": value for name, value in options.items()}
        return client.get(f"/sta/v1.1{path}", given, headers={"Authorization": "Bearer county"}).json()["value"]

    stream = Datastream.objects.get(name="丙")
    assert [one["Sensor"] for one in ask("/Datastreams", filter="name eq '丙'", expand="Sensor")] == [None]
    assert ask("/Datastreams", filter="Sensor/name eq 'aaa'") == []
    assert stream.pk in [one["@iot.id"] for one in ask("/Datastreams", filter="Sensor/name eq null")]
    assert stream.pk in [one["@iot.id"] for one in ask("/Datastreams", filter="not (Sensor/name eq 'aaa')")]
    # Without a name it comes first; by its name it would come last.
    assert ask("/Datastreams", orderby="Sensor/name desc")[-1]["@iot.id"] == stream.pk


def test_references_and_pages_hold_what_is_published(ask, published, settings):
    settings.SENSORS_PAGE = 1

    assert len(ask("/Datastreams/$ref")["value"]) == 1
    assert "@iot.nextLink" not in ask("/Datastreams")
    assert "@iot.nextLink" in ask("/Observations")
    assert ask(f"/Sensors({published.sensor_id})/Datastreams/$ref")["value"][0]["@iot.selfLink"].endswith(
        f"({published.pk})"
    )


@pytest.mark.parametrize("form", ["CSV", "dataArray"])
def test_other_formats_hold_what_is_published(client, published, form):
    answer = client.get("/sta/v1.1/Observations", {"$resultFormat": form}).content.decode()

    assert "77.125" not in answer
    assert SECRET not in answer
