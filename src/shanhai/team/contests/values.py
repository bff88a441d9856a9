# SPDX-License-Identifier: Apache-2.0
"""What people say about contests, inspections and honours; what other apps say against an honour."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, runtime_checkable

from shanhai.kernel.messages import Message
from shanhai.kernel.registry import Registry

MOST_TITLE, MOST_WORDS, MOST_SOURCE, MOST_NAME = 100, 500, 200, 60


@dataclass(frozen=True, slots=True)
class CriterionFacts:
    """A criterion: its words, its weight in the total (all add to 100), and the most that a judge may give."""

    name: str
    name_en: str
    looks_for: str
    weight: int
    most: int


@dataclass(frozen=True, slots=True)
class Scored:
    """How a score was made: the votes that count in order, those that were left out, the score; None for no vote."""

    kept: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()
    score: Decimal | None = None

    @property
    def votes(self) -> int:
        """How many there are."""
        return len(self.kept) + len(self.dropped)


class Answer(StrEnum):
    """The answer to a question of an inspection."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "na"


@dataclass(frozen=True, slots=True)
class HonourKindFacts:
    """A kind of honour: for a group or a person, so many a year at most, noticed for so many working days."""

    name: str
    name_en: str
    for_group: bool
    quota: int
    notice_days: int
    source: str
    valid_from: date


@runtime_checkable
class Standing(Protocol):
    """What an app knows that stands against honouring somebody; ``sealed`` is told to who decides alone."""

    key: str
    sealed: bool = False

    @abstractmethod
    def against(
        self, *, programme: str, year: int, on: date, person: int | None, group: int | None
    ) -> Iterator[Message]:
        """Sentences as of a day, none where nothing is known; ``person`` and ``group`` are keys, one of them None."""


STANDING: Registry[Standing] = Registry(Standing)
