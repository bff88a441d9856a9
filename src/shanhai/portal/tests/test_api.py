# SPDX-License-Identifier: Apache-2.0
"""The API answers those who may ask; that it keeps its promises for whatever is sent, a journey asks a real server."""

import pytest
from django.test import Client

from shanhai.planning.programmes.tests.builders import a_programme
from tests.cast import PASSWORD, a_user

# A session is bound to the browser that signed in.
BROWSER = "a-program/1.0"
pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in():
    client = Client(headers={"User-Agent": BROWSER})
    client.post("/accounts/login/", {"login": a_user("commander").username, "password": PASSWORD})
    return client


def test_without_a_session_it_answers_401_and_sends_nobody_to_a_page(client):
    answer = client.get("/api/v1/programmes")

    assert answer.status_code == 401
    assert answer.headers["Content-Type"].startswith("application/json")


def test_a_programme_one_may_not_see_is_answered_like_a_missing_one(client):
    a_programme(code="zj-ganzi")
    client.force_login(a_user(None), backend="allauth.account.auth_backends.AuthenticationBackend")

    hidden, missing = client.get("/api/v1/programmes/zj-ganzi"), client.get("/api/v1/programmes/zj-nowhere")

    assert hidden.status_code == missing.status_code == 404
    assert hidden.json()["code"] == missing.json()["code"]


def test_its_description_is_for_those_who_are_signed_in(client, signed_in):
    assert client.get("/api/docs").status_code == 302
    assert signed_in.get("/api/docs").status_code == 200


def test_figures_come_with_how_they_are_made(signed_in):
    a_programme(code="zj-ganzi")

    figures = signed_in.get("/api/v1/programmes/zj-ganzi/figures").json()

    by_key = {figure["key"]: figure for figure in figures}
    assert by_key["arrival_rate"]["kind"] == "gap"
    assert by_key["arrival_rate"]["gap"]
    assert all(figure["formula"] for figure in figures)
