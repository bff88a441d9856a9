# SPDX-License-Identifier: Apache-2.0
"""How a score is made of votes, a total of scores, places of totals. Exact until the one rounding to hundredths.

The trimmed mean leaves out one lowest and one highest vote (as juries in sports have it; a mean trimmed by rank is in
any textbook of statistics, e.g. ISO 13528:2022 on robust means). Places are those of standard competition ranking:
who is equal shares the place, and the places behind are left free (1, 2, 2, 4).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from shanhai.kernel.money import rounded
from shanhai.team.contests.values import Scored

K = TypeVar("K", bound=Hashable)


def score(votes: Sequence[int], trims_from: int) -> Scored:
    """The mean of the votes; of ``trims_from`` (3 or more) votes on, without one lowest and one highest."""
    ordered = tuple(sorted(votes))
    if not ordered:
        return Scored()
    trimmed = len(ordered) >= trims_from
    kept = ordered[1:-1] if trimmed else ordered
    dropped = (ordered[0], ordered[-1]) if trimmed else ()
    return Scored(kept, dropped, _hundredths(Fraction(sum(kept), len(kept))))


def total(scores: Sequence[tuple[Scored, int, int]]) -> Decimal | None:
    """Of (score, weight, most) for each criterion, weights adding to 100: 0 to 100; None while one has no vote.

    Made of the kept votes, not of the rounded scores.
    """
    if any(one.score is None for one, _weight, _most in scores):
        return None
    parts = (Fraction(sum(one.kept), len(one.kept)) * weight / most for one, weight, most in scores)
    return _hundredths(sum(parts, Fraction(0)))


def places(totals: Mapping[K, Decimal | None]) -> dict[K, int | None]:
    """The place of each: one more than there are better ones; None without a total."""
    known = [value for value in totals.values() if value is not None]
    return {key: None if value is None else 1 + sum(other > value for other in known) for key, value in totals.items()}


def _hundredths(value: Fraction) -> Decimal:
    return rounded(Decimal(value.numerator) / Decimal(value.denominator), 2)
