# SPDX-License-Identifier: Apache-2.0
"""Reading calls: one's own, those of an incident with what went over which channel, and what did not go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from shanhai.base.accounts import selectors as accounts
from shanhai.base.database.selectors import own as rows_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import Message, gettext_noop
from shanhai.operations.hazards.calls.labels import LACKING, STEPS, why_of
from shanhai.operations.hazards.calls.rules.wording import warning
from shanhai.operations.hazards.calls.selectors.tokens import hashed
from shanhai.operations.hazards.calls.values import Step
from shanhai.operations.hazards.labels import CALL_STATES, CHANNELS, DISPATCH_STATES, ROLES
from shanhai.operations.hazards.models import Alert, Call, Dispatch, Incident
from shanhai.operations.hazards.models.sites import seen
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.states import OPEN, CallState, DispatchState
from shanhai.operations.hazards.values import ChainRole, Channel, Level
from shanhai.registers.people.permissions import PersonPermission

NO_CALL = gettext_noop("没有这次叫应。请核对消息里的链接。")
FAILED = (DispatchState.DEAD, DispatchState.SKIPPED)
MOST_FAILED = 200
_ASKED = (CallState.WAITING, CallState.MISSED)


@dataclass(frozen=True, slots=True)
class Sent:
    """One message over one channel: its state as a mark and a word, and why it did not go.

    ``to`` is the role of who is called, "" for a siren; ``step`` which message of the call it is, "" for the first.
    """

    row: Dispatch
    to: str
    channel: str
    step: str
    state: tuple[str, str]
    why: Message | None
    may_repeat: bool


@dataclass(frozen=True, slots=True)
class Called:
    """A call as a page shows it; ``name`` is "" for who may not see people, ``minutes`` how long an answer took.

    ``silent`` says that it was missed and nobody behind is left to act: it is the duty officer's.
    """

    row: Call
    name: str
    role: str
    state: tuple[str, str]
    late: bool
    minutes: int | None
    answered_by: str
    sent: tuple[Sent, ...]
    silent: bool
    may_answer_for: bool


def own(viewer: Actor) -> Q:
    """Calls, or patrols, of who looks, in whatever duty they are called or sent."""
    return rows_of(viewer, "person__user")


def own_or_seen(viewer: Actor) -> Q:
    """Calls of who looks, and of the sites that they see."""
    return own(viewer) | seen(viewer, Call.site_path)


def get_own(*, viewer: Actor, uuid: UUID) -> Call:
    """A call of who looks, with its incident and alert. Raises NotVisible, also for those of others."""
    return _one(Call.objects.filter(own(viewer), uuid=uuid))


def call_of_link(*, token: str) -> Call:
    """The call whose link that is, for whoever has it. Raises NotVisible."""
    return _one(Call.objects.filter(token=hashed(token)))


def has_expired(alert: Alert | None, *, at: datetime) -> bool:
    """Whether what an alert says has run out, and no update of its incident says it on. A query only where it has."""
    if alert is None or alert.expires > at:
        return False
    return not Alert.objects.filter(incident=alert.incident_id, expires__gt=at).exclude(level=Level.NONE).exists()


def subject_of(call: Call) -> Message:
    """What it is about, in a few words."""
    return warning(Level(call.level), proposal=call.alert_id is None)


def standing_of(call: Call, *, at: datetime) -> str:
    """What is to be said to who was called: "waiting" for an answer, "answered", "ended", or "expired" unanswered."""
    if call.state == CallState.ANSWERED:
        return "answered"
    if call.state == CallState.ENDED:
        return "ended"
    return "expired" if has_expired(call.alert, at=at) else "waiting"


def waiting_for(viewer: Actor) -> QuerySet[Call]:
    """Calls that the viewer has not answered, of incidents that are open, the most urgent first."""
    found = Call.objects.filter(own(viewer), incident__state__in=OPEN, state__in=(CallState.WAITING, CallState.MISSED))
    return found.select_related("incident__site__programme").order_by("-level", "due_at", "pk")


def unanswered() -> Exists:
    """Of incidents: open, with a call that was missed and nobody behind left to act, as ``Called.silent`` says."""
    missed = Call.objects.filter(incident=OuterRef("pk"), incident__state__in=OPEN, state=CallState.MISSED)
    behind = Call.objects.filter(
        incident=OuterRef("incident"), level=OuterRef("level"), position__gt=OuterRef("position")
    ).exclude(state=CallState.MISSED)
    of_proposals = Q(alert=None) & ~Exists(behind.filter(alert=None))
    return Exists(
        missed.filter(of_proposals | Q(alert__isnull=False) & ~Exists(behind.filter(alert=OuterRef("alert"))))
    )


def calls_of(*, viewer: Actor, incident: Incident, at: datetime) -> list[Called]:
    """The calls of an incident that the viewer sees, the latest alert first, in the order of the chain."""
    rows = Call.objects.visible_to(viewer).filter(incident=incident)
    sent = Prefetch("dispatches", Dispatch.objects.select_related("call").order_by("pk"))
    calls = list(rows.select_related("person").prefetch_related(sent).order_by("-alert_id", "-level", "position", "pk"))
    names = accounts.names_by_ref(viewer=viewer, refs={one.answered_by for one in calls if one.answered_by})
    scope = incident.site.scope
    on_duty, sees_people = (viewer.may(one, **scope) for one in (HazardPermission.DUTY, PersonPermission.VIEW))
    return [
        Called(
            row=one,
            name=one.person.name if sees_people else "",
            role=ROLES[ChainRole(one.role)],
            state=CALL_STATES[CallState(one.state)],
            late=one.state == CallState.WAITING and one.due_at < at,
            minutes=round((one.answered_at - one.begun_at).total_seconds() / 60) if one.answered_at else None,
            answered_by=names.get(one.answered_by, "") if one.answered_by else "",
            sent=tuple(_sent(row, may=on_duty) for row in one.dispatches.all()),
            silent=_is_silent(one, calls),
            may_answer_for=on_duty and one.state in (CallState.WAITING, CallState.MISSED),
        )
        for one in calls
    ]


def sirens_of(*, viewer: Actor, incident: Incident) -> list[Sent]:
    """What was sent to the sirens of an incident that the viewer sees, in order."""
    rows = Dispatch.objects.visible_to(viewer).filter(incident=incident, channel=Channel.SIREN).order_by("pk")
    may = viewer.may(HazardPermission.DUTY, **incident.site.scope)
    return [_sent(one, may=may) for one in rows]


def not_sent(*, viewer: Actor) -> list[Sent]:
    """What was given up or skipped in open incidents and matters, the latest first. One query.

    Raises NotVisible for who sees no hazards anywhere.
    """
    if not viewer.may_somewhere(HazardPermission.VIEW):
        raise NotVisible(gettext_noop("没有找到这一页。"))
    rows = Dispatch.objects.visible_to(viewer, HazardPermission.DUTY).filter(
        Q(state=DispatchState.DEAD) | Q(state=DispatchState.SKIPPED, because__in=LACKING), incident__state__in=OPEN
    )
    found = rows.select_related("incident__site", "call").order_by("-next_at", "-pk")[:MOST_FAILED]
    return [_sent(one, may=True) for one in found]


def _one(rows: QuerySet[Call]) -> Call:
    found = rows.select_related("incident__site__programme", "alert", "person__user").first()
    if found is None:
        raise NotVisible(NO_CALL, "hazards.call_not_found")
    return found


def _sent(row: Dispatch, *, may: bool) -> Sent:
    state = DispatchState(row.state)
    return Sent(
        row=row,
        to=ROLES[ChainRole(row.call.role)] if row.call else CHANNELS[Channel.SIREN],
        step=STEPS[Step.of(row.repeat)],
        channel=CHANNELS[Channel(row.channel)],
        state=DISPATCH_STATES[state],
        why=why_of(row.because) if row.because else None,
        # Who has answered, or need not any more, is not asked again; that it is over, they are told.
        may_repeat=may
        and state in FAILED
        and (row.call is None or row.call.state in _ASKED or row.repeat >= Step.CHANGED),
    )


def _is_silent(call: Call, calls: Sequence[Call]) -> bool:
    if call.state != CallState.MISSED:
        return False
    same = [one for one in calls if one.alert_id == call.alert_id and one.level == call.level]
    behind = [one for one in same if one.position > call.position]
    return all(one.state == CallState.MISSED for one in behind)
