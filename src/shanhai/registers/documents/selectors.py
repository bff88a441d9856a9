# SPDX-License-Identifier: Apache-2.0
"""Finding stored files through what they prove; what a file is by its bytes, and whether it unpacks to too much."""

from __future__ import annotations

import codecs
import hashlib
import lzma
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import IO, NoReturn
from uuid import UUID

import puremagic
from django.conf import settings

from shanhai.base.database.selectors import holding, row_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.documents.models import UPLOAD, Document, Proof
from shanhai.registers.documents.permissions import DocumentPermission
from shanhai.registers.documents.rules import ending_of, stream_names
from shanhai.registers.documents.values import ENDINGS, PAPERS, Kind

MAX_MEMBERS = 5000
# Office files pack text about tenfold; a bomb packs a thousandfold and more.
MAX_RATIO = 200
_CHUNK = 1 << 16
NOT_ACCEPTED = "documents.kind_not_accepted"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
_MAGIC = {".pdf": Kind.PDF, ".jpg": Kind.JPEG, ".jpeg": Kind.JPEG, ".jfif": Kind.JPEG, ".png": Kind.PNG}
_TYPES = "[Content_Types].xml"
_PACKED = {"xl/workbook.xml": Kind.XLSX, "word/document.xml": Kind.DOCX}
# One of these stands among the parts, or the types, of an Office file that carries programs, whatever its name says.
_MACROS = ("macroenabled", "vbaproject", "vba_project", "macrosheet")
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def path_of(sha256: str) -> Path:
    """Where the bytes with that hash lie."""
    return Path(settings.DOCUMENTS_DIR) / sha256[:2] / sha256


def get_document(*, viewer: Actor, uuid: UUID) -> Document:
    """A stored file. Raises NotVisible when there is none or it proves nothing the viewer may see."""
    return row_of(Document.objects.visible_to(viewer), uuid, gettext_noop("没有找到这份文件，或者您的岗位看不到它。"))


def list_proofs(*, viewer: Actor, subject_type: str, subject_id: object) -> list[Proof]:
    """What proves a thing, newest first, with the files. One query."""
    rows = Proof.objects.in_force().visible_to(viewer).select_related("document")
    found = list(rows.filter(subject_type=subject_type, subject_id=str(subject_id)).order_by("-added_at", "-pk"))
    for proof in found:
        proof.may_withdraw = may_withdraw(viewer, proof)
    return found


def proofs_of(*, viewer: Actor, subjects: Collection[tuple[str, str]]) -> list[Proof]:
    """What proves any of these things, by type and id, with the files, the oldest first. One query for 500 of them."""
    found: list[Proof] = []
    rows = Proof.objects.in_force().visible_to(viewer).select_related("document").order_by("subject_id", "added_at")
    ordered = sorted(subjects)
    for some in (ordered[start : start + 500] for start in range(0, len(ordered), 500)):
        asked = rows.filter(subject_type__in={one for one, _id in some}, subject_id__in=[one for _type, one in some])
        found += [proof for proof in asked if (proof.subject_type, proof.subject_id) in subjects]
    return found


def find_proofs(*, viewer: Actor, text: str, limit: int) -> list[Proof]:
    """Proofs in force whose file came under a name that holds ``text``, newest first, with the files. One query."""
    rows = Proof.objects.in_force().visible_to(viewer).select_related("document").filter(holding(text, "label"))
    return list(rows.order_by("-added_at", "-pk")[:limit])


def get_proof(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Proof:
    """A proof in force, with its file; ``lock`` holds its row. Raises NotVisible."""
    rows = Proof.objects.in_force().visible_to(viewer).select_related("document")
    return row_of(rows, uuid, gettext_noop("没有找到这份证明材料，或者它已经撤回。"), lock=lock)


def may_withdraw(viewer: Actor, proof: Proof) -> bool:
    """Whether the viewer may take a proof back: who filed it, or who manages the programme, and may file there."""
    scope = {"programme": proof.programme or None, "place": proof.place or None}
    theirs = proof.added_by == viewer.ref or viewer.may("programme.manage", **scope)
    return theirs and viewer.may(DocumentPermission.UPLOAD, **scope)


def open_document(*, viewer: Actor, uuid: UUID) -> tuple[str, Kind, IO[bytes]]:
    """The name by which the viewer knows a stored file, what it is, and its bytes; the reader closes them.

    Raises NotVisible.
    """
    document = get_document(viewer=viewer, uuid=uuid)
    name = name_for(viewer=viewer, document=document)
    try:
        return name, Kind(document.kind), path_of(document.sha256).open("rb")
    except FileNotFoundError:
        text = gettext_noop("“%(name)s”的内容在服务器上找不到了。请联系系统管理员从备份恢复。")
        raise NotVisible(text, "documents.content_missing", name=name) from None


def name_for(*, viewer: Actor, document: Document) -> str:
    """The name under which the viewer knows a file: as they sent it, else as what it proves calls it."""
    own = document.proofs.filter(subject_type=UPLOAD, subject_id=viewer.ref).first()
    known = own or document.proofs.in_force().visible_to(viewer).order_by("pk").first()
    return known.label if known else f"{document.sha256[:12]}.{document.kind}"


def hash_of(path: Path) -> str:
    """The hash by which the content of a file is known."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def broken_documents() -> tuple[str, ...]:
    """A sentence for each stored file that is missing or no longer has its content."""
    faults = []
    for document in Document.objects.order_by("pk").iterator():
        path = path_of(document.sha256)
        if not path.is_file():
            faults.append(f"document {document.uuid}: the file is missing")
            continue
        if hash_of(path) != document.sha256:
            faults.append(f"document {document.uuid}: the file was altered")
    return tuple(faults)


def kind_of(path: Path, name: str, *, unzipped_max: int, allowed: Collection[Kind] = PAPERS) -> Kind:
    """What the file at ``path`` is; ``name`` must end so. Raises BadInput, which names those that are ``allowed``."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise BadInput(gettext_noop("“%(name)s”是空文件。请检查后再传。"), "documents.file_empty", name=name)
    kind = _sniff(path, head, name, unzipped_max)
    expected = ENDINGS.get(ending_of(name))
    if kind is None or expected is None:
        text = gettext_noop("“%(name)s”不是可以接收的文件，或者内容与扩展名不符。可以传：%(kinds)s。")
        raise BadInput(
            text,
            NOT_ACCEPTED,
            name=name,
            kinds=", ".join(sorted(one for one, kind in ENDINGS.items() if kind in allowed)),
        )
    if kind != expected:
        text = gettext_noop("“%(name)s”的内容其实是 %(kind)s，与扩展名不符。请用原来的程序另存后再传。")
        raise BadInput(text, NOT_ACCEPTED, name=name, kind=kind.value)
    return kind


def text_encoding(path: Path) -> str | None:
    """The encoding of a text file: by its mark, else UTF-8 or GB18030, whichever fits; None for what is no text."""
    with path.open("rb") as file:
        head = file.read(3)
    marked = next((encoding for mark, encoding in _MARKS.items() if head.startswith(mark)), None)
    return next((one for one in ((marked,) if marked else ("utf-8", "gb18030")) if _is_text(path, one)), None)


def _sniff(path: Path, head: bytes, name: str, unzipped_max: int) -> Kind | None:
    if head.startswith(_ZIP):
        return _packed_kind(path, name, unzipped_max)
    if head.startswith(_OLE2):
        return _old_office_kind(path, name)
    try:
        found = _MAGIC.get(puremagic.from_string(head).lower())
    except (puremagic.PureError, ValueError):
        found = None
    told = ENDINGS.get(ending_of(name))
    if found or told not in (Kind.CSV, Kind.TXT, Kind.HTML):
        return found
    # A publication with broken characters is kept as it is; a table with them would lie.
    if text_encoding(path) is None and (told is Kind.CSV or _holds_nulls(path)):
        text = gettext_noop("“%(name)s”的文字编码认不出来，或者不是文字。请用 Excel 另存为 .xlsx 后再传。")
        if told is not Kind.CSV:
            text = gettext_noop("“%(name)s”不是文字。请在原来的程序里另存为文字、.docx 或 .pdf 后再传。")
        raise BadInput(text, NOT_ACCEPTED, name=name)
    return told


def _old_office_kind(path: Path, name: str) -> Kind | None:
    names = stream_names(path.read_bytes())
    if "EncryptedPackage" in names:
        raise BadInput(gettext_noop("“%(name)s”加了密码，读不了。请去掉密码，另存后再传。"), NOT_ACCEPTED, name=name)
    _refuse_macros(names, name)
    return Kind.XLS if names & {"Workbook", "Book"} else None


def _refuse_macros(words: Collection[str], name: str) -> None:
    if any(mark in word.lower() for word in words for mark in _MACROS):
        text = gettext_noop("“%(name)s”里带有宏（程序），不能接收。请另存为不含宏的 .xlsx 或 .docx 后再传。")
        raise BadInput(text, NOT_ACCEPTED, name=name)


def _packed_kind(path: Path, name: str, unzipped_max: int) -> Kind | None:
    try:
        with zipfile.ZipFile(path) as packed:
            members = packed.infolist()
            if len(members) > MAX_MEMBERS:
                _refuse_bomb(name)
            _require_bounded(packed, members, path.stat().st_size, name, unzipped_max)
            names = {member.filename for member in members}
            types = packed.read(_TYPES).replace(b"\0", b"").decode(errors="replace") if _TYPES in names else ""
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, EOFError, OSError, ValueError) as error:
        text = gettext_noop("“%(name)s”打不开，可能已损坏或加了密码。请重新保存后再传。")
        raise BadInput(text, NOT_ACCEPTED, name=name) from error
    _refuse_macros({types, *names}, name)
    if not types:
        return None
    return next((kind for part, kind in _PACKED.items() if part in names), None)


def _require_bounded(
    packed: zipfile.ZipFile, members: list[zipfile.ZipInfo], size: int, name: str, unzipped_max: int
) -> None:
    # The sizes a packed file states of itself may be lies, so it is unpacked, counted and thrown away.
    limit = min(unzipped_max, max(size * MAX_RATIO, 1 << 20))
    unpacked = 0
    for member in members:
        with packed.open(member) as content:
            while chunk := content.read(_CHUNK):
                unpacked += len(chunk)
                if unpacked > limit:
                    _refuse_bomb(name)


def _refuse_bomb(name: str) -> NoReturn:
    text = gettext_noop("“%(name)s”解开后过大，不能接收。请删去多余的内容后另存。")
    raise BadInput(text, "documents.unpacks_too_large", name=name)


def _holds_nulls(path: Path) -> bool:
    with path.open("rb") as file:
        return any(b"\x00" in chunk for chunk in iter(lambda: file.read(_CHUNK), b""))


def _is_text(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if "\x00" in decoder.decode(chunk):
                    return False
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
