# SPDX-License-Identifier: Apache-2.0
"""Taking in a file (bounded, recognised, written once under its hash), and saying what it proves."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings
from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.base.held import clear_held
from shanhai.base.outbox.services import publish
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Faults, NotAllowed, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject
from shanhai.registers.documents import rules
from shanhai.registers.documents.events import PROOF_ATTACHED, PROOF_WITHDRAWN
from shanhai.registers.documents.models import UPLOAD, Document, Proof
from shanhai.registers.documents.permissions import DocumentPermission
from shanhai.registers.documents.selectors import NOT_ACCEPTED, get_proof, kind_of, may_withdraw, path_of
from shanhai.registers.documents.values import PAPERS, Kind

_CHUNK = 1 << 20
_INCOMING = ".incoming-"
# No upload takes so long; what is older was left by a server that was killed within.
HALF_TAKEN = timedelta(days=1)


@transaction.atomic
def store_document(
    *,
    by: Actor,
    at: datetime,
    file: IO[bytes],
    name: str,
    programme: str = "",
    place: str = "",
    allowed: Collection[Kind] = PAPERS,
) -> Document:
    """Store the file, or answer the one stored before with the same content; ``by`` sees it from then on.

    The bytes are on the disk before the row is; a row never points at a missing file. Raises NotAllowed, and
    BadInput for a file that is too large, empty, of no accepted kind or out of proportion.
    """
    by.require(DocumentPermission.UPLOAD, programme=programme or None, place=place or None)

    faults = Faults()
    with faults.of("file"):
        name, sha256, size, kind = _taken(file, rules.checked_name(name), allowed)
    faults.tell()

    document, new = Document.objects.get_or_create(
        sha256=sha256, defaults={"size": size, "kind": kind, "uploaded_by": by.ref, "uploaded_at": at}
    )
    _, first_time = Proof.objects.get_or_create(
        document=document,
        subject_type=UPLOAD,
        subject_id=by.ref,
        defaults={"label": name, "added_by": by.ref, "added_at": at},
    )
    if new or first_time:
        about = Subject("documents.document", document.uuid, programme, place)
        act = "documents.document.stored" if new else "documents.document.received"
        facts = {"sha256": sha256, "size": size, "kind": kind.value}
        audit.record(by=by, at=at, action=act, on=about, changes=facts)
    return document


def clear_half_taken(*, by: Actor, at: datetime) -> int:
    """Delete what killed uploads and refused forms have left, and answer how many files that were."""
    before = (at - HALF_TAKEN).timestamp()
    left = [*Path(settings.DOCUMENTS_DIR).glob(f"{_INCOMING}*"), *Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*.upload*")]
    old = [path for path in left if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old) + clear_held(at=at)


@transaction.atomic
def attach_proof(
    *,
    by: Actor,
    at: datetime,
    document: Document,
    subject_type: str,
    subject_id: object,
    label: str,
    programme: str = "",
    place: str = "",
    kind: str = "",
) -> Proof:
    """Say that a stored file proves a thing; saying it twice changes nothing. Raises NotAllowed, BadInput."""
    by.require(DocumentPermission.UPLOAD, programme=programme or None, place=place or None)

    proof, new = Proof.objects.in_force().get_or_create(
        document=document,
        subject_type=subject_type,
        subject_id=str(subject_id),
        kind=kind,
        withdrawn_at=None,
        defaults={
            "label": rules.checked_name(label),
            "programme": programme,
            "place": place,
            "added_by": by.ref,
            "added_at": at,
        },
    )
    if new:
        audit.record(by=by, at=at, action="documents.proof.attached", on=proof.subject(), changes=proof.facts())
        publish(by=by, at=at, name=PROOF_ATTACHED, payload=proof.news())
    return proof


@transaction.atomic
def withdraw_proof(*, by: Actor, at: datetime, proof: UUID, because: str) -> Proof:
    """Take back that a file proves a thing; file and row stay.

    Raises NotVisible, NotAllowed, BadInput.
    """
    found = get_proof(viewer=by, uuid=proof, lock=True)
    if not may_withdraw(by, found):
        raise NotAllowed(gettext_noop("这份材料由传的人或者指挥部办公室撤回。请找他们办。"))
    because = checked_reason(because, gettext_noop("请写明为什么撤回。"), "documents")

    found.withdrawn_at, found.withdrawn_by = at, by.ref
    found.save(update_fields=["withdrawn_at", "withdrawn_by"])
    act, facts = "documents.proof.withdrawn", found.facts()
    audit.record(by=by, at=at, action=act, on=found.subject(), changes=facts, because=because)
    publish(by=by, at=at, name=PROOF_WITHDRAWN, payload=found.news())
    return found


def _taken(file: IO[bytes], name: str, allowed: Collection[Kind]) -> tuple[str, str, int, Kind]:
    part, sha256, size = _receive(file, name)
    try:
        kind = kind_of(part, name, unzipped_max=settings.UNZIPPED_MAX_BYTES, allowed=allowed)
        if kind not in allowed:
            text = gettext_noop("“%(name)s”不是可以接收的文件。可以传：%(kinds)s。")
            known = ", ".join(sorted(one.value for one in allowed))
            raise BadInput(text, NOT_ACCEPTED, name=name, kinds=known)
        _keep(part, sha256)
    finally:
        part.unlink(missing_ok=True)
    return name, sha256, size, kind


def _receive(file: IO[bytes], name: str) -> tuple[Path, str, int]:
    folder = Path(settings.DOCUMENTS_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=folder, prefix=_INCOMING)
    size, digest = 0, hashlib.sha256()
    try:
        with os.fdopen(handle, "wb") as out:
            while chunk := file.read(_CHUNK):
                size += len(chunk)
                if size > settings.UPLOAD_MAX_BYTES:
                    text = gettext_noop("“%(name)s”超过 %(limit)s MB。请压缩图片或分成几份再传。")
                    limit = settings.UPLOAD_MAX_BYTES // (1 << 20)
                    raise BadInput(text, "documents.file_too_large", name=name, limit=limit)
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    return Path(part), digest.hexdigest(), size


def _keep(part: Path, sha256: str) -> None:
    target = path_of(sha256)
    target.parent.mkdir(mode=0o700, exist_ok=True)
    # Both lie in one file system, so the file appears under its name whole or not at all; a damaged one is healed.
    os.replace(part, target)
    for folder in (target.parent, target.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
