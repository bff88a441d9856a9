# SPDX-License-Identifier: Apache-2.0
"""Hazard sites for who may see them, with what belongs to them. To others they are not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from shanhai.base.database.selectors import holding, in_programme, row_of, within
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.operations.hazards.models import ChainLink, HazardSite, Incident, MonitoringPoint, ThresholdSet
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.sites.rules.drawing import as_lines
from shanhai.operations.hazards.states import IN_FORCE, SiteState, ThresholdState
from shanhai.operations.hazards.values import Lack, Level, SiteKind

NO_SITE = gettext_noop("没有找到这个隐患点，或者您的岗位看不到它。请从隐患点列表重新进入。")
NO_POINT = gettext_noop("没有找到这个监测点。请从隐患点的页面重新进入。")
NO_SET = gettext_noop("没有找到这一版阈值。请从隐患点的页面重新进入。")
WRITTEN = ("name", "kind", "households", "people", "route_words", "shelter", "siren", "description")
# What is not known comes after what is rising, and before all that is well.
_URGENT = (*(Q(track__level=one) for one in (Level.RED, Level.ORANGE, Level.YELLOW, Level.BLUE)),)
_UNKNOWN = (Q(track__lack=Lack.NO_DATA), Q(track__lack=Lack.INVALID), Q(track=None), ~Q(track__lack=""))


def get_site(*, viewer: Actor, code: str, lock: bool = False) -> HazardSite:
    """The site of that code with its programme; ``lock`` holds its row. Raises NotVisible."""
    rows = HazardSite.objects.visible_to(viewer).select_related("programme")
    held = rows.select_for_update(of=("self",), no_key=True) if lock else rows
    found = held.filter(code=code.replace("\x00", "")).first()
    if found is None:
        raise NotVisible(NO_SITE, "hazards.site_not_found")
    return found


def managed_site(*, viewer: Actor, code: str) -> HazardSite:
    """The same for who manages it, held until the transaction ends. Raises NotVisible, NotAllowed."""
    found = get_site(viewer=viewer, code=code, lock=True)
    viewer.require(HazardPermission.MANAGE, **found.scope)
    return found


def managed_point(*, viewer: Actor, uuid: UUID) -> MonitoringPoint:
    """A point that was not removed, held, for who manages its site. Raises NotVisible, NotAllowed."""
    rows = MonitoringPoint.objects.visible_to(viewer).filter(removed_at=None)
    found = row_of(rows.select_related("site__programme", "datastream__thing"), uuid, NO_POINT, lock=True)
    viewer.require(HazardPermission.MANAGE, **found.site.scope)
    return found


def list_sites(
    *,
    viewer: Actor,
    text: str = "",
    kind: SiteKind | None = None,
    programme: str | None = None,
    place: str = "",
    standing: str = "",
    closed: bool = False,
) -> QuerySet[HazardSite]:
    """Sites with their programme and track, the worst first, and how many ``watched`` and ``apart`` points they have.

    ``decided`` is the state of what people have decided about it and is in force, None where that is nothing.

    ``text`` is looked for in name and code, ``place`` is a division's code, ``standing`` a ``Level`` ("4") or a
    ``Lack``; ``closed`` ones are left out unless asked for. One query.
    """
    in_force = Incident.objects.filter(site=OuterRef("pk"), exercise=False, state__in=IN_FORCE)
    found = HazardSite.objects.visible_to(viewer).filter(
        within(place or None), holding(text, "name", "code"), in_programme(programme)
    )
    found = found.filter(state=SiteState.CLOSED if closed else SiteState.WATCHED)
    if kind is not None:
        found = found.filter(kind=kind)
    if standing.isdecimal():
        found = found.filter(track__level=int(standing))
    elif standing:
        # Nothing was judged yet: that, too, is too little.
        never = Q(track=None) if standing == Lack.WARM_UP else Q(pk__in=[])
        found = found.filter(Q(track__lack=standing) | never)
    here = Q(points__removed_at=None)
    ordered = [When(one, then=Value(place)) for place, one in enumerate((*_URGENT, *_UNKNOWN))]
    return (
        found.select_related("programme", "track")
        .annotate(
            watched=Count("points", filter=here),
            apart=Count("points", filter=here & Q(points__apart_at__isnull=False)),
            decided=Subquery(in_force.values("state")[:1]),
            worst=Case(*ordered, default=Value(len(ordered)), output_field=IntegerField()),
        )
        .order_by("worst", F("people").desc(nulls_last=True), "name", "pk")
    )


def site_in_words(site: HazardSite) -> dict[str, Any]:
    """What is written of a site, as the trail and the form that corrects it say it."""
    return {
        **{name: getattr(site, name) for name in WRITTEN},
        "place": site.place,
        "outline": as_lines(site.outline),
        "route": as_lines(site.route),
        "shelter_lon": site.shelter_lon,
        "shelter_lat": site.shelter_lat,
    }


def points_of(site: HazardSite) -> list[MonitoringPoint]:
    """The points of a site that were not removed, with datastream, station and track, by name. One query."""
    found = site.points.filter(removed_at=None).select_related("datastream__thing", "datastream__device", "track")
    return list(found.order_by("name", "pk"))


def chain_of(site: HazardSite) -> list[ChainLink]:
    """Who is called, in order, with the people. One query."""
    return list(site.chain.select_related("person").order_by("position", "pk"))


def chain_in_words(links: Sequence[ChainLink]) -> list[str]:
    """A chain as the trail has it: people by reference, with how they are called."""
    return [
        f"{one.person.uuid} {one.role} {'+'.join(one.channels)} {one.quiet_from or ''}–{one.quiet_until or ''}"
        for one in links
    ]


def thresholds_of(site: HazardSite) -> ThresholdSet | None:
    """The version in force; None where none was approved."""
    return site.threshold_sets.filter(state=ThresholdState.APPROVED).first()
