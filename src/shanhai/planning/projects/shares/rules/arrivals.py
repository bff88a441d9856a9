# SPDX-License-Identifier: Apache-2.0
"""How money that arrives for nobody in particular is shared among the lines that wait for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money, largest_remainder


@dataclass(frozen=True, slots=True)
class Awaited:
    """What one line was given by the plan and what of it has arrived, in fen."""

    amount: int
    arrived: int

    @property
    def outstanding(self) -> int:
        """What has not arrived; never negative."""
        return max(self.amount - self.arrived, 0)


def pooled_shares(amount: Money, lines: Sequence[Awaited]) -> tuple[int, ...]:
    """Split ``amount`` over ``lines`` in proportion to what has not arrived, by largest remainder; in fen, in order.

    Raises Refused when the lines together wait for less.
    """
    waiting = sum(line.outstanding for line in lines)
    if amount.fen > waiting:
        raise Refused(
            gettext_noop("到位 %(amount)s，本年度各项目还未到位的合计只有 %(waiting)s。请核对金额或先调整计划。"),
            "projects.pooled_arrival.beyond_plan",
            amount=amount,
            waiting=Money(waiting, amount.currency),
        )
    if not amount:
        return (0,) * len(lines)
    return largest_remainder(amount.fen, [line.outstanding for line in lines])
