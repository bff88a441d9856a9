# SPDX-License-Identifier: Apache-2.0
"""Kinds of file that are taken in."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Kind(StrEnum):
    """What a file is by its content, whatever its name says."""

    XLSX = "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", True
    XLS = "xls", "application/vnd.ms-excel", True
    CSV = "csv", "text/csv", True
    DOCX = "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    PDF = "pdf", "application/pdf"
    JPEG = "jpeg", "image/jpeg"
    PNG = "png", "image/png"
    TXT = "txt", "text/plain"
    HTML = "html", "text/html"

    media_type: str
    is_table: bool

    def __new__(cls, value: str, media_type: str = "", is_table: bool = False) -> Self:
        """A kind, with its media type, and whether tables come in it."""
        kind = str.__new__(cls, value)
        kind._value_, kind.media_type, kind.is_table = value, media_type, is_table
        return kind


ENDINGS: dict[str, Kind] = {**{kind.value: kind for kind in Kind}, "jpg": Kind.JPEG, "htm": Kind.HTML}
# What proves something among us; texts and pages of the web come in where publications do.
PAPERS = frozenset(Kind) - {Kind.TXT, Kind.HTML}
TABLES = tuple(kind for kind in Kind if kind.is_table)
# As people read them and as a browser is told.
TABLES_SHOWN = ", ".join(f".{kind}" for kind in TABLES)
