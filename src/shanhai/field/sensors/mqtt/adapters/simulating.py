# SPDX-License-Identifier: Apache-2.0
"""Stations that are not there, over real MQTT: one client sends for all their devices, by this site's account."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import groupby

import orjson
from paho.mqtt.client import Client

from shanhai.field.sensors.mqtt.access import connect, new_client, site_address
from shanhai.field.sensors.mqtt.rules.signals import DAY, as_sent, heard, is_silent, times_between, values_at
from shanhai.field.sensors.mqtt.services.simulating import Simulated
from shanhai.field.sensors.values import instant_of
from shanhai.kernel import clock
from shanhai.kernel.ids import new_id

_BATCH = 100
_SECOND = 1_000_000


class Simulator:
    """Sends what ``streams`` would have measured; the same ``seed`` measures the same."""

    def __init__(self, streams: Sequence[Simulated], seed: int, silence_s: int, stopping: threading.Event) -> None:
        self._devices = {key: list(of) for key, of in groupby(sorted(streams, key=_device), _device)}
        self._seed, self.sent, self._stopping = seed, 0, stopping
        self._silence_s = silence_s
        # Until when each device has sent.
        self._until: dict[int, int] = {}
        self._client = self._connected()

    def run(self, *, days: float = 0) -> None:
        """Send the last ``days`` in bursts, then what comes each second, until stopped."""
        now = instant_of(clock.now())
        self._until = dict.fromkeys(self._devices, now - round(days * DAY))
        for device in self._devices:
            self._send(device, now)
        while not self._stopping.wait(1.0):
            now = instant_of(clock.now())
            for device in self._devices:
                if not is_silent(now, self._seed + device, self._silence_s):
                    self._send(device, now)
        self._client.disconnect()
        self._client.loop_stop()

    def _send(self, device: int, now: int) -> None:
        """What a device has measured since it last sent: one message, or bursts of batches after a silence."""
        begin = self._until[device]
        self._until[device] = now
        newest: dict[str, object] = {}
        for one in self._devices[device]:
            seed = one.seed(self._seed)
            times = times_between(begin, now, one.interval_s)
            times = times[heard(times, seed)]
            values = values_at(one.signal, times, seed)
            if len(times) == 1:
                newest |= {"t": int(times[0]) // 1000, one.metric: float(values[0])}
                continue
            rows = [[int(times[at]) // 1000, float(values[at])] for at in as_sent(times, seed).tolist()]
            for start in range(0, len(rows), _BATCH):
                self._publish(f"{one.topic}/{one.metric}", rows[start : start + _BATCH])
        if newest:
            left = 100 - (now // _SECOND) % 2_592_000 / 43_200
            self._publish(self._devices[device][0].topic, {**newest, "battery": round(left, 1)})

    def _publish(self, topic: str, content: object) -> None:
        self._client.publish(topic, orjson.dumps(content), qos=1).wait_for_publish(30)
        self.sent += 1

    def _connected(self) -> Client:
        address = site_address()
        client = new_client(f"shanhai-simulate-{new_id()}", address)
        while True:
            # The broker of a demo is started beside, and is slower than this.
            try:
                connect(client, address)
                break
            except OSError:
                if self._stopping.wait(1.0):
                    break
        client.loop_start()
        return client


def _device(one: Simulated) -> int:
    return one.device
