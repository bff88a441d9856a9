# SPDX-License-Identifier: Apache-2.0
"""The nine entity types, as 18-088 tables 1 to 21 and 28 have them, and the rows of each."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from shanhai.field.sensors.models import (
    Datastream,
    FeatureOfInterest,
    HistoricalLocation,
    Location,
    Observation,
    ObservedProperty,
    Sensor,
    Thing,
)
from shanhai.field.sensors.sta.values import EntityType, Kind, Link, Property
from shanhai.kernel.actors import Actor

_NAMED = (
    Property("name", Kind.TEXT, ("name",), required=True),
    Property("description", Kind.TEXT, ("description",), required=True),
)
_PROPERTIES = Property("properties", Kind.JSON, ("properties",))
_ENCODING = Property("encodingType", Kind.TEXT, ("encoding_type",), required=True)
_PERIODS = (
    Property("phenomenonTime", Kind.PERIOD, ("phenomenon_begin", "phenomenon_end"), computed=True),
    Property("resultTime", Kind.PERIOD, ("result_begin", "result_end"), computed=True),
    Property("observedArea", Kind.JSON, ("observed_area",), computed=True),
)
_OF_STREAM = (
    Link("Thing", "Thing", ("thing",), ("datastreams",), required=True),
    Link("Sensor", "Sensor", ("sensor",), ("datastreams",), required=True),
)

TYPES: dict[str, EntityType] = {
    one.key: one
    for one in (
        EntityType(
            "Thing",
            "Things",
            (*_NAMED, _PROPERTIES),
            (
                Link("Locations", "Location", ("locations",), ("things",), many=True),
                Link("HistoricalLocations", "HistoricalLocation", ("historical_locations",), ("thing",), many=True),
                Link("Datastreams", "Datastream", ("datastreams",), ("thing",), many=True),
                Link("MultiDatastreams", "MultiDatastream", ("datastreams",), ("thing",), many=True),
            ),
        ),
        EntityType(
            "Location",
            "Locations",
            (*_NAMED, _ENCODING, Property("location", Kind.GEOMETRY, ("location",), required=True), _PROPERTIES),
            (
                Link("Things", "Thing", ("things",), ("locations",), many=True),
                Link("HistoricalLocations", "HistoricalLocation", ("historical_locations",), ("locations",), many=True),
            ),
        ),
        EntityType(
            "HistoricalLocation",
            "HistoricalLocations",
            (Property("time", Kind.TIME, ("time",), required=True),),
            (
                Link("Thing", "Thing", ("thing",), ("historical_locations",), required=True),
                Link("Locations", "Location", ("locations",), ("historical_locations",), many=True, required=True),
            ),
        ),
        EntityType(
            "Datastream",
            "Datastreams",
            (
                *_NAMED,
                Property("observationType", Kind.TEXT, ("observation_type",), required=True),
                Property("unitOfMeasurement", Kind.JSON, ("unit",), required=True),
                *_PERIODS,
                _PROPERTIES,
            ),
            (
                *_OF_STREAM,
                Link("ObservedProperty", "ObservedProperty", ("observed_property",), ("datastreams",), required=True),
                Link("Observations", "Observation", ("observations",), ("datastream",), many=True),
            ),
        ),
        EntityType(
            "MultiDatastream",
            "MultiDatastreams",
            (
                *_NAMED,
                Property("observationType", Kind.TEXT, ("observation_type",), computed=True),
                Property("multiObservationDataTypes", Kind.JSON, ("multi_types",), required=True),
                Property("unitOfMeasurements", Kind.JSON, ("unit",), required=True),
                *_PERIODS,
                _PROPERTIES,
            ),
            (
                *_OF_STREAM,
                Link(
                    "ObservedProperties",
                    "ObservedProperty",
                    ("observed_properties",),
                    ("multi_datastreams",),
                    many=True,
                    required=True,
                ),
                Link("Observations", "Observation", ("observations",), ("datastream",), many=True),
            ),
        ),
        EntityType(
            "Sensor",
            "Sensors",
            (*_NAMED, _ENCODING, Property("metadata", Kind.JSON, ("metadata",), required=True), _PROPERTIES),
            (
                Link("Datastreams", "Datastream", ("datastreams",), ("sensor",), many=True),
                Link("MultiDatastreams", "MultiDatastream", ("datastreams",), ("sensor",), many=True),
            ),
        ),
        EntityType(
            "ObservedProperty",
            "ObservedProperties",
            (*_NAMED, Property("definition", Kind.TEXT, ("definition",), required=True), _PROPERTIES),
            (
                Link("Datastreams", "Datastream", ("datastreams",), ("observed_property",), many=True),
                Link(
                    "MultiDatastreams", "MultiDatastream", ("multi_datastreams",), ("observed_properties",), many=True
                ),
            ),
        ),
        EntityType(
            "FeatureOfInterest",
            "FeaturesOfInterest",
            (*_NAMED, _ENCODING, Property("feature", Kind.GEOMETRY, ("feature",), required=True), _PROPERTIES),
            (
                Link(
                    "Observations",
                    "Observation",
                    ("observations", "by_default__observations"),
                    ("feature", "datastream__feature"),
                    many=True,
                ),
            ),
        ),
        EntityType(
            "Observation",
            "Observations",
            (
                Property("phenomenonTime", Kind.PERIOD, ("time", "end")),
                Property("result", Kind.RESULT, ("number", "value"), required=True),
                Property("resultTime", Kind.TIME, ("result_time",)),
                Property("resultQuality", Kind.JSON, ("extra",)),
                Property("validTime", Kind.SPAN, ("extra",)),
                Property("parameters", Kind.JSON, ("extra",)),
            ),
            (
                Link("Datastream", "Datastream", ("datastream",), ("observations",)),
                Link("MultiDatastream", "MultiDatastream", ("datastream",), ("observations",)),
                Link(
                    "FeatureOfInterest",
                    "FeatureOfInterest",
                    ("feature", "datastream__feature"),
                    ("observations", "by_default__observations"),
                ),
            ),
        ),
    )
}
MODELS: dict[str, type[models.Model]] = {
    "Thing": Thing,
    "Location": Location,
    "HistoricalLocation": HistoricalLocation,
    "Datastream": Datastream,
    "MultiDatastream": Datastream,
    "Sensor": Sensor,
    "ObservedProperty": ObservedProperty,
    "FeatureOfInterest": FeatureOfInterest,
    "Observation": Observation,
}
# A link to one of the two kinds of datastream leads to rows of that kind alone.
ONLY: dict[str, Q] = {"Datastream": Q(multi=False), "MultiDatastream": Q(multi=True)}


def rows_of(key: str, *, viewer: Actor) -> QuerySet[Any]:
    """The rows of an entity type that the viewer sees."""
    seen: QuerySet[Any] = MODELS[key]._default_manager.all().visible_to(viewer)  # type: ignore[attr-defined]
    return seen.filter(ONLY[key]) if key in ONLY else seen


def related(link: Link, parent: Any, *, viewer: Actor) -> QuerySet[Any]:
    """The rows that a link leads to from one row of its type, by its id, which the viewer sees.

    Observations of a datastream that may be seen may all be seen, and are asked for without a second look.
    """
    first, *others = link.back
    back = Q(**{first: parent})
    for _other in others:
        # Of features that are the default of datastreams: an index finds the observations of those.
        back |= Q(**{first: None, "datastream__in": Datastream.objects.filter(feature=parent).values("pk")})
    if link.target == "Observation" and first == "datastream":
        return MODELS["Observation"]._default_manager.filter(back)
    return rows_of(link.target, viewer=viewer).filter(back)
