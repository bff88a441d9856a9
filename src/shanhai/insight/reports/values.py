# SPDX-License-Identifier: Apache-2.0
"""Kinds of bulletins and mentions, and the content of a bulletin as every output draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shanhai.kernel.messages import gettext_noop


class BulletinKind(StrEnum):
    """What a bulletin reports on."""

    MONTH = "month"
    QUARTER = "quarter"
    CAMPAIGN = "campaign"
    BATCH = "batch"
    PROJECT = "project"


class Block(StrEnum):
    """The figures that stand below the text of a section."""

    NONE = ""
    TOTALS = "totals"
    COUNTIES = "counties"
    PROJECTS = "projects"
    WORKS = "works"
    PROGRESS = "progress"
    CAMPAIGN = "campaign"
    OTHER = "other"


# Forms of a spreadsheet's numbers.
WHOLE, AMOUNT, DAY = "#,##0", "#,##0.00", "yyyy-mm-dd"


class MentionKind(StrEnum):
    """What others have said or decided about the programme, and what its own channels have published."""

    REPORT = "report"
    PRAISE = "praise"
    CHOSEN_CASE = "chosen_case"
    AWARD = "award"


class MediaLevel(StrEnum):
    """Whose the outlet or the office is."""

    CENTRAL = "central"
    PROVINCIAL = "provincial"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    OWN = "own"


# What others have decided in the programme's favour.
HONOURS = (MentionKind.PRAISE, MentionKind.CHOSEN_CASE, MentionKind.AWARD)
# The parts of a case, by field, in order; the longest texts of a case and of a mention.
TEMPLATE = {
    "background": gettext_noop("背景"),
    "practice": gettext_noop("做法"),
    "result": gettext_noop("成效"),
    "lessons": gettext_noop("启示"),
}
MOST_CASE_TEXT = 5000
MOST_MENTION = {"title": 200, "outlet": 100, "document_number": 60}


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text; ``ref`` names the figure that it cites, whose exact value is ``exact``."""

    text: str
    ref: str = ""
    exact: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: as it is read, exactly, and as a spreadsheet's number or day ("" for text).

    ``form`` is how a spreadsheet shows it where its column's form does not fit.
    """

    text: str
    ref: str = ""
    exact: str = ""
    number: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its words with the unit, its share of the width, and the form of its numbers ("" for words)."""

    label: str
    width: int
    form: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; ``total`` is its last row, empty where the rows do not add up to anything, ``note`` stands below it."""

    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A section: its heading, its paragraphs, and perhaps a table."""

    heading: str
    paragraphs: tuple[tuple[Run, ...], ...] = ()
    grid: Grid | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """The whole of a bulletin in its own language: title, lines of its head, sections, who signs and when."""

    title: str
    head: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    signed: tuple[str, ...] = ()


def content_of(kept: Mapping[str, Any]) -> Content:
    """The content that ``dataclasses.asdict`` made plain and JSON has kept."""
    parts = []
    for part in kept["parts"]:
        grid = part["grid"] and Grid(
            tuple(Head(head["label"], head["width"], head["form"]) for head in part["grid"]["heads"]),
            tuple(tuple(Cell(**cell) for cell in row) for row in part["grid"]["rows"]),
            tuple(Cell(**cell) for cell in part["grid"]["total"]),
            part["grid"]["note"],
        )
        said = tuple(tuple(Run(**run) for run in one) for one in part["paragraphs"])
        parts.append(Part(part["heading"], said, grid))
    head = tuple((label, value) for label, value in kept["head"])
    return Content(kept["title"], head, tuple(parts), tuple(kept["signed"]))
