# SPDX-License-Identifier: Apache-2.0
"""How a row of the database becomes an entity as it is answered: the columns to ask for, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce

from shanhai.field.sensors.sta.values import EntityType, Kind, Link
from shanhai.field.sensors.store.rules.times import format_period, format_time
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

Row = Sequence[Any]
# Whole numbers below are the same as floats, and shorter to write.
_EXACT = 2.0**53
# What is answered even where it is null.
_ALWAYS = ("result", "resultTime")


def to_period(row: Row, at: int) -> str | None:
    """Of two columns."""
    begin, end = row[at], row[at + 1]
    if begin is None:
        return None
    return format_time(begin) if end is None else format_period(begin, end)


def to_time(row: Row, at: int) -> str | None:
    """Of one column."""
    return None if row[at] is None else format_time(row[at])


def to_result(row: Row, at: int) -> Any:
    """The number of the first column, a whole one without a point; else the value of the second."""
    number = row[at]
    if number is None:
        return row[at + 1]
    return int(number) if number.is_integer() and -_EXACT < number < _EXACT else number


_MAKERS: dict[Kind, Callable[[Row, int], Any]] = {
    Kind.PERIOD: to_period,
    Kind.TIME: to_time,
    Kind.RESULT: to_result,
}


def _as_it_is(row: Row, at: int) -> Any:
    return row[at]


def target_id(link: Link) -> Any:
    """The expression of the id that a link to one row leads to."""
    ids = [F(f"{path}_id") for path in link.paths]
    return ids[0] if len(ids) == 1 else Coalesce(*ids)


@dataclass(frozen=True, slots=True)
class Shape:
    """``columns`` for values_list, of which the first is the id; ``build`` makes an entity of a row."""

    columns: tuple[Any, ...]
    build: Callable[[Row], dict[str, Any]]
    # Where the ids stand of links that come along, and what else was asked for.
    places: dict[str, int]


def shape_of(
    kind: EntityType,
    *,
    root: str,
    select: Sequence[str] = (),
    along: Sequence[Link] = (),
    also: Sequence[str] = (),
    multi: bool | None = None,
) -> Shape:
    """The shape of a type; ``along`` are links to one row each whose ids are asked for, ``also`` are columns.

    Of observations, ``multi`` says whether they are of a MultiDatastream, where that is known. Raises BadInput for a
    name that the type has not.
    """
    check_names(kind, select)
    columns: list[Any] = ["pk"]
    parts: list[tuple[str, Callable[[Row, int], Any], int]] = []
    for one in kind.properties:
        if not select or one.name in select:
            # Several may stand in one column, of which values_list gives one only.
            shared = columns.index(one.columns[0]) if one.columns[0] in columns else len(columns)
            parts.append((one.name, _MAKERS.get(one.kind, _as_it_is), shared))
            columns += [name for name in one.columns if name not in columns]
    links = [one.name for one in kind.links if not select or one.name in select]
    places = {}
    for name in also:
        places[name] = columns.index(name) if name in columns else len(columns)
        columns += [name] if name not in columns else []
    for link in along:
        places[link.name] = len(columns)
        columns.append(target_id(link))
    extras = [(name, at) for name, _make, at in parts if columns[at] == "extra"]
    parts = [one for one in parts if columns[one[2]] != "extra"]
    which = len(columns)
    if kind.key == "Observation" and multi is None and links:
        columns.append("datastream__multi")
    named = not select or "id" in select or "@iot.id" in select
    linked = not select or "@iot.selfLink" in select
    base = f"{root}/{kind.set_name}("

    def build(row: Row) -> dict[str, Any]:
        own = f"{base}{row[0]})"
        entity: dict[str, Any] = {"@iot.id": row[0]} if named else {}
        if linked:
            entity["@iot.selfLink"] = own
        for name, make, at in parts:
            value = make(row, at)
            if value is not None or name in _ALWAYS:
                entity[name] = value
        # Few observations have any of these, which stand in one column.
        if extras and (given := row[extras[0][1]]) is not None:
            entity |= {name: given[name] for name, _at in extras if given.get(name) is not None}
        other = _other(multi if which >= len(row) else row[which]) if kind.key == "Observation" else ""
        for name in links:
            if name != other:
                entity[f"{name}@iot.navigationLink"] = f"{own}/{name}"
        return entity

    return Shape(tuple(columns), build, places)


def _other(multi: bool | None) -> str:
    return "Datastream" if multi else "MultiDatastream"


def check_names(kind: EntityType, names: Sequence[str]) -> None:
    """Raise BadInput for a name that the type has not."""
    for name in names:
        if name not in ("id", "@iot.id", "@iot.selfLink") and kind.property(name) is None and kind.link(name) is None:
            text = gettext_noop("%(type)s 没有 %(name)s 这一项。")
            raise BadInput(text, "sta.name_unknown", type=kind.key, name=name[:80])
