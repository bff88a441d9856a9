# SPDX-License-Identifier: Apache-2.0
"""Who has not signed in is led to the page for it from every address but those that are meant for anybody."""

import pytest

NOWHERE = "0190aaaa-0000-7000-8000-000000000000"
BEHIND_THE_SIGN_IN = (
    "/", "/accounts/", "/accounts/2fa/", "/programmes/", "/programmes/zj-ganzi/", "/projects/", f"/projects/{NOWHERE}/",
    "/funds/", f"/funds/entries/{NOWHERE}/", "/returns/", f"/documents/{NOWHERE}/", "/search/?q=学校",
    "/proof/?key=arrival_rate", "/import/", "/import/demo-table.xlsx", "/projects/import-template.xlsx", "/users/",
    "/audit/", "/api/docs", "/api/openapi.json", "/trace/", "/trace/lots/", "/codes/", "/hazards/", "/sensors/",
)  # fmt: skip
OPEN_TO_ALL = {"/healthz": 200, "/metrics": 404, "/api/v1/programmes": 401, "/api/v1/projects": 401, "/no/": 404}

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", BEHIND_THE_SIGN_IN)
def test_a_stranger_is_led_to_the_sign_in_page(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer["Location"][:16]) == (302, "/accounts/login/")


@pytest.mark.parametrize(("path", "status"), OPEN_TO_ALL.items())
def test_a_stranger_is_told_no_more_than_that_the_server_lives(client, ganzi, path, status):
    answer = client.get(path)

    assert answer.status_code == status
    assert "甘孜" not in answer.content.decode()
