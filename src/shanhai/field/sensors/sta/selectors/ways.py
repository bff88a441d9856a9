# SPDX-License-Identifier: Apache-2.0
"""Where a path of a filter leads: over links to a value, or to a set of rows, of which one must be found.

What a path meets on its way must be seen by who asks; what is hidden counts as null, so that no filter and no order
tells of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, IsNull

from shanhai.field.sensors.models import Observation
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.sta.selectors.entities import TYPES, rows_of
from shanhai.field.sensors.sta.selectors.operands import Operand, Sort
from shanhai.field.sensors.sta.selectors.sql import JsonText, SpanEnd
from shanhai.field.sensors.sta.values import EntityType, Kind, Link, Property
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

IDS = ("id", "@iot.id")
# Who sees the one sees the other: how rows are seen follows these links.
_IMPLIED = {
    ("Observation", "Datastream"),
    ("Observation", "MultiDatastream"),
    ("Datastream", "Thing"),
    ("MultiDatastream", "Thing"),
    ("HistoricalLocation", "Thing"),
}
_SORTS = {
    Kind.TEXT: Sort.TEXT,
    Kind.TIME: Sort.TIME,
    Kind.PERIOD: Sort.PERIOD,
    Kind.SPAN: Sort.PERIOD,
    Kind.RESULT: Sort.RESULT,
    Kind.JSON: Sort.JSON,
    Kind.GEOMETRY: Sort.GEOMETRY,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that are looked at: of a ``kind``, called by ``names`` at the beginning of a path, within others."""

    kind: EntityType
    names: tuple[str, ...] = ()
    outer: Scope | None = None

    @property
    def depth(self) -> int:
        """Within how many others."""
        return 0 if self.outer is None else self.outer.depth + 1


@dataclass(frozen=True, slots=True)
class Way:
    """A path as far as it leads over links to one row each.

    The row is at one of ``lookups`` (the first that is there) from the scope so many ``levels`` further out. ``many``
    is the link to a set that comes next, at the end of ``names``; ``rest`` is what follows.
    """

    kind: EntityType
    lookups: tuple[str, ...]
    level: int
    guards: tuple[Q, ...]
    names: tuple[str, ...]
    rest: tuple[str, ...]
    many: Link | None = None

    def column(self, name: str, *, deeper: int = 0) -> Any:
        """The expression of a column of the row, for a query that lies ``deeper`` within."""
        level = self.level + deeper
        first, *others = (_ref(f"{lookup}{name}", level) for lookup in self.lookups)
        if not others:
            return first
        if name == "pk":
            return Coalesce(first, *others)
        there = Q(IsNull(_ref(f"{self.lookups[0]}pk", level), False))
        return Case(When(there, then=first), default=others[0])


def _ref(name: str, level: int) -> Any:
    if level == 0:
        return F(name)
    found: Any = OuterRef(name)
    for _one in range(level - 1):
        found = OuterRef(found)
    return found


def way(path: tuple[str, ...], scope: Scope, viewer: Actor) -> Way:
    """Where a path leads from a scope, up to the first link to a set."""
    level, within = 0, scope
    while within.outer is not None and path[: len(within.names)] != within.names:
        level, within = level + 1, within.outer
    found = Way(within.kind, ("",), level, (), within.names, path[len(within.names) :])
    while found.rest and (link := found.kind.link(found.rest[0])) is not None:
        names, rest = (*found.names, found.rest[0]), found.rest[1:]
        if link.many:
            return Way(TYPES[link.target], found.lookups, level, found.guards, names, rest, link)
        lookups = tuple(f"{lookup}{one}__" for lookup in found.lookups for one in link.paths)
        step = Way(TYPES[link.target], lookups, level, found.guards, names, rest)
        guards = (*found.guards, *_guards(step, found.kind, link, viewer))
        found = Way(step.kind, lookups, level, guards, names, rest)
    return found


def _guards(step: Way, before: EntityType, link: Link, viewer: Actor) -> list[Q]:
    guards = []
    if link.target in ("Datastream", "MultiDatastream"):
        guards.append(Q(Exact(step.column("multi"), Value(link.target == "MultiDatastream"))))
    if (before.key, link.target) not in _IMPLIED and not viewer.may(SensorPermission.VIEW):
        seen = rows_of(link.target, viewer=viewer).filter(pk=step.column("pk", deeper=1))
        guards.append(Q(Exists(seen)))
    return guards


def rows_at(found: Way, viewer: Actor) -> QuerySet[Any]:
    """The rows of the set that a way leads to, for a query within that of the scope."""
    link = found.many
    assert link is not None
    first, *others = link.back
    owner = found.column("pk", deeper=1)
    back = Q(**{first: owner})
    for other in others:
        back |= Q(**{first: None, other: owner})
    if link.target == "Observation" and first == "datastream":
        return Observation.objects.filter(back)
    return rows_of(link.target, viewer=viewer).filter(back)


def value_at(found: Way) -> Operand:
    """The value that a way leads to. Raises BadInput where there is none of that name."""
    rest = found.rest
    if len(rest) == 1 and rest[0] in IDS:
        return Operand(Sort.NUMBER, (found.column("pk"),), guards=found.guards, sure=not found.guards)
    named = found.kind.property(rest[0]) if rest else None
    if named is None:
        raise _unknown(found, "/".join(rest) or found.names[-1])
    return _value(found, named, rest[1:])


def _value(found: Way, named: Property, inside: tuple[str, ...]) -> Operand:
    sort, columns = _SORTS[named.kind], named.columns
    owner = ""
    if named.name == "observedArea" and not inside:
        sort = Sort.GEOMETRY
    if sort is Sort.GEOMETRY and not inside:
        owner = found.kind.key
        return Operand(sort, (found.column("pk"),), guards=found.guards, owner=owner)
    if sort in (Sort.GEOMETRY, Sort.RESULT) and inside:
        sort, columns = Sort.JSON, columns[-1:]
    if named.kind is Kind.SPAN and not inside:
        written = JsonText(found.column(columns[0]), (named.name,))
        return Operand(sort, (SpanEnd(written, last=False), SpanEnd(written, last=True)), guards=found.guards)
    if columns == ("extra",) and sort is Sort.JSON:
        inside = (named.name, *inside)
    if inside and sort is not Sort.JSON:
        raise _unknown(found, "/".join((named.name, *inside)))
    parts = tuple(found.column(one) for one in columns)
    sure = not found.guards and columns[0] in ("time", "name") and found.lookups == ("",)
    return Operand(sort, parts, path=inside, guards=found.guards, sure=sure)


def _unknown(found: Way, name: str) -> BadInput:
    text = gettext_noop("%(type)s 没有 %(name)s 这一项。")
    return BadInput(text, "sta.name_unknown", type=found.kind.key, name=name[:80])
