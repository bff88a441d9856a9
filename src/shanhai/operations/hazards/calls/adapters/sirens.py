# SPDX-License-Identifier: Apache-2.0
"""Sirens and loudspeakers: a message with QoS 1 to the topic of the site, which the broker has acknowledged."""

from __future__ import annotations

import threading
from typing import Any

from django.conf import settings
from paho.mqtt.client import Client

from shanhai.field.sensors.mqtt.access import connect, new_client, site_address
from shanhai.operations.hazards.calls.selectors.letters import siren_payload
from shanhai.operations.hazards.calls.values import Later, Letter, Never, Why

# MQTT 5: it was taken, and nobody has subscribed to that topic.
NO_SUBSCRIBERS = 0x10
REFUSED = 0x80


def hand_over(letter: Letter) -> str:
    """Publish to the topic and wait until the broker has it. Raises Later and Never.

    It is not retained: a siren that comes back after an alert has ended is not to sound. One that is to hear what came
    while it was away keeps a session at the broker, and sees by ``id`` what it has heard before.
    """
    told: list[int] = []
    heard = threading.Event()

    def note(_client: Client, _data: Any, *rest: Any) -> None:
        # The reason stands before the last argument, in each of these calls.
        told.append(rest[-2].value)
        heard.set()

    client = new_client(f"shanhai-siren-{letter.id}", site_address())
    client.connect_timeout = settings.CALLS_TIMEOUT_S
    client.on_connect = note
    client.on_publish = note
    try:
        connect(client, site_address())
    except TimeoutError:
        raise Later(Why.TIMED_OUT) from None
    except OSError:
        raise Later(Why.NOT_REACHED) from None
    client.loop_start()
    try:
        _wait(heard, told)
        heard.clear()
        client.publish(letter.to, siren_payload(letter), qos=1)
        _wait(heard, told)
    except ValueError:
        # No topic to publish to.
        raise Never(Why.BAD_ADDRESS) from None
    finally:
        client.disconnect()
        client.loop_stop()
    if told[-1] == NO_SUBSCRIBERS:
        raise Later(Why.NOBODY_LISTENS)
    return ""


def _wait(heard: threading.Event, told: list[int]) -> None:
    if not heard.wait(settings.CALLS_TIMEOUT_S):
        raise Later(Why.TIMED_OUT)
    if told[-1] >= REFUSED:
        raise Later(Why.REFUSED, f"{told[-1]:#x}")
