# SPDX-License-Identifier: Apache-2.0
"""Adding many rows at the least cost.

PostgreSQL is quickest with ``bulk_create``, which hands over one array per column. For SQLite that builds an expression
per value, three times the work of the plain statement made here.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from django.db import DEFAULT_DB_ALIAS, connections, models

MOST = 1000
# What every driver takes as it is.
PLAIN = frozenset({str, int, bool, type(None)})


def insert_many(rows: Sequence[models.Model], on_conflict: str = "") -> None:
    """Insert ``rows``, all of one model, with keys from the database, of which the rows may not learn.

    ``on_conflict`` is a clause that both databases understand.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if not rows:
        return
    if connection.features.max_query_params is None and not on_conflict:
        type(rows[0])._base_manager.bulk_create(rows, batch_size=MOST)
        return
    meta, quoted = rows[0]._meta, connection.ops.quote_name
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    content = attrgetter(*(field.attname for field in fields))
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    one_row = f"({', '.join(['%s'] * len(fields))})"
    step = min(connection.ops.bulk_batch_size(fields, rows), MOST)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), step):
            batch = rows[start : start + step]
            values = [
                value if type(value) in PLAIN else field.get_db_prep_save(value, connection)
                for row in batch
                for field, value in zip(fields, content(row), strict=True)
            ]
            places = ", ".join([one_row] * len(batch))
            # Every name comes from the model, every value is a parameter.
            cursor.execute(f"INSERT INTO {quoted(meta.db_table)} ({columns}) VALUES {places} {on_conflict}", values)  # noqa: S608
