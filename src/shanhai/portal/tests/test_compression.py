# SPDX-License-Identifier: Apache-2.0
"""Pages come compressed to who can read that; files to download as they are."""

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
