# SPDX-License-Identifier: Apache-2.0
"""Numbers and codes as people write them, read once for tables, forms, the console and the API alike.

A comma is a mark of thousands only where three digits follow it to the end, the next comma or the point. Blanks that
nobody sees (no-break, thin, zero-width) are no part of a number or a code.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

_BLANKS = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
# All blanks but the plain one: what a person does not type and a program leaves behind.
_ODD_BLANKS = re.compile(r"[\u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff]")
_STROKES = re.compile(r"[‐‑‒–—―−－﹣]")
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d+)?", re.ASCII)
_LEADING_NOUGHTS = re.compile(r"(?<!\d)0+(?=\d)")
_NIL = frozenset({"", "-", "--", "---", "/", "//", "无", "无。", "nil", "n/a"})

# With some blanks about it.
_LONGEST_NIL = 12


class NotANumber(BadInput):
    """Text that is no number."""

    code = "numerals.not_a_number"


class CommaAmbiguous(NotANumber):
    """A comma with other than three digits behind it: a decimal comma, or a mark of thousands in the wrong place."""

    code = "numerals.comma_ambiguous"


def half_width(text: object) -> str:
    """The text in half width, without blanks at its ends and without those that nobody sees."""
    said = str(text)
    return (said if said.isascii() else unicodedata.normalize("NFKC", _ODD_BLANKS.sub(" ", said))).strip()


def is_nil(text: str) -> bool:
    """Whether a cell or a field says that there is nothing: ``——``, ``/``, ``无``."""
    return len(text) <= _LONGEST_NIL and _STROKES.sub("-", _BLANKS.sub("", text)).lower() in _NIL


def has_odd_blanks(text: str) -> bool:
    """Whether the text holds blanks that a person does not type and does not see."""
    return not text.isascii() and bool(_ODD_BLANKS.search(text))


def read_number(text: str) -> Decimal:
    """The number that a text says: ``1,234.5``, ``１２３``, ``-7``, ``1 234``.

    Raises CommaAmbiguous for ``12,5``, with both readings, and NotANumber for anything else.
    """
    bare = _BLANKS.sub("", _STROKES.sub("-", unicodedata.normalize("NFKC", text).replace("，", ",")))
    if bare and len(bare) <= 40 and _NUMBER.fullmatch(bare) and any(mark.isdigit() for mark in bare):
        return Decimal(bare.replace(",", ""))
    if re.fullmatch(r"[+-]?[0-9]+(?:,[0-9]+)+(?:\.[0-9]+)?", bare) and len(bare) <= 40:
        whole, _, rest = bare.rpartition(",")
        raise CommaAmbiguous(
            gettext_noop("“%(text)s”可以读作 %(point)s，也可以读作 %(thousands)s。请去掉逗号，小数用点。"),
            text=text.strip()[:40],
            point=f"{whole.replace(',', '')}.{rest.replace('.', '')}",
            thousands=bare.replace(",", ""),
        )
    raise NotANumber(gettext_noop("“%(text)s”不是数字。请只填数字，例如 1234.5。"), text=text.strip()[:40])


def same_code(text: object) -> str:
    """The form in which two codes are compared: case, width, blanks, kinds of strokes and leading noughts make no odds.

    Two codes with one form are possible twins: ``001`` and ``1``, ``t-9`` and ``T –9``.
    """
    bare = _STROKES.sub("-", unicodedata.normalize("NFKC", str(text)))
    return _LEADING_NOUGHTS.sub("", _BLANKS.sub("", bare)).upper()
