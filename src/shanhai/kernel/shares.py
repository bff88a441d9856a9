# SPDX-License-Identifier: Apache-2.0
"""A share always carries the name of what it is a share of: the denominator is the main trap of the field."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from shanhai.kernel.messages import Message
from shanhai.kernel.money import Money, rounded
from shanhai.kernel.units import Quantity

Measure = Money | Quantity


@dataclass(frozen=True, slots=True)
class Base:
    """What a share is taken of: ``key`` for machines ("arrived"), ``name`` for people ("到位资金")."""

    key: str
    name: Message


def number_of(measure: Measure) -> Decimal:
    """The bare number: fen for money, the count or measure for a quantity."""
    return Decimal(measure.fen) if isinstance(measure, Money) else measure.number


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``whole``, two measures of one kind, with the base named. A share of nothing has no value."""

    part: Measure
    whole: Measure
    base: Base

    def __post_init__(self) -> None:
        if type(self.part) is not type(self.whole):
            raise TypeError("a share is taken of a whole of the same kind: money of money, a count of a count")

    @property
    def ratio(self) -> Decimal | None:
        """part / whole, unrounded; None when the whole is zero."""
        whole = number_of(self.whole)
        return number_of(self.part) / whole if whole else None

    def percent(self, places: int = 2) -> Decimal | None:
        """The share in percent, ``rounded``; None when the whole is zero."""
        ratio = self.ratio
        return None if ratio is None else rounded(ratio * 100, places)

    def headroom(self, floor_percent: int) -> Money | None:
        """Money that may leave the part (the whole unchanged) before the share falls below ``floor_percent``.

        Negative when it is already below: that much is missing. None unless both are money and the whole is not zero.
        """
        if not isinstance(self.part, Money) or not isinstance(self.whole, Money) or not self.whole:
            return None
        least = -(-self.whole.fen * floor_percent // 100)
        return Money(self.part.fen - least, self.part.currency)
