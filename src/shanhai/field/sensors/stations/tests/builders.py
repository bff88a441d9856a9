# SPDX-License-Identifier: Apache-2.0
"""Stations for tests: keywords, sensible defaults, nothing random."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np

from shanhai.field.sensors.models import Datastream, Thing
from shanhai.field.sensors.stations.services.stations import register_station
from shanhai.field.sensors.stations.values import DeviceFacts, StationFacts, StreamFacts
from shanhai.field.sensors.store.rules.times import SECOND
from shanhai.field.sensors.store.services.taking import take_in
from shanhai.field.sensors.store.values import Readings
from shanhai.field.sensors.values import instant_of
from shanhai.kernel.actors import system
from tests.cast import AT, OFFICE

WRITER = system("writer", ("sensor.view", "sensor.write"))
POINT = {"lon": "101.96", "lat": "30.05", "crs": "wgs84", "altitude": "2560"}


def facts(code: str = "wuse-2", **kw: Any) -> StationFacts:
    """A hazard slope in Kangding."""
    given = {"name": "色乌绒二号坡", "kind": "hazard", "programme": "zj-ganzi", "place": "513301", **POINT, **kw}
    return StationFacts(code=code, **given)


def a_station(
    code: str = "wuse-2", *, metrics: tuple[str, ...] = ("disp",), interval_s: int | None = 600, **kw: Any
) -> Thing:
    """A station with a device "logger", which observes ``metrics``; the programme must be there."""
    streams = [StreamFacts(one, of=one, interval_s=interval_s) for one in metrics]
    return register_station(by=OFFICE, at=AT, facts=facts(code, **kw), device=DeviceFacts("logger"), streams=streams)


def a_stream(**kw: Any) -> Datastream:
    """The first datastream of a station of its own."""
    return a_station(**kw).datastreams.get()


def sent(stream: Datastream, *values: float, at: datetime = AT, every_s: int = 600) -> None:
    """Readings that came at ``at``, the last one of that moment, the others before it."""
    last = instant_of(at)
    times = [last - (len(values) - 1 - place) * every_s * SECOND for place in range(len(values))]
    columns = (np.full(len(values), stream.pk, np.int64), np.array(times, np.int64), np.array(values, np.float64))
    take_in(readings=Readings(*columns), by=WRITER, at=at)
    stream.refresh_from_db()


def forms_of(stream: Datastream) -> list[str]:
    """The addresses of pages with forms about a datastream, its device and its station."""
    assert stream.device
    station, device, own = f"stations/{stream.thing.code}", f"devices/{stream.device.uuid}", f"streams/{stream.pk}"
    ends = (
        f"{station}/edit",
        f"{station}/move",
        f"{station}/devices",
        f"{device}/",
        f"{device}/edit",
        f"{own}/",
        f"{own}/edit",
    )
    return ["/sensors/", "/sensors/tokens/", *(f"/sensors/{one}" for one in ends)]
