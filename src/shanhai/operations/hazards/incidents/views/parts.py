# SPDX-License-Identifier: Apache-2.0
"""What several pages of incidents show alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from shanhai.base import formats
from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.field.sensors.store.selectors.live import live_address
from shanhai.kernel.actors import Actor, Scope
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb, Happening
from shanhai.operations.hazards.incidents.values import Event
from shanhai.operations.hazards.models import HazardSite, Incident, MonitoringPoint
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.sites.views.parts import over_desk, told_of
from shanhai.operations.hazards.values import NEWS
from shanhai.registers.people.selectors import list_people

INCIDENTS = gettext_noop("险情")
# As many people as a form offers.
MOST_OFFERED = 300


def require_seeing(request: Request) -> None:
    """Raise NotVisible for who sees no hazards anywhere: to them these pages are not there."""
    if not request.viewer.may_somewhere(HazardPermission.VIEW):
        raise NotVisible(gettext_noop("没有找到这一页。"))


def heard_at(viewer: Actor, scopes: Iterable[Scope]) -> str:
    """Where a page hears that something has changed in these scopes of its viewer; "" where nothing is served."""
    return live_address(viewer, NEWS, {f"{one.programme or ''}/{one.place or ''}" for one in scopes})


def crumbs(*more: Crumb) -> tuple[Crumb, ...]:
    """The way over the desk and the list of incidents."""
    return over_desk(Crumb(message(INCIDENTS), reverse("hazards:incidents") if more else ""), *more)


def crumb_of(incident: Incident) -> Crumb:
    """An incident on the way."""
    return Crumb(incident.site.name, reverse("hazards:incident", args=[incident.uuid]))


def drill_or_site(incident: Incident) -> str:
    """What an incident is called: a drill is never called by its site alone."""
    return f"{gettext('演练')} · {incident.site.name}" if incident.exercise else incident.site.name


def people_of(request: Request, site: HazardSite) -> list[tuple[str, str]]:
    """Who may be sent to a site: those of its programme who are in duty, for a form."""
    found = list_people(viewer=request.viewer, programme=site.programme.code, on=local_date(request.at))
    return [(str(one.uuid), f"{one.name} · {one.duty}") for one in found[:MOST_OFFERED]]


def happenings(request: Request, site: HazardSite, events: Sequence[Event]) -> list[Happening]:
    """Events as a page shows them: when they became known, and when they were measured, where that is not the same."""
    names = accounts.names_by_ref(viewer=request.viewer, refs={one.by for one in events if one.by})
    points = list(site.points.all())
    notes = [_notes_of(one, names, points) for one in events]
    return [
        Happening(one.at, one.title, one.mark, one.word, "\n".join(note))
        for one, note in zip(events, notes, strict=True)
    ]


def reasons_in_words(event: Event, points: Sequence[MonitoringPoint]) -> list[str]:
    """Why the engine said so, with its numbers, a reason a line."""
    found = []
    for where, what, numbers in told_of(event.reasons, points):
        told = [f"{formats.say(label)} {_number(value)}" for label, value in numbers]
        found.append(" · ".join([*([where] if where else []), formats.say(what), *told]))
    return found


def _number(value: str | datetime) -> str:
    return value if isinstance(value, str) else formats.moment(value)


def _notes_of(event: Event, names: Mapping[str, str], points: Sequence[MonitoringPoint]) -> list[str]:
    """What stands below an event: what was said, why, by whom, and when it was so."""
    found = [*([event.said] if event.said else []), *reasons_in_words(event, points)]
    if event.by:
        found.append(accounts.name_in(names, event.by))
    if event.measured is not None:
        found.append(gettext("读数时间 %(moment)s") % {"moment": formats.moment(event.measured)})
    return found
