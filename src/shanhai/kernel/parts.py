# SPDX-License-Identifier: Apache-2.0
"""What a page hands to its components. Each is shown, in every state, on /style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from shanhai.kernel.figures import EvidencePage, Figure
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money

Status = Literal["ok", "late", "wait", "rest", "stop", "done", "blue", "yellow", "orange", "red"]
Words = Message | str


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step on the way here; the last one has no address."""

    label: Words
    url: str = ""


TODAY = Crumb(message(gettext_noop("今日")), "/")


def page_number(text: str) -> int:
    """The page that an address asks for in ``text``; the first where it cannot be read."""
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 6 else 1


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows out of ``count``; ``number`` is 1-based. ``parameter`` is its name in the address."""

    rows: Sequence[Any]
    count: int
    number: int = 1
    size: int = 20
    parameter: str = "page"

    @classmethod
    def of(cls, found: Any, asked: str, size: int = 50) -> Page:
        """The page of a query that an address asks for in ``asked``; the last one where that lies behind it."""
        count = found.count()
        number = min(page_number(asked), max(1, -(-count // size)))
        return cls(list(found[(number - 1) * size : number * size]), count, number, size)

    @property
    def pages(self) -> int:
        """How many pages there are; one when there is nothing."""
        return max(1, -(-self.count // self.size))

    @property
    def first(self) -> int:
        """The 1-based number of the first row shown; 0 when there is none."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The 1-based number of the last row shown."""
        return (self.number - 1) * self.size + len(self.rows)

    @property
    def around(self) -> tuple[int, ...]:
        """The page numbers to offer: the first, the last, this one and its neighbours; 0 stands for a gap."""
        near = {1, self.pages, *range(self.number - 1, self.number + 2)}
        shown = sorted(number for number in near if 1 <= number <= self.pages)
        answer: list[int] = []
        for number in shown:
            if answer and number - answer[-1] > 1:
                answer.append(0)
            answer.append(number)
        return tuple(answer)


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of a way: done, now, rest (paused), stop (given up) or ahead."""

    label: Words
    state: Literal["done", "now", "rest", "stop", "ahead"] = "ahead"
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A stage of the money and what has come so far; ``held`` says what the difference from the stage before is."""

    label: Words
    amount: Money
    held: Words = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """An area of a small map: SVG path data, its name, its value in words, and its class 0 to 5 (None: no value)."""

    path: str
    name: str
    label_x: float
    label_y: float
    value: str = ""
    bucket: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of a timeline; what was taken back later is ``struck`` through."""

    on: date | datetime
    title: Words
    status: Status = "done"
    word: Words = ""
    note: Words = ""
    url: str = ""
    struck: bool = False

    @property
    def is_instant(self) -> bool:
        """Whether the hour is known too."""
        return isinstance(self.on, datetime)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rows behind one part of a figure, a page of them."""

    key: str
    found: EvidencePage
    page: Page


@dataclass(frozen=True, slots=True)
class Proof:
    """All that the proof panel shows of a figure; ``about`` says in words what it was asked for (programme, county)."""

    figure: Figure
    about: tuple[Words, ...] = ()
    evidence: tuple[Evidence, ...] = ()
