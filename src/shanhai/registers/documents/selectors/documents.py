# SPDX-License-Identifier: Apache-2.0
"""Finding stored files through what they prove."""

from __future__ import annotations

import hashlib
from pathlib import Path
from uuid import UUID

from django.conf import settings

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.documents.models import UPLOAD, Document, Proof
from shanhai.registers.documents.permissions import DocumentPermission
from shanhai.registers.documents.values import Kind, OpenedDocument

_CHUNK = 1 << 20


class ContentMissing(NotVisible):
    """The row is there and its bytes are not: somebody removed them from the documents folder."""

    code = "documents.content_missing"


def path_of(sha256: str) -> Path:
    """Where the bytes with that hash lie."""
    return Path(settings.DOCUMENTS_DIR) / sha256[:2] / sha256


def get_document(*, viewer: Actor, uuid: UUID) -> Document:
    """A stored file. Raises NotVisible when there is none or it proves nothing the viewer may see."""
    found = Document.objects.visible_to(viewer).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这份文件，或者您的岗位看不到它。"))
    return found


def list_proofs(*, viewer: Actor, subject_type: str, subject_id: object) -> list[Proof]:
    """What proves a thing, newest first, with the files. One query."""
    rows = Proof.objects.in_force().visible_to(viewer).select_related("document")
    found = list(rows.filter(subject_type=subject_type, subject_id=str(subject_id)).order_by("-added_at", "-pk"))
    for proof in found:
        proof.may_withdraw = may_withdraw(viewer, proof)
    return found


def get_proof(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Proof:
    """A proof in force, with its file; ``lock`` holds its row. Raises NotVisible."""
    rows = Proof.objects.in_force().visible_to(viewer).select_related("document").filter(uuid=uuid)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这份证明材料，或者它已经撤回。"))
    return found


def may_withdraw(viewer: Actor, proof: Proof) -> bool:
    """Whether the viewer may take a proof back: who may file there."""
    return viewer.may(DocumentPermission.UPLOAD, programme=proof.programme or None, place=proof.place or None)


def open_document(*, viewer: Actor, uuid: UUID) -> OpenedDocument:
    """A stored file, opened for reading. Raises NotVisible, ContentMissing."""
    document = get_document(viewer=viewer, uuid=uuid)
    name = name_for(viewer=viewer, document=document)
    try:
        return OpenedDocument(name, Kind(document.kind), path_of(document.sha256).open("rb"))
    except FileNotFoundError:
        raise ContentMissing(
            gettext_noop("“%(name)s”的内容在服务器上找不到了。请联系系统管理员从备份恢复。"), name=name
        ) from None


def name_for(*, viewer: Actor, document: Document) -> str:
    """The name under which the viewer knows a file: as they sent it, else as what it proves calls it."""
    own = document.proofs.filter(subject_type=UPLOAD, subject_id=viewer.ref).first()
    known = own or document.proofs.in_force().visible_to(viewer).order_by("pk").first()
    return known.label if known else f"{document.sha256[:12]}.{document.kind}"


def broken_documents() -> tuple[str, ...]:
    """A sentence for each stored file that is missing or no longer has its content."""
    faults = []
    for document in Document.objects.order_by("pk").iterator():
        path = path_of(document.sha256)
        if not path.is_file():
            faults.append(f"document {document.uuid}: the file is missing")
        elif _sha256(path) != document.sha256:
            faults.append(f"document {document.uuid}: the file was altered")
    return tuple(faults)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
