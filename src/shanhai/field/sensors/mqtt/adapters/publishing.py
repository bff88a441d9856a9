# SPDX-License-Identifier: Apache-2.0
"""Telling subscribers of what has been stored (18-088, clause 14.2): an entity that is made or changed, as the API
answers it, to its set and from what it is linked to; where it is changed, to itself and its properties, too:

    v1.1/Things    v1.1/Datastreams(1)/Observations    v1.1/Things(1)    v1.1/Things(1)/name

from the process that stored it, whichever way it came. It is news and no record: what cannot be told in time is not.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import structlog
from django.conf import settings
from django.db import close_old_connections, transaction
from django.db.models.signals import post_save
from paho.mqtt.client import Client

from shanhai.field.sensors.mqtt.access import connect, new_client, site_address
from shanhai.field.sensors.mqtt.rules.topics import STANDARD
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.sta.rules.bodies import inverse_of
from shanhai.field.sensors.sta.rules.parsing import to_json
from shanhai.field.sensors.sta.rules.paths import Hop, Resource
from shanhai.field.sensors.sta.selectors.entities import MODELS, TYPES, related
from shanhai.field.sensors.sta.selectors.plans import Asked
from shanhai.field.sensors.sta.selectors.reading import place_of, read_entity
from shanhai.field.sensors.sta.selectors.shapes import target_id
from shanhai.field.sensors.sta.values import EntityType, Options
from shanhai.field.sensors.store.events import stored
from shanhai.field.sensors.store.values import Fate, Readings, TakenIn
from shanhai.kernel import clock
from shanhai.kernel.actors import system
from shanhai.kernel.ids import new_id

log = structlog.get_logger("shanhai.publishing")

MOST_WAITING = 1000
# Of those by a link to many that hear of a change.
MOST_RELATED = 100
_BY = system("publisher", (SensorPermission.VIEW,))


class Publisher:
    """Hears of what is stored in this process, and publishes it in a thread of its own."""

    def __init__(self) -> None:
        # The kind and the id of an entity; of one that is changed, the names of its properties that were written.
        self._waiting: queue.Queue[tuple[str, int, Collection[str]]] = queue.Queue(MOST_WAITING)
        self._process = 0

    def listen(self) -> None:
        """Hear from now on."""
        stored.connect(self._stored, weak=False)
        for model in {*MODELS.values()}:
            post_save.connect(self._saved, sender=model, weak=False)

    def _stored(self, sender: object, *, readings: Readings, taken_in: TakenIn, **_: Any) -> None:
        for row in np.flatnonzero(taken_in.fates == Fate.STORED).tolist():
            self._put("Observation", int(taken_in.ids[row]))

    def _saved(
        self, sender: type, *, instance: Any, created: bool, update_fields: Collection[str] | None, **_: Any
    ) -> None:
        kind = next(key for key, model in MODELS.items() if model is sender)
        if kind == "Datastream" and instance.multi:
            kind = "MultiDatastream"
        names = [
            one.name for one in TYPES[kind].properties if update_fields is None or {*update_fields} & {*one.columns}
        ]
        if created or names:
            key = instance.pk
            transaction.on_commit(lambda: self._put(kind, key, () if created else names), robust=True)

    def _put(self, kind: str, key: int, changed: Collection[str] = ()) -> None:
        # A server starts its workers as copies of itself, without its threads.
        if self._process != os.getpid():
            self._process = os.getpid()
            threading.Thread(target=self._run, daemon=True).start()
        try:
            self._waiting.put_nowait((kind, key, changed))
        except queue.Full:
            return

    def _run(self) -> None:
        client = self._connected()
        while True:
            kind, key, changed = self._waiting.get()
            close_old_connections()
            try:
                for topic, body in _news(TYPES[kind], key, changed):
                    client.publish(f"{STANDARD}/{topic}", body)
            # Whatever it is: the next is to be told.
            except Exception as error:
                log.warning("an entity was not published", kind=kind, id=key, error=f"{type(error).__name__}: {error}")

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


def _news(kind: EntityType, key: int, changed: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Topics below the version, and what is told there. Raises NotVisible for what is gone again."""
    asked = Asked(_BY, clock.now(), f"{settings.PUBLIC_URL}/sta/{STANDARD}")
    entity = read_entity(place_of(Resource((Hop(kind, id=key),)), asked), Options(), asked)
    own, body = f"{kind.set_name}({key})", to_json(entity)
    yield kind.set_name, body
    if changed:
        yield own, body
    for name in changed:
        yield f"{own}/{name}", to_json({name: entity.get(name)})
    # Of the two links of an observation to datastreams one leads nowhere.
    links = [one for one in kind.links if f"{one.name}@iot.navigationLink" in entity and one.target != "Observation"]
    for link in links:
        if link.many:
            ids = related(link, key, viewer=_BY).values_list("pk", flat=True)[:MOST_RELATED]
        else:
            ids = MODELS[kind.key]._default_manager.filter(pk=key).values_list(target_id(link), flat=True)
        back = inverse_of(link, kind, TYPES)
        for one in ids:
            if one is not None:
                yield f"{TYPES[link.target].set_name}({one})/{back.name}", body
