# SPDX-License-Identifier: Apache-2.0
"""What a source and its claims are told apart by."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

PROVENANCES = ("", "public", "demo")


class Level(StrEnum):
    """Whose outlet a publication stands in; OWN is a channel of the programme itself."""

    CENTRAL = "central"
    PROVINCIAL = "provincial"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    OWN = "own"


class Bound(StrEnum):
    """How far a stated number binds: 余, 多 and 以上 are at_least, 超 and 突破 above, 近 and 不足 below, 约 about."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    ABOVE = "above"
    ABOUT = "about"
    BELOW = "below"
    AT_MOST = "at_most"
    RANGE = "range"


class PeriodKind(StrEnum):
    """What an indicator is counted over: one day's state, a month, a quarter, a year, or a span of its own."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    SPAN = "span"


@dataclass(frozen=True, slots=True)
class Meant:
    """What a claim means where it does not stand as it was read; ``upper`` is the other end of a RANGE."""

    value: Decimal
    unit: str
    bound: Bound = Bound.EXACT
    upper: Decimal | None = None


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """What is written of an indicator; ``unit`` is a key of ``kernel.units``, ``figure_key`` that of a figure or ""."""

    code: str
    name: str
    unit: str
    period: PeriodKind
    name_en: str = ""
    formula: str = ""
    bases: str = ""
    owner: str = ""
    figure_key: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """A row of a table of indicators, as its cells were read; "" and None are what it does not state."""

    row: int = 1
    code: str = ""
    name: str = ""
    unit: str = ""
    period: PeriodKind | None = None
    name_en: str = ""
    formula: str = ""
    bases: str = ""
    owner: str = ""
    figure_key: str = ""
