# SPDX-License-Identifier: Apache-2.0
"""What a county's cumulative amounts mean for the ledger: post the growth, or take everything back and post anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.kernel.units import Unit, money_in
from shanhai.planning.returns.values.tables import Row

# The amounts that are posted, in the order in which money moves.
POSTED = ("planned", "arrived", "allotted", "paid")


@dataclass(frozen=True, slots=True)
class Alignment:
    """How the ledger is brought to what a return states of one county.

    ``take_back`` means that every entry so far is reversed first; ``post`` holds what is then posted, by measure.
    """

    take_back: bool
    post: Mapping[str, Money]


def amounts_of(row: Row, unit: Unit) -> dict[str, Money]:
    """The amounts of a row that belong into the ledger. Raises Refused, AmountNotUnderstood below one fen."""
    amounts = {key: money_in(row.cells[key].number, unit) for key in POSTED if key in row.cells}
    for lesser, greater in (("paid", "allotted"), ("allotted", "arrived")):
        if lesser in amounts and amounts[lesser] > amounts.get(greater, Money(0)):
            raise Refused(
                gettext_noop("%(label)s的核拨不能多于到位，支付不能多于核拨，所以没有记账。请核对后重报。"),
                "returns.amounts_out_of_order",
                label=row.label,
            )
    return amounts


def alignment(stands: Mapping[str, Money], stated: Mapping[str, Money]) -> Alignment:
    """How to get from what ``stands`` in the ledger to what is ``stated``; an amount that is not stated is zero.

    An amount that shrank cannot be posted as a negative: then all is taken back, from the last station to the first,
    and posted anew, so that no account is overdrawn on the way.
    """
    zero = Money(0)
    growth = {key: stated.get(key, zero) - stands.get(key, zero) for key in POSTED}
    if any(change.fen < 0 for change in growth.values()):
        return Alignment(True, {key: amount for key, amount in stated.items() if amount})
    return Alignment(False, {key: change for key, change in growth.items() if change})


def subject_of(place: str, cut_off_on: date) -> str:
    """The subject under which a county's returns of one year stand in the ledger; each year begins anew."""
    return f"returns:{cut_off_on.year}:{place}"
