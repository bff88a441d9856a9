# SPDX-License-Identifier: Apache-2.0
"""Telling subscribers of what has been stored (18-088, clause 14.3): each new observation, as the API answers it, to

    v1.1/Observations  and  v1.1/Datastreams(1)/Observations

from the process that stored it, whichever way it came. It is news and no record: what cannot be told in time is not.
"""

from __future__ import annotations

import os
import queue
import threading
from typing import Any

import numpy as np
import structlog
from django.conf import settings
from django.db import Error, close_old_connections
from paho.mqtt.client import Client

from shanhai.field.sensors.models import Datastream
from shanhai.field.sensors.mqtt.access import connect, new_client, site_address
from shanhai.field.sensors.mqtt.rules.topics import STANDARD
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.sta.selectors.plans import Asked
from shanhai.field.sensors.sta.views.reading import read
from shanhai.field.sensors.store.values import Fate, Readings, TakenIn
from shanhai.kernel import clock
from shanhai.kernel.actors import system
from shanhai.kernel.errors import DomainError
from shanhai.kernel.ids import new_id

log = structlog.get_logger("shanhai.publishing")

MOST_WAITING = 1000
_BY = system("publisher", (SensorPermission.VIEW,))


class Publisher:
    """Hears of each batch that is stored in this process, and publishes it in a thread of its own."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[tuple[int, int]] = queue.Queue(MOST_WAITING)
        self._process = 0

    def stored(self, sender: object, *, readings: Readings, taken_in: TakenIn, **_: Any) -> None:
        """Have the new rows of a batch published."""
        # A server starts its workers as copies of itself, without its threads.
        if self._process != os.getpid():
            self._process = os.getpid()
            threading.Thread(target=self._run, daemon=True).start()
        for row in np.flatnonzero(taken_in.fates == Fate.STORED).tolist():
            try:
                self._waiting.put_nowait((int(readings.datastreams[row]), int(taken_in.ids[row])))
            except queue.Full:
                return

    def _run(self) -> None:
        client = self._connected()
        while True:
            datastream, key = self._waiting.get()
            close_old_connections()
            try:
                body, kind = self._observation(datastream, key)
            except (DomainError, Error) as error:
                log.warning("an observation was not published", id=key, error=str(error))
                continue
            client.publish(f"{STANDARD}/Observations", body)
            client.publish(f"{STANDARD}/{kind}({datastream})/Observations", body)

    def _observation(self, datastream: int, key: int) -> tuple[bytes, str]:
        asked = Asked(_BY, clock.now(), f"{settings.PUBLIC_URL}/sta/{STANDARD}")
        multi = Datastream.objects.filter(pk=datastream, multi=True).exists()
        return read(f"Observations({key})", (), asked).body, "MultiDatastreams" if multi else "Datastreams"

    def _connected(self) -> Client:
        """A client that connects as soon as the broker is there, and again."""
        address = site_address()
        client = new_client(f"shanhai-publish-{new_id()}", address)
        client.reconnect_delay_set(1, 5)
        while True:
            try:
                connect(client, address)
            except OSError:
                threading.Event().wait(1)
            else:
                client.loop_start()
                return client
