# SPDX-License-Identifier: Apache-2.0
"""What breaks others: numbers without room, mail within mail, rows that go meanwhile, a database that is away."""

import io
import json
import subprocess
import sys
import time

import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

from shanhai.field.sensors.models import Datastream, Observation, Thing
from shanhai.field.sensors.sta.services import removing
from shanhai.field.sensors.tests.sta_client import DATASTREAM, MULTI, THING, a_program

pytestmark = pytest.mark.django_db
TIME = "2026-03-01T00:00:00Z"
LATER = "2026-03-01T00:10:00Z"


@pytest.fixture
def program(db):
    return a_program()


@pytest.fixture
def stream(program):
    program.make("Things", {**THING, "Datastreams": [DATASTREAM], "MultiDatastreams": [MULTI]})
    return Datastream.objects.get(multi=False).pk


def arrays(program, stream, components, *rows):
    """Which rows were stored."""
    body = [{"Datastream": {"@iot.id": stream}, "components": components, "dataArray": list(rows)}]
    status, found = program.send("POST", "CreateObservations", body)
    assert status == 201, found
    return [not one.startswith("error: ") for one in found]


def test_numbers_that_a_whole_number_has_no_room_for_are_read_as_they_came(program):
    properties = {"a": 1e20, "b": [-1e25, {"c": 1e300}], "d": 2**64 - 1}
    thing = program.make("Things", {**THING, "properties": properties})

    assert program.get(f"Things({thing})")["properties"] == properties
    assert program.many("Things")[0]["properties"] == properties
    assert "1e+20" in program._client.get("/sta/v1.1/Things?$resultFormat=CSV").content.decode()


def test_a_number_that_cannot_be_summed_is_no_result(program, stream):
    path = f"Datastreams({stream})/Observations"

    assert program.refused("POST", path, {"phenomenonTime": TIME, "result": 9e307}) == 400
    rows = [TIME, 1.7e308], [LATER, -1.7e308], ["2026-03-01T00:20:00Z", 5]
    assert arrays(program, stream, ["phenomenonTime", "result"], *rows) == [False, False, True]
    assert Observation.objects.get().number == 5


def test_what_is_no_time_in_words_and_what_is_no_feature_is_refused_in_arrays(program, stream):
    assert arrays(program, stream, ["phenomenonTime", "result"], [1772323200, 1], [1772323201, 2]) == [False, False]
    components = ["phenomenonTime", "result", "FeatureOfInterest/id"]
    rows = [TIME, 1, []], [TIME, 1, 0], [TIME, 1, {}], [TIME, 1, None]
    assert arrays(program, stream, components, *rows) == [False, False, False, True]


@pytest.mark.parametrize("part", ["second", "hour", "time", "date", "year", "fractionalseconds"])
def test_parts_of_times_that_were_moved_by_a_share_of_a_duration(program, stream, part):
    program.make(f"Datastreams({stream})/Observations", {"phenomenonTime": TIME, "result": 1})
    moved = f"{part}(phenomenonTime add duration'PT1H' mul 1.5)"
    there = f"{part}(2026-03-01T01:30:00Z)"

    assert len(program.many(f"Datastreams({stream})/Observations?$filter={moved} eq {there}")) == 1


def test_an_order_of_very_many_terms_is_refused(program):
    assert program.refused("GET", "Things?$orderby=" + ",".join(["length(name)"] * 3000)) == 400


@pytest.mark.parametrize("url", ["http://[x/Things", "http://[::1", "http://\u2100/Things"])
def test_an_address_that_is_none_is_refused_alone(program, url):
    requests = [{"id": one, "method": "get", "url": address} for one, address in (("a", url), ("b", "Things"))]
    status, found = program.send("POST", "$batch", {"requests": requests})

    assert status == 200
    assert [one["status"] for one in found["responses"]] == [404, 200]


def test_mail_within_mail_without_end_is_refused(program):
    within = b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (one, one + 1) for one in range(2000)
    )
    for body in (within, b"--b0\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 2000):
        assert program.refused("POST", "$batch", body, content_type="multipart/mixed; boundary=b0") == 400


def test_a_name_that_comes_twice_among_very_many_is_found_at_once(program):
    names = ",".join(f'"n{one}":1' for one in range(40_000))
    body = f'{{"properties":{{{names},"n39999":1}}}}'.encode()
    begin = time.monotonic()

    assert program.refused("POST", "Things", body) == 400
    assert time.monotonic() - begin < 5


def test_a_body_that_comes_in_pieces_is_read_and_one_that_is_packed_is_refused(program, settings):
    pieces, raw = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}, json.dumps(THING).encode()

    def send(**how):
        how["wsgi.input"] = io.BytesIO(raw)
        return program._client.generic("POST", "/sta/v1.1/Things", raw, **how).status_code

    assert send(**pieces) == 201
    assert send(HTTP_CONTENT_ENCODING="gzip") == 415
    settings.SENSORS_BODY_MAX_BYTES = 10
    assert send(**pieces) == 413
    assert Thing.objects.count() == 1


def test_a_head_that_nobody_can_read_is_a_bad_request_before_any_page_is_asked():
    """In a process of its own: what is served sets Django up, and freezes what is there."""
    asking = (
        "from django.test import RequestFactory; from shanhai.config.wsgi import application;"
        "asked = RequestFactory()._base_environ();"
        "application(asked | {'CONTENT_TYPE': \"multipart/mixed; boundary*=none'x'y\"}, lambda said, _: print(said))"
    )

    said = subprocess.run([sys.executable, "-c", asking], capture_output=True, text=True, check=True).stdout

    assert "400 Bad Request" in said


@pytest.mark.parametrize(("method", "module", "looks"), [("DELETE", "removing", 1), ("PATCH", "changing", 2)])
def test_what_somebody_deletes_meanwhile_is_a_conflict(program, monkeypatch, method, module, looks):
    thing = program.make("Things", THING)
    real, looked = removing.owner_of, []

    def gone_meanwhile(kind, key, *, viewer):
        found = real(kind, key, viewer=viewer)
        looked.append(key)
        if len(looked) == looks:
            Thing.objects.all().delete()
        return found

    monkeypatch.setattr(f"shanhai.field.sensors.sta.services.{module}.owner_of", gone_meanwhile)
    requests = [
        {"id": "a", "method": method, "url": f"Things({thing})", "body": {"name": "改名"}},
        {"id": "b", "method": "get", "url": "Things"},
    ]
    status, found = program.send("POST", "$batch", {"requests": requests})

    assert status == 200
    assert [one["status"] for one in found["responses"]] == [409, 200]


@pytest.mark.parametrize(("method", "path"), [("GET", "Things"), ("POST", "Things"), ("POST", "$batch")])
def test_a_database_that_is_away_is_told_as_such(program, method, path):
    def away(*_given):
        raise OperationalError("the connection is lost")

    with connections[DEFAULT_DB_ALIAS].execute_wrapper(away):
        answer = program._client.generic(method, f"/sta/v1.1/{path}", json.dumps(THING).encode())

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert answer.json()["message"]
