# SPDX-License-Identifier: Apache-2.0
"""The clock of calls: repeats that are due, and nobody who answered in time."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.operations.hazards.calls.rules import clock
from shanhai.operations.hazards.calls.rules.order import Seat, eligible, next_called
from shanhai.operations.hazards.calls.selectors.chains import seats_of
from shanhai.operations.hazards.calls.services.calling import add_messages, begin_calls, move_call
from shanhai.operations.hazards.calls.values import Step, Why
from shanhai.operations.hazards.models import Call, Incident
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.states import CallState, DispatchState
from shanhai.operations.hazards.values import Level

# Incidents that one call looks at; the next comes half a second later.
MOST = 200


def run_clock(*, by: Actor, at: datetime) -> int:
    """Send what is to be repeated, and call the next where nobody answered in time; answers of how many calls.

    One query where nothing is due. Each incident is a transaction of its own; one that another process holds is left to
    it, and what was slept through is done once. Raises NotAllowed.
    """
    by.require(HazardPermission.DUTY)
    late = Call.objects.filter(_due(at)).order_by("incident").values_list("incident", flat=True).distinct()[:MOST]
    return sum(_advance(pk, by=by, at=at) for pk in late)


def _due(at: datetime) -> Q:
    return Q(state=CallState.WAITING, due_at__lte=at) | Q(repeat_at__lte=at)


@transaction.atomic
def _advance(pk: int, *, by: Actor, at: datetime) -> int:
    held = Incident.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    incident = held.select_related("site__programme").filter(pk=pk).first()
    if incident is None:
        return 0
    calls = incident.calls.select_for_update(of=("self",), no_key=True).select_related("alert")
    found = list(calls.filter(_due(at)).order_by("position", "pk"))
    for call in found:
        call.incident = incident
        if call.repeat_at is not None and call.repeat_at <= at:
            _repeat(call, by=by, at=at)
        if call.state == CallState.WAITING and call.due_at <= at:
            _miss(call, by=by, at=at)
    return len(found)


def _repeat(call: Call, *, by: Actor, at: datetime) -> None:
    expected = call.incident.expected_at
    plan = clock.steps(begun_at=call.begun_at, due_at=call.due_at, expected_at=expected)
    step, call.repeat_at = clock.now_and_next(plan, after=call.repeat_at, at=at)
    call.save(update_fields=["repeat_at"])
    if step is None:
        return
    if clock.still_wanted(step, answered=call.state == CallState.ANSWERED, expected=expected is not None):
        add_messages(by=by, at=at, call=call, repeat=step)
    if step == Step.CALL:
        # An hour before, each person is called, whatever the level is.
        called = {one.person_id for one in _same(call)}
        left = [seat for seat in _seats(call) if seat.person not in called]
        begin_calls(by=by, at=at, incident=call.incident, alert=call.alert, level=Level(call.level), seats=left)


def _miss(call: Call, *, by: Actor, at: datetime) -> None:
    reached = call.dispatches.filter(state__in=(DispatchState.WAITING, DispatchState.HANDED)).exists()
    why = Why.IN_TIME if reached else Why.UNREACHABLE
    move_call(by=by, at=at, call=call, new=CallState.MISSED, because=why)
    others = {one.person_id: one for one in _same(call)}
    seat, fresh = next_called(
        [*_seats(call)],
        missed=call.position,
        called={person: CallState(one.state) for person, one in others.items()},
        proposal=call.alert_id is None,
    )
    if seat is not None and fresh:
        begin_calls(by=by, at=at, incident=call.incident, alert=call.alert, level=Level(call.level), seats=[seat])
    elif seat is not None:
        add_messages(by=by, at=at, call=others[seat.person], repeat=Step.UNANSWERED + call.position)
    facts = {"role": call.role, "state": [CallState.WAITING.value, CallState.MISSED.value]}
    facts |= {"next": seat.role.value} if seat else {}
    audit.record(by=by, at=at, action="hazards.calls.missed", on=call.incident.subject(), changes=facts)


def _seats(call: Call) -> tuple[Seat, ...]:
    seats = [seat for seat, _ in seats_of(call.incident.site_id)]
    return eligible(seats, proposal=call.alert_id is None)


def _same(call: Call) -> list[Call]:
    """The calls about the same; those of a proposal that was withdrawn are not about the one that came after."""
    about = Q(alert=call.alert_id) if call.alert_id else Q(alert=None, level=call.level) & ~Q(state=CallState.ENDED)
    return list(call.incident.calls.filter(about))
