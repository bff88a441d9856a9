# SPDX-License-Identifier: Apache-2.0
"""An ingest process that leaves takes in all that the broker still has for it, however slow broker and database are."""

import threading
import time
from types import SimpleNamespace

import pytest
from paho.mqtt.enums import MQTTErrorCode

from shanhai.field.sensors.mqtt.adapters import ingest

pytestmark = pytest.mark.django_db


class SlowBroker:
    """Stands for the client: each step is what the broker does while the process listens."""

    def __init__(self, *steps):
        self.steps, self.done = list(steps), []

    def loop(self, _pause):
        time.sleep(0.03)
        if self.steps:
            self.steps.pop(0)(self)
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def ack(self, mid, _qos):
        self.done.append(mid)

    def disconnect(self, **_how):
        self.done.append("left")

    def socket(self):
        return None


def sends(mid):
    topic = "shanhai/-/wuse-2/logger/temperature"
    message = SimpleNamespace(mid=mid, qos=1, retain=False, topic=topic, payload=b"1")
    return lambda broker: broker.process._on_message(broker, None, message)


def confirms(broker):
    broker.process._on_unsubscribe()


def is_busy(_broker):
    pass


def test_who_leaves_waits_for_the_broker_and_for_the_database(monkeypatch):
    # The first comes late, the database takes long, and what follows comes only once that is acknowledged.
    broker = SlowBroker(is_busy, is_busy, is_busy, is_busy, sends(1), is_busy, confirms, sends(2), is_busy, sends(3))
    monkeypatch.setattr(ingest, "DRAINED_S", 0.08)
    monkeypatch.setattr(ingest, "WINDOW_S", 0.01)
    monkeypatch.setattr(ingest, "connect", lambda *_given, **_how: None)
    monkeypatch.setattr(ingest, "receive", lambda **_given: time.sleep(0.12))
    monkeypatch.setattr(ingest.Ingest, "_new_client", lambda _self: broker)
    broker.process = ingest.Ingest("slow", threading.Event())

    broker.process.run(leave=True)

    assert broker.done == [1, 2, 3, "left"]
