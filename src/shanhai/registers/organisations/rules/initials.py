# SPDX-License-Identifier: Apache-2.0
"""Pinyin initials, by which people find a long name in a short time."""

from __future__ import annotations


def initials_of(text: str) -> str:
    """The first letters of the pinyin of ``text`` and its Latin letters and digits, in lower case, without the rest.

    A character with several readings gets its most usual one, or the one of a known word.
    """
    # Loading the dictionary takes 57 MB and 0.2 s: only a process that writes a name pays for it.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    letters = "".join(lazy_pinyin(text, style=Style.FIRST_LETTER))
    return "".join(letter for letter in letters.lower() if letter.isascii() and letter.isalnum())
