# SPDX-License-Identifier: Apache-2.0
"""Posts and nominations: one, the list, what holds of a post from its first day to its last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When

from shanhai.base.database.selectors import holding, in_programme, row_of, visible, within
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict
from shanhai.kernel.messages import gettext_noop
from shanhai.team.secondments.models import Nomination, Post, PostMove, Secondment
from shanhai.team.secondments.permissions import SecondmentPermission
from shanhai.team.secondments.rules import gaps
from shanhai.team.secondments.states import LIVE, NominationState, PostState
from shanhai.team.secondments.values import Span

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme

# So long before somebody leaves whoever sends ought to have named another.
AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class PostPage:
    """A post with everybody who holds it, in order, the stretches without anybody, and those named for it.

    ``nominations`` is None for who may not know whom they name.
    """

    post: Post
    secondments: tuple[Secondment, ...]
    gaps: tuple[Span, ...]
    nominations: tuple[Nomination, ...] | None
    moves: tuple[PostMove, ...]
    may_manage: bool
    may_check: bool


def get_post(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Post:
    """The post with its programme, batch and unit. ``lock`` holds its row. Raises NotVisible."""
    rows = Post.objects.visible_to(viewer).select_related("programme__recipient", "batch", "receiver")
    missing = gettext_noop("没有找到这个岗位。请从岗位列表进入。")
    return row_of(rows, uuid, missing, "secondments.post_not_found", lock=lock)


def get_nomination(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Nomination:
    """The nomination with its post and person. ``lock`` holds its row. Raises NotVisible."""
    rows = Nomination.objects.visible_to(viewer).select_related("post__programme", "person", "sender")
    missing = gettext_noop("没有找到这个推荐人选。请从岗位进入。")
    return row_of(rows, uuid, missing, "secondments.nomination_not_found", lock=lock)


def span_of(programme: Programme) -> Span:
    """The days of a programme, in which every post and every secondment lies."""
    return Span(programme.starts_on, programme.ends_on + timedelta(days=1))


def require_going_on(*, nomination: Nomination) -> None:
    """Raise Conflict where its post is not open any more, or its person was erased: then it is only withdrawn.

    For the services here.
    """
    if nomination.post.state != PostState.OPEN:
        text = gettext_noop("岗位现在是“%(state)s”，推荐办不下去了。请撤回推荐。")
        raise Conflict(text, "secondments.post_not_open", state=PostState(nomination.post.state))
    if nomination.person.erased_at is not None:
        text = gettext_noop("这个人的信息已经清除，推荐办不下去了。请撤回推荐。")
        raise Conflict(text, "secondments.person_erased")


def list_posts(
    *,
    viewer: Actor,
    programme: str,
    on: date,
    place: str | None = None,
    state: str = "",
    kind: str = "",
    text: str = "",
    vacant: bool = False,
) -> QuerySet[Post]:
    """The posts of a programme with their units, those asked for first, then by county; ``held``: somebody is in it
    ``on`` that day, ``vacant`` keeps open ones in which nobody is who should be."""
    there = Secondment.objects.filter(post=OuterRef("pk")).on(on)
    found = Post.objects.visible_to(viewer).filter(within(place), in_programme(programme)).annotate(held=Exists(there))
    found = found.filter(holding(text, "title", "receiver__name"))
    if state:
        found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    if vacant:
        found = found.filter(held=False, state=PostState.OPEN, since__lte=on, until__gt=on)
    over = Case(When(until__lte=on, then=1), default=0)
    # "asked" comes first by its letters, too.
    return found.select_related("receiver", "batch").order_by(over, "state", "place", "title", "pk")


def get_post_page(*, viewer: Actor, uuid: UUID) -> PostPage:
    """A post and all that is known of it. Five queries. Raises NotVisible."""
    post = get_post(viewer=viewer, uuid=uuid)
    scope = {"programme": post.programme.code, "place": post.place}
    may_manage = viewer.may(SecondmentPermission.MANAGE, **scope)
    may_check = viewer.may(SecondmentPermission.CHECK, **scope)
    secondments = tuple(post.secondments.select_related("person", "sender").order_by("since", "pk"))
    nominations = None
    if may_manage or may_check:
        nominations = tuple(post.nominations.select_related("person", "sender").order_by("-moved_at", "pk"))
    return PostPage(
        post=post,
        secondments=secondments,
        gaps=tuple(gaps(post.span, [one.span for one in secondments])),
        nominations=nominations,
        moves=tuple(post.moves.order_by("at", "pk")),
        may_manage=may_manage,
        may_check=may_check,
    )


def list_asked(*, viewer: Actor, programme: str | None) -> list[Post]:
    """Posts that wait for the viewer's word, the longest first. One query."""
    rows = Post.objects.filter(_where(viewer, SecondmentPermission.MANAGE), in_programme(programme))
    rows = rows.filter(state=PostState.ASKED).select_related("programme", "receiver")
    return list(rows.order_by("moved_at", "pk"))


def list_unchecked(*, viewer: Actor, programme: str | None) -> list[Nomination]:
    """Nominations that the viewer is to check or, once they are cleared, to dispatch, the longest first. One query."""
    checks = Q(_where(viewer, SecondmentPermission.CHECK, "post__"), state=NominationState.PROPOSED)
    sends = Q(_where(viewer, SecondmentPermission.MANAGE, "post__"), state=NominationState.CLEARED)
    rows = Nomination.objects.filter(
        checks & ~Q(proposed_by=viewer.ref) | sends, in_programme(programme, "post__programme")
    )
    return list(rows.select_related("post__programme", "person").order_by("moved_at", "pk"))


def list_ending(*, viewer: Actor, programme: str | None, at: date) -> list[Secondment]:
    """Secondments that end within ``AHEAD``, where the viewer manages them: see ``list_unrelieved``. One query."""
    rows = list_unrelieved(programme=programme, until=at + AHEAD)
    return list(rows.filter(_where(viewer, SecondmentPermission.MANAGE), until__gt=at))


def list_unrelieved(*, programme: str | None, until: date) -> QuerySet[Secondment]:
    """Secondments that end by a day in posts that want somebody for longer, with nobody who comes, or is named."""
    comes = Secondment.objects.filter(post=OuterRef("post"), since__gte=OuterRef("until"))
    named = Nomination.objects.filter(post=OuterRef("post"), state__in=[one.value for one in LIVE])
    rows = Secondment.objects.filter(~Exists(comes), ~Exists(named), in_programme(programme), until__lte=until)
    rows = rows.filter(post__state=PostState.OPEN, post__until__gt=F("until"))
    return rows.select_related("post__programme", "person").order_by("until", "pk")


def _where(viewer: Actor, permission: str, path: str = "") -> Q:
    return visible(viewer, permission, programme=f"{path}programme__code", place=f"{path}place")
