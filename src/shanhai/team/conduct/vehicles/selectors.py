# SPDX-License-Identifier: Apache-2.0
"""Vehicles as people see them: one's own uses, what waits at the desk, where each vehicle is, the month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When
from django.utils.translation import gettext

from shanhai.base.database.selectors import in_programme, own, row_of, visible
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.people.selectors import list_people
from shanhai.registers.places.selectors import find_divisions
from shanhai.registers.tables.selectors.writing import Column, write_table
from shanhai.team.conduct.models import Vehicle, VehicleUse
from shanhai.team.conduct.permissions import VehiclePermission
from shanhai.team.conduct.states import TAKEN, UseState

if TYPE_CHECKING:
    from shanhai.registers.people.models import Person

_USE = ("programme__recipient", "secondment__person__user", "secondment__post", "vehicle", "driver__user")


def get_vehicle(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Vehicle:
    """The vehicle. ``lock`` holds its row. Raises NotVisible."""
    rows = Vehicle.objects.visible_to(viewer).select_related("programme__recipient")
    return row_of(rows, uuid, gettext_noop("没有找到这辆车。请从用车页进入。"), "conduct.vehicle_not_found", lock=lock)


def get_use(*, viewer: Actor, uuid: UUID, lock: bool = False) -> VehicleUse:
    """The use with its vehicle and people. ``lock`` holds its row. Raises NotVisible."""
    rows = VehicleUse.objects.visible_to(viewer)
    rows = rows.select_related("programme", "secondment__person") if lock else rows.select_related(*_USE)
    return row_of(rows, uuid, gettext_noop("没有找到这张用车单。请从用车页进入。"), "conduct.use_not_found", lock=lock)


def list_vehicles(*, viewer: Actor, programme: str, on: date) -> QuerySet[Vehicle]:
    """Those in service on a day, by plate."""
    found = Vehicle.objects.visible_to(viewer).filter(in_programme(programme))
    return found.filter(Q(retired_on=None) | Q(retired_on__gt=on)).order_by("plate")


def where_now(*, viewer: Actor, programme: str, at: datetime) -> list[tuple[Vehicle, VehicleUse | None]]:
    """Each vehicle in service with the use that it is out on, or ought to be. Two queries."""
    uses = VehicleUse.objects.visible_to(viewer).filter(in_programme(programme))
    uses = uses.filter(Q(state=UseState.OUT) | Q(state=UseState.GIVEN, since__lte=at))
    uses = uses.select_related("secondment__person", "driver")
    found: dict[int, VehicleUse] = {}
    for one in uses.order_by("since", "pk"):
        if one.vehicle_id is not None and (one.state == UseState.OUT or one.vehicle_id not in found):
            found[one.vehicle_id] = one
    vehicles = list_vehicles(viewer=viewer, programme=programme, on=clock.local_date(at))
    return [(one, found.get(one.pk)) for one in vehicles]


def list_free(*, viewer: Actor, use: VehicleUse) -> QuerySet[Vehicle]:
    """Vehicles that nobody has in the time of a use and that are large enough, those that stand near it first."""
    taken = VehicleUse.objects.filter(
        vehicle__isnull=False, state__in=list(TAKEN), since__lt=use.until, until__gt=use.since
    )
    rows = list_vehicles(viewer=viewer, programme=use.programme.code, on=clock.local_date(use.since))
    rows = rows.filter(seats__gte=use.people).exclude(pk__in=taken.exclude(pk=use.pk).values("vehicle"))
    return rows.annotate(far=Case(When(place=use.place, then=0), default=1)).order_by("far", "plate")


def list_drivers(*, viewer: Actor, use: VehicleUse) -> QuerySet[Person]:
    """People in duty who may drive, by name."""
    found = list_people(viewer=viewer, programme=use.programme.code, on=clock.local_date(use.since))
    return found.order_by("name", "pk")


def list_own_uses(*, viewer: Actor) -> QuerySet[VehicleUse]:
    """What the viewer asked for or drives, the latest first."""
    found = VehicleUse.objects.filter(own(viewer, "secondment__person__user") | own(viewer, "driver__user"))
    return found.select_related("vehicle", "secondment__person", "driver").order_by("-since", "-pk")


def list_asked(*, viewer: Actor, programme: str | None) -> QuerySet[VehicleUse]:
    """What waits at the viewer's desk, those that begin first first; not their own. One query."""
    desk = visible(viewer, VehiclePermission.DISPATCH, programme="programme__code")
    rows = VehicleUse.objects.filter(desk, in_programme(programme), state=UseState.ASKED)
    rows = rows.exclude(own(viewer, "secondment__person__user"))
    return rows.select_related("programme", "secondment__person", "secondment__post").order_by("since", "pk")


def list_to_hand_out(*, viewer: Actor, programme: str | None, at: datetime) -> QuerySet[VehicleUse]:
    """Given uses of the viewer's desk that begin within a day or ought to have begun. One query."""
    desk = visible(viewer, VehiclePermission.DISPATCH, programme="programme__code")
    rows = VehicleUse.objects.filter(desk, in_programme(programme), state=UseState.GIVEN)
    rows = rows.filter(since__lt=at + timedelta(days=1))
    return rows.select_related("programme", "secondment__person", "vehicle").order_by("since", "pk")


def list_late(*, viewer: Actor, programme: str | None, at: datetime) -> QuerySet[VehicleUse]:
    """Cars that should have been back, for the desk and of one's own. One query."""
    rows = VehicleUse.objects.visible_to(viewer).filter(in_programme(programme), state=UseState.OUT, until__lt=at)
    return rows.select_related("programme", "vehicle", "driver", "secondment__person").order_by("until", "pk")


def list_doubted(*, viewer: Actor, programme: str | None) -> QuerySet[VehicleUse]:
    """Returned uses with doubts that nobody has explained, the latest first, for who drove and the desk."""
    rows = VehicleUse.objects.visible_to(viewer).filter(in_programme(programme), state=UseState.RETURNED)
    rows = rows.exclude(doubts="").filter(explained="")
    return rows.select_related("programme", "vehicle", "driver", "secondment__person").order_by("-back_at", "-pk")


def straight_km(here: str, there: str) -> Decimal | None:
    """The geodesic (WGS 84) between the labels of two divisions, in km with one decimal; None where one is unknown."""
    if not there or here == there:
        return None
    found = find_divisions((here, there))
    ends = [(one.label_lon, one.label_lat) for one in (found.get(here), found.get(there)) if one is not None]
    if len(ends) < 2 or any(value is None for end in ends for value in end):
        return None
    from pyproj import Geod  # noqa: PLC0415 - brings a database along, which few pages need

    (lon1, lat1), (lon2, lat2) = ends
    _there, _back, metres = Geod(ellps="WGS84").inv(lon1, lat1, lon2, lat2)
    return round(Decimal(metres) / 1000, 1)


def write_uses(target: IO[bytes], *, viewer: Actor, programme: str, first: date) -> None:
    """A month as a table: a row for each vehicle that was used in it; uses count where they came back. One query."""
    after = clock.months_later(first, 1)
    since, until = (datetime.combine(day, time(), clock.SHANGHAI) for day in (first, after))
    rows = VehicleUse.objects.filter(visible(viewer, VehiclePermission.DISPATCH, programme="programme__code"))
    rows = rows.filter(in_programme(programme), state=UseState.RETURNED, back_at__gte=since, back_at__lt=until)
    counted = rows.values("vehicle__plate", "vehicle__name", "vehicle__litres").annotate(
        uses=Count("pk"),
        driven=Sum(F("km_in") - F("km_out")),
        fuel=Sum("fuel"),
        unexplained=Count("pk", filter=~Q(doubts="") & Q(explained="")),
    )
    heads = (
        ("车牌", 12, "@"), ("车型", 20, "@"), ("用车次数", 10, "0"), ("公里", 10, "0"), ("油（升）", 10, "0.0"),
        ("百公里油耗", 12, "0.0"), ("通常", 8, "0.0"), ("待说明", 8, "0"),
    )  # fmt: skip
    write_table(
        target,
        tab=f"{first:%Y-%m}",
        above=(gettext("%(year)s 年 %(month)s 月用车表") % {"year": first.year, "month": first.month},),
        columns=[Column(gettext(head), width, form) for head, width, form in heads],
        rows=_month_rows(counted.order_by("vehicle__plate")),
    )


def _month_rows(counted: Any) -> Iterator[tuple[object, ...]]:
    for one in counted:
        used = round(one["fuel"] * 100 / one["driven"], 1) if one["driven"] else None
        yield (
            one["vehicle__plate"], one["vehicle__name"], one["uses"], one["driven"], one["fuel"], used,
            one["vehicle__litres"], one["unexplained"],
        )  # fmt: skip
