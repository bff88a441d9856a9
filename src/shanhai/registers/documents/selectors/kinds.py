# SPDX-License-Identifier: Apache-2.0
"""What a file is by its bytes, and whether a packed file unpacks to too much."""

from __future__ import annotations

import codecs
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import NoReturn

import puremagic

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.documents.rules import ending_of, stream_names
from shanhai.registers.documents.values import ENDINGS, Kind

MAX_MEMBERS = 5000
# Office files pack text about tenfold; a bomb packs a thousandfold and more.
MAX_RATIO = 200
_CHUNK = 1 << 16
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
_MAGIC = {".pdf": Kind.PDF, ".jpg": Kind.JPEG, ".jpeg": Kind.JPEG, ".jfif": Kind.JPEG, ".png": Kind.PNG}
_TYPES = "[Content_Types].xml"
_PACKED = {"xl/workbook.xml": Kind.XLSX, "word/document.xml": Kind.DOCX}
# One of these stands among the parts, or the types, of an Office file that carries programs, whatever its name says.
_MACROS = ("macroenabled", "vbaproject", "vba_project", "macrosheet")
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


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
            gettext_noop("“%(name)s”不是可以接收的文件，或者内容与扩展名不符。可以传：%(kinds)s。"),
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
    if found or ending_of(name) != "csv":
        return found
    if text_encoding(path) is None:
        raise KindNotAccepted(
            gettext_noop("“%(name)s”的文字编码认不出来，或者不是文字。请用 Excel 另存为 .xlsx 后再传。"), name=name
        )
    return Kind.CSV


def _old_office_kind(path: Path, name: str) -> Kind | None:
    names = stream_names(path.read_bytes())
    if "EncryptedPackage" in names:
        raise KindNotAccepted(gettext_noop("“%(name)s”加了密码，读不了。请去掉密码，另存后再传。"), name=name)
    _refuse_macros(names, name)
    return Kind.XLS if names & {"Workbook", "Book"} else None


def _refuse_macros(words: Collection[str], name: str) -> None:
    if any(mark in word.lower() for word in words for mark in _MACROS):
        raise KindNotAccepted(
            gettext_noop("“%(name)s”里带有宏（程序），不能接收。请另存为不含宏的 .xlsx 或 .docx 后再传。"), name=name
        )


def _packed_kind(path: Path, name: str, unzipped_max: int) -> Kind | None:
    try:
        with zipfile.ZipFile(path) as packed:
            members = packed.infolist()
            if len(members) > MAX_MEMBERS:
                _refuse_bomb(name)
            _require_bounded(packed, members, path.stat().st_size, name, unzipped_max)
            names = {member.filename for member in members}
            types = packed.read(_TYPES).replace(b"\0", b"").decode(errors="replace") if _TYPES in names else ""
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError) as error:
        raise KindNotAccepted(
            gettext_noop("“%(name)s”打不开，可能已损坏或加了密码。请重新保存后再传。"), name=name
        ) from error
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
    raise UnpacksTooLarge(gettext_noop("“%(name)s”解开后过大，不能接收。请删去多余的内容后另存。"), name=name)


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
