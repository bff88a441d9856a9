# SPDX-License-Identifier: Apache-2.0
"""What the money of a year shows: the two 80 % shares, arrival and spending against the calendar, the reserve."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from shanhai.kernel.money import Money, rounded
from shanhai.planning.programmes.values import FLOOR_PERCENT
from shanhai.planning.warnings.values import Finding, ShareFact, YearCase


def livelihood_below(case: YearCase, on: date, limit: int) -> Finding | None:
    """The livelihood share of the arranged money is below ``limit`` percent."""
    return _below(case.livelihood)


def livelihood_near(case: YearCase, on: date, limit: int) -> Finding | None:
    """It is not below, but by less than ``limit`` points."""
    share = case.livelihood
    if share is None or share.room.fen < 0 or share.percent >= FLOOR_PERCENT + limit:
        return None
    return Finding(None, {"percent": _shown(share.percent), "room": share.room})


def grassroots_below(case: YearCase, on: date, limit: int) -> Finding | None:
    """The share at county level and below of the arranged money is below ``limit`` percent."""
    return _below(case.grassroots)


def arrival_behind(case: YearCase, on: date, limit: int) -> Finding | None:
    """The arrival rate lies more than ``limit`` points below the part of the year that whole months have used up."""
    months = on.month - 1
    if case.issued_fen <= 0 or case.arrived_fen * 1200 >= (months * 100 - limit * 12) * case.issued_fen:
        return None
    return Finding(None, {"rate": _percent(case.arrived_fen, case.issued_fen), "months": months})


def first_quarter_spending(case: YearCase, on: date, limit: int) -> Finding | None:
    """The first quarter is over and less than ``limit`` percent of the issued plan has been paid."""
    opened = date(case.year, 4, 1)
    if on < opened or case.issued_fen <= 0 or case.paid_fen * 100 >= case.issued_fen * limit:
        return None
    return Finding(opened, {"rate": _percent(case.paid_fen, case.issued_fen)})


def reserve_unused(case: YearCase, on: date, limit: int) -> Finding | None:
    """There is a reserve left when the month ``limit`` has begun."""
    opened = date(case.year, limit, 1)
    if on < opened or case.reserve_fen <= 0:
        return None
    return Finding(opened, {"reserve": Money(case.reserve_fen, case.currency)})


def _below(share: ShareFact | None) -> Finding | None:
    if share is None or share.room.fen >= 0:
        return None
    return Finding(None, {"percent": _shown(share.percent), "missing": -share.room})


def _percent(part: int, whole: int) -> str:
    return _shown(Decimal(part) * 100 / whole)


def _shown(percent: Decimal) -> str:
    return str(rounded(percent, 2))
