# SPDX-License-Identifier: Apache-2.0
"""Files as people send them, made on the spot."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import xlsxwriter

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489") + b"\x00" * 40
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
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
