# SPDX-License-Identifier: Apache-2.0
"""What contests, inspections and honours offer the registries, and what stands against an honour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from shanhai.base.database.selectors import Things, holding, in_programme
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import SHANGHAI, local_date
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.families import FigureFamily
from shanhai.kernel.figures import EvidencePage, EvidenceRow, Figure, FigureScope, Source, Strength
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.proofs import NOT_FOUND
from shanhai.kernel.registry import MOST_TODOS, MenuItem, SearchHit, SearchSource, Todo, TodoSource
from shanhai.kernel.units import ITEM, PIECE, Quantity
from shanhai.registers.people.values import Pointer
from shanhai.team.contests.honours.selectors import list_honours, list_to_decide
from shanhai.team.contests.inspections.selectors import list_overdue, list_waiting
from shanhai.team.contests.models import Finding, Honour, Inspection, Round, RoundMove
from shanhai.team.contests.permissions import ContestPermission
from shanhai.team.contests.rounds.selectors import (
    count_to_judge,
    list_judged,
    list_rounds,
    list_to_answer,
    list_to_close,
    list_to_judge_again,
)
from shanhai.team.contests.states import FindingState, HonourState, RoundState
from shanhai.team.contests.values import Standing

MENU = MenuItem("contests", message(gettext_noop("竞赛荣誉")), "contests:home", ContestPermission.VIEW.value, order=59)
PERSONAL_DATA = (Pointer("contests.Honour", message(gettext_noop("登记授予了谁什么荣誉。"))),)
THINGS = (
    Things(
        "contests.round",
        Round.objects.visible_to,
        url=lambda one: reverse("contests:round", args=[one.uuid]),
        texts=("title",),
    ),
    Things(
        "contests.inspection",
        lambda viewer: Inspection.objects.visible_to(viewer).select_related("group"),
        lambda one: f"{one.group.name} {one.day}",
        lambda one: reverse("inspections:inspection", args=[one.uuid]),
    ),
    Things(
        "contests.finding",
        Finding.objects.visible_to,
        lambda one: one.words[:40],
        lambda one: reverse("inspections:finding", args=[one.uuid]),
        ("words",),
    ),
    Things(
        "contests.honour",
        lambda viewer: Honour.objects.visible_to(viewer).select_related("person", "group"),
        lambda one: f"{one.kind_name} {one.year} {one.whose}",
        lambda one: reverse("honours:honour", args=[one.uuid]),
        ("kind_name",),
    ),
)

_CONTEST, _HONOUR = gettext_noop("竞赛"), gettext_noop("荣誉")
_JUDGE = gettext_noop("您是评委，还有 %(number)s 项没有评。")
_AGAIN = gettext_noop("%(team)s的第 %(number)s 条申诉成立，请您重新评。")
_APPEAL = gettext_noop("%(team)s申诉，等您答复。")
_NEXT = {
    RoundState.DRAFTED: gettext_noop("到了评分的日子，请开始评分。"),
    RoundState.OPEN: gettext_noop("评分的日子过了，请结束评分。"),
    RoundState.CLOSED: gettext_noop("没有没答复的申诉，请定名次。"),
}
_FINDINGS = {
    FindingState.FOUND: gettext_noop("查出的问题，等您交办。"),
    FindingState.ASSIGNED: gettext_noop("交给您整改，期限 %(day)s。"),
    FindingState.MENDED: gettext_noop("报告整改好了，等您验收。"),
}
_DECIDE = gettext_noop("%(whose)s推荐了，等您审定。")
_NOTICED = gettext_noop("%(whose)s公示满了，或有意见要答复。")
_FINDING = message(gettext_noop("要整改的问题"))


class Rounds(SearchSource):
    """Rounds by title, honours by their kind; people are found by their register."""

    key = "contests.rounds"
    order = 72

    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """Those of every programme that the viewer sees."""
        rounds = list_rounds(viewer=viewer, programme=None).filter(holding(text, "title"))[:limit]
        hits = [SearchHit(one.title, message(_CONTEST), reverse("contests:round", args=[one.uuid])) for one in rounds]
        honours = list_honours(viewer=viewer, programme=None).filter(holding(text, "kind_name"))[:limit]
        for one in honours:
            url = reverse("honours:honour", args=[one.uuid])
            hits.append(SearchHit(f"{one.kind_name} {one.year} {one.whose}", message(_HONOUR), url))
        return tuple(hits[:limit])


class Waiting(TodoSource):
    """Votes to give, appeals to answer, rounds to move on; findings; honours to decide on."""

    key = "contests.waiting"
    order = 42

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """Votes first: their days end."""
        today = local_date(at)
        todos = []
        judged = list_judged(viewer=viewer, programme=programme)
        for round_, missing in count_to_judge(judged, viewer=viewer, on=today)[:MOST_TODOS]:
            url = reverse("contests:round", args=[round_.uuid])
            why, due = message(_JUDGE, number=missing), round_.closes_on.isoformat()
            todos.append(Todo(round_.title, why, url, due=due, programme=round_.programme.code))
        for again in list_to_judge_again(judged, viewer=viewer, on=today)[:MOST_TODOS]:
            team, round_ = again.entry, again.entry.round
            url, due = reverse("contests:team", args=[round_.uuid, team.uuid]), str(again.until)
            why = message(_AGAIN, team=team.group.name, number=again.criterion.position)
            todos.append(Todo(round_.title, why, url, due=due, programme=round_.programme.code))
        if not viewer.may_somewhere(ContestPermission.VIEW, programme=programme):
            return tuple(todos)
        for appeal in list_to_answer(viewer=viewer, programme=programme)[:MOST_TODOS]:
            url, code = reverse("contests:appeal", args=[appeal.uuid]), appeal.entry.round.programme.code
            why = message(_APPEAL, team=appeal.entry.group.name)
            todos.append(Todo(appeal.entry.round.title, why, url, programme=code))
        for one in list_to_close(viewer=viewer, programme=programme, on=today)[:MOST_TODOS]:
            url = reverse("contests:round", args=[one.uuid])
            todos.append(Todo(one.title, message(_NEXT[RoundState(one.state)]), url, programme=one.programme.code))
        todos += _findings(viewer, programme, today)
        for honour in list_to_decide(viewer=viewer, programme=programme, on=today)[:MOST_TODOS]:
            url = reverse("honours:honour", args=[honour.uuid])
            why = message(_DECIDE if honour.state == HonourState.NOMINATED else _NOTICED, whose=honour.whose)
            todos.append(Todo(honour.kind_name, why, url, programme=honour.programme.code))
        return tuple(todos)


def _findings(viewer: Actor, programme: str | None, today: date) -> Iterator[Todo]:
    for one in list_waiting(viewer=viewer, programme=programme)[:MOST_TODOS]:
        day = one.due_on.isoformat() if one.due_on else ""
        late = one.state == FindingState.ASSIGNED and one.due_on is not None and one.due_on < today
        url, why = reverse("inspections:finding", args=[one.uuid]), message(_FINDINGS[FindingState(one.state)], day=day)
        yield Todo(_FINDING, why, url, "late" if late else "wait", day, one.programme.code)


class OverdueFindings(Standing):
    """A group that has not mended in time is not honoured meanwhile."""

    key = "contests.findings"

    def against(
        self, *, programme: str, year: int, on: date, person: int | None, group: int | None
    ) -> Iterator[Message]:
        """How many of a group's findings are late on the day; of a person nothing is known here."""
        if group is not None:
            number = list_overdue(programme=programme, on=on, group=group).count()
            if number:
                yield message(gettext_noop("有 %(number)s 个问题过了期限没有整改。"), number=number)


_LABELS = {
    "contests.rounds": (message(gettext_noop("评分中的竞赛")), PIECE, message(gettext_noop("这一天在评分的竞赛数"))),
    "contests.findings": (
        message(gettext_noop("没有验收的问题")), ITEM, message(gettext_noop("到这一天查出、没有验收的问题数")),
    ),
    "contests.honours": (message(gettext_noop("授予的荣誉")), ITEM, message(gettext_noop("到这一天授予的荣誉数"))),
}  # fmt: skip


class Contests(FigureFamily):
    """Rounds under way, findings that nobody has closed, honours granted; as of a day, for the whole programme."""

    key = "contests"
    keys = tuple(_LABELS)
    order = 68

    def list_figures(self, *, viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
        """For who sees contests there. Three queries."""
        if scope.place is not None or not viewer.may_somewhere(ContestPermission.VIEW, programme=scope.programme):
            return ()
        return tuple(_figure(key, _rows(key, viewer, scope), scope) for key in _LABELS)

    def list_evidence(
        self, *, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int
    ) -> EvidencePage:
        """The rounds, findings or honours that are counted. Raises NotVisible."""
        if key not in _LABELS or not viewer.may_somewhere(ContestPermission.VIEW, programme=scope.programme):
            raise NotVisible(NOT_FOUND)
        rows, count = _rows(key, viewer, scope), _rows(key, viewer, scope).count()
        _label, unit, formula = _LABELS[key]
        found = tuple(
            EvidenceRow(label, Quantity(Decimal(1), unit), Strength.FORM, on=on, source=source)
            for label, on, source in (_told(one) for one in rows[offset:][:limit])
        )
        return EvidencePage(formula, found, count, Quantity(Decimal(count), unit))


def _figure(key: str, rows: QuerySet[Any], scope: FigureScope) -> Figure:
    label, unit, formula = _LABELS[key]
    made_up = "inspection__provenance" if key == "contests.findings" else "provenance"
    counted = rows.order_by().aggregate(number=Count("pk"), demo=Count("pk", filter=Q(**{made_up: "demo"})))
    return Figure(
        key=key,
        label=label,
        value=Quantity(Decimal(counted["number"]), unit),
        unit=unit,
        formula=formula,
        as_of=scope.as_of,
        strength=Strength.FORM,
        provenance="demo" if counted["demo"] else "",
    )


def _rows(key: str, viewer: Actor, scope: FigureScope) -> QuerySet[Any]:
    day, of = scope.as_of, in_programme(scope.programme)
    if key == "contests.rounds":
        rows = Round.objects.visible_to(viewer).filter(of, opens_on__lte=day, closes_on__gte=day)
        end = datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
        opened = RoundMove.objects.filter(round=OuterRef("pk"), at__lt=end, new=RoundState.OPEN)
        closed = RoundMove.objects.filter(round=OuterRef("pk"), at__lt=end, new=RoundState.CLOSED)
        return rows.filter(Exists(opened), ~Exists(closed)).order_by("closes_on", "pk")
    if key == "contests.findings":
        found = Finding.objects.visible_to(viewer).filter(of, inspection__day__lte=day)
        return found.filter(Q(closed_on=None) | Q(closed_on__gt=day)).select_related("inspection").order_by("pk")
    honours = Honour.objects.visible_to(viewer).filter(of, granted_on__lte=day)
    return honours.select_related("person", "group").order_by("-granted_on", "pk")


def _told(one: Any) -> tuple[str, date, Source]:
    if isinstance(one, Round):
        return one.title, one.opens_on, Source(one.title, reverse("contests:round", args=[one.uuid]))
    if isinstance(one, Finding):
        url = reverse("inspections:finding", args=[one.uuid])
        return one.words, one.inspection.day, Source(one.words[:40], url)
    return one.whose, one.granted_on, Source(one.kind_name, reverse("honours:honour", args=[one.uuid]))
