# SPDX-License-Identifier: Apache-2.0
"""Reading sites, for viewers who may view some programme."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from shanhai.base.database.selectors import within
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.places.models import Site
from shanhai.registers.places.rules.distance import box_around, great_circle_m

_FIRST_RADIUS_M = 20_000.0


class SiteNotFound(NotVisible):
    """There is no such site, or this viewer may not know."""

    code = "places.site_not_found"


def get_site(*, viewer: Actor, uuid: UUID) -> Site:
    """The site with its division. Raises SiteNotFound."""
    found = Site.objects.visible_to(viewer).select_related("division").filter(uuid=uuid).first()
    if found is None:
        raise SiteNotFound(gettext_noop("没有找到这个地点。请从列表重新选择。"))
    return found


def list_sites(*, viewer: Actor, under: str | None = None) -> QuerySet[Site]:
    """Sites with their divisions, by division and name; ``under`` keeps those in that division."""
    found = Site.objects.visible_to(viewer).select_related("division").order_by("division__code", "name", "pk")
    return found.filter(within(under, "division__code"))


def list_nearest_sites(*, viewer: Actor, lon: float, lat: float, limit: int = 10) -> tuple[tuple[Site, float], ...]:
    """The ``limit`` sites nearest to a point (WGS 84), each with its great-circle distance in metres, nearest first."""
    radius = _FIRST_RADIUS_M
    visible = Site.objects.visible_to(viewer)
    while True:
        box = box_around(lon, lat, radius)
        near = visible
        if box is not None:
            west, south, east, north = box
            near = visible.filter(lat__range=(south, north), lon__range=(west, east))
        points = near.order_by("pk").values_list("pk", "lon", "lat")
        found = sorted((great_circle_m(lon, lat, site_lon, site_lat), pk) for pk, site_lon, site_lat in points)
        # What lies in the corners of the box may be farther than something just outside one of its sides.
        if box is None or len([metres for metres, _ in found if metres <= radius]) >= limit:
            break
        radius *= 4
    metres_of = {pk: metres for metres, pk in found[:limit]}
    sites = Site.objects.select_related("division").in_bulk(metres_of)
    return tuple((sites[pk], metres) for pk, metres in metres_of.items())
