# SPDX-License-Identifier: Apache-2.0
"""What the number of a target stands for."""

from __future__ import annotations

from decimal import Decimal

from shanhai.kernel.shares import Measure
from shanhai.kernel.units import UNITS, Dimension, Quantity, money_in


def measured(number: Decimal, unit: str) -> Measure:
    """``number`` of the unit of that key. Raises BadInput for money finer than a fen, or more than can be counted."""
    known = UNITS[unit]
    return money_in(number, known) if known.dimension == Dimension.MONEY else Quantity(number, known)
