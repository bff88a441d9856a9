# SPDX-License-Identifier: Apache-2.0
"""All that became known of an incident, and was done, by the instant: one record out of the tables of all subjects.

Eleven queries, whatever the number. People are named by their place in the chain: names stay in the register.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta

from shanhai.base.audit.selectors import list_rows_on
from shanhai.field.sensors.values import datetime_of
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.parts import Status
from shanhai.operations.hazards.incidents.values import Event
from shanhai.operations.hazards.labels import (
    CALL_STATES,
    CHANNELS,
    DISPATCH_STATES,
    INCIDENT_STATES,
    LACKS,
    LEVELS,
    PATROL_STATES,
    ROLES,
)
from shanhai.operations.hazards.models import (
    Alert,
    Call,
    CallMove,
    Consultation,
    DispatchMove,
    Incident,
    Judgement,
    PatrolMove,
    Proposal,
)
from shanhai.operations.hazards.states import IN_FORCE, OPEN, CallState, DispatchState, IncidentState, PatrolState
from shanhai.operations.hazards.values import ChainRole, Channel, Lack, Level

# What the engine said so long before somebody proposed is part of the story.
BEFORE = timedelta(days=1)
MOST_JUDGEMENTS = 300
_ALERTS = {
    "Alert": gettext_noop("发布预警：%(headline)s"),
    "Update": gettext_noop("更新预警：%(headline)s"),
    "Cancel": gettext_noop("解除预警：%(headline)s"),
}


def timeline_of(incident: Incident) -> list[Event]:
    """The events of an incident that the caller has found visible, the latest first.

    What the engine says belongs to an incident in earnest: from a day before it until it was over.
    """
    begin = incident.opened_at - BEFORE
    end = None if incident.state in OPEN else incident.moved_at
    found = [
        *(() if incident.exercise else (*_judgements(incident, begin, end), *_apart(incident, begin, end))),
        *_proposals(incident),
        *_decisions(incident),
        *_calls(incident),
        *_unsent(incident),
        *_patrols(incident),
    ]
    # Of one instant, what led to something stands before it, as it was gathered.
    found.sort(key=lambda event: event.at)
    return found[::-1]


def _judgements(incident: Incident, begin: datetime, end: datetime | None) -> Iterator[Event]:
    rows = Judgement.objects.filter(site=incident.site_id, at__gte=begin)
    rows = rows.filter(at__lte=end) if end else rows
    for row in reversed(rows.order_by("-at", "-pk")[:MOST_JUDGEMENTS]):
        mark, word = LEVELS[Level(row.level)] if row.level is not None else LACKS[Lack(row.lack)]
        title, measured = message(gettext_noop("系统研判")), datetime_of(row.time)
        yield Event(row.at, mark, message(word), title, measured=measured, reasons=row.reasons)


def _apart(incident: Incident, begin: datetime, end: datetime | None) -> Iterator[Event]:
    names = {str(uuid): name for uuid, name in incident.site.points.values_list("uuid", "name")}
    acts: dict[str, tuple[Status, str]] = {
        "hazards.point.set_apart": ("late", gettext_noop("隔离监测点“%(point)s”")),
        "hazards.point.brought_back": ("ok", gettext_noop("恢复监测点“%(point)s”")),
    }
    word = message(gettext_noop("监测点"))
    for row in list_rows_on(kind="hazards.monitoringpoint", ids=names, actions=acts, since=begin):
        if end is None or row.at <= end:
            mark, text = acts[row.action]
            yield Event(row.at, mark, word, message(text, point=names[row.subject_id]), row.actor, row.because)


def _proposals(incident: Incident) -> Iterator[Event]:
    for row in Proposal.objects.filter(incident=incident):
        mark, word = LEVELS[Level(row.level)]
        title = message(gettext_noop("建议"))
        if row.expected_at:
            title = message(gettext_noop("建议，预计 %(expected)s 发生"), expected=row.expected_at)
        yield Event(row.at, mark, message(word), title, row.by, row.because, reasons=row.reasons)


def _decisions(incident: Incident) -> Iterator[Event]:
    """What was decided, each with its alert, which knows whole seconds, and alerts that were only prolonged."""
    before, alerts = Level.NONE, deque(incident.alerts.order_by("pk"))
    for row in Consultation.objects.filter(incident=incident).order_by("pk"):
        level, second = Level(row.level), row.at.replace(microsecond=0)
        while alerts and alerts[0].sent < second:
            prolonged = alerts.popleft()
            yield _alert(prolonged, prolonged.sent)
        # Without a level it is over, for good.
        mark, word = INCIDENT_STATES[IN_FORCE[level - 1] if level else IncidentState(incident.state)]
        kept = level and level == before
        text = gettext_noop("会商维持（%(attendees)s）") if kept else gettext_noop("会商（%(attendees)s）")
        before = level
        yield Event(row.at, mark, message(word), message(text, attendees=row.attendees), row.by, row.opinion)
        if alerts and alerts[0].sent == second:
            yield _alert(alerts.popleft(), row.at)
    for alert in alerts:
        yield _alert(alert, alert.sent)


def _alert(row: Alert, at: datetime) -> Event:
    mark, word = LEVELS[Level(row.level)] if row.level else INCIDENT_STATES[IncidentState.LIFTED]
    return Event(at, mark, message(word), message(_ALERTS[row.message_type], headline=row.headline))


def _calls(incident: Incident) -> Iterator[Event]:
    mark, word = CALL_STATES[CallState.WAITING]
    for call in Call.objects.filter(incident=incident).order_by("pk"):
        yield Event(call.begun_at, mark, message(word), _who(call))
    moves = CallMove.objects.filter(call__incident=incident).select_related("call")
    for move in moves.exclude(new=CallState.ENDED).order_by("pk"):
        mark, word = CALL_STATES[CallState(move.new)]
        # The clock says that nobody has answered: no act of anybody.
        answered = move.new == CallState.ANSWERED
        by, said = (move.call.answered_by, move.call.answer) if answered else ("", "")
        # Whoever had the link has answered: it is no act of an account.
        who = _who(move.call, _BY_LINK if answered and not by else _CALLED)
        yield Event(move.at, mark, message(word), who, by, said)


_CALLED = gettext_noop("叫应%(role)s（第 %(position)s 位）")
_BY_LINK = gettext_noop("叫应%(role)s（第 %(position)s 位），用消息里的链接回应")


def _who(call: Call, text: str = _CALLED) -> Message:
    return message(text, role=message(ROLES[ChainRole(call.role)]), position=call.position)


def _unsent(incident: Incident) -> Iterator[Event]:
    moves = DispatchMove.objects.filter(dispatch__incident=incident, new=DispatchState.DEAD).select_related("dispatch")
    mark, word = DISPATCH_STATES[DispatchState.DEAD]
    for move in moves.order_by("pk"):
        title = message(CHANNELS[Channel(move.dispatch.channel)])
        yield Event(move.at, mark, message(word), title)


def _patrols(incident: Incident) -> Iterator[Event]:
    for move in PatrolMove.objects.filter(patrol__incident=incident).select_related("patrol").order_by("pk"):
        mark, word = PATROL_STATES[PatrolState(move.new)]
        title = Message("%(task)s", {"task": move.patrol.task})
        said = move.patrol.found if move.new == PatrolState.DONE else move.because
        yield Event(move.at, mark, message(word), title, move.by, said)
