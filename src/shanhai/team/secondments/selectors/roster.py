# SPDX-License-Identifier: Apache-2.0
"""Who is here on a day, by county, kind and unit; a secondment; how many, and what they taught."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from shanhai.base.database.selectors import holding, in_programme, own, row_of, visible, within
from shanhai.base.formats import named
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.page_memory import remembered
from shanhai.kernel.parts import Page
from shanhai.registers.places.selectors import find_divisions
from shanhai.registers.tables.selectors.writing import Column, write_table
from shanhai.team.secondments.models import Post, Secondment, TeachingMove, TeachingRecord
from shanhai.team.secondments.permissions import SecondmentPermission
from shanhai.team.secondments.states import PostState, TeachingState
from shanhai.team.secondments.values import Span

if TYPE_CHECKING:
    from shanhai.registers.people.models import Person


@dataclass(frozen=True, slots=True)
class Counted:
    """By (county, kind), as of a day: who is in a post, open posts that nobody holds, what counts as taught.

    Each with how many there are, and how many of them are made up.
    """

    people: dict[tuple[str, str], tuple[int, int]]
    vacant: dict[tuple[str, str], tuple[int, int]]
    taught: dict[tuple[str, str], tuple[int, int]]


def get_secondment(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Secondment:
    """The secondment with its post and person. ``lock`` holds its row. Raises NotVisible."""
    rows = Secondment.objects.visible_to(viewer).select_related(
        "programme", "post__receiver", "post__batch", "person", "sender", "nomination"
    )
    if not lock:
        rows = rows.select_related("person__user", "relieves__person", "relieved_by__person")
    missing = gettext_noop("没有找到这段派驻。请从队伍页进入。")
    return row_of(rows, uuid, missing, "secondments.secondment_not_found", lock=lock)


def get_teaching(*, viewer: Actor, uuid: UUID, lock: bool = False) -> TeachingRecord:
    """The teaching record with its secondment. ``lock`` holds its row. Raises NotVisible."""
    related = ("programme", "secondment__programme", "secondment__person")
    rows = TeachingRecord.objects.visible_to(viewer).select_related(*related)
    missing = gettext_noop("没有找到这条带教记录。请从派驻页进入。")
    return row_of(rows, uuid, missing, "secondments.teaching_not_found", lock=lock)


@remembered
def find_own(*, viewer: Actor, on: date, lock: bool = False) -> Secondment | None:
    """The viewer's own secondment on a day, the full-time one first; ``lock`` holds its row."""
    rows = Secondment.objects.filter(own(viewer, "person__user")).on(on).order_by("-full_time", "since", "pk")
    rows = rows.select_related("programme__recipient", "post__receiver", "person")
    return (rows.select_for_update(of=("self",), no_key=True) if lock else rows).first()


def list_roster(
    *, viewer: Actor, programme: str, on: date, place: str | None = None, kind: str = "", text: str = ""
) -> QuerySet[Secondment]:
    """Who is in a post on a day, with persons, posts and units, by county, kind and first day."""
    found = Secondment.objects.visible_to(viewer).on(on).filter(within(place), in_programme(programme))
    found = found.filter(holding(text, "person__name", "post__title", "post__receiver__name", "sender__name"))
    if kind:
        found = found.filter(kind=kind)
    return found.select_related("person", "post__receiver", "sender").order_by("place", "kind", "since", "pk")


def page_of_roster(
    *, viewer: Actor, programme: str, on: date, asked: str, place: str | None = None, kind: str = "", text: str = ""
) -> Page:
    """A page of the roster of a day, as ``list_roster`` has it; only its own rows are read whole."""
    given: dict[str, Any] = {"programme": programme, "on": on, "place": place, "kind": kind, "text": text}
    found = list_roster(viewer=viewer, **given)
    page = Page.of(found.values_list("pk", flat=True), asked)
    # By their keys alone: with the day beside, a database would look for all of that day again.
    whole = Secondment.objects.filter(pk__in=page.rows).select_related("person", "post__receiver", "sender")
    rows = {one.pk: one for one in whole}
    return replace(page, rows=[rows[key] for key in page.rows])


def list_teaching(*, secondment: Secondment) -> list[Any]:
    """What somebody in a secondment, which the viewer was given, taught, the latest first.

    ``said`` is why the receiving side disputes one, "" for others.
    """
    why = TeachingMove.objects.filter(record=OuterRef("pk"), new=TeachingState.DISPUTED).values("because")
    said = Coalesce(Subquery(why[:1]), Value("", output_field=TextField()))
    return list(secondment.teaching.annotate(said=said).order_by("-since", "-pk"))


def list_to_confirm(*, viewer: Actor, programme: str | None) -> list[TeachingRecord]:
    """Teaching records that wait for the viewer's word, the longest first. One query."""
    where = visible(viewer, SecondmentPermission.CONFIRM, programme="programme__code")
    rows = TeachingRecord.objects.filter(where, in_programme(programme))
    rows = rows.filter(state=TeachingState.RECORDED).exclude(recorded_by=viewer.ref)
    rows = rows.exclude(own(viewer, "secondment__person__user"))
    return list(rows.select_related("secondment__programme", "secondment__person").order_by("moved_at", "pk"))


def list_unconfirmed(*, viewer: Actor, programme: str, on: date) -> QuerySet[TeachingRecord]:
    """Teaching begun by a day on which the receiving side has said nothing, with persons and units."""
    found = TeachingRecord.objects.visible_to(viewer).filter(in_programme(programme))
    found = found.filter(state=TeachingState.RECORDED, since__lte=on).order_by("since", "pk")
    return found.select_related("secondment__programme", "secondment__person", "secondment__post__receiver")


def count_team(*, viewer: Actor, programme: str, on: date, place: str | None = None) -> Counted:
    """How many of what as of a day, by county, for who sees the team. Three queries."""
    here = Secondment.objects.visible_to(viewer).on(on).filter(within(place), in_programme(programme))
    posts = Post.objects.visible_to(viewer).filter(within(place), in_programme(programme))
    wanted = posts.filter(state=PostState.OPEN, since__lte=on, until__gt=on)
    # A post has one holder at a time: what is held of the wanted ones are the secondments in them.
    in_wanted = Q(post__state=PostState.OPEN, post__since__lte=on, post__until__gt=on)
    taught = list_taught(viewer=viewer, programme=programme, on=on, place=place)
    people, held = {}, {}
    rows = here.values_list("place", "kind").annotate(**_NUMBERS, **_numbers("held", in_wanted))
    for where, kind, number, made_up, in_post, in_post_made_up in rows.order_by("place", "kind"):
        people[where, kind], held[where, kind] = (number, made_up), (in_post, in_post_made_up)
    vacant = {
        key: (number - held.get(key, (0, 0))[0], made_up - held.get(key, (0, 0))[1])
        for key, (number, made_up) in _counts(wanted).items()
    }
    return Counted(people, vacant, _counts(taught))


def _numbers(name: str, which: Q) -> dict[str, Count]:
    """How many rows of ``which`` there are, and how many of them are made up."""
    return {name: Count("pk", filter=which), f"{name}_made_up": Count("pk", filter=which & Q(provenance="demo"))}


_NUMBERS = {"number": Count("pk"), "made_up": Count("pk", filter=Q(provenance="demo"))}


def _counts(rows: QuerySet[Any]) -> dict[tuple[str, str], tuple[int, int]]:
    found = rows.values_list("place", "kind").annotate(**_NUMBERS).order_by("place", "kind")
    return {(where, kind): (number, demo) for where, kind, number, demo in found}


def list_taught(*, viewer: Actor, programme: str, on: date, place: str | None = None) -> QuerySet[TeachingRecord]:
    """Teaching records that count on a day: begun by then, and confirmed by the receiving side."""
    found = TeachingRecord.objects.visible_to(viewer).filter(within(place), in_programme(programme))
    return found.filter(since__lte=on, state=TeachingState.CONFIRMED)


def require_free(*, post: Post, person: Person, span: Span, but: Secondment | None = None) -> None:
    """Raise Conflict where the post, or the person with a full-time one, is taken on a day of ``span``, by another
    than ``but``; for the services here.
    """
    there = Secondment.objects.filter(since__lt=span.until, until__gt=span.since)
    if but is not None:
        there = there.exclude(pk=but.pk)
    taken = there.filter(post=post).order_by("since").select_related("person").first()
    if taken is not None:
        text = gettext_noop(
            "这个岗位 %(since)s 起、%(until)s 前有人（%(name)s）。请改日期；要换人，打开那一段派驻，用“由他人接替”。"
        )
        raise Conflict(
            text,
            "secondments.post_is_held",
            field="since",
            name=taken.person.name or message(gettext_noop("（已清除）")),
            since=taken.since.isoformat(),
            until=taken.until.isoformat(),
        )
    if not post.full_time:
        return
    busy = there.filter(person=person, full_time=True).order_by("since").select_related("post").first()
    if busy is not None:
        text = gettext_noop("这个人 %(since)s 起、%(until)s 前在“%(title)s”任全职。全职岗位不能同时有两个，请改日期。")
        raise Conflict(
            text,
            "secondments.person_is_posted",
            field="since",
            title=busy.post.title,
            since=busy.since.isoformat(),
            until=busy.until.isoformat(),
        )


def batch_counts(secondments: Iterable[Secondment]) -> dict[str, list[tuple[str, int]]]:
    """Secondments counted by ``kind``, ``place`` and ``sender``, the most first; for the summary of a batch."""
    counts: dict[str, dict[str, int]] = {name: defaultdict(int) for name in ("kind", "place", "sender")}
    for one in secondments:
        for name, value in (("kind", one.kind), ("place", one.place), ("sender", str(one.sender))):
            counts[name][value] += 1
    return {name: sorted(found.items(), key=lambda pair: (-pair[1], pair[0])) for name, found in counts.items()}


def list_of_batch(*, viewer: Actor, batch: UUID) -> QuerySet[Secondment]:
    """Everybody who was or is in a post of a batch, by county."""
    found = Secondment.objects.visible_to(viewer).filter(post__batch__uuid=batch)
    return found.select_related("person", "post__receiver", "sender").order_by("place", "kind", "since", "pk")


def teaching_of_batch(*, viewer: Actor, batch: UUID) -> QuerySet[TeachingRecord]:
    """What the people of a batch taught, by kind, with whether the receiving side confirmed it. One query."""
    found = TeachingRecord.objects.visible_to(viewer).filter(secondment__post__batch__uuid=batch)
    return found.select_related("secondment__person").order_by("kind", "since", "pk")


def write_roster(target: IO[bytes], *, rows: QuerySet[Secondment], title: str) -> None:
    """The roster as a table, a row for each secondment; in constant memory."""
    heads = {"姓名": 12, "岗位": 30, "类别": 14, "县": 12, "受援单位": 30, "选派单位": 30, "到岗日": 12, "离岗日": 12}
    write_table(
        target,
        tab=gettext("花名册"),
        above=(title,),
        columns=[
            Column(gettext(head), width, "yyyy-mm-dd" if head in ("到岗日", "离岗日") else "@")
            for head, width in heads.items()
        ],
        rows=_rows(rows),
    )


def _rows(rows: QuerySet[Secondment]) -> Iterator[tuple[object, ...]]:
    places = find_divisions(rows.order_by().values_list("place", flat=True).distinct())
    for one in rows.iterator(chunk_size=2000):
        place = places.get(one.place)
        yield (
            one.person.name,
            one.post.title,
            gettext(one.kind_name),
            named(place) if place else one.place,
            one.post.receiver.name,
            one.sender.name,
            one.since,
            one.until,
        )
