# SPDX-License-Identifier: Apache-2.0
"""Moving closed months to files: one of Parquet for each, written, read back, and only then are rows deleted.

Killed at any instant, nothing is lost and no month is there twice: a file counts from the transaction that deletes its
rows and names it. Late rows of a month that has moved come into the database, and the next run merges them.
"""

from __future__ import annotations

import json
import marshal
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import fsspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min, OuterRef, Subquery

from shanhai.base.audit import services as audit
from shanhai.field.sensors.models import ArchivedMonth, Datastream, Observation
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.store.rules.months import closed_before, month_bounds, month_of
from shanhai.field.sensors.store.selectors.archive import FAILURES, SCHEMA, engine, is_local, opened, sha256_of, storage
from shanhai.field.sensors.store.services.correcting import count_once
from shanhai.field.sensors.store.values import Unreadable
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict, DomainError
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject

# Rows of a group: what is held in memory at a time, and the least that a question reads of a datastream.
GROUP = 65_536
_FETCHED = 8_192
_TRIES = 3
# Who reads a file that has just been replaced, or makes a backup that names it, is done by then.
_KEPT_FOR = timedelta(days=1)
_MONTH = "sensors.month"
_MASK = (1 << 64) - 1
# Each datastream in turn by the index: (datastream, time) has no other way to a month.
_OF_MONTH = (
    "sensors_datastream d CROSS JOIN sensors_observation o "
    "WHERE d.id <= %s AND o.datastream_id = d.id AND o.time >= %s AND o.time < %s"
)


_UNWRITABLE = gettext_noop(
    "观测值没有归档：%(place)s 写不进去（%(reason)s）。观测值还在数据库里。"
    "请检查空间、权限和网络，再运行 shanhai sensors archive。"
)


class Unwritable(DomainError):
    """What is to be moved stays in the database."""

    code = "sensors.archive_unwritable"
    status = 503


@dataclass(frozen=True, slots=True)
class _Cut:
    """What is moved: observations of datastreams up to ``last``, of a month."""

    month: str
    begin: int
    end: int
    last: int

    @property
    def given(self) -> list[int]:
        return [self.last, self.begin, self.end]


@dataclass(frozen=True, slots=True)
class _Sums:
    """What is compared of rows written and read back: counts, ids, qualities, times, numbers in the order of rows."""

    rows: int = 0
    ids: int = 0
    quality: int = 0
    times: int = 0
    numbers: float = 0.0

    def and_of(self, batch: pa.RecordBatch) -> _Sums:
        def more(name: str) -> Any:
            return pc.sum(batch.column(name)).as_py() or 0

        ids, quality, times = self.ids + more("id"), self.quality + more("quality"), self.times + more("time")
        return _Sums(self.rows + batch.num_rows, ids, quality, times, self.numbers + more("number"))


def archive_months(*, by: Actor, at: datetime) -> list[ArchivedMonth]:
    """Move the observations of closed months that are older than a setting, oldest first; answer the months written.

    Not for the inside of a transaction: each month is one, in which nothing of its datastreams can be stored. Raises
    NotAllowed; Unwritable where the storage takes nothing; and, once all others are moved, for a month that could not
    be: Conflict where it was changed again and again meanwhile, Unreadable where its file so far is not what it was.
    """
    by.require(SensorPermission.MANAGE)
    before = closed_before(at, settings.SENSORS_KEEP_MONTHS)
    moved, left, begin = [], None, 0
    try:
        _clear(at)
        while (first := _first(begin, before)) is not None:
            month = month_of(first)
            try:
                moved.append(_move(month, by=by, at=at))
            except (Conflict, Unreadable) as error:
                left = left or error
            begin = month_bounds(month)[1]
    except (OSError, ImportError, duckdb.IOException) as error:
        raise Unwritable(_UNWRITABLE, place=settings.SENSORS_ARCHIVE_URL, reason=str(error)[:200]) from error
    if left is not None:
        raise left
    return moved


def _first(begin: int, end: int) -> int | None:
    """The time of the first observation of the range."""
    rows = Observation.objects.filter(datastream=OuterRef("pk"), time__gte=begin, time__lt=end)
    first = Subquery(rows.order_by("time").values("time")[:1])
    found: int | None = Datastream.objects.annotate(first=first).aggregate(found=Min("first"))["found"]
    return found


def _move(month: str, *, by: Actor, at: datetime) -> ArchivedMonth:
    begin, end = month_bounds(month)
    for _ in range(_TRIES):
        last = Datastream.objects.aggregate(last=Max("pk"))["last"] or 0
        cut = _Cut(month, begin, end, last)
        with tempfile.TemporaryDirectory(prefix="shanhai-history-") as folder:
            before = _fingerprint(cut)
            path = Path(folder) / "rows.parquet"
            _write(path, _stored(cut))
            known = ArchivedMonth.objects.filter(month=month).first()
            dropped: list[tuple[int, int]] = []
            if known is not None:
                path, dropped = _merged(known, path)
            file, sha256, rows = _put(month, path)
        new = ArchivedMonth(month=month, file=file, rows=rows, sha256=sha256, at=at)
        if _swap(cut, before, known, new, dropped, by):
            return new
    raise Conflict(
        gettext_noop("%(month)s 的观测值一直在变，这次没有归档。请稍后再试。"), "sensors.month_busy", month=month
    )


def _swap(
    cut: _Cut,
    before: tuple[int, int],
    known: ArchivedMonth | None,
    new: ArchivedMonth,
    dropped: Sequence[tuple[int, int]],
    by: Actor,
) -> bool:
    """Delete the rows and name their file, without those that were dropped; False where something changed meanwhile."""
    with transaction.atomic():
        # Nobody stores, changes or takes away an observation without holding its datastream.
        list(Datastream.objects.select_for_update().filter(pk__lte=cut.last).order_by("pk").values_list("pk"))
        now = ArchivedMonth.objects.select_for_update().filter(month=cut.month).first()
        if (now and now.sha256) != (known and known.sha256) or _fingerprint(cut) != before:
            return False
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM sensors_observation WHERE id IN (SELECT o.id FROM {_OF_MONTH})",  # noqa: S608 - ours
                cut.given,
            )
            if cursor.rowcount != before[0]:
                raise RuntimeError(f"{cursor.rowcount} rows of {cut.month} deleted instead of {before[0]}")
        new.pk = now.pk if now else None
        new.save()
        changes = {"observations": before[0], "rows": new.rows, "file": new.file}
        count_once(twice=dropped, by=by, at=new.at)
        audit.record(by=by, at=new.at, action="sensors.month.archived", on=Subject(_MONTH, cut.month), changes=changes)
    return True


def _fingerprint(cut: _Cut) -> tuple[int, int]:
    """How many rows, and a sum over all their columns: it is another as soon as one of them is."""
    columns = ", ".join(f'o."{name}"' for name in SCHEMA.names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            total = f"SUM(hashtextextended(ROW({columns})::text, 0)::numeric)"
        else:
            connection.connection.create_aggregate("sum_of_rows", len(SCHEMA.names), _SumOfRows)
            total = f"sum_of_rows({columns})"
        cursor.execute(f"SELECT COUNT(*), {total} FROM {_OF_MONTH}", cut.given)  # noqa: S608 - ours
        rows, found = cursor.fetchone()
    return rows, int(found or 0)


class _SumOfRows:
    """For SQLite, which cannot hash a row. It fits into what SQLite calls an integer."""

    def __init__(self) -> None:
        self.total = 0

    def step(self, *row: Any) -> None:
        # Not of the row itself: those of -1 and -2 are one in Python.
        self.total += hash(marshal.dumps(row, 2))

    def finalize(self) -> int:
        return (self.total & _MASK) - (1 << 63)


def _stored(cut: _Cut) -> Iterator[pa.RecordBatch]:
    """The rows of the database, in order of datastream and time."""
    rows: list[tuple[Any, ...]] = []
    within = Observation.objects.filter(time__gte=cut.begin, time__lt=cut.end)
    there = Datastream.objects.filter(pk__lte=cut.last).order_by("pk").values_list("pk", flat=True)
    for stream in list(there):
        found = within.filter(datastream=stream).order_by("time").values_list(*SCHEMA.names)
        for row in found.iterator(chunk_size=_FETCHED):
            rows.append(row)
            if len(rows) == GROUP:
                yield _batch(rows)
                rows = []
    if rows:
        yield _batch(rows)


def _batch(rows: Sequence[tuple[Any, ...]]) -> pa.RecordBatch:
    columns = []
    for field, given in zip(SCHEMA, zip(*rows, strict=True), strict=True):
        values: Iterable[Any] = given
        if pa.types.is_string(field.type):
            values = [None if one is None else json.dumps(one) for one in given]
        columns.append(pa.array(values, field.type))
    return pa.record_batch(columns, schema=SCHEMA)


def _write(path: Path, batches: Iterable[pa.RecordBatch]) -> None:
    """Write a file and compare it with what was to be written. Raises RuntimeError where it is another."""
    wanted = _Sums()
    with pq.ParquetWriter(path, SCHEMA, compression="zstd", write_statistics=True) as writer:
        for batch in batches:
            writer.write_batch(batch, row_group_size=GROUP)
            wanted = wanted.and_of(batch)
    found = _Sums()
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(GROUP):
            found = found.and_of(batch)
    if found != wanted:
        raise RuntimeError(f"{path.name} was written otherwise than it should be: {found} instead of {wanted}")


def _merged(known: ArchivedMonth, late: Path) -> tuple[Path, list[tuple[int, int]]]:
    """The file of the month so far and what came late, as one: what is there first stays.

    Beside it datastream and time of what came late and is there: it came when the file could not be read. Raises
    Unreadable where the file is not what was written, which a file made of it would hide for ever.
    """
    old, new = late.with_name("known.parquet"), late.with_name("merged.parquet")
    with opened([known]):
        system, folder = storage()
        system.get_file(f"{folder}/{known.file}", str(old))
        if sha256_of(fsspec.filesystem("file"), str(old)) != known.sha256:
            raise ValueError(f"{known.file} is not what was written")
    files = [str(old), str(late)]
    there = """EXISTS (SELECT 1 FROM read_parquet($1) known
        WHERE known.datastream_id = late.datastream_id AND known.time = late.time)"""
    twice = f"SELECT datastream_id, time FROM read_parquet($2) late WHERE {there}"  # noqa: S608 - ours
    dropped = engine().cursor().execute(twice, files).fetchall()
    statement = f"""
        SELECT * FROM read_parquet($1) UNION ALL
        SELECT * FROM read_parquet($2) late WHERE NOT {there}
        ORDER BY datastream_id, time"""  # noqa: S608 - ours
    reader = engine().cursor().sql(statement, params=files).to_arrow_reader(GROUP)
    _write(new, (batch.cast(SCHEMA) for batch in reader))
    return new, dropped


def _put(month: str, path: Path) -> tuple[str, str, int]:
    """Put a file into the storage, by its hash, and read it back: its name, its hash, its rows."""
    system, folder = storage()
    sha256 = sha256_of(fsspec.filesystem("file"), str(path))
    rows = pq.ParquetFile(path).metadata.num_rows
    file = f"{month}-{sha256[:32]}.parquet"
    system.makedirs(folder, exist_ok=True)
    # Under its name only once it is whole: one of that name may be there already, and be read.
    part = f"{folder}/{file}.part"
    try:
        with path.open("rb") as given, system.open(part, "wb") as put:
            shutil.copyfileobj(given, put, 1 << 20)
            if is_local(system):
                put.flush()
                os.fsync(put.fileno())
        if sha256_of(system, part) != sha256:
            raise OSError(f"{file} is not what was put into the storage")
        system.mv(part, f"{folder}/{file}")
    except BaseException:
        with suppress(*FAILURES):
            system.rm_file(part)
        raise
    if is_local(system):
        _keep_names(folder)
    return file, sha256, rows


def _keep_names(folder: str) -> None:
    """Let the names of a folder outlive a power cut, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _clear(at: datetime) -> None:
    """Take away files that no month names, since a while: of runs that were killed, or replaced since."""
    system, folder = storage()
    if not system.exists(folder):
        return
    named = set(ArchivedMonth.objects.values_list("file", flat=True))
    for path in system.ls(folder, detail=False):
        name = path.rsplit("/", 1)[-1]
        if name.endswith((".parquet", ".part")) and name not in named and system.modified(path) < at - _KEPT_FOR:
            system.rm_file(path)
