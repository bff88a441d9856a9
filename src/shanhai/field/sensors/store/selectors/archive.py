# SPDX-License-Identifier: Apache-2.0
"""Months that have moved to Parquet: where their files lie, and reading rows out of them.

DuckDB asks them with a predicate on datastream and time: they are sorted by both, so that all but a few groups of rows
are passed over. Whoever calls has asked whether the datastream may be seen.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

import duckdb
import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import structlog
from django.conf import settings

from shanhai.field.sensors.models import ArchivedMonth
from shanhai.field.sensors.store.rules.months import month_bounds
from shanhai.field.sensors.store.values import Ints, Unreadable
from shanhai.kernel.messages import gettext_noop, message

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
# What is raised by a storage that is away, full, not to be written to or not known here, and by readers of a bad file.
FAILURES = (OSError, ValueError, ImportError, pa.ArrowException, duckdb.Error)
_UNREADABLE = gettext_noop(
    "%(month)s 的观测值已经归档，归档文件 %(file)s 现在读不出来。"
    "请告诉系统管理员：shanhai audit verify 会说哪里坏了、怎么办。"
)
_MISSING = gettext_noop("%(month)s 的归档文件 %(file)s 不在 %(place)s。请接上存放处，或从备份取回这个文件。")
_ALTERED = gettext_noop("%(month)s 的归档文件 %(file)s 不再是原来的内容。请从备份取回，放进 %(place)s。")
_AWAY = gettext_noop(
    "%(month)s 的归档文件 %(file)s 读不出来（%(reason)s）。请检查存放处 %(place)s 的网络、权限和设置。"
)
log = structlog.get_logger("shanhai.sensors")


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


@contextmanager
def opened(months: Sequence[ArchivedMonth]) -> Iterator[list[str]]:
    """The addresses of the files of months, for what is asked of them within.

    Raises Unreadable for one that is missing, cut, of another month, or out of reach. Bytes that are otherwise than
    they were and can still be read are found by ``broken_files`` alone, which looks at each.
    """
    one = months[0]
    try:
        system, folder = storage()
        for one in months:
            found = system.info(f"{folder}/{one.file}") if is_local(system) else {}
            _require_whole(one.file, one.month, one.rows, found.get("size"), found.get("mtime"))
        yield addresses(one.file for one in months)
    except FAILURES as error:
        # DuckDB says which it was.
        at = next((one for one in months if one.file in str(error)), one)
        log.warning("a file of history cannot be read", file=at.file, error=str(error))
        raise Unreadable(_UNREADABLE, month=at.month, file=at.file) from error


@lru_cache(maxsize=1000)
def _require_whole(file: str, month: str, rows: int, _size: int | None, _mtime: float | None) -> None:
    """Raise ValueError where a file, as it was last changed, does not have the rows of its month."""
    system, folder = storage()
    begin, end = month_bounds(month)
    with system.open(f"{folder}/{file}", "rb") as opened_file:
        found = pq.ParquetFile(opened_file).metadata
    column = SCHEMA.names.index("time")
    times = [found.row_group(place).column(column).statistics for place in range(found.num_row_groups)]
    if found.num_rows != rows or any(one is None or one.min < begin or one.max >= end for one in times):
        raise ValueError(f"{file} is not what was written for {month}")


def rows_of_files(
    months: Sequence[ArchivedMonth],
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
    with opened(months) as files:
        found = engine().cursor().execute(statement, [files, datastream, begin, end, limit]).fetchall()
    decoded = [place for place, name in enumerate(columns) if name in _JSON]
    return [_decoded(row, decoded) for row in found] if decoded else found


def count_of_files(months: Sequence[ArchivedMonth], *, datastream: int, begin: int, end: int, last: int) -> int:
    """How many these files have of a datastream and a range that do not last to ``last``. One query of them."""
    statement = """SELECT COUNT(*) FROM read_parquet($1)
        WHERE datastream_id = $2 AND time >= $3 AND time < $4 AND COALESCE("end", time) < $5"""
    with opened(months) as files:
        found = engine().cursor().execute(statement, [files, datastream, begin, end, last]).fetchone()
    return int(found[0]) if found else 0


def row_of_files(months: Sequence[ArchivedMonth], key: int) -> dict[str, Any] | None:
    """The observation of this id by its columns, None where these files have none. One query of them.

    Files tell of each group of rows from which to which id it has: those of other times are passed over.
    """
    names = ", ".join(f'"{name}"' for name in SCHEMA.names)
    statement = f"SELECT {names} FROM read_parquet($1) WHERE id = $2 LIMIT 1"  # noqa: S608
    with opened(months) as files:
        found = engine().cursor().execute(statement, [files, key]).fetchone()
    decoded = [place for place, name in enumerate(SCHEMA.names) if name in _JSON]
    return None if found is None else dict(zip(SCHEMA.names, _decoded(found, decoded), strict=True))


def _decoded(row: tuple[Any, ...], places: Sequence[int]) -> tuple[Any, ...]:
    if all(row[place] is None for place in places):
        return row
    return tuple(json.loads(one) if place in places and one is not None else one for place, one in enumerate(row))


def find_archived(
    months: Sequence[ArchivedMonth], datastreams: Ints, times: Ints
) -> dict[tuple[int, int], tuple[int, float, Any]]:
    """What these files have of these datastreams and times: id, number (NaN for none), value. One query of them."""
    bounds = [int(one) for one in (datastreams.min(), datastreams.max(), times.min(), times.max())]
    cursor = engine().cursor()
    cursor.register("asked", pa.table({"datastream_id": datastreams, "time": times}))
    statement = """SELECT datastream_id, time, id, number, value FROM read_parquet($1)
        SEMI JOIN asked USING (datastream_id, time)
        WHERE datastream_id BETWEEN $2 AND $3 AND time BETWEEN $4 AND $5"""
    with opened(months) as files:
        found = cursor.execute(statement, [files, *bounds]).fetchall()
    return {
        (stream, time): (key, np.nan if number is None else number, None if value is None else json.loads(value))
        for stream, time, key, number, value in found
    }


def ends_of_files(months: Sequence[ArchivedMonth], datastream: int) -> tuple[Any, ...] | None:
    """Of what these files have of a datastream: the first time, the latest and its number, the last end of an interval,
    the first and last result time; None where they have nothing. One query of them."""
    statement = """
        SELECT MIN(time), MAX(time), ARG_MAX_NULL(number, time), MAX("end"), MIN(result_time), MAX(result_time)
        FROM read_parquet($1) WHERE datastream_id = $2"""
    with opened(months) as files:
        found = engine().cursor().execute(statement, [files, datastream]).fetchone()
    return None if found is None or found[0] is None else found


def broken_files() -> tuple[str, ...]:
    """A sentence for each month whose file is missing, no longer has its content, or is out of reach."""
    found = ((one, _fault_of(one)) for one in ArchivedMonth.objects.order_by("month"))
    return tuple(
        str(message(text, month=one.month, file=one.file, place=settings.SENSORS_ARCHIVE_URL, reason=reason))
        for one, (text, reason) in found
        if text
    )


def _fault_of(one: ArchivedMonth) -> tuple[str, str]:
    """What is to be said of the file of a month, "" for nothing, with what the storage said."""
    try:
        system, folder = storage()
        path = f"{folder}/{one.file}"
        if sha256_of(system, path) != one.sha256 or rows_in(system, path) != one.rows:
            return _ALTERED, ""
    except FileNotFoundError:
        return _MISSING, ""
    except FAILURES as error:
        return _AWAY, str(error)[:200]
    return "", ""


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
