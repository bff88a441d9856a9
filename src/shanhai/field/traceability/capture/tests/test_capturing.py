# SPDX-License-Identifier: Apache-2.0
"""Documents that programs send: taken, done by a job, all or what is good; limits; bad input; sent again."""

import json
from unittest import mock

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from shanhai.base.jobs.tests.builders import run_all
from shanhai.field.traceability.capture.services import capturing
from shanhai.field.traceability.capture.tests.builders import ROOT, Program, a_document
from shanhai.field.traceability.models import Capture, Event
from shanhai.field.traceability.tests.builders import a_party, shipped
from shanhai.kernel import clock
from shanhai.planning.programmes.tests.builders import a_programme
from tests.cast import AT

pytestmark = pytest.mark.django_db
ONE, TWO, THREE = (f"urn:epc:id:sgtin:4012345.012345.{number}" for number in (1, 2, 3))
BAD = {**shipped(TWO), "bizStep": "shiping"}


@pytest.fixture(autouse=True)
def _now(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with clock.frozen(AT):
        yield


@pytest.fixture
def coop():
    return a_party(a_programme())


@pytest.fixture
def program(coop):
    return Program(coop)


def done(program, answer):
    assert answer.status_code == 202, answer.content
    run_all()
    return program.get(answer["Location"]).json()


def test_a_document_is_taken_and_done_by_a_job(program):
    answer = program.post("capture", a_document(shipped(ONE), shipped(TWO)))
    waiting = program.get(answer["Location"]).json()
    assert (waiting["running"], waiting["success"], Event.objects.count()) == (True, True, 0)

    told = done(program, answer)
    assert (told["running"], told["success"], told["errors"], told["shanhai:captured"]) == (False, True, [], 2)
    assert Event.objects.count() == 2
    assert not default_storage.listdir("captures")[1]


def test_a_document_that_is_sent_again_changes_nothing(program):
    done(program, program.post("capture", a_document(shipped(ONE), shipped(TWO))))
    told = done(program, program.post("capture", a_document(shipped(ONE), shipped(TWO))))

    assert (told["success"], told["shanhai:captured"], told["shanhai:known"]) == (True, 0, 2)
    assert Event.objects.count() == 2


@pytest.mark.parametrize(("behaviour", "kept"), [("rollback", 0), ("proceed", 2)])
def test_one_bad_event_stops_all_or_is_left_out(program, behaviour, kept):
    body = a_document(shipped(ONE), BAD, shipped(THREE))
    told = done(program, program.post("capture", body, GS1_Capture_Error_Behaviour=behaviour))

    assert (told["running"], told["success"], told["captureErrorBehaviour"]) == (False, False, behaviour)
    assert [one["shanhai:pointer"] for one in told["errors"]] == ["/epcisBody/eventList/1/bizStep"]
    assert Event.objects.count() == kept


@pytest.mark.parametrize(("behaviour", "kept"), [("rollback", 1), ("proceed", 2)])
def test_an_id_of_another_event_is_told_by_its_place(program, behaviour, kept):
    own = {"eventID": "urn:uuid:831c0292-4de1-430a-8255-2aca821abaab"}
    done(program, program.post("capture", a_document(shipped(ONE, **own))))
    body = a_document(shipped(TWO), shipped(THREE, **own))
    told = done(program, program.post("capture", body, GS1_Capture_Error_Behaviour=behaviour))

    assert [one["type"] for one in told["errors"]] == ["epcisException:ResourceAlreadyExistsException"]
    assert told["errors"][0]["shanhai:pointer"] == "/epcisBody/eventList/1/eventID"
    assert Event.objects.count() == kept


def test_one_event_is_stored_at_once_and_only_once(program):
    body = {"@context": a_document()["@context"], **shipped(ONE)}
    first, again = program.post("events", body), program.post("events", body)

    assert (first.status_code, again.status_code) == (201, 409)
    assert first.json()["eventID"].startswith("ni:///")
    assert first["Location"].startswith("http://testserver/epcis/v2/events/ni:")
    assert again.json()["type"] == "epcisException:ResourceAlreadyExistsException"
    assert program.post("events", a_document(shipped(TWO))).status_code == 400


@pytest.mark.parametrize(
    ("body", "media", "status", "kind"),
    [
        (b" ", "application/json", 400, "Validation"),
        (b"{", "application/json", 400, "Validation"),
        (b'{"type": NaN}', "application/json", 400, "Validation"),
        (b"[]", "application/json", 400, "Validation"),
        (b'{"type": []}', "application/json", 400, "Validation"),
        (b"<a/>", "application/xml", 400, "Validation"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "text/xml", 400, "Validation"),
        (b"\xff\xfe", "application/json", 400, "Validation"),
        (b"{}", "text/plain", 415, "UnsupportedMediaType"),
        (b"{}", "application/json; charset=gbk", 415, "UnsupportedMediaType"),
        (b"[" * 200_000, "application/json", 400, "Validation"),
    ],
)
def test_what_is_no_document_is_refused_and_nothing_is_taken(program, body, media, status, kind):
    answer = program.post("capture", body, media)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    told = answer.json()
    assert (told["type"], told["status"]) == (f"epcisException:{kind}Exception", status)
    assert not Capture.objects.exists()


def test_the_limits_are_announced_and_held(program, settings):
    settings.TRACE_CAPTURE_MAX_EVENTS, settings.TRACE_CAPTURE_MAX_BYTES = 2, 2000
    told = Client().options(f"{ROOT}/capture")
    assert (told.status_code, told["GS1-EPCIS-Capture-Limit"], told["GS1-Capture-Error-Behaviour"]) == (204, "2", "all")
    assert told["GS1-EPCIS-Capture-File-Size-Limit"] == "2000"
    assert told["Allow"] == "GET, HEAD, OPTIONS, POST"

    assert program.post("capture", a_document(shipped(ONE), shipped(TWO))).status_code == 202
    many = program.post("capture", a_document(shipped(ONE), shipped(TWO), shipped(THREE)))
    large = program.post("capture", b" " * 2001)
    for answer in (many, large):
        assert (answer.status_code, answer.json()["type"]) == (413, "epcisException:CaptureLimitExceededException")


@pytest.mark.parametrize("length", [str(10**9), "9" * 5000])
def test_a_body_that_says_it_is_larger_is_not_read(program, length):
    class Endless:
        def read(self, size=-1):
            raise AssertionError("it was read")

        readline = read

    answer = Client().generic(
        "POST", f"{ROOT}/capture", b"", content_type="application/json", **{"wsgi.input": Endless()},
        headers={"Authorization": f"Bearer {program.token}", "Content-Length": length,
                 "Content-Type": "application/json"},
    )  # fmt: skip
    assert answer.status_code == 413


def test_a_worker_that_is_killed_leaves_nothing_and_the_next_does_it(program):
    answer = program.post("capture", a_document(shipped(ONE), shipped(TWO)))
    capture = Capture.objects.get()
    with mock.patch.object(capturing.Capture, "save", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        capturing.capture_document(capture=capture.uuid, by=None, at=AT, progress=lambda done, total: None)
    assert Event.objects.count() == 0

    assert done(program, answer)["shanhai:captured"] == 2


def test_a_job_that_stopped_for_good_says_so(program):
    answer = program.post("capture", a_document(shipped(ONE)))
    with mock.patch.object(capturing, "judge", side_effect=MemoryError):
        told = done(program, answer)

    assert (told["running"], told["success"]) == (False, False)
    assert told["errors"][0]["title"]


def test_a_file_that_is_gone_is_said(program):
    answer = program.post("capture", a_document(shipped(ONE)))
    default_storage.delete(Capture.objects.get().body)

    assert done(program, answer)["success"] is False


def test_jobs_are_listed_by_pages(program):
    for _ in range(3):
        program.post("capture", a_document(shipped(ONE)))
    first = program.get("capture?perPage=2")
    url = first["Link"].partition(">")[0][1:]
    second = program.get(url)

    ids = [one["captureID"] for one in first.json() + second.json()]
    assert len(set(ids)) == 3
    assert "Link" not in second
    assert program.get("capture?perPage=x").json()["type"] == "epcisException:QueryParameterException"


def test_xml_of_both_editions_is_captured(program):
    event = (
        "<ObjectEvent><eventTime>2026-11-20T02:00:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>"
        f"<epcList><epc>{ONE}</epc></epcList><action>OBSERVE</action></ObjectEvent>"
    )
    for number, space in enumerate(("urn:epcglobal:epcis:xsd:1", "urn:epcglobal:epcis:xsd:2")):
        version = number + 1
        text = (
            f'<e:EPCISDocument xmlns:e="{space}" schemaVersion="{version}" creationDate="2026-11-20T02:00:00Z">'
            f"<EPCISBody><EventList>{event}</EventList></EPCISBody></e:EPCISDocument>"
        )
        told = done(program, program.post("capture", text.encode(), "application/xml"))
        assert (told["success"], told["shanhai:known"]) == (True, number), told

    assert json.loads(Event.objects.get().content)["epcList"] == [ONE]
