# SPDX-License-Identifier: Apache-2.0
"""A printed number and the interval of numbers that may stand behind it."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import rounded
from shanhai.kernel.numerals import read_number
from shanhai.planning.returns.values import HUNDRED, Interval, MeasureKind, Stated

_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?")
_SEPARATORS = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]")
# A spreadsheet keeps binary fractions: what it shows as 17.44 may be stored as 17.439999999999998.
_SIGNIFICANT = 12


def printed(number: Decimal, decimals: int, kind: MeasureKind, interval: Interval | None = None) -> Stated:
    """``number`` as it would be printed with ``decimals``; ``interval`` where it is known better than by rounding."""
    shown = rounded(number, decimals)
    if interval is None:
        half = Decimal(0) if kind == MeasureKind.COUNT else Decimal(5).scaleb(-decimals - 1)
        interval = Interval(max(shown - half, Decimal(0)), shown + half)
    return Stated(f"{shown:f}" + ("%" if kind == MeasureKind.RATE else ""), shown, decimals, interval)


def read_stated(text: str, kind: MeasureKind, *, in_percent: bool = False) -> Stated:
    """Read a printed number: 1,234.5 or 89.71%.

    A count is exact; an amount and a rate may be off by half of the last printed digit. A rate without its sign is a
    fraction up to 1 ("0.9071" is 90.71%), unless the column says that it is ``in_percent``. Raises BadInput
    for anything else, for a negative, and for a count that is not whole.
    """
    bare = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text[:60]))
    if "," in bare:
        # A comma is a mark of thousands, or it is refused.
        read_number(bare.removesuffix("%"))
        bare = bare.replace(",", "")
    signed = kind == MeasureKind.RATE and bare.endswith("%")
    bare = bare[:-1] if signed else bare
    if not _NUMBER.fullmatch(bare):
        raise BadInput(
            gettext_noop("“%(text)s”不是可以核对的数。请只填数字，例如 68、17.44 或 89.71%%。"),
            "returns.number_not_understood",
            text=text[:40],
        )
    number, decimals = Decimal(bare), len(bare.partition(".")[2])
    if kind == MeasureKind.COUNT:
        if number != number.to_integral_value():
            raise BadInput(
                gettext_noop("“%(text)s”不是整数。个数请填整数。"), "returns.number_not_understood", text=text[:40]
            )
        decimals = 0
    if kind == MeasureKind.RATE and not signed and not in_percent and number <= 1:
        number, decimals = number * HUNDRED, max(decimals - 2, 0)
    return printed(number, decimals, kind)


def plain_number(number: float | int) -> str:
    """A number from a spreadsheet as a person would have typed it: without binary dust, without an exponent."""
    if not math.isfinite(number):
        return str(number)
    if isinstance(number, int) or number.is_integer():
        return str(int(number))
    return f"{Decimal(f'{number:.{_SIGNIFICANT}g}'):f}"
