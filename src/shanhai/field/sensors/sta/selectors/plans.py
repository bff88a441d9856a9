# SPDX-License-Identifier: Apache-2.0
"""How a set is to be read: options of a question with names looked up, the filter compiled, the order settled.

In no order that was asked for, observations of one datastream come by time and all else by id: both are read from an
index, stay the same when something is added, and let a page begin where the one before has ended, however far in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Q, Subquery

from shanhai.field.sensors.models import MultiProperty
from shanhai.field.sensors.sta.rules import language
from shanhai.field.sensors.sta.selectors.bounds import Narrowed, narrowed
from shanhai.field.sensors.sta.selectors.filters import Compiler
from shanhai.field.sensors.sta.selectors.shapes import Shape, shape_of
from shanhai.field.sensors.sta.selectors.ways import Scope
from shanhai.field.sensors.sta.values import EntityType, Expansion, Link, Options
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

# By which a page can go on after the last row of the one before, by the name in $orderby.
_KEYS = {"id": "pk", "@iot.id": "pk"}
_TIMES = {"Observation": {"phenomenonTime": "time"}, "HistoricalLocation": {"time": "time"}}
_TOKEN = re.compile(r"-?\d{1,18}(?:\.-?\d{1,18})?", re.ASCII)
Key = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, when, and at which address the service stands for them (without a slash at its end)."""

    viewer: Actor
    at: datetime
    root: str


@dataclass(frozen=True, slots=True)
class Plan:
    """How a set of a ``kind`` is read. ``keys`` are the columns of the order, where pages can go on by them."""

    kind: EntityType
    options: Options
    shape: Shape
    size: int
    order: tuple[Any, ...]
    keys: tuple[Key, ...]
    condition: Q | None = None
    narrowed: Narrowed = field(default_factory=Narrowed)
    # Where the times are that the filter asks for.
    within: Q | None = None

    @property
    def after(self) -> Q | None:
        """Where the page before has ended; None for the first."""
        return _after(self.keys, self.options.after) if self.options.after else None

    def by_index(self, *, of_one: bool) -> bool:
        """Whether observations, ``of_one`` datastream or of all, are read from an index one after another."""
        ordered = bool(self.keys) and (of_one or self.keys[0][0] == "pk")
        skipped = 0 if self.options.after else self.options.skip
        asked = self.condition is None or (of_one and self.narrowed.whole)
        return ordered and asked and skipped <= settings.SENSORS_LOOKED_AT

    def next(self, row: Sequence[Any]) -> Options:
        """What asks for the page after the one that ends with this row: by its keys, where there are, else by counting.

        The number of rows before is told in any case: clients look for it.
        """
        token = ".".join(str(row[0 if name == "pk" else self.shape.places[name]]) for name, _last in self.keys)
        return replace(self.options, skip=self.options.skip + self.size, after=token)


def plan_of(
    kind: EntityType,
    options: Options,
    asked: Asked,
    *,
    multi: bool | None = None,
    of_one: bool = False,
    also: Sequence[str] = (),
) -> Plan:
    """The plan; ``of_one`` where all are observations of one datastream, of a MultiDatastream or not for ``multi``.

    Raises BadInput.
    """
    compiler, scope = Compiler(asked.viewer, asked.at), Scope(kind)
    condition = within = None
    about = Narrowed()
    if options.filter:
        tree = language.parse(options.filter)
        condition, about = compiler.condition(tree, scope), narrowed(tree)
        for term in about.times if kind.key == "Observation" else ():
            one = compiler.condition(term, scope)
            within = one if within is None else within & one
    of_one = kind.key == "Observation" and (of_one or about.datastream is not None)
    keys = _keys(kind, options, of_one=of_one)
    order: list[Any] = [f"-{name}" if last else name for name, last in keys]
    if not keys:
        order = [one for text, last in options.orderby for one in compiler.order(text, kind, last_first=last)]
        order.append("pk")
    single = [link for one in options.expand if not (link := _link(kind, one)).many]
    also = [*also, *(name for name, _last in keys if name != "pk")]
    shape = shape_of(kind, root=asked.root, select=options.select, along=single, also=also, multi=multi)
    size = min(settings.SENSORS_PAGE if options.top is None else options.top, settings.SENSORS_PAGE_MOST)
    return Plan(kind, options, shape, size, tuple(order), keys, condition, about, within)


def placed(plan: Plan, link: Link, parent: int) -> Plan:
    """The plan for the rows of a link from ``parent``: properties of a MultiDatastream stand as its results do."""
    if link.name != "ObservedProperties" or plan.options.orderby:
        return plan
    position = MultiProperty.objects.filter(datastream=parent, observed_property=OuterRef("pk")).order_by("position")
    return replace(plan, order=(Subquery(position.values("position")[:1]), "pk"), keys=())


def _link(kind: EntityType, one: Expansion) -> Link:
    link = kind.link(one.name)
    if link is None:
        text = gettext_noop("%(type)s 没有 %(name)s 可以展开。")
        raise BadInput(text, "sta.expand_unknown", type=kind.key, name=one.name[:80])
    return link


def _keys(kind: EntityType, options: Options, *, of_one: bool) -> tuple[Key, ...]:
    known = _KEYS | _TIMES.get(kind.key, {})
    asked = options.orderby or ((("phenomenonTime", False),) if of_one else (("id", False),))
    keys: list[Key] = []
    for name, last in asked:
        column = known.get(name)
        if column is None:
            return ()
        if column not in [one for one, _last in keys]:
            keys.append((column, last))
        # What comes after is settled by it: no two rows have the same.
        if column == "pk" or of_one:
            return tuple(keys)
    return (*keys, ("pk", False))


def _after(keys: tuple[Key, ...], token: str) -> Q:
    values = token.split(".")
    if not _TOKEN.fullmatch(token) or len(values) != len(keys):
        text = gettext_noop("看不懂这一页的标记。请从第一页起，按答复里的下一页地址读。")
        raise BadInput(text, "sta.skip_token")
    beyond = Q()
    same = Q()
    for (name, last), value in zip(keys, values, strict=True):
        beyond |= same & Q(**{f"{name}__{'lt' if last else 'gt'}": int(value)})
        same &= Q(**{name: int(value)})
    name, last = keys[0]
    # This alone is what finds the place in the index.
    return Q(**{f"{name}__{'lte' if last else 'gte'}": int(values[0])}) & beyond
