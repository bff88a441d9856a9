# SPDX-License-Identifier: Apache-2.0
"""Questions over a history of many files, on DuckDB within and on Spark beside, with equal answers."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shanhai.field.sensors.store.rules import history
from shanhai.field.sensors.store.selectors.archive import SCHEMA, engine
from shanhai.field.sensors.values import HOUR
from tests.bench.report import Measured

DAY = 24 * HOUR
STREAMS, MONTHS = 200, 12
QUESTIONS: dict[str, Callable[[Any], Any]] = {
    "days": history.days,
    "above": lambda rows: history.above(rows, 12.0, 3600),
    "gaps": history.gaps,
}


def measure_history(past: int) -> Iterator[Measured]:
    """On DuckDB, over twelve months of Parquet of 200 datastreams."""
    with _files(past) as files:
        rows = ibis.duckdb.from_connection(engine().cursor()).read_parquet(files)
        for name, question in QUESTIONS.items():
            took, _table = _asked(rows, question)
            yield Measured(f"history of {past}, {name}", round(took, 2), "s", max(past / 2_000_000, 1), "duckdb")


def measure_spark(past: int) -> Iterator[Measured]:
    """The same on Spark, two threads in one Java, beside DuckDB. Raises RuntimeError where the answers differ."""
    from pyspark.sql import SparkSession

    with _files(past) as files, tempfile.TemporaryDirectory(prefix="shanhai-bench-") as spilled:
        settings = {
            "spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.session.timeZone": "UTC", "spark.sql.shuffle.partitions": "8", "spark.driver.memory": "3g",
            "spark.local.dir": spilled, "spark.ui.showConsoleProgress": "false",
        }  # fmt: skip
        builder = SparkSession.builder.master("local[2]").appName("shanhai-bench")
        for key, value in settings.items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        try:
            ours = ibis.duckdb.from_connection(engine().cursor()).read_parquet(files)
            spark = ibis.pyspark.connect(session)
            theirs = ibis.union(*map(spark.read_parquet, files))
            for name, question in QUESTIONS.items():
                known, wanted = _asked(ours, question)
                took, found = _asked(theirs, question)
                if not _equal(wanted, found):
                    raise RuntimeError(f"Spark and DuckDB answer differently: {name}")
                said = f"{wanted.num_rows} rows, equal; DuckDB {known:.2f} s"
                limit = max(past / 500_000, 60)
                yield Measured(f"history of {past}, {name}, Spark", round(took, 2), "s", limit, "pyspark", said=said)
        finally:
            session.stop()


def _asked(rows: Any, question: Callable[[Any], Any]) -> tuple[float, pa.Table]:
    start = time.perf_counter()
    found = question(rows).to_pyarrow()
    return time.perf_counter() - start, found


def _equal(ours: pa.Table, theirs: pa.Table) -> bool:
    """Whether they are the same; sums of floating point go by the order of adding."""
    return ours.column_names == theirs.column_names and all(
        len(mine) == len(other) and np.allclose(mine.to_numpy(), other.to_numpy(), rtol=1e-9, atol=0)
        for mine, other in zip(ours.columns, theirs.columns, strict=True)
    )


@contextmanager
def _files(past: int) -> Iterator[list[str]]:
    with tempfile.TemporaryDirectory(prefix="shanhai-bench-") as folder:
        yield [_month(Path(folder), month, past // MONTHS) for month in range(MONTHS)]


def _month(folder: Path, month: int, size: int) -> str:
    """A file as archiving writes it: in order of datastream and time."""
    per = size // STREAMS
    time_us = np.tile(1_735_689_600_000_000 + month * 30 * DAY + np.arange(per) * (30 * DAY // per), STREAMS)
    of = np.repeat(np.arange(1, STREAMS + 1), per)
    given = {
        "id": np.arange(len(of)), "datastream_id": of, "time": time_us, "arrived": time_us,
        "number": np.round(10 + 8 * np.sin(time_us / 1e10 + of), 2), "quality": np.zeros(len(of), np.int16),
    }  # fmt: skip
    columns = [
        pa.array(given[one.name], one.type) if one.name in given else pa.nulls(len(of), one.type) for one in SCHEMA
    ]
    path = folder / f"{month}.parquet"
    pq.write_table(pa.table(columns, schema=SCHEMA), path, compression="zstd", row_group_size=65_536)
    return str(path)
