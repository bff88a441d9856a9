# SPDX-License-Identifier: Apache-2.0
"""Shifts that were handed over, and what stands now for the next one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from shanhai.base.database.selectors import in_programme, row_of, within
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop
from shanhai.operations.hazards.models import Dispatch, DutyHandover, HazardSite, Incident, Patrol
from shanhai.operations.hazards.states import OPEN, DispatchState, PatrolState, SiteState
from shanhai.operations.hazards.values import Lack

NO_SHIFT = gettext_noop("没有找到这次交接班。请从交接班页重新进入。")
# Of each kind so many are named in a snapshot; all are counted.
MOST_NAMED = 50
_LACKING = Q(track__lack__in=[Lack.NO_DATA, Lack.INVALID]) | Q(track=None)


def get_shift(*, viewer: Actor, uuid: UUID, lock: bool = False) -> DutyHandover:
    """The handover with its programme; ``lock`` holds it. Raises NotVisible."""
    rows = DutyHandover.objects.visible_to(viewer).select_related("programme")
    return row_of(rows, uuid, NO_SHIFT, "hazards.shift_not_found", lock=lock)


def list_shifts(*, viewer: Actor, programme: str | None = None) -> QuerySet[DutyHandover]:
    """Handovers, the latest first."""
    return DutyHandover.objects.visible_to(viewer).filter(in_programme(programme)).select_related("programme")


def snapshot(*, viewer: Actor, programme: str, place: str) -> dict[str, Any]:
    """What stands in a programme, in a place of it, as plain JSON: four queries and as many counts.

    ``incidents`` are open, ``lacking`` sites say nothing that can be trusted, ``patrols`` are to be made, ``dead`` are
    the messages that could not be sent of incidents that are open.
    """
    here = in_programme(programme, "site__programme"), within(place or None, "site__place")
    incidents = (
        Incident.objects.visible_to(viewer).filter(*here, state__in=list(OPEN)).order_by("exercise", "opened_at")
    )
    sites = HazardSite.objects.visible_to(viewer).filter(
        in_programme(programme), within(place or None), _LACKING, state=SiteState.WATCHED
    )
    patrols = Patrol.objects.visible_to(viewer).filter(*here, state=PatrolState.OPEN).order_by("due_at", "pk")
    dead = Dispatch.objects.visible_to(viewer).filter(
        in_programme(programme, "incident__site__programme"),
        within(place or None, "incident__site__place"),
        state=DispatchState.DEAD,
        incident__state__in=list(OPEN),
    )
    return {
        "incidents": _told(incidents, "uuid", "site__name", "state", "proposed", "exercise"),
        "lacking": _told(sites.order_by("name", "pk"), "code", "name", "track__lack"),
        "patrols": _told(patrols, "uuid", "site__name", "due_at"),
        "dead": dead.count(),
    }


def _told(rows: QuerySet[Any], *names: str) -> dict[str, Any]:
    named = [
        {name.rpartition("__")[2]: _plain(value) for name, value in one.items()}
        for one in rows.values(*names)[:MOST_NAMED]
    ]
    return {"count": len(named) if len(named) < MOST_NAMED else rows.count(), "rows": named}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
