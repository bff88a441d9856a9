# SPDX-License-Identifier: Apache-2.0
"""Patrols for who may see their site."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from shanhai.base.database.selectors import in_programme, row_of, within
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotAllowed
from shanhai.kernel.messages import gettext_noop
from shanhai.operations.hazards.models import Patrol
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.states import PatrolState

NO_PATROL = gettext_noop("没有找到这次巡查。请从巡查列表重新进入。")


def get_patrol(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Patrol:
    """The patrol with its site, incident and person; ``lock`` holds it. Raises NotVisible."""
    rows = Patrol.objects.visible_to(viewer).select_related("site__programme", "incident", "person__user")
    return row_of(rows, uuid, NO_PATROL, "hazards.patrol_not_found", lock=lock)


def may_report(viewer: Actor, patrol: Patrol) -> bool:
    """Whether the viewer may say what was seen: who is on duty there, and who was sent."""
    sent = patrol.person.user if patrol.person else None
    return viewer.may(HazardPermission.DUTY, **patrol.site.scope) or (sent is not None and sent.ref == viewer.ref)


def require_reporter(viewer: Actor, patrol: Patrol) -> None:
    """Raise NotAllowed unless ``may_report``."""
    if not may_report(viewer, patrol):
        raise NotAllowed(gettext_noop("巡查结果由派去的人或值班员填写。"))


def list_patrols(
    *, viewer: Actor, programme: str | None = None, place: str = "", state: PatrolState | None = None
) -> QuerySet[Patrol]:
    """Patrols with their site and person: the open ones by when they are due, then the others, the latest first."""
    found = Patrol.objects.visible_to(viewer).filter(
        in_programme(programme, "site__programme"), within(place or None, "site__place")
    )
    if state is not None:
        found = found.filter(state=state)
    order = ("due_at", "pk") if state == PatrolState.OPEN else ("-due_at", "-pk")
    return found.select_related("site__programme", "incident", "person").order_by(*order)
