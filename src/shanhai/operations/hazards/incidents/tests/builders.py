# SPDX-License-Identifier: Apache-2.0
"""Incidents for tests: keywords, sensible defaults, nothing random."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from shanhai.operations.hazards.models import DutyHandover, HazardSite, Incident, Patrol
from shanhai.operations.hazards.states import IncidentState
from shanhai.operations.hazards.tests.builders import a_site
from tests.cast import AT


def an_incident(state: str = "proposed", *, site: HazardSite | None = None, **kw: Any) -> Incident:
    """An incident in the state; a proposed one is the engine's proposal of yellow."""
    proposal = {"proposed": 2, "proposed_at": AT, "proposed_by": "system:hazards.watch"}
    given = {"opened_at": AT, "moved_at": AT, **(proposal if state == IncidentState.PROPOSED else {}), **kw}
    return Incident.objects.create(site=site or a_site(), state=state, **given)


def a_patrol(*, site: HazardSite | None = None, **kw: Any) -> Patrol:
    """A patrol that is due in two hours."""
    given = {"task": "看后缘裂缝", "due_at": AT + timedelta(hours=2), "moved_at": AT, **kw}
    return Patrol.objects.create(site=site or a_site(), **given)


def a_shift(**kw: Any) -> DutyHandover:
    """A shift that another officer has handed over."""
    given = {"at": AT, "by": "user:night", "words": "后缘裂缝在看", "snapshot": {}, **kw}
    return DutyHandover.objects.create(programme=a_site("other-slope").programme, **given)
