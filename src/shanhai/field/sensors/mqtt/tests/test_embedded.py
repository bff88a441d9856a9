# SPDX-License-Identifier: Apache-2.0
"""The embedded broker lets in devices by their credentials, and acknowledges what is stored."""

import signal
import socket
import subprocess
import time
from collections import defaultdict
from contextlib import contextmanager

import orjson
import pytest
import requests
from django.db import connection, transaction
from paho.mqtt.client import MQTTv5, MQTTv311

from shanhai.field.sensors.models import ApiToken, Datastream, Observation, Rejected
from shanhai.field.sensors.mqtt.tests.brokers import (
    Sender,
    free_port,
    own_database,
    self_made_certificate,
    start_process,
    wait_for,
)
from shanhai.field.sensors.mqtt.tests.devices import MANAGER, a_device
from shanhai.field.sensors.stations.services.credentials import give_credential, revoke_credential
from shanhai.field.sensors.stations.services.tokens import give_token, revoke_token
from shanhai.field.sensors.tests.sta_client import FEATURE
from shanhai.field.sensors.tests.streams import START
from tests.cast import AT

S = START // 1_000_000
TOPIC = "shanhai/-/wuse-2/logger/temperature"


@pytest.fixture(scope="module")
def place(django_db_setup, django_db_blocker, empty_database, tmp_path_factory):
    """The port of a broker, and two devices by their stations."""
    with django_db_blocker.unblock(), own_database(empty_database, tmp_path_factory.mktemp("embedded")):
        devices, port = {one: a_device(one) for one in ("wuse-2", "wuse-3")}, free_port()
        mqtt = {"SHANHAI_MQTT_URL": f"mqtt://127.0.0.1:{port}"}
        process = start_process("sensors", "broker", "run", place={**mqtt, "SHANHAI_MQTT_PUBLISH": "1"})
        wait_for(lambda: opened(port), seconds=90)
        yield port, devices
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def opened(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def sender(place):
    port, devices = place
    secret = give_credential(device=devices["wuse-2"].uuid, by=MANAGER, at=AT)
    one = Sender(port, "wuse-2.logger", secret, protocol=MQTTv311)
    yield one
    one.close()


class Listener(Sender):
    """Somebody with a token who is told of topics of the standard."""

    def __init__(self, port, token, topics, tls=""):
        super().__init__(port, "token", token, protocol=MQTTv311, tls=tls)
        self.granted, self.heard = [], defaultdict(list)
        self.client.on_subscribe = lambda _c, _d, _m, codes, _p: self.granted.extend(
            not one.is_failure for one in codes
        )
        self.client.on_message = self._hear
        self.client.subscribe([(f"v1.1/{one}", 1) for one in topics])
        wait_for(lambda: self.granted)

    def _hear(self, _client, _data, message):
        self.heard[message.topic.removeprefix("v1.1/")].append(orjson.loads(message.payload))


@contextmanager
def asked_by_http(port, token):
    """Somebody who asks the API of a process that tells the broker at ``port`` of what it stores."""
    web = free_port()
    mqtt = {"SHANHAI_MQTT_URL": f"mqtt://127.0.0.1:{port}", "SHANHAI_MQTT_PUBLISH": "1"}
    process = start_process("runserver", "--noreload", str(web), place=mqtt, stdout=subprocess.DEVNULL)

    def ask(method, path, body):
        head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        answer = requests.request(
            method, f"http://127.0.0.1:{web}/sta/v1.1/{path}", json=body, headers=head, timeout=30
        )
        assert answer.ok, answer.text
        return answer.json().get("@iot.id")

    try:
        wait_for(lambda: opened(web), seconds=90)
        yield ask
    finally:
        process.kill()
        process.wait()


def times(station="wuse-2"):
    rows = Observation.objects.filter(datastream__thing__code=station)
    return {time // 1_000_000 - S for time in rows.values_list("time", flat=True)}


def test_what_is_acknowledged_is_stored(place, sender):
    for number in range(300):
        sender.send(TOPIC, f'{{"t":{S + number},"v":1}}')

    wait_for(lambda: len(sender.acknowledged) == 300)
    assert times() >= set(range(300))


def test_nothing_is_acknowledged_while_the_database_cannot_be_written_to(place, sender):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE sensors_datastream SET name = name")
        sender.send(TOPIC, f'{{"t":{S + 1000},"v":1}}')
        time.sleep(1)
        assert not sender.acknowledged

    wait_for(lambda: sender.acknowledged)
    assert 1000 in times()


def test_a_device_writes_to_its_own_topics_and_listens_to_none(place, sender):
    heard = []
    sender.client.on_message = lambda *_: heard.append(1)
    granted = []
    sender.client.on_subscribe = lambda _c, _d, _m, codes, _p: granted.extend(codes)
    sender.client.subscribe("#", 1)
    wait_for(lambda: granted)

    sender.send(TOPIC.replace("wuse-2", "wuse-3"), f'{{"t":{S + 2000},"v":1}}')
    sender.send(TOPIC, f'{{"t":{S + 2000},"v":1}}')

    wait_for(lambda: len(sender.acknowledged) == 2)
    assert (2000 in times(), 2000 in times("wuse-3")) == (True, False)
    assert Rejected.objects.latest("pk").topic == TOPIC.replace("wuse-2", "wuse-3")
    assert (granted[0].is_failure, heard) == (True, [])


def test_another_does_not_take_a_session_over_by_naming_its_client(place, sender):
    port, _ = place
    mine = Sender(port, "wuse-2.logger", "wrong", protocol=MQTTv311, name="one")
    mine.close()
    assert mine.codes[0] != 0

    sender.send(TOPIC, f'{{"t":{S + 3000},"v":1}}')
    wait_for(lambda: sender.acknowledged)


def test_a_revoked_credential_is_thrown_out(place, sender):
    _, devices = place

    revoke_credential(device=devices["wuse-2"].uuid, by=MANAGER, at=AT)

    wait_for(lambda: len(sender.codes) > 1)
    sender.close()
    assert sender.codes[-1] != 0


def test_who_has_a_token_hears_of_new_observations_that_it_may_read(place, sender):
    port, devices = place
    mine, other = (devices[one].datastreams.get().pk for one in ("wuse-2", "wuse-3"))
    given = {"write": False, "programme": "", "place": "", "by": MANAGER, "at": AT}
    token = give_token(name="屏幕", datastream=mine, **given)
    one, heard, codes = Sender(port, "token", token, protocol=MQTTv311), [], []
    one.client.on_subscribe = lambda _c, _d, _m, found, _p: codes.extend(found)
    one.client.on_message = lambda _c, _d, message: heard.append((message.topic, orjson.loads(message.payload)))
    topics = [f"v1.1/Datastreams({key})/Observations" for key in (mine, other)]
    one.client.subscribe([(topic, 1) for topic in [*topics, "v1.1/Observations", "#", "shanhai/-/wuse-2/logger"]])
    wait_for(lambda: codes)

    stranger = Sender(
        port, "wuse-3.logger", give_credential(device=devices["wuse-3"].uuid, by=MANAGER, at=AT), protocol=MQTTv311
    )
    for topic in (topics[0], "v1.1/Observations"):
        stranger.send(topic, '{"@iot.id":1,"result":999}', retain=True)
    wait_for(lambda: len(stranger.acknowledged) == 2)
    stranger.close()
    sender.send(TOPIC, f'{{"t":{S + 4000},"v":4.5}}')
    one.send(topics[0], '{"result":1}')

    wait_for(lambda: heard)
    wait_for(lambda: one.acknowledged)
    revoke_token(token=ApiToken.objects.get().uuid, by=MANAGER, at=AT)
    wait_for(lambda: len(one.codes) > 1, what="the revoked token is thrown out")
    one.close()
    row = Observation.objects.get(time=(S + 4000) * 1_000_000)
    assert [code.is_failure for code in codes] == [False, True, True, True, True]
    assert (heard[0][0], heard[0][1]["@iot.id"], heard[0][1]["result"]) == (topics[0], row.pk, 4.5)
    assert len(heard) == 1
    assert Rejected.objects.filter(code="sensors.topic_of_another").count() == 1


def test_subscribers_are_told_of_whatever_is_made_or_changed(place):
    """By a page or a program in another process; a token of one datastream hears of that one, and not of the rest."""
    port, devices = place
    stream = devices["wuse-2"].datastreams.get()
    thing, sensor, key = stream.thing_id, stream.sensor_id, stream.pk
    given = {"write": True, "programme": "", "place": "", "by": MANAGER, "at": AT}
    secret, bound = (give_token(name=str(one), datastream=one, **given | {"write": not one}) for one in (None, key))
    every = [
        f"Datastreams({key})/name",
        f"Things({thing})/Datastreams",
        f"Datastreams({key})/Observations?$select=result,id",
        f"Sensors({sensor})",
        "FeaturesOfInterest",
        "Observations?$select=phenomenonTime",
    ]
    refused = (
        f"Things({thing})/Datastreams({key})/Observations Observations(1)/Datastream Things?$top=1 Things/$ref "
        f"Things?$select=colour Datastreams({key})/Thing/name Datastreams({key})/name?$select=name Nothing +"
    ).split()
    analyst = Listener(port, secret, [*every, *refused])
    screen = Listener(port, bound, [*every, f"Datastreams({key})"])
    assert analyst.granted == [True] * len(every) + [False] * len(refused)
    assert screen.granted == [True, False, True, True, False, False, True]

    with asked_by_http(port, secret) as ask:
        # Of a group that is refused at its end nothing is news.
        steps = (("PATCH", f"Sensors({sensor})", {"description": "x"}), ("POST", "Things", {}))
        group = [
            {"id": url, "atomicityGroup": "g", "method": how, "url": url, "body": body} for how, url, body in steps
        ]
        ask("POST", "$batch", {"requests": group})
        ask("PATCH", f"Datastreams({key})", {"name": "雨量", "properties": {"a": 1}})
        ask("PATCH", f"Sensors({sensor})", {"description": "铂电阻"})
        made = ask("POST", f"Datastreams({key})/Observations", {"phenomenonTime": AT.isoformat(), "result": 7.5})
        feature = ask("POST", "FeaturesOfInterest", FEATURE)
        # What the test before has stored may still be news: ours comes after it.
        ours, of = {"result": 7.5, "@iot.id": made}, every[2]
        wait_for(lambda: ours in analyst.heard[of] and len(analyst.heard) == len(every), what=str(analyst.heard))
        wait_for(lambda: ours in screen.heard[of] and len(screen.heard) == 4)

    assert analyst.heard[every[0]] == [{"name": "雨量"}]
    assert [one["name"] for one in analyst.heard[every[1]]] == ["雨量"]
    assert analyst.heard[of][-1] == ours
    assert [one["description"] for one in analyst.heard[every[3]]] == ["铂电阻"]
    assert [one["@iot.id"] for one in analyst.heard[every[4]]] == [feature]
    assert analyst.heard[every[5]][-1] == {"phenomenonTime": AT.strftime("%Y-%m-%dT%H:%M:%SZ")}
    assert screen.heard[f"Datastreams({key})"][0]["properties"] == {"a": 1}
    assert not Rejected.objects.filter(code="sensors.topic_unknown").exists()


def test_all_of_it_goes_by_tls(place, tmp_path):
    """Devices check the certificate, and this site knows it when it tells its broker of what is stored."""
    port, stream = free_port(), place[1]["wuse-3"].datastreams.get()
    certificate, key = self_made_certificate(tmp_path, name="mqtt.example.org")
    mqtt = {"SHANHAI_MQTT_URL": f"mqtts://0.0.0.0:{port}", "SHANHAI_MQTT_PUBLISH": "1"}
    mqtt |= {"SHANHAI_MQTT_CERTIFICATE": str(certificate), "SHANHAI_MQTT_KEY": str(key)}
    process = start_process("sensors", "broker", "run", place=mqtt)
    wait_for(lambda: opened(port), seconds=90)
    secret = give_credential(device=stream.device.uuid, by=MANAGER, at=AT)
    token = give_token(name="屏幕", datastream=stream.pk, write=False, programme="", place="", by=MANAGER, at=AT)
    topic = f"Datastreams({stream.pk})/Observations"

    screen = Listener(port, token, [topic], tls=str(certificate))
    one = Sender(port, "wuse-3.logger", secret, protocol=MQTTv311, tls=str(certificate))
    one.send("shanhai/-/wuse-3/logger/temperature", f'{{"t":{S + 5000},"v":8.5}}')

    wait_for(lambda: one.acknowledged)
    wait_for(lambda: screen.heard)
    assert screen.heard[topic][0]["result"] == 8.5
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        Sender(port, "wuse-3.logger", secret, protocol=MQTTv311, tls=str(self_made_certificate(tmp_path)[0]))
    one.close()
    screen.close()
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


@pytest.mark.parametrize("file", ["", __file__])
@pytest.mark.django_db
def test_a_broker_without_a_certificate_says_so(place, file):
    mqtt = {"SHANHAI_MQTT_URL": f"mqtts://127.0.0.1:{free_port()}", "SHANHAI_MQTT_CERTIFICATE": file}
    process = start_process("sensors", "broker", "run", place=mqtt, stderr=subprocess.PIPE)

    said = process.communicate(timeout=30)[1].decode()

    assert (process.returncode, "SHANHAI_MQTT_CERTIFICATE" in said, "Traceback" in said) == (1, True, False)


def test_made_up_readings_come_over_mqtt(place):
    port, _ = place
    a_device("made-up", "logger", "temp", "humidity", "rain", "wind", "pressure")
    for metric, seconds in (("rain", 43_200), ("wind", 21_600), ("pressure", 10_800)):
        Datastream.objects.filter(thing__code="made-up", metric=metric).update(interval_s=seconds)
    mqtt = {"SHANHAI_MQTT_URL": f"mqtt://127.0.0.1:{port}"}

    command = ["simulate", "--station", "made-up", "--days", "2", "--seconds", "4"]
    sending = start_process("sensors", *command, place=mqtt, stdout=subprocess.PIPE)
    said = sending.communicate(timeout=60)[0].decode()

    assert sending.returncode == 0
    assert "5 datastreams, a reading every 60–43200 s" in said
    rows = Observation.objects.filter(datastream__thing__code="made-up")
    assert 4000 < rows.count() <= 2 * 2 * 1440
    assert rows.filter(datastream__properties__simulated=True).count() == rows.count()
    assert sum(rows.values_list("datastream__duplicates", flat=True).distinct()) > 50


# pytest-django makes the database only where a test says so; the others share what ``place`` has made.
@pytest.mark.django_db
def test_mqtt_5_is_refused_in_its_own_words(place):
    port, _ = place
    one = Sender(port, "wuse-2.logger", "x", protocol=MQTTv5)
    one.close()
    assert one.codes[0] == 0x84
