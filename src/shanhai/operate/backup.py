# SPDX-License-Identifier: Apache-2.0
"""Write everything stored into one file: all records, all documents."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection, models, transaction

from shanhai import __version__
from shanhai.kernel.errors import BadInput, Conflict
from shanhai.kernel.messages import gettext_noop
from shanhai.operate.archive import FORMAT, columns, migration_heads, models_kept, plain

CHUNK = 2000
Progress = Callable[[str, int], None]


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
        "documents": 0,
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
        _add_bytes(tar, "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    return manifest


def _add_table(tar: tarfile.TarFile, model: type[models.Model]) -> dict[str, Any]:
    names = columns(model)
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


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))
