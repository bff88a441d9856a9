# SPDX-License-Identifier: Apache-2.0
"""What a table brings, would bring, or leaves to a person to decide: the same for every kind of file taken in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from shanhai.kernel.errors import Problem
from shanhai.kernel.messages import Message

Cells = Sequence[object]
Row = TypeVar("Row")


class Keyed(Protocol):
    """What is stored under a key; it has none before."""

    pk: Any


Record = TypeVar("Record", bound=Keyed)


class SheetCells(Protocol):
    """One sheet of a file, its rows from the first on; ``count`` is how many there are, ``number`` its place."""

    name: str
    number: int
    shown: bool
    count: int
    head: tuple[Cells, ...]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    merged: tuple[tuple[int, int, int, int], ...]

    def rows(self) -> Iterator[Cells]:
        """Each row; may be asked for again."""
        ...


class TableFile(Protocol):
    """A file to be taken in, opened at most once however many look at it."""

    path: Path
    name: str

    @property
    def sheets(self) -> tuple[SheetCells, ...]:
        """Its sheets. Raises BadInput for what is no table."""
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question."""

    key: str
    label: Message


@dataclass(frozen=True, slots=True)
class Question:
    """What only a person can decide before a table is taken in; ``answer`` is what was decided, none when nothing.

    Of a ``several`` one any number of choices may be taken, their keys joined by commas.
    """

    key: str
    text: Message
    choices: tuple[Choice, ...]
    answer: str = ""
    several: bool = False


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """Where a sheet's header stands and which column bears which header, to mark faults in the file that was sent."""

    sheet: str
    header_row: int
    columns: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about a number that may be wrong, which stops nothing; ``facts`` say the same to a machine."""

    message: Message
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What a file brings (``applied``) or would bring. ``counts`` are by what happens to rows: new, changed, unchanged.

    ``totals`` are sums over the rows in fen, by name; ``url`` shows what came of it; ``before`` is the page of an
    earlier import of the same file. ``told`` are sentences about how the file was read and what it would do, ``acts``
    the first things it would make or change: their ``name``, and ``changes`` as the trail has them.
    """

    kind: str
    rows: int
    counts: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    questions: tuple[Question, ...] = ()
    findings: tuple[Remark, ...] = ()
    totals: Mapping[str, int] = field(default_factory=dict)
    posted: int = 0
    applied: bool = False
    note: Message | None = None
    url: str = ""
    before: str = ""
    document: str = ""
    batch: str = ""
    marks: tuple[SheetMarks, ...] = ()
    told: tuple[Message, ...] = ()
    acts: Sequence[Mapping[str, Any]] = ()

    @property
    def blocked(self) -> bool:
        """Whether a problem or an open question keeps the file out."""
        return any(problem.blocking for problem in self.problems) or any(not one.answer for one in self.questions)

    def counted(self, created: Sized, changed: Sized) -> ImportReport:
        """The report that says so many rows are new, so many changed, and the others as they were."""
        new, other = len(created), len(changed)
        return replace(self, counts={"new": new, "changed": other, "unchanged": self.rows - new - other})


def brought(
    pairs: Iterable[tuple[Record, Row]], fill: Callable[[Record, Row], object], fields: Sequence[str]
) -> tuple[list[Record], list[Record]]:
    """What rows create and what they change, filled in and not yet stored; what stays as it is stands in neither.

    Each row comes with the record it speaks of, stored or fresh. A stored one is changed when one of its ``fields`` is,
    or when ``fill`` says, by a true answer, that what is kept beside it is.
    """
    created, changed = [], []
    for record, row in pairs:
        before = [getattr(record, name) for name in fields]
        beside = fill(record, row)
        if record.pk is None:
            created.append(record)
        elif beside or before != [getattr(record, name) for name in fields]:
            changed.append(record)
    return created, changed
