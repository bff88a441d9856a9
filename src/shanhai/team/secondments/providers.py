# SPDX-License-Identifier: Apache-2.0
"""What the team offers the registries: figures by county, what waits for whom, names for the trail, personal data."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from shanhai.base.database.selectors import Things, holding, visible
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.beats import Daily
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.families import FigureFamily
from shanhai.kernel.figures import EvidencePage, EvidenceRow, Figure, FigureScope, Source, Strength
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.proofs import NOT_FOUND
from shanhai.kernel.registry import MOST_TODOS, MenuItem, PersonalData, SearchHit, SearchSource, Todo, TodoSource
from shanhai.kernel.units import ITEM, PERSON, PIECE, Quantity, Unit
from shanhai.planning.handovers.values import THE_OFFICE, Cause, ItemKind, Owing, Responsible, ResponsibleKind
from shanhai.planning.programmes.core.selectors.programmes import list_programmes
from shanhai.registers.people.values import Pointer
from shanhai.registers.tables.selectors.registers import Register
from shanhai.team.secondments.forms import ROSTER
from shanhai.team.secondments.models import Nomination, Post, Secondment, TeachingRecord
from shanhai.team.secondments.permissions import SecondmentPermission
from shanhai.team.secondments.selectors.posts import (
    list_asked,
    list_ending,
    list_posts,
    list_unchecked,
    list_unrelieved,
)
from shanhai.team.secondments.selectors.roster import (
    Counted,
    count_team,
    list_roster,
    list_taught,
    list_to_confirm,
    list_unconfirmed,
)
from shanhai.team.secondments.services.roster import import_roster
from shanhai.team.secondments.services.teaching import erase_apprentices
from shanhai.team.secondments.states import NominationState
from shanhai.team.secondments.values import PostKind, RosterRow, TeachingKind

MENU = MenuItem("team", message(gettext_noop("队伍")), "secondments:roster", SecondmentPermission.VIEW.value, order=56)

IMPORTER = Register(
    ROSTER,
    RosterRow,
    import_roster,
    permission=SecondmentPermission.MANAGE.value,
    options=frozenset({"programme"}),
    then=(message(gettext_noop("下一步：看今天谁在岗，哪些岗位空着。")), "secondments:roster"),
)
THINGS = (
    Things(
        "secondments.post",
        Post.objects.visible_to,
        url=lambda one: reverse("secondments:post", args=[one.uuid]),
        texts=("title", "receiver__name"),
    ),
    Things(
        "secondments.nomination",
        lambda viewer: Nomination.objects.visible_to(viewer).select_related("post", "person"),
        lambda one: f"{one.post.title} · {one.person.name}",
        lambda one: reverse("secondments:post", args=[one.post.uuid]),
        ("post__title", "person__name"),
    ),
    Things(
        "secondments.secondment",
        lambda viewer: Secondment.objects.visible_to(viewer).select_related("post", "person"),
        lambda one: f"{one.post.title} · {one.person.name}",
        lambda one: reverse("secondments:secondment", args=[one.uuid]),
        ("post__title", "person__name"),
    ),
    Things(
        "secondments.teachingrecord",
        lambda viewer: TeachingRecord.objects.visible_to(viewer).select_related("secondment"),
        lambda one: one.title,
        lambda one: reverse("secondments:secondment", args=[one.secondment.uuid]),
        ("title",),
    ),
)


class Posts(SearchSource):
    """Posts by title and unit; people are found by their register."""

    key = "secondments.posts"
    order = 71

    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """Those of every programme that the viewer sees."""
        found = Post.objects.visible_to(viewer).filter(holding(text, "title", "receiver__name")).order_by("title", "pk")
        return tuple(
            SearchHit(one.title, message(_POST), reverse("secondments:post", args=[one.uuid])) for one in found[:limit]
        )


class Apprentices(PersonalData):
    """Who learns from somebody in a secondment."""

    key = "secondments.TeachingRecord"
    fields = ("apprentice",)
    purpose = message(gettext_noop("让受援单位确认谁学会了什么。"))
    keep_until = message(gettext_noop("派驻结束满三年。"))

    def erase(self, *, by: Actor, at: datetime) -> int:
        """Erase the names of apprentices of secondments that ended three years ago."""
        return erase_apprentices(by=by, at=at)


class EraseDue(Daily):
    """Names of apprentices do not outstay their date."""

    key = "secondments.erase_due"
    label = message(gettext_noop("删去到期的徒弟姓名"))
    after = "03:35"

    def run(self, *, by: Actor, at: datetime) -> str:
        """Erase what is past its date, and say of how many."""
        return str(erase_apprentices(by=system("worker", (SecondmentPermission.MANAGE.value,)), at=at))


PERSONAL_DATA = (
    Pointer("secondments.Nomination", message(gettext_noop("知道推荐了谁，由谁审查。"))),
    Pointer("secondments.Secondment", message(gettext_noop("知道谁在哪个岗位，从哪天到哪天。"))),
    Apprentices(),
)

_POST = gettext_noop("援派岗位")
_DECIDE = gettext_noop("%(receiver)s要人，等您答复。")
_CHECK = gettext_noop("推荐了%(name)s，等您审查。")
_SEND = gettext_noop("%(name)s审查通过，可以派出。")
_CONFIRM = gettext_noop("%(name)s的带教，等您确认。")
_LEAVES = gettext_noop("%(name)s %(day)s 离岗，还没有人接替。请推荐人选，或延长。")


class Waiting(TodoSource):
    """Posts to decide on, people to check and to send, secondments that end with nobody named, teaching to confirm."""

    key = "secondments.waiting"
    order = 40

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """Those that end first, then the longest waiting."""
        today = local_date(at)
        todos = [
            Todo(
                one.post.title,
                message(_LEAVES, name=one.person.name, day=one.until.isoformat()),
                reverse("secondments:secondment", args=[one.uuid]),
                due=one.until.isoformat(),
                programme=one.post.programme.code,
            )
            for one in list_ending(viewer=viewer, programme=programme, at=today)[:MOST_TODOS]
        ]
        for post in list_asked(viewer=viewer, programme=programme)[:MOST_TODOS]:
            url, why = reverse("secondments:post", args=[post.uuid]), message(_DECIDE, receiver=post.receiver.name)
            todos.append(Todo(post.title, why, url, programme=post.programme.code))
        for named in list_unchecked(viewer=viewer, programme=programme)[:MOST_TODOS]:
            why = message(_SEND if named.state == NominationState.CLEARED else _CHECK, name=named.person.name)
            url = reverse("secondments:post", args=[named.post.uuid])
            todos.append(Todo(named.post.title, why, url, programme=named.post.programme.code))
        for record in list_to_confirm(viewer=viewer, programme=programme)[:MOST_TODOS]:
            why, url = (
                message(_CONFIRM, name=record.secondment.person.name),
                reverse("secondments:secondment", args=[record.secondment.uuid]),
            )
            todos.append(Todo(record.title, why, url, programme=record.secondment.programme.code))
        return tuple(todos)


class Owed(Owing):
    """What the team leaves behind: posts that nobody takes over, teaching that the receiving side has not confirmed."""

    key = "secondments.owed"
    permission = SecondmentPermission.VIEW.value

    def find(self, *, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
        """The office answers for posts, the receiving unit for what it has to confirm. Two queries."""
        seen = visible(viewer, self.permission, programme="programme__code")
        for one in list_unrelieved(programme=programme, until=until).filter(seen):
            url, about = reverse("secondments:secondment", args=[one.uuid]), one.subject()
            label = f"{one.post.title} · {one.person.name}"
            kind = ItemKind.OPEN_SECONDMENT
            yield Cause(kind, about.type, str(about.id), label, url, THE_OFFICE, one.place, one.until)
        for record in list_unconfirmed(viewer=viewer, programme=programme, on=until):
            held, about = record.secondment, record.subject()
            url = reverse("secondments:secondment", args=[held.uuid])
            whose = Responsible(ResponsibleKind.ORGANISATION, held.post.receiver.name)
            kind, label = ItemKind.UNCONFIRMED_TEACHING, f"{held.person.name} · {record.title}"
            yield Cause(kind, about.type, str(about.id), label, url, whose, held.place, record.since)


@dataclass(frozen=True, slots=True)
class _Told:
    """A figure of the team: what it counts, in which unit, and how it is said."""

    label: Message
    unit: Unit
    formula: Message
    kinds: tuple[str, ...]


_HERE = message(gettext_noop("这一天派驻期内的人数，一人一岗计一次"))
_CONFIRMED = message(gettext_noop("到这一天已开始、受援方已确认的记录数"))
_TOLD: dict[str, _Told] = {
    "team.people": _Told(message(gettext_noop("在岗人数")), PERSON, _HERE, tuple(PostKind)),
    "team.medical": _Told(message(gettext_noop("医疗组团在岗")), PERSON, _HERE, (PostKind.MEDICAL_TEAM,)),
    "team.school": _Told(message(gettext_noop("教育组团在岗")), PERSON, _HERE, (PostKind.SCHOOL_TEAM,)),
    "team.vacant": _Told(
        message(gettext_noop("空着的岗位")),
        PIECE,
        message(gettext_noop("这一天要人、还没有人在岗的岗位数")),
        tuple(PostKind),
    ),
    "team.apprentices": _Told(message(gettext_noop("带的徒弟")), PERSON, _CONFIRMED, (TeachingKind.APPRENTICE,)),
    "team.techniques": _Told(message(gettext_noop("教会的技术")), ITEM, _CONFIRMED, (TeachingKind.TECHNIQUE,)),
    "team.firsts": _Told(message(gettext_noop("当地首例")), ITEM, _CONFIRMED, (TeachingKind.FIRST,)),
}
_TAUGHT = frozenset({"team.apprentices", "team.techniques", "team.firsts"})


class Team(FigureFamily):
    """How many are here, how many posts are vacant, what was taught; for the programme and for each county."""

    key = "team"
    keys = tuple(_TOLD)
    by_place = keys
    order = 65

    def list_figures(self, *, viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
        """As of the day, for who sees the team there. Three queries, and the programme's. Raises NotVisible."""
        if not _seen(viewer, scope):
            return ()
        counted = count_team(viewer=viewer, programme=scope.programme, on=scope.as_of, place=scope.place)
        return tuple(_figure(key, counted, scope) for key in _TOLD)

    def list_by_place(
        self, *, viewer: Actor, scope: FigureScope, key: str, places: Collection[str]
    ) -> Mapping[str, Figure]:
        """All counties at once. Three queries, and the programme's."""
        if not _seen(viewer, scope):
            return {}
        counted = count_team(viewer=viewer, programme=scope.programme, on=scope.as_of, place=scope.place)
        mine = [one for one in places if viewer.may(SecondmentPermission.VIEW, programme=scope.programme, place=one)]
        return {place: _figure(key, counted, scope, place) for place in mine}

    def list_evidence(
        self, *, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int
    ) -> EvidencePage:
        """The secondments, posts or records that are counted. Raises NotVisible."""
        if key not in _TOLD or not _seen(viewer, scope):
            raise NotVisible(NOT_FOUND)
        rows, row = _rows(key, viewer, scope)
        count = rows.count()
        unit = _TOLD[key].unit
        found = tuple(
            EvidenceRow(label, Quantity(Decimal(1), unit), Strength.FORM, on=on, source=source)
            for label, on, source in map(row, rows[offset:][:limit])
        )
        return EvidencePage(_TOLD[key].formula, found, count, Quantity(Decimal(count), unit))


def _seen(viewer: Actor, scope: FigureScope) -> bool:
    """Whether the viewer sees the programme and any of its team there."""
    return any(one.code == scope.programme for one in list_programmes(viewer=viewer)) and viewer.may_somewhere(
        SecondmentPermission.VIEW, programme=scope.programme, place=scope.place
    )


def _figure(key: str, counted: Counted, scope: FigureScope, place: str | None = None) -> Figure:
    told = _TOLD[key]
    found = counted.vacant if key == "team.vacant" else counted.taught if key in _TAUGHT else counted.people
    there = [pair for (where, kind), pair in found.items() if kind in told.kinds and place in (None, where)]
    return Figure(
        key=key,
        label=told.label,
        value=Quantity(Decimal(sum(number for number, _demo in there)), told.unit),
        unit=told.unit,
        formula=told.formula,
        as_of=scope.as_of,
        strength=Strength.FORM,
        provenance="demo" if sum(demo for _number, demo in there) else "",
    )


def _rows(key: str, viewer: Actor, scope: FigureScope) -> tuple[QuerySet[Any], Any]:
    """The rows behind a figure, and how each is told: its label, its day, its page."""
    asked: dict[str, Any] = {"viewer": viewer, "programme": scope.programme, "on": scope.as_of, "place": scope.place}
    if key == "team.vacant":
        return list_posts(**asked, vacant=True), _post_row
    if key in _TAUGHT:
        rows = list_taught(**asked).filter(kind__in=_TOLD[key].kinds).select_related("secondment__person")
        return rows.order_by("-since", "pk"), _taught_row
    return list_roster(**asked).filter(kind__in=_TOLD[key].kinds), _secondment_row


def _post_row(one: Post) -> tuple[str, date, Source]:
    return one.title, one.since, Source(one.receiver.name, reverse("secondments:post", args=[one.uuid]))


def _secondment_row(one: Secondment) -> tuple[str, date, Source]:
    url = reverse("secondments:secondment", args=[one.uuid])
    return one.person.name or gettext("（已清除）"), one.since, Source(one.post.title, url)


def _taught_row(one: TeachingRecord) -> tuple[str, date, Source]:
    url = reverse("secondments:secondment", args=[one.secondment.uuid])
    return one.title, one.since, Source(one.secondment.person.name or gettext("（已清除）"), url)
