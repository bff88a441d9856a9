# SPDX-License-Identifier: Apache-2.0
"""The chain is called about an alert or a proposal, and told when it is over."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from shanhai.base.audit import services as audit
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.states import require_move
from shanhai.operations.hazards.calls.rules import clock
from shanhai.operations.hazards.calls.rules.order import SIREN, Seat, first_called
from shanhai.operations.hazards.calls.selectors.chains import answer_minutes, seats_of
from shanhai.operations.hazards.calls.selectors.tokens import hashed, token_of
from shanhai.operations.hazards.calls.values import Step, Why
from shanhai.operations.hazards.models import Alert, Call, CallMove, ChainLink, Dispatch, Incident
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.states import CALL_MOVES, CallState, DispatchState
from shanhai.operations.hazards.values import Channel, Level

OPEN = (CallState.WAITING, CallState.MISSED)
# Of somebody for whom none are chosen: all there are.
CHANNELS = (Channel.APP, Channel.SMS, Channel.VOICE, Channel.MAIL)


@transaction.atomic
def call_out(*, by: Actor, at: datetime, incident: Incident, alert: Alert | None, level: Level) -> list[Call]:
    """Call who is to be called at once about an ``alert``, or about the proposal of a level, and sound the sirens.

    In the caller's transaction. Once for an alert: a second time answers the calls that there are. Earlier calls of the
    incident end; who was told then and is not called now is told that the level is another. Raises NotAllowed.
    """
    by.require(HazardPermission.CONFIRM if alert else HazardPermission.DUTY, **incident.site.scope)
    # Whoever changes the calls of an incident holds it.
    Incident.objects.select_for_update(no_key=True).get(pk=incident.pk)
    about = Q(alert=alert) if alert else Q(alert=None, level=level, state__in=OPEN)
    if already := list(incident.calls.filter(about).order_by("position", "pk")):
        return already

    ended = end_open(by=by, at=at, incident=incident, because=Why.REPLACED, proposals_only=alert is None)
    seats = seats_of(incident.site_id)
    asked = first_called([seat for seat, _ in seats], level=level, proposal=alert is None)
    made = begin_calls(by=by, at=at, incident=incident, alert=alert, level=level, seats=asked)
    if alert is not None:
        tell_changed(by=by, at=at, incident=incident, but={one.person_id for one in made})
        if level >= SIREN:
            _sirens(incident, alert, Step.FIRST, at)
    facts = {"level": int(level), "called": len(made), "ended": ended}
    audit.record(by=by, at=at, action="hazards.calls.made", on=incident.subject(), changes=facts)
    return made


@transaction.atomic
def end_calls(*, by: Actor, at: datetime, incident: Incident, alert: Alert | None = None) -> int:
    """Nobody needs to answer any more: the incident is lifted or dismissed. Answers how many calls that ends.

    In the caller's transaction. Who was told is told that it is over, sirens too. Raises NotAllowed.
    """
    by.require(HazardPermission.CONFIRM, **incident.site.scope)
    Incident.objects.select_for_update(no_key=True).get(pk=incident.pk)

    ended = end_open(by=by, at=at, incident=incident, because=Why.LIFTED)
    tell_changed(by=by, at=at, incident=incident, but=())
    last = incident.dispatches.filter(channel=Channel.SIREN).order_by("-pk").first()
    if last is not None and last.repeat < Step.CHANGED:
        _sirens(incident, alert or last.alert, Step.CHANGED, at)
    facts = {"ended": ended}
    audit.record(by=by, at=at, action="hazards.calls.ended", on=incident.subject(), changes=facts)
    return ended


@transaction.atomic
def begin_calls(
    *, by: Actor, at: datetime, incident: Incident, alert: Alert | None, level: Level, seats: Iterable[Seat]
) -> list[Call]:
    """Make the calls of these places of the chain, with their first messages; the incident is held by who asks."""
    links = {link.person_id: link for _, link in seats_of(incident.site_id)}
    minutes = answer_minutes(incident.site, level)
    made = [_call(incident, alert, level, links[seat.person], at, minutes) for seat in seats]
    Call.objects.bulk_create(made)
    for call in made:
        add_messages(by=by, at=at, call=call, repeat=Step.FIRST, link=links[call.person_id])
    return made


@transaction.atomic
def add_messages(
    *, by: Actor, at: datetime, call: Call, repeat: int, link: ChainLink | None = None, over: bool = False
) -> None:
    """One message to the person of a call over each of their channels; what is there already stays as it is."""
    quiet = link or call.incident.site.chain.filter(person=call.person_id).first()
    held = clock.released_at(
        at,
        level=Level(call.level),
        quiet_from=quiet.quiet_from if quiet else None,
        quiet_until=quiet.quiet_until if quiet else None,
        expected_at=call.incident.expected_at,
        over=over,
    )
    Dispatch.objects.bulk_create(
        [
            Dispatch(
                incident_id=call.incident_id,
                alert_id=call.alert_id,
                call=call,
                channel=channel,
                repeat=repeat,
                next_at=at if channel == Channel.APP else held,
            )
            for channel in call.channels
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def move_call(*, by: Actor, at: datetime, call: Call, new: CallState, because: str = "") -> None:
    """Bring a call, which is held by who asks, into another state. Raises IllegalMove."""
    old = CallState(call.state)
    require_move(CALL_MOVES, old, new)
    call.state = new
    call.save(update_fields=["state", "repeat_at", "answered_at", "answered_by", "answer"])
    CallMove.objects.create(call=call, old=old, new=new, at=at, by=by.ref, because=because)


@transaction.atomic
def end_open(*, by: Actor, at: datetime, incident: Incident, because: str, proposals_only: bool = False) -> int:
    """End the calls of an incident to which nobody has answered; nobody is told again. Answers how many."""
    calls = incident.calls.select_for_update(of=("self",), no_key=True)
    if proposals_only:
        calls = calls.filter(alert=None)
    found = list(calls.filter(Q(state__in=OPEN) | Q(repeat_at__isnull=False)).order_by("pk"))
    still = [call for call in found if call.state in OPEN]
    for call in found:
        call.repeat_at = None
    Call.objects.bulk_update(found, ["repeat_at"])
    for call in still:
        move_call(by=by, at=at, call=call, new=CallState.ENDED, because=because)
    return len(still)


@transaction.atomic
def tell_changed(*, by: Actor, at: datetime, incident: Incident, but: Collection[int]) -> None:
    """Tell everybody whom a message about the incident has reached, but these, that its level is another by now."""
    told = incident.calls.filter(dispatches__state=DispatchState.HANDED).exclude(person__in=but)
    latest = {call.person_id: call for call in told.order_by("pk").distinct()}
    for call in latest.values():
        times = call.dispatches.filter(repeat__gte=Step.CHANGED).values("repeat").distinct().count()
        add_messages(by=by, at=at, call=call, repeat=Step.CHANGED + times, over=True)


def _call(incident: Incident, alert: Alert | None, level: Level, link: ChainLink, at: datetime, minutes: float) -> Call:
    uuid, expected = ids.new_id(), incident.expected_at
    begun = clock.released_at(
        at, level=level, quiet_from=link.quiet_from, quiet_until=link.quiet_until, expected_at=expected
    )
    due = clock.due_at(begun_at=begun, expected_at=expected, minutes=minutes)
    plan = clock.steps(begun_at=begun, due_at=due, expected_at=expected)
    return Call(
        uuid=uuid,
        incident=incident,
        alert=alert,
        person_id=link.person_id,
        role=link.role,
        position=link.position,
        level=level,
        channels=[*(link.channels or CHANNELS)],
        begun_at=begun,
        due_at=due,
        repeat_at=clock.now_and_next(plan, after=begun, at=begun)[1],
        token=hashed(token_of(uuid)),
    )


def _sirens(incident: Incident, alert: Alert | None, step: Step, at: datetime) -> None:
    topic = incident.site.siren
    if topic and not incident.dispatches.filter(channel=Channel.SIREN, alert=alert, repeat=step).exists():
        Dispatch.objects.create(
            incident=incident, alert=alert, channel=Channel.SIREN, target=topic, repeat=step, next_at=at
        )
