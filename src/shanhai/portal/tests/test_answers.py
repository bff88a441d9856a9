# SPDX-License-Identifier: Apache-2.0
"""Every answer holds to the content policy; pages come compressed to who can read that, files as they are."""

import gzip

import pytest
from django.test import Client

from shanhai.planning.projects.tests.builders import a_programme, a_project
from tests.cast import a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    a_programme()
    a_project()
    client = Client(headers={"accept-encoding": "gzip"})
    client.force_login(a_user("auditor"), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_page_comes_compressed(client):
    answer = client.get("/projects/?programme=zj-ganzi")

    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < 15_000
    assert "项目" in gzip.decompress(answer.content).decode()


def test_a_browser_that_cannot_read_that_gets_it_plain(client):
    assert "Content-Encoding" not in client.get("/projects/?programme=zj-ganzi", headers={"accept-encoding": ""})


def test_a_workbook_is_not_packed_again(client):
    answer = client.get("/projects/export.xlsx?programme=zj-ganzi")

    assert "Content-Encoding" not in answer
    assert b"".join(answer.streaming_content).startswith(b"PK")


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize(
    ("path", "status"), [("/accounts/login/", 200), ("/api/v1/projects", 401), ("/healthz", 200), ("/not-there/", 404)]
)
def test_answers_hold_to_the_content_policy(settings, path, status, debug):
    settings.DEBUG = debug

    answer = Client().get(path)

    assert answer.status_code == status
    if debug and status == 404:
        # Django's own page for developers brings its style within.
        assert "Content-Security-Policy" not in answer
        return
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert {"script-src 'self'", "object-src 'none'", "frame-ancestors 'none'"} <= set(policy.split("; "))
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "address", ["/alerts/%00/", "/cap/a%00.xml", "/programmes/%00/", "/projects/?text=%00&stage=%00"]
)
def test_a_sign_that_no_database_compares_with_is_in_no_address(client, address):
    assert client.get(address).status_code in {200, 404}


def test_a_programme_that_cannot_be_one_is_remembered_so_that_pages_can_be_asked_again(client):
    client.get("/hazards/?programme=%00")

    assert "\x00" not in client.session["programme"]
    assert client.get("/hazards/").status_code == 200
