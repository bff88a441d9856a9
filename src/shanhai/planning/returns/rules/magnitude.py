# SPDX-License-Identifier: Apache-2.0
"""Amounts in the wrong unit: 万元 typed into a column of 亿元 come to ten thousand times the plan."""

from __future__ import annotations

from shanhai.kernel.money import Money

FACTOR = 100


def in_wrong_unit(stated: Money, plan: Money, *, whole: bool) -> bool:
    """Whether ``stated`` is a hundred times the plan or, when it speaks for the ``whole``, a hundredth of it.

    Nothing stated, or no plan, is no question.
    """
    if not stated or not plan:
        return False
    return stated.fen >= FACTOR * plan.fen or (whole and stated.fen * FACTOR <= plan.fen)
