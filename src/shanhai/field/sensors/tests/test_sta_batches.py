# SPDX-License-Identifier: Apache-2.0
"""Several requests in one: JSON and multipart, groups that are all or nothing, references to what was made before."""

import json

import pytest

from shanhai.field.sensors.models import Datastream, Observation, Thing
from shanhai.field.sensors.sta.views import batching
from shanhai.field.sensors.tests.sta_client import DATASTREAM, LOCATION, THING, Program, a_program

pytestmark = pytest.mark.django_db
ROOT = "http://testserver/sta/v1.1"


@pytest.fixture
def program(db):
    return a_program()


def ask(program, *requests):
    status, found = program.send("POST", "$batch", {"requests": list(requests)})
    assert status == 200, found
    return found["responses"]


def post(name, url, body, **more):
    return {"id": name, "method": "post", "url": url, "body": body, **more}


def test_requests_are_answered_one_by_one_in_order(program):
    thing = program.make("Things", THING)
    found = ask(
        program,
        {"id": "a", "method": "get", "url": f"Things({thing})?$select=name"},
        post("b", "Things", {**THING, "name": "二号站"}),
        {"id": "c", "method": "patch", "url": f"/sta/v1.1/Things({thing})", "body": {"name": "改名"}},
        {"id": "d", "method": "get", "url": f"{ROOT}/Things({thing})/name"},
        {"id": "e", "method": "delete", "url": f"Things({thing})"},
        {"id": "f", "method": "get", "url": f"Things({thing})"},
        post("g", "Things", {"name": 5}),
        {"id": "h", "method": "get", "url": f"Things({thing})/name/$value"},
    )

    assert [(one["id"], one["status"]) for one in found] == [
        ("a", 200), ("b", 201), ("c", 200), ("d", 200), ("e", 200), ("f", 404), ("g", 400), ("h", 404),
    ]  # fmt: skip
    assert found[0]["body"] == {"name": THING["name"]}
    assert found[1]["location"] == f"{ROOT}/Things({found[1]['body']['@iot.id']})"
    assert found[3]["body"] == {"name": "改名"}
    assert "name" in found[6]["body"]["message"]


def test_what_comes_later_refers_to_what_was_made_before(program):
    stream = {**DATASTREAM, "Thing": {"@iot.id": "$t"}}
    found = ask(
        program,
        post("t", "Things", {**THING, "description": "$t"}),
        post("s", "Datastreams", stream),
        post("l", "$t/Locations", LOCATION),
        post("o", "$s/Observations", {"result": 4}),
        {"id": "r", "method": "get", "url": "$o/Datastream/Thing"},
    )

    assert [one["status"] for one in found] == [201, 201, 201, 201, 200]
    assert found[4]["body"]["@iot.id"] == Thing.objects.get().pk
    assert found[4]["body"]["description"] == "$t"


def test_a_group_is_done_as_a_whole_or_not_at_all(program):
    wrong = post("b", "Things", {"name": "x"}, atomicityGroup="g")
    found = ask(
        program,
        post("a", "Things", THING, atomicityGroup="g"),
        wrong,
        post("c", "$a/Datastreams", DATASTREAM, atomicityGroup="g"),
        post("d", "Things", THING),
        post("e", "$a/Datastreams", DATASTREAM),
        {"id": "f", "method": "get", "url": "Things", "dependsOn": ["b"]},
    )

    assert [one["status"] for one in found] == [424, 400, 424, 201, 404, 424]
    assert Thing.objects.count() == 1
    assert not Datastream.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"requests": {}},
        {"requests": []},
        {"requests": [5]},
        {"requests": [{"id": "a", "method": "fly", "url": "Things"}]},
        {"requests": [{"id": "a", "method": "get"}]},
        {"requests": [{"method": "get", "url": "Things"}]},
        {"requests": [{"id": 1, "method": "get", "url": "Things"}]},
        {"requests": [{"id": "a", "method": "get", "url": "Things", "colour": 1}]},
        {"requests": [{"id": "a", "method": "get", "url": "Things", "headers": []}]},
        {"requests": [{"id": "a", "method": "get", "url": "Things"}] * 2},
        {"requests": [{"id": str(place), "method": "get", "url": "Things"} for place in range(1001)]},
    ],
)
def test_a_batch_that_cannot_be_understood_is_refused_as_a_whole(program, body):
    assert program.refused("POST", "$batch", body) == 400


def test_within_a_batch_one_may_do_no_more_than_outside(program):
    assert Program(None).refused("POST", "$batch", {"requests": []}) == 401
    found = ask(a_program(write=False), post("a", "Things", THING), {"id": "b", "method": "get", "url": "Things"})
    assert [one["status"] for one in found] == [403, 200]
    assert ask(program, post("a", "$batch", {"requests": []}))[0]["status"] == 404


MULTIPART = """--batch_1
Content-Type: multipart/mixed; boundary=set_1

--set_1
Content-Type: application/http
Content-Transfer-Encoding: binary
Content-ID: 1

POST Things HTTP/1.1
Content-Type: application/json

{thing}

--set_1
Content-Type: application/http
Content-Transfer-Encoding: binary
Content-ID: 2

POST $1/Datastreams HTTP/1.1
Content-Type: application/json

{stream}
--set_1--
--batch_1
Content-Type: application/http
Content-Transfer-Encoding: binary

GET /sta/v1.1/Things?$select=name HTTP/1.1
Host: localhost


--batch_1--
"""


def send_parts(program, body, boundary="batch_1"):
    kind = f"multipart/mixed; boundary={boundary}"
    return program._client.generic("POST", "/sta/v1.1/$batch", body.encode(), content_type=kind)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_multipart_with_a_change_set(program, end):
    body = MULTIPART.format(thing=json.dumps(THING, ensure_ascii=False), stream=json.dumps(DATASTREAM))

    answer = send_parts(program, body.replace("\n", end))

    assert answer.status_code == 200, answer.content
    told = answer.content.decode()
    assert told.count("HTTP/1.1 201 Created") == 2
    assert told.count("HTTP/1.1 200 OK") == 1
    assert f'{{"value":[{{"name":"{THING["name"]}"}}]}}' in told
    assert Datastream.objects.get().thing == Thing.objects.get()
    boundary = answer.headers["Content-Type"].partition("boundary=")[2]
    assert told.endswith(f"--{boundary}--\r\n")


def test_nothing_stays_of_a_change_set_that_fails(program):
    answer = send_parts(program, MULTIPART.format(thing=json.dumps(THING), stream="{}"))

    told = answer.content.decode()
    assert "HTTP/1.1 424" in told
    assert "HTTP/1.1 400" in told
    assert '{"value":[]}' in told
    assert not Thing.objects.exists()


@pytest.mark.parametrize("body", ["", "x", "--b\n\nGET\n--b--", "--b\r\n\r\n--b--", "--b\n\nFLY x HTTP/1.1\n\n--b--"])
def test_parts_that_are_no_requests_are_refused(program, body):
    assert send_parts(program, body, "b").status_code == 400


def test_observations_of_a_batch_are_stored_once(program):
    thing = program.make("Things", {**THING, "Datastreams": [DATASTREAM]})
    stream = Datastream.objects.get(thing=thing).pk
    told = {"phenomenonTime": "2026-03-01T00:00:00Z", "result": 1}
    found = ask(
        program,
        post("a", f"Datastreams({stream})/Observations", told, atomicityGroup="g"),
        post("b", f"Datastreams({stream})/Observations", told, atomicityGroup="g"),
        post("c", f"Datastreams({stream})/Observations", {**told, "result": 2}),
    )

    assert [one["status"] for one in found] == [201, 201, 409]
    assert Observation.objects.count() == 1


@pytest.mark.parametrize("beyond", ["bytes", "seconds"])
def test_a_batch_that_answers_much_or_takes_long_says_where_it_ended(program, settings, monkeypatch, beyond):
    thing = program.make("Things", {**THING, "properties": {"a": "x" * 1000}})
    read = {"method": "get", "url": f"Things({thing})"}
    if beyond == "bytes":
        settings.SENSORS_BODY_MAX_BYTES = 1200
    else:
        clock = iter([0.0, 1.0, 31.0, 31.0, 31.0, 31.0])
        monkeypatch.setattr(batching.time, "monotonic", lambda: next(clock))

    found = ask(
        program,
        {"id": "a", **read},
        {"id": "b", **read},
        post("c", "Things", THING, atomicityGroup="g"),
        post("d", "Things", THING, atomicityGroup="g"),
    )

    assert [one["status"] for one in found] == [200, 503, 503, 424]
    assert "另发一个 $batch" in found[1]["body"]["message"]
    assert Thing.objects.count() == 1
