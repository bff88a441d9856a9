# SPDX-License-Identifier: Apache-2.0
"""Incidents for who may see their site. To others they are not there."""

from __future__ import annotations

from uuid import UUID

from shanhai.base.database.selectors import row_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.operations.hazards.labels import INCIDENT_STATES
from shanhai.operations.hazards.models import HazardSite, Incident
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.sites.selectors.sites import get_site
from shanhai.operations.hazards.states import OPEN, IncidentState

NO_INCIDENT = gettext_noop("没有找到这次险情。请从险情列表重新进入。")


def get_incident(*, viewer: Actor, uuid: UUID) -> Incident:
    """The incident with its site and programme. Raises NotVisible."""
    rows = Incident.objects.visible_to(viewer).select_related("site__programme")
    return row_of(rows, uuid, NO_INCIDENT, "hazards.incident_not_found")


def duty_site(*, viewer: Actor, code: str) -> HazardSite:
    """The site of that code, held until the transaction ends, for who is on duty there.

    Raises NotVisible, NotAllowed.
    """
    found = get_site(viewer=viewer, code=code, lock=True)
    viewer.require(HazardPermission.DUTY, **found.scope)
    return found


def held_incident(*, viewer: Actor, uuid: UUID) -> Incident:
    """The incident, held until the transaction ends: its site first, as the engine does. Raises NotVisible."""
    site = get_incident(viewer=viewer, uuid=uuid).site
    get_site(viewer=viewer, code=site.code, lock=True)
    rows = Incident.objects.visible_to(viewer).select_related("site__programme")
    return row_of(rows, uuid, NO_INCIDENT, "hazards.incident_not_found", lock=True)


def open_incident(site: HazardSite, *, exercise: bool) -> Incident | None:
    """What is open at a site, in earnest or as an exercise."""
    return site.incidents.filter(state__in=list(OPEN), exercise=exercise).select_related("site__programme").first()


def require_open(incident: Incident) -> None:
    """Raise Conflict, which says how it ended, for an incident that is over."""
    if incident.state not in OPEN:
        text = gettext_noop("这次险情已经有了结果：%(state)s。没有再改。")
        raise Conflict(text, "hazards.incident_over", state=word_of(incident))


def word_of(incident: Incident) -> Message:
    """The word for where an incident stands."""
    return message(INCIDENT_STATES[IncidentState(incident.state)][1])
