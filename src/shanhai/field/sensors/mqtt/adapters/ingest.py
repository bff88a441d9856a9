# SPDX-License-Identifier: Apache-2.0
"""An ingest process: one shared subscription, one batch after the other, acknowledged when it is stored.

One thread does all of it, so that what is acknowledged always came by the connection that is open: a packet id means
another message once the broker has lost its sessions. While a batch is stored nothing is read, which is what bounds
the memory: the broker keeps what it may not send yet.
"""

from __future__ import annotations

import threading
import time
from math import inf

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, close_old_connections, connection, connections
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.subscribeoptions import SubscribeOptions

from shanhai.field.sensors.mqtt.access import connect, is_five, new_client, properties
from shanhai.field.sensors.mqtt.rules.topics import COMPACT, CREATION
from shanhai.field.sensors.mqtt.selectors.routes import Routes
from shanhai.field.sensors.mqtt.services.receiving import receive
from shanhai.field.sensors.mqtt.values import Address, Incoming
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.values import instant_of
from shanhai.kernel import clock
from shanhai.kernel.actors import system

log = structlog.get_logger("shanhai.ingest")

INGEST = system("ingest", (SensorPermission.VIEW, SensorPermission.WRITE))
WINDOW_S = 0.05
MOST_MESSAGES = 5000
MOST_BYTES = 1_000_000
LONGEST_WAIT_S = 5.0
# What the broker keeps for a process that is away; then it may give it to others.
KEPT_S = 7 * 24 * 3600
# So long without a message, once the broker has confirmed that there will be no new ones and all is acknowledged, and
# who leaves has drained what was theirs.
DRAINED_S = 2.0


class Ingest:
    """An ingest process by its ``name``, of which there must be one: the broker keeps what it has not acknowledged."""

    def __init__(self, name: str, stopping: threading.Event) -> None:
        self._address = Address.of(settings.MQTT_URL)
        self._name, self._stopping = name, stopping
        self._routes = Routes()
        self._waiting: list[MQTTMessage] = []
        self._messages: list[Incoming] = []
        self._bytes, self._since, self._wait = 0, 0.0, 0.0
        self._client = self._new_client()
        self._leaving, self._left, self._heard, self._taken = False, False, inf, 0

    def run(self, *, leave: bool = False) -> None:
        """Take in until stopped; with ``leave``, until nothing is left, and never come back."""
        self._leaving = leave
        while not self._left and not self._stopping.is_set():
            try:
                close_old_connections()
                connection.ensure_connection()
                self._serve()
            except (OperationalError, InterfaceError) as error:
                log.warning("the database did not answer", error=str(error))
                connection.close()
                # What is left of a transaction that was cut off must not take in the ones after it.
                del connections[DEFAULT_DB_ALIAS]
            except OSError as error:
                log.warning("the broker did not answer", error=str(error))
            self._drop()
            self._wait = min(max(self._wait * 2, 0.5), LONGEST_WAIT_S)
            if not self._left:
                self._stopping.wait(self._wait)
        log.info("ingest stopped", ingest=self._name, messages=self._taken)

    def _new_client(self) -> Client:
        client = new_client(f"shanhai-ingest-{self._name}", self._address, manual_ack=True, kept=True)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.on_subscribe = lambda *_: log.info("ingest connected", ingest=self._name)
        client.on_unsubscribe = self._on_unsubscribe
        return client

    def _serve(self) -> None:
        """Until the connection is lost or somebody stops it."""
        self._heard = inf
        connect(self._client, self._address, expiry_s=KEPT_S, inflight=settings.MQTT_INFLIGHT)
        while not self._stopping.is_set():
            pause = max(self._since + WINDOW_S - time.monotonic(), 0.0) if self._waiting else WINDOW_S
            if self._client.loop(pause) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return
            if self._waiting and (
                time.monotonic() - self._since >= WINDOW_S
                or len(self._waiting) >= MOST_MESSAGES
                or self._bytes >= MOST_BYTES
            ):
                self._take()
            if self._leaving and not self._waiting and time.monotonic() - self._heard > DRAINED_S:
                self._left = True
                self._client.disconnect(properties=properties(PacketTypes.DISCONNECT, SessionExpiryInterval=0))
                return
        if self._waiting:
            self._take()
        self._client.disconnect()

    def _take(self) -> None:
        """Store what waits, and acknowledge it."""
        at = clock.now()
        receive(messages=self._messages, routes=self._routes, by=INGEST, at=at)
        for message in self._waiting:
            self._client.ack(message.mid, message.qos)
        # What the broker could not send before these were acknowledged comes now.
        self._hear()
        self._taken += len(self._waiting)
        self._wait = 0.0
        self._forget()

    def _forget(self) -> None:
        self._waiting, self._messages, self._bytes = [], [], 0

    def _drop(self) -> None:
        """Close the connection without a word: what is not acknowledged comes again."""
        self._forget()
        if (socket := self._client.socket()) is not None:
            socket.close()
        self._client = self._new_client()

    def _on_connect(self, client: Client, _data: object, _flags: object, reason: object, _more: object) -> None:
        if getattr(reason, "is_failure", False):
            log.warning("the broker refused the connection", reason=str(reason))
            return
        names = [f"$share/shanhai/{one}" for one in (*COMPACT, *CREATION)]
        if self._leaving:
            client.unsubscribe(names)
        elif is_five():
            # 2: no retained messages, which would come again at each connection.
            client.subscribe([(one, SubscribeOptions(qos=1, retainHandling=2)) for one in names])
        else:
            client.subscribe([(one, 1) for one in names])

    def _on_unsubscribe(self, *_: object) -> None:
        log.info("ingest connected", ingest=self._name)
        self._heard = time.monotonic()

    def _hear(self) -> None:
        if self._heard != inf:
            self._heard = time.monotonic()

    def _on_message(self, client: Client, _data: object, message: MQTTMessage) -> None:
        self._hear()
        if message.retain:
            client.ack(message.mid, message.qos)
            return
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append(message)
        self._messages.append(Incoming(_text(message), bytes(message.payload), instant_of(clock.now())))
        self._bytes += len(message.payload)


def _text(message: MQTTMessage) -> str:
    try:
        return message.topic
    except UnicodeDecodeError:
        return ""
