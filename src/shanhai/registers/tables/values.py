# SPDX-License-Identifier: Apache-2.0
"""Cells, fields and kinds of table, as those who read and write tables declare and meet them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from shanhai.kernel.messages import Message

Cells = Sequence[object]
# (first row, first column, last row, last column), rows from 1 as the sheet shows them, columns from 0.
Range = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Faulty:
    """A cell without a value: an error (``#N/A``), or a formula that was never calculated, which shows nothing.

    It is neither empty nor nought, and no reader takes it.
    """

    shown: str = ""

    def __str__(self) -> str:
        return self.shown or "="


class Shown(float):
    """A number whose format shows more digits than it needs: 2026.1 that the sheet shows as ``2026.10``."""

    __slots__ = ("shown",)
    shown: str

    def __new__(cls, number: float, shown: str) -> Shown:
        found = super().__new__(cls, number)
        found.shown = shown
        return found


class Holds(StrEnum):
    """What the cells of a column hold, which decides how they are read, written and laid out."""

    TEXT = "text"
    CODE = "code"
    WORD = "word"
    MONEY = "money"
    PERCENT = "percent"
    NUMBER = "number"
    COUNT = "count"
    DAY = "day"


# What is typed by hand and may have been taken for a number: the column is laid out as text.
AS_TEXT = frozenset({Holds.CODE, Holds.TEXT})


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a table: how its column is found, read, laid out in the template and in the export.

    ``headers`` are its names, the first one for templates, exports and problems; ``bracket`` stands behind it there
    (（万元）). ``read`` makes a value of a cell; money, percentages and days without one are read by the kit, which
    looks at the whole column. A ``required`` field must have its column, ``identity`` names what the row is about, and
    ``starred`` ones bear a mark in the template, which offers the ``choices`` where there are some.
    """

    key: str
    headers: tuple[str, ...]
    holds: Holds = Holds.TEXT
    read: Callable[[object], Any] | None = None
    bracket: str = ""
    required: bool = False
    identity: bool = False
    starred: bool = False
    width: int = 14
    example: object = None
    choices: Sequence[str] = ()

    @property
    def title(self) -> str:
        """The header as it is written, with its unit."""
        return f"{self.headers[0]}{self.bracket}"

    @property
    def adds_up(self) -> bool:
        """Whether its cells are parts of a sum, so that one cell must not count for several rows."""
        return self.holds in (Holds.MONEY, Holds.COUNT)


@dataclass(frozen=True, slots=True)
class TableKind:
    """A kind of table: its fields, and how its header is told from other rows.

    ``tells(keys)`` says whether a row that names these fields heads such a table; ``key`` begins the codes of its
    problems. Headers in ``passed_over`` need no mention; those with a word in ``left_out`` are never read (本月).
    ``is_form`` says that a file brings one such table, a report, whose totals are rows like the others. ``notes`` stand
    in its template: what each is about, and what it says.
    """

    key: str
    label: Message
    fields: tuple[Field, ...]
    tells: Callable[[Collection[str]], bool]
    passed_over: frozenset[str] = frozenset()
    left_out: tuple[str, ...] = ()
    asks_for: str = ""
    is_form: bool = False
    notes: Cells = ()

    def field(self, key: str) -> Field:
        """The field of that key."""
        return next(field for field in self.fields if field.key == key)

    def having(self, holds: Holds) -> tuple[str, ...]:
        """The keys of the fields that hold this."""
        return tuple(field.key for field in self.fields if field.holds is holds)


class Traced(NamedTuple):
    """What a table did to one record of ``model`` ("places.site"): its columns, nothing before where it made it."""

    model: str
    key: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]


def columns_of(records: Iterable[Any], names: Sequence[str]) -> dict[int, dict[str, Any]]:
    """The named columns of stored records by their keys, bytes in hexadecimal digits, days as ISO 8601 has them."""
    return {one.pk: {name: _plain(getattr(one, name)) for name in names} for one in records}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value.isoformat() if isinstance(value, date) else value
