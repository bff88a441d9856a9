# SPDX-License-Identifier: Apache-2.0
"""A figure: no number reaches a page, a report or an API without what it was made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from shanhai.kernel.messages import Message
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Measure, Share
from shanhai.kernel.units import Quantity, Unit


class Strength(StrEnum):
    """How strong the evidence is, strongest first; a figure is as strong as its weakest row."""

    VOUCHER = "voucher"
    FORM = "form"
    PHOTO = "photo"
    NEWS = "news"
    NONE = "none"

    @property
    def rank(self) -> int:
        """0 is strongest."""
        return list(Strength).index(self)


def weakest(strengths: tuple[Strength, ...]) -> Strength:
    """The weakest of ``strengths``; NONE when there are none."""
    return max(strengths, key=lambda strength: strength.rank, default=Strength.NONE)


@dataclass(frozen=True, slots=True)
class FigureScope:
    """What a figure is asked for: one programme, perhaps one place in it, perhaps one year, as of a day."""

    programme: str
    as_of: date
    place: str | None = None
    year: int | None = None
    base: str | None = None

    @property
    def selection(self) -> dict[str, Any]:
        """What selectors are asked with, whatever the base."""
        return {"programme": self.programme, "as_of": self.as_of, "place": self.place, "year": self.year}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a row of evidence can be opened: a page of ours (``url``) and the words for the link."""

    label: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One row behind a figure: what, how much, when, how strong, and where to open it.

    One that counts in part says by how many percent of which amount.
    """

    label: str
    measure: Measure
    strength: Strength
    on: date | None = None
    source: Source | None = None
    percent: int = 100
    of: Measure | None = None


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """A page of rows: ``rows`` of ``count`` in all, whose ``total`` is the figure's part or whole."""

    title: Message
    rows: tuple[EvidenceRow, ...]
    count: int
    total: Measure | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its proof.

    ``value`` is Money, a Quantity, a Share or None; None comes with ``gap``, the sentence that says why there is no
    value. ``other_bases`` holds the same share on every other base that is in use. ``flags`` are doubts a check has
    raised about it. ``provenance`` is "public" for a published figure, "demo" for a made-up one, else empty.
    """

    key: str
    label: Message
    value: Money | Quantity | Share | None
    unit: Unit
    formula: Message
    as_of: date
    strength: Strength
    gap: Message | None = None
    note: Message | None = None
    other_bases: tuple[Share, ...] = ()
    floor_percent: int | None = None
    flags: tuple[Message, ...] = ()
    sources: tuple[Source, ...] = ()
    provenance: str = ""
    computed_at: datetime | None = None

    def __post_init__(self) -> None:
        if (self.value is None) != (self.gap is not None):
            raise ValueError("a figure has either a value or a gap that says why there is none")

    @property
    def base(self) -> str | None:
        """The key of the base the share stands on; None for amounts and counts."""
        return self.value.base.key if isinstance(self.value, Share) else None

    @property
    def below_floor(self) -> bool:
        """Whether a share with a floor (the 80 % rules) lies below it."""
        if self.floor_percent is None or not isinstance(self.value, Share) or self.value.ratio is None:
            return False
        return self.value.ratio * 100 < self.floor_percent


@dataclass(frozen=True, slots=True)
class Table:
    """Figures by row, e.g. by county: the header labels, and for each row its name, link and figures."""

    columns: tuple[Message, ...]
    rows: tuple[tuple[Source, tuple[Figure, ...]], ...]
    total: tuple[Figure, ...] = field(default=())
