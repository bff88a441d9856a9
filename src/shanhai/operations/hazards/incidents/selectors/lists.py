# SPDX-License-Identifier: Apache-2.0
"""Incidents that match, those that are open first."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import Case, IntegerField, QuerySet, Value, When

from shanhai.base.database.selectors import holding, in_programme, within
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import SHANGHAI
from shanhai.operations.hazards.models import HazardSite, Incident
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.states import OPEN, SiteState

_FIRST, _LAST = date(1900, 1, 1), date(2200, 1, 1)


def list_incidents(
    *,
    viewer: Actor,
    programme: str | None = None,
    text: str = "",
    place: str = "",
    state: str = "",
    exercise: bool | None = None,
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Incident]:
    """Incidents with their site and programme: the open ones first, in earnest before drills, the latest first.

    ``text`` is looked for in the site's name and code; ``state`` is one of them, or "open"; ``since`` and ``until`` are
    days in Shanghai, both inclusive, of the day on which it was opened.
    """
    found = Incident.objects.visible_to(viewer).filter(
        in_programme(programme, "site__programme"),
        within(place or None, "site__place"),
        holding(text, "site__name", "site__code"),
    )
    if state:
        found = found.filter(state__in=list(OPEN) if state == "open" else [state])
    if exercise is not None:
        found = found.filter(exercise=exercise)
    if since is not None:
        found = found.filter(opened_at__gte=_begin(since))
    if until is not None:
        found = found.filter(opened_at__lt=_begin(until) + timedelta(days=1))
    over = Case(When(state__in=list(OPEN), then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.select_related("site__programme").order_by(over, "exercise", "-moved_at", "-pk")


def _begin(day: date) -> datetime:
    # The first and the last day of the calendar have no instant everywhere.
    return datetime.combine(min(max(day, _FIRST), _LAST), time(), SHANGHAI)


def places_of(*, viewer: Actor) -> set[str]:
    """The codes of the divisions in which there were incidents."""
    return set(Incident.objects.visible_to(viewer).values_list("site__place", flat=True).distinct())


def sites_on_duty(*, viewer: Actor) -> QuerySet[HazardSite]:
    """The sites that are watched and where the viewer is on duty, by name."""
    found = HazardSite.objects.visible_to(viewer, HazardPermission.DUTY).filter(state=SiteState.WATCHED)
    return found.order_by("name", "pk")
