# SPDX-License-Identifier: Apache-2.0
"""Adding many rows at the least cost: plain tuples, no model objects. And doing again what had to give way.

A model object for each row costs more than storing it. PostgreSQL is quickest with COPY, SQLite with a prepared
statement that takes some fifty rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from itertools import chain, islice
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import numpy as np
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

R = TypeVar("R")
# Of two that wait for each other PostgreSQL lets one go on; so often the other begins anew.
TRIES = 4
_DEADLOCK = "40P01"
AT_ONCE = 10_000
# Of one statement, in every build of SQLite.
MOST_PARAMETERS = 999
# What the drivers take as it is.
PLAIN = frozenset({str, int, bool, bytes, type(None)})
# Numbers of PostgreSQL as arrays have them.
BINARY = {"smallint": ">i2", "integer": ">i4", "bigint": ">i8", "double precision": ">f8"}
TAKEN = {"postgresql": PLAIN | {UUID, date, datetime}}


def not_giving_way(act: Callable[[], R]) -> R:
    """What ``act`` answers, which is one transaction: begun anew where the database gave it up for another's sake.

    Inside a transaction it is that one which would have to begin anew: then the error goes on.
    """
    for left in range(TRIES - 1, -1, -1):
        try:
            return act()
        except OperationalError as error:
            gave_way = getattr(error.__cause__, "sqlstate", "") == _DEADLOCK
            if not (left and gave_way) or connections[DEFAULT_DB_ALIAS].in_atomic_block:
                raise
    raise AssertionError("the last try answers or raises")


def update_if_free(rows: models.QuerySet[Any], **values: Any) -> None:
    """Update rows, or leave it where the database is locked: for a note that may be lost while its request goes on."""
    with suppress(OperationalError), transaction.atomic():
        rows.update(**values)


def insert_many(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]], on_conflict: str = ""
) -> None:
    """Insert ``rows`` of values in the order of the columns called ``names``, as the model's attributes are.

    Nothing is filled in: a column that is left out gets what the database gives. A text for a column of JSON is JSON
    already. ``on_conflict`` is a clause that both databases understand.
    """
    connection, fields, remaining = connections[DEFAULT_DB_ALIAS], _fields(model, (*names,)), iter(rows)
    into = f"{_quoted(model._meta.db_table)} ({', '.join(one.name for one in fields)})"
    # Every name comes from the model, every value is a parameter or a field of the copied stream.
    with connection.cursor() as cursor:
        while batch := list(islice(remaining, AT_ONCE)):
            given = zip(fields, zip(*batch, strict=True), strict=True)
            columns = [_prepared(one.field, column, connection) for one, column in given]
            if connection.vendor == "sqlite":
                _put_in(cursor, into, [*zip(*columns, strict=True)], on_conflict)
            elif on_conflict:
                places = ", ".join(f"%s::{one.kind}[]" for one in fields)
                statement = f"INSERT INTO {into} SELECT * FROM unnest({places}) {on_conflict}"  # noqa: S608
                cursor.execute(statement, [*map(_array, columns)])
            else:
                with connection.wrap_database_errors, cursor.copy(f"COPY {into} FROM STDIN") as stream:
                    for row in zip(*columns, strict=True):
                        stream.write_row(row)


def insert_columns(model: type[models.Model], names: Sequence[str], columns: Sequence[np.ndarray[Any, Any]]) -> None:
    """Insert rows given as arrays of whole numbers and floats, none of them null, in the order of ``names``.

    On PostgreSQL they are copied in its binary form, which is made of all rows at once.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql" or not len(columns[0]):
        insert_many(model, names, zip(*(column.tolist() for column in columns), strict=True))
        return
    fields = _fields(model, (*names,))
    into = f"{_quoted(model._meta.db_table)} ({', '.join(one.name for one in fields)})"
    # A row is its number of fields; a field its length and its value. All are big-endian.
    shape: list[tuple[str, str]] = [("fields", ">i2")]
    for name, one in zip(names, fields, strict=True):
        shape += [(f"{name} length", ">i4"), (name, BINARY[one.kind])]
    rows = np.empty(len(columns[0]), shape)
    rows["fields"] = len(names)
    for name, column in zip(names, columns, strict=True):
        rows[f"{name} length"] = rows.dtype[name].itemsize
        rows[name] = column
    copy = f"COPY {into} FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(copy) as stream:
        # Signature, flags and the length of an extension; rows; the end.
        stream.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        stream.write(rows.tobytes())
        stream.write(b"\xff\xff")


def update_many(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set the columns called ``names`` of rows, each given as its primary key and then the values."""
    connection, fields, table = connections[DEFAULT_DB_ALIAS], _fields(model, ("pk", *names)), model._meta.db_table
    given = [f"c{number}" for number in range(len(fields))]
    sets = ", ".join(f"{one.name} = given.{name}" for one, name in zip(fields[1:], given[1:], strict=True))
    update = f"UPDATE {_quoted(table)} SET {sets}"  # noqa: S608 - names of the model
    which = f"WHERE {_quoted(table)}.{fields[0].name} = given.c0"
    if rows and connection.vendor == "postgresql":
        # One array a column: a statement that is as long as its rows costs more to read than to do.
        arrays = ", ".join(f"%s::{one.kind}[]" for one in fields)
        statement = f"{update} FROM unnest({arrays}) AS given ({', '.join(given)}) {which}"
        with connection.cursor() as cursor:
            cursor.execute(statement, [*map(_array, zip(*rows, strict=True))])
        return
    place = f"({', '.join(f'CAST(%s AS {one.kind})' for one in fields)})"
    most = MOST_PARAMETERS // len(fields)
    with connection.cursor() as cursor:
        for at in range(0, len(rows), most):
            some = rows[at : at + most]
            statement = (
                f"WITH given ({', '.join(given)}) AS (VALUES {', '.join([place] * len(some))}) "
                f"{update} FROM given {which}"
            )
            cursor.execute(statement, [*chain.from_iterable(some)])


class _Field(NamedTuple):
    """A column: the field, its quoted name, its type in the database."""

    field: models.Field[Any, Any]
    name: str
    kind: str


@cache
def _fields(model: type[models.Model], names: tuple[str, ...]) -> tuple[_Field, ...]:
    """The columns of these attributes. Django works out anew each time what a type is called."""
    connection, meta = connections[DEFAULT_DB_ALIAS], model._meta
    by_name = {"pk": meta.pk, **{field.attname: field for field in meta.concrete_fields}}
    found = [by_name[name] for name in names]
    kinds = [one.rel_db_type(connection) if one.primary_key else one.db_type(connection) for one in found]
    return tuple(_Field(one, _quoted(str(one.column)), str(kind)) for one, kind in zip(found, kinds, strict=True))


def _quoted(name: str) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(name)


def _array(column: Sequence[Any]) -> str | list[Any]:
    """A column as an array of PostgreSQL: of numbers its text, since the driver looks at each of them several times."""
    if set(map(type, column)) <= {int, float, type(None)}:
        return f"{{{','.join('NULL' if one is None else repr(one) for one in column)}}}"
    return list(column)


def _put_in(cursor: CursorWrapper, into: str, rows: Sequence[Sequence[Any]], on_conflict: str) -> None:
    """SQLite sets up what a table's constraints need once a statement, so rows share one: as many as it may name."""
    place, most = f"({', '.join(['%s'] * len(rows[0]))})", max(MOST_PARAMETERS // len(rows[0]), 1)
    full = len(rows) // most * most
    for some, size in ((rows[:full], most), (rows[full:], len(rows) - full)):
        if some:
            statement = f"INSERT INTO {into} VALUES {', '.join([place] * size)} {on_conflict}"  # noqa: S608
            starts = range(0, len(some), size)
            cursor.executemany(statement, [[*chain.from_iterable(some[at : at + size])] for at in starts])


def new_keys(model: type[models.Model], count: int) -> Sequence[int]:
    """``count`` primary keys that nobody else gets, for rows that other rows are to name.

    Call it inside the transaction that inserts them.
    """
    connection, table = connections[DEFAULT_DB_ALIAS], model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # OFFSET lets the sequence be looked up once: for each key, that costs more than the key.
            drawn = """
                FROM (SELECT nextval(sequence) AS key
                    FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS sequence OFFSET 0) AS named,
                        LATERAL (SELECT generate_series(1, %s)) AS each OFFSET 0) AS drawn"""
            cursor.execute(f"SELECT min(key), max(key) {drawn}", [table, count])
            first, last = cursor.fetchone()
            if not count or last - first + 1 == count:
                return range(first, last + 1) if count else ()
            # Others drew between them: told one by one, these would cost half as much again, so others are drawn.
            cursor.execute(f"SELECT array_agg(key) {drawn}", [table, count])
            return list(cursor.fetchone()[0])
        # Whoever writes on SQLite is alone.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        first = (cursor.fetchone() or (0,))[0] + 1
    return range(first, first + count)


def _prepared(field: models.Field[Any, Any], column: Sequence[Any], connection: BaseDatabaseWrapper) -> Sequence[Any]:
    """The values of one column as the driver takes them; a value that comes again is prepared once."""
    kinds = set(map(type, column))
    if kinds <= TAKEN.get(connection.vendor, PLAIN):
        return column
    # No two are alike, and to compare them costs more than to write them.
    if kinds == {UUID} and isinstance(field, models.UUIDField):
        return [value.hex for value in column]
    if isinstance(field, models.JSONField):
        return [field.get_db_prep_save(value, connection) for value in column]
    known = {value: field.get_db_prep_save(value, connection) for value in set(column)}
    return [known[value] for value in column]


def analyse(*kept: type[models.Model]) -> None:
    """Let PostgreSQL count these tables anew after many rows came at once.

    It does so by itself within a minute; until then it plans as if the tables were small, and each further batch takes
    longer than the one before.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE " + ", ".join(connection.ops.quote_name(model._meta.db_table) for model in kept))
