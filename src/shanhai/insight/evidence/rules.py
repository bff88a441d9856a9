# SPDX-License-Identifier: Apache-2.0
"""What words and numbers are accepted."""

from __future__ import annotations

from decimal import Decimal

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import Message, gettext_noop

_LARGEST, _FINEST = Decimal(10) ** 18, Decimal("0.000001")


def checked_words(text: str, what: Message, most: int, *, optional: bool = False) -> str:
    """The words without spaces around them, on one line. Raises BadInput for none, too many, and what cannot be kept.

    >>> from shanhai.kernel.messages import message
    >>> checked_words(" 甘孜  日报 ", message("媒体"), 60)
    '甘孜 日报'
    """
    clean = " ".join(text.replace("\x00", "").split())
    if not clean and not optional:
        raise BadInput(gettext_noop("请填写“%(what)s”。"), "evidence.words_missing", what=what)
    if len(clean) > most or any("\ud800" <= one <= "\udfff" for one in clean):
        sentence = gettext_noop("“%(what)s”最多 %(most)s 个字，也不能有不能保存的字符。请改短。")
        raise BadInput(sentence, "evidence.words_too_long", what=what, most=str(most))
    return clean


def fits(number: Decimal | None) -> bool:
    """Whether a number can be kept: at most eighteen digits before the point and six behind it."""
    return number is None or (number.is_finite() and abs(number) < _LARGEST and number == number.quantize(_FINEST))
