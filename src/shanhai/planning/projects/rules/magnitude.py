# SPDX-License-Identifier: Apache-2.0
"""Amounts in the wrong unit: yuan typed into a column of 万元 are ten thousand times too large."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

ROW_FACTOR = 1_000
PLAN_FACTOR = 100


def rows_in_wrong_unit(amounts: Mapping[int, int], usual: Sequence[int] = ()) -> tuple[int, ...]:
    """The keys of ``amounts`` (fen by row) that are at least a thousand times the median of the other amounts.

    ``usual`` are amounts of the same plan that are already stored; zeros say nothing and are left out. With fewer
    than two other amounts there is nothing to compare with, and nothing is found.
    """
    known = sorted(amount for amount in (*amounts.values(), *usual) if amount > 0)
    if len(known) < 3:
        return ()
    return tuple(
        key
        for key, amount in amounts.items()
        if amount > 0 and 2 * amount >= ROW_FACTOR * _twice_median_without(known, bisect_left(known, amount))
    )


def total_in_wrong_unit(total: int, plan: int) -> bool:
    """Whether a sheet's total is at least a hundred times the yearly plan it belongs to; no plan, no question."""
    return plan > 0 and total >= PLAN_FACTOR * plan


def _twice_median_without(known: Sequence[int], left_out: int) -> int:
    count = len(known) - 1
    low, high = (count - 1) // 2, count // 2
    return sum(known[place + (place >= left_out)] for place in (low, high))
