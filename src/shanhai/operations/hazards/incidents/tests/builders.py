# SPDX-License-Identifier: Apache-2.0
"""Incidents for tests: keywords, sensible defaults, nothing random."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from shanhai.operations.hazards.models import DutyHandover, HazardSite, Incident, Patrol
from shanhai.operations.hazards.states import IncidentState
from shanhai.planning.programmes.models import Programme
from shanhai.planning.programmes.tests.builders import a_programme
from tests.cast import AT

RING = [[101.95, 30.04], [101.97, 30.04], [101.97, 30.06], [101.95, 30.06], [101.95, 30.04]]
BOX = {"west": 101.95, "south": 30.04, "east": 101.97, "north": 30.06}


def a_slope(code: str = "wuse-2", **kw: Any) -> HazardSite:
    """A slope in Kangding, of a programme that is there from now on."""
    programme = Programme.objects.filter(code="zj-ganzi").first() or a_programme()
    outline = {"type": "Polygon", "coordinates": [RING]}
    given = {"name": "色乌绒二号坡", "kind": "landslide", "place": "513301", "households": 12, **BOX, **kw}
    return HazardSite.objects.create(code=code, programme=programme, outline=outline, **given)


def an_incident(state: str = "proposed", *, site: HazardSite | None = None, **kw: Any) -> Incident:
    """An incident in the state; a proposed one is the engine's proposal of yellow."""
    proposal = {"proposed": 2, "proposed_at": AT, "proposed_by": "system:hazards.watch"}
    given = {"opened_at": AT, "moved_at": AT, **(proposal if state == IncidentState.PROPOSED else {}), **kw}
    return Incident.objects.create(site=site or a_slope(), state=state, **given)


def a_patrol(*, site: HazardSite | None = None, **kw: Any) -> Patrol:
    """A patrol that is due in two hours."""
    given = {"task": "看后缘裂缝", "due_at": AT + timedelta(hours=2), "moved_at": AT, **kw}
    return Patrol.objects.create(site=site or a_slope(), **given)


def a_shift(**kw: Any) -> DutyHandover:
    """A shift that another officer has handed over."""
    programme = Programme.objects.filter(code="zj-ganzi").first() or a_programme()
    given = {"at": AT, "by": "user:night", "words": "后缘裂缝在看", "snapshot": {}, **kw}
    return DutyHandover.objects.create(programme=programme, **given)
