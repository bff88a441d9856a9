# SPDX-License-Identifier: Apache-2.0
"""The forms that keep views, and where they lead."""

import pytest
from django.core.cache import cache

from shanhai.base.accounts.tests.builders import a_browser, signed_in
from shanhai.base.saved_views.models import SavedView
from tests.cast import a_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
GIVEN = {"page": "jobs:list", "name": "本周", "query": "text=%E6%A0%A1&page=2", "programme": "zj-ganzi"}


@pytest.fixture(autouse=True)
def no_rate_limits():
    """The limits on signing in count in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def client():
    a_user("office", username="somebody")
    return signed_in("somebody")


def test_saving_leads_back_to_what_was_saved(client):
    answer = client.post("/views/", GIVEN)

    assert (answer.status_code, answer["Location"]) == (302, "/jobs/?text=%E6%A0%A1&programme=zj-ganzi")
    assert SavedView.objects.get().owner.startswith("user:")


def test_default_and_forgetting(client):
    client.post("/views/", GIVEN | {"default": "on"})
    view = SavedView.objects.get()
    assert view.is_default

    client.post(f"/views/{view.uuid}/default", {"off": "1"})
    view.refresh_from_db()
    assert not view.is_default

    answer = client.post(f"/views/{view.uuid}/forget", {"programme": "zj-ganzi"})
    assert answer["Location"] == "/jobs/?programme=zj-ganzi&view=all"
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("page", ["", "nowhere:list", "jobs:detail", "https://example.org", "home"])
def test_nobody_is_led_out_of_the_house(client, page):
    assert client.post("/views/", GIVEN | {"page": page}).status_code == 400
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("uuid", ["x", "00000000-0000-7000-8000-000000000000"])
def test_a_view_that_is_not_there(client, uuid):
    assert client.post(f"/views/{uuid}/forget").status_code in {400, 404}


def test_who_is_not_signed_in_keeps_nothing():
    assert "/accounts/login/" in a_browser().post("/views/", GIVEN)["Location"]
    assert not SavedView.objects.exists()


def test_reading_changes_nothing(client):
    assert client.get("/views/").status_code == 405
