# SPDX-License-Identifier: Apache-2.0
"""Builders of what SensorThings knows: keywords, sensible defaults, nothing random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shanhai.field.sensors.models import (
    Datastream,
    FeatureOfInterest,
    HistoricalLocation,
    Location,
    MultiProperty,
    Observation,
    ObservedProperty,
    Sensor,
    Thing,
)
from shanhai.field.sensors.sta.rules.geometry import box_of
from shanhai.field.sensors.tests.streams import SECOND, START

CELSIUS = {"name": "degree Celsius", "symbol": "°C", "definition": "http://unitsofmeasure.org/ucum.html#para-30"}
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
COMPLEX = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_ComplexObservation"
GEOJSON = "application/geo+json"
KANGDING = {"type": "Point", "coordinates": [101.96, 30.05]}


def a_thing(name: str = "五色二号", *, locations: Sequence[Location] = (), **facts: Any) -> Thing:
    """A thing of no programme, at those locations."""
    thing = Thing.objects.create(name=name, **{"description": "滑坡监测点", **facts})
    thing.locations.set(locations)
    return thing


def a_location(name: str = "坡脚", geometry: Any = KANGDING, **facts: Any) -> Location:
    """A place of that GeoJSON geometry, with its box."""
    facts = {"encoding_type": GEOJSON, "location": geometry, **_box(geometry), **facts}
    return Location.objects.create(name=name, **facts)


def a_feature(name: str = "坡体", geometry: Any = KANGDING, **facts: Any) -> FeatureOfInterest:
    """A feature of that GeoJSON geometry, with its box."""
    facts = {"encoding_type": GEOJSON, "feature": geometry, **_box(geometry), **facts}
    return FeatureOfInterest.objects.create(name=name, **facts)


def a_move(thing: Thing, seconds: float, *locations: Location) -> HistoricalLocation:
    """The thing has been at those locations since so many seconds after START."""
    moved = HistoricalLocation.objects.create(thing=thing, time=START + round(seconds * SECOND))
    moved.locations.set(locations)
    return moved


def a_sensor(name: str = "温湿度计", **facts: Any) -> Sensor:
    """A sensor of the common catalogue."""
    return Sensor.objects.create(
        name=name, **{"encoding_type": "text/html", "metadata": "http://example.org/", **facts}
    )


def a_property(name: str = "气温", **facts: Any) -> ObservedProperty:
    """An observed property of the common catalogue."""
    return ObservedProperty.objects.create(name=name, **{"definition": "http://example.org/air", **facts})


def a_datastream(name: str = "气温", *, thing: Thing | None = None, **facts: Any) -> Datastream:
    """A datastream in degrees Celsius, of a thing, a sensor and a property of its own where none is given."""
    given = {
        "thing": thing or a_thing(),
        "sensor": facts.get("sensor") or a_sensor(),
        "observed_property": None if "observed_property" in facts else a_property(),
        "unit": CELSIUS,
        "observation_type": MEASUREMENT,
    }
    return Datastream.objects.create(name=name, **{**given, **facts})


def a_multi(
    name: str = "温湿度", *properties: ObservedProperty, thing: Thing | None = None, **facts: Any
) -> Datastream:
    """A MultiDatastream of those properties, in degrees Celsius each."""
    stream = a_datastream(
        name,
        thing=thing,
        **{"multi": True, "unit": [CELSIUS for _one in properties], "observation_type": COMPLEX, **facts},
        multi_types=[MEASUREMENT for _one in properties],
        observed_property=None,
    )
    for position, one in enumerate(properties):
        MultiProperty.objects.create(datastream=stream, observed_property=one, position=position)
    return stream


def observations(stream: Datastream, *results: Any, every: float = 600, **facts: Any) -> list[Observation]:
    """Observations of these results from START on, ``every`` so many seconds, counted by their datastream."""
    rows = []
    for at, result in enumerate(results):
        number = float(result) if isinstance(result, (int, float)) and not isinstance(result, bool) else None
        time = START + round(at * every * SECOND)
        given = {"time": time, "arrived": time, "number": number, "value": None if number is not None else result}
        rows.append(Observation.objects.create(datastream=stream, **{**given, **facts}))
    if rows:
        stream.count += len(rows)
        begin = stream.phenomenon_begin
        stream.phenomenon_begin = rows[0].time if begin is None else min(begin, rows[0].time)
        stream.phenomenon_end = stream.last_time = max(rows[-1].time, stream.phenomenon_end or 0)
        stream.save()
    return rows


def _box(geometry: Any) -> dict[str, float]:
    found = box_of(geometry)
    return {} if found is None else dict(zip(("west", "south", "east", "north"), found, strict=True))
