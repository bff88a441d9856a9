# SPDX-License-Identifier: Apache-2.0
"""Adding many rows at the least cost.

``bulk_create`` builds an expression per value, three times the work of the plain statement made here for SQLite; and
PostgreSQL is quickest with COPY.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

MOST = 1000
# What every driver takes as it is.
PLAIN = frozenset({str, int, bool, type(None)})


def insert_many(rows: Sequence[models.Model], on_conflict: str = "") -> None:
    """Insert ``rows``, all of one model, with keys from the database, of which the rows may not learn.

    ``on_conflict`` is a clause that both databases understand.
    """
    if not rows:
        return
    connection, meta = connections[DEFAULT_DB_ALIAS], rows[0]._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    content = attrgetter(*(field.attname for field in fields))
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    into = f"{quoted(meta.db_table)} ({columns})"

    def values(row: models.Model) -> list[Any]:
        return [
            value if type(value) in PLAIN else field.get_db_prep_save(value, connection)
            for field, value in zip(fields, content(row), strict=True)
        ]

    # Every name comes from the model, every value is a parameter or a field of the copied stream.
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and not on_conflict:
            with connection.wrap_database_errors, cursor.copy(f"COPY {into} FROM STDIN") as stream:
                for row in rows:
                    stream.write_row(values(row))
            return
        step = min(connection.ops.bulk_batch_size(fields, rows), MOST)
        one_row = f"({', '.join(['%s'] * len(fields))})"
        for start in range(0, len(rows), step):
            batch = rows[start : start + step]
            places = ", ".join([one_row] * len(batch))
            given = [value for row in batch for value in values(row)]
            cursor.execute(f"INSERT INTO {into} VALUES {places} {on_conflict}", given)  # noqa: S608


def analyse(*kept: type[models.Model]) -> None:
    """Let PostgreSQL count these tables anew after many rows came at once.

    It does so by itself within a minute; until then it plans as if the tables were small, and each further batch takes
    longer than the one before.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE " + ", ".join(connection.ops.quote_name(model._meta.db_table) for model in kept))
