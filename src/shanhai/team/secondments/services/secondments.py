# SPDX-License-Identifier: Apache-2.0
"""Secondments: dispatched, extended, ended early, relieved. An interval changes only at its end."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict, Refused, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.team.secondments.models import Nomination, Post, Secondment
from shanhai.team.secondments.permissions import SecondmentPermission
from shanhai.team.secondments.rules import checked_span
from shanhai.team.secondments.selectors.posts import get_nomination, get_post, require_going_on, span_of
from shanhai.team.secondments.selectors.roster import get_secondment, require_free
from shanhai.team.secondments.services.nominations import move_nomination
from shanhai.team.secondments.states import NominationState
from shanhai.team.secondments.values import Ending, Span

_TAKEN = gettext_noop("刚才有人先派了。请刷新后再看。")


@transaction.atomic
def dispatch(
    *, by: Actor, at: datetime, nomination: UUID, since: date, until: date, provenance: str = ""
) -> Secondment:
    """Send somebody who is cleared to the post, for days on which it wants somebody and nobody holds it.

    Raises NotVisible, NotAllowed, BadInput, Refused, Conflict: also where the person is in another full-time post.
    """
    found, post = _cleared(by, nomination)
    span = checked_span(since, until, within=post.span)
    require_free(post=post, person=found.person, span=span)
    return _send(found, post, span, by=by, at=at, provenance=provenance)


@transaction.atomic
def relieve(*, by: Actor, at: datetime, secondment: UUID, nomination: UUID, on: date, until: date) -> Secondment:
    """End a secondment on the day on which somebody else, who is cleared for the same post, takes it over.

    Raises as ``dispatch``, and Refused for a nomination for another post.
    """
    held = _held(by, secondment)
    found, post = _cleared(by, nomination)
    if found.post_id != held.post_id:
        raise Refused(gettext_noop("这个人推荐的是另一个岗位。"), "secondments.other_post", field="nomination")
    if found.person == held.person:
        raise Refused(gettext_noop("接替的要是另一个人。"), "secondments.same_person", field="nomination")
    if not held.since < on <= held.until:
        text = gettext_noop("接替的日子要在派驻期内（%(since)s 之后，不晚于 %(until)s）。")
        days = {"since": held.since.isoformat(), "until": held.until.isoformat()}
        raise Refused(text, "secondments.relief_outside", field="on", **days)
    span = checked_span(on, until, within=post.span)
    changes = {"until": [held.until.isoformat(), on.isoformat()]}
    held.until, held.ending, held.ended_because = on, Ending.RELIEVED.value, ""
    held.save(update_fields=["until", "ending", "ended_because"])
    audit.record(by=by, at=at, action="secondments.secondment.relieved", on=held.subject(), changes=changes)
    require_free(post=post, person=found.person, span=span)
    return _send(found, post, span, by=by, at=at, relieves=held)


@transaction.atomic
def extend(*, by: Actor, at: datetime, secondment: UUID, until: date, because: str) -> Secondment:
    """Let a secondment that has not ended last longer; where the post ended earlier, it is wanted as long.

    Raises NotVisible, NotAllowed, BadInput, Refused, Conflict.
    """
    held = _held(by, secondment)
    reason = checked_reason(because, gettext_noop("请写明为什么延长。"), "secondments")
    if held.until <= clock.local_date(at):
        raise Conflict(gettext_noop("这段派驻已经结束。再来要另行推荐和派出。"), "secondments.secondment_ended")
    if until <= held.until:
        text = gettext_noop("现在到 %(until)s 为止，延长要更晚。要提前结束请用“提前结束”。")
        raise Refused(text, "secondments.not_longer", field="until", until=held.until.isoformat())
    # A secondment from before the programme would be another fault.
    checked_span(max(held.since, held.programme.starts_on), until, within=span_of(held.programme))
    post = get_post(viewer=by, uuid=held.post.uuid, lock=True)
    require_free(post=post, person=held.person, span=Span(held.until, until), but=held)

    changes = {"until": [held.until.isoformat(), until.isoformat()]}
    held.until, held.ending, held.ended_because = until, Ending.PLANNED.value, ""
    _stored(held, ["until", "ending", "ended_because"])
    if post.until < until:
        post.until = until
        post.save(update_fields=["until"])
    act = "secondments.secondment.extended"
    audit.record(by=by, at=at, action=act, on=held.subject(), changes=changes, because=reason)
    return held


@transaction.atomic
def end_early(*, by: Actor, at: datetime, secondment: UUID, until: date, because: str) -> Secondment:
    """End a secondment before its time: ``until`` is the first day on which the person is not in the post any more.

    Raises NotVisible, NotAllowed, BadInput, Refused.
    """
    held = _held(by, secondment)
    reason = checked_reason(because, gettext_noop("请写明为什么提前结束。"), "secondments")
    if Secondment.objects.filter(relieves=held).exists():
        raise Conflict(gettext_noop("已经有人接替，离岗日就是接替的那一天，不能再改。"), "secondments.relieved")
    if held.teaching.filter(since__gte=until).exists():
        text = gettext_noop("这一天以后还有开始的带教记录。请选更晚的日子。")
        raise Refused(text, "secondments.teaching_after", field="until")
    if not held.since < until < held.until:
        text = gettext_noop("提前结束的日子要在 %(since)s 之后、%(until)s 之前。")
        days = {"since": held.since.isoformat(), "until": held.until.isoformat()}
        raise Refused(text, "secondments.not_early", field="until", **days)
    changes = {"until": [held.until.isoformat(), until.isoformat()]}
    held.until, held.ending, held.ended_because = until, Ending.EARLY.value, reason
    held.save(update_fields=["until", "ending", "ended_because"])
    act = "secondments.secondment.ended_early"
    audit.record(by=by, at=at, action=act, on=held.subject(), changes=changes, because=reason)
    return held


def _held(by: Actor, secondment: UUID) -> Secondment:
    """The secondment, its row held, for who manages it."""
    found = get_secondment(viewer=by, uuid=secondment, lock=True)
    by.require(SecondmentPermission.MANAGE, programme=found.programme.code, place=found.place)
    return found


def _cleared(by: Actor, nomination: UUID) -> tuple[Nomination, Post]:
    """The nomination and its post, both held, for who manages the post."""
    found = get_nomination(viewer=by, uuid=nomination, lock=True)
    require_going_on(nomination=found)
    post = get_post(viewer=by, uuid=found.post.uuid, lock=True)
    by.require(SecondmentPermission.MANAGE, programme=post.programme.code, place=post.place)
    return found, post


def _send(
    nomination: Nomination,
    post: Post,
    span: Span,
    *,
    by: Actor,
    at: datetime,
    relieves: Secondment | None = None,
    provenance: str = "",
) -> Secondment:
    move_nomination(by=by, at=at, nomination=nomination, to=NominationState.DISPATCHED)
    secondment = Secondment(
        programme=post.programme,
        post=post,
        nomination=nomination,
        person=nomination.person,
        sender=nomination.sender,
        relieves=relieves,
        place=post.place,
        kind=post.kind,
        full_time=post.full_time,
        since=span.since,
        until=span.until,
        provenance=provenance,
    )
    _stored(secondment)
    changes = {"since": span.since.isoformat(), "until": span.until.isoformat()}
    audit.record(by=by, at=at, action="secondments.secondment.dispatched", on=secondment.subject(), changes=changes)
    return secondment


def _stored(secondment: Secondment, fields: list[str] | None = None) -> None:
    """Store it. Raises Conflict where somebody was faster, which the database's own constraint says."""
    try:
        with transaction.atomic():
            secondment.save(update_fields=fields)
    except IntegrityError as error:
        raise Conflict(_TAKEN, "secondments.somebody_was_faster", field="since") from error
