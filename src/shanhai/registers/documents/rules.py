# SPDX-License-Identifier: Apache-2.0
"""Names: of files, which may be kept and what they promise; of the streams in an old Office file."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

MAX_NAME = 120
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# [MS-CFB] 2.1: numbers from here on are marks, not sectors.
_MARKS_FROM = 0xFFFFFFFA


def checked_name(name: str) -> str:
    """The file name without folders, at most 120 characters. Raises BadInput."""
    bare = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name.strip()
    if not bare or bare in {".", ".."} or any(unicodedata.category(letter) in _UNSEEN for letter in bare):
        text = gettext_noop("文件名不能为空，也不能有不可见的字符。请改名后再传。")
        raise BadInput(text, "documents.name_not_accepted")
    stem, dot, ending = bare.rpartition(".")
    if len(bare) <= MAX_NAME or len(ending) >= MAX_NAME:
        return bare[:MAX_NAME]
    return f"{stem[: MAX_NAME - len(ending) - 1]}{dot}{ending}"


def ending_of(name: str) -> str:
    """The ending of a file name in small letters, without its dot; empty when there is none."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def stream_names(content: bytes) -> frozenset[str]:
    """The names in the directory of an OLE 2 file ([MS-CFB] 2.2, 2.5, 2.6); none when it is damaged."""
    size = 1 << min(int.from_bytes(content[30:32], "little"), 16)
    if size not in (512, 4096):
        return frozenset()
    tables = _table_sectors(content, size)
    names: set[str] = set()
    seen: set[int] = set()
    sector = _number(content, 48)
    while sector not in seen and (sector + 1) * size < len(content):
        seen.add(sector)
        for start in range((sector + 1) * size, (sector + 2) * size, 128):
            length = int.from_bytes(content[start + 64 : start + 66], "little")
            if content[start + 66 : start + 67] not in (b"", b"\x00"):
                names.add(content[start : start + max(min(length, 64) - 2, 0)].decode("utf-16-le", "ignore"))
        table, place = divmod(sector, size // 4)
        if table >= len(tables):
            break
        sector = _number(content, (tables[table] + 1) * size + place * 4)
    return frozenset(names)


def _table_sectors(content: bytes, size: int) -> list[int]:
    """The sectors that say which sector follows which: 109 stand in the header, more in a list of their own."""
    found = [_number(content, place) for place in range(76, 512, 4)]
    seen: set[int] = set()
    more = _number(content, 68)
    while more not in seen and (more + 1) * size < len(content):
        seen.add(more)
        start = (more + 1) * size
        found += [_number(content, place) for place in range(start, start + size - 4, 4)]
        more = _number(content, start + size - 4)
    return [sector for sector in found if sector < _MARKS_FROM]


def _number(content: bytes, place: int) -> int:
    return int.from_bytes(content[place : place + 4], "little")
