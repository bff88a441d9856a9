# SPDX-License-Identifier: Apache-2.0
"""Kinds of file that are taken in, and a stored file that is opened."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import IO


class Kind(StrEnum):
    """What a file is by its content, whatever its name says."""

    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"
    DOCX = "docx"
    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"


MEDIA_TYPES: dict[Kind, str] = {
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.XLS: "application/vnd.ms-excel",
    Kind.CSV: "text/csv",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.PDF: "application/pdf",
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
}
ENDINGS: dict[str, Kind] = {**{kind.value: kind for kind in Kind}, "jpg": Kind.JPEG}
TABLES = (Kind.XLSX, Kind.XLS, Kind.CSV)
# As people read them and as a browser is told.
TABLES_SHOWN = ", ".join(f".{kind}" for kind in TABLES)


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """A stored file to be sent: the name the viewer knows it by, what it is, and its bytes; the reader closes them."""

    name: str
    kind: Kind
    content: IO[bytes]
