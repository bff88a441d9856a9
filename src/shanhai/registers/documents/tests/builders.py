# SPDX-License-Identifier: Apache-2.0
"""Files as people send them, made on the spot."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence

import xlsxwriter

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489") + b"\x00" * 40
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb") + b"\x00" * 40 + b"\xff\xd9"
EXE = b"MZ\x90\x00" + b"\x00" * 200


def an_xlsx(rows: Sequence[Sequence[object]] = (("县市", "项目数"), ("康定市", 3)), *, sheets: int = 1) -> bytes:
    """A workbook whose last sheet holds ``rows``; those before it are empty."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for number in range(sheets):
            sheet = book.add_worksheet(f"表{number + 1}")
            if number == sheets - 1:
                for index, row in enumerate(rows):
                    sheet.write_row(index, 0, row)
    return out.getvalue()


def a_zip(members: dict[str, bytes]) -> bytes:
    """A packed file with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return out.getvalue()


def a_bomb(megabytes: int = 300) -> bytes:
    """A workbook by its parts, whose sheet unpacks to hundreds of megabytes of zeros."""
    zeros = b"0" * (megabytes << 20)
    return a_zip({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>", "xl/worksheets/s.xml": zeros})


def an_ole2(stream: str, content: bytes) -> bytes:
    """An old Office file ([MS-CFB]) that holds one stream: sector 0 says what follows what, 1 is the directory."""
    content = content.ljust(4096, b"\x00")
    content += b"\x00" * (-len(content) % 512)
    count = len(content) // 512
    header = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += b"\x00" * 6 + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * (108 * 4)
    follows = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    table = struct.pack(f"<{len(follows)}I", *follows).ljust(512, b"\xff")
    entries = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry(stream, 2, 0xFFFFFFFF, 2, len(content))
    return header + table + entries.ljust(512, b"\x00") + content


def an_xls(
    rows: Sequence[Sequence[str | float]] = (("县市", "项目数"), ("康定市", 3)), *, hidden: Sequence[int] = ()
) -> bytes:
    """A workbook of Excel 97 ([MS-XLS]) with one sheet, texts as LABEL and numbers as NUMBER records.

    ``#N/A`` is an error, ``hidden`` are the rows, from 0, that are not shown.
    """
    cells = b"".join(
        _record(0x0208, struct.pack("<HHHHHHI", row, 0, 9, 255, 0, 0, 0x20 if row in hidden else 0))
        for row in range(len(rows))
    )
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            at = struct.pack("<HHH", row, column, 0)
            if value == "#N/A":
                cells += _record(0x0205, at + struct.pack("<BB", 0x2A, 1))
            elif isinstance(value, str):
                text = value.encode("utf-16-le")
                cells += _record(0x0204, at + struct.pack("<HB", len(value), 1) + text)
            else:
                cells += _record(0x0203, at + struct.pack("<d", value))
    end = _record(0x000A, b"")
    name = struct.pack("<BB", 6, 0) + b"Sheet1"
    opening = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1997, 0, 6))
    start = len(opening) + 4 + 6 + len(name) + len(end)
    listed = _record(0x0085, struct.pack("<IBB", start, 0, 0) + name)
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1997, 0, 6)) + cells + end
    return an_ole2("Workbook", opening + listed + end + sheet)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    label = name.encode("utf-16-le") + b"\x00\x00"
    links = struct.pack("<BBIII", kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return (
        label.ljust(64, b"\x00")
        + struct.pack("<H", len(label))
        + links
        + b"\x00" * 36
        + struct.pack("<IQ", start, size)
    )


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HH", number, len(content)) + content
