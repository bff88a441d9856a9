# SPDX-License-Identifier: Apache-2.0
"""What the desk offers the registries: layers of the map, with what is judged and what has been decided."""

from __future__ import annotations

from typing import Any

import shapely
from django.db.models import Max, OuterRef, QuerySet, Subquery

from shanhai.base.maps import Layer
from shanhai.kernel.actors import Actor
from shanhai.kernel.maps import MapField
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.operations.hazards.criteria.rules.running import read
from shanhai.operations.hazards.desk.selectors import PointLine
from shanhai.operations.hazards.labels import INCIDENT_STATES, KINDS, LACKS, LEVELS, QUANTITIES, SITE_STATES, ZONES
from shanhai.operations.hazards.models import HazardSite, Incident, Judgement, MonitoringPoint
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.states import IN_FORCE
from shanhai.operations.hazards.values import Lack, mark_of

_Told = dict[str, tuple[Status, str]]
_JUDGED: _Told = {
    **{str(int(level)): told for level, told in LEVELS.items()},
    **{lack.value: told for lack, told in LACKS.items()},
}
_DECIDED: _Told = {**{state: INCIDENT_STATES[state] for state in IN_FORCE}, "none": ("rest", gettext_noop("没有预警"))}


def _judged_last() -> str:
    """A mark that is another whenever the answer for a site has changed."""
    return mark_of([Judgement.objects.aggregate(last=Max("pk"))["last"]])


def _sites(viewer: Actor) -> QuerySet[HazardSite]:
    in_force = Incident.objects.filter(site=OuterRef("pk"), exercise=False, state__in=IN_FORCE)
    found = HazardSite.objects.visible_to(viewer).select_related("track")
    return found.annotate(decided=Subquery(in_force.values("state")[:1]))


def _answer(site: Any) -> str:
    track = getattr(site, "track", None)
    if track is None:
        return Lack.WARM_UP.value
    return str(track.level) if track.level is not None else str(track.lack)


SITES = Layer(
    "hazard-sites",
    message(gettext_noop("灾害隐患点")),
    "MultiPolygon",
    _sites,
    lambda one: shapely.MultiPolygon([shapely.geometry.shape(one.outline)]),
    (
        (MapField("name", message(gettext_noop("名称"))), lambda one: one.name),
        (MapField("kind", message(gettext_noop("类别")), words=KINDS), lambda one: one.kind),
        (
            MapField(
                "state", message(gettext_noop("状态")), words={key: said for key, (_, said) in SITE_STATES.items()}
            ),
            lambda one: one.state,
        ),
        (
            MapField(
                "decided", message(gettext_noop("预警等级")), words={key: said for key, (_, said) in _DECIDED.items()}
            ),
            lambda one: one.decided or "none",
        ),
        (
            MapField(
                "judged", message(gettext_noop("程序判断")), words={key: said for key, (_, said) in _JUDGED.items()}
            ),
            _answer,
        ),
        (MapField("place", message(gettext_noop("区划代码"))), lambda one: one.place),
        (MapField("households", message(gettext_noop("威胁户数")), "integer"), lambda one: one.households),
        (MapField("people", message(gettext_noop("威胁人数")), "integer"), lambda one: one.people),
        (MapField("provenance", message(gettext_noop("来源"))), lambda one: one.provenance),
    ),
    permission=HazardPermission.VIEW.value,
    thing="hazards.hazardsite",
    order=200,
    by="code",
    mark="▲",
    toned="decided",
    tones={key: tone for key, (tone, _) in _DECIDED.items()},
    shown=True,
    changing=_judged_last,
)


def _points(viewer: Actor) -> QuerySet[MonitoringPoint]:
    found = MonitoringPoint.objects.visible_to(viewer).filter(removed_at=None, lon__isnull=False)
    return found.select_related("site", "track", "datastream__thing")


def _level(point: Any) -> str:
    """The highest level that a criterion says; the first lack where none says one."""
    said = read(point.track.conclusions) if hasattr(point, "track") else ()
    if any(one.level is not None for one in said):
        return str(int(PointLine(point, said).level))
    return next((one.lack.value for one in said if one.lack), Lack.WARM_UP.value)


POINTS = Layer(
    "monitoring-points",
    message(gettext_noop("监测点")),
    "Point",
    _points,
    lambda one: shapely.Point(one.lon, one.lat),
    (
        (MapField("name", message(gettext_noop("名称"))), lambda one: one.name),
        (MapField("site", message(gettext_noop("隐患点"))), lambda one: one.site.name),
        (MapField("station", message(gettext_noop("监测站"))), lambda one: one.datastream.thing.name),
        (MapField("quantity", message(gettext_noop("监测量")), words=QUANTITIES), lambda one: one.quantity),
        (MapField("zone", message(gettext_noop("部位")), words=ZONES), lambda one: one.zone),
        (
            MapField(
                "level", message(gettext_noop("程序判断")), words={key: said for key, (_, said) in _JUDGED.items()}
            ),
            _level,
        ),
        (MapField("apart", message(gettext_noop("已停用于判断")), "boolean"), lambda one: one.apart_at is not None),
        (MapField("provenance", message(gettext_noop("来源"))), lambda one: one.site.provenance),
    ),
    permission=HazardPermission.VIEW.value,
    thing="hazards.monitoringpoint",
    order=250,
    mark="◉",
    toned="level",
    tones={key: tone for key, (tone, _) in _JUDGED.items()},
    shown=True,
    # What nobody has decided yet.
    internal=True,
    changing=_judged_last,
)
