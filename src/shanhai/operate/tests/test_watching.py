# SPDX-License-Identifier: Apache-2.0
import pytest
from django.db import DatabaseError, connection

from shanhai.kernel.errors import Refused
from shanhai.operate import serving
from tests.cast import AT, a_user

pytestmark = pytest.mark.django_db


def test_health_is_for_everybody_and_says_when_the_database_is_gone(client, monkeypatch):
    assert client.get("/healthz").json()["status"] == "ok"

    def gone():
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", gone)
    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert client.post("/healthz").status_code == 405


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer wrong", "wrong", "Bearer geheim-überall"])
def test_metrics_are_not_there_without_the_token(client, settings, header):
    settings.METRICS_TOKEN = "right"

    assert client.get("/metrics", headers={"Authorization": header}).status_code == 404


def test_metrics_are_not_there_when_no_token_is_set(client, settings):
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_metrics_count_requests_by_route_and_name_no_address(client, settings):
    settings.METRICS_TOKEN = "right"
    client.get("/healthz")
    client.get("/documents/0190aaaa-0000-7000-8000-000000000000/")

    text = client.get("/metrics", headers={"Authorization": "Bearer right"}).content.decode()

    assert 'shanhai_requests_total{method="GET",route="health",status="200"}' in text
    assert "shanhai_outbox_open 0.0" in text
    assert "0190aaaa" not in text


@pytest.mark.parametrize(("host", "own"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)])
def test_only_loopback_counts_as_this_machine(host, own):
    assert serving.is_loopback(host) is own


def test_demo_accounts_do_not_leave_this_machine():
    user = a_user("commander")
    serving.require_ready("0.0.0.0")
    type(user).objects.filter(pk=user.pk).update(is_demo=True)

    serving.require_ready("127.0.0.1")
    with pytest.raises(Refused):
        serving.require_ready("0.0.0.0")
    assert AT


def test_without_a_key_nothing_is_served(settings):
    settings.SECRET_KEY_IS_EPHEMERAL = True

    with pytest.raises(serving.CannotServe):
        serving.require_ready("127.0.0.1")
