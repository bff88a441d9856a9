# SPDX-License-Identifier: Apache-2.0
"""What a file is by its bytes, and whether a packed file unpacks to too much."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

import puremagic

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.documents.rules import ending_of
from shanhai.registers.documents.values import ENDINGS, Kind

MAX_MEMBERS = 5000
# Office files pack text about tenfold; a bomb packs a thousandfold and more.
MAX_RATIO = 200
_CHUNK = 1 << 16
_OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
_MAGIC = {".pdf": Kind.PDF, ".jpg": Kind.JPEG, ".jpeg": Kind.JPEG, ".png": Kind.PNG}
_PACKED = {"xl/workbook.xml": Kind.XLSX, "word/document.xml": Kind.DOCX}


class KindNotAccepted(BadInput):
    """The file is of no kind that is taken in here, or is not what its name says."""

    code = "documents.kind_not_accepted"


class FileEmpty(BadInput):
    """There is nothing in the file."""

    code = "documents.file_empty"


class UnpacksTooLarge(BadInput):
    """A packed file whose content is out of all proportion."""

    code = "documents.unpacks_too_large"


def kind_of(path: Path, name: str, *, unzipped_max: int) -> Kind:
    """What the file at ``path`` is; ``name`` must end so. Raises KindNotAccepted, FileEmpty, UnpacksTooLarge."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise FileEmpty(gettext_noop("“%(name)s”是空文件。请检查后再传。"), name=name)
    kind = _sniff(path, head, name, unzipped_max)
    expected = ENDINGS.get(ending_of(name))
    if kind is None or expected is None:
        raise KindNotAccepted(
            gettext_noop("“%(name)s”不是可以接收的文件。可以传：%(kinds)s。"),
            name=name,
            kinds=", ".join(sorted(ENDINGS)),
        )
    if kind != expected:
        raise KindNotAccepted(
            gettext_noop("“%(name)s”的内容其实是 %(kind)s，与扩展名不符。请用原来的程序另存后再传。"),
            name=name,
            kind=kind.value,
        )
    return kind


def _sniff(path: Path, head: bytes, name: str, unzipped_max: int) -> Kind | None:
    if head.startswith(b"PK"):
        return _packed_kind(path, name, unzipped_max)
    if head.startswith(_OLE2):
        return Kind.XLS
    try:
        found = _MAGIC.get(puremagic.from_string(head).lower())
    except (puremagic.PureError, ValueError):
        found = None
    return found or (Kind.CSV if ending_of(name) == "csv" and _is_text(path) else None)


def _packed_kind(path: Path, name: str, unzipped_max: int) -> Kind | None:
    try:
        with zipfile.ZipFile(path) as packed:
            members = packed.infolist()
            names = {member.filename for member in members}
            _require_bounded(packed, members, path.stat().st_size, name, unzipped_max)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise KindNotAccepted(
            gettext_noop("“%(name)s”打不开，可能已损坏或加了密码。请重新保存后再传。"), name=name
        ) from error
    if "[Content_Types].xml" not in names:
        return None
    return next((kind for part, kind in _PACKED.items() if part in names), None)


def _require_bounded(
    packed: zipfile.ZipFile, members: list[zipfile.ZipInfo], size: int, name: str, unzipped_max: int
) -> None:
    # The sizes a packed file states of itself may be lies, so it is unpacked, counted and thrown away.
    limit = min(unzipped_max, max(size * MAX_RATIO, 1 << 20))
    unpacked = 0
    for member in members[: MAX_MEMBERS + 1]:
        with packed.open(member) as content:
            while chunk := content.read(_CHUNK):
                unpacked += len(chunk)
                if unpacked > limit:
                    break
        if unpacked > limit:
            break
    if unpacked > limit or len(members) > MAX_MEMBERS:
        raise UnpacksTooLarge(gettext_noop("“%(name)s”解开后过大，不能接收。请删去多余的内容后另存。"), name=name)


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        return _has_no_nul(file)


def _has_no_nul(file: IO[bytes]) -> bool:
    while chunk := file.read(_CHUNK):
        if b"\x00" in chunk:
            return False
    return True
