# SPDX-License-Identifier: Apache-2.0
"""Who may capture and ask: by a token, or by a session for reading; versions; what is discovered."""

import pytest
from django.test import Client

from shanhai.field.traceability.capture.services.credentials import revoke_credential
from shanhai.field.traceability.capture.tests.builders import ROOT, Program, a_document
from shanhai.field.traceability.models import Credential
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.tests.builders import a_party, shipped
from shanhai.kernel.actors import system
from shanhai.kernel.errors import NotAllowed
from shanhai.planning.programmes.tests.builders import a_programme
from tests.cast import AT, OFFICE, STRANGER

pytestmark = pytest.mark.django_db
ONE = "urn:epc:id:sgtin:4012345.012345.1"


@pytest.fixture
def coop():
    return a_party(a_programme())


def test_who_shows_no_token_or_a_wrong_one_is_nobody(coop, sign_in):
    answer = Client().get(f"{ROOT}/capture")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["type"] == "epcisException:SecurityException"
    wrong = Client().get(f"{ROOT}/capture", headers={"Authorization": "Bearer nothing"})
    assert wrong.status_code == 401

    # A page of somebody else could make a browser send the cookie.
    person = sign_in("trace_recorder")
    assert person.get(f"{ROOT}/capture").status_code == 200
    assert person.post(f"{ROOT}/capture", a_document(), content_type="application/json").status_code == 401


def test_a_credential_that_only_reads_or_is_revoked_captures_nothing(coop):
    reading = Program(coop, write=False)
    assert reading.post("capture", a_document(shipped(ONE))).status_code == 403
    assert reading.get("capture").json() == []

    row = Credential.objects.get()
    manager = system("test", (TracePermission.MANAGE,))
    revoke_credential(party=coop, credential=row.uuid, by=manager, at=AT)
    assert reading.get("capture").status_code == 401
    for by in (STRANGER,):
        with pytest.raises(NotAllowed):
            revoke_credential(party=coop, credential=row.uuid, by=by, at=AT)
    assert OFFICE.may(TracePermission.MANAGE)


def test_captures_are_seen_by_their_party_alone(coop):
    other = Program(a_party(coop.programme, "TRADER", kind="trader"))
    location = Program(coop).post("capture", a_document(shipped(ONE)))["Location"]

    assert other.get(location).status_code == 404
    assert other.get("capture").json() == []


@pytest.mark.parametrize("path", ["", "/", "/capture", "/events", "/capture/x"])
def test_every_path_tells_its_versions_and_methods(path):
    answer = Client().options(f"{ROOT}{path}")

    assert answer.status_code == 204
    for name in ("Allow", "GS1-EPCIS-Version", "GS1-EPCIS-Min", "GS1-EPCIS-Max", "GS1-CBV-Version", "GS1-EPC-Format"):
        assert answer[name]


def test_another_version_path_or_method_is_refused_by_its_name(coop):
    program = Program(coop)
    answers = {
        406: program.get("capture", GS1_EPCIS_Min="3.0.0"),
        404: program.get("nothing"),
        414: program.get("capture?x=" + "y" * 8000),
        405: Client().delete(f"{ROOT}/capture", headers={"Authorization": f"Bearer {program.token}"}),
    }
    assert program.get("queries/a%0Ab").json()["type"] == "epcisException:NoSuchNameException"
    assert {answer.status_code for answer in answers.values()} == set(answers)
    kinds = [answer.json()["type"].removeprefix("epcisException:") for answer in answers.values()]
    assert kinds[:3] == ["NotAcceptableException", "NoSuchResourceException", "URITooLongException"]
    assert {"capture", "events", "queries"} <= set(program.get("").json()["member"])
