# SPDX-License-Identifier: Apache-2.0
"""Classes of values for shading: a few round limits that hold all of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

MOST = 5
_ROUND = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


def limits_of(values: Sequence[Decimal], *, whole: bool = False) -> tuple[Decimal, ...]:
    """Ascending limits between at most five classes of equal width, the first and the last included; () for no values.

    Widths are 1, 2, 2.5 or 5 times a power of ten, of ``whole`` values at least 1; limits are multiples of them, so
    that people can read them, and the lowest is 0 where that is near.
    """
    if not values:
        return ()
    low, high = min(values), max(values)
    low = Decimal(0) if 0 <= low <= high / 2 else low
    width = _width((high - low) / MOST or abs(high) / MOST or Decimal(1), whole)
    while True:
        first = (low / width).to_integral_value(ROUND_FLOOR) * width
        last = max((high / width).to_integral_value(ROUND_CEILING) * width, first + width)
        if last - first <= MOST * width:
            count = int((last - first) / width)
            return tuple((first + at * width).normalize() + 0 for at in range(count + 1))
        width = _width(width * Decimal("1.01"), whole)


def class_of(value: Decimal, limits: Sequence[Decimal]) -> int:
    """Which class it lies in, from 0; a limit belongs to the class above it, the highest to the last."""
    return min(max(bisect_right(limits, value) - 1, 0), max(len(limits) - 2, 0))


def _width(least: Decimal, whole: bool) -> Decimal:
    least = max(least, Decimal(1)) if whole else least
    power = Decimal(1).scaleb(least.adjusted())
    return next(step * power for step in _ROUND if step * power >= least and not (whole and step * power % 1))
