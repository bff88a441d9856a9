# SPDX-License-Identifier: Apache-2.0
"""In which of six classes a county is, by a figure: equal steps from nothing to a round number above the most."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction

from shanhai.kernel.money import Money
from shanhai.kernel.shares import Share
from shanhai.kernel.units import PIECE, Quantity

CLASSES = 5
Value = Money | Quantity | Share | None


def size_of(value: Value) -> Fraction | None:
    """How much it is, to be compared with values of the same figure: fen, a number, a ratio; None for a gap."""
    if isinstance(value, Money):
        return Fraction(value.fen)
    if isinstance(value, Quantity):
        return Fraction(value.number)
    if isinstance(value, Share):
        return None if value.ratio is None else Fraction(value.ratio)
    return None


def step_of(sizes: Sequence[Fraction | None]) -> Fraction:
    """How wide a class is: 1, 2 or 5 with noughts, so that five classes hold the most; of whole numbers at least 1."""
    most = max((one for one in sizes if one is not None), default=Fraction(0))
    if most <= 0:
        return Fraction(1)
    least = Decimal(most.numerator) / Decimal(most.denominator) / CLASSES
    whole = Decimal(1).scaleb(least.adjusted())
    lead = (least / whole).quantize(Decimal("0.000001"), ROUND_CEILING)
    step = Fraction(next(one for one in (Decimal(1), Decimal(2), Decimal(5), Decimal(10)) if lead <= one) * whole)
    return max(step, Fraction(1)) if all(one is None or one.denominator == 1 for one in sizes) else step


def bucket_of(size: Fraction | None, step: Fraction) -> int | None:
    """0 for nothing, 1 to 5 for the classes, None for a gap."""
    if size is None:
        return None
    return 0 if size <= 0 else min(CLASSES, int(-(-size // step)))


def edge_of(value: Value, step: Fraction, number: int) -> Value:
    """The most that a class holds, as a value of the same kind as ``value``; of a share the share of a hundred."""
    size = step * number
    exact = Decimal(size.numerator) / Decimal(size.denominator)
    if isinstance(value, Money):
        return Money(int(size), value.currency)
    if isinstance(value, Quantity):
        return Quantity(exact, value.unit)
    if isinstance(value, Share):
        return Share(Quantity(exact * 100, PIECE), Quantity(Decimal(100), PIECE), value.base)
    return None
