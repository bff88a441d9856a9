# SPDX-License-Identifier: Apache-2.0
"""Reading stations, their devices and datastreams, and how they are. To who does not watch a station it is not there.

What is published of others is read by the API; these pages are for who works with the devices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery

from shanhai.base.database.selectors import holding, row_of, visible, within
from shanhai.field.sensors.models import Datastream, Device, DeviceEvent, Hour, Location, Rejected, Thing
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.states import DeviceState, Health
from shanhai.field.sensors.stations.rules.health import WORST, is_low, standing, worst_of
from shanhai.field.sensors.stations.values import Standing
from shanhai.field.sensors.values import StationKind, datetime_of, instant_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop

NO_STATION = gettext_noop("没有找到这个监测站。请从监测页重新进入。")
NO_DEVICE = gettext_noop("没有找到这个设备。请从监测站的页面重新进入。")
NO_STREAM = gettext_noop("没有找到这个数据流。请从监测站的页面重新进入。")
MOST_REJECTED = 20
MOST_STREAMS = 300
# What ``standing`` asks of a datastream and its device.
_JUDGED = ("interval_s", "last_time", "arrived", "same", "stuck_after")
_SENT = ("most_per_hour", "sent", "sent_hour")


@dataclass(frozen=True, slots=True)
class StreamLine:
    """A datastream and how it is."""

    stream: Datastream
    standing: Standing


@dataclass(slots=True)
class StationLine:
    """A station in a list, and how it is by the worst of its datastreams; ``worst`` is the name of that one."""

    pk: int
    code: str
    name: str
    kind: str
    place: str
    programme: str
    provenance: str
    standing: Standing = field(default_factory=lambda: Standing(Health.NEVER))
    worst: str = ""
    streams: int = 0
    low_battery: bool = False


def stations_of(viewer: Actor, permission: str = SensorPermission.VIEW) -> QuerySet[Thing]:
    """The stations for which the viewer holds ``permission``, with their programmes."""
    mine = visible(viewer, permission, programme="programme__code", place="place")
    return Thing.objects.filter(mine, code__isnull=False).select_related("programme")


def get_station(*, viewer: Actor, code: str, lock: bool = False) -> Thing:
    """The station of that code; ``lock`` holds its row. Raises NotVisible."""
    rows = stations_of(viewer)
    found = (
        (rows.select_for_update(of=("self",), no_key=True) if lock else rows)
        .filter(code=code.replace("\x00", ""))
        .first()
    )
    if found is None:
        raise NotVisible(NO_STATION)
    return found


def get_device(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Device:
    """The device with its station; ``lock`` holds its row. Raises NotVisible."""
    return row_of(Device.objects.visible_to(viewer).select_related("thing__programme"), uuid, NO_DEVICE, lock=lock)


def get_stream(*, viewer: Actor, key: int, lock: bool = False) -> Datastream:
    """The datastream of that id with its station, device and property; ``lock`` holds its row. Raises NotVisible."""
    mine = visible(viewer, SensorPermission.VIEW, programme="thing__programme__code", place="thing__place")
    rows = _with_hour(Datastream.objects.filter(mine, thing__code__isnull=False)).select_related(
        "thing__programme", "device", "observed_property", "sensor"
    )
    found = (rows.select_for_update(of=("self",), no_key=True) if lock else rows).filter(pk=key).first()
    if found is None:
        raise NotVisible(NO_STREAM)
    return found


def location_of(station: Thing) -> Location | None:
    """Where a station is; one that the API gave several is where it came last."""
    return station.locations.order_by("-pk").first()


def there_since(station: Thing) -> datetime | None:
    """Since when a station is where it is."""
    times = station.historical_locations.order_by("-time").values_list("time", flat=True)
    last = times.first()
    return None if last is None else datetime_of(last)


def list_devices(*, viewer: Actor, station: Thing) -> list[Device]:
    """The devices of a station by code."""
    return list(Device.objects.visible_to(viewer).filter(thing=station).order_by("code"))


def streams_of(owner: Thing | Device, at: datetime) -> list[StreamLine]:
    """The datastreams of a station or a device, by device and metric, and how they are. One query."""
    rows = owner.datastreams.select_related("device", "observed_property").order_by("device__code", "metric", "pk")
    return [StreamLine(one, _standing(one, one.device, at)) for one in _with_hour(rows)]


def stream_standing(stream: Datastream, at: datetime) -> Standing:
    """How one datastream that ``get_stream`` has found is."""
    return _standing(stream, stream.device, at)


def list_streams(
    *, viewer: Actor, programme: str, text: str = "", box: tuple[float, float, float, float] | None = None
) -> list[Datastream]:
    """Datastreams of one property at stations of a programme, by station and name; at most ``MOST_STREAMS``. One query.

    ``text`` is looked for in station and datastream; ``box`` (west, south, east, north) keeps stations that are there.
    """
    at_stations = stations_of(viewer).filter(programme__code=programme)
    if box is not None:
        west, south, east, north = box
        at_stations = at_stations.filter(
            locations__west__gte=west,
            locations__east__lte=east,
            locations__south__gte=south,
            locations__north__lte=north,
        )
    found = Datastream.objects.filter(holding(text, "name", "thing__name", "thing__code"), multi=False)
    found = found.filter(thing__in=at_stations.values("pk")).select_related("thing")
    return list(found.order_by("thing__name", "thing__code", "name", "pk")[:MOST_STREAMS])


def list_stations(
    *,
    viewer: Actor,
    at: datetime,
    permission: str = SensorPermission.VIEW,
    kind: StationKind | None = None,
    health: Health | None = None,
    programme: str | None = None,
    place: str = "",
    text: str = "",
) -> list[StationLine]:
    """Stations that match, the worst first, then by name. Two queries, whatever the number.

    ``place`` is the code of a division; ``text`` is looked for in name and code.
    """
    found = stations_of(viewer, permission).filter(within(place or None), holding(text, "name", "code"))
    if kind is not None:
        found = found.filter(kind=kind)
    if programme is not None:
        found = found.filter(programme__code=programme)
    named = ("pk", "code", "name", "kind", "place", "programme__code", "properties")
    lines = {
        pk: StationLine(pk, code, name, kind, place, programme or "", (more or {}).get("provenance", ""))
        for pk, code, name, kind, place, programme, more in found.values_list(*named)
    }
    if lines:
        _judge(lines, found, at)
    chosen = (one for one in lines.values() if health is None or one.standing.health is health)
    return sorted(chosen, key=lambda one: (WORST.index(one.standing.health), one.name, one.code))


def points_of(lines: Sequence[StationLine]) -> dict[int, tuple[float, float]]:
    """By station the longitude and latitude of those that have a point. One query."""
    there = Location.objects.filter(things__in=[one.pk for one in lines], west=F("east"), west__isnull=False)
    rows = there.values_list("things", "west", "south")
    return {key: (lon, lat) for key, lon, lat in rows if lon is not None and lat is not None}


def _judge(lines: dict[int, StationLine], found: QuerySet[Thing], at: datetime) -> None:
    now, parts = instant_of(at), defaultdict[int, list[tuple[Standing, str]]](list)
    rows = Datastream.objects.filter(thing__in=found.values("pk"))
    named = ("thing_id", "name", "device__state", "device__battery")
    names = (*named, *_JUDGED, *(f"device__{one}" for one in _SENT), "in_last_hour")
    for key, name, state, battery, *given in _with_hour(rows).values_list(*names):
        if state not in {None, DeviceState.INSTALLED}:
            parts[key].append((Standing(Health.RESTING), name))
            continue
        most, sent, hour, last = given[len(_JUDGED) :]
        judged = standing(
            now=now,
            **dict(zip(_JUDGED, given, strict=False)),
            most_per_hour=most,
            sent=sent or 0,
            sent_hour=hour or 0,
            in_last_hour=last or 0,
        )
        parts[key].append((judged, name))
        lines[key].low_battery |= is_low(battery)
    for key, judged_parts in parts.items():
        line = lines[key]
        line.streams, line.standing = len(judged_parts), worst_of(one for one, _name in judged_parts)
        line.worst = next(name for one, name in judged_parts if one.health is line.standing.health)


def without_credential(*, viewer: Actor) -> QuerySet[Device]:
    """The devices in use that the viewer manages and that have no credential, by station and code."""
    mine = stations_of(viewer, SensorPermission.MANAGE).values("pk")
    found = Device.objects.filter(thing__in=mine, secret="", state=DeviceState.INSTALLED)
    return found.select_related("thing__programme").prefetch_related("datastreams").order_by("thing__code", "code")


def list_events(*, viewer: Actor, devices: Iterable[Device]) -> list[DeviceEvent]:
    """What was done to these devices, latest first."""
    return list(DeviceEvent.objects.visible_to(viewer).filter(device__in=devices).select_related("device"))


def list_rejected(*, viewer: Actor, device: Device) -> list[Rejected]:
    """What the device sent last that could not be taken."""
    return list(Rejected.objects.visible_to(viewer).filter(device=device).order_by("-at", "-pk")[:MOST_REJECTED])


def _with_hour(rows: QuerySet[Datastream]) -> QuerySet[Datastream]:
    """With how many observations the latest hour of each has: one step in an index each."""
    latest = Hour.objects.filter(datastream=OuterRef("pk")).order_by("-hour").values("count")[:1]
    return rows.annotate(in_last_hour=Subquery(latest))


def _standing(stream: Datastream, device: Device | None, at: datetime) -> Standing:
    if device is not None and device.state != DeviceState.INSTALLED:
        return Standing(Health.RESTING)
    sent = {name: getattr(device, name) for name in _SENT} if device else {}
    last: int | None = getattr(stream, "in_last_hour", None)
    judged = {name: getattr(stream, name) for name in _JUDGED}
    return standing(now=instant_of(at), **judged, **sent, in_last_hour=last or 0)
