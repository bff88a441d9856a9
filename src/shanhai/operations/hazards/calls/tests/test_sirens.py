# SPDX-License-Identifier: Apache-2.0
"""A siren at a real Mosquitto: it sounds in red, hears that it is over, and is tried again where nobody listens."""

import json
from collections import deque

import pytest
from django.test import override_settings

from shanhai.field.sensors.mqtt.selectors.accounts import mosquitto_file
from shanhai.field.sensors.mqtt.tests.brokers import NEEDED, SITE, Mosquitto, Sender, free_port, wait_for
from shanhai.field.sensors.mqtt.values import Address
from shanhai.operations.hazards.calls.adapters.sending import send_due
from shanhai.operations.hazards.calls.services.calling import end_calls
from shanhai.operations.hazards.calls.tests.builders import MINUTE, WATCH, a_called_site, called_out
from shanhai.operations.hazards.models import Dispatch, Incident
from shanhai.operations.hazards.values import Level
from tests.cast import AT, CONSULTATION_LEAD

pytestmark = pytest.mark.django_db
TOPIC = "shanhai-sirens/wuse-slope"


def go(minutes=0):
    send_due(by=WATCH, at=AT + minutes * MINUTE)
    return Dispatch.objects.order_by("pk").last()


def called(**kw):
    return called_out(Level.RED, site=a_called_site((), siren=TOPIC), **kw)


@pytest.fixture(scope="module")
def broker(tmp_path_factory, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        found = Mosquitto(tmp_path_factory.mktemp("broker"), mosquitto_file(Address("", 0, False, *SITE)))
    with override_settings(MQTT_BROKER="mosquitto", MQTT_URL=found.url):
        yield found
    found.stop()


@pytest.fixture
def siren(broker):
    """A device that listens, with an account of the broker that may: here that of the site."""
    one, heard = Sender(broker.port, *SITE), deque()
    one.client.on_message = lambda _client, _data, message: heard.append(message)
    subscribed = []
    one.client.on_subscribe = lambda *_: subscribed.append(True)
    one.client.subscribe(TOPIC, 1)
    wait_for(lambda: subscribed)
    yield heard
    one.close()


@NEEDED
def test_a_siren_sounds_in_red_and_is_silent_when_it_is_over(siren):
    incident, _ = called()
    row = go()

    assert (row.state, row.channel, row.target) == ("handed", "siren", TOPIC)
    wait_for(lambda: siren)
    first = siren.popleft()
    assert (first.qos, first.retain) == (1, False)
    told = json.loads(first.payload)
    assert {**told, "text": ""} == {
        "id": str(row.uuid),
        "act": "sound",
        "level": "red",
        "exercise": False,
        "site": "wuse-slope",
        "text": "",
        "sent": "2026-11-22T02:00:00+00:00",
    }
    assert told["text"] == "色乌绒二号坡：红色预警 Red warning"

    Incident.objects.update(state="lifted")
    end_calls(by=CONSULTATION_LEAD, at=AT + MINUTE, incident=incident)
    go(1)
    wait_for(lambda: siren)
    over = json.loads(siren.popleft().payload)
    assert (over["act"], over["level"]) == ("end", "none")


@NEEDED
def test_in_an_exercise_it_is_told_that_it_is_one(siren):
    called(exercise=True)
    go()

    wait_for(lambda: siren)
    told = json.loads(siren.popleft().payload)
    assert told["exercise"] is True
    assert told["text"].startswith("【演练】")


@NEEDED
def test_where_nobody_listens_it_is_tried_again(broker):
    called()

    row = go()

    assert (row.state, row.because) == ("waiting", "nobody_listens")


@NEEDED
def test_a_broker_that_refuses_the_account_of_the_site_is_tried_again_with_its_code(broker):
    called()
    with override_settings(MQTT_URL=f"mqtt://shanhai:wrong@127.0.0.1:{broker.port}"):
        row = go()

    assert (row.state, row.because) == ("waiting", "refused 0x87")


def test_a_broker_that_is_away_is_tried_again_and_the_one_within_has_no_sirens():
    called()
    with override_settings(MQTT_BROKER="other", MQTT_URL=f"mqtt://127.0.0.1:{free_port()}", CALLS_TIMEOUT_S=1):
        row = go()
        assert (row.state, row.because) == ("waiting", "not_reached")

    with override_settings(MQTT_BROKER="embedded"):
        assert go(1).because == "not_set_up"


@pytest.mark.parametrize("level", [Level.BLUE, Level.YELLOW, Level.ORANGE])
def test_below_red_no_siren_sounds(level):
    called_out(level, site=a_called_site((), siren=TOPIC))

    assert Dispatch.objects.count() == 0
