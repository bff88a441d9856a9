# SPDX-License-Identifier: Apache-2.0
"""Questions over history have the same answers from DuckDB, from Spark and from plain Python."""

import json
import shutil
from datetime import UTC, datetime
from io import StringIO
from itertools import pairwise

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command

from shanhai.field.sensors.models import Thing
from shanhai.field.sensors.store.rules import history
from shanhai.field.sensors.store.selectors.archive import SCHEMA
from shanhai.field.sensors.store.selectors.history import TABLE, ask
from shanhai.field.sensors.store.services.archiving import archive_months
from shanhai.field.sensors.tests.streams import SECOND, START, a_stream, came
from shanhai.field.sensors.values import HOUR, QUESTIONS
from shanhai.kernel.actors import NOBODY, system
from shanhai.kernel.errors import BadInput, NotAllowed

# Ibis 12.0 asks DuckDB 2.0 by names it no longer wants, PySpark 4.3 pandas 3 as well; and Spark leaves its sockets to
# the collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas"),
    pytest.mark.filterwarnings("ignore:toPandas attempted Arrow"),
]
DAY = 24 * HOUR
END = START + 61 * DAY
STREAMS = [
    {"datastream_id": 1, "station": "wuse", "metric": "air", "interval_us": 600 * SECOND},
    {"datastream_id": 2, "station": "wuse", "metric": "soil", "interval_us": 3600 * SECOND},
    {"datastream_id": 3, "station": "jiulong", "metric": "air", "interval_us": 86400 * SECOND},
]


def made_up():
    """Two months of three datastreams, with gaps, results that are no numbers, and numbers that do not count."""
    chance, rows = np.random.default_rng(9), []
    for stream, step in ((1, 600), (2, 3600)):
        time = START
        while time < END:
            marks = int(chance.choice([0, 0, 0, 1, 2, 64]))
            number = None if chance.random() < 0.05 else float(np.round(chance.normal(10, 8), 2))
            rows.append({"datastream_id": stream, "time": time, "number": number, "quality": marks})
            time += int(step * chance.choice([1, 1, 1, 2, 40])) * SECOND
    # One on each side of a local midnight, which is 16:00 in UTC, at the change of the month.
    edge = START + 30 * DAY + 16 * HOUR
    rows += [{"datastream_id": 1, "time": edge + one, "number": 500.0 + one, "quality": 0} for one in (-1, 0)]
    # The last one is above, and for how long nobody knows.
    rows.append({"datastream_id": 2, "time": END, "number": 99.0, "quality": 0})
    return sorted(rows, key=lambda row: (row["datastream_id"], row["time"]))


ROWS = made_up()


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("history") / "2026-03.parquet"
    pq.write_table(pa.Table.from_pylist(ROWS, schema=SCHEMA), path)
    return str(path)


@pytest.fixture(scope="module")
def spark():
    if not shutil.which("java"):
        pytest.skip("no Java: bash tests/system_packages.sh java")
    from pyspark.sql import SparkSession  # noqa: PLC0415 - starts Java's gateway

    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.memory": "1g",
    }
    builder = SparkSession.builder.master("local[2]").appName("shanhai")
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield ibis.pyspark.connect(session)
    session.stop()


@pytest.fixture(params=["duckdb", "spark"])
def rows(request, file):
    if request.param == "duckdb":
        return ibis.duckdb.connect().read_parquet(file)
    return request.getfixturevalue("spark").read_parquet(file)


def good(stream):
    return [r for r in ROWS if r["datastream_id"] == stream and r["number"] is not None and not r["quality"] & 65]


def summed(found):
    return {"count": len(found), "low": min(found), "high": max(found), "mean": pytest.approx(sum(found) / len(found))}


def grouped(by):
    groups = {}
    for stream in (1, 2):
        for row in good(stream):
            groups.setdefault(by(stream, row["time"]), []).append(row["number"])
    return groups


def answer(expression):
    return expression.to_pyarrow().to_pylist()


def test_days_are_those_of_shanghai(rows):
    days = grouped(lambda stream, time: (stream, (time + 8 * HOUR) // DAY * DAY - 8 * HOUR))

    assert answer(history.days(rows)) == [
        {"datastream_id": stream, "begin": begin, **summed(found)} for (stream, begin), found in sorted(days.items())
    ]


def test_months_of_stations(rows):
    def month(stream, time):
        there = {one["datastream_id"]: one for one in STREAMS}[stream]
        return there["station"], there["metric"], f"{datetime.fromtimestamp(time / SECOND + 8 * 3600, UTC):%Y-%m}"

    found = answer(history.months(rows, small()))

    assert found == [
        {"station": station, "metric": metric, "month": name, **summed(numbers)}
        for (station, metric, name), numbers in sorted(grouped(month).items())
    ]
    assert {one["month"] for one in found} == {"2026-03", "2026-04", "2026-05"}


def small():
    return ibis.memtable(pa.Table.from_pylist(STREAMS))


def test_time_above_a_threshold_ends_where_a_gap_begins(rows):
    expected = []
    for stream in (1, 2):
        of = good(stream)
        held = [min(after["time"] - one["time"], 1800 * SECOND) for one, after in pairwise(of) if one["number"] > 12.0]
        expected.append({"datastream_id": stream, "seconds": pytest.approx(sum(held) / SECOND)})

    assert answer(history.above(rows, 12.0, 1800)) == expected


def test_the_longest_gap_and_the_first_of_equals(rows):
    expected = []
    for stream in (1, 2):
        times = [row["time"] for row in ROWS if row["datastream_id"] == stream]
        passed = [b - a for a, b in pairwise(times)]
        longest = max(passed)
        expected.append({"datastream_id": stream, "begin": times[passed.index(longest)], "seconds": longest / SECOND})

    assert answer(history.gaps(rows)) == expected


def test_completeness_counts_each_interval_once_and_who_sent_nothing(rows):
    expected = []
    for one in STREAMS:
        times = [row["time"] for row in ROWS if row["datastream_id"] == one["datastream_id"]]
        came_in = len({(time - START) // one["interval_us"] for time in times if time < END})
        slots = (END - START) // one["interval_us"]
        key = one["datastream_id"]
        expected.append({"datastream_id": key, "came": came_in, "expected": slots, "share": came_in / slots})

    assert answer(history.completeness(rows, small(), START, END)) == expected
    assert expected[2]["share"] == 0


KEEPER = system("keeper", ("sensor.manage", "sensor.view", "sensor.write"))
LATER = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)


@pytest.fixture
def moved(db, settings, tmp_path):
    settings.SENSORS_KEEP_MONTHS = 1
    settings.SENSORS_ARCHIVE_URL = str(tmp_path / "history")
    stream = a_stream(thing=Thing.objects.create(name="一号棚", code="wuse"), interval_s=86400)
    came(stream, [(day * 86400, float(day)) for day in range(0, 90, 2)])
    archive_months(by=KEEPER, at=LATER)
    return stream


def test_the_console_asks_what_has_moved(moved):
    out = StringIO()
    call_command("sensors", "history", "--question", "months", "--json", stdout=out)

    # Times are those of midnight in UTC: 8 in the morning of the same day.
    march = {
        "station": "wuse",
        "metric": "气温",
        "count": 16,
        "low": 0.0,
        "mean": 15.0,
        "high": 30.0,
        "month": "2026-03",
    }
    assert json.loads(out.getvalue())[0] == march
    found = ask(question="completeness", viewer=KEEPER, first="2026-04", last="2026-04", station="wuse")
    assert found == [{"datastream_id": moved.pk, "came": 15, "expected": 30, "share": 0.5}]
    assert ask(question="gaps", viewer=KEEPER)[0]["seconds"] == 2 * 86400
    assert ask(question="above", viewer=KEEPER, threshold=57.0)[0]["seconds"] == 3600
    assert len(ask(question="days", viewer=KEEPER, last="2026-03")) == 16
    assert ask(question="days", viewer=KEEPER, station="elsewhere") == []


def test_spark_is_asked_over_several_months_by_changing_one_address(moved, spark, settings):
    within = ask(question="days", viewer=KEEPER)

    settings.SENSORS_HISTORY_URL = "pyspark://"

    assert len({row["begin"] // (31 * DAY) for row in within}) > 1
    assert ask(question="days", viewer=KEEPER) == within


def test_who_asks_where_nothing_has_moved_is_told_so(moved):
    out = StringIO()

    call_command("sensors", "history", "--question", "days", "--station", "elsewhere", stdout=out)

    assert "shanhai sensors archive" in out.getvalue()


def test_what_cannot_be_asked_is_said(moved):
    with pytest.raises(CommandError, match="门槛"):
        call_command("sensors", "history", "--question", "above")
    with pytest.raises(BadInput, match="days, months"):
        ask(question="weather", viewer=KEEPER)
    with pytest.raises(NotAllowed):
        ask(question="days", viewer=NOBODY)


def test_each_question_is_written_for_clickhouse():
    """What Ibis cannot say in its words is found; whether its answers are equal is not asked here."""
    rows = ibis.table({"datastream_id": "int64", "time": "int64", "number": "float64", "quality": "int16"}, name=TABLE)
    streams = ibis.table(
        {"datastream_id": "int64", "station": "string", "metric": "string", "interval_us": "int64"}, name="streams"
    )
    asked = (
        history.days(rows),
        history.months(rows, streams),
        history.above(rows, 3.0, 3600),
        history.gaps(rows),
        history.completeness(rows, streams, 0, HOUR),
    )
    assert len(asked) == len(QUESTIONS)

    assert all(TABLE in ibis.to_sql(one, dialect="clickhouse") for one in asked)
