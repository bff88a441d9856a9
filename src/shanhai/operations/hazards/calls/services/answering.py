# SPDX-License-Identifier: Apache-2.0
"""Somebody answers a call: signed in, by the link in their message, or by the duty officer in their name."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict, NotVisible, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.operations.hazards.calls.selectors.calls import NO_CALL, own_or_seen, standing_of
from shanhai.operations.hazards.calls.selectors.tokens import hashed
from shanhai.operations.hazards.calls.services.calling import move_call
from shanhai.operations.hazards.models import Call
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.states import CallState

MOST_WORDS = 200


@transaction.atomic
def answer(*, by: Actor, at: datetime, call: UUID, because: str = "") -> Call:
    """Answer one's own call, or as duty officer that of somebody who was reached otherwise, saying how.

    A second answer changes nothing. Raises NotVisible, NotAllowed, BadInput without words for another, Conflict for a
    call that has ended.
    """
    rows = Call.objects.select_for_update(of=("self",), no_key=True).select_related("incident__site__programme")
    found = rows.filter(own_or_seen(by), uuid=call).first()
    if found is None:
        raise NotVisible(NO_CALL, "hazards.call_not_found")
    if not found.person.is_actor(by):
        by.require(HazardPermission.DUTY, **found.incident.site.scope)
        because = checked_reason(because, gettext_noop("请写明怎样找到本人、本人怎么说。"), "hazards", most=MOST_WORDS)
    return _answered(found, by=by, at=at, ref=by.ref, words=because.strip()[:MOST_WORDS])


@transaction.atomic
def answer_by_link(*, by: Actor, at: datetime, token: str) -> Call:
    """Answer the call whose link this is; whoever has it may. Raises NotVisible, Conflict for one that is over."""
    rows = Call.objects.select_for_update(of=("self",), no_key=True).select_related(
        "incident__site__programme", "alert"
    )
    found = rows.filter(token=hashed(token)).first()
    if found is None:
        raise NotVisible(NO_CALL, "hazards.call_not_found")
    if standing_of(found, at=at) == "expired":
        raise Conflict(gettext_noop("这份预警已经过期。请给值班员打电话。"), "hazards.call_expired")
    return _answered(found, by=by, at=at, ref="", words="")


def _answered(call: Call, *, by: Actor, at: datetime, ref: str, words: str) -> Call:
    if call.state == CallState.ANSWERED:
        return call
    if call.state == CallState.ENDED:
        raise Conflict(gettext_noop("这次叫应已经结束，不用再回应。"), "hazards.call_ended")
    old = call.state
    call.answered_at, call.answered_by, call.answer = at, ref, words
    move_call(by=by, at=at, call=call, new=CallState.ANSWERED, because=words)
    facts = {"role": call.role, "state": [old, CallState.ANSWERED.value]}
    audit.record(
        by=by, at=at, action="hazards.calls.answered", on=call.incident.subject(), changes=facts, because=words
    )
    return call
