# SPDX-License-Identifier: Apache-2.0
"""Posts: asked for, opened or declined, closed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NO_TEXT, BadInput, Faults, Refused, checked_reason, checked_text
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.core.selectors.programmes import get_batch
from shanhai.registers.organisations.selectors import get_organisation
from shanhai.registers.places.selectors import get_division, list_counties_of
from shanhai.team.secondments.models import Post, PostMove
from shanhai.team.secondments.permissions import SecondmentPermission
from shanhai.team.secondments.rules import checked_span
from shanhai.team.secondments.selectors.posts import get_post, span_of
from shanhai.team.secondments.states import LIVE, POST_MOVES, PostState
from shanhai.team.secondments.values import PostFacts

MOST_TITLE, MOST_NEEDS = 100, 500
NO_REASON = gettext_noop("请写明原因，提出的县看得到。")


@transaction.atomic
def ask_post(*, by: Actor, at: datetime, programme: str, batch: UUID, facts: PostFacts, provenance: str = "") -> Post:
    """Ask for a post. What the office itself asks for is open at once, a county's waits for the office.

    Raises NotAllowed, NotVisible, and BadInput with all that is wrong.
    """
    if not by.may(SecondmentPermission.MANAGE, programme=programme, place=facts.place):
        by.require(SecondmentPermission.ASK, programme=programme, place=facts.place)
    found = get_batch(viewer=by, programme=programme, uuid=batch)
    faults = Faults()
    with faults.of("title"):
        title = checked_text(facts.title, NO_TEXT, "secondments.text_not_usable", most=MOST_TITLE)
    with faults.of("needs"):
        needs = ""
        if facts.needs.strip():
            needs = checked_text(facts.needs, NO_TEXT, "secondments.text_not_usable", most=MOST_NEEDS)
    with faults.of("until"):
        checked_span(facts.since, facts.until, within=span_of(found.programme))
    with faults.of("place"):
        place = get_division(facts.place).code
        if not list_counties_of(found.programme.recipient.code).filter(code=place).exists():
            raise BadInput(
                gettext_noop("这个县不在这项对口支援的受援地区内。请从列表选择。"), "secondments.not_a_county"
            )
    faults.tell()

    post = Post.objects.create(
        programme=found.programme,
        batch=found,
        place=place,
        receiver=get_organisation(viewer=by, uuid=facts.receiver),
        title=title,
        kind=facts.kind,
        full_time=facts.full_time,
        since=facts.since,
        until=facts.until,
        needs=needs,
        altitude_m=facts.altitude_m,
        asked_by=by.ref,
        moved_at=at,
        provenance=provenance,
    )
    PostMove.objects.create(post=post, new=PostState.ASKED, at=at, by=by.ref)
    changes = {"kind": facts.kind, "since": facts.since.isoformat(), "until": facts.until.isoformat()}
    audit.record(by=by, at=at, action="secondments.post.asked", on=post.subject(), changes=changes)
    if by.may(SecondmentPermission.MANAGE, programme=programme, place=place):
        _move(post, PostState.OPEN, by=by, at=at, act="secondments.post.opened")
    return post


@transaction.atomic
def open_post(*, by: Actor, at: datetime, post: UUID) -> Post:
    """Agree that somebody is sent. Raises NotVisible, NotAllowed, Conflict."""
    found = _managed(by, post)
    _move(found, PostState.OPEN, by=by, at=at, act="secondments.post.opened")
    return found


@transaction.atomic
def decline_post(*, by: Actor, at: datetime, post: UUID, because: str) -> Post:
    """Do not agree, and say why. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = _managed(by, post)
    reason = checked_reason(because, NO_REASON, "secondments")
    _move(found, PostState.DECLINED, by=by, at=at, act="secondments.post.declined", because=reason)
    return found


@transaction.atomic
def close_post(*, by: Actor, at: datetime, post: UUID, because: str) -> Post:
    """Nobody is wanted there any more. Raises NotVisible, NotAllowed, Conflict, BadInput, Refused while it is held."""
    found = _managed(by, post)
    reason = checked_reason(because, NO_REASON, "secondments")
    held = found.secondments.filter(until__gt=clock.local_date(at)).order_by("since").first()
    if held is not None:
        text = gettext_noop("这个岗位还有人（到 %(until)s）。请先结束派驻，再关闭岗位。")
        raise Refused(text, "secondments.post_is_held", until=held.until.isoformat())
    if found.nominations.filter(state__in=[one.value for one in LIVE]).exists():
        text = gettext_noop("这个岗位还有推荐没有办完。请先撤回推荐，再关闭岗位。")
        raise Refused(text, "secondments.nominations_going_on")
    _move(found, PostState.CLOSED, by=by, at=at, act="secondments.post.closed", because=reason)
    return found


def _managed(by: Actor, post: UUID) -> Post:
    """The post, its row held, for who manages it."""
    found = get_post(viewer=by, uuid=post, lock=True)
    by.require(SecondmentPermission.MANAGE, programme=found.programme.code, place=found.place)
    return found


def _move(post: Post, to: PostState, *, by: Actor, at: datetime, act: str, because: str = "") -> None:
    old = PostState(post.state)
    require_move(POST_MOVES, old, to)
    post.state, post.moved_at = to.value, at
    post.save(update_fields=["state", "moved_at"])
    PostMove.objects.create(post=post, old=old, new=to, at=at, by=by.ref, because=because)
    changes = {"state": [old.value, to.value]}
    audit.record(by=by, at=at, action=act, on=post.subject(), changes=changes, because=because)
