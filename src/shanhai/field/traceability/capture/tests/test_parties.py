# SPDX-License-Identifier: Apache-2.0
"""The pages of parties: who sees them, registers, names recorders, gives and revokes credentials."""

import re

import pytest

from shanhai.field.traceability.models import Credential, Party, Recorder
from shanhai.field.traceability.tests.builders import a_party, a_recorder
from shanhai.planning.programmes.tests.builders import a_division, a_programme
from shanhai.registers.organisations.tests.builders import an_organisation
from tests.cast import a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def coop():
    return a_party(a_programme())


def test_the_office_registers_a_party_and_gives_what_it_needs(sign_in):
    programme, organisation = a_programme(), an_organisation("那曲虫草合作社")
    a_division("513301")
    office, recorder = sign_in("office"), a_user("trace_recorder", username="rec", programme="zj-ganzi")
    body = {"organisation": organisation.uuid, "programme": programme.code, "kind": "cooperative", "place": "513301"}
    made = office.post("/trace/parties/", body)
    party = Party.objects.get()
    assert made["Location"] == f"/trace/parties/{party.uuid}/"
    assert "/x/party/" in party.identifier

    at = f"/trace/parties/{party.uuid}"
    assert office.post(f"{at}/name", {"user": recorder.uuid}).status_code == 302
    given = office.post(f"{at}/give", {"name": "ERP", "write": "on"})
    token = re.search(r'id="token">([\w-]+)<', given.content.decode())[1]
    assert (given["Cache-Control"], Credential.objects.get().write) == ("no-store", True)
    assert token not in office.get(f"{at}/").content.decode()
    office.post(f"{at}/revoke", {"credential": Credential.objects.get().uuid})
    assert Credential.objects.get().revoked_at
    office.post(f"{at}/release", {"recorder": Recorder.objects.get().pk})
    assert not Recorder.objects.exists()
    office.post(f"{at}/end")
    assert Party.objects.get().ended_on


def test_a_place_that_is_none_is_told_in_the_form(sign_in):
    a_programme()
    organisation = an_organisation("那曲虫草合作社")
    body = {"organisation": organisation.uuid, "programme": "zj-ganzi", "kind": "cooperative", "place": "999"}

    assert sign_in("office").post("/trace/parties/", body).status_code == 422
    assert not Party.objects.exists()


def test_who_records_sees_the_party_and_changes_nothing(coop, client):
    from shanhai.base.accounts.models import User  # noqa: PLC0415 - by its name alone

    a_recorder(coop, "rec")
    client.force_login(User.objects.get(username="rec"), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/trace/parties/").status_code == 200
    assert client.get(f"/trace/parties/{coop.uuid}/").status_code == 200
    assert client.post(f"/trace/parties/{coop.uuid}/give", {"name": "ERP"}).status_code == 404
    assert not Credential.objects.exists()


def test_a_stranger_sees_nothing(coop, sign_in):
    stranger = sign_in(None)
    for path in ("/trace/parties/", f"/trace/parties/{coop.uuid}/"):
        assert stranger.get(path).status_code == 404
