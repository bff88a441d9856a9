# SPDX-License-Identifier: Apache-2.0
"""What was agreed: made at a visit or a meeting, done by its owner, confirmed by somebody else, dropped."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from shanhai.base.accounts.selectors import find_user, user_ref
from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NO_TEXT, BadInput, Conflict, Faults, NotAllowed, checked_reason, checked_text
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.states import require_move
from shanhai.team.visits.models import Agreement, AgreementMove, Delegation, Meeting
from shanhai.team.visits.permissions import VisitPermission
from shanhai.team.visits.selectors.agreements import get_agreement
from shanhai.team.visits.selectors.delegations import get_delegation
from shanhai.team.visits.selectors.meetings import get_meeting
from shanhai.team.visits.states import AGREEMENT_MOVES, AgreementState, DelegationState, MeetingState
from shanhai.team.visits.values import MOST_WORDS, AgreementFacts

# What is due later is a plan of its own.
MOST_AHEAD = timedelta(days=3660)
_CODE = "visits.text_not_usable"


@transaction.atomic
def agree_at_visit(
    *, by: Actor, at: datetime, delegation: UUID, facts: AgreementFacts, provenance: str = ""
) -> Agreement:
    """Enter what was agreed at a visit that was held. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = get_delegation(viewer=by, uuid=delegation, lock=True)
    by.require(VisitPermission.MANAGE, programme=found.programme.code)
    if found.state not in (DelegationState.HELD, DelegationState.REPORTED):
        raise Conflict(gettext_noop("互访成行以后再登记议定事项。"), "visits.not_held")
    return _agree(by, at, facts, delegation=found, provenance=provenance)


@transaction.atomic
def agree_at_meeting(
    *, by: Actor, at: datetime, meeting: UUID, facts: AgreementFacts, provenance: str = ""
) -> Agreement:
    """Enter what was agreed at a meeting that has minutes. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = get_meeting(viewer=by, uuid=meeting, lock=True)
    by.require(VisitPermission.MANAGE, programme=found.mechanism.programme.code)
    if found.state != MeetingState.MINUTED:
        raise Conflict(gettext_noop("会议有纪要以后再登记议定事项。"), "visits.not_held")
    return _agree(by, at, facts, meeting=found, provenance=provenance)


@transaction.atomic
def claim_done(*, by: Actor, at: datetime, agreement: UUID, proof: str) -> Agreement:
    """Say that it is done, and by what one sees it: its owner. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = _held(by, agreement, AgreementState.AGREED)
    if found.owner != by.ref:
        raise NotAllowed(gettext_noop("由责任人报告落实。"), "visits.not_the_owner")
    faults = Faults()
    with faults.of("proof"):
        found.proof = checked_text(proof, NO_TEXT, _CODE, most=MOST_WORDS)
    faults.tell()
    return _move(found, AgreementState.DONE, by=by, at=at, act="visits.agreement.done")


@transaction.atomic
def confirm(*, by: Actor, at: datetime, agreement: UUID) -> Agreement:
    """Confirm what another did. Raises NotVisible, NotAllowed, Conflict."""
    found = _confirmer(by, agreement)
    found.closed_on = clock.local_date(at)
    return _move(found, AgreementState.CONFIRMED, by=by, at=at, act="visits.agreement.confirmed")


@transaction.atomic
def send_back(*, by: Actor, at: datetime, agreement: UUID, because: str) -> Agreement:
    """Send back what is not done. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = _confirmer(by, agreement)
    reason = checked_reason(because, gettext_noop("请写明为什么退回。"), "visits")
    found.proof = ""
    return _move(found, AgreementState.AGREED, by=by, at=at, act="visits.agreement.returned", because=reason)


@transaction.atomic
def drop(*, by: Actor, at: datetime, agreement: UUID, because: str) -> Agreement:
    """Give up what was agreed, and say why. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = _held(by, agreement, AgreementState.AGREED)
    by.require(VisitPermission.MANAGE, programme=found.programme.code)
    reason = checked_reason(because, gettext_noop("请写明为什么不再落实。"), "visits")
    found.closed_on = clock.local_date(at)
    return _move(found, AgreementState.DROPPED, by=by, at=at, act="visits.agreement.dropped", because=reason)


def _agree(
    by: Actor,
    at: datetime,
    facts: AgreementFacts,
    *,
    delegation: Delegation | None = None,
    meeting: Meeting | None = None,
    provenance: str,
) -> Agreement:
    today = clock.local_date(at)
    faults = Faults()
    with faults.of("words"):
        words = checked_text(facts.words, NO_TEXT, _CODE, most=MOST_WORDS)
    with faults.of("owner"):
        ref = user_ref(user=facts.owner)
        if find_user(ref=ref) is None:
            raise BadInput(gettext_noop("没有这个账号。请从列表选择。"), "visits.user_not_known")
    with faults.of("due_on"):
        last = today + MOST_AHEAD
        if not today <= facts.due_on <= last:
            text = gettext_noop("期限要在今天和 %(last)s 之间。")
            raise BadInput(text, "visits.day_not_possible", last=last.isoformat())
    faults.tell()
    programme = delegation.programme if delegation else meeting.mechanism.programme  # type: ignore[union-attr]
    made = Agreement.objects.create(
        programme=programme, delegation=delegation, meeting=meeting, words=words, owner=ref, due_on=facts.due_on,
        agreed_on=today, provenance=provenance,
    )  # fmt: skip
    AgreementMove.objects.create(agreement=made, new=AgreementState.AGREED, at=at, by=by.ref)
    changes = {"due_on": facts.due_on.isoformat()}
    audit.record(by=by, at=at, action="visits.agreement.made", on=made.subject(), changes=changes)
    return made


def _confirmer(by: Actor, agreement: UUID) -> Agreement:
    found = _held(by, agreement, AgreementState.DONE)
    by.require(VisitPermission.MANAGE, programme=found.programme.code)
    if by.ref == found.owner:
        raise NotAllowed(gettext_noop("自己落实的，由别人确认。"), "visits.own_agreement")
    return found


def _held(by: Actor, uuid: UUID, state: AgreementState) -> Agreement:
    found = get_agreement(viewer=by, uuid=uuid, lock=True)
    if found.state != state:
        text = gettext_noop("这个议定事项现在是“%(state)s”，不能这样办。请刷新后再看。")
        raise Conflict(text, "visits.agreement_moved_on", state=message(found.status[1]))
    return found


def _move(
    agreement: Agreement, to: AgreementState, *, by: Actor, at: datetime, act: str, because: str = ""
) -> Agreement:
    old = AgreementState(agreement.state)
    require_move(AGREEMENT_MOVES, old, to)
    agreement.state = to.value
    agreement.save()
    AgreementMove.objects.create(agreement=agreement, old=old, new=to, at=at, by=by.ref, because=because)
    changes = {"state": [old.value, to.value]}
    audit.record(by=by, at=at, action=act, on=agreement.subject(), changes=changes, because=because)
    return agreement
