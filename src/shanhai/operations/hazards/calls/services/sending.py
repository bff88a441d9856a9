# SPDX-License-Identifier: Apache-2.0
"""Messages go out: claimed, marked when they are handed over; tried again, or given up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.base.database.selectors import row_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.operations.hazards.calls.rules.retry import wait_after
from shanhai.operations.hazards.calls.selectors.letters import letter_of, why_not
from shanhai.operations.hazards.calls.selectors.tokens import hashed, token_of
from shanhai.operations.hazards.calls.values import Letter, Never, NotSent, Why
from shanhai.operations.hazards.models import Call, Dispatch, DispatchMove
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.states import DISPATCH_MOVES, CallState, DispatchState
from shanhai.operations.hazards.values import Channel

AT_ONCE = 32
# A claimed message is left to who claimed it for so long; then, killed or hanging, they have lost it.
LEASE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is to be handed over by who has claimed it; ``fault`` is why it could not be written."""

    key: int
    channel: Channel
    letter: Letter | None
    fault: Exception | None = None


def claim_due(
    *, by: Actor, at: datetime, channel: Channel | None, set_up: Collection[Channel]
) -> tuple[list[Claimed], int]:
    """Claim messages that are due, at most ``AT_ONCE``: an attempt is counted, and they are put off for ``LEASE``.

    Answers them, and how many are skipped because there is nowhere to send them, or no need. One query where nothing is
    due; what another process holds is left to it. Raises NotAllowed.
    """
    by.require(HazardPermission.DUTY)
    due = Dispatch.objects.filter(state=DispatchState.WAITING, next_at__lte=at)
    if channel is not None:
        due = due.filter(channel=channel)
    if not due.exists():
        return [], 0
    with transaction.atomic():
        rows = due.select_for_update(skip_locked=True, of=("self",), no_key=True).select_related(
            "incident__site__programme", "alert", "call__person__user"
        )
        found = [_claim(row, by=by, at=at, set_up=set_up) for row in rows.order_by("next_at", "pk")[:AT_ONCE]]
    claimed = [one for one in found if one is not None]
    return claimed, len(found) - len(claimed)


@transaction.atomic
def note_handed(*, by: Actor, at: datetime, claimed: Claimed, reference: str) -> None:
    """Note that the channel has taken a message, and what it calls it."""
    by.require(HazardPermission.DUTY)
    row = _held(claimed)
    if row is not None:
        row.handed_at, row.reference, row.because = at, reference[:100], ""
        _move(row, DispatchState.HANDED, by=by, at=at)


@transaction.atomic
def note_failed(*, by: Actor, at: datetime, claimed: Claimed, error: BaseException) -> None:
    """Note that it has not: to be tried again later, or given up."""
    by.require(HazardPermission.DUTY)
    row = _held(claimed)
    if row is None:
        return
    row.because = error.why if isinstance(error, NotSent) else str(Why.FAULT)
    longest = timedelta(seconds=settings.CALLS_LONGEST_WAIT_S)
    wait = wait_after(row.attempts, most=settings.CALLS_ATTEMPTS, longest=longest)
    if wait is not None and not isinstance(error, Never):
        row.next_at = at + wait
        row.save(update_fields=["next_at", "because"])
        return
    _move(row, DispatchState.DEAD, by=by, at=at, because=row.because)
    _is_unreachable(row, at=at)
    facts = {"channel": row.channel, "attempts": row.attempts}
    audit.record(by=by, at=at, action="hazards.calls.given_up", on=row.incident.subject(), changes=facts)


@transaction.atomic
def try_again(*, by: Actor, at: datetime, dispatch: UUID) -> Dispatch:
    """Send a message again that was given up or skipped, from the first attempt on.

    Raises NotVisible, NotAllowed, IllegalMove for one that waits or is handed over.
    """
    rows = Dispatch.objects.visible_to(by).select_related("incident__site__programme")
    found = row_of(rows, dispatch, gettext_noop("没有找到这条消息。请从险情页重新进入。"), lock=True)
    by.require(HazardPermission.DUTY, **found.incident.site.scope)
    found.attempts, found.next_at = 0, at
    _move(found, DispatchState.WAITING, by=by, at=at)
    facts = {"channel": found.channel}
    audit.record(by=by, at=at, action="hazards.calls.tried_again", on=found.incident.subject(), changes=facts)
    return found


def _claim(row: Dispatch, *, by: Actor, at: datetime, set_up: Collection[Channel]) -> Claimed | None:
    channel = Channel(row.channel)
    why = why_not(row, at=at) or (None if channel in set_up else Why.NOT_SET_UP)
    if why is not None:
        row.because = str(why)
        _move(row, DispatchState.SKIPPED, by=by, at=at, because=row.because)
        _is_unreachable(row, at=at)
        return None
    _keep_link(row)
    row.attempts += 1
    row.next_at = at + LEASE
    row.save(update_fields=["attempts", "next_at"])
    try:
        return Claimed(row.pk, channel, letter_of(row, at=at))
    except Exception as error:  # one that cannot be written must not hold up the others
        return Claimed(row.pk, channel, None, error)


def _held(claimed: Claimed) -> Dispatch | None:
    """The message, held; None where somebody else has marked it since."""
    rows = Dispatch.objects.select_for_update(of=("self",), no_key=True).select_related("incident__site__programme")
    return rows.filter(pk=claimed.key, state=DispatchState.WAITING).first()


def _move(row: Dispatch, new: DispatchState, *, by: Actor, at: datetime, because: str = "") -> None:
    old = DispatchState(row.state)
    require_move(DISPATCH_MOVES, old, new)
    row.state = new
    row.save(update_fields=["state", "attempts", "next_at", "handed_at", "reference", "because"])
    DispatchMove.objects.create(dispatch=row, old=old, new=new, at=at, by=by.ref, because=because)


def _is_unreachable(row: Dispatch, *, at: datetime) -> None:
    """Where no channel is left to somebody, their answer is due now, so that the clock calls the next at once."""
    if row.call_id is None:
        return
    left = Dispatch.objects.filter(call=row.call_id, state__in=(DispatchState.WAITING, DispatchState.HANDED))
    if not left.exists():
        Call.objects.filter(pk=row.call_id, state=CallState.WAITING, due_at__gt=at).update(due_at=at)


def _keep_link(row: Dispatch) -> None:
    """The link that goes out answers: also where the key of this site has changed since the call was made."""
    if row.call is not None and (found := hashed(token_of(row.call.uuid))) != row.call.token:
        Call.objects.filter(pk=row.call.pk).update(token=found)
