# SPDX-License-Identifier: Apache-2.0
"""Bulletins for who may see them: the list, one with all that its page shows, what waits for whom."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, When

from shanhai.base.accounts import selectors as accounts
from shanhai.base.database.selectors import holding, in_programme, visible
from shanhai.insight.evidence.texts.selectors import check_text
from shanhai.insight.evidence.texts.values import Original
from shanhai.insight.reports.composing.rules.drawing import joined
from shanhai.insight.reports.composing.rules.taking import Taken, differing, from_kept
from shanhai.insight.reports.composing.selectors.content import compose
from shanhai.insight.reports.composing.selectors.taking import take
from shanhai.insight.reports.models import Bulletin, BulletinMove, Section
from shanhai.insight.reports.models.bulletins import BulletinQuerySet
from shanhai.insight.reports.permissions import ReportsPermission
from shanhai.insight.reports.states import ENDED, IN_HAND, JUDGED, BulletinState
from shanhai.insight.reports.values import BulletinKind, Content, content_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import EvidencePage, Figure
from shanhai.kernel.messages import Message, gettext_noop
from shanhai.kernel.shares import Measure, Share
from shanhai.planning.programmes.campaigns.selectors import list_campaign_summaries
from shanhai.planning.programmes.core.selectors.programmes import list_batches

NO_FIGURE = gettext_noop("这份报告里没有这个数。请从报告的正文进入。")


@dataclass(frozen=True, slots=True)
class BulletinPage:
    """A bulletin with its document, its way, the names of those on it, and which steps the viewer may take."""

    bulletin: Bulletin
    sections: Sequence[Section]
    content: Content
    taken: Taken
    moves: tuple[BulletinMove, ...]
    names: dict[str, str]
    acts: tuple[str, ...]
    replaced_by: Bulletin | None
    sees_whole: bool


def list_bulletins(
    *, viewer: Actor, programme: str, kind: BulletinKind | None = None, text: str = ""
) -> BulletinQuerySet:
    """The bulletins of a programme that the viewer may see, what is still in work first, then the newest period."""
    found = Bulletin.objects.visible_to(viewer).filter(programme__code=programme)
    if kind:
        found = found.filter(kind=kind)
    found = found.filter(holding(text, "title")).exclude(state=BulletinState.DROPPED)
    return found.order_by(
        Case(When(state=BulletinState.FROZEN, then=1), default=0), "-ends_on", "-version", "-pk"
    ).defer("taken", "content")


def find_bulletins(*, viewer: Actor, text: str, limit: int) -> list[Bulletin]:
    """Those whose titles hold every word, the newest first. One query."""
    found = Bulletin.objects.visible_to(viewer).filter(holding(text, "title"))
    return list(found.order_by("-ends_on", "-pk").defer("taken", "content")[:limit])


def list_abouts(*, viewer: Actor, programme: str, on: Any) -> list[tuple[str, str, str]]:
    """What a bulletin may be about beside a month or a quarter: "batch" or "campaign", the uuid, the name or number."""
    batches = [("batch", str(one.uuid), str(one.number)) for one in list_batches(viewer=viewer, programme=programme)]
    found = list_campaign_summaries(viewer=viewer, programme=programme, on=on)
    return batches + [("campaign", str(one.uuid), str(one.name)) for one in found]


def get_bulletin(*, viewer: Actor, uuid: UUID) -> BulletinPage:
    """A bulletin with all that its page shows, from what is kept with it: no figure is computed.

    At most five queries. Raises NotVisible.
    """
    found = Bulletin.objects.one(viewer, uuid)
    sections, moves = list(found.sections.order_by("position")), tuple(found.moves.order_by("-at", "-pk"))
    refs = {found.written_by, found.checked_by, found.approved_by, *(move.by for move in moves)}
    names = accounts.names_by_ref(viewer=viewer, refs=refs)
    taken, code = from_kept(found.taken), found.programme.code
    content = (
        content_of(found.content)
        if found.content
        else compose(bulletin=found, sections=sections, taken=taken, names=names)
    )
    replaced_by = getattr(found, "replaced_by", None)
    return BulletinPage(
        found,
        sections,
        content,
        taken,
        moves,
        names,
        _acts(viewer, found, replaced_by),
        replaced_by,
        sees_whole=viewer.may(ReportsPermission.VIEW, programme=code),
    )


def _acts(viewer: Actor, found: Bulletin, replaced_by: Bulletin | None) -> tuple[str, ...]:
    state, code = BulletinState(found.state), found.programme.code
    writes = viewer.may(ReportsPermission.WRITE, programme=code)
    approves = viewer.may(ReportsPermission.APPROVE, programme=code)
    if state in IN_HAND:
        return ("submit", "take", "drop") if writes else ()
    if state in JUDGED:
        checks, signs = (
            may_check(viewer, found),
            approves and not wrote(viewer, found) and viewer.ref != found.checked_by,
        )
        offered = {"check": checks, "approve": signs, "return": checks or approves}
        return tuple(act for act, is_offered in offered.items() if is_offered)
    if state is BulletinState.APPROVED:
        return (*(("freeze",) if writes or approves else ()), *(("return",) if approves else ()))
    return ("correct",) if state is BulletinState.FROZEN and writes and replaced_by is None else ()


def wrote(viewer: Actor, bulletin: Bulletin) -> bool:
    """Whether the viewer began the bulletin or was the last to write in it: then somebody else approves it."""
    return viewer.ref in (bulletin.written_by, bulletin.edited_by)


def may_check(viewer: Actor, bulletin: Bulletin) -> bool:
    """Whether the viewer may say of a bulletin that it was checked."""
    writes = viewer.may(ReportsPermission.WRITE, programme=bulletin.programme.code)
    return writes and bulletin.state == BulletinState.SUBMITTED and not wrote(viewer, bulletin)


def text_of(content: Content) -> str:
    """The headings and paragraphs, a line each, with the figures as they are read in them."""
    return "\n".join(line for part in content.parts for line in (part.heading, *map(joined, part.paragraphs)))


def check_content(*, viewer: Actor, content: Content) -> list[tuple[Message, list[str], str]]:
    """What does not fit in the text of a bulletin: in words, the numbers concerned, and the likeliest slip or ""."""
    text = text_of(content)
    found = check_text(viewer=viewer, original=Original(text, {0: ""}))
    return [
        (one.message, [text[span.start : span.end] for span in one.spans], one.suspect.text if one.suspect else "")
        for one in found.findings
    ]


@dataclass(frozen=True, slots=True)
class FigurePage:
    """A figure of a bulletin with the rows that were kept behind it, and what the same is today."""

    bulletin: Bulletin
    figure: Figure
    pages: dict[str, EvidencePage]
    moved: bool
    now: Measure | Share | None


def get_figure(*, viewer: Actor, uuid: UUID, ref: str) -> FigurePage:
    """One figure of a bulletin as it is kept, and whether today's as of the same day is another. Raises NotVisible."""
    found = Bulletin.objects.one(viewer, uuid)
    taken = from_kept(found.taken)
    figure = taken.figure(ref)
    if figure is None:
        raise NotVisible(NO_FIGURE)
    if not viewer.may(ReportsPermission.VIEW, programme=found.programme.code):
        return FigurePage(found, figure, {}, moved=False, now=None)
    others = {one: now for one, _figure, now in differing(taken, take(viewer=viewer, bulletin=found))}
    return FigurePage(found, figure, taken.pages(ref), moved=ref in others, now=others.get(ref))


def list_differing(*, viewer: Actor, uuid: UUID) -> list[tuple[str, Figure, Measure | Share | None]]:
    """The figures of a frozen bulletin that are others today as of the same day; none for who sees only a place.

    As many queries as taking them anew. Raises NotVisible.
    """
    found = Bulletin.objects.one(viewer, uuid)
    if not found.is_frozen or not viewer.may(ReportsPermission.VIEW, programme=found.programme.code):
        return []
    return list(differing(from_kept(found.taken), take(viewer=viewer, bulletin=found)))


def list_waiting(*, viewer: Actor, programme: str | None) -> list[Bulletin]:
    """Bulletins that wait for the viewer: their own to write, others' to judge, approved ones to freeze. One query."""
    hand = Q(state__in=[state.value for state in IN_HAND]) & (Q(written_by=viewer.ref) | Q(edited_by=viewer.ref))
    judged = Q(state__in=[state.value for state in JUDGED]) & _held(viewer, ReportsPermission.APPROVE)
    checked = Q(state=BulletinState.SUBMITTED) & _held(viewer, ReportsPermission.WRITE)
    judged = (judged & ~Q(checked_by=viewer.ref) | checked) & ~Q(written_by=viewer.ref) & ~Q(edited_by=viewer.ref)
    to_freeze = Q(state=BulletinState.APPROVED, edited_by=viewer.ref) & _held(viewer, ReportsPermission.WRITE)
    found = Bulletin.objects.visible_to(viewer).exclude(state__in=[state.value for state in ENDED])
    found = found.filter(hand | judged | to_freeze, in_programme(programme))
    return list(found.select_related("programme").defer("taken", "content").order_by("moved_at", "pk"))


def _held(viewer: Actor, permission: str) -> Q:
    return visible(viewer, permission, programme="programme__code", place=None)


def digest_of(content: dict[str, Any] | None, taken: dict[str, Any]) -> str:
    """The hash of a frozen document and its figures, whatever the order in which the database keeps their keys."""
    text = json.dumps([content, taken], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def altered_bulletins() -> tuple[str, ...]:
    """The titles of frozen bulletins that are not what they were frozen as."""
    rows = Bulletin.objects.filter(state=BulletinState.FROZEN).order_by("pk").iterator(chunk_size=50)
    return tuple(one.title for one in rows if digest_of(one.content, one.taken) != one.digest)


def plain_content(content: Content) -> dict[str, Any]:
    """The document as JSON keeps it: lists for tuples, so that it is hashed as it is read again."""
    kept: dict[str, Any] = json.loads(json.dumps(asdict(content)))
    return kept
