# SPDX-License-Identifier: Apache-2.0
"""Hazard sites with what belongs to them, for tests: keywords, sensible defaults, nothing random."""

from __future__ import annotations

from typing import Any

from shanhai.field.sensors.stations.tests.builders import a_station
from shanhai.operations.hazards.criteria.values import Thresholds
from shanhai.operations.hazards.models import ChainLink, HazardSite, Incident, MonitoringPoint, ThresholdSet
from shanhai.operations.hazards.states import ThresholdState
from shanhai.operations.hazards.values import ChainRole, Channel, Quantity, SiteKind, Zone
from shanhai.planning.programmes.models import Programme
from shanhai.planning.programmes.tests.builders import a_division, a_programme
from shanhai.registers.people.models import Person
from shanhai.registers.people.tests.builders import a_person
from tests.cast import AT

# A slope above Kangding, some 190 by 220 metres.
RING = [[101.96, 30.05], [101.962, 30.05], [101.962, 30.052], [101.96, 30.052], [101.96, 30.05]]
ROUTE = {"type": "LineString", "coordinates": [[101.961, 30.0495], [101.963, 30.0485], [101.965, 30.048]]}
_METRICS = {
    Quantity.DISPLACEMENT: "disp",
    Quantity.CRACK: "crack",
    Quantity.TILT: "tilt",
    Quantity.RAIN: "rain",
    Quantity.SOIL_MOISTURE: "soil-moist",
    Quantity.ACCELERATION: "disp",
}


def a_site(code: str = "wuse-slope", **kw: Any) -> HazardSite:
    """A watched landslide of zj-ganzi at Kangding; the programme and the county are made where they are missing."""
    programme = kw.pop("programme", "zj-ganzi")
    if isinstance(programme, str):
        programme = Programme.objects.filter(code=programme).first() or a_programme(code=programme)
    ring = kw.pop("ring", RING)
    lons, lats = [one[0] for one in ring], [one[1] for one in ring]
    facts = {
        "name": "色乌绒二号坡",
        "kind": SiteKind.LANDSLIDE,
        "place": "513301",
        "outline": {"type": "Polygon", "coordinates": [ring]},
        "west": min(lons),
        "south": min(lats),
        "east": max(lons),
        "north": max(lats),
        "households": 12,
        "people": 47,
        "route": ROUTE,
        "route_words": "沿村道向东，过桥到学校操场。",
        "shelter": "村小学操场",
        "shelter_lon": 101.965,
        "shelter_lat": 30.048,
        **kw,
    }
    a_division(facts["place"])
    return HazardSite.objects.create(code=code, programme=programme, **facts)


def a_point(
    site: HazardSite, name: str = "", *, quantity: Quantity = Quantity.DISPLACEMENT, **kw: Any
) -> MonitoringPoint:
    """A point in the middle of the slope: a datastream of a station of its own, unless one is given."""
    number = MonitoringPoint.objects.filter(site=site).count() + 1
    stream = kw.pop("datastream", None)
    if stream is None:
        given = {"programme": site.programme.code, "place": site.place}
        station = a_station(f"{site.code}-{number}", metrics=(_METRICS[quantity],), **given)
        stream = station.datastreams.get()
    facts = {"zone": Zone.MIDDLE, "lon": 101.961, "lat": 30.051, **kw}
    return MonitoringPoint.objects.create(
        site=site, datastream=stream, name=name or f"{number}号", quantity=quantity, **facts
    )


def a_chain(site: HazardSite, *people: Person, **kw: Any) -> list[ChainLink]:
    """Those people (a monitor, one of the village, one of the township by default), called in this order."""
    of = {"programme": site.programme.code, "place": site.place}
    found = people or tuple(a_person(name, duty=duty, **of) for name, duty in _CHAIN)
    roles = [*ChainRole, *[ChainRole.EXPERT] * len(found)]
    facts = {"channels": [Channel.APP, Channel.SMS], **kw}
    return [
        ChainLink.objects.create(site=site, position=position, role=role, person=person, **facts)
        for position, (person, role) in enumerate(zip(found, roles, strict=False), start=1)
    ]


_CHAIN = (("甲一", "群测群防员"), ("乙二", "村主任"), ("丙三", "乡镇国土所所长"))


def a_threshold_set(site: HazardSite, *, state: ThresholdState = ThresholdState.APPROVED, **kw: Any) -> ThresholdSet:
    """The next version of a site's numbers, in force unless ``state`` says otherwise."""
    facts: dict[str, Any] = {
        "version": site.threshold_sets.count() + 1,
        "numbers": Thresholds.default(SiteKind(site.kind)).write(),
        "source": "康定市地质灾害监测预警技术方案（2025）",
        "drafted_at": AT,
        "drafted_by": "user:station_engineer",
        **kw,
    }
    if state != ThresholdState.DRAFT:
        facts = {"approved_at": AT, "approved_by": "user:consultation_lead", **facts}
    return ThresholdSet.objects.create(site=site, state=state, **facts)


def an_incident(state: str, *, site: HazardSite, **kw: Any) -> Incident:
    """An incident of the site in that state."""
    return Incident.objects.create(site=site, state=state, **{"opened_at": AT, "moved_at": AT, **kw})
