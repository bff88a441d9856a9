# SPDX-License-Identifier: Apache-2.0
"""A backup, written and read: a gzip tar of a manifest, one JSON-lines file a table, and the documents by their hash.

Months of observations that have moved to files on this machine are in it, too; where they lie elsewhere, it says so.
It is neutral between databases: values, not dumps. It is read into an empty database of either kind, whole or not
at all. Which tables it leaves out, and why, stands in ``LEFT_OUT``.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.core.serializers import sort_dependencies
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max

from shanhai import __version__
from shanhai.field.sensors.store.selectors import archive as history
from shanhai.kernel.errors import BadInput, Conflict
from shanhai.kernel.messages import gettext_noop

FORMAT = 1

LEFT_OUT = {
    "sessions.session": "people sign in again after a restore",
    "usersessions.usersession": "people sign in again after a restore",
    "contenttypes.contenttype": "made anew by migrate",
    "auth.permission": "made anew by migrate",
    "auth.group": "not used: roles are classes",
    "axes.accessattempt": "lockouts end with the old machine",
    "axes.accessattemptexpiration": "lockouts end with the old machine",
    "axes.accessfailurelog": "not written",
    "axes.accesslog": "sign-ins stand in the audit trail",
    "account.emailaddress": "not used",
    "account.emailconfirmation": "not used",
}
# Migrate brings these rows; a backup holds them with those that people added.
BROUGHT = {"places.division", "places.divisionchange"}
CHUNK = 2000
Progress = Callable[[str, int], None]
BATCH = 1000
MANIFEST_MAX_BYTES = 4 * 1024 * 1024
_DOCUMENT = re.compile(r"^documents/(?P<folder>[0-9a-f]{2})/(?P<sha256>[0-9a-f]{64})$")
_MONTH = re.compile(r"^history/(?P<name>\d{4}-\d{2}-(?P<sha256>[0-9a-f]{32})\.parquet)$")


def _not_understood(text: str, **params: Any) -> BadInput:
    return BadInput(text, "operate.backup_not_understood", **params)


def models_kept() -> list[type[models.Model]]:
    """The models in a backup, those pointed at before those that point."""
    by_app = [(config, None) for config in apps.get_app_configs()]
    return [model for model in sort_dependencies(by_app, allow_cycles=True) if model._meta.label_lower not in LEFT_OUT]


def first_with_records() -> str:
    """The label of a table into which somebody put records; "" for a database that is empty but migrated."""
    kept = ((model._meta.label_lower, model) for model in models_kept())
    return next((label for label, model in kept if label not in BROUGHT and model._base_manager.exists()), "")


def plain(value: Any) -> Any:
    """A database value as JSON can carry it without loss (instants to the microsecond, bytes in base64)."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    raise TypeError(f"a backup cannot carry {type(value).__name__}")


def migration_heads() -> dict[str, str]:
    """The newest applied migration of each of our apps: a backup fits only the same ones."""
    heads: dict[str, str] = {}
    for app, name in MigrationRecorder.Migration.objects.order_by("app", "name").values_list("app", "name"):
        heads[app] = name
    return heads


def write_backup(path: Path, *, at: datetime, progress: Progress = lambda label, rows: None) -> dict[str, Any]:
    """Write a backup to ``path`` (mode 0600) and answer its manifest.

    All tables are read in one snapshot. The file appears whole or not at all. Raises Conflict, BadInput.
    """
    if path.exists():
        raise Conflict(gettext_noop("%(path)s 已经存在。请换一个文件名。"), "operate.backup_exists", path=path)
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise BadInput(
            gettext_noop("文件夹 %(path)s 不存在或不能写入。"), "operate.backup_place_missing", path=path.parent
        )
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as raw:
            manifest = _write(raw, at=at, progress=progress)
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return manifest


def _write(raw: IO[bytes], *, at: datetime, progress: Progress) -> dict[str, Any]:
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "version": __version__,
        "made_at": at.isoformat(),
        "migrations": migration_heads(),
        "tables": {},
        "keys": _last_keys(),
        "documents": 0,
        "history": {"files": 0, "missing": [], "elsewhere": []},
    }
    # The level holds for a whole transaction, so only one that begins here can be given it.
    outermost = not connection.in_atomic_block
    with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as tar, transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for model in models_kept():
            label = model._meta.label_lower
            manifest["tables"][label] = _add_table(tar, model)
            progress(label, manifest["tables"][label]["rows"])
        for document in _documents():
            tar.add(document, arcname=f"documents/{document.parent.name}/{document.name}")
            manifest["documents"] += 1
        _add_months(tar, manifest["history"])
        _add_bytes(tar, "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    return manifest


def _add_table(tar: tarfile.TarFile, model: type[models.Model]) -> dict[str, Any]:
    names = [field.attname for field in model._meta.concrete_fields]
    rows, digest = 0, hashlib.sha256()
    with tempfile.TemporaryFile() as spool:
        for values in model._base_manager.order_by("pk").values_list(*names).iterator(chunk_size=CHUNK):
            line = json.dumps(values, default=plain, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            spool.write(line)
            digest.update(line)
            rows += 1
        info = tarfile.TarInfo(f"tables/{model._meta.label_lower}.jsonl")
        info.size = spool.tell()
        spool.seek(0)
        tar.addfile(info, spool)
    return {"rows": rows, "columns": names, "sha256": digest.hexdigest()}


def _documents() -> Iterator[Path]:
    yield from sorted(
        path for path in Path(settings.DOCUMENTS_DIR).glob("??/*") if path.is_file() and len(path.name) == 64
    )


def _add_months(tar: tarfile.TarFile, told: dict[str, Any]) -> None:
    """The files that this snapshot of the database names; ``told`` says what is and what is not in the backup."""
    system, folder = history.storage()
    names = history.file_names()
    if not history.is_local(system):
        told["elsewhere"] = names
        return
    for name in names:
        path = Path(folder) / name
        if path.is_file():
            tar.add(path, arcname=f"history/{name}")
            told["files"] += 1
        else:
            told["missing"].append(name)


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))


def read_backup(path: Path, *, progress: Progress = lambda label, rows: None) -> dict[str, Any]:
    """Restore the backup at ``path`` and answer its manifest.

    The database must be migrated and empty. Every table and document is compared with the hash it was saved with; on
    any difference nothing stays. Raises Conflict, BadInput.
    """
    try:
        with tarfile.open(path, mode="r:gz") as tar:
            manifest = _manifest(tar)
            if table := first_with_records():
                raise Conflict(
                    gettext_noop("数据库里已经有数据（%(table)s）。请恢复到空数据库，以免混在一起。"),
                    "operate.restore_not_empty",
                    table=table,
                )
            written: list[Path] = []
            try:
                with transaction.atomic():
                    _read_tables(tar, manifest, progress)
                    _read_documents(tar, manifest, written)
                    _reset_sequences(manifest.get("keys", {}))
            except BaseException:
                for document in written:
                    document.unlink(missing_ok=True)
                raise
    except (tarfile.TarError, OSError, EOFError, ValueError, KeyError, DatabaseError, ValidationError) as error:
        raise _not_understood(
            gettext_noop("%(path)s 不是完整的备份文件（%(reason)s）。请检查文件是否传输完整。"),
            path=path,
            reason=error,
        ) from error
    return manifest


def _manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    member = tar.getmember("manifest.json") if "manifest.json" in tar.getnames() else None
    content = tar.extractfile(member) if member and member.size <= MANIFEST_MAX_BYTES else None
    if content is None:
        raise _not_understood(gettext_noop("文件里没有清单，不是山海的备份。"))
    manifest: dict[str, Any] = json.load(content)
    if manifest.get("format") != FORMAT:
        raise _not_understood(
            gettext_noop("这个备份的格式是 %(format)s，本程序不认识。"),
            format=manifest.get("format"),
        )
    ours = migration_heads()
    other = sorted(app for app, name in manifest["migrations"].items() if ours.get(app) != name)
    if other:
        raise _not_understood(
            gettext_noop("备份由 %(version)s 版生成，数据结构不同（%(apps)s）。请用同一版本恢复，再升级。"),
            version=manifest.get("version"),
            apps=", ".join(other),
        )
    return manifest


def _read_tables(tar: tarfile.TarFile, manifest: dict[str, Any], progress: Progress) -> None:
    for model in models_kept():
        label = model._meta.label_lower
        stated = manifest["tables"].get(label)
        if stated is None:
            continue
        if label in BROUGHT:
            model._base_manager.all()._raw_delete(connection.alias)
        content = tar.extractfile(f"tables/{label}.jsonl")
        rows, digest = _read_table(model, stated["columns"], content) if content else (0, "")
        if rows != stated["rows"] or digest != stated["sha256"]:
            raise _not_understood(gettext_noop("表 %(table)s 与清单不符，备份已损坏。"), table=label)
        progress(label, rows)


def _read_table(model: type[models.Model], names: list[str], content: IO[bytes]) -> tuple[int, str]:
    fields = [next(f for f in model._meta.concrete_fields if f.attname == name) for name in names]
    rows, digest, batch = 0, hashlib.sha256(), []
    for line in content:
        digest.update(line)
        values = [_value(field, value) for field, value in zip(fields, json.loads(line), strict=True)]
        batch.append(model(**dict(zip(names, values, strict=True))))
        rows += 1
        if len(batch) == BATCH:
            model._base_manager.bulk_create(batch)
            batch = []
    model._base_manager.bulk_create(batch)
    return rows, digest.hexdigest()


def _value(field: models.Field[Any, Any], value: Any) -> Any:
    # A JSON column's value is already what it was; to_python would take its text for an encoded one.
    if value is None or isinstance(field, models.JSONField):
        return value
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return target.to_python(value)


def _read_documents(tar: tarfile.TarFile, manifest: dict[str, Any], written: list[Path]) -> None:
    found, months = 0, 0
    for member in tar:
        if (month := _MONTH.match(member.name)) and (rows := tar.extractfile(member)):
            _write_month(rows, month["name"], month["sha256"])
            months += 1
        match = _DOCUMENT.match(member.name)
        if not match:
            continue
        content = tar.extractfile(member)
        if content is None:
            raise _not_understood(gettext_noop("备份里的 %(name)s 不是文件。"), name=member.name)
        target = Path(settings.DOCUMENTS_DIR) / match["folder"] / match["sha256"]
        if not target.exists():
            written.append(target)
            _write_document(content, target, match["sha256"])
        found += 1
    if found != manifest["documents"] or months != manifest.get("history", {"files": 0})["files"]:
        raise _not_understood(gettext_noop("文件数与清单不符，备份已损坏。"))


def _write_document(content: IO[bytes], target: Path, sha256: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    part = target.with_suffix(".part")
    with part.open("wb") as out:
        while chunk := content.read(1 << 20):
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if digest.hexdigest() != sha256:
        part.unlink()
        raise _not_understood(gettext_noop("文件 %(name)s 与它的校验值不符，备份已损坏。"), name=sha256)
    part.replace(target)


def _write_month(content: IO[bytes], name: str, sha256: str) -> None:
    system, folder = history.storage()
    system.makedirs(folder, exist_ok=True)
    with system.open(f"{folder}/{name}", "wb") as out:
        shutil.copyfileobj(content, out, 1 << 20)
    if not history.sha256_of(system, f"{folder}/{name}").startswith(sha256):
        raise _not_understood(gettext_noop("文件 %(name)s 与它的校验值不符，备份已损坏。"), name=name)


def _reset_sequences(keys: Mapping[str, int]) -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models_kept()):
            cursor.execute(statement)
        for model in models_kept():
            meta, key = model._meta, keys.get(model._meta.label_lower, 0)
            if not key or (model._base_manager.aggregate(most=Max("pk"))["most"] or 0) >= key:
                continue
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [meta.db_table, meta.pk.column, key]
                )
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [meta.db_table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [meta.db_table, key])


def _last_keys() -> dict[str, int]:
    """The last id that each table has given, to what is gone, too.

    The trail and the files of history name things by it: after a restore it must not come to mean another.
    """
    by_table = {model._meta.db_table: model._meta for model in models_kept()}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT c.relname, s.last_value FROM pg_sequences s JOIN pg_depend d "
                "ON d.objid = format('%%I.%%I', s.schemaname, s.sequencename)::regclass AND d.deptype IN ('a', 'i') "
                "JOIN pg_class c ON c.oid = d.refobjid WHERE s.last_value IS NOT NULL",
                [],
            )
        else:
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
        return {by_table[table].label_lower: last for table, last in cursor.fetchall() if table in by_table}
