# SPDX-License-Identifier: Apache-2.0
"""Reading entities as they are answered. A selector is given who asks; what they may not see is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from shanhai.field.sensors.models import Datastream
from shanhai.field.sensors.sta.rules.paths import Hop, Resource
from shanhai.field.sensors.sta.selectors.bounds import check_looked_at, check_skipped, count_all, count_rows
from shanhai.field.sensors.sta.selectors.entities import MODELS, related, rows_of
from shanhai.field.sensors.sta.selectors.expanding import expand
from shanhai.field.sensors.sta.selectors.moved import Moved, count_on, find_moved, last_moved, read_on
from shanhai.field.sensors.sta.selectors.plans import Asked, Plan, placed, plan_of
from shanhai.field.sensors.sta.selectors.shapes import target_id
from shanhai.field.sensors.sta.values import EntityType, Link, Options
from shanhai.kernel.errors import Conflict, NotVisible
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
            parent, rows = _step(rows, before, hop.link, parent, asked)
        if hop.id is not None:
            rows = rows.filter(pk=hop.id)
    of = resource.hops[-2].type.key if len(resource.hops) > 1 else ""
    multi = of == "MultiDatastream" if of in ("Datastream", "MultiDatastream") else None
    return Place(resource.type, rows, resource.hops[-1], parent, multi)


def _step(rows: QuerySet[Any], before: Hop, link: Link, parent: int | None, asked: Asked) -> tuple[int, QuerySet[Any]]:
    """The id of the one row that was come to, and the rows that a link leads to from it."""
    key: int | None = rows.order_by().values_list("pk", flat=True).first()
    if key is None and before.id is not None and (moved := _moved(before, parent, asked)) is not None:
        return before.id, rows_of(link.target, viewer=asked.viewer).filter(pk=moved.linked(link.name))
    if key is None:
        raise nothing_there(before.type)
    if link.many:
        return key, related(link, key, viewer=asked.viewer)
    model = MODELS[before.type.key]._default_manager
    target = model.filter(pk=key).values_list(target_id(link), flat=True).first()
    return key, rows_of(link.target, viewer=asked.viewer).filter(pk=target)


def _moved(hop: Hop, parent: int | None, asked: Asked) -> Moved | None:
    """The observation at the end of a hop, where it has moved to a file."""
    moved = find_moved(hop.id, viewer=asked.viewer) if hop.type.key == "Observation" and hop.id is not None else None
    if moved is None or hop.link is None:
        return moved
    name = "FeatureOfInterest" if "feature" in hop.link.back else "Datastream"
    return moved if moved.linked(name) == parent else None


def key_of(place: Place, asked: Asked) -> int:
    """The id of the one entity there, to be changed. Raises NotVisible, and Conflict for what has moved to a file."""
    key: int | None = place.rows.order_by().values_list("pk", flat=True).first()
    if key is not None:
        return key
    if _moved(place.hop, place.parent, asked) is not None:
        raise Conflict(gettext_noop("这个观测值已经归档，不能再改或删除。"), "sta.observation_archived")
    raise nothing_there(place.kind)


def nothing_there(kind: EntityType) -> NotVisible:
    """There is none, or it may not be seen."""
    return NotVisible(gettext_noop("没有这个 %(type)s，或者您看不到它。"), "sta.not_found", type=kind.key)


def read_entity(place: Place, options: Options, asked: Asked) -> dict[str, Any]:
    """The one entity there, with what comes along. Raises NotVisible, BadInput."""
    plan = plan_of(place.kind, options, asked)
    row = place.rows.values_list(*plan.shape.columns).order_by().first()
    if row is None and (moved := _moved(place.hop, place.parent, asked)) is not None:
        row = moved.shaped(plan.shape)
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
    if place.kind.key == "Observation":
        _check_bounds(place, plan, asked)
    moved = last_moved() if (plan.size or options.count) and _about_observations(place.kind, options) else ""
    on = place.parent if of_one and moved else None
    count = _count(place, rows, plan, asked) if options.count else None
    if count is not None and plan.condition is not None and on is not None:
        count += count_on(plan, datastream=on)
    first = options.skip
    if plan.after is not None:
        rows, first = rows.filter(plan.after), 0
    if on is not None:
        check_skipped(first)
    ordered, most = rows.order_by(*plan.order).values_list(*plan.shape.columns), first + plan.size + 1
    page = list(ordered[:most] if on is not None else ordered[first:most])
    if on is not None:
        both = read_on(page, plan, datastream=on, most=most, moved=moved)
        page, moved = (page[first:], moved) if both is None else (both[first:], "")
    kept = page[: plan.size]
    entities = [plan.shape.build(row) for row in kept]
    expand(entities, kept, plan, asked)
    more = plan.next(kept[-1]) if len(page) > plan.size > 0 else None
    return Page(plan, kept, entities, count, more, moved)


def _about_observations(kind: EntityType, options: Options) -> bool:
    return kind.key == "Observation" or "Observations/" in options.filter


def _check_bounds(place: Place, plan: Plan, asked: Asked) -> None:
    link, about = place.hop.link, plan.narrowed
    of_one = link is not None and link.back == ("datastream",)
    if plan.by_index(of_one=of_one):
        return
    if not about.ids:
        stream = place.parent if of_one else about.datastream
        streams = None if stream is None else [stream]
        check_looked_at(place.rows, plan.within, asked.viewer, datastreams=streams)


def _count(place: Place, rows: QuerySet[Any], plan: Plan, asked: Asked) -> int:
    """How many there are on all pages: observations by what their datastreams have counted, where nothing is asked."""
    link = place.hop.link
    if place.kind.key == "Observation" and plan.condition is None:
        if link is None:
            return count_all(asked.viewer)
        if link.back == ("datastream",) and place.parent is not None:
            return Datastream.objects.values_list("count", flat=True).get(pk=place.parent)
    return count_rows(rows)
