# SPDX-License-Identifier: Apache-2.0
"""Money as integer fen beside its currency; the one rounding function; shares that add up to the last fen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

CURRENCY = "CNY"
# Eighteen digits of fen fit a signed 64-bit column with room to add.
MAX_FEN = 10**17


class MoneyNotUnderstood(BadInput):
    """An amount that is not a decimal number of yuan with at most two decimals."""

    code = "money.not_understood"


class CurrencyMismatch(BadInput):
    """Two currencies met in one sum."""

    code = "money.currency_mismatch"


def rounded(value: Decimal, places: int = 0) -> Decimal:
    """``value`` rounded half up to ``places`` decimals. The only rounding in the product (GB/T 8170 with half up)."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def rounded_in(fen: int, step: int) -> int:
    """``fen`` in steps of so many, ``rounded`` to a whole one without a Decimal: a list shows hundreds of amounts."""
    half_up = (abs(fen) + step // 2) // step
    return half_up if fen >= 0 else -half_up


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount: ``fen`` (integer, may be negative) in ``currency`` (ISO 4217). Refuses floats."""

    fen: int
    currency: str = CURRENCY

    def __post_init__(self) -> None:
        if isinstance(self.fen, bool) or not isinstance(self.fen, int):
            raise TypeError(f"money is made from an integer of fen, not {type(self.fen).__name__}")
        if abs(self.fen) > MAX_FEN:
            raise MoneyNotUnderstood(gettext_noop("金额过大，请检查单位是元还是万元。"))

    @classmethod
    def from_yuan(cls, yuan: Decimal | int | str, currency: str = CURRENCY) -> Money:
        """Read yuan exactly. Raises MoneyNotUnderstood for more than two decimals, TypeError for a float."""
        if isinstance(yuan, float):
            raise TypeError("a float loses fen: pass a string or a Decimal")
        try:
            fen = Decimal(yuan) * 100
            whole = int(fen.to_integral_exact())
        except (ArithmeticError, ValueError):
            raise MoneyNotUnderstood(gettext_noop("“%(text)s”不是金额。请填数字，例如 1234.50。"), text=yuan) from None
        if fen != whole:
            raise MoneyNotUnderstood(gettext_noop("“%(text)s”小于一分。金额最多两位小数。"), text=yuan)
        return cls(whole, currency)

    @classmethod
    def zero(cls, currency: str = CURRENCY) -> Money:
        """No money, in ``currency``."""
        return cls(0, currency)

    @property
    def yuan(self) -> Decimal:
        """The amount in yuan, exact."""
        return Decimal(self.fen) / 100

    def _same(self, other: Money) -> None:
        if not isinstance(other, Money):
            raise TypeError(f"money and {type(other).__name__} do not add")
        if self.currency != other.currency:
            raise CurrencyMismatch(
                gettext_noop("%(left)s 与 %(right)s 不能相加。"), left=self.currency, right=other.currency
            )

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.fen + other.fen, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.fen - other.fen, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.fen, self.currency)

    def __bool__(self) -> bool:
        return self.fen != 0

    def __str__(self) -> str:
        return f"{self.yuan:,.2f} {self.currency}"

    def apportion(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """Split by ``weights`` so that the parts add up to the whole; see ``largest_remainder``."""
        return tuple(Money(part, self.currency) for part in largest_remainder(self.fen, weights))


def total(amounts: Iterable[Money], currency: str = CURRENCY) -> Money:
    """The sum of ``amounts``; zero of ``currency`` when there are none."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result


def largest_remainder(whole: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split ``whole`` into integers in proportion to ``weights``, adding up exactly (Hamilton's method).

    Units left after rounding down go to the largest remainders, ties to the earlier place. Weights are non-negative and
    not all zero; a negative ``whole`` is split as its absolute value and negated. Raises ValueError otherwise.
    """
    scale = sum(weights)
    if not weights or scale <= 0 or min(weights) < 0:
        raise ValueError("weights are non-negative integers that add up to more than zero")
    if whole < 0:
        return tuple(-part for part in largest_remainder(-whole, weights))
    parts = [whole * weight // scale for weight in weights]
    remainders = [whole * weight % scale for weight in weights]
    left = whole - sum(parts)
    for index in sorted(range(len(weights)), key=lambda i: (-remainders[i], i))[:left]:
        parts[index] += 1
    return tuple(parts)
