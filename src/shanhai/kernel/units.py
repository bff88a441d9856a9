# SPDX-License-Identifier: Apache-2.0
"""Units of measure with their Chinese and English names, and how amounts are read and written in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money, rounded
from shanhai.kernel.numerals import CommaAmbiguous, NotANumber, half_width, read_number


class Dimension(StrEnum):
    """What a unit measures; only units of one dimension convert into one another."""

    MONEY = "money"
    AREA = "area"
    MASS = "mass"
    COUNT = "count"
    LENGTH = "length"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Unit:
    """``factor`` is how many of the dimension's smallest unit make one (fen, square metre, kilogram, piece, metre)."""

    key: str
    symbol: str
    dimension: Dimension
    factor: Decimal = Decimal(1)

    def __str__(self) -> str:
        return self.symbol


YUAN = Unit("yuan", gettext_noop("元"), Dimension.MONEY, Decimal(100))
WAN_YUAN = Unit("wan_yuan", gettext_noop("万元"), Dimension.MONEY, Decimal(1_000_000))
YI_YUAN = Unit("yi_yuan", gettext_noop("亿元"), Dimension.MONEY, Decimal(10_000_000_000))
# One mu is 2000/3 m²; kept as a fraction of 1/3 m² so that it stays exact.
MU = Unit("mu", gettext_noop("亩"), Dimension.AREA, Decimal(2000))
HECTARE = Unit("hectare", gettext_noop("公顷"), Dimension.AREA, Decimal(30000))
KILOGRAM = Unit("kilogram", gettext_noop("千克"), Dimension.MASS)
TONNE = Unit("tonne", gettext_noop("吨"), Dimension.MASS, Decimal(1000))
METRE = Unit("metre", gettext_noop("米"), Dimension.LENGTH)
PERCENT = Unit("percent", "%", Dimension.RATIO)
PROJECT = Unit("project", gettext_noop("个项目"), Dimension.COUNT)
PERSON = Unit("person", gettext_noop("人"), Dimension.COUNT)
PERSON_TIME = Unit("person_time", gettext_noop("人次"), Dimension.COUNT)
SCHOOL = Unit("school", gettext_noop("所"), Dimension.COUNT)
HOSPITAL = Unit("hospital", gettext_noop("家"), Dimension.COUNT)
ITEM = Unit("item", gettext_noop("项"), Dimension.COUNT)
PIECE = Unit("piece", gettext_noop("个"), Dimension.COUNT)
ARTICLE = Unit("article", gettext_noop("篇"), Dimension.COUNT)
YEAR = Unit("year", gettext_noop("年"), Dimension.COUNT)
DAY = Unit("day", gettext_noop("天"), Dimension.COUNT)

UNITS: dict[str, Unit] = {
    unit.key: unit
    for unit in (
        YUAN, WAN_YUAN, YI_YUAN, MU, HECTARE, KILOGRAM, TONNE, METRE, PERCENT, PROJECT, PERSON, PERSON_TIME,
        SCHOOL, HOSPITAL, ITEM, PIECE, ARTICLE, YEAR, DAY,
    )
}  # fmt: skip

MONEY_UNITS: dict[str, Unit] = {"元": YUAN, "万元": WAN_YUAN, "万": WAN_YUAN, "亿元": YI_YUAN, "亿": YI_YUAN}

_UNIT_AT_THE_END = re.compile(r"(亿元|万元|元|亿|万)$")


class UnitMismatch(BadInput):
    """A quantity asked for in a unit of another dimension."""

    code = "units.mismatch"


class AmountNotUnderstood(BadInput):
    """Text that is not an amount of money."""

    code = "units.amount_not_understood"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit. Counts are whole; measures are Decimal, never float."""

    number: Decimal
    unit: Unit

    def __post_init__(self) -> None:
        if isinstance(self.number, float):
            raise TypeError("a quantity is made from a Decimal or an int, not a float")
        object.__setattr__(self, "number", Decimal(self.number))

    def to(self, unit: Unit) -> Quantity:
        """The same quantity in ``unit``. Raises UnitMismatch across dimensions."""
        if unit.dimension != self.unit.dimension:
            raise UnitMismatch(
                gettext_noop("“%(left)s”不能换算成“%(right)s”。"), left=self.unit.symbol, right=unit.symbol
            )
        return Quantity(self.number * self.unit.factor / unit.factor, unit)


def parse_money(text: str, unit: Unit = YUAN) -> Money:
    """Read an amount such as ``1,234.5``, ``1234.5万元`` or ``7.2亿``; ``unit`` is used where the text names none.

    Raises CommaAmbiguous for ``12,5``, AmountNotUnderstood for anything else and for an amount finer than one fen.
    """
    bare = half_width(text).replace("￥", "").replace("¥", "")
    named = _UNIT_AT_THE_END.search(bare)
    try:
        number = read_number(bare[: named.start()] if named else bare)
    except CommaAmbiguous:
        raise
    except NotANumber:
        raise AmountNotUnderstood(gettext_noop("“%(text)s”不是金额。请填数字，例如 1234.50。"), text=text) from None
    return money_in(number, MONEY_UNITS[named[1]] if named else unit)


def money_in(number: Decimal | int, unit: Unit) -> Money:
    """``number`` of ``unit`` as Money. Raises AmountNotUnderstood when that is not a whole number of fen."""
    fen = Decimal(number) * unit.factor
    if fen != fen.to_integral_value():
        raise AmountNotUnderstood(gettext_noop("“%(text)s”小于一分。金额最多精确到分。"), text=number)
    return Money(int(fen))


def scale_for(amount: Money) -> Unit:
    """The unit officials would use: 亿元 from one hundred million yuan, 万元 from ten thousand, else 元."""
    if abs(amount.fen) >= YI_YUAN.factor:
        return YI_YUAN
    if abs(amount.fen) >= WAN_YUAN.factor:
        return WAN_YUAN
    return YUAN


def in_unit(amount: Money, unit: Unit, places: int = 2) -> Decimal:
    """``amount`` as a number of ``unit``, ``rounded`` to ``places``."""
    return rounded(Decimal(amount.fen) / unit.factor, places)
