# SPDX-License-Identifier: Apache-2.0
"""What comes along with entities ($expand): one query for each link of each level, however many entities there are.

Of a link to many, each entity has a page of its own. A window function would look at all rows of all entities to number
them; so the query is one part for each entity, joined by UNION ALL, each of which ends where its page is full.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BigIntegerField, QuerySet, Value

from shanhai.field.sensors.models import Datastream
from shanhai.field.sensors.sta.rules.options import address
from shanhai.field.sensors.sta.selectors.bounds import check_looked_at, check_skipped, too_many_to_count
from shanhai.field.sensors.sta.selectors.entities import TYPES, related, rows_of
from shanhai.field.sensors.sta.selectors.moved import last_moved, read_on
from shanhai.field.sensors.sta.selectors.plans import Asked, Plan, placed, plan_of
from shanhai.field.sensors.sta.values import Link, Options

Row = Sequence[Any]
Entity = dict[str, Any]
# Stands for the id of an entity until the query is repeated for each; no id is below nothing.
_EACH = -7_777_777_777_777
# SQLite joins at most 500 parts.
_PARTS = 200
# Of one link at one level, for all entities together; of more, each has a shorter page.
_MOST_ROWS = 20_000
# Each is a query of files.
_MOST_READ_ON = 50
_STREAMS = {"Datastream": False, "MultiDatastream": True}


def expand(entities: Sequence[Entity], rows: Sequence[Row], plan: Plan, asked: Asked) -> None:
    """Put what was asked for with them into the entities that were built of the rows. Raises BadInput."""
    for one in plan.options.expand:
        link = plan.kind.link(one.name)
        assert link is not None
        with_each = _many if link.many else _single
        with_each(entities, rows, plan, link, one.options, asked)


def _single(
    entities: Sequence[Entity], rows: Sequence[Row], plan: Plan, link: Link, options: Options, asked: Asked
) -> None:
    inner, place = plan_of(TYPES[link.target], options, asked), plan.shape.places[link.name]
    ids = {row[place] for row in rows} - {None}
    found = rows_of(link.target, viewer=asked.viewer).filter(pk__in=ids)
    if inner.condition is not None:
        found = found.filter(inner.condition)
    theirs = list(found.values_list(*inner.shape.columns)) if ids else []
    made = [inner.shape.build(row) for row in theirs]
    expand(made, theirs, inner, asked)
    by_id = {row[0]: entity for row, entity in zip(theirs, made, strict=True)}
    for entity, row in zip(entities, rows, strict=True):
        one = by_id.get(row[place])
        # An observation is of a datastream of one of two kinds: of the other there is none.
        if one is not None or link.target not in _STREAMS:
            entity[link.name] = one


def _many(
    entities: Sequence[Entity], rows: Sequence[Row], plan: Plan, link: Link, options: Options, asked: Asked
) -> None:
    multi = _STREAMS.get(plan.kind.key) if link.target == "Observation" else None
    of_one = link.back == ("datastream",)
    inner = plan_of(TYPES[link.target], options, asked, multi=multi, of_one=of_one, also=("end",) if of_one else ())
    inner = placed(inner, link, _EACH)
    inner = replace(inner, size=min(inner.size, max(_MOST_ROWS // max(len(rows), 1), 1)))
    found = related(link, _EACH, viewer=asked.viewer)
    if inner.condition is not None:
        found = found.filter(inner.condition)
    found = found.annotate(each_=Value(_EACH, BigIntegerField()))
    parents = [row[0] for row in rows]
    if link.target == "Observation" and not inner.by_index(of_one=of_one) and not inner.narrowed.ids:
        seen, streams = rows_of("Observation", viewer=asked.viewer), parents if of_one else None
        check_looked_at(seen, inner.within, asked.viewer, datastreams=streams)
    counts = _counts(found, link, inner, parents) if options.count else {}
    page = found.order_by(*inner.order).values_list("each_", *inner.shape.columns)
    theirs: dict[int, list[Row]] = {parent: [] for parent in parents}
    moved = last_moved() if link.target == "Observation" and (inner.size or options.count) else ""
    most = options.skip + inner.size + 1
    if moved:
        check_skipped(options.skip * len(parents))
    for parent, *row in _for_each(page[0 if moved else options.skip : most], parents):
        theirs[parent].append(row)
    unread = _read_on(theirs, inner, most, moved, of_one=of_one) if moved else set()
    kept = [row for parent in theirs for row in theirs[parent][: inner.size]]
    made = [inner.shape.build(row) for row in kept]
    expand(made, kept, inner, asked)
    left = iter(made)
    for entity, parent in zip(entities, parents, strict=True):
        if options.count:
            entity[f"{link.name}@iot.count"] = counts.get(parent, 0)
        if parent in unread:
            entity[f"{link.name}@shanhai.notReadUntil"] = moved
        entity[link.name] = [next(left) for _row in theirs[parent][: inner.size]]
        if len(theirs[parent]) > inner.size > 0:
            own = f"{asked.root}/{plan.kind.set_name}({parent})/{link.name}"
            entity[f"{link.name}@iot.nextLink"] = address(own, inner.next(theirs[parent][inner.size - 1]))


def _read_on(theirs: dict[int, list[Row]], inner: Plan, most: int, moved: str, *, of_one: bool) -> set[int]:
    """Let rows of datastreams go on in the months that have moved; whose do not."""
    asked, unread = 0, set()
    # What is counted is counted in the database.
    can = of_one and not (inner.options.count and inner.condition is not None)
    for parent, rows in theirs.items():
        both = None
        if can:
            both = read_on(rows, inner, datastream=parent, most=most, moved=moved, files=asked < _MOST_READ_ON)
        if both is None:
            unread.add(parent)
        asked += both is not rows
        theirs[parent] = (rows if both is None else both)[inner.options.skip :]
    return unread


def _counts(found: QuerySet[Any], link: Link, inner: Plan, parents: Sequence[int]) -> dict[int, int]:
    if link.back == ("datastream",) and inner.condition is None:
        return dict(Datastream.objects.filter(pk__in=parents).values_list("pk", "count"))
    most = settings.SENSORS_COUNTED
    few = found.order_by().values_list("each_")[: most + 1]
    counts = dict(_for_each(few, parents, what="MIN(each_), COUNT(*)"))
    if any(count > most for count in counts.values()):
        raise too_many_to_count()
    return counts


def _for_each(rows: QuerySet[Any], parents: Sequence[int], *, what: str = "*") -> Iterator[tuple[Any, ...]]:
    """The rows for each parent, in their order: one query for each 200."""
    compiler = rows.query.get_compiler(rows.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return
    for at in range(0, len(parents), _PARTS):
        some = parents[at : at + _PARTS]
        parts = " UNION ALL ".join(f"SELECT {what} FROM ({sql}) AS part_{one}" for one in range(len(some)))  # noqa: S608 - written by the ORM
        with connections[rows.db].cursor() as cursor:
            cursor.execute(parts, [parent if one == _EACH else one for parent in some for one in params])
            found = cursor.fetchall()
        yield from compiler.results_iter([found]) if what == "*" else found
