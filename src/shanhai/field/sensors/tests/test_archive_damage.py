# SPDX-License-Identifier: Apache-2.0
"""Files of history that are missing, cut, swapped, altered or out of reach: never taken for nothing, always told."""

import errno
import shutil
from datetime import UTC, datetime

import duckdb
import pytest
from django.core.management import CommandError, call_command

from shanhai.base.audit.models import AuditRow
from shanhai.field.sensors.models import ArchivedMonth, Datastream, Hour, Observation, Rejected, Thing
from shanhai.field.sensors.mqtt.selectors.routes import Routes
from shanhai.field.sensors.mqtt.services.receiving import receive
from shanhai.field.sensors.mqtt.tests.devices import a_device
from shanhai.field.sensors.mqtt.values import Incoming
from shanhai.field.sensors.store.providers import Archive, Files
from shanhai.field.sensors.store.selectors import history
from shanhai.field.sensors.store.selectors.reading import list_rows
from shanhai.field.sensors.store.services import archiving
from shanhai.field.sensors.store.services.archiving import Unwritable, archive_months
from shanhai.field.sensors.store.values import Unreadable
from shanhai.field.sensors.tests.streams import SECOND, START, WRITER, a_stream, came
from shanhai.kernel.actors import system
from shanhai.kernel.clock import frozen

pytestmark = pytest.mark.django_db
KEEPER = system("keeper", ("sensor.manage", "sensor.view", "sensor.write"))
LATER = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)
DAY, S = 86_400, START // SECOND


@pytest.fixture
def folder(settings, tmp_path):
    """Where files of history lie."""
    settings.SENSORS_KEEP_MONTHS = 1
    settings.SENSORS_ARCHIVE_URL = str(tmp_path / "history")
    return tmp_path / "history"


@pytest.fixture
def stream(folder):
    """Readings of March to May, of which March and April have moved; April has one more."""
    stream = a_stream(thing=Thing.objects.create(name="五色二号", code="wuse-2", description=""))
    came(stream, [(day * DAY, float(day)) for day in range(90)])
    came(stream, [(40 * DAY + 1, 0.5)])
    archive_months(by=KEEPER, at=LATER)
    stream.refresh_from_db()
    return stream


def file_of(month="2026-03"):
    return ArchivedMonth.objects.get(month=month).file


def swapped(folder):
    shutil.copy(folder / file_of("2026-04"), folder / file_of())


def cut(folder):
    path = folder / file_of()
    path.write_bytes(path.read_bytes()[:-200])


def of_another(folder):
    path = folder / file_of()
    duckdb.sql(
        f"COPY (SELECT * REPLACE (time + 40 * 86400000000 AS time) FROM '{path}') TO '{folder}/x' (FORMAT parquet)"
    )
    (folder / "x").replace(path)


DAMAGES = {
    "missing": lambda folder: (folder / file_of()).unlink(),
    "empty": lambda folder: (folder / file_of()).write_bytes(b""),
    "no Parquet": lambda folder: (folder / file_of()).write_text("2026-03"),
    "cut": cut,
    "of another month": swapped,
    "as many rows of another time": of_another,
    "a folder": lambda folder: [(folder / file_of()).unlink(), (folder / file_of()).mkdir()],
    "the place is gone": shutil.rmtree,
    "the place is a file": lambda folder: [shutil.rmtree(folder), folder.write_text("")],
}


@pytest.fixture(params=DAMAGES.values(), ids=DAMAGES.keys())
def damaged(request, stream, folder):
    """The same, after the file of March was read, and then damaged."""
    assert len(list_rows(datastream=stream.pk, begin=START, end=START + 31 * DAY * SECOND, limit=99)) == 31
    request.param(folder)
    return stream


def test_damage_is_told_by_whoever_reads_in_the_file(damaged, get):
    own = f"/Datastreams({damaged.pk})"
    asked = (
        (f"{own}/Observations", {}),
        (f"{own}/Observations", {"orderby": "phenomenonTime desc", "skip": "80"}),
        (f"{own}/Observations", {"resultFormat": "CSV"}),
        (f"{own}/Observations", {"filter": "phenomenonTime lt 2026-03-05T00:00:00Z", "count": "true", "top": "0"}),
        (own, {"expand": "Observations"}),
        ("/Observations(1)", {}),
        ("/Observations(1)/Datastream", {}),
    )

    for path, options in asked:
        assert "归档文件 2026-0" in get(path, 503, **options)["message"], path
    for question in ("days", "gaps"):
        with pytest.raises(Unreadable, match="2026-03"):
            history.ask(question=question, viewer=KEEPER)
    # What needs no file of March goes on.
    later = {"filter": "phenomenonTime ge 2026-05-02T00:00:00Z"}
    assert len(get(f"{own}/Observations", **later)["value"]) == 28


def test_damage_is_told_on_pages_and_before_a_table_is_sent(damaged, sign_in):
    Observation.objects.all().delete()
    reader, own = sign_in("station_engineer"), f"/sensors/streams/{damaged.pk}/"
    period = {"what": "raw", "first": "2026-03-01", "last": "2026-05-31"}

    for path, data in ((own, {}), (f"{own}data.csv", period), (f"{own}data.xlsx", period)):
        answer = reader.get(path, data)
        assert (answer.status_code, "2026-03" in answer.content.decode()) == (503, True), path


def test_damage_is_told_by_the_check_with_what_to_do(damaged):
    told = Files().run()

    assert "2026-03" in told[0]
    assert all(("备份" in one) or ("存放处" in one) for one in told)


def test_a_damaged_file_is_not_hidden_by_merging_and_holds_up_no_other_month(damaged, folder):
    came(damaged, [(5 * DAY + 1, 3.0), (70 * DAY + 1, 3.0)], at=LATER)
    known = ArchivedMonth.objects.get(month="2026-03")
    if not folder.is_dir():
        return

    with pytest.raises(Unreadable, match="2026-03"):
        archive_months(by=KEEPER, at=datetime(2026, 7, 10, tzinfo=UTC))

    assert ArchivedMonth.objects.get(month="2026-03").sha256 == known.sha256
    assert [one.time for one in Observation.objects.all()] == [START + (5 * DAY + 1) * SECOND]
    assert ArchivedMonth.objects.filter(month="2026-05").exists()


def test_bytes_that_are_otherwise_than_they_were_are_not_merged_into_a_file_that_is_right(stream, folder):
    path = folder / file_of()
    duckdb.sql(f"COPY (SELECT * REPLACE (number + 1 AS number) FROM '{path}') TO '{folder}/x' (FORMAT parquet)")
    (folder / "x").replace(path)
    came(stream, [(5 * DAY + 1, 3.0)], at=LATER)

    with pytest.raises(Unreadable, match="2026-03"):
        archive_months(by=KEEPER, at=LATER)

    assert "2026-03" in Files().run()[0]


def test_what_comes_late_while_files_are_away_is_stored_and_counted_once_when_they_are_back(stream, folder):
    device = a_device("wuse-3")
    own = Datastream.objects.get(device=device)
    came(own, [(day * DAY, float(day)) for day in range(90)])
    archive_months(by=KEEPER, at=LATER)
    before = set(Hour.objects.filter(datastream=own).values_list("hour", "count", "total"))
    folder.rename(folder.with_name("away"))
    # One again, another result for a time that is there, and a new one; with one of today, which must not wait.
    rows = [[S + 5 * DAY, 5.0], [S + 6 * DAY, 7.5], [S + 7 * DAY + 60, 1.0], [S + 100 * DAY, 9.0]]
    message = Incoming("shanhai/-/wuse-3/logger/temperature", str(rows).encode(), START, device.pk)

    assert receive(messages=[message], routes=Routes(), by=WRITER, at=LATER) == 4
    assert not Rejected.objects.exists()

    folder.with_name("away").rename(folder)
    archive_months(by=KEEPER, at=LATER)

    own.refresh_from_db()
    assert own.count == 92
    found = {row.time: row.number for row in list_rows(datastream=own.pk, begin=0, end=START + 10**14, limit=999)}
    assert len(found) == 92
    assert [found[START + day * DAY * SECOND] for day in (5, 6)] == [5.0, 6.0]
    hours = set(Hour.objects.filter(datastream=own).values_list("hour", "count", "total"))
    assert hours - before == {((S + 100 * DAY) // 3600, 1, 9.0), ((S + 7 * DAY) // 3600, 2, 8.0)}
    assert AuditRow.objects.get(action="sensors.observation.removed").changes == {"observations": 2}


@pytest.mark.parametrize("at", ["_write", "_put"])
def test_a_storage_that_is_full_is_told_and_leaves_nothing_half_written(at, folder, monkeypatch, capsys):
    came(a_stream(), [(day * DAY, float(day)) for day in range(90)])

    def full(*given, **_more):
        if at == "_put":
            given[1].write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(*((archiving.shutil, "copyfileobj") if at == "_put" else (archiving, "_write")), full)
    with frozen(LATER), pytest.raises(CommandError, match="No space left"):
        call_command("sensors", "archive")
    with pytest.raises(Unwritable, match="No space left"):
        Archive().run(by=KEEPER, at=LATER)

    assert Observation.objects.count() == 90
    assert not ArchivedMonth.objects.exists()
    assert not folder.exists() or list(folder.iterdir()) == []


def test_a_file_that_is_there_already_is_not_written_over_where_it_is_read(stream, folder, monkeypatch):
    known = ArchivedMonth.objects.get(month="2026-03")
    folder.rename(folder.with_name("away"))
    came(stream, [(5 * DAY, 5.0)], at=LATER)
    folder.with_name("away").rename(folder)
    seen = []
    copy = shutil.copyfileobj

    def copied(*given):
        copy(*given)
        seen.extend(list_rows(datastream=stream.pk, begin=START, end=START + 31 * DAY * SECOND, limit=99))
        raise KeyboardInterrupt

    monkeypatch.setattr(archiving.shutil, "copyfileobj", copied)
    with pytest.raises(KeyboardInterrupt):
        archive_months(by=KEEPER, at=LATER)

    assert len(seen) == 31
    assert (folder / known.file).is_file()
    assert Files().run() == ()
