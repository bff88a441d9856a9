# SPDX-License-Identifier: Apache-2.0
"""The files of forms that were refused, kept for an hour for who sent them, so that nobody chooses a file twice."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile

if TYPE_CHECKING:
    from shanhai.kernel.actors import Actor

HELD_FOR = timedelta(hours=1)
# Of one person; the oldest makes room.
MOST = 5
_PREFIX = ".held-"
_SALT = "shanhai.base.held"


def hold(file: UploadedFile[Any], *, by: Actor, at: datetime) -> str:
    """Keep a file, and answer the ticket that brings it back; "" for one that no service would take."""
    if not file.size or file.size > settings.UPLOAD_MAX_BYTES:
        return ""
    folder = Path(settings.DOCUMENTS_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mine = sorted(folder.glob(f"{_of(by)}*"), key=lambda path: path.stat().st_mtime)
    for path in mine[: max(len(mine) - MOST + 1, 0)]:
        path.unlink(missing_ok=True)
    target = folder / f"{_of(by)}{uuid4().hex}"
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for chunk in file.chunks():
            out.write(chunk)
    return signing.dumps([target.name, file.name, file.content_type, at.timestamp()], salt=_SALT)


def held(ticket: str, *, by: Actor, at: datetime) -> UploadedFile[Any] | None:
    """The file of a ticket; None where the hour is over, it is somebody else's, or it is no ticket."""
    try:
        name, said, media_type, since = signing.loads(ticket, salt=_SALT)
    except signing.BadSignature:
        return None
    path = Path(settings.DOCUMENTS_DIR) / name
    if not name.startswith(_of(by)) or at.timestamp() - since > HELD_FOR.total_seconds() or not path.is_file():
        return None
    return UploadedFile(path.open("rb"), said, media_type, path.stat().st_size)


def clear_held(*, at: datetime) -> int:
    """Delete the files whose hour is over, and answer how many that were."""
    before = (at - HELD_FOR).timestamp()
    old = [path for path in Path(settings.DOCUMENTS_DIR).glob(f"{_PREFIX}*") if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _of(by: Actor) -> str:
    return f"{_PREFIX}{hashlib.sha256(by.ref.encode()).hexdigest()[:20]}-"
