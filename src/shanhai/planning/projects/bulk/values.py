# SPDX-License-Identifier: Apache-2.0
"""What is stored of many projects, what is stated of them, and what taking it over has done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from uuid import UUID

from shanhai.kernel.messages import Message
from shanhai.planning.projects.values import Dates, Funds, LineFacts, ProjectFacts, Standing

if TYPE_CHECKING:
    from shanhai.planning.programmes.values import StepKind
    from shanhai.planning.projects.states import Stage
    from shanhai.registers.ledger.values import Source

LineKey = tuple[int, str]
Key = TypeVar("Key")
BATCH = 500
# What a table says of a new project, as columns; "owner" and "site" are never in one.
FRESH = (
    "uuid", "code", "name", "initials", "altitude_m", "category", "delivery", "novelty", "cross_year", "capital",
    "stage", "total_investment_fen", "other_sources_fen", "completed_investment_fen", "progress_percent", "taken_over",
    *Dates.__dataclass_fields__,
)  # fmt: skip

# What it says of a known one.
STATED = (
    "name", "initials", "place", "category", "delivery", "novelty", "cross_year", "capital", "altitude_m",
    "total_investment_fen", "other_sources_fen", "completed_investment_fen", "progress_percent", "stage", "since",
    "changed_on", *Dates.__dataclass_fields__,
)  # fmt: skip
MOVED = ("project_id", "old", "new", "by", "at", "on_date", "because")


class StoredLine(NamedTuple):
    """A stored allocation line."""

    pk: int
    uuid: UUID
    facts: LineFacts
    funds: Funds
    since: date


@dataclass(frozen=True, slots=True)
class StoredProject:
    """A stored project with its lines by year and fund source, of which there may be several."""

    pk: int
    uuid: UUID
    facts: ProjectFacts
    standing: Standing
    since: date
    lines: Mapping[LineKey, tuple[StoredLine, ...]] = field(default_factory=dict)

    @property
    def years(self) -> frozenset[int]:
        """The years whose plans give it money."""
        return frozenset(year for year, _ in self.lines)


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A yearly plan: its state, and what it takes from each fund source, in fen; empty when issued line by line."""

    state: str
    amounts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored of a programme, as far as rows are compared with it.

    ``codes`` are all codes of its projects by the form in which codes are compared; ``others`` the amounts by year of
    the lines of projects that the rows do not speak of; ``issued`` is by fund source what stands issued and has not
    arrived, in fen; ``hidden`` are codes of rows that stand for projects where the viewer may not import.
    """

    programme: str
    currency: str
    today: date
    plans: Mapping[int, StoredPlan]
    projects: Mapping[str, StoredProject]
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    others: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    issued: Mapping[str, int] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()


class Novel(StrEnum):
    """What a row brings."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Stated:
    """A row as it would be stored, beside what is stored of it now; ``steps`` are the stages it moves through."""

    row: int
    facts: ProjectFacts
    standing: Standing
    line: LineFacts
    funds: Funds
    known: StoredProject | None = None
    known_line: StoredLine | None = None
    steps: tuple[Stage, ...] = ()

    @property
    def brings(self) -> Novel:
        """Whether the row is new, changes something, or says what is known."""
        if self.known is None:
            return Novel.NEW
        if (self.facts, self.standing) != (self.known.facts, self.known.standing) or self.known_line is None:
            return Novel.CHANGED
        same = (self.line, self.funds) == (self.known_line.facts, self.known_line.funds)
        return Novel.UNCHANGED if same else Novel.CHANGED


class Objection(NamedTuple):
    """What speaks against a row, or against all: the field it is about, its code, the sentence, whether it blocks."""

    row: int | None
    field: str
    code: str
    said: Message
    blocking: bool = True


class Ready(NamedTuple):
    """A row that brings something, with all that can be made of it before the database is held.

    ``made`` are the values of a new project in the order of ``FRESH``; ``said`` is what ``Taken`` says of project and
    line, written down as JSON; ``changes`` is what the trail says of a known project.
    """

    stated: Stated
    project: UUID
    line: UUID
    made: tuple[object, ...]
    said: tuple[str | None, str, str | None, str]
    changes: dict[str, Any]


class Changed(NamedTuple):
    """The plain facts of a project and of a line of it, before and after; none where there is none."""

    project: UUID
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    line_before: Mapping[str, Any] | None
    line_after: Mapping[str, Any] | None


class Taken(NamedTuple):
    """What taking over one row did: the plain facts of project and line before and after; none before where it made
    them. ``funds`` is what the line had received in all after it: arrived, allotted, paid, in fen.
    """

    row: int
    project: UUID
    line: UUID
    before: dict[str, Any] | None
    after: dict[str, Any]
    line_before: dict[str, Any] | None
    line_after: dict[str, Any]
    funds: list[int]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows come from: what the entries of one step of one row are made from, and how they name the row."""

    source: Callable[[int, StepKind], Source]
    memo: Callable[[int], str]
    because: str


def slices(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """``keys``, as many at a time as one statement takes well."""
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))
