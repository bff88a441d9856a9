# SPDX-License-Identifier: Apache-2.0
"""Read a backup into an empty database, on either kind of database, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction

from shanhai.kernel.errors import BadInput, Conflict
from shanhai.kernel.messages import gettext_noop
from shanhai.operate.archive import BROUGHT, FORMAT, first_with_records, migration_heads, models_kept

BATCH = 1000
MANIFEST_MAX_BYTES = 4 * 1024 * 1024
_DOCUMENT = re.compile(r"^documents/(?P<folder>[0-9a-f]{2})/(?P<sha256>[0-9a-f]{64})$")
Progress = Callable[[str, int], None]


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
                    _reset_sequences()
            except BaseException:
                for document in written:
                    document.unlink(missing_ok=True)
                raise
    except (tarfile.TarError, OSError, EOFError, ValueError, KeyError, DatabaseError, ValidationError) as error:
        raise BadInput(
            gettext_noop("%(path)s 不是完整的备份文件（%(reason)s）。请检查文件是否传输完整。"),
            "operate.backup_not_understood",
            path=path,
            reason=error,
        ) from error
    return manifest


def _manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    try:
        member = tar.getmember("manifest.json")
    except KeyError:
        raise BadInput(gettext_noop("文件里没有清单，不是山海的备份。"), "operate.backup_not_understood") from None
    content = tar.extractfile(member)
    if content is None or member.size > MANIFEST_MAX_BYTES:
        raise BadInput(gettext_noop("文件里没有清单，不是山海的备份。"), "operate.backup_not_understood")
    manifest: dict[str, Any] = json.load(content)
    if manifest.get("format") != FORMAT:
        raise BadInput(
            gettext_noop("这个备份的格式是 %(format)s，本程序不认识。"),
            "operate.backup_not_understood",
            format=manifest.get("format"),
        )
    ours = migration_heads()
    other = sorted(app for app, name in manifest["migrations"].items() if ours.get(app) != name)
    if other:
        raise BadInput(
            gettext_noop("备份由 %(version)s 版生成，数据结构不同（%(apps)s）。请用同一版本恢复，再升级。"),
            "operate.backup_not_understood",
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
            model._base_manager.all().delete()
        content = tar.extractfile(f"tables/{label}.jsonl")
        rows, digest = _read_table(model, stated["columns"], content) if content else (0, "")
        if rows != stated["rows"] or digest != stated["sha256"]:
            raise BadInput(
                gettext_noop("表 %(table)s 与清单不符，备份已损坏。"), "operate.backup_not_understood", table=label
            )
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
    found = 0
    for member in tar:
        match = _DOCUMENT.match(member.name)
        if not match:
            continue
        content = tar.extractfile(member)
        if content is None:
            raise BadInput(
                gettext_noop("备份里的 %(name)s 不是文件。"), "operate.backup_not_understood", name=member.name
            )
        target = Path(settings.DOCUMENTS_DIR) / match["folder"] / match["sha256"]
        if not target.exists():
            written.append(target)
            _write_document(content, target, match["sha256"])
        found += 1
    if found != manifest["documents"]:
        raise BadInput(gettext_noop("文件数与清单不符，备份已损坏。"), "operate.backup_not_understood")


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
        raise BadInput(
            gettext_noop("文件 %(name)s 与它的校验值不符，备份已损坏。"), "operate.backup_not_understood", name=sha256
        )
    part.replace(target)


def _reset_sequences() -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models_kept()):
            cursor.execute(statement)
