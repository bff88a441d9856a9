# SPDX-License-Identifier: Apache-2.0
"""Incidents for tests: keywords, sensible defaults, nothing random."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from shanhai.operations.hazards.calls.services.calling import call_out
from shanhai.operations.hazards.calls.tests.builders import a_called_site
from shanhai.operations.hazards.models import DutyHandover, HazardSite, Incident, MonitoringPoint, Patrol
from shanhai.operations.hazards.sites.tests.test_thresholds import slope
from shanhai.operations.hazards.states import IncidentState, SiteState, ThresholdState
from shanhai.operations.hazards.tests import builders
from shanhai.operations.hazards.tests.builders import a_point, a_site, a_threshold_set
from shanhai.operations.hazards.values import ChainRole, Level
from tests.cast import AT, DUTY_OFFICER


def an_incident(state: str = "proposed", *, site: HazardSite | None = None, **kw: Any) -> Incident:
    """An incident in the state; a proposed one is the engine's proposal of yellow."""
    proposal = {"proposed": 2, "proposed_at": AT, "proposed_by": "system:hazards.watch"}
    given = {**(proposal if state == IncidentState.PROPOSED else {}), **kw}
    return builders.an_incident(state, site=site or a_site(), **given)


def a_patrol(*, site: HazardSite | None = None, **kw: Any) -> Patrol:
    """A patrol that is due in two hours."""
    given = {"task": "看后缘裂缝", "due_at": AT + timedelta(hours=2), "moved_at": AT, **kw}
    return Patrol.objects.create(site=site or a_site(), **given)


def a_shift(**kw: Any) -> DutyHandover:
    """A shift that another officer has handed over."""
    given = {"at": AT, "by": "user:night", "words": "后缘裂缝在看", "snapshot": {}, **kw}
    return DutyHandover.objects.create(programme=a_site("other-slope").programme, **given)


def pages_with_forms() -> list[str]:
    """The addresses of pages with forms about a site, with one of everything there is about sites."""
    site = a_called_site((ChainRole.DUTY, ChainRole.EXPERT))
    point, apart = a_point(site), a_point(site)
    MonitoringPoint.objects.filter(pk=apart.pk).update(apart_at=AT, apart_because="探头松了", apart_by=DUTY_OFFICER.ref)
    a_threshold_set(site)
    # A point that has crept for three weeks: its reference rate can be measured.
    slope(point, 2.4)
    draft = a_threshold_set(site, state=ThresholdState.DRAFT, drafted_by=DUTY_OFFICER.ref)
    incident = an_incident("proposed", site=site, proposed_by=DUTY_OFFICER.ref)
    call_out(by=DUTY_OFFICER, at=AT, incident=incident, alert=None, level=Level.ORANGE)
    closed = a_site("closed", state=SiteState.CLOSED)
    own = f"/hazards/sites/{site.code}"
    return [
        "/hazards/sites/new",
        *(f"{own}/{end}" for end in ("", "edit", "chain", "points", "thresholds/", "thresholds/new")),
        f"{own}/thresholds/references?first=2026-11-03&last=2026-11-18",
        f"/hazards/sites/{closed.code}/",
        f"/hazards/points/{point.uuid}/",
        f"/hazards/points/{apart.uuid}/",
        f"/hazards/thresholds/{draft.uuid}/",
        "/hazards/incidents/new",
        f"/hazards/incidents/{incident.uuid}/",
        f"/hazards/patrols/{a_patrol(site=site).uuid}/",
        "/hazards/handover/",
        f"/hazards/handover/{a_shift(by=DUTY_OFFICER.ref).uuid}/",
    ]
