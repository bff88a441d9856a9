# SPDX-License-Identifier: Apache-2.0
"""Events that answer a query, page by page: each page begins after the last row of the one before it.

A walk has a bound, the newest event when it began: what comes later is none of it, and since the sequence is committed
in its order, nothing comes below the bound any more. So no page loses or repeats an event, whatever is captured
meanwhile; one that is declared wrong meanwhile is no longer shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Q

from shanhai.field.traceability.events.rules.vocabulary import BUILT_IN, names_of
from shanhai.field.traceability.models import Event, EventThing, Opened, Party
from shanhai.field.traceability.models.events import EventQuerySet
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.query.rules.matching import Found, matches, values_of
from shanhai.field.traceability.query.selectors.narrowing import Narrowed, compared, few_of, in_view, narrow, up_to
from shanhai.field.traceability.query.values import Place, Query, QueryTooComplex, QueryTooLarge
from shanhai.field.traceability.states import EventState
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop

# Contents read at a time, and at most for one page, where only they tell whether an event answers.
_CHUNK, _MOST_READ = 500, 5000
_COUNTED = 1000


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a walk: by the value that orders it, then by the sequence."""

    value: int
    pk: int


@dataclass(frozen=True, slots=True)
class Row:
    """An event that answers: its content, and when it was recorded (microseconds)."""

    mark: Mark
    recorded: int
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and the mark after which the next page begins; None at the end.

    A page may have fewer rows than were asked for, even none, before the end: so much was looked at for it.
    """

    rows: tuple[Row, ...]
    after: Mark | None


def read_page(*, viewer: Actor, query: Query, size: int, bound: int, after: Mark | None = None) -> Page:
    """The next events that answer and that the viewer sees, of those up to the place ``bound`` of the sequence.

    Up to six queries for a viewer of a scope, two or three more for each party that another acts for. Raises
    QueryTooComplex.
    """
    if query.order.place == Place.FIELD:
        return _sorted_page(viewer, query, size=size, bound=bound, after=after)
    found: list[Row] = []
    reached: list[Mark] = []
    for source in _sources(viewer):
        rows, mark = source.read(query, size=size, bound=bound, after=after)
        found += rows
        if mark is not None:
            reached.append(mark)
    found.sort(key=lambda row: row.mark, reverse=not query.ascending)
    if not reached:
        return _cut(found, size)
    # Beyond what one of the sources has looked at another may not be shown.
    nearest = min(reached) if query.ascending else max(reached)
    known = [row for row in found if (row.mark <= nearest if query.ascending else row.mark >= nearest)]
    page = _cut(known, size)
    return page if page.after is not None else Page(page.rows, nearest)


def require_few(*, viewer: Actor, query: Query, bound: int) -> None:
    """Raise QueryTooLarge where more events answer than the query wants at most; QueryTooComplex to count them."""
    if query.most is None:
        return
    count, looked, after = 0, 0, None
    while count <= query.most:
        page = read_page(viewer=viewer, query=query, size=_COUNTED, bound=bound, after=after)
        count, looked, after = count + len(page.rows), looked + _COUNTED, page.after
        if after is None and count <= query.most:
            return
        if looked >= settings.TRACE_LOOKED_AT:
            text = gettext_noop(
                "要数清有多少事件，得看超过 %(most)s 个。请加上时间范围（GE_eventTime、LT_eventTime）或 MATCH_ 参数。"
            )
            raise QueryTooComplex(text, field="maxEventCount", most=settings.TRACE_LOOKED_AT)
    text = gettext_noop("符合条件的事件多于 maxEventCount 的 %(most)s 个。请缩小条件，或者改用 perPage 分页。")
    raise QueryTooLarge(text, field="maxEventCount", most=query.most)


def _sorted_page(viewer: Actor, query: Query, *, size: int, bound: int, after: Mark | None) -> Page:
    """A page in the order of an extension: all that answers is read and sorted, up to a setting.

    What was declared wrong since the walk began keeps its place, so that the mark is found, and is left out.
    """
    rows: list[tuple[Found | None, bool, Row]] = []
    for source in _sources(viewer):
        narrowed = narrow(up_to(source.events, bound), query.conditions)
        found = narrowed.events.order_by("pk").values_list("pk", "recorded", "state", "content")
        listed = list(found[: settings.TRACE_SORTED + 1])
        if len(listed) > settings.TRACE_SORTED:
            text = gettext_noop("按扩展字段排序最多能排 %(most)s 个事件。请缩小条件，或者按 eventTime 排。")
            raise QueryTooComplex(text, field="orderBy", most=settings.TRACE_SORTED)
        for pk, recorded, state, text in listed:
            content = json.loads(text, parse_float=Decimal)
            if matches(query.conditions, content, recorded=recorded):
                names = names_of(content.get("@context"), BUILT_IN)
                key = next(values_of(query.order, content, names), None)
                shown = query.declared or state == EventState.IN_FORCE
                rows.append((key, shown, Row(Mark(0, pk), recorded, content)))
    have = sorted((one for one in rows if one[0] is not None), key=_rank, reverse=not query.ascending)
    ordered = have + sorted((one for one in rows if one[0] is None), key=lambda one: one[2].mark)
    begin = next((at for at, one in enumerate(ordered, 1) if one[2].mark == after), 0)
    return _cut([row for _, shown, row in ordered[begin:] if shown], size)


def _rank(one: tuple[Found | None, bool, Row]) -> tuple[Any, ...]:
    """Numbers before instants before texts."""
    found, _, row = one
    assert found is not None
    kind = 0 if found.number is not None else 1 if found.instant is not None else 2
    return kind, found.number or 0, found.instant or 0, (found.text or "").encode(), row.mark


def _cut(rows: list[Row], size: int) -> Page:
    return Page(tuple(rows[:size]), rows[size - 1].mark if len(rows) > size else None)


@dataclass(frozen=True, slots=True)
class _Source:
    """Events of one index: ``walked`` are those that it walks, ``events`` those of them that the viewer sees."""

    walked: EventQuerySet
    events: EventQuerySet
    readers: tuple[int, ...] = ()

    def read(self, query: Query, *, size: int, bound: int, after: Mark | None) -> tuple[list[Row], Mark | None]:
        """Up to one row more than ``size``, and the mark up to which all was looked at; None for to the end."""
        narrowed = narrow(in_view(up_to(self.events, bound), declared=query.declared), query.conditions)
        if not narrowed.few and self.readers:
            narrowed = self._handed(narrowed)
        column = "recorded" if query.order.place == Place.RECORD_TIME else "time"
        events, edge = _after(narrowed.events, column, query, after), None
        if not narrowed.few:
            edge = self._edge(query, column, after)
            events = events if edge is None else _until(events, column, query, edge)
        order = ("", "-")[not query.ascending]
        rows = events.order_by(f"{order}{column}", f"{order}pk").values_list(column, "pk", "recorded", "content")
        most = size + 1 if narrowed.exact else _MOST_READ
        found: list[Row] = []
        last, read = edge, 0
        for value, pk, recorded, text in rows[:most] if narrowed.exact else rows[:most].iterator(_CHUNK):
            content = json.loads(text, parse_float=Decimal)
            if matches(query.conditions, content, recorded=recorded):
                found.append(Row(Mark(value, pk), recorded, content))
            if len(found) > size:
                return found, None
            last, read = Mark(value, pk), read + 1
        return found, last if read == most else edge

    def _handed(self, narrowed: Narrowed) -> Narrowed:
        """Of what others own only what was opened to these parties, where it is little."""
        keys = Opened.objects.filter(reader__in=self.readers).values("key")
        found = few_of(EventThing.objects.filter(key__in=keys))
        return narrowed if found is None else Narrowed(narrowed.events.filter(pk__in=found), True, narrowed.exact)

    def _edge(self, query: Query, column: str, after: Mark | None) -> Mark | None:
        """Where a page has looked at enough; None where it comes to the end before."""
        walked = _after(self.walked, column, query, after)
        timed = Place.RECORD_TIME if column == "recorded" else Place.EVENT_TIME
        for one in query.conditions:
            if one.field.place == timed:
                walked = walked.filter(compared(column, one.op, one.operands[0]))
        order = ("", "-")[not query.ascending]
        rows = walked.order_by(f"{order}{column}", f"{order}pk").values_list(column, "pk")
        last = rows[settings.TRACE_LOOKED_AT : settings.TRACE_LOOKED_AT + 1]
        return next((Mark(*one) for one in last), None)


def _sources(viewer: Actor) -> list[_Source]:
    seen = Event.objects.visible_to(viewer)
    if viewer.may_somewhere(TracePermission.VIEW):
        return [_Source(Event.objects.all(), seen)]
    own = tuple(Party.objects.acted_for_by(viewer).order_by("pk").values_list("pk", flat=True))
    found = [_Source(Event.objects.filter(party=pk), seen.filter(party=pk)) for pk in own]
    others = seen.exclude(party__in=own)
    return [*found, _Source(Event.objects.exclude(party__in=own), others, own)] if own else []


def _after(events: EventQuerySet, column: str, query: Query, mark: Mark | None) -> EventQuerySet:
    if mark is None:
        return events
    beyond, tie = ("gt", "gte") if query.ascending else ("lt", "lte")
    later = Q(**{f"{column}__{beyond}": mark.value}) | Q(**{f"pk__{beyond}": mark.pk})
    return events.filter(later, **{f"{column}__{tie}": mark.value})


def _until(events: EventQuerySet, column: str, query: Query, mark: Mark) -> EventQuerySet:
    before, tie = ("lt", "lte") if query.ascending else ("gt", "gte")
    earlier = Q(**{f"{column}__{before}": mark.value}) | Q(**{f"pk__{tie}": mark.pk})
    return events.filter(earlier, **{f"{column}__{tie}": mark.value})
