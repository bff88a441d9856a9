# SPDX-License-Identifier: Apache-2.0
"""What there is to judge: sites with something new, readings that no track has stepped yet."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q

from shanhai.operations.hazards.models import HazardSite, Heartbeat, MonitoringPoint
from shanhai.operations.hazards.states import SiteState

# As ``shanhai hazards watch`` is called among heartbeats.
ENGINE = "watch"


class News(NamedTuple):
    """A reading that was not stepped yet: ``number`` as it was sent."""

    site: int
    point: int
    time: int
    number: float | None
    quality: int


def due_sites(*, now: int, most: int) -> list[int]:
    """Keys of watched sites that have something new, or are to be looked at by now. One query.

    What is dated ahead of the clock is new when its time has come, and hides nothing of what came meanwhile.
    """
    come = MonitoringPoint.objects.filter(
        pk=OuterRef("pk"),
        datastream__observations__time__gt=F("track__time"),
        datastream__observations__time__lte=now,
    )
    news = MonitoringPoint.objects.filter(
        Q(datastream__last_time__lte=now) | Exists(come),
        site=OuterRef("pk"),
        removed_at=None,
        datastream__last_time__gt=F("track__time"),
    )
    watched = HazardSite.objects.filter(state=SiteState.WATCHED)
    due = watched.filter(Q(track=None) | Q(track__due__lte=now) | Exists(news))
    return list(due.order_by("track__judged_at", "pk").values_list("pk", flat=True)[:most])


def list_news(*, sites: Collection[int], now: int, most: int) -> list[News]:
    """Readings after what the tracks of these sites have stepped, up to now, by site and time. One query."""
    points = MonitoringPoint.objects.filter(
        site__in=sites,
        removed_at=None,
        datastream__last_time__gt=F("track__time"),
        datastream__observations__time__gt=F("track__time"),
        datastream__observations__time__lte=now,
    )
    columns = [f"datastream__observations__{name}" for name in ("time", "number", "quality")]
    found = points.order_by("site", columns[0], "pk").values_list("site", "pk", *columns)
    return [News(*row) for row in found[:most]]


def judged_until() -> datetime | None:
    """When the engine was last at work; None where it never was."""
    return Heartbeat.objects.filter(name=ENGINE).values_list("at", flat=True).first()
