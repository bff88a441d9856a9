# SPDX-License-Identifier: Apache-2.0
"""Times and geometries in a $filter: periods as ISO 19108 has them, geo functions as shapely has them."""

import pytest

from shanhai.field.sensors.tests.builders import a_datastream, a_location, a_move, a_thing, observations
from shanhai.field.sensors.tests.streams import SECOND, START

pytestmark = pytest.mark.django_db
DAY = 86400


def at(second):
    return START + second * SECOND


@pytest.fixture
def times(get):
    """The results that a filter lets through, of: an instant, an interval of ten minutes, instants of later days."""
    stream = a_datastream("timed")
    observations(stream, 1, time=at(0), result_time=at(60))
    observations(stream, 2, time=at(600), end=at(1200), result_time=at(1300))
    observations(stream, 3, time=at(DAY + 3661) + 250_000)
    observations(stream, 4, time=at(40 * DAY), result_time=at(41 * DAY))

    def ask(asked):
        return [one["result"] for one in get(f"/Datastreams({stream.pk})/Observations", filter=asked)["value"]]

    return ask


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("phenomenonTime eq 2026-03-01T00:00:00Z", [1]),
        ("phenomenonTime eq 2026-03-01T08:00:00+08:00", [1]),
        ("phenomenonTime eq 2026-03-01T08:00:00 08:00", [1]),
        ("phenomenonTime ne 2026-03-01T00:00:00Z", [2, 3, 4]),
        ("phenomenonTime lt 2026-03-01T00:20:00Z", [1]),
        ("phenomenonTime le 2026-03-01T00:20:00Z", [1, 2]),
        ("phenomenonTime gt 2026-03-01T00:10:00Z", [3, 4]),
        ("phenomenonTime ge 2026-03-01T00:10:00Z", [2, 3, 4]),
        ("2026-03-01T00:10:00Z le phenomenonTime", [2, 3, 4]),
        ("phenomenonTime eq 2026-03-01T00:10:00Z/2026-03-01T00:20:00Z", [2]),
        ("phenomenonTime lt 2026-03-01T00:10:00Z/2026-03-01T00:20:00Z", [1]),
        ("phenomenonTime gt 2026-03-01T00:10:00Z/2026-03-01T00:20:00Z", [3, 4]),
        ("phenomenonTime ge 2026-03-01T00:10:00Z/2026-03-01T00:20:00Z", [2, 3, 4]),
        ("phenomenonTime le 2026-03-01T00:10:00Z/2026-03-01T00:20:00Z", [1, 2]),
        ("before(phenomenonTime,2026-03-01T00:10:00Z)", [1]),
        ("after(phenomenonTime,2026-03-02T00:00:00Z)", [3, 4]),
        ("meets(phenomenonTime,2026-03-01T00:20:00Z/2026-03-01T00:30:00Z)", [2]),
        ("during(phenomenonTime,2026-03-01T00:00:00Z/2026-03-02T00:00:00Z)", [1, 2]),
        ("during(phenomenonTime,2026-03-01T00:15:00Z/2026-03-02T00:00:00Z)", []),
        ("overlaps(phenomenonTime,2026-03-01T00:15:00Z/2026-03-03T00:00:00Z)", [2, 3]),
        ("starts(phenomenonTime,2026-03-01T00:10:00Z/2027-03-01T00:00:00Z)", [2]),
        ("finishes(phenomenonTime,2026-03-01T00:00:00Z/2026-03-01T00:20:00Z)", [2]),
        ("resultTime eq 2026-03-01T00:01:00Z", [1]),
        ("resultTime eq null", [3]),
        ("resultTime gt phenomenonTime", [1, 2, 4]),
        ("resultTime sub phenomenonTime gt duration'PT1M'", [2, 4]),
        ("resultTime sub phenomenonTime eq duration'PT60S'", [1]),
        ("totalseconds(resultTime sub phenomenonTime) eq 60", [1]),
        ("phenomenonTime add duration'P1D' gt 2026-03-03T00:00:00Z", [3, 4]),
        ("phenomenonTime sub duration'-P1D' gt 2026-03-03T00:00:00Z", [3, 4]),
        ("phenomenonTime gt 2026-04-30T00:00:00Z sub duration'P30D'", [4]),
        ("duration'PT30M' mul 2 eq duration'PT1H' and resultTime eq null", [3]),
        ("phenomenonTime lt now()", [1, 2, 3, 4]),
        ("phenomenonTime gt mindatetime() and phenomenonTime lt maxdatetime()", [1, 2, 3, 4]),
        ("year(phenomenonTime) eq 2026", [1, 2, 3, 4]),
        ("month(phenomenonTime) eq 4", [4]),
        ("day(phenomenonTime) eq 2", [3]),
        ("hour(phenomenonTime) eq 1", [3]),
        ("minute(phenomenonTime) eq 10", [2]),
        ("second(phenomenonTime) eq 1", [3]),
        ("fractionalseconds(phenomenonTime) eq 0.25", [3]),
        ("date(phenomenonTime) eq 2026-03-02", [3]),
        ("date(phenomenonTime) gt 2026-03-01", [3, 4]),
        ("time(phenomenonTime) eq 00:10:00", [2]),
        ("time(phenomenonTime) lt 00:10", [1, 4]),
        ("totaloffsetminutes(phenomenonTime) eq 0", [1, 2, 3, 4]),
        ("totaloffsetminutes(resultTime) eq 0", [1, 2, 4]),
    ],
)
def test_observations_are_found_by_their_times(times, asked, found):
    assert times(asked) == found


def test_datastreams_and_moves_are_found_by_their_times(get):
    thing = a_thing("alpha")
    moved = a_move(thing, 5)
    observations(a_datastream(thing=thing), 1)
    observations(a_datastream(), 1)
    a_datastream()

    assert get("/Datastreams", filter="phenomenonTime ge 2026-03-01T00:00:00Z", count="true")["@iot.count"] == 2
    assert get("/Datastreams", filter="phenomenonTime eq null", count="true")["@iot.count"] == 1
    assert get("/HistoricalLocations", filter="time eq 2026-03-01T00:00:05Z")["value"][0]["@iot.id"] == moved.pk
    assert [
        one["name"]
        for one in get("/Things", filter="Datastreams/phenomenonTime lt 2027-01-01T00:00:00Z and name eq 'alpha'")[
            "value"
        ]
    ] == ["alpha"]


@pytest.fixture
def shapes():
    """A point, a line, two squares that touch, and what is no geometry."""
    a_location("point", {"type": "Point", "coordinates": [30.5, 10.5]})
    a_location("line", {"type": "LineString", "coordinates": [[29, 10.5], [33, 10.5]]})
    a_location("square", box(30, 10, 31, 11))
    a_location("next", {"type": "Feature", "geometry": box(31, 10, 32, 11), "properties": {}})
    a_location("words", "somewhere")
    a_location("broken", {"type": "Point", "coordinates": "x"})


def box(west, south, east, north):
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


SQUARE = "geography'POLYGON ((30 10, 31 10, 31 11, 30 11, 30 10))'"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (f"st_equals(location,{SQUARE})", ["square"]),
        (f"st_within(location,{SQUARE})", ["point", "square"]),
        (f"st_contains({SQUARE},location)", ["point", "square"]),
        ("st_contains(location,geography'POINT (30.5 10.5)')", ["point", "line", "square"]),
        (f"st_touches(location,{SQUARE})", ["next"]),
        (f"st_crosses(location,{SQUARE})", ["line"]),
        (f"st_intersects(location,{SQUARE})", ["point", "line", "square", "next"]),
        (f"geo.intersects(location,{SQUARE})", ["point", "line", "square", "next"]),
        ("st_disjoint(location,geography'POINT (30.5 10.5)')", ["next"]),
        ("st_overlaps(location,geography'POLYGON ((30.5 10, 31 10, 31 12, 30.5 12, 30.5 10))')", ["square"]),
        (f"st_relate(location,{SQUARE},'T********')", ["point", "line", "square"]),
        ("geo.distance(location,geography'POINT (30.5 11.5)') lt 0.6", ["square"]),
        ("geo.distance(location,geography'POINT (30.5 11.5)') le 1", ["point", "line", "square", "next"]),
        ("geo.distance(geography'SRID=4326;POINT (30.5 10.5)',location) eq 0", ["point", "line", "square"]),
        ("0.4 lt geo.distance(location,geography'POINT (30.5 10.5)')", ["next"]),
        ("geo.length(location) eq 4", ["line", "square", "next"]),
        (f"not st_intersects(location,{SQUARE})", ["words", "broken"]),
        (f"st_within(location,{SQUARE}) and name ne 'point'", ["square"]),
        ("location/type eq 'Point'", ["point", "broken"]),
    ],
)
def test_locations_are_found_by_their_geometry(get, shapes, asked, found):
    assert [one["name"] for one in get("/Locations", filter=asked)["value"]] == found


def test_things_are_found_by_where_they_are(get):
    a_thing("here", locations=[a_location(geometry={"type": "Point", "coordinates": [30.5, 10.5]})])
    a_thing("there", locations=[a_location()])

    assert [one["name"] for one in get("/Things", filter=f"st_within(Locations/location,{SQUARE})")["value"]] == [
        "here"
    ]


def test_too_many_geometries_are_refused(get, shapes, settings):
    settings.SENSORS_GEO_ROWS = 2

    assert "2" in get("/Locations", status=400, filter=f"st_intersects(location,{SQUARE})")["message"]
    assert get("/Locations", filter="st_equals(location,geography'POINT (90 45)')")["value"] == []


def test_valid_times_are_compared_and_ordered_as_times(get):
    """Not as texts: of those, a second without a fraction comes after the same with one."""
    stream = a_datastream()
    valid = ["2026-03-01T00:00:00.500Z", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z/2026-03-03T00:00:00Z", None]
    for at, one in enumerate(valid, start=1):
        observations(stream, at, time=START + at * SECOND, extra={"validTime": one})

    def found(**options):
        return [one["result"] for one in get(f"/Datastreams({stream.pk})/Observations", **options)["value"]]

    assert found(filter="validTime gt 2026-03-01T08:00:00+08:00") == [1]
    assert found(filter="validTime eq 2026-03-01T00:00:00.5Z") == [1]
    assert found(filter="during(validTime,2026-03-01T00:00:00Z/2026-03-02T00:00:00Z)") == [1, 2]
    assert found(filter="overlaps(validTime,2026-03-02T00:00:00Z/2026-03-04T00:00:00Z)") == [3]
    assert found(filter="validTime eq null") == [4]
    assert found(orderby="validTime,id desc") == [4, 3, 2, 1]
