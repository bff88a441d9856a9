# SPDX-License-Identifier: Apache-2.0
"""A chain that is called, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from shanhai.kernel.actors import system
from shanhai.operations.hazards.calls.services.calling import call_out
from shanhai.operations.hazards.models import Alert, Call, Dispatch, Incident
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.states import IN_FORCE
from shanhai.operations.hazards.tests.builders import a_chain, a_site, an_incident
from shanhai.operations.hazards.values import ChainRole, Channel, Level
from shanhai.registers.people.tests.builders import a_person
from tests.cast import AT, CONSULTATION_LEAD, a_user

# Who watches: the process that the clock runs in.
WATCH = system("hazards.watch", tuple(HazardPermission))
MINUTE = timedelta(minutes=1)
_NAMES = "甲乙丙丁戊己"
ROLES = tuple(ChainRole)


def somebody(number: int, role: ChainRole | None = None, **kw: Any):
    """A person of the chain with an account and a mail address of their own."""
    user = a_user(None, username=f"called-{number}")
    user.email = f"called-{number}@example.org"
    user.save()
    given = {"user": user, "work_phone": f"139000000{number:02}", "duty": str(role), **kw}
    return a_person(f"{_NAMES[number % 6]}某", **given)


def a_called_site(roles=ROLES[:3], *, channels=(Channel.SMS,), first: int = 0, **kw: Any):
    """A site whose chain has these roles, in order."""
    site = a_site(**kw)
    people = [somebody(number, role) for number, role in enumerate(roles, start=first + 1)]
    links = a_chain(site, *people, channels=list(channels)) if people else []
    for link, role in zip(links, roles, strict=True):
        link.role = role
        link.save()
    return site


def an_alert(incident: Incident, level: Level, *, at: datetime = AT, **kw: Any) -> Alert:
    """What was published of an incident, as far as calls know it."""
    number = Alert.objects.count() + 1
    before = incident.alerts.order_by("-pk").first()
    facts = {
        "identifier": f"2.49.0.1.156.{number}",
        "sender": "county@example.org",
        "sent": at,
        "expires": at + timedelta(hours=24),
        "message_type": "Update" if before else "Alert",
        "follows": before,
        "exercise": incident.exercise,
        "level": level,
        "headline": "色乌绒二号坡变形加快",
        "xml": "<alert/>",
        **kw,
    }
    return Alert.objects.create(incident=incident, **facts)


def called_out(
    level: Level = Level.RED, *, site: Any = None, at: datetime = AT, incident: Any = None, **kw: Any
) -> tuple[Incident, Alert]:
    """An incident that was confirmed at that level, with its chain called."""
    state = IN_FORCE[level - 1]
    if incident is None:
        incident = an_incident(state, site=site or a_called_site(), **kw)
    else:
        Incident.objects.filter(pk=incident.pk).update(state=state)
        incident.refresh_from_db()
    alert = an_alert(incident, level, at=at)
    call_out(by=CONSULTATION_LEAD, at=at, incident=incident, alert=alert, level=level)
    return incident, alert


def states(incident: Incident, **of: Any) -> list[tuple[str, str]]:
    """The role and the state of each call, in order."""
    return [(one.role, one.state) for one in incident.calls.filter(**of).order_by("pk")]


def sent(incident: Incident, *where: Q, **of: Any) -> list[tuple[str, str, int, str]]:
    """Role, channel, number and state of each message, in order of the chain."""
    rows = Dispatch.objects.filter(*where, incident=incident, **of).select_related("call")
    ordered = sorted(rows, key=lambda one: (one.call.position if one.call else 99, one.repeat, one.pk))
    return [(one.call.role if one.call else "", one.channel, one.repeat, one.state) for one in ordered]


def handed(incident: Incident, at: datetime = AT) -> None:
    """As if every message had been taken."""
    Dispatch.objects.filter(incident=incident, state="waiting").update(state="handed", handed_at=at)


def call_of(incident: Incident, role: ChainRole) -> Call:
    return incident.calls.filter(role=role).order_by("-pk").first()
