# SPDX-License-Identifier: Apache-2.0
"""Observations by the API: what a result may be, times, duplicates; arrays of them; MultiDatastreams; bad input."""

import json

import pytest

from shanhai.field.sensors.models import Datastream, Observation
from shanhai.field.sensors.tests.sta_client import (
    DATASTREAM,
    FEATURE,
    LOCATION,
    MEASUREMENT,
    MULTI,
    PROPERTY,
    THING,
    a_program,
)

pytestmark = pytest.mark.django_db
TYPES = "http://www.opengis.net/def/observationType/OGC-OM/2.0/"
OTHERS = ("resultQuality", "validTime", "parameters")
SPRING = "2026-03-01T00:00:00Z"


@pytest.fixture
def program(db):
    return a_program()


def a_stream(program, kind="OM_Measurement", **facts):
    body = {**DATASTREAM, "observationType": f"{TYPES}{kind}", **facts}
    thing = program.make("Things", {**THING, "Locations": [LOCATION], "Datastreams": [body]})
    return program.many(f"Things({thing})/Datastreams")[0]["@iot.id"]


def a_multi(program, **facts):
    thing = program.make("Things", {**THING, "Locations": [LOCATION], "MultiDatastreams": [{**MULTI, **facts}]})
    return program.many(f"Things({thing})/MultiDatastreams")[0]["@iot.id"]


@pytest.mark.parametrize(
    "result",
    [True, False, "warm", "", 3, -2.5, 1e-300, {"a": {"b": [1]}}, [1, "x", None], [], {}, None, "天气", 2**53 - 1],
)
def test_any_json_is_a_result_and_comes_back_as_it_was(program, result):
    stream = a_stream(program, "OM_Observation")

    key = program.make(f"Datastreams({stream})/Observations", {"phenomenonTime": SPRING, "result": result})

    found = program.get(f"Observations({key})")["result"]
    assert (found, type(found)) == (result, type(result))
    assert program.make(f"Datastreams({stream})/Observations", {"phenomenonTime": SPRING, "result": result}) == key


@pytest.mark.parametrize(
    ("kind", "good", "wrong"),
    [
        ("OM_Measurement", [1, 2.5, None], ["1", True, [1], {}]),
        ("OM_CountObservation", [1, 3.0, -2], [1.5, "1", False]),
        ("OM_TruthObservation", [True, False], [1, "true", []]),
        ("OM_CategoryObservation", ["urn:x", ""], [1, True, ["a"]]),
    ],
)
def test_a_result_is_of_the_type_of_its_datastream(program, kind, good, wrong):
    stream = a_stream(program, kind)
    for hour, result in enumerate(good):
        program.make(
            f"Datastreams({stream})/Observations", {"phenomenonTime": f"2026-03-01T{hour:02}:00:00Z", "result": result}
        )
    for result in wrong:
        assert program.refused("POST", f"Datastreams({stream})/Observations", {"result": result}) == 400

    assert Observation.objects.count() == len(good)


def test_what_else_is_said_of_an_observation_stays_with_it(program):
    stream = a_stream(program)
    said = {
        "phenomenonTime": "2026-03-01T00:00:00Z/2026-03-01T01:00:00Z",
        "resultTime": "2026-03-01T01:00:00.500Z",
        "validTime": "2026-03-01T00:00:00+08:00/2026-03-02T00:00:00+08:00",
        "resultQuality": [{"code": 1}],
        "parameters": {"depth": 2},
        "result": 5,
    }
    key = program.make(f"Datastreams({stream})/Observations", said)

    found = program.get(f"Observations({key})")
    valid = "2026-02-28T16:00:00Z/2026-03-01T16:00:00Z"
    assert {name: found[name] for name in said} == {**said, "validTime": valid}
    assert program.get(f"Datastreams({stream})")["phenomenonTime"] == said["phenomenonTime"]
    assert program.get(f"Datastreams({stream})")["resultTime"].startswith(said["resultTime"])


def test_an_observation_without_time_is_of_now_and_a_conflict_keeps_the_first(program, frozen_clock):
    stream = a_stream(program)
    path = f"Datastreams({stream})/Observations"

    key = program.make(path, {"result": 1})
    assert program.get(f"Observations({key})")["phenomenonTime"] == "2026-11-22T02:00:00Z"
    assert program.make(path, {"result": 1.0}) == key
    assert program.refused("POST", path, {"result": 2}) == 409
    assert program.get(f"Observations({key})")["result"] == 1
    found = Datastream.objects.get()
    assert (found.count, found.duplicates) == (1, 1)


@pytest.mark.parametrize(
    "time",
    [
        "2026-03-01T00:00:00",
        "2026-03-01",
        "1969-12-31T23:59:59Z",
        "2099-01-01T00:00:00Z",
        "2026-03-02T00:00:00Z/2026-03-01T00:00:00Z",
        "2026-03-01T00:00:00Z/",
        "yesterday",
        "",
        5,
        1772323200,
        [SPRING, SPRING],
        {},
        True,
        "2026-02-30T00:00:00Z",
        "2026-03-01T25:00:00Z",
    ],
)
def test_a_time_that_cannot_be_meant_is_refused_by_name(program, time):
    stream = a_stream(program)

    assert program.refused("POST", f"Datastreams({stream})/Observations", {"phenomenonTime": time, "result": 1}) == 400
    assert not Observation.objects.exists()


@pytest.mark.parametrize("time", ["2016-12-31T23:59:60Z", "2026-03-01T08:00:00.123456789+08:00"])
def test_leap_seconds_and_nanoseconds_are_taken(program, time):
    program.make(f"Datastreams({a_stream(program)})/Observations", {"phenomenonTime": time, "result": 1})


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"5",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b'{"result": NaN}',
        b'{"result": Infinity}',
        b'{"result": 1e400}',
        b'{"result": 1, "result": 2}',
        b'{"result": 1, "parameters": {"a": 1, "a": 2}}',
        b'{"result": 1, "colour": 2}',
        b'{"result": 1, "parameters": []}',
        b'{"parameters": {}}',
        b'{"result": 1, "Datastream": {"@iot.id": 1e30}}',
        b'{"result": 1, "Datastream": {"@iot.id": 99999999999999999999}}',
        b'{"result": 1, "FeatureOfInterest": {"@iot.id": 0}}',
        b'{"result": 1, "resultTime": "2026-03-01T00:00:00Z/2026-03-02T00:00:00Z"}',
        b'{"result": 1, "parameters": {"a": "\\u0000"}}',
        b'{"result": 1, "parameters": {"a": "\\ud800"}}',
        b'{"result": 1, "parameters": ' + b'{"a":' * 60 + b"1" + b"}" * 61,
        b'{"result": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_a_body_that_is_none_is_refused_and_stores_nothing(program, raw):
    stream = a_stream(program)

    for path in (f"Datastreams({stream})/Observations", "CreateObservations", "Observations"):
        assert program.refused("POST", path, raw) == 400
    assert not Observation.objects.exists()


def test_a_body_that_is_too_large_is_not_read(program, settings):
    settings.SENSORS_BODY_MAX_BYTES = 1000

    assert program.refused("POST", "CreateObservations", b"[" + b" " * 1000 + b"]") == 413


def block(stream, rows, components=("phenomenonTime", "result"), kind="Datastream", **more):
    return {kind: {"@iot.id": stream}, "components": list(components), "dataArray": rows, **more}


def minutes(count, start=0):
    return [[f"2026-03-01T{one // 60:02}:{one % 60:02}:00Z", one + start] for one in range(count)]


def test_arrays_of_several_datastreams_are_stored_at_once(program):
    one, other = a_stream(program), a_stream(program)
    body = [block(one, minutes(3), **{"dataArray@iot.count": 3}), block(other, minutes(2))]

    status, links = program.send("POST", "CreateObservations", body)

    assert status == 201
    assert [program.get(link)["result"] for link in links] == [0, 1, 2, 0, 1]
    assert Datastream.objects.get(pk=one).count == 3
    assert program.get(f"{links[0]}/FeatureOfInterest")["feature"] == LOCATION["location"]
    assert program.send("POST", "CreateObservations", body) == (201, links)


def test_a_row_that_is_wrong_is_an_error_and_the_others_are_stored(program):
    stream = a_stream(program)
    program.send("POST", "CreateObservations", [block(stream, minutes(1, start=5))])
    good = "2026-03-01T05:00:00Z"
    rows = [[good, 1], ["x", 1], [good, 2], [SPRING, 1], [good], 5, [good, "a"], [good, 1], [None, 3], [good, None, 1]]

    status, links = program.send("POST", "CreateObservations", [block(stream, rows), block(999_999, minutes(2))])

    assert status == 201
    told = [link.removeprefix("error: ") if link.startswith("error") else "stored" for link in links]
    short = "一行里的值要和 components 一样多。"
    conflict = "这个数据流在这个时间已经有另一个结果，原来的不动。要更正请修改原来的观测值。"
    assert told == [
        "stored",
        "看不懂时间 x。请写成 2026-03-01T08:00:00+08:00，或 1970 年以来的秒数、毫秒数。",
        conflict,
        conflict,
        short,
        short,
        "这个数据流的结果是数（OM_Measurement），不能是 a。",
        "stored",
        "stored",
        short,
        *["没有编号为 999999 的数据流，或者您看不到它。"] * 2,
    ]
    assert links[0] == links[7]
    assert Observation.objects.count() == 3


def test_arrays_hold_whatever_an_observation_has(program):
    stream = a_stream(program)
    feature = program.make("FeaturesOfInterest", FEATURE)
    names = (
        "result",
        "FeatureOfInterest/id",
        "phenomenonTime",
        "resultTime",
        "resultQuality",
        "validTime",
        "parameters",
    )
    rows = [
        [1, feature, f"{SPRING}/2026-03-01T01:00:00Z", SPRING, "good", None, {"a": 1}],
        [2, None, "2026-03-01T02:00:00Z", None, None, f"{SPRING}/2026-03-01T01:00:00Z", None],
        [3, 999_999, "2026-03-01T03:00:00Z", None, None, None, None],
    ]

    _status, links = program.send("POST", "CreateObservations", [block(stream, rows, names)])

    first = program.get(links[0])
    assert (first["phenomenonTime"], first["resultTime"]) == (rows[0][2], SPRING)
    assert (first["resultQuality"], first["parameters"]) == ("good", {"a": 1})
    assert program.get(f"{links[0]}/FeatureOfInterest")["name"] == FEATURE["name"]
    assert program.get(f"{links[1]}/FeatureOfInterest")["feature"] == LOCATION["location"]
    assert program.get(links[1])["validTime"] == rows[1][5]
    assert links[2] == "error: FeatureOfInterest 指向的 999999 不存在，或者您看不到它。"
    assert program.get(f"Datastreams({stream})")["observedArea"]["type"] == "Polygon"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [5],
        [{}],
        [{"Datastream": {"@iot.id": 1}, "components": ["result"]}],
        [{"Datastream": {"@iot.id": "1"}, "components": ["result"], "dataArray": []}],
        [{"Datastream": {}, "components": ["result"], "dataArray": []}],
        [{"Datastream": {"@iot.id": 1}, "MultiDatastream": {"@iot.id": 1}, "components": ["result"], "dataArray": []}],
        [{"Datastream": {"@iot.id": 1}, "components": ["phenomenonTime"], "dataArray": [["x"]]}],
        [{"Datastream": {"@iot.id": 1}, "components": ["result", "result"], "dataArray": []}],
        [{"Datastream": {"@iot.id": 1}, "components": ["result", "colour"], "dataArray": []}],
        [{"Datastream": {"@iot.id": 1}, "components": ["result", 5], "dataArray": []}],
        [{"Datastream": {"@iot.id": 1}, "components": ["result"], "dataArray": [[1]], "dataArray@iot.count": 2}],
        [{"Datastream": {"@iot.id": 1}, "components": ["result"], "dataArray": [[1]], "colour": 2}],
    ],
)
def test_arrays_that_cannot_be_understood_are_refused_as_a_whole(program, body):
    assert program.refused("POST", "CreateObservations", body) == 400


def test_a_name_that_comes_twice_in_arrays_is_seen(program):
    stream = a_stream(program)
    raw = json.dumps([block(stream, minutes(1))]).encode()
    twice = raw.replace(b'"dataArray":', b'"dataArray": [], "dataArray":')

    assert program.refused("POST", "CreateObservations", twice) == 400
    assert program.send("POST", "CreateObservations", raw)[0] == 201


def test_more_rows_than_a_setting_allows_are_refused(program, settings):
    settings.SENSORS_ARRAY_MAX_ROWS = 2

    assert program.refused("POST", "CreateObservations", [block(a_stream(program), minutes(3))]) == 400


def test_rows_of_plain_numbers_say_what_is_wrong_with_them(program):
    count, truth = a_stream(program, "OM_CountObservation"), a_stream(program, "OM_TruthObservation")
    body = [
        block(count, [[SPRING, 1.5], [SPRING, 2]]),
        block(truth, minutes(1)),
        block(count, [["2996-01-01T00:00:00Z", 1]]),
    ]

    _status, links = program.send("POST", "CreateObservations", body)

    assert links[0] == "error: 这个数据流的结果是整数（OM_CountObservation），不能是 1.5。"
    assert program.get(links[1])["result"] == 2
    assert links[2].startswith("error: 这个数据流的结果是 true 或 false（OM_TruthObservation）")
    assert links[3] == "error: 观测时间比现在晚太多。请给设备对时。"


def test_rows_of_what_is_only_seen_are_errors_beside_others_that_are_stored(program, ganzi):
    theirs, bound = a_stream(program), a_program(programme=ganzi.code)
    mine = a_stream(bound)
    Datastream.objects.filter(pk=theirs).update(published=True)

    _status, links = bound.send("POST", "CreateObservations", [block(theirs, minutes(1)), block(mine, minutes(1))])

    assert links[0] == "error: 您不能向这个数据流写观测值。"
    assert bound.get(links[1])["result"] == 0


def test_arrays_of_what_nobody_may_write_are_refused(program):
    stream = a_stream(program)

    assert a_program(write=False).refused("POST", "CreateObservations", [block(stream, minutes(1))]) == 403
    assert not Observation.objects.exists()


def test_a_multidatastream_takes_results_of_its_length_and_types(program):
    stream = a_multi(program, multiObservationDataTypes=[MEASUREMENT, f"{TYPES}OM_TruthObservation"])
    path = f"MultiDatastreams({stream})/Observations"

    key = program.make(path, {"phenomenonTime": SPRING, "result": [1.5, True]})
    assert program.get(f"Observations({key})")["result"] == [1.5, True]
    assert program.get(f"Observations({key})/MultiDatastream")["@iot.id"] == stream
    for wrong in (1, [1], [1, True, 2], ["x", True], [1, 2], {}, "x"):
        assert program.refused("POST", path, {"result": wrong}) == 400
    assert program.refused("PATCH", f"Observations({key})", {"result": [1]}) == 400
    rows = [["2026-03-01T01:00:00Z", [2, False]], ["2026-03-01T02:00:00Z", [2]], ["2026-03-01T03:00:00Z", 5]]
    _status, links = program.send("POST", "CreateObservations", [block(stream, rows, kind="MultiDatastream")])
    assert [link.startswith("error: 结果须是 2 个值的数组") for link in links] == [False, True, True]
    assert (
        program.send("POST", "CreateObservations", [block(stream, rows)])[1]
        == [f"error: 没有编号为 {stream} 的数据流，或者您看不到它。"] * 3
    )


@pytest.mark.parametrize(
    "change",
    [
        {"unitOfMeasurements": []},
        {"unitOfMeasurements": MULTI["unitOfMeasurements"][:1]},
        {"multiObservationDataTypes": [MEASUREMENT]},
        {"ObservedProperties": [PROPERTY]},
        {"ObservedProperties": []},
        {"multiObservationDataTypes": [5, 6]},
        {"unitOfMeasurements": ["a", "b"]},
        {"unitOfMeasurement": {}},
        {"ObservedProperty": PROPERTY},
    ],
)
def test_a_multidatastream_has_as_many_units_as_types_and_properties(program, change):
    thing = program.make("Things", THING)

    assert program.refused("POST", f"Things({thing})/MultiDatastreams", {**MULTI, **change}) == 400
    assert not Datastream.objects.exists()
    stream = program.make(f"Things({thing})/MultiDatastreams", MULTI)
    if "ObservedProperty" not in change and "ObservedProperties" not in change and "unitOfMeasurement" not in change:
        assert program.refused("PATCH", f"MultiDatastreams({stream})", change) == 400


def test_the_properties_of_a_multidatastream_stand_in_order(program):
    stream = a_multi(program)
    names = [one["name"] for one in program.many(f"MultiDatastreams({stream})/ObservedProperties")]
    assert sorted(names) == sorted(one["name"] for one in MULTI["ObservedProperties"])
    first = program.get(f"MultiDatastreams({stream})")
    assert first["observationType"] == f"{TYPES}OM_ComplexObservation"
    assert program.send("GET", f"Datastreams({stream})")[0] == 404
