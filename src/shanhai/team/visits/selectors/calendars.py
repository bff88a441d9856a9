# SPDX-License-Identifier: Apache-2.0
"""Stops, meetings and what is due as calendars (RFC 5545): of a delegation, and of what concerns somebody.

Instants are in UTC, so that no reader has to know a zone. Each entry keeps its UID; SEQUENCE and LAST-MODIFIED say that
it has moved, STATUS that it is off.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from icalendar import Calendar, Event

from shanhai.kernel.actors import Actor
from shanhai.team.visits.models import Agreement, Attendee, Delegation, Meeting, Stop
from shanhai.team.visits.selectors.agreements import list_open
from shanhai.team.visits.selectors.delegations import list_delegations, stops_of
from shanhai.team.visits.selectors.meetings import list_meetings
from shanhai.team.visits.states import AgreementState, DelegationState, MeetingState

PRODUCT = "-//Shanhai//Visits//ZH"
# What is older is no longer in the calendar of a person.
KEPT = timedelta(days=366)


def calendar_of(*, delegation: Delegation, at: datetime) -> bytes:
    """The stops of a delegation that the viewer was given."""
    cancelled = delegation.state == DelegationState.CANCELLED
    return _calendar(delegation.title, (_stop(one, delegation, cancelled, at) for one in stops_of(delegation)))


def calendar_for(*, viewer: Actor, at: datetime, name: str) -> bytes:
    """The visits that the viewer is on the list of, all meetings that they see, and what they answer for."""
    since = at - KEPT
    theirs = Attendee.objects.filter(user=viewer.ref, erased_at=None).values("delegation") if viewer.ref else []
    delegations = list_delegations(viewer=viewer, programme=None)
    delegations = delegations.filter(Q(pk__in=theirs) | Q(planned_by=viewer.ref), until__gte=since.date())
    stops = Stop.objects.filter(delegation__in=delegations).select_related("delegation", "project")
    events: list[Event] = [
        _stop(one, one.delegation, one.delegation.state == DelegationState.CANCELLED, at)
        for one in stops.order_by("since", "pk")
    ]
    meetings = list_meetings(viewer=viewer, programme=None).filter(since__gte=since)
    events += [_meeting(one, at) for one in meetings]
    mine = list_open(viewer=viewer, programme=None).filter(owner=viewer.ref, state=AgreementState.AGREED)
    events += [_due(one, at) for one in mine]
    return _calendar(name, events)


def _calendar(name: str, events: Iterable[Event]) -> bytes:
    made = Calendar()
    for key, value in (("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("x-wr-calname", name)):
        made.add(key, value)
    for one in events:
        made.add_component(one)
    return bytes(made.to_ical())


def _stop(one: Stop, delegation: Delegation, cancelled: bool, at: datetime) -> Event:
    words = f"{delegation.title}\n{one.project.name}" if one.project else delegation.title
    made = _event(one.uuid, one.what, one.where, one.since, one.until, at, one.changed_at, words)
    made.add("sequence", one.sequence + cancelled)
    made.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return made


def _meeting(one: Meeting, at: datetime) -> Event:
    cancelled = one.state == MeetingState.CANCELLED
    made = _event(one.uuid, one.mechanism.name, one.where, one.since, one.until, at, one.changed_at, one.agenda)
    made.add("sequence", one.sequence)
    made.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return made


def _due(one: Agreement, at: datetime) -> Event:
    """A whole day: calendars of phones show no VTODO."""
    return _event(one.uuid, one.words, "", one.due_on, one.due_on + timedelta(days=1), at, None, "")


def _event(
    uuid: UUID, what: str, where: str, since: date, until: date, at: datetime, changed: datetime | None, words: str
) -> Event:
    made = Event()
    given: dict[str, Any] = {
        "uid": f"{uuid}@shanhai", "dtstamp": at.astimezone(UTC), "summary": what, "dtstart": _instant(since),
        "dtend": _instant(until),
    }  # fmt: skip
    given |= {"location": where} if where else {}
    given |= {"description": words} if words else {}
    given |= {"last-modified": changed.astimezone(UTC)} if changed else {}
    for key, value in given.items():
        made.add(key, value)
    return made


def _instant(value: date) -> date:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
