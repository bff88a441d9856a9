# SPDX-License-Identifier: Apache-2.0
"""Months that have moved to Parquet: where their files lie, and reading rows out of them.

DuckDB asks them with a predicate on datastream and time: they are sorted by both, so that all but a few groups of rows
are passed over. Whoever calls has asked whether the datastream may be seen.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import duckdb
import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from shanhai.field.sensors.models import ArchivedMonth
from shanhai.field.sensors.store.values import Ints

# The columns of a file, of every month alike: what is left to guess from the rows of a month differs from month to
# month, and such files cannot be read as one. ``value`` and ``extra`` are JSON.
SCHEMA = pa.schema(
    [
        ("id", pa.int64()), ("datastream_id", pa.int64()), ("time", pa.int64()), ("end", pa.int64()),
        ("result_time", pa.int64()), ("arrived", pa.int64()), ("number", pa.float64()), ("value", pa.string()),
        ("quality", pa.int16()), ("feature_id", pa.int64()), ("extra", pa.string()),
    ]
)  # fmt: skip
_JSON = {"value", "extra"}
_CHUNK = 1 << 20


def storage() -> tuple[fsspec.AbstractFileSystem, str]:
    """Where files of months lie: a file system, and the folder in it."""
    system, folder = fsspec.url_to_fs(settings.SENSORS_ARCHIVE_URL)
    return system, folder.rstrip("/")


def is_local(system: fsspec.AbstractFileSystem) -> bool:
    """Whether files lie on this machine."""
    return "file" in _protocols(system)


def _protocols(system: fsspec.AbstractFileSystem) -> tuple[str, ...]:
    return (system.protocol,) if isinstance(system.protocol, str) else tuple(system.protocol)


@cache
def engine() -> duckdb.DuckDBPyConnection:
    """DuckDB in this process, which loads nothing from anywhere and spills to disk beyond its memory."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": "512MB",
        "temp_directory": tempfile.gettempdir(),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    connection = duckdb.connect(config=config)
    # A file never changes: its name is its hash.
    connection.execute("SET parquet_metadata_cache = true")
    return connection


def addresses(files: Iterable[str]) -> list[str]:
    """The addresses of files as DuckDB reads them."""
    system, folder = storage()
    paths = [f"{folder}/{file}" for file in files]
    if is_local(system):
        return paths
    if not engine().filesystem_is_registered(_protocols(system)[0]):
        engine().register_filesystem(system)
    return [system.unstrip_protocol(path) for path in paths]


def rows_of_files(
    files: Sequence[str],
    *,
    datastream: int,
    begin: int,
    end: int,
    limit: int,
    columns: Sequence[str],
    newest_first: bool = False,
) -> list[tuple[Any, ...]]:
    """Rows that these files have of a datastream and a range, in order of time, at most ``limit``. One query of them.

    ``columns`` are attributes of Observation, and what comes is what ``values_list`` has of them.
    """
    order, names = "DESC" if newest_first else "ASC", ", ".join(f'"{name}"' for name in columns)
    statement = (
        f"SELECT {names} FROM read_parquet($1) WHERE datastream_id = $2 AND time >= $3 AND time < $4 "  # noqa: S608
        f"ORDER BY time {order} LIMIT $5"
    )
    given = [addresses(files), datastream, begin, end, limit]
    found = engine().cursor().execute(statement, given).fetchall()
    decoded = [place for place, name in enumerate(columns) if name in _JSON]
    return [_decoded(row, decoded) for row in found] if decoded else found


def count_of_files(files: Sequence[str], *, datastream: int, begin: int, end: int, last: int) -> int:
    """How many these files have of a datastream and a range that do not last to ``last``. One query of them."""
    statement = """SELECT COUNT(*) FROM read_parquet($1)
        WHERE datastream_id = $2 AND time >= $3 AND time < $4 AND COALESCE("end", time) < $5"""
    found = engine().cursor().execute(statement, [addresses(files), datastream, begin, end, last]).fetchone()
    return int(found[0]) if found else 0


def row_of_files(files: Sequence[str], key: int) -> dict[str, Any] | None:
    """The observation of this id by its columns, None where these files have none. One query of them.

    Files tell of each group of rows from which to which id it has: those of other times are passed over.
    """
    names = ", ".join(f'"{name}"' for name in SCHEMA.names)
    statement = f"SELECT {names} FROM read_parquet($1) WHERE id = $2 LIMIT 1"  # noqa: S608
    found = engine().cursor().execute(statement, [addresses(files), key]).fetchone()
    decoded = [place for place, name in enumerate(SCHEMA.names) if name in _JSON]
    return None if found is None else dict(zip(SCHEMA.names, _decoded(found, decoded), strict=True))


def _decoded(row: tuple[Any, ...], places: Sequence[int]) -> tuple[Any, ...]:
    if all(row[place] is None for place in places):
        return row
    return tuple(json.loads(one) if place in places and one is not None else one for place, one in enumerate(row))


def find_archived(
    files: Sequence[str], datastreams: Ints, times: Ints
) -> dict[tuple[int, int], tuple[int, float, Any]]:
    """What these files have of these datastreams and times: id, number (NaN for none), value. One query of them."""
    bounds = [int(one) for one in (datastreams.min(), datastreams.max(), times.min(), times.max())]
    cursor = engine().cursor()
    cursor.register("asked", pa.table({"datastream_id": datastreams, "time": times}))
    statement = """SELECT datastream_id, time, id, number, value FROM read_parquet($1)
        SEMI JOIN asked USING (datastream_id, time)
        WHERE datastream_id BETWEEN $2 AND $3 AND time BETWEEN $4 AND $5"""
    found = cursor.execute(statement, [addresses(files), *bounds]).fetchall()
    return {
        (stream, time): (key, np.nan if number is None else number, None if value is None else json.loads(value))
        for stream, time, key, number, value in found
    }


def ends_of_files(files: Sequence[str], datastream: int) -> tuple[Any, ...] | None:
    """Of what these files have of a datastream: the first time, the latest and its number, the last end of an interval,
    the first and last result time; None where they have nothing. One query of them."""
    statement = """
        SELECT MIN(time), MAX(time), ARG_MAX_NULL(number, time), MAX("end"), MIN(result_time), MAX(result_time)
        FROM read_parquet($1) WHERE datastream_id = $2"""
    found = engine().cursor().execute(statement, [addresses(files), datastream]).fetchone()
    return None if found is None or found[0] is None else found


def broken_files() -> tuple[str, ...]:
    """A sentence for each month whose file is missing or no longer has its content."""
    system, folder = storage()
    faults = []
    for one in ArchivedMonth.objects.order_by("month"):
        path = f"{folder}/{one.file}"
        if not system.exists(path):
            faults.append(f"observations of {one.month}: the file {one.file} is missing")
        elif sha256_of(system, path) != one.sha256:
            faults.append(f"observations of {one.month}: the file {one.file} was altered")
        elif (rows := rows_in(system, path)) != one.rows:
            faults.append(f"observations of {one.month}: {rows} rows instead of {one.rows}")
    return tuple(faults)


def file_names() -> list[str]:
    """The files of all months that have moved."""
    return list(ArchivedMonth.objects.order_by("month").values_list("file", flat=True))


def sha256_of(system: fsspec.AbstractFileSystem, path: str) -> str:
    """The hash of a file, read in pieces."""
    digest = hashlib.sha256()
    with system.open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def rows_in(system: fsspec.AbstractFileSystem, path: str) -> int:
    """How many rows a file says it has."""
    with system.open(path, "rb") as file:
        return int(pq.ParquetFile(file).metadata.num_rows)
