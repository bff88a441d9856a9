# SPDX-License-Identifier: Apache-2.0
"""Levels: proposed by the engine or who is on duty, decided by the consultation, ended by nobody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, Faults, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.operations.hazards.calls.services.calling import call_out, end_calls, end_open
from shanhai.operations.hazards.calls.values import Why
from shanhai.operations.hazards.cap.services import MOST_DAYS, publish
from shanhai.operations.hazards.cap.values import MessageType, Wording
from shanhai.operations.hazards.incidents.rules.proposals import checked_level, is_news, level_of, state_after
from shanhai.operations.hazards.incidents.selectors.incidents import (
    duty_site,
    held_incident,
    open_incident,
    require_open,
    word_of,
)
from shanhai.operations.hazards.models import Alert, Consultation, HazardSite, Incident, IncidentMove, Proposal
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.sites.rules.facts import checked_text
from shanhai.operations.hazards.states import IN_FORCE, INCIDENT_MOVES, IncidentState, SiteState
from shanhai.operations.hazards.values import Level

MOST_ATTENDEES, MOST_TEXT = 500, 4000


@transaction.atomic
def propose(
    *,
    by: Actor,
    at: datetime,
    site: str,
    level: int,
    because: str,
    reasons: Sequence[Mapping[str, Any]] = (),
    exercise: bool = False,
    expected_at: datetime | None = None,
) -> Incident | None:
    """Propose a level for a site (its code): open an incident, or raise or replace what is proposed in the open one.

    The engine (a ``system:`` actor) needs no words and only raises: what is not news to people changes nothing, and
    None is answered where no incident is open. A person on duty may also propose to lower what is in force.
    ``expected_at`` is the instant for which the danger is expected. Raises NotVisible, NotAllowed, BadInput, Refused.
    """
    found, engine, faults = duty_site(viewer=by, code=site), by.ref.startswith("system:"), Faults()
    incident = open_incident(found, exercise=exercise)
    in_force = level_of(incident.state) if incident else Level.NONE
    proposed = Level(incident.proposed) if incident and incident.proposed else None
    news, wanted = False, Level.NONE
    with faults.of("level"):
        wanted = checked_level(level, least=Level.BLUE)
        news = is_news(wanted, in_force=in_force, proposed=proposed, engine=engine)
    with faults.of("because"):
        because = checked_text(because, MOST_TEXT, required=not engine)
    with faults.of("expected_at"):
        expected_at = _checked_expected(expected_at, at, engine=engine)
    faults.tell()
    if not news:
        return incident
    if found.state == SiteState.CLOSED:
        raise Refused(gettext_noop("这个隐患点已经销号。请先恢复监测。"), "hazards.site_closed")

    incident = incident or _opened(found, by=by, at=at, because=because, exercise=exercise)
    incident.proposed, incident.proposed_at, incident.proposed_by = wanted, at, by.ref
    incident.proposed_because, incident.reasons = because, list(reasons)
    incident.expected_at = expected_at or incident.expected_at
    _save(incident, at)
    facts = {"level": wanted, "because": because, "reasons": incident.reasons, "expected_at": expected_at}
    Proposal.objects.create(incident=incident, at=at, by=by.ref, **facts)
    changes = {
        "proposed": [proposed and IN_FORCE[proposed - 1].value, IN_FORCE[wanted - 1].value],
        "exercise": exercise,
    }
    on = incident.subject()
    audit.record(by=by, at=at, action="hazards.incident.proposed", on=on, changes=changes, because=because)
    if wanted > in_force:
        # Who decides is asked at once to come; that it may go down wakes nobody.
        call_out(by=by, at=at, incident=incident, alert=None, level=wanted)
    return incident


@transaction.atomic
def begin_drill(*, by: Actor, at: datetime, site: str, level: int, scenario: str) -> Incident:
    """Begin an exercise at a site: the ``scenario`` as if it were so, and the way that a proposal goes.

    Every message, page and feed of it says that it is an exercise. Raises Conflict where one is under way, and as
    ``propose`` does.
    """
    if open_incident(duty_site(viewer=by, code=site), exercise=True):
        raise Conflict(gettext_noop("这个隐患点正在演练。请先结束那一次。"), "hazards.drill_under_way", field="site")
    faults, text = Faults(), scenario
    with faults.of("scenario"):
        text = checked_text(scenario, MOST_TEXT, required=True)
    with faults.of("level"):
        checked_level(level, least=Level.BLUE)
    faults.tell()
    begun = propose(by=by, at=at, site=site, level=level, because=text, exercise=True)
    assert begun is not None  # Only the engine's proposals come to nothing.
    return begun


@transaction.atomic
def decide(
    *,
    by: Actor,
    at: datetime,
    incident: UUID,
    level: int,
    attendees: str,
    opinion: str,
    seen: int,
    expected_at: datetime | None = None,
    expires: datetime | None = None,
    words: Mapping[str, Wording] | None = None,
) -> Incident:
    """What the consultation decided: a level, the same one again, or 0, which dismisses a proposal or lifts a level.

    ``attendees`` are by duty, ``seen`` is the ``version`` of the incident that they saw; ``expected_at`` None clears
    what was proposed; ``expires`` and ``words`` (by language) are those of the alert. All is written together or
    not at all. Raises NotVisible, NotAllowed, BadInput; Refused for the own proposal; Conflict where it is over, or
    another has proposed or decided meanwhile.
    """
    found, faults = held_incident(viewer=by, uuid=incident), Faults()
    by.require(HazardPermission.CONFIRM, **found.site.scope)
    _require_seen(found, seen)
    if found.proposed is not None and found.proposed_by == by.ref:
        text = gettext_noop("这是您自己建议的级别，要由别人主持会商来定。")
        raise Refused(text, "hazards.own_proposal", field="level")
    wanted = Level.NONE
    with faults.of("level"):
        wanted = checked_level(level, least=Level.NONE)
    with faults.of("attendees"):
        attendees = checked_text(attendees, MOST_ATTENDEES, required=True)
    with faults.of("opinion"):
        opinion = checked_text(opinion, MOST_TEXT, required=True)
    with faults.of("expected_at"):
        expected_at = _checked_expected(expected_at, at)
    faults.tell()

    old, new = IncidentState(found.state), state_after(found.state, wanted)
    found.state, found.expected_at = new, expected_at
    found.proposed, found.proposed_at, found.proposed_by = None, None, ""
    found.proposed_because, found.reasons = "", []
    _save(found, at)
    if new != old:
        require_move(INCIDENT_MOVES, old, new)
        IncidentMove.objects.create(incident=found, old=old, new=new, at=at, by=by.ref, because=opinion)
    facts = {"level": wanted, "attendees": attendees, "opinion": opinion}
    Consultation.objects.create(incident=found, at=at, by=by.ref, **facts)
    act = "hazards.incident.decided" if new != old else "hazards.incident.kept"
    changes = {"state": [old.value, new.value], "exercise": found.exercise, "attendees": attendees}
    audit.record(by=by, at=at, action=act, on=found.subject(), changes=changes, because=opinion)
    alert = _published(found, wanted, by=by, at=at, expires=expires, words=words)
    if not wanted:
        end_calls(by=by, at=at, incident=found, alert=alert)
    elif new != old:
        call_out(by=by, at=at, incident=found, alert=alert, level=wanted)
    else:
        # Nobody is called anew for what stands; who was asked to come and decide need not any more.
        end_open(by=by, at=at, incident=found, because=Why.REPLACED, proposals_only=True)
    return found


def _checked_expected(expected: datetime | None, at: datetime, *, engine: bool = False) -> datetime | None:
    """The instant, or None for one of the engine's that says nothing for today. Raises BadInput for a person's."""
    if expected is None or at < expected <= at + timedelta(days=MOST_DAYS):
        return expected
    if engine:
        return None
    if expected <= at:
        raise BadInput(gettext_noop("预计发生的时间已经过了。请改正，或者空着。"), "hazards.expected_past")
    text = gettext_noop("预计发生的时间在 %(most)s 天以后，太远了。请改正，或者空着。")
    raise BadInput(text, "hazards.expected_far", most=MOST_DAYS)


def _opened(site: HazardSite, *, by: Actor, at: datetime, because: str, exercise: bool) -> Incident:
    opened = Incident.objects.create(site=site, exercise=exercise, opened_at=at, moved_at=at, version=0)
    IncidentMove.objects.create(incident=opened, new=IncidentState.PROPOSED, at=at, by=by.ref, because=because)
    return opened


def _published(
    incident: Incident,
    level: Level,
    *,
    by: Actor,
    at: datetime,
    expires: datetime | None,
    words: Mapping[str, Wording] | None,
) -> Alert | None:
    """What the public is told: an alert, its update or its end; nothing of a proposal that was dismissed."""
    told = incident.alerts.exists()
    if not told and not level:
        return None
    kind = MessageType.CANCEL if not level else MessageType.UPDATE if told else MessageType.ALERT
    until = expires if level else None
    return publish(by=by, at=at, incident=incident, level=level, message_type=kind, expires=until, words=words)


def _save(incident: Incident, at: datetime) -> None:
    incident.moved_at, incident.version = at, incident.version + 1
    incident.save()


def _require_seen(incident: Incident, seen: int) -> None:
    require_open(incident)
    if incident.version != seen:
        text = gettext_noop("您看到以后，这次险情有了变化：现在是“%(state)s”。请看过最新的情况再定。")
        raise Conflict(text, "hazards.incident_moved", state=word_of(incident))
