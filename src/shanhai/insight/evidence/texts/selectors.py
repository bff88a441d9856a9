# SPDX-License-Identifier: Apache-2.0
"""Opens a file into the characters of its original, whatever kind it is; says what could not be read."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from shanhai.insight.evidence.permissions import EvidencePermission
from shanhai.insight.evidence.texts.rules.checks import check
from shanhai.insight.evidence.texts.rules.claims import extract
from shanhai.insight.evidence.texts.rules.reading import read
from shanhai.insight.evidence.texts.values import Checked, Original
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import Message, first_of, gettext_noop, message
from shanhai.registers.documents import selectors as documents
from shanhai.registers.documents.values import TABLES, Kind
from shanhai.registers.tables.rules.cells import text_of
from shanhai.registers.tables.selectors.workbooks import open_workbook

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement
    from pypdf import PdfReader

KINDS = frozenset([Kind.TXT, Kind.HTML, Kind.DOCX, Kind.PDF, *TABLES])
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_-]{2,20})", re.IGNORECASE)
# What a page may name; GB 2312 and GBK are parts of GB 18030.
_CHARSETS = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk", "gb_2312-80"), "gb18030"),
    **dict.fromkeys(("utf-8", "utf8"), "utf-8-sig"),
    **dict.fromkeys(("big5", "big5-hkscs"), "big5hkscs"),
}
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NOT_SAID = frozenset([f"{_WORD}del", f"{_WORD}moveFrom"])
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MARKS = {f"{_WORD}tab": "\t", f"{_WORD}br": "\n", f"{_WORD}cr": "\n", f"{_WORD}noBreakHyphen": "-"}
# How long a PDF may take, and how many bytes may draw one page of it: a megabyte takes seconds.
MOST_SECONDS, MOST_DRAWN = 60, 5_000_000
# As many as Word knows; a damaged or hostile file may say any number.
_MOST_COLUMNS = 63
Stretch = tuple[str, str]


def open_text(*, path: Path, name: str = "") -> Original:
    """The characters of a file as they came; ``name`` is the one it came with, where the path has another.

    Of paged and tabled files the text is put together: paragraphs and rows are lines, cells are parted by tabs, and
    ``places`` says where each stands. ``notes`` say what could not be read, such as a page that is only a picture.
    Nothing outside of the file is opened. Raises BadInput for what is no text, is locked or is too large.
    """
    name = name or path.name
    if path.stat().st_size > settings.UPLOAD_MAX_BYTES:
        text = gettext_noop("“%(name)s”超过 %(limit)s MB，没有打开。请分成几份，或请管理员调大 SHANHAI_UPLOAD_MAX_MB。")
        raise BadInput(text, "evidence.file_too_large", name=name, limit=settings.UPLOAD_MAX_BYTES >> 20)
    kind = documents.kind_of(path, name, unzipped_max=settings.UNZIPPED_MAX_BYTES, allowed=KINDS)
    if kind not in KINDS:
        text = gettext_noop("“%(name)s”是图片，里面的文字读不了。请传文字、.docx、.pdf 或表格。")
        raise BadInput(text, "evidence.not_text", name=name)
    if kind in (Kind.TXT, Kind.HTML):
        return _plain(path, name, markup=kind is Kind.HTML)
    if kind is Kind.DOCX:
        return _docx(path, name)
    return _pdf(path, name) if kind is Kind.PDF else _workbook(path, name)


def _plain(path: Path, name: str, *, markup: bool) -> Original:
    content = path.read_bytes()
    text, lost = _decoded(content, documents.text_encoding(path), _named(content) if markup else None)
    _require_short(len(text), name)
    noted = gettext_noop("有 %(count)s 处文字没有认出来，已标为缺损。")
    return Original(text, {0: ""}, (message(noted, count=lost),) if lost else (), markup=markup)


def _named(content: bytes) -> str | None:
    found = _CHARSET.search(content[:4096])
    return _CHARSETS.get(found[1].decode().lower()) if found else None


def _decoded(content: bytes, fitting: str | None, named: str | None) -> tuple[str, int]:
    """The text, and how many characters of it could not be made out: those are U+FFFD."""
    if named and fitting not in ("utf-8-sig", "utf-16"):
        try:
            return content.decode(named), 0
        except UnicodeDecodeError:
            pass
    if fitting:
        return content.decode(fitting), 0
    readings = [content.decode(one, errors="replace") for one in ("utf-8", "gb18030")]
    text = min(readings, key=lambda one: one.count("\ufffd"))
    return text, text.count("\ufffd")


def _require_short(length: int, name: str) -> None:
    if length > settings.TEXT_MAX_CHARACTERS:
        raise BadInput(
            gettext_noop(
                "“%(name)s”超过 %(limit)s 个字，没有读。请分成几份，或请管理员调大 SHANHAI_TEXT_MAX_CHARACTERS。"
            ),
            "evidence.text_too_long",
            name=name,
            limit=settings.TEXT_MAX_CHARACTERS,
        )


def _put_together(stretches: Iterable[Stretch], name: str, notes: Iterable[Message] = ()) -> Original:
    """One text of lines, each with its place."""
    places: dict[int, str] = {}
    parts: list[str] = []
    length = 0
    for place, text in stretches:
        places[length] = place
        parts.append(f"{text}\n")
        length += len(text) + 1
        _require_short(length, name)
    return Original("".join(parts), places or {0: ""}, tuple(notes))


def _docx(path: Path, name: str) -> Original:
    from docx import Document  # noqa: PLC0415 - slow to import, as pypdf is, and few processes read files

    try:
        document = Document(str(path))
        stretches = list(_body(document.element.body))
        links = any(
            one.is_external and not one.reltype.endswith("/hyperlink") for one in document.part.package.iter_rels()
        )
    except BadInput:
        raise
    except Exception as error:
        # A damaged package fails in as many ways as it has parts.
        raise _not_readable(name) from error
    outside = message(gettext_noop("文件里引用了外部的内容，没有去取。"))
    return _with_text(_put_together(stretches, name, (outside,) if links else ()))


def _body(body: BaseOxmlElement) -> Iterator[Stretch]:
    paragraphs = tables = 0
    for block in body.iterchildren():
        if block.tag == f"{_WORD}p":
            paragraphs += 1
            yield f"第 {paragraphs} 段", _said(block)
        elif block.tag == f"{_WORD}tbl":
            tables += 1
            for number, row in enumerate(block.iterchildren(f"{_WORD}tr"), start=1):
                yield f"表 {tables} 第 {number} 行", "\t".join(_cells(row))
        elif block.tag == f"{_WORD}sdt":
            yield from (("", _said(one)) for one in block.iter(f"{_WORD}p"))


def _cells(row: BaseOxmlElement) -> Iterator[str]:
    for cell in row.iterchildren(f"{_WORD}tc"):
        # Of cells that are merged downwards only the first says something; one that spans columns leaves them empty.
        said = "" if cell.vMerge == "continue" else " ".join(_said(one) for one in cell.iter(f"{_WORD}p")).strip()
        yield said.replace("\t", " ").replace("\n", " ")
        yield from [""] * min(cell.grid_span - 1, _MOST_COLUMNS)


def _said(paragraph: BaseOxmlElement) -> str:
    """The text of a paragraph with what was put in and without what was struck out."""
    parts: list[str] = []
    pending = [paragraph]
    while pending:
        one = pending.pop()
        if one.tag == f"{_WORD}t":
            parts.append(one.text or "")
        elif one.tag in _MARKS:
            parts.append(_MARKS[one.tag])
        elif one.tag not in _NOT_SAID and one.tag != _FALLBACK:
            pending.extend(reversed(one))
    return "".join(parts)


def _pdf(path: Path, name: str) -> Original:
    from pypdf import PdfReader  # noqa: PLC0415

    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise _locked(name)
        if len(reader.pages) > settings.TEXT_MAX_PAGES:
            limit = settings.TEXT_MAX_PAGES
            text = gettext_noop(
                "“%(name)s”超过 %(limit)s 页，没有读。请分成几份，或请管理员调大 SHANHAI_TEXT_MAX_PAGES。"
            )
            raise BadInput(text, "evidence.too_many_pages", name=name, limit=limit)
        pages = list(_pages(reader, name))
    except BadInput:
        raise
    except Exception as error:
        # A damaged file fails in as many ways as it has objects.
        raise (_locked if "ncrypt" in str(error) or "crypto" in str(error) else _not_readable)(name) from error
    pictures = [str(number) for number, text in pages if not text.strip()]
    noted = gettext_noop("第 %(pages)s 页没有文字，可能是扫描的图，里面的数没有读到。请另存为可以选中文字的文件。")
    notes = (message(noted, pages=first_of(pictures, 20)),) if 0 < len(pictures) < len(pages) else ()
    return _with_text(_put_together(((f"第 {number} 页", text) for number, text in pages), name, notes))


def _pages(reader: PdfReader, name: str) -> Iterator[tuple[int, str]]:
    """The texts of the pages; few bytes may unpack to hours of drawing. Raises BadInput for what takes too long."""
    until = time.monotonic() + MOST_SECONDS
    for number, page in enumerate(reader.pages, start=1):
        drawn = page.get_contents()
        if time.monotonic() > until or (drawn is not None and len(drawn.get_data()) > MOST_DRAWN):
            text = gettext_noop(
                "“%(name)s”读到第 %(page)s 页还没有读完，太费时间，没有再读。请分成几份，或者把文字贴进来。"
            )
            raise BadInput(text, "evidence.takes_too_long", name=name, page=number)
        yield number, page.extract_text()


def _workbook(path: Path, name: str) -> Original:
    with open_workbook(path=path, name=name) as book:
        rows = (
            (f"{sheet.name} 第 {number} 行".strip(), "\t".join(text_of(cell) for cell in row))
            for sheet in book.sheets
            if sheet.shown
            for number, row in enumerate(sheet.rows(), start=1)
            if number not in sheet.hidden_rows
        )
        return _put_together(rows, name)


def _with_text(original: Original) -> Original:
    """The original; of one without a single character a note that says so."""
    if original.text.strip():
        return original
    note = message(gettext_noop("这个文件里没有文字，可能是扫描的图。请另存为可以选中文字的文件，或者把文字贴进来。"))
    return Original("", {0: ""}, (*original.notes, note))


def _locked(name: str) -> BadInput:
    text = gettext_noop("“%(name)s”加了密码，读不了。请去掉密码，另存后再传。")
    return BadInput(text, "evidence.locked", name=name)


def _not_readable(name: str) -> BadInput:
    text = gettext_noop("“%(name)s”打不开，可能已损坏。请用原来的程序另存后再传。")
    return BadInput(text, "evidence.not_readable", name=name)


def check_text(*, viewer: Actor, original: Original) -> Checked:
    """What a text states, and what of it does not fit; nothing is stored. Raises NotAllowed."""
    require_reader(viewer)
    claims = extract(original.text, read(original))
    return Checked(claims, check(claims, original.text))


def require_reader(viewer: Actor) -> None:
    """Raise NotAllowed unless the viewer may see evidence somewhere."""
    if not viewer.may_somewhere(EvidencePermission.VIEW):
        viewer.require(EvidencePermission.VIEW)
