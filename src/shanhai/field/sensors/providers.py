# SPDX-License-Identifier: Apache-2.0
"""What sensors offer the registries: names for the trail, a line of the menu, hits, silent stations among to-dos."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import shapely
from django.db.models import F, OuterRef, Subquery
from django.urls import reverse

from shanhai.base.database.selectors import Things, holding
from shanhai.base.formats import say
from shanhai.base.maps import Layer
from shanhai.field.sensors.labels import HEALTH, KINDS
from shanhai.field.sensors.models import ApiToken, Datastream, Device, Location, Thing
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.states import Health
from shanhai.field.sensors.stations.rules.sheet import SHEET
from shanhai.field.sensors.stations.selectors.stations import list_stations, stations_of
from shanhai.field.sensors.stations.services.sheets import import_stations
from shanhai.field.sensors.stations.values import StationRow
from shanhai.field.sensors.values import TOKEN, datetime_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.maps import MapField
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, MenuItem, SearchHit, SearchSource, Todo, TodoSource
from shanhai.registers.tables.selectors.registers import Register

TOKENS = Things(TOKEN, ApiToken.objects.visible_to, lambda one: one.name, texts=("name",))

THINGS = (
    Things(
        "sensors.thing",
        stations_of,
        lambda one: one.name,
        lambda one: reverse("sensors:station", args=[one.code]),
        ("name", "code"),
        by="code",
    ),
    Things(
        "sensors.device",
        lambda viewer: Device.objects.visible_to(viewer).select_related("thing"),
        lambda one: f"{one.thing.name} · {say(one.called)}",
        lambda one: reverse("sensors:device", args=[one.uuid]),
        ("name", "serial", "thing__name"),
    ),
    Things(
        "sensors.datastream",
        lambda viewer: Datastream.objects.filter(thing__in=stations_of(viewer)).select_related("thing"),
        lambda one: f"{one.thing.name} · {one.name}",
        lambda one: reverse("sensors:stream", args=[one.pk]),
        ("name", "thing__name"),
        by="pk",
    ),
)
MENU = MenuItem("sensors", message(gettext_noop("监测")), "sensors:list", SensorPermission.VIEW.value, order=61)
IMPORTER = Register(
    SHEET,
    StationRow,
    import_stations,
    permission=SensorPermission.MANAGE.value,
    options=frozenset({"crs", "programme"}),
    then=(message(gettext_noop("下一步：给新设备发凭证，把测试行贴到设备上，等第一个数。")), "sensors:list"),
)
_WHY = {
    Health.SILENT: gettext_noop("“%(stream)s”从 %(since)s 起没有声音。请看设备和信号。"),
    Health.FLOODING: gettext_noop(
        "“%(stream)s”从 %(since)s 起发得太多。请检查设备的设置，或者是不是有两台设备用同一个凭证。"
    ),
    Health.DRIFTING: gettext_noop("“%(stream)s”的时钟快了。请给设备校时。"),
    Health.FLAT: gettext_noop("“%(stream)s”的数值不动。请看探头。"),
}


def _point(station: Thing) -> Any:
    """Where it stands."""
    given = station.point  # type: ignore[attr-defined]
    return None if given is None else shapely.Point(given["coordinates"][:2])


def _placed(viewer: Actor) -> Any:
    """The stations with the code of their programme and the first of their locations that is a point.

    By one question of plain rows: there may be a hundred thousand.
    """
    points = Location.objects.filter(things=OuterRef("pk"), location__type="Point").order_by("pk")
    found = stations_of(viewer).select_related(None)
    return found.annotate(support=F("programme__code"), point=Subquery(points.values("location")[:1]))


LAYER = Layer(
    "stations",
    message(gettext_noop("监测站")),
    "Point",
    _placed,
    _point,
    (
        (MapField("name", message(gettext_noop("名称"))), lambda one: one.name),
        (MapField("kind", message(gettext_noop("类别")), words=KINDS), lambda one: one.kind),
        (MapField("programme", message(gettext_noop("对口支援"))), lambda one: one.support),
        (MapField("place", message(gettext_noop("区划代码"))), lambda one: one.place or None),
    ),
    permission=SensorPermission.VIEW.value,
    thing="sensors.thing",
    order=300,
    by="code",
    mark="■",
)


class Found(SearchSource):
    """Stations by what their list is searched for."""

    key = "sensors"
    order = 55

    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """By name and code."""
        found = stations_of(viewer).filter(holding(text, "name", "code")).order_by("name")[:limit]
        return tuple(SearchHit(one.name, MENU.label, reverse("sensors:station", args=[one.code])) for one in found)


class Unwell(TodoSource):
    """Stations that are silent, flood, are dated ahead or do not move, for who manages them."""

    key = "sensors.unwell"
    order = 45

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """The silent ones first."""
        if not viewer.may_somewhere(SensorPermission.MANAGE, programme=programme):
            return ()
        manage = SensorPermission.MANAGE
        found = list_stations(viewer=viewer, at=at, permission=manage, programme=programme)
        return tuple(
            Todo(
                one.name,
                message(_WHY[one.standing.health], stream=one.worst, since=datetime_of(one.standing.since or 0)),
                reverse("sensors:station", args=[one.code]),
                HEALTH[one.standing.health][0],
                programme=one.programme,
            )
            for one in found
            if one.standing.health in _WHY
        )[:MOST_TODOS]
