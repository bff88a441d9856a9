# SPDX-License-Identifier: Apache-2.0
"""Nominations: proposed by one, checked by another, taken back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict, NotAllowed, Refused, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.registers.organisations.selectors import get_organisation
from shanhai.registers.people.selectors import get_person
from shanhai.team.secondments.models import Nomination, NominationMove
from shanhai.team.secondments.permissions import SecondmentPermission
from shanhai.team.secondments.selectors.posts import get_nomination, get_post, require_going_on
from shanhai.team.secondments.states import LIVE, NOMINATION_MOVES, NominationState, PostState
from shanhai.team.secondments.values import Check


@transaction.atomic
def propose(*, by: Actor, at: datetime, post: UUID, person: UUID, sender: UUID | None = None) -> Nomination:
    """Name a person of the register for an open post, of their own organisation unless ``sender`` is another.

    Raises NotVisible, NotAllowed, Refused, Conflict.
    """
    found = get_post(viewer=by, uuid=post, lock=True)
    by.require(SecondmentPermission.MANAGE, programme=found.programme.code, place=found.place)
    if found.state != PostState.OPEN:
        raise Conflict(gettext_noop("这个岗位现在不选派人。请先同意选派，或另选岗位。"), "secondments.post_not_open")
    named = get_person(viewer=by, uuid=person)
    if named.programme != found.programme.code:
        raise Refused(
            gettext_noop("这个人登记在别的对口支援里。请先在“人员”里登记到这一项。"),
            "secondments.person_elsewhere",
            field="person",
        )
    if found.nominations.filter(person=named, state__in=[one.value for one in LIVE]).exists():
        raise Conflict(gettext_noop("这个人已经推荐到这个岗位。"), "secondments.named_already", field="person")
    unit = get_organisation(viewer=by, uuid=sender) if sender else named.organisation
    if unit is None:
        text = gettext_noop("人员登记里没有这个人的单位。请写选派单位。")
        raise Refused(text, "secondments.sender_missing", field="sender")

    nomination = Nomination.objects.create(
        post=found,
        person=named,
        sender=unit,
        proposed_by=by.ref,
        moved_at=at,
    )
    NominationMove.objects.create(nomination=nomination, new=NominationState.PROPOSED, at=at, by=by.ref)
    audit.record(by=by, at=at, action="secondments.nomination.proposed", on=nomination.subject())
    return nomination


@transaction.atomic
def check(*, by: Actor, at: datetime, nomination: UUID, check: Check, passed: bool) -> Nomination:
    """Say whether somebody who is named passes one of the two checks: a no ends the nomination, both yes clear it.

    Raises NotVisible, NotAllowed (also for who named), Conflict.
    """
    found = get_nomination(viewer=by, uuid=nomination, lock=True)
    by.require(SecondmentPermission.CHECK, programme=found.post.programme.code, place=found.post.place)
    if by.ref == found.proposed_by or found.person.is_actor(by):
        raise NotAllowed(
            gettext_noop("推荐的人和被推荐的人不能自己审查。请由另一位审查。"), "secondments.own_nomination"
        )
    require_going_on(nomination=found)
    if found.state != NominationState.PROPOSED or getattr(found, f"{check}_at") is not None:
        raise Conflict(gettext_noop("这一项已经审查过，或者推荐已经有了结果。请刷新。"), "secondments.checked_already")

    if passed:
        setattr(found, f"{check}_at", at)
        setattr(found, f"{check}_by", by.ref)
    # Before its state: the database holds that what is cleared was checked twice.
    found.save(update_fields=[f"{check}_at", f"{check}_by"])
    changes = {"check": check, "passed": passed}
    audit.record(by=by, at=at, action="secondments.nomination.checked", on=found.subject(), changes=changes)
    if not passed:
        move_nomination(by=by, at=at, nomination=found, to=NominationState.REFUSED)
    elif found.papers_at and found.fitness_at:
        move_nomination(by=by, at=at, nomination=found, to=NominationState.CLEARED)
    return found


@transaction.atomic
def withdraw(*, by: Actor, at: datetime, nomination: UUID, because: str) -> Nomination:
    """Take a nomination back. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = get_nomination(viewer=by, uuid=nomination, lock=True)
    by.require(SecondmentPermission.MANAGE, programme=found.post.programme.code, place=found.post.place)
    reason = checked_reason(because, gettext_noop("请写明为什么撤回。"), "secondments")
    move_nomination(by=by, at=at, nomination=found, to=NominationState.WITHDRAWN, because=reason)
    act = "secondments.nomination.withdrawn"
    audit.record(by=by, at=at, action=act, on=found.subject(), because=reason)
    return found


def move_nomination(*, by: Actor, at: datetime, nomination: Nomination, to: NominationState, because: str = "") -> None:
    """Move a nomination that is held on, with its history; for the services here. Raises IllegalMove."""
    old = NominationState(nomination.state)
    require_move(NOMINATION_MOVES, old, to)
    nomination.state, nomination.moved_at = to.value, at
    nomination.save(update_fields=["state", "moved_at"])
    NominationMove.objects.create(nomination=nomination, old=old, new=to, at=at, by=by.ref, because=because)
