# SPDX-License-Identifier: Apache-2.0
"""A person makes a token for a program, sees it once, and ends it; nobody else does."""

import re

import pytest
from django.test import Client

from shanhai.insight.map.models import MapToken

pytestmark = pytest.mark.django_db


def test_a_token_is_shown_once_works_and_ends(sign_in, ganzi):
    mine, other = sign_in("commander"), sign_in("office")

    page = mine.post("/map/access/give", {"name": "办公室 QGIS"}).content.decode()
    token = re.search(r'<code id="token">([^<]+)</code>', page)[1]
    head = {"Authorization": f"Bearer {token}"}

    assert token not in mine.get("/map/access/").content.decode()
    assert Client().get("/ogc/collections", headers=head).status_code == 200
    row = MapToken.objects.get()
    assert row.used_on is not None
    assert other.post("/map/access/revoke", {"token": row.uuid}).status_code == 404
    assert mine.post("/map/access/revoke", {"token": row.uuid}).status_code == 302
    assert Client().get("/ogc/collections", headers=head).status_code == 401


def test_a_name_that_nobody_could_read_is_told(sign_in, ganzi):
    answer = sign_in("commander").post("/map/access/give", {"name": "x" * 101})

    assert (answer.status_code, MapToken.objects.count()) == (422, 0)
