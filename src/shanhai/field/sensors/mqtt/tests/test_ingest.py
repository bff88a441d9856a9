# SPDX-License-Identifier: Apache-2.0
"""Ingest processes on a real Mosquitto: what is acknowledged is stored, once, whatever is killed on the way."""

import random
import re
import signal
import subprocess
import threading
import time
from contextlib import contextmanager, nullcontext

import orjson
import pytest
from django.db import connection, transaction
from paho.mqtt.client import MQTTv5, MQTTv311

from shanhai.field.sensors.models import Datastream, Observation, Rejected
from shanhai.field.sensors.mqtt.selectors.accounts import mosquitto_file
from shanhai.field.sensors.mqtt.tests.brokers import (
    NEEDED,
    SITE,
    Mosquitto,
    Sender,
    own_database,
    self_made_certificate,
    start_process,
    wait_for,
)
from shanhai.field.sensors.mqtt.tests.devices import MANAGER, a_device
from shanhai.field.sensors.mqtt.values import Address
from shanhai.field.sensors.stations.services.credentials import give_credential
from shanhai.field.sensors.tests.streams import START
from tests.cast import AT

pytestmark = NEEDED
S = START // 1_000_000


@pytest.fixture(scope="module")
def place(django_db_setup, django_db_blocker, empty_database, tmp_path_factory):
    """A broker that knows two devices, "wuse-2.logger" and "wuse-3.logger", by their secrets."""
    folder = tmp_path_factory.mktemp("broker")
    with django_db_blocker.unblock(), own_database(empty_database, folder):
        secrets = {}
        for station in ("wuse-2", "wuse-3"):
            device = a_device(station)
            secrets[device.username] = give_credential(device=device.uuid, by=MANAGER, at=AT)
        broker = Mosquitto(folder, mosquitto_file(Address("127.0.0.1", 0, False, *SITE)))
        broker.secrets = secrets
        yield broker
        broker.stop()


@pytest.fixture(scope="module")
def worker(place):
    """One ingest process, connected."""
    process = ingest(place)
    yield process
    stop(process)


def ingest(place, name="1", *, leave=False, **how):
    """An ingest process that is connected; what nobody has ever subscribed to is thrown away by the broker."""
    command = ["sensors", "ingest", "--name", name, *(["--leave"] if leave else [])]
    log = place.folder / f"{name}-{random.random()}.log"
    with log.open("w") as stream:
        given = {"SHANHAI_MQTT_URL": place.url, "SHANHAI_MQTT_BROKER": "other", **how}
        process = start_process(*command, place=given, stderr=stream)
    process.log = log
    wait_for(lambda: "connected" in log.read_text(), seconds=90)
    return process


def stop(process):
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


@pytest.fixture
def sender(place):
    one = Sender(place.port, "wuse-2.logger", place.secrets["wuse-2.logger"])
    yield one
    one.close()


TOPIC = "shanhai/-/wuse-2/logger/temperature"


def times(station="wuse-2"):
    rows = Observation.objects.filter(datastream__thing__code=station)
    return sorted(time // 1_000_000 - S for time in rows.values_list("time", flat=True))


@pytest.mark.parametrize("protocol", [MQTTv311, MQTTv5])
def test_a_reading_arrives_and_is_stored(worker, place, protocol):
    one = Sender(place.port, "wuse-3.logger", place.secrets["wuse-3.logger"], protocol=protocol)

    one.send(TOPIC.replace("wuse-2", "wuse-3"), f'{{"t":{S + protocol},"v":{protocol}}}')

    wait_for(lambda: protocol in times("wuse-3"))
    one.close()


def test_a_month_of_silence_comes_in_one_burst_out_of_order_and_twice(worker, place, sender):
    minutes = list(range(0, 30 * 1440, 10))
    rows = [[S + minute * 60, float(minute)] for minute in minutes]
    random.Random(9).shuffle(rows)
    batches = [rows[start : start + 100] for start in range(0, len(rows), 100)]

    for batch in [*batches, *batches[:10]]:
        sender.send(TOPIC, orjson.dumps(batch))

    wait_for(lambda: Observation.objects.filter(datastream__device__thing__code="wuse-2").count() == len(rows))
    stream = Datastream.objects.get(device__thing__code="wuse-2")
    wait_for(lambda: Datastream.objects.get(pk=stream.pk).duplicates == 1000)
    assert times() == [minute * 60 for minute in minutes]
    assert not Rejected.objects.filter(device=stream.device_id).exists()


def test_a_device_cannot_write_to_the_topics_of_another(worker, place, sender):
    other = Datastream.objects.get(device__thing__code="wuse-3")
    forbidden = [TOPIC.replace("wuse-2", "wuse-3"), f"v1.1/Datastreams({other.pk})/Observations", "v1.1/Observations"]

    for topic in forbidden:
        sender.send(topic, f'{{"t":{S + 999},"v":1}}')

    wait_for(lambda: len(sender.refused) == len(forbidden))
    assert 999 not in times("wuse-3")


def test_what_nobody_can_read_is_kept_and_holds_nothing_up(worker, place, sender):
    for payload in (b"\xff", "21,5", '{"t":"gestern","v":1}'):
        sender.send(TOPIC, payload)
    sender.send(TOPIC, f'{{"t":{S + 31 * 86400},"v":1}}')

    wait_for(lambda: 31 * 86400 in times())
    assert Rejected.objects.filter(device__thing__code="wuse-2").count() == 3


def test_a_retained_message_is_not_taken_in_again_by_every_process_that_comes(worker, place, sender):
    sender.send(TOPIC, "7.25", retain=True)
    found = Observation.objects.filter(number=7.25)
    wait_for(found.exists)

    stop(ingest(place, "2"))
    # Who is only stopped keeps a share of what the other tests send: the broker holds it for a week.
    assert ingest(place, "2", leave=True).wait(20) == 0

    assert found.count() == 1
    sender.send(TOPIC, b"", retain=True)


def test_two_processes_share_the_load_and_who_leaves_takes_nothing_along(worker, place, sender):
    def send(first, last):
        for number in range(first, last):
            sender.send(TOPIC, f'{{"t":{S + 10_000_000 + number},"v":1}}')

    def here(last):
        return {10_000_000 + number for number in range(last)} <= set(times())

    second = ingest(place, "2")
    send(0, 200)
    wait_for(lambda: here(200))
    stop(second)
    # What the broker gives to who is away waits for them.
    send(200, 220)
    assert ingest(place, "2", leave=True).wait(20) == 0
    wait_for(lambda: here(220))
    send(220, 230)
    wait_for(lambda: here(230))

    assert 0 < int(re.search(r"stopped.*messages=(\d+)", second.log.read_text())[1]) < 200


def test_all_of_it_goes_by_tls_with_a_certificate_that_is_checked(place, tmp_path):
    certificate, key = self_made_certificate(tmp_path)
    listener = f"listener {{port}} 127.0.0.1\ncertfile {certificate}\nkeyfile {key}"
    broker = Mosquitto(tmp_path, mosquitto_file(Address("127.0.0.1", 0, False, *SITE)), more=listener)
    secure = {"SHANHAI_MQTT_URL": broker.url.replace("mqtt:", "mqtts:")}
    process = ingest(broker, "tls", SHANHAI_MQTT_CA=str(certificate), **secure)
    one = Sender(broker.port, "wuse-3.logger", place.secrets["wuse-3.logger"], tls=str(certificate))

    one.send(TOPIC.replace("wuse-2", "wuse-3"), f'{{"t":{S + 777},"v":1}}')

    wait_for(lambda: 777 in times("wuse-3"))
    one.close()
    stop(process)
    strange = start_process(
        "sensors", "ingest", "--name", "tls", place={"SHANHAI_MQTT_BROKER": "other", **secure}, stderr=subprocess.PIPE
    )
    assert "CERTIFICATE_VERIFY_FAILED" in next(line for line in strange.stderr if b"did not answer" in line).decode()
    stop(strange)
    broker.stop()


# pytest-django makes the database only where a test says so; the others share what ``place`` has made.
@pytest.mark.django_db
def test_a_second_process_of_the_same_name_is_refused(worker, place):
    second = start_process(
        "sensors",
        "ingest",
        place={"SHANHAI_MQTT_URL": place.url, "SHANHAI_MQTT_BROKER": "other"},
        stderr=subprocess.PIPE,
    )

    assert "--name" in second.communicate(timeout=30)[1].decode()
    assert second.returncode == 1


class Numbers:
    """Somebody who sends numbered readings without a pause, and knows which were acknowledged."""

    def __init__(self, sender, first):
        self._sender, self._stopped = sender, threading.Event()
        self.sent = {}
        self._thread = threading.Thread(target=self._send, args=(first,))
        self._thread.start()

    def _send(self, number):
        while not self._stopped.wait(0.003):
            self.sent[self._sender.send(TOPIC, f'{{"t":{S + number},"v":{number}}}')] = number
            number += 1

    def stop(self):
        """The numbers that the broker had acknowledged when the sender went."""
        self._stopped.set()
        self._thread.join()
        time.sleep(0.3)
        return {number for mid, number in self.sent.items() if mid in self._sender.acknowledged}


def are_stored_once(numbers):
    """Wait until all of these are there; the database lets none be there twice."""
    wait_for(lambda: numbers <= set(times()), seconds=60, what="what was acknowledged is not there")
    stored = times()
    assert len(stored) == len(set(stored))
    stream = Datastream.objects.get(device__thing__code="wuse-2")
    assert stream.count == len(stored)


@contextmanager
def nothing_is_stored():
    """Meanwhile, whoever has a batch in hand waits for the datastreams (on SQLite: to write at all)."""
    with transaction.atomic():
        list(Datastream.objects.select_for_update().values_list("pk"))
        yield


def waiting_processes():
    with connection.cursor() as cursor:
        asked = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        cursor.execute(asked)
        return cursor.fetchone()[0]


def have_batches():
    """Wait until both processes stand with a batch in hand: a moment is twenty times what they gather one in."""
    if connection.vendor == "postgresql":
        wait_for(lambda: waiting_processes() == 2, what="nobody has a batch in hand")
    else:
        time.sleep(1)


def test_whatever_is_killed_what_was_acknowledged_is_stored_once(place, worker, sender):
    chance = random.Random(4)
    numbers, victim = Numbers(sender, 20_000_000), ingest(place, "victim")
    for in_hand in (True, False, True):
        time.sleep(chance.uniform(0.05, 0.7))
        with nothing_is_stored() if in_hand else nullcontext():
            if in_hand:
                have_batches()
            victim.kill()
            victim.wait()
        victim = ingest(place, "victim")
    acknowledged = numbers.stop()
    try:
        assert len(acknowledged) > 500
        are_stored_once(acknowledged)
    finally:
        stop(victim)
        # Nothing may stay with a name that never comes again.
        assert ingest(place, "victim", leave=True).wait(20) == 0


def test_the_broker_goes_and_comes_back(place, worker, sender):
    numbers = Numbers(sender, 21_000_000)
    time.sleep(1)
    # Killed, Mosquitto loses what it has acknowledged and not written down (findings/mosquitto-killed.sh).
    place.stop()
    time.sleep(1)
    place.start()
    wait_for(lambda: len(sender.codes) > 2, what="the device does not come back")
    time.sleep(1)

    acknowledged = numbers.stop()

    assert len(acknowledged) > 300
    are_stored_once(acknowledged)
    assert not Rejected.objects.filter(code="sensors.broken").exists()


@pytest.mark.postgres
def test_the_database_is_lost_and_comes_back(place, worker, sender):
    numbers, until = Numbers(sender, 22_000_000), time.monotonic() + 3
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = %s"
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(others, [connection.settings_dict["NAME"]])
            time.sleep(0.05)

    acknowledged = numbers.stop()

    assert len(acknowledged) > 300
    are_stored_once(acknowledged)
    assert not Rejected.objects.filter(code="sensors.broken").exists()
