# SPDX-License-Identifier: Apache-2.0
"""Datastreams and readings for the tests of the store: keywords, sensible defaults, nothing random."""

from __future__ import annotations

from typing import Any

import numpy as np

from shanhai.field.sensors.models import Datastream, ObservedProperty, Sensor, Thing
from shanhai.field.sensors.store.services.taking import take_in
from shanhai.field.sensors.store.values import Readings, TakenIn
from shanhai.kernel.actors import system
from tests.cast import AT

WRITER = system("writer", ("sensor.view", "sensor.write"))
# 1 March 2026, 00:00 in UTC.
START = 1_772_323_200_000_000
SECOND = 1_000_000


def a_stream(**facts: Any) -> Datastream:
    """Air temperature at a thing of its own, of no programme."""
    thing = facts.pop("thing", None) or Thing.objects.create(name="一号棚", description="")
    sensor = Sensor.objects.create(name="温湿度计", encoding_type="text/html", metadata="")
    air = ObservedProperty.objects.create(name="气温", definition="http://example.org/air")
    given = {"name": "气温", "observation_type": "", "unit": {}, "observed_property": air, **facts}
    return Datastream.objects.create(thing=thing, sensor=sensor, **given)


def readings(stream: Datastream, rows: list[tuple[float, Any]], **columns: Any) -> Readings:
    """Rows of seconds after ``START`` and results."""
    numbers = [value if isinstance(value, float) else np.nan for _s, value in rows]
    others = [None if isinstance(value, float) else value for _s, value in rows]
    return Readings(
        np.full(len(rows), stream.pk, np.int64),
        np.array([START + round(second * SECOND) for second, _value in rows], np.int64),
        np.array(numbers, np.float64),
        values=others if any(one is not None for one in others) else None,
        **columns,
    )


def came(stream: Datastream, rows: list[tuple[float, Any]], **facts: Any) -> TakenIn:
    """What becomes of them."""
    return take_in(readings=readings(stream, rows), by=facts.pop("by", WRITER), at=facts.pop("at", AT))
