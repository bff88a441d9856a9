# SPDX-License-Identifier: Apache-2.0
"""Reading entities as they are answered. A selector is given who asks; what they may not see is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from shanhai.field.sensors.models import Datastream
from shanhai.field.sensors.sta.rules.paths import Hop, Resource
from shanhai.field.sensors.sta.selectors.bounds import check_looked_at, count_all, count_rows
from shanhai.field.sensors.sta.selectors.entities import MODELS, related, rows_of
from shanhai.field.sensors.sta.selectors.expanding import expand
from shanhai.field.sensors.sta.selectors.moved import last_moved, read_on
from shanhai.field.sensors.sta.selectors.plans import Asked, Plan, placed, plan_of
from shanhai.field.sensors.sta.selectors.shapes import target_id
from shanhai.field.sensors.sta.values import EntityType, Options
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop


@dataclass(frozen=True, slots=True)
class Place:
    """Rows at the end of a path: of a ``kind``, and the one hop that leads to them from a row that is seen."""

    kind: EntityType
    rows: QuerySet[Any]
    hop: Hop
    parent: int | None = None
    # Of observations: whether of a MultiDatastream, where that is known.
    multi: bool | None = None


def place_of(resource: Resource, asked: Asked) -> Place:
    """Where a path leads. Raises NotVisible where something on its way is not there for who asks."""
    parent: int | None = None
    rows: QuerySet[Any] = rows_of(resource.hops[0].type.key, viewer=asked.viewer)
    for at, hop in enumerate(resource.hops):
        before = None if at == 0 else resource.hops[at - 1]
        if hop.link is not None and before is not None:
            parent = _id(rows, before)
            rows = _next(hop, before, parent, asked)
        if hop.id is not None:
            rows = rows.filter(pk=hop.id)
    of = resource.hops[-2].type.key if len(resource.hops) > 1 else ""
    multi = of == "MultiDatastream" if of in ("Datastream", "MultiDatastream") else None
    return Place(resource.type, rows, resource.hops[-1], parent, multi)


def _id(rows: QuerySet[Any], hop: Hop) -> int:
    found: int | None = rows.order_by().values_list("pk", flat=True).first()
    if found is None:
        raise nothing_there(hop.type)
    return found


def _next(hop: Hop, before: Hop, parent: int, asked: Asked) -> QuerySet[Any]:
    link = hop.link
    assert link is not None
    if link.many:
        return related(link, parent, viewer=asked.viewer)
    model = MODELS[before.type.key]._default_manager
    target = model.filter(pk=parent).values_list(target_id(link), flat=True).first()
    return rows_of(link.target, viewer=asked.viewer).filter(pk=target)


def nothing_there(kind: EntityType) -> NotVisible:
    """There is none, or it may not be seen."""
    return NotVisible(gettext_noop("没有这个 %(type)s，或者您看不到它。"), "sta.not_found", type=kind.key)


def read_entity(place: Place, options: Options, asked: Asked) -> dict[str, Any]:
    """The one entity there, with what comes along. Raises NotVisible, BadInput."""
    plan = plan_of(place.kind, options, asked)
    row = place.rows.values_list(*plan.shape.columns).order_by().first()
    if row is None:
        raise nothing_there(place.kind)
    entity = plan.shape.build(row)
    expand([entity], [row], plan, asked)
    return entity


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a set as they are stored and as they are answered; ``next`` asks for those after them.

    ``moved`` is the latest month of which observations have moved to files, where those were not looked for.
    """

    plan: Plan
    rows: list[Any]
    entities: list[dict[str, Any]]
    count: int | None
    next: Options | None
    moved: str = ""


def read_set(place: Place, options: Options, asked: Asked, *, also: Sequence[str] = ()) -> Page:
    """A page of the set there: filtered, counted, ordered, cut, expanded (18-088, clause 9.3.1). Raises DomainError.

    ``also`` are columns that the rows are to have, too.
    """
    link = place.hop.link
    of_one = link is not None and link.back == ("datastream",)
    also = (*also, "end") if of_one else also
    plan = plan_of(place.kind, options, asked, multi=place.multi, of_one=of_one, also=also)
    if link is not None and place.parent is not None:
        plan = placed(plan, link, place.parent)
    rows = place.rows if plan.condition is None else place.rows.filter(plan.condition)
    if place.kind.key == "Observation" and link is None:
        _check_bounds(place, plan, asked)
    count = _count(place, rows, plan, asked) if options.count else None
    first = options.skip
    if plan.after is not None:
        rows, first = rows.filter(plan.after), 0
    ordered, most = rows.order_by(*plan.order).values_list(*plan.shape.columns), first + plan.size + 1
    moved = last_moved() if place.kind.key == "Observation" and plan.size else ""
    if moved and of_one and place.parent is not None:
        both = read_on(list(ordered[:most]), plan, datastream=place.parent, most=most, moved=moved)
        page, moved = (list(ordered[first:most]), moved) if both is None else (both[first:], "")
    else:
        page = list(ordered[first:most])
    kept = page[: plan.size]
    entities = [plan.shape.build(row) for row in kept]
    expand(entities, kept, plan, asked)
    more = plan.next(kept[-1]) if len(page) > plan.size > 0 else None
    return Page(plan, kept, entities, count, more, moved)


def _check_bounds(place: Place, plan: Plan, asked: Asked) -> None:
    by_index = plan.keys and plan.keys[0][0] == "pk" and plan.condition is None
    if not by_index and plan.narrowed.datastream is None and not plan.narrowed.ids:
        check_looked_at(place.rows, plan.within, asked.viewer)


def _count(place: Place, rows: QuerySet[Any], plan: Plan, asked: Asked) -> int:
    """How many there are on all pages: observations by what their datastreams have counted, where nothing is asked."""
    link = place.hop.link
    if place.kind.key == "Observation" and plan.condition is None:
        if link is None:
            return count_all(asked.viewer)
        if link.back == ("datastream",) and place.parent is not None:
            return Datastream.objects.values_list("count", flat=True).get(pk=place.parent)
    return count_rows(rows)
