# SPDX-License-Identifier: Apache-2.0
"""What is saved comes back as it was; what does not fit is refused whole."""

import io
import json
import tarfile
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from shanhai.base.audit import selectors as audit
from shanhai.base.audit.models import AuditRow, ChainHead
from shanhai.field.sensors.store.services.archiving import archive_months
from shanhai.field.sensors.tests.streams import a_stream, came
from shanhai.kernel.actors import system
from shanhai.kernel.errors import BadInput, Conflict
from shanhai.kernel.registry import registries
from shanhai.operate.archive import LEFT_OUT, first_with_records, models_kept, read_backup, write_backup
from shanhai.operate.demo.load import load_demo
from shanhai.planning.projects.models import Project
from shanhai.registers.documents import services as storing
from shanhai.registers.documents.tests.builders import PDF
from tests.cast import DEPUTY, a_user
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    return settings.DOCUMENTS_DIR


@pytest.fixture
def demo(at):
    assert load_demo(at=at, progress=lambda what: None)
    storing.store_document(by=DEPUTY, at=at, file=io.BytesIO(PDF), name="批复.pdf")


@pytest.fixture
def little(at):
    """A user, a document and the trail of it: enough to save and to spoil."""
    a_user("commander")
    storing.store_document(by=DEPUTY, at=at, file=io.BytesIO(PDF), name="批复.pdf")


def everything() -> dict[str, list[tuple[object, ...]]]:
    return {model._meta.label: list(model._base_manager.order_by("pk").values_list()) for model in models_kept()}


def wipe(folder):
    for model in reversed(models_kept()):
        model._base_manager.all()._raw_delete(model._base_manager.db)
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()


def rewritten(source, target, change):
    """The backup at ``source`` with each member's bytes passed through ``change(name, content)``."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            content = change(member.name, old.extractfile(member).read())
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return target


def test_every_record_and_document_comes_back_as_it_was(demo, at, tmp_path, folder):
    before = everything()
    manifest = write_backup(tmp_path / "all.tar.gz", at=at)
    wipe(folder)

    read_backup(tmp_path / "all.tar.gz")

    assert everything() == before
    assert Project.objects.count() == 150
    assert manifest["documents"] == 6
    assert audit.verify_chain().whole
    assert [fault for check in registries.integrity for fault in check.run()] == []


def test_records_made_after_a_restore_get_new_keys(little, at, tmp_path, folder):
    write_backup(tmp_path / "all.tar.gz", at=at)
    wipe(folder)
    read_backup(tmp_path / "all.tar.gz")

    storing.store_document(by=DEPUTY, at=at, file=io.BytesIO(PDF + b" "), name="另一份.pdf")

    assert audit.verify_chain().whole


def test_a_backup_is_for_its_owner_only_and_never_overwrites(at, tmp_path):
    path = tmp_path / "all.tar.gz"
    write_backup(path, at=at)

    assert path.stat().st_mode & 0o777 == 0o600
    with refused(Conflict, "operate.backup_exists"):
        write_backup(path, at=at)
    with refused(BadInput, "operate.backup_place_missing"):
        write_backup(tmp_path / "nowhere" / "all.tar.gz", at=at)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["all.tar.gz"]


def test_it_is_not_restored_into_a_database_with_records(little, at, tmp_path):
    write_backup(tmp_path / "all.tar.gz", at=at)
    before = AuditRow.objects.count()

    with refused(Conflict, "operate.restore_not_empty"):
        read_backup(tmp_path / "all.tar.gz")

    assert AuditRow.objects.count() == before


@pytest.mark.parametrize("content", [b"", b"not a backup", b"\x1f\x8b\x08\x00broken"])
def test_what_is_no_backup_is_refused(tmp_path, content):
    (tmp_path / "bad.tar.gz").write_bytes(content)

    with refused(BadInput, "operate.backup_not_understood"):
        read_backup(tmp_path / "bad.tar.gz")


def test_a_missing_file_is_refused(tmp_path):
    with refused(BadInput, "operate.backup_not_understood"):
        read_backup(tmp_path / "nowhere.tar.gz")


def cut(name, content):
    return content[: len(content) // 2] if name == "tables/audit.auditrow.jsonl" else content


def alter(name, content):
    return content.replace(b"commander", b"somebody") if name == "tables/accounts.user.jsonl" else content


def break_a_row(name, content):
    return content.replace(b"commander", b"") if name == "tables/accounts.user.jsonl" else content


def not_rows(name, content):
    return b"[1]\n" if name == "tables/accounts.user.jsonl" else content


def alter_document(name, content):
    return b"other" if name.startswith("documents/") else content


def other_version(name, content):
    if name != "manifest.json":
        return content
    manifest = json.loads(content)
    manifest["migrations"]["ledger"] = "0099_later"
    return json.dumps(manifest).encode()


@pytest.mark.parametrize("change", [cut, alter, break_a_row, not_rows, alter_document, other_version])
def test_a_damaged_backup_is_refused_and_nothing_stays(little, at, tmp_path, folder, change):
    write_backup(tmp_path / "all.tar.gz", at=at)
    damaged = rewritten(tmp_path / "all.tar.gz", tmp_path / "damaged.tar.gz", change)
    wipe(folder)

    with refused(BadInput, "operate.backup_not_understood"):
        read_backup(damaged)

    assert not any(model._base_manager.exists() for model in models_kept())
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_the_commands_say_what_they_did(little, at, tmp_path, folder, capsys):
    path = tmp_path / "all.tar.gz"
    call_command("backup", str(path))
    with pytest.raises(CommandError):
        call_command("backup", str(path))
    wipe(folder)

    call_command("restore", str(path))

    printed = capsys.readouterr().out
    assert "1 documents" in printed
    assert "✓" in printed
    assert ChainHead.objects.get().seq == AuditRow.objects.count()


def test_every_table_that_is_left_out_has_its_reason():
    assert all(LEFT_OUT.values())
    assert not {model._meta.label_lower for model in models_kept()} & set(LEFT_OUT)


@pytest.fixture
def month(settings, tmp_path):
    """Observations of a month that has moved to a file."""
    settings.SENSORS_ARCHIVE_URL = str(tmp_path / "history")
    came(a_stream(), [(0, 4.5), (60, 5.0)])
    (moved,) = archive_months(by=system("keeper", ("sensor.manage",)), at=datetime(2028, 1, 1, tzinfo=UTC))
    return moved


def test_months_that_have_moved_come_back_with_a_backup(month, at, tmp_path, folder, settings):
    manifest = write_backup(tmp_path / "all.tar.gz", at=at)
    assert manifest["history"] == {"files": 1, "missing": [], "elsewhere": []}
    wipe(folder)
    settings.SENSORS_ARCHIVE_URL = str(tmp_path / "other")

    read_backup(tmp_path / "all.tar.gz")

    assert (tmp_path / "other" / month.file).is_file()
    assert [fault for check in registries.integrity for fault in check.run()] == []


def test_ids_of_what_is_gone_or_in_files_alone_are_given_to_nothing_else(month, at, tmp_path, folder):
    gone = a_stream()
    keys = [gone.pk, *(row["id"] for row in pq.read_table(tmp_path / "history" / month.file).to_pylist())]
    gone.delete()
    write_backup(tmp_path / "all.tar.gz", at=at)
    wipe(folder)
    with connection.cursor() as cursor:
        # As in a database that is new.
        for table in ("sensors_datastream", "sensors_observation"):
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            else:
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), 1, false)", [table])

    read_backup(tmp_path / "all.tar.gz")

    new = a_stream()
    found = came(new, [(0, 1.0)])
    assert new.pk > keys[0]
    assert found.ids[0] > max(keys[1:])


def test_a_month_that_is_damaged_in_the_backup_is_refused(month, at, tmp_path, folder):
    write_backup(tmp_path / "all.tar.gz", at=at)
    wipe(folder)
    damaged = rewritten(
        tmp_path / "all.tar.gz",
        tmp_path / "bad.tar.gz",
        lambda name, content: b"other" if name.startswith("history/") else content,
    )

    with pytest.raises(BadInput, match="校验值"):
        read_backup(damaged)

    assert first_with_records() == ""


def test_a_backup_says_which_months_are_not_in_it(month, tmp_path, settings, capsys):
    (tmp_path / "history" / month.file).unlink()
    call_command("backup", str(tmp_path / "a.tar.gz"))
    settings.SENSORS_ARCHIVE_URL = "memory://elsewhere"
    call_command("backup", str(tmp_path / "b.tar.gz"))

    said = capsys.readouterr().err
    assert f"not in the backup, because it is missing: {month.file}" in said
    assert f"not in the backup, because it lies elsewhere, save it there: {month.file}" in said
