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
ENDINGS: dict[str, Kind] = {
    "xlsx": Kind.XLSX,
    "xls": Kind.XLS,
    "csv": Kind.CSV,
    "docx": Kind.DOCX,
    "pdf": Kind.PDF,
    "jpg": Kind.JPEG,
    "jpeg": Kind.JPEG,
    "png": Kind.PNG,
}
TABLES = frozenset({Kind.XLSX, Kind.XLS, Kind.CSV})


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """A stored file to be sent: the name the viewer knows it by, what it is, and its bytes; the reader closes them."""

    name: str
    kind: Kind
    content: IO[bytes]
