# SPDX-License-Identifier: Apache-2.0
"""Reading entities as they are answered. A selector is given who asks; what they may not see is not there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from shanhai.field.sensors.sta.rules.paths import Hop, Resource
from shanhai.field.sensors.sta.selectors.entities import MODELS, related, rows_of
from shanhai.field.sensors.sta.selectors.shapes import shape_of, target_id
from shanhai.field.sensors.sta.values import EntityType, Options
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, when, and at which address the service stands for them (without a slash at its end)."""

    viewer: Actor
    at: datetime
    root: str


@dataclass(frozen=True, slots=True)
class Place:
    """Rows at the end of a path: of a ``kind``, and the one hop that leads to them from a row that is seen."""

    kind: EntityType
    rows: QuerySet[Any]
    hop: Hop
    parent: int | None = None


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
    return Place(resource.type, rows, resource.hops[-1], parent)


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
    """The one entity there. Raises NotVisible."""
    shape = shape_of(place.kind, root=asked.root, select=options.select)
    row = place.rows.values_list(*shape.columns).order_by().first()
    if row is None:
        raise nothing_there(place.kind)
    return shape.build(row)


def read_set(place: Place, options: Options, asked: Asked) -> dict[str, Any]:
    """The set there, a page of it."""
    shape = shape_of(place.kind, root=asked.root, select=options.select)
    rows = place.rows.order_by("pk").values_list(*shape.columns)[:100]
    return {"value": [shape.build(row) for row in rows]}
