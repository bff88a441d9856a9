# SPDX-License-Identifier: Apache-2.0
"""The two 80 % rules: the share for livelihood and the share at the grassroots.

Both are taken over allocation lines, never whole projects, and on three bases side by side: planned, arrived, paid. The
share that rules quote is not published with its base, so every base is shown and the reader sees which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import CURRENCY, Money
from shanhai.kernel.shares import Base, Share

BASES: Mapping[str, Base] = {
    "plan": Base("plan", message(gettext_noop("计划安排资金"))),
    "arrived": Base("arrived", message(gettext_noop("到位资金"))),
    "paid": Base("paid", message(gettext_noop("支付资金"))),
}
IMPLEMENTER_BASES: Mapping[str, Base] = {
    "plan": Base("plan_by_implementer", message(gettext_noop("计划安排资金，按实施单位层级"))),
    "arrived": Base("arrived_by_implementer", message(gettext_noop("到位资金，按实施单位层级"))),
    "paid": Base("paid_by_implementer", message(gettext_noop("支付资金，按实施单位层级"))),
}


@dataclass(frozen=True, slots=True)
class TaggedSums:
    """What lines add up to on one base, in fen: all of it, and the parts that carry a tag."""

    whole: int = 0
    livelihood: int = 0
    grassroots: int = 0
    grassroots_by_implementer: int = 0

    def plus(self, other: TaggedSums) -> TaggedSums:
        """Both together."""
        return TaggedSums(
            self.whole + other.whole,
            self.livelihood + other.livelihood,
            self.grassroots + other.grassroots,
            self.grassroots_by_implementer + other.grassroots_by_implementer,
        )


def livelihood_part(fen: int, percent: int) -> int:
    """The part of ``fen``, not negative, for livelihood, half a fen rounded up.

    That is the split in two by largest remainder; in one step, for a past day asks it for every line.
    """
    return (fen * percent + 50) // 100


def livelihood_shares(sums: Mapping[str, TaggedSums], currency: str = CURRENCY) -> dict[str, Share]:
    """The livelihood share on each base, by base key."""
    return {
        base.key: Share(Money(sums[key].livelihood, currency), Money(sums[key].whole, currency), base)
        for key, base in BASES.items()
    }


def grassroots_shares(sums: Mapping[str, TaggedSums], currency: str = CURRENCY) -> dict[str, Share]:
    """The share at county level or below on each base: by who benefits first, then by who carries it out."""
    by_beneficiary = {
        base.key: Share(Money(sums[key].grassroots, currency), Money(sums[key].whole, currency), base)
        for key, base in BASES.items()
    }
    by_implementer = {
        base.key: Share(Money(sums[key].grassroots_by_implementer, currency), Money(sums[key].whole, currency), base)
        for key, base in IMPLEMENTER_BASES.items()
    }
    return by_beneficiary | by_implementer


def chosen(shares: Mapping[str, Share], base: str | None) -> tuple[Share, tuple[Share, ...]]:
    """The share on the asked base (the first when it is not asked or not known), and all the others."""
    key = base if base is not None and base in shares else next(iter(shares))
    return shares[key], tuple(share for other, share in shares.items() if other != key)
