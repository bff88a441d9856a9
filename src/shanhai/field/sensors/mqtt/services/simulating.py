# SPDX-License-Identifier: Apache-2.0
"""Datastreams that are filled with made-up readings say so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.field.sensors.models import Datastream
from shanhai.field.sensors.mqtt.rules.signals import Signal, heard, signal_of, times_between, unmoved, values_at
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.store.services.taking import take_in
from shanhai.field.sensors.store.values import Readings
from shanhai.field.sensors.values import instant_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject

USUAL_INTERVAL_S = 60


@dataclass(frozen=True, slots=True)
class Simulated:
    """A datastream with the topic of its device and how it behaves."""

    datastream: int
    device: int
    topic: str
    metric: str
    interval_s: int
    signal: Signal

    def seed(self, of_all: int) -> int:
        """From which its noise and gaps follow, whoever makes them up."""
        return of_all + self.datastream * 1000


@transaction.atomic
def mark_simulated(
    *, stations: Collection[str], flat: Collection[str] = (), by: Actor, at: datetime
) -> list[Simulated]:
    """Mark the datastreams of these stations (their codes) as simulated, and answer them; ``flat`` metrics are stuck.

    Raises NotVisible where there are none, NotAllowed, and Refused for one that holds observations and is not marked:
    nobody could tell them apart afterwards.
    """
    rows = Datastream.objects.visible_to(by).exclude(device=None).exclude(metric="").filter(multi=False)
    found = (
        rows.filter(thing__code__in=stations)
        .select_related("thing__programme", "device__thing__programme")
        .order_by("pk")
    )
    marked = []
    for one in found.select_for_update(of=("self",)):
        thing, properties = one.thing, one.properties or {}
        programme = thing.programme.code if thing.programme else ""
        by.require(SensorPermission.MANAGE, programme=programme or None, place=thing.place or None)
        if not properties.get("simulated"):
            if one.count:
                text = gettext_noop("监测站 %(station)s 已有真实的观测值，不能再放模拟数据。请用另外的监测站。")
                raise Refused(text, "sensors.simulating_over_real", station=thing.code)
            one.properties = {**properties, "simulated": True}
            one.save(update_fields=["properties"])
            on = Subject("sensors.datastream", one.pk, programme, thing.place)
            audit.record(by=by, at=at, action="sensors.datastream.simulated", on=on)
        device = one.device
        assert device is not None
        signal = signal_of(one.metric, one.low, one.high)
        signal = unmoved(signal) if one.metric in flat else signal
        interval = one.interval_s or USUAL_INTERVAL_S
        marked.append(Simulated(one.pk, device.pk, device.topic, one.metric, interval, signal))
    if not marked:
        text = gettext_noop("这些监测站里没有带指标代号的数据流，没有什么可以模拟。")
        raise NotVisible(text, "sensors.nothing_to_simulate")
    return marked


def simulate_past(*, streams: Sequence[Simulated], begin: datetime, at: datetime, seed: int, by: Actor) -> None:
    """Take in what these would have measured from ``begin`` until ``at``, when it comes. Raises as ``take_in``."""
    first, last = instant_of(begin), instant_of(at)
    parts = []
    for one in streams:
        own = one.seed(seed)
        times = times_between(first, last, one.interval_s)
        times = times[heard(times, own)]
        parts.append((np.full(len(times), one.datastream, np.int64), times, values_at(one.signal, times, own)))
    of, times, values = (np.concatenate(column) for column in zip(*parts, strict=True))
    take_in(readings=Readings(of, times, values), by=by, at=at)
