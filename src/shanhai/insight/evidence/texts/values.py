# SPDX-License-Identifier: Apache-2.0
"""What is read from a text: the original and the copy to read, the claims in it, the findings of the checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shanhai.insight.evidence.values import Bound as Bound
from shanhai.kernel.messages import Message


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters ``start`` (inclusive) to ``end`` (exclusive) of the original text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A quantity that a text states.

    ``value`` is in the base unit of ``unit`` (1.8亿元 is 180000000 of 元), a percentage its number; ``upper`` is the
    other end of a RANGE. ``step`` is one unit of the last digit that was written, in the base unit: a rounded number
    stands for half a step either way. ``subject`` is the phrase that says of what; ``period`` and ``place`` are as the
    text names them, "" where it does not. ``text`` is the original between ``start`` and ``end``. ``damaged``: its
    sentence is.
    """

    value: Decimal
    unit: str
    bound: Bound
    text: str
    start: int
    end: int
    sentence: Span
    upper: Decimal | None = None
    step: Decimal = Decimal(1)
    subject: str = ""
    period: str = ""
    place: str = ""
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a text that does not fit: ``kind`` for machines, ``message`` with the arithmetic for people.

    ``spans`` are the numbers concerned; ``suspect`` is the likeliest slip, None where none is likelier.
    """

    kind: str
    message: Message
    spans: tuple[Span, ...]
    suspect: Claim | None = None


class Cut(StrEnum):
    """Why a run of the original is not in the copy to read."""

    NAVIGATION = "navigation"
    NEIGHBOUR = "neighbour"
    COPYRIGHT = "copyright"
    SPAM = "spam"
    PINYIN = "pinyin"
    SCRIPT = "script"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Original:
    """The characters of a source as they came; ``places`` says by its start where a stretch stands ("第 3 页")."""

    text: str
    places: Mapping[int, str]
    notes: tuple[Message, ...] = ()
    markup: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of the copy that is a stretch of the original of the same length, ``at`` in the copy."""

    at: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The copy to read: ``text``, how its runs lead back, what was cut and why, and which runs are damaged."""

    text: str
    runs: tuple[Run, ...]
    cuts: tuple[tuple[Span, Cut], ...]
    damage: tuple[Span, ...]


# As much as a long report; a longer one comes as a file.
LONGEST_PASTE = 200_000


@dataclass(frozen=True, slots=True)
class Checked:
    """What a text states, and what of it does not fit."""

    claims: tuple[Claim, ...]
    findings: tuple[Finding, ...]
