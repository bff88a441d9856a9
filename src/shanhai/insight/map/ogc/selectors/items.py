# SPDX-License-Identifier: Apache-2.0
"""Features of an edition, read from its file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import shapely

from shanhai.insight.map.editions.rules.packing import ID, NEAR, SHAPE, TABLE, column, wkb_of
from shanhai.insight.map.editions.values import Edition
from shanhai.insight.map.ogc.rules.filtering import Condition, condition_of
from shanhai.insight.map.ogc.values import Box, Items, Wanted
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.maps import MapLayer
from shanhai.kernel.messages import gettext_noop

# What lies wholly within a box is asked no more; what touches its edge is fetched and compared as a shape.
_NEAR = (
    f"SELECT id FROM {NEAR} near WHERE near.maxx >= ? AND near.minx <= ? AND near.maxy >= ? AND near.miny <= ?"  # noqa: S608 - names of ours
    " AND (near.minx >= ? AND near.maxx <= ? AND near.miny >= ? AND near.maxy <= ?"
    f" OR meets({{}}, (SELECT {column(SHAPE)} FROM {TABLE} WHERE fid = near.id)))"
)


def items_of(edition: Edition, layer: MapLayer, wanted: Wanted) -> Items:
    """A page of features in the order of the edition. Raises BadInput for a filter that does not fit."""
    condition = condition_of(wanted.filter, layer) if wanted.filter else Condition()
    parts, parameters = [condition.sql] if condition.sql else [], condition.parameters
    there, days = _there(layer, wanted.days)
    parts += there
    parameters += days
    counted = TABLE
    if wanted.box:
        boxes = _parted(wanted.box)
        # Not joined: so the rows come in their order, and no more of them than are wanted.
        near = " UNION ".join(_NEAR.format(len(condition.shapes) + at) for at in range(len(boxes)))
        counted = TABLE if parts or wanted.outline is not None else f"({near})"
        parts.append(f"fid IN ({near})")
        for west, south, east, north in boxes:
            condition.shapes.append(shapely.box(west, south, east, north))
            parameters += [west, east, south, north, west, east, south, north]
    if wanted.outline is not None:
        parts.append(f"meets({len(condition.shapes)}, {column(SHAPE)})")
        condition.shapes.append(wanted.outline)
    where = f"WHERE {' AND '.join(parts)}" if parts else ""
    columns = _columns(layer)
    with _opened(edition.path, condition.shapes) as file:
        # All names are ours, all values parameters.
        chosen = where if counted is TABLE else ""
        matched = file.execute(f"SELECT count(*) FROM {counted} {chosen}", parameters).fetchone()[0]  # noqa: S608
        further = f"{where} {'AND' if where else 'WHERE'} fid > ? ORDER BY fid LIMIT ?"
        rows = file.execute(
            f"SELECT {columns} FROM {TABLE} {further}",  # noqa: S608
            [*parameters, wanted.after, wanted.limit + 1],
        ).fetchall()
    more, rows = len(rows) > wanted.limit, rows[: wanted.limit]
    return _page(rows, layer, matched, rows[-1][0] if more and rows else 0)


def item_of(edition: Edition, layer: MapLayer, thing: str) -> Items:
    """The one feature of that id. Raises NotVisible."""
    names = _columns(layer)
    with _opened(edition.path, ()) as file:
        rows = file.execute(f"SELECT {names} FROM {TABLE} WHERE {column(ID)} = ?", [thing]).fetchall()  # noqa: S608
    if not rows:
        raise NotVisible(gettext_noop("没有找到这个要素。请从图层重新选。"))
    return _page(rows, layer, 1, 0)


def shapes_of(edition: Edition, layer: MapLayer, day: str) -> tuple[list[str], list[str], Any]:
    """All features of an edition that are there on a day, in its order: their ids, their names, their shapes."""
    there, days = _there(layer, (day, day))
    name = column("name") if any(one.name == "name" for one in layer.fields) else "''"
    where = f"WHERE {' AND '.join(there)}" if there else ""
    with _opened(edition.path, ()) as file:
        rows = file.execute(
            f"SELECT {column(ID)}, {name}, {column(SHAPE)} FROM {TABLE} {where} ORDER BY fid",  # noqa: S608 - names of ours
            days,
        ).fetchall()
    shapes = shapely.from_wkb([wkb_of(row[2]) for row in rows])
    return [row[0] for row in rows], [row[1] or "" for row in rows], shapes


def _there(layer: MapLayer, days: tuple[str, str]) -> tuple[list[str], list[Any]]:
    """The conditions, and their values, that a feature is there on one of these days."""
    asked = [(layer.since, days[1], "<="), (layer.until, days[0], ">=")]
    asked = [one for one in asked if one[0] and one[1]]
    return [f"ifnull({column(name)} {order} ?, 1)" for name, _, order in asked], [day for _, day, _ in asked]


def _page(rows: Sequence[Sequence[Any]], layer: MapLayer, matched: int, after: int) -> Items:
    flags = [at for at, one in enumerate(layer.fields) if one.kind == "boolean"]
    values = [[*row[3:]] for row in rows]
    for row in values:
        for at in flags:
            row[at] = None if row[at] is None else bool(row[at])
    shapes = shapely.from_wkb([wkb_of(row[2]) for row in rows])
    return Items([row[1] for row in rows], shapes, values, matched, after)


def _columns(layer: MapLayer) -> str:
    return ", ".join(["fid", *map(column, (ID, SHAPE, *(one.name for one in layer.fields)))])


def _parted(box: Box) -> tuple[Box, ...]:
    west, south, east, north = box
    return ((west, south, 180, north), (-180, south, east, north)) if west > east else (box,)


@contextmanager
def _opened(path: Path, shapes: Sequence[Any]) -> Iterator[sqlite3.Connection]:
    file = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        file.execute("PRAGMA case_sensitive_like = ON")
        for shape in shapes:
            shapely.prepare(shape)

        def meets(number: int, stored: bytes) -> bool:
            return bool(shapely.intersects(shapes[number], shapely.from_wkb(wkb_of(stored))))

        file.create_function("meets", 2, meets, deterministic=True)
        yield file
    finally:
        file.close()
