# SPDX-License-Identifier: Apache-2.0
"""How long a round of judging takes, how soon a reading is judged, how soon an alert is out: ``python -m`` this, inside
a place of its own. It prints a figure a line."""

from __future__ import annotations

import http.client
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

import django
import numpy as np

from shanhai.kernel import clock
from shanhai.kernel.actors import system
from tests.bench.report import Measured, p99
from tests.bench.visiting import free_port, running, wait_until_open

if TYPE_CHECKING:
    from shanhai.operations.hazards.models import HazardSite, MonitoringPoint

POINTS, INTERVAL_US, PAST = 8, 600_000_000, 30
ROUNDS, READINGS = 3, 100
WATCH = ["hazards", "watch"]
WRITER = system("writer", ("sensor.write",))
ENGINE = system("hazards", ("hazard.view", "hazard.duty"))


def main(sites: int) -> None:
    """Measure with so many sites."""
    django.setup()
    from shanhai.operate.demo.load import make_tables

    make_tables()
    made = Made(sites)
    for part in (made.rounds, made.readings, made.alerts):
        for one in part():
            print(json.dumps(asdict(one)), flush=True)


class Made:
    """Sites of eight points that creep, and readings of them up to now."""

    def __init__(self, sites: int) -> None:
        from django.db import transaction

        from shanhai.field.sensors.values import instant_of
        from shanhai.operations.hazards.tests.builders import a_point, a_site, a_threshold_set

        self.sites: list[HazardSite] = []
        self.points: list[MonitoringPoint] = []
        known = {"rate": 0.5, "spread": 0.2, "approved": True, "source": "made up"}
        with transaction.atomic():
            for number in range(sites):
                site = a_site(f"slope-{number}")
                points = [a_point(site) for _ in range(POINTS)]
                a_threshold_set(site, numbers={"references": {str(one.uuid): known for one in points}})
                self.sites.append(site)
                self.points += points
        self.streams = np.array([one.datastream_id for one in self.points])
        self.chance = np.random.default_rng(1)
        self.now = clock.now() - timedelta(microseconds=(PAST + ROUNDS + 2) * INTERVAL_US)
        self.first = instant_of(self.now)
        for _ in range(PAST):
            self._pass()
        self._judge()

    def _pass(self) -> None:
        """Ten minutes later every point has one more reading."""
        from shanhai.field.sensors.store.services.taking import take_in
        from shanhai.field.sensors.store.values import Readings
        from shanhai.field.sensors.values import instant_of

        self.now += timedelta(microseconds=INTERVAL_US)
        time_us = instant_of(self.now)
        values = 100 + 0.5 * (time_us - self.first) / 86_400_000_000 + self.chance.normal(0, 0.1, len(self.streams))
        readings = Readings(self.streams, np.full(len(self.streams), time_us), np.round(values, 2))
        take_in(readings=readings, by=WRITER, at=self.now)

    def _judge(self) -> float:
        from shanhai.operations.hazards.watch.services import judge_due

        start = time.perf_counter()
        judge_due(by=ENGINE, at=self.now)
        return time.perf_counter() - start

    def rounds(self) -> Iterator[Measured]:
        """One evaluation round: every point of every site has a new reading."""
        from django.db import connection

        took = []
        for _ in range(ROUNDS):
            self._pass()
            took.append(self._judge())
        name = f"round of {len(self.sites)} sites × {POINTS}"
        said = f"the slowest {max(took):.2f} s"
        yield Measured(name, round(min(took), 3), "s", 5, connection.vendor, said=said)

    def readings(self) -> Iterator[Measured]:
        """From a reading stored until its site is judged, by the process that watches."""
        from django.db import connection

        from shanhai.field.sensors.store.services.taking import take_in
        from shanhai.field.sensors.store.values import Readings
        from shanhai.field.sensors.values import instant_of
        from shanhai.operations.hazards.models import Track

        took = []
        with running(WATCH, os.environ):
            self._wait_for_engine()
            for number in range(min(READINGS, len(self.sites))):
                point, at = self.points[number * 7 % len(self.points)], clock.now()
                time_us = instant_of(at)
                one = Readings(np.array([point.datastream_id]), np.array([time_us]), np.array([100.5]))
                take_in(readings=one, by=WRITER, at=at)
                start = time.perf_counter()
                while not Track.objects.filter(point=point, time=time_us).exists():
                    time.sleep(0.01)
                took.append(time.perf_counter() - start)
        yield Measured("reading stored → site judged, p99", round(p99(took), 3), "s", 1, connection.vendor)

    def alerts(self) -> Iterator[Measured]:
        """From a level decided until its alert is served and the first message is handed over."""
        from django.db import connection

        from shanhai.operations.hazards.incidents.services.levels import decide, propose
        from shanhai.operations.hazards.models import Alert, Dispatch
        from shanhai.operations.hazards.states import DispatchState
        from shanhai.operations.hazards.tests.builders import a_chain
        from shanhai.operations.hazards.values import Channel, Level
        from tests.cast import a_user

        port, took = free_port(), []
        serve = ["serve", "--port", str(port), "--no-worker"]
        head = system("head", ("hazard.view", "hazard.duty", "hazard.confirm"))
        with running(serve, os.environ), running(WATCH, os.environ):
            wait_until_open(port)
            self._wait_for_engine()
            for site in self.sites[:20]:
                for link in a_chain(site, channels=[Channel.APP]):
                    link.person.user = a_user(None, username=f"{site.code}-{link.position}")
                    link.person.save()
                opened = propose(by=ENGINE, at=clock.now(), site=site.code, level=Level.ORANGE, because="")
                assert opened is not None
                start = time.perf_counter()
                decide(
                    by=head, at=clock.now(), incident=opened.uuid, level=Level.ORANGE, attendees="head of consultation",
                    opinion="measured", seen=opened.version,
                )  # fmt: skip
                alert = Alert.objects.get(incident=opened)
                handed = Dispatch.objects.filter(alert=alert, state=DispatchState.HANDED)
                while _status(port, f"/cap/{alert.identifier}.xml") != 200 or not handed.exists():
                    time.sleep(0.02)
                took.append(time.perf_counter() - start)
        name = "level decided → alert served, first message handed over"
        yield Measured(name, round(max(took), 3), "s", 2, connection.vendor, said="the slowest of 20")

    def _wait_for_engine(self) -> None:
        """Until the process that watches has looked."""
        from shanhai.operations.hazards.watch.selectors import judged_until

        began = clock.now()
        while (looked := judged_until()) is None or looked < began:
            time.sleep(0.1)


def _status(port: int, path: str) -> int:
    asking = http.client.HTTPConnection("127.0.0.1", port)
    asking.request("GET", path)
    status = asking.getresponse().status
    asking.close()
    return status


if __name__ == "__main__":
    main(int(sys.argv[1]))
