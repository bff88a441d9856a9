# SPDX-License-Identifier: Apache-2.0
"""What a device observes: adding a datastream, correcting how it is judged, publishing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.field.sensors.models import Datastream, Device, FeatureOfInterest, ObservedProperty, Sensor, Thing
from shanhai.field.sensors.states import DeviceState
from shanhai.field.sensors.stations.rules.facts import checked_code, completed_stream, symbol_of, unit_of
from shanhai.field.sensors.stations.selectors.managed import managed_device, managed_stream
from shanhai.field.sensors.stations.selectors.stations import location_of
from shanhai.field.sensors.stations.values import PHENOMENA, StreamFacts
from shanhai.kernel.actors import Actor
from shanhai.kernel.corrections import corrected
from shanhai.kernel.errors import Conflict, Faults
from shanhai.kernel.messages import gettext_noop

# 18-088, table 12: results are numbers.
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
LIMITS = ("interval_s", "low", "high", "most_per_s", "stuck_after")


@transaction.atomic
def add_stream(*, by: Actor, at: datetime, device: UUID, facts: StreamFacts) -> Datastream:
    """Have a device observe one more property.

    Raises NotVisible, NotAllowed, BadInput, and Conflict for a metric that it has already.
    """
    owner = managed_device(viewer=by, uuid=device)
    faults, checked = Faults(), facts
    with faults.of("metric"):
        checked = replace(facts, metric=checked_code(facts.metric, "metric"))
        if owner.datastreams.filter(metric=checked.metric).exists():
            text = gettext_noop("这个设备已经有指标“%(metric)s”。请换一个代号。")
            raise Conflict(text, "sensors.metric_taken", metric=checked.metric)
    with faults.of():
        checked = completed_stream(checked)
    with faults.of():
        if owner.state == DeviceState.RETIRED:
            raise Conflict(gettext_noop("这个设备已经报废，不能再加。"), "sensors.device_retired")
    faults.tell()

    stream = Datastream(
        name=checked.name,
        metric=checked.metric,
        device=owner,
        thing=owner.thing,
        sensor=_sensor_of(owner),
        observed_property=_property_of(checked),
        observation_type=MEASUREMENT,
        unit=unit_of(checked.unit),
        feature=_feature_of(owner.thing),
        **{name: getattr(checked, name) for name in LIMITS},
    )
    stream.save()
    audit.record(by=by, at=at, action="sensors.stream.added", on=stream.subject(), changes=_said(stream))
    return stream


@transaction.atomic
def correct_stream(
    *, by: Actor, at: datetime, stream: int, facts: StreamFacts, seen: Mapping[str, object] | None = None
) -> Datastream:
    """Replace the name, the unit and how it is judged from now on; what is stored keeps its marks.

    Metric and property stay. Raises NotVisible, NotAllowed, BadInput, and Conflict for another unit once there are
    observations in the old one.
    """
    found = managed_stream(viewer=by, key=stream)
    checked = completed_stream(facts)
    before = _said(found)
    # One of several properties has a unit for each, which the API alone tells.
    unit = found.unit if found.multi else unit_of(checked.unit)
    if found.count and symbol_of(unit) != before["unit"]:
        text = gettext_noop("已经有以“%(unit)s”计的观测值，不能换单位。请另加一个数据流。")
        raise Conflict(text, "sensors.unit_in_use", field="unit", unit=before["unit"])
    found.name, found.unit = checked.name, unit
    for name in LIMITS:
        setattr(found, name, getattr(checked, name))
    changes = corrected(before, _said(found), seen)
    if changes:
        found.save(update_fields=["name", "unit", *LIMITS])
        audit.record(by=by, at=at, action="sensors.stream.corrected", on=found.subject(), changes=changes)
    return found


@transaction.atomic
def publish_stream(*, by: Actor, at: datetime, stream: int, published: bool) -> Datastream:
    """Let everybody read a datastream by the API, or no longer. Raises NotVisible, NotAllowed."""
    found = managed_stream(viewer=by, key=stream)
    if found.published != published:
        found.published = published
        found.save(update_fields=["published"])
        act = "sensors.stream.published" if published else "sensors.stream.unpublished"
        audit.record(by=by, at=at, action=act, on=found.subject())
    return found


def _sensor_of(device: Device) -> Sensor:
    """The instrument of a device, as the standard has it: made for its first datastream."""
    found = Sensor.objects.filter(datastreams__device=device).order_by("pk").first()
    scope = {"programme": device.thing.programme, "place": device.thing.place}
    name = device.name or device.model or device.code
    return found or Sensor.objects.create(name=name, encoding_type="text/html", metadata=device.model, **scope)


def _property_of(facts: StreamFacts) -> ObservedProperty:
    """The property in the common catalogue; one that is not there yet is added."""
    known = PHENOMENA.get(facts.of)
    name = known.name if known else facts.name
    found = ObservedProperty.objects.filter(name=name, definition=facts.definition, programme=None).order_by("pk")
    return found.first() or ObservedProperty.objects.create(name=name, definition=facts.definition)


def _feature_of(station: Thing) -> FeatureOfInterest | None:
    """What the station observes where it is now; None for one that is nowhere."""
    there = location_of(station)
    if there is None:
        return None
    for one in station.datastreams.exclude(feature=None).select_related("feature", "moved_feature").order_by("-pk"):
        feature = one.moved_feature or one.feature
        if feature is not None and feature.feature == there.location:
            return feature
    made = FeatureOfInterest.like(there)
    made.save()
    return made


def _said(stream: Datastream) -> dict[str, Any]:
    said = {"name": stream.name, "metric": stream.metric, "unit": symbol_of(stream.unit)}
    return said | {name: getattr(stream, name) for name in LIMITS}
