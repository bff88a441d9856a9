# SPDX-License-Identifier: Apache-2.0
"""Registering a station, correcting it, and moving it to where it is from now on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from shanhai.base.audit import services as audit
from shanhai.field.sensors.models import DeviceEvent, FeatureOfInterest, HistoricalLocation, Location, Thing
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.states import DeviceState
from shanhai.field.sensors.stations.rules.facts import Point, check_day, checked_point, checked_station, point_of
from shanhai.field.sensors.stations.selectors.managed import managed_station
from shanhai.field.sensors.stations.selectors.stations import location_of
from shanhai.field.sensors.stations.services.devices import add_device
from shanhai.field.sensors.stations.services.streams import add_stream
from shanhai.field.sensors.stations.values import DeviceFacts, StationFacts, StreamFacts
from shanhai.field.sensors.values import Happening, instant_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.corrections import corrected
from shanhai.kernel.errors import BadInput, Conflict, Faults, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.registers.places.selectors import locate, meant_division

GEOJSON = "application/geo+json"
_FACTS = ("name", "kind", "place", "description")


@transaction.atomic
def register_station(
    *,
    by: Actor,
    at: datetime,
    facts: StationFacts,
    device: DeviceFacts | None = None,
    streams: Sequence[StreamFacts] = (),
    provenance: str = "",
) -> Thing:
    """Register a station, with a first ``device`` and its datastreams where they are told.

    Raises NotVisible for a programme that ``by`` does not see, NotAllowed outside what ``by`` manages, BadInput and
    Conflict for what is wrong.
    """
    checked, point = checked_station(facts)
    programme = get_programme(viewer=by, code=checked.programme)
    place = _place_of(checked, point)
    by.require(SensorPermission.MANAGE, programme=programme.code, place=place or None)

    station = Thing(code=checked.code, programme=programme, place=place)
    station.name, station.kind, station.description = checked.name, checked.kind, checked.description
    station.properties = {"provenance": provenance} if provenance else None
    try:
        with transaction.atomic():
            station.save()
    except IntegrityError:
        taken = gettext_noop("代码“%(code)s”已经用在别的监测站上。请换一个。")
        raise Conflict(taken, "sensors.code_taken", field="code", code=checked.code) from None
    if point:
        _put(station, point, at)
    shown = {**_said(station), **_shown(point)}
    audit.record(by=by, at=at, action="sensors.station.registered", on=station.subject(), changes=shown)
    if device is not None:
        made = add_device(by=by, at=at, station=checked.code, facts=device)
        for one in streams:
            add_stream(by=by, at=at, device=made.uuid, facts=one)
    return station


@transaction.atomic
def correct_station(
    *, by: Actor, at: datetime, station: str, facts: StationFacts, seen: Mapping[str, object] | None = None
) -> Thing:
    """Replace name, kind, place and description, and coordinates that were wrong from the beginning.

    Code and programme stay: they are part of the topics. Raises NotVisible, NotAllowed, BadInput, Conflict.
    """
    found = managed_station(viewer=by, code=station)
    checked, point = checked_station(replace(facts, code=station, programme=""))
    place = _place_of(checked, point)
    by.require(SensorPermission.MANAGE, **{**found.scope, "place": place or None})

    there = location_of(found)
    stood = _point_at(there)
    before = {**_said(found), **_shown(stood)}
    found.name, found.kind, found.description, found.place = checked.name, checked.kind, checked.description, place
    changes = corrected(before, {**_said(found), **_shown(point or stood)}, seen)
    if not changes:
        return found
    found.save(update_fields=[*_FACTS])
    if point and there is None:
        _put(found, point, at)
    elif point and there and point != stood:
        _set_right(found, there, point)
    audit.record(by=by, at=at, action="sensors.station.corrected", on=found.subject(), changes=changes)
    return found


@transaction.atomic
def move_station(*, by: Actor, at: datetime, station: str, facts: StationFacts, on: date, because: str) -> Thing:
    """Put a station elsewhere: where it was stays in its history, and what it observes from now on is here.

    Raises NotVisible, NotAllowed, BadInput without a reason or a point, Conflict where it is there already.
    """
    found, faults, point = managed_station(viewer=by, code=station), Faults(), None
    with faults.of("because"):
        because = checked_reason(because, gettext_noop("请写明为什么移位。"), "sensors")
    with faults.of("on"):
        check_day(on, local_date(at))
    with faults.of("lon"):
        point = checked_point(facts)
        if point is None:
            raise BadInput(gettext_noop("请填新的经纬度。"), "sensors.point_incomplete")
        changes = corrected(_shown(_point_at(location_of(found))), _shown(point))
        if not changes:
            raise Conflict(gettext_noop("已经在这个位置上，没有移动。"), "sensors.not_moved")
    faults.tell()
    assert point is not None  # else there was a fault
    place = _place_of(replace(facts, place=""), point) or found.place
    by.require(SensorPermission.MANAGE, **{**found.scope, "place": place or None})

    if place != found.place:
        changes["place"] = [found.place, place]
        found.place = place
        found.save(update_fields=["place"])
    _put(found, point, at)
    facts_of = {"kind": Happening.MOVED, "on": on, "at": at, "by": by.ref, "note": because, "details": changes}
    moved = found.devices.exclude(state=DeviceState.RETIRED)
    DeviceEvent.objects.bulk_create(DeviceEvent(device=one, **facts_of) for one in moved)
    audit.record(by=by, at=at, action="sensors.station.moved", on=found.subject(), changes=changes, because=because)
    return found


def _place_of(facts: StationFacts, point: Point | None) -> str:
    """The code of the division that is named, or of the county that holds the point; "" for neither."""
    if facts.place.strip():
        faults, place = Faults(), ""
        with faults.of("place"):
            place = meant_division(facts.place).code
        faults.tell()
        return place
    return locate([(point[0], point[1])])[0] if point else ""


def _put(station: Thing, point: Point, at: datetime) -> None:
    """Have the station be at a point from now on; its datastreams observe there."""
    there = Location(name=station.name, encoding_type=GEOJSON, programme=station.programme, place=station.place)
    _draw(there, point)
    there.save()
    station.locations.set([there])
    HistoricalLocation.objects.create(thing=station, time=instant_of(at)).locations.set([there])
    feature = FeatureOfInterest.like(there)
    streams = station.datastreams.all()
    # Held in the order in which whoever stores holds them.
    if list(streams.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk")):
        feature.save()
        # What nothing has been observed of yet is here from the beginning.
        streams.filter(count=0).update(feature=feature, moved_feature=None)
        streams.exclude(count=0).update(moved_feature=feature)


def _set_right(station: Thing, there: Location, point: Point) -> None:
    """Correct the point of a location, and of what is observed there."""
    wrong = there.location
    _draw(there, point)
    there.save()
    used = station.datastreams.values_list("feature", "moved_feature")
    for feature in FeatureOfInterest.objects.filter(pk__in={key for pair in used for key in pair if key}):
        if feature.feature == wrong:
            right = FeatureOfInterest.like(there)
            right.pk, right.description, right.properties = feature.pk, feature.description, feature.properties
            right.save()


def _draw(location: Location, point: Point) -> None:
    location.location = {"type": "Point", "coordinates": list(point)}
    location.west, location.south = location.east, location.north = point[:2]


def _point_at(location: Location | None) -> Point | None:
    return point_of(location.location) if location else None


def _shown(point: Point | None) -> dict[str, Any]:
    given = dict(zip(("lon", "lat", "altitude"), point or (), strict=False))
    return {name: given.get(name) for name in ("lon", "lat", "altitude")}


def _said(station: Thing) -> dict[str, Any]:
    return {name: str(getattr(station, name)) for name in _FACTS}
