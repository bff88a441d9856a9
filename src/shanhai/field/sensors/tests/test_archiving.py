# SPDX-License-Identifier: Apache-2.0
"""Closed months lie in files: nothing is lost on the way, nothing counted twice, and reading goes on in them."""

from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest
from django.core.management import call_command

from shanhai.field.sensors.models import ArchivedMonth, Hour, Observation
from shanhai.field.sensors.store.providers import Archive, Files
from shanhai.field.sensors.store.selectors import archive
from shanhai.field.sensors.store.selectors.months import read_archived
from shanhai.field.sensors.store.selectors.reading import list_rows
from shanhai.field.sensors.store.services import archiving
from shanhai.field.sensors.store.services.archiving import archive_months
from shanhai.field.sensors.store.services.correcting import correct, quarantine, remove
from shanhai.field.sensors.store.values import Fate
from shanhai.field.sensors.tests.streams import SECOND, START, WRITER, a_stream, came
from shanhai.kernel.actors import NOBODY, system
from shanhai.kernel.clock import frozen
from shanhai.kernel.errors import Conflict, NotAllowed, Refused

pytestmark = pytest.mark.django_db
KEEPER = system("keeper", ("sensor.manage", "sensor.view", "sensor.write"))
# Two months after the readings, of which one is kept.
LATER = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)
DAY = 86_400
COLUMNS = ("id", "time", "end", "result_time", "number", "value", "quality", "arrived", "feature_id", "extra")
ALL = {"begin": 0, "end": START + 400 * DAY * SECOND}


@pytest.fixture(autouse=True, params=["folder", "memory"])
def files(request, settings, tmp_path):
    """The archive, in a folder and on another storage of fsspec."""
    settings.SENSORS_KEEP_MONTHS = 1
    where = {"folder": str(tmp_path / "history"), "memory": f"memory://{tmp_path.name}"}
    settings.SENSORS_ARCHIVE_URL = where[request.param]

    def names():
        system, folder = archive.storage()
        return {path.rsplit("/", 1)[-1] for path in system.ls(folder, detail=False)} if system.exists(folder) else set()

    return names


def two_streams():
    """Readings of March to May, some of them no numbers."""
    streams = [a_stream(low=-5.0), a_stream()]
    for shift, stream in enumerate(streams):
        rows = [(day * DAY + shift, float(day)) for day in range(90)]
        rows[3] = (3 * DAY + shift, {"开": [1, None]})
        rows[4] = (4 * DAY + shift, -9.0)
        came(stream, rows)
    return streams


def everything():
    return list(Observation.objects.order_by("datastream", "time").values_list("datastream", *COLUMNS))


def archived_too(streams):
    found = []
    for stream in streams:
        moved = read_archived(datastream=stream.pk, limit=10**6, columns=COLUMNS, **ALL)
        kept = stream.observations.values_list(*COLUMNS)
        found += [(stream.pk, *row) for row in sorted((*moved, *kept), key=lambda row: row[1])]
    return found


def test_closed_months_move_and_read_as_they_were(files):
    streams, before = two_streams(), None
    before = everything()
    hours = set(Hour.objects.values_list("datastream", "hour", "count", "total"))

    moved = archive_months(by=KEEPER, at=LATER)

    assert [(one.month, one.rows) for one in moved] == [("2026-03", 62), ("2026-04", 60)]
    assert {one.file for one in ArchivedMonth.objects.all()} == files()
    assert Observation.objects.count() == 2 * 29
    assert archived_too(streams) == before
    assert set(Hour.objects.values_list("datastream", "hour", "count", "total")) == hours
    assert archive.broken_files() == ()
    assert archive_months(by=KEEPER, at=LATER) == []


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_range_goes_on_in_the_files(newest_first):
    stream = two_streams()[0]
    ranges = [(0, 90), (20, 40), (59, 62), (61, 90), (0, 1), (95, 99)]
    asked = [{"begin": START + a * DAY * SECOND, "end": START + b * DAY * SECOND} for a, b in ranges]
    given = [
        {"datastream": stream.pk, "newest_first": newest_first, "limit": n, **one} for one in asked for n in (5, 99)
    ]
    before = [list_rows(**one) for one in given]

    archive_months(by=KEEPER, at=LATER)

    assert [list_rows(**one) for one in given] == before


def test_a_replay_of_what_has_moved_stores_nothing_and_late_rows_are_merged(files):
    streams = two_streams()
    ids = dict(streams[0].observations.values_list("time", "id"))
    archive_months(by=KEEPER, at=LATER)

    again = came(
        streams[0], [(3 * DAY, {"开": [1, None]}), (5 * DAY, 5.0), (6 * DAY, 7.5), (6 * DAY + 60, 1.0)], at=LATER
    )

    assert again.fates.tolist() == [Fate.DUPLICATE, Fate.DUPLICATE, Fate.CONFLICT, Fate.STORED]
    assert again.ids.tolist()[:3] == [ids[START + day * DAY * SECOND] for day in (3, 5, 6)]
    streams[0].refresh_from_db()
    assert streams[0].count == 91
    old = ArchivedMonth.objects.get(month="2026-03")
    before = archived_too(streams)

    moved = archive_months(by=KEEPER, at=LATER)

    assert [(one.month, one.rows) for one in moved] == [("2026-03", 63)]
    assert archived_too(streams) == before
    assert old.file in files()
    # Who still reads it has a day; then it goes.
    archive_months(by=KEEPER, at=datetime.now(UTC) + timedelta(days=2))
    assert old.file not in files()
    assert {one.file for one in ArchivedMonth.objects.all()} == files()


def test_files_of_all_months_have_one_schema_and_are_sorted(files):
    two_streams()
    archive_months(by=KEEPER, at=LATER)

    where, folder = archive.storage()
    for name in files():
        with where.open(f"{folder}/{name}") as file:
            table = pq.read_table(file)
            first = pq.ParquetFile(file).metadata.row_group(0).column(1)
        assert table.schema.equals(archive.SCHEMA)
        assert first.compression == "ZSTD"
        assert first.statistics.has_min_max
        keys = list(zip(table["datastream_id"].to_pylist(), table["time"].to_pylist(), strict=True))
        assert keys == sorted(keys)


@pytest.mark.parametrize("change", ["number", "value", "added", "removed", "quality"])
def test_what_changes_while_its_month_moves_is_in_the_file_of_the_next_try(change, monkeypatch):
    streams = two_streams()
    stream, done = streams[0], []
    put = archiving._put

    def meanwhile(month, path):
        if not done:
            done.append(month)
            row = stream.observations.get(time=START + 3 * DAY * SECOND if change == "value" else START + DAY * SECOND)
            match change:
                case "number":
                    # One that leaves a sum of Python's hashes as it was.
                    stream.observations.filter(pk=row.pk).update(number=-1.0)
                    row.refresh_from_db()
                    correct(observation=row.pk, changes={"number": -2.0}, by=WRITER, at=LATER)
                case "value":
                    correct(observation=row.pk, changes={"value": {"开": [2, None]}}, by=WRITER, at=LATER)
                case "added":
                    came(stream, [(DAY + 1, 3.0)], at=LATER)
                case "removed":
                    remove(observations=[row.pk], by=WRITER, at=LATER)
                case "quality":
                    given = {"begin": row.time, "end": row.time + 1, "apart": True, "because": "换传感器"}
                    quarantine(datastream=stream.pk, by=KEEPER, at=LATER, **given)
            done.append(everything())
        return put(month, path)

    monkeypatch.setattr(archiving, "_put", meanwhile)

    archive_months(by=KEEPER, at=LATER)

    assert archived_too(streams) == done[1]


def test_a_month_that_never_rests_stays_whole(monkeypatch):
    streams = two_streams()
    put, times = archiving._put, iter(range(1, 99))

    def meanwhile(month, path):
        came(streams[0], [(DAY + next(times), 3.0)], at=LATER)
        return put(month, path)

    monkeypatch.setattr(archiving, "_put", meanwhile)
    with pytest.raises(Conflict, match="2026-03"):
        archive_months(by=KEEPER, at=LATER)

    assert Observation.objects.filter(time__lt=START + 31 * DAY * SECOND).count() == 66
    # The one after it need not wait.
    assert [one.month for one in ArchivedMonth.objects.all()] == ["2026-04"]


@pytest.mark.parametrize("stage", ["_write", "_put", "_swap", "record"])
def test_a_run_that_dies_loses_nothing_and_the_next_one_does_it(stage, monkeypatch, files):
    streams = two_streams()
    before = everything()
    with monkeypatch.context() as dying:
        where = archiving.audit if stage == "record" else archiving
        real = getattr(where, stage)

        def dies(*given, **more):
            if stage != "record":
                real(*given, **more) if stage != "_swap" else None
            raise KeyboardInterrupt

        dying.setattr(where, stage, dies)
        with pytest.raises(KeyboardInterrupt):
            archive_months(by=KEEPER, at=LATER)

    assert everything() == before
    archive_months(by=KEEPER, at=LATER)
    assert archived_too(streams) == before
    assert {one.file for one in ArchivedMonth.objects.all()} <= files()


def test_hours_of_a_month_that_has_moved_are_counted_with_its_rows():
    stream = two_streams()[0]
    came(stream, [(DAY + 60, 9.0)])
    archive_months(by=KEEPER, at=LATER)
    came(stream, [(DAY + 120, 11.0), (DAY + 180, 50.0)], at=LATER)
    wrong = stream.observations.get(number=50.0)

    remove(observations=[wrong.pk], by=WRITER, at=LATER)

    hour = stream.hours.get(hour=(START + DAY * SECOND) // 3_600_000_000)
    assert (hour.count, hour.total, hour.low, hour.high) == (3, 21.0, 1.0, 11.0)
    stream.refresh_from_db()
    assert stream.phenomenon_begin == START


def test_a_datastream_of_which_all_has_moved_keeps_its_latest():
    stream = a_stream()
    came(stream, [(0, 4.0), (60, 5.0)])
    archive_months(by=KEEPER, at=LATER)
    came(stream, [(120, 6.0)], at=LATER)

    remove(observations=[stream.observations.get().pk], by=WRITER, at=LATER)

    stream.refresh_from_db()
    assert (stream.count, stream.last_time, stream.last_number) == (2, START + 60 * SECOND, 5.0)
    assert stream.phenomenon_end == START + 60 * SECOND


def test_what_has_moved_cannot_be_set_apart_or_taken_the_time_of():
    stream = two_streams()[0]
    archive_months(by=KEEPER, at=LATER)
    row = stream.observations.order_by("time").first()

    with pytest.raises(Refused, match="归档"):
        quarantine(datastream=stream.pk, begin=START, end=START + 1, apart=True, because="坏了", by=KEEPER, at=LATER)
    with pytest.raises(Conflict):
        correct(observation=row.pk, changes={"time": START}, by=WRITER, at=LATER)


def test_a_file_that_is_gone_or_altered_is_told():
    two_streams()
    archive_months(by=KEEPER, at=LATER)
    where, folder = archive.storage()
    march, april = ArchivedMonth.objects.order_by("month")

    where.rm_file(f"{folder}/{march.file}")
    with where.open(f"{folder}/{april.file}", "ab") as file:
        file.write(b"x")

    missing, altered = archive.broken_files()
    assert ("2026-03" in missing, "不在" in missing) == (True, True)
    assert ("2026-04" in altered, "不再是原来的内容" in altered) == (True, True)


def test_only_who_keeps_sensors_moves_months():
    two_streams()

    for by in (NOBODY, WRITER):
        with pytest.raises(NotAllowed):
            archive_months(by=by, at=LATER)


def test_the_worker_moves_months_at_night_and_the_console_at_once(capsys):
    two_streams()

    assert Archive().run(by=system("worker"), at=datetime(2026, 5, 2, tzinfo=UTC)) == "2026-03"
    with frozen(LATER):
        call_command("sensors", "archive")

    assert "2026-04: 60 rows" in capsys.readouterr().out
    assert Files().run() == ()
